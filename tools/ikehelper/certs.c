// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates in the engine. */
#include "certs.h"

#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "../lib/log.h"

struct verdict {
	STAILQ_ENTRY(verdict) next;
	struct trust_verdict v;
};

struct certs {
	struct trusts *trusts; /* in force, never NULL */
	struct trusts *next; /* being told */
	struct event *soon;
	STAILQ_HEAD(, verdict) verdicts;
	certs_done done;
	void *arg;
};

static void on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct certs *c = arg;
	struct ike_key_answer a;
	struct verdict *one;

	(void)fd;
	(void)what;
	while ((one = STAILQ_FIRST(&c->verdicts))) {
		STAILQ_REMOVE_HEAD(&c->verdicts, next);
		a = trust_answer(&one->v);
		c->done(c->arg, &a);
		free(one);
	}
}

struct certs *certs_new(struct event_base *base, certs_done done, void *arg)
{
	struct certs *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->done = done;
	c->arg = arg;
	STAILQ_INIT(&c->verdicts);
	c->trusts = trusts_new();
	c->soon = evtimer_new(base, on_soon, c);
	if (c->trusts && c->soon)
		return c;
	certs_free(c);
	return NULL;
}

void certs_free(struct certs *c)
{
	struct verdict *one;

	if (!c)
		return;
	while ((one = STAILQ_FIRST(&c->verdicts))) {
		STAILQ_REMOVE_HEAD(&c->verdicts, next);
		free(one);
	}
	if (c->soon)
		event_free(c->soon);
	trusts_free(c->trusts);
	trusts_free(c->next);
	free(c);
}

bool certs_begin(struct certs *c)
{
	trusts_free(c->next);
	c->next = trusts_new();
	return c->next;
}

bool certs_add(struct certs *c, struct msg *m)
{
	struct trust_info info;

	return c->next && trust_get(m, &info) && trusts_add(c->next, &info);
}

void certs_switch(struct certs *c)
{
	if (!c->next)
		return;
	trusts_free(c->trusts);
	c->trusts = c->next;
	c->next = NULL;
}

const struct trusts *certs_trusts(const struct certs *c)
{
	return c->trusts;
}

void certs_verify(struct certs *c, uint32_t only, const struct ike_key_req *req)
{
	static const struct timeval at_once;
	struct verdict *one = malloc(sizeof(*one));

	/* Without an answer the negotiation ends by its timer. */
	if (!one) {
		log_error("out of memory: a certificate is not looked at");
		return;
	}
	trusts_verify(c->trusts, only, req, &one->v);
	STAILQ_INSERT_TAIL(&c->verdicts, one, next);
	event_add(c->soon, &at_once);
}
