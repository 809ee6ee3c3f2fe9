/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates in the engine: the trust points in force, those being told, and
 * questions about peers, which are answered when the protocol is not at work.
 */
#ifndef IKEHELPER_CERTS_H
#define IKEHELPER_CERTS_H

#include "trust.h"

struct certs;
struct event_base;

typedef void (*certs_done)(void *arg, const struct ike_key_answer *a);

struct certs *certs_new(struct event_base *base, certs_done done, void *arg);
void certs_free(struct certs *c);

/* Trust points of the next configuration; certs_switch() puts them in force. */
bool certs_begin(struct certs *c);
bool certs_add(struct certs *c, struct msg *m);
void certs_switch(struct certs *c);

const struct trusts *certs_trusts(const struct certs *c);

/* The answer comes by the function that certs_new() got. */
void certs_verify(struct certs *c, uint32_t only,
		  const struct ike_key_req *req);

#endif
