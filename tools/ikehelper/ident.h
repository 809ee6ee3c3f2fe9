/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An identity by value, made from one that points into a message. */
#ifndef IKEHELPER_IDENT_H
#define IKEHELPER_IDENT_H

#include "id.h"
#include "peercfg.h"

/* What is longer than IKE_IDENT_MAX was refused before. */
static inline void ident_from(struct ike_ident *out, const struct ike_id *id)
{
	out->type = id->type;
	out->proto = id->protocol;
	out->port = id->port;
	out->len = id->data.len < IKE_IDENT_MAX ? id->data.len : IKE_IDENT_MAX;
	if (out->len)
		memcpy(out->data, id->data.p, out->len);
}

#endif
