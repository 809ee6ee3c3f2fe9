/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trust point as its files have it, and as a message to the other roles. */
#ifndef IKEHELPER_TRUST_MSG_H
#define IKEHELPER_TRUST_MSG_H

#include "bytes.h"
#include "msg.h"

/* Who has read the files owns the octets; what is missing is absent. */
struct trust_info {
	uint32_t ref; /* not 0 */
	const char *name;
	struct bytes ca; /* certificates of authorities */
	struct bytes crl;
	struct bytes cert; /* our certificate, with its chain */
	struct bytes key; /* private; only for the role that signs */
	bool need_crl; /* who cannot be checked is refused */
};

void trust_put(struct msg *m, const struct trust_info *t, bool with_key);

/* The octets are those of the message. */
bool trust_get(struct msg *m, struct trust_info *t);

#endif
