// SPDX-License-Identifier: GPL-2.0-or-later
/* Why no proposal was chosen, in words of the configuration. */
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "ikename.h"

/* A text that grows up to its size and then stays as it is. */
struct text {
	char *buf;
	size_t size, n;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t,
						      const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->n + 1 >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->n, t->size - t->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->n += n;
	if (t->n >= t->size)
		t->n = t->size - 1;
}

/* A name, or "@what 4711" for a number that has none. */
static void add_name(struct text *t, const char *name, const char *what,
		     unsigned int value)
{
	if (name)
		add(t, "%s", name);
	else
		add(t, "%s %u", what, value);
}

const char *explain_diff_name(enum ike_diff d)
{
	static const char *const names[IKE_DIFF_MAX] = {
		"none",	     "no policy",	 "no offer",
		"syntax",    "attribute",	 "protocol",
		"transform", "encryption",	 "key length",
		"hash",	     "authentication",	 "group",
		"mode",	     "sequence numbers", "lifetime",
	};

	return d < IKE_DIFF_MAX ? names[d] : "unknown";
}

char *explain_p1_fmt(const struct ike_p1_policy *p, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	*buf = 0;
	add_name(&t, ikename_encr(p->encr), "encryption", p->encr);
	if (p->keylen)
		add(&t, " %u", p->keylen);
	add(&t, ", ");
	add_name(&t, ikename_hash(p->hash), "hash", p->hash);
	add(&t, ", ");
	add_name(&t, ikename_auth(p->auth), "authentication", p->auth);
	add(&t, ", group %u", p->group);
	if (p->seconds)
		add(&t, ", %u s", p->seconds);
	if (p->kbytes)
		add(&t, ", %u kB", p->kbytes);
	return buf;
}

static void add_encap(struct text *t, uint16_t encap)
{
	switch (encap) {
	case 0:
		break;
	case IKE_ENCAP_TUNNEL:
		add(t, ", tunnel");
		break;
	case IKE_ENCAP_TRANSPORT:
		add(t, ", transport");
		break;
	case IKE_ENCAP_UDP_TUNNEL:
	case IKE_ENCAP_DRAFT_TUNNEL:
		add(t, ", tunnel in UDP");
		break;
	case IKE_ENCAP_UDP_TRANSPORT:
	case IKE_ENCAP_DRAFT_TRANSPORT:
		add(t, ", transport in UDP");
		break;
	default:
		add(t, ", mode %u", encap);
	}
}

static void add_protocols(struct text *t, const struct ike_p2_policy *p)
{
	if (p->ah) {
		add(t, "ah-");
		add_name(t, ikename_esp_auth(p->ah_auth), "transform", p->ah);
		add(t, " ");
	}
	if (p->esp) {
		add_name(t, ikename_esp(p->esp), "ESP transform", p->esp);
		if (p->esp_keylen)
			add(t, " %u", p->esp_keylen);
		add(t, " ");
	}
	if (p->esp && p->esp_auth) {
		add(t, "esp-");
		add_name(t, ikename_esp_auth(p->esp_auth), "authentication",
			 p->esp_auth);
		add(t, " ");
	}
	if (p->ipcomp)
		add(t, "comp-%s ",
		    p->ipcomp == IKE_IPCOMP_LZS	    ? "lzs" :
		    p->ipcomp == IKE_IPCOMP_DEFLATE ? "deflate" :
						      "other");
	if (t->n)
		t->buf[--t->n] = 0;
}

char *explain_p2_fmt(const struct ike_p2_policy *p, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	*buf = 0;
	add_protocols(&t, p);
	add_encap(&t, p->encap);
	if (p->group)
		add(&t, ", group %u", p->group);
	else
		add(&t, ", no PFS");
	if (p->seconds)
		add(&t, ", %u s", p->seconds);
	if (p->kbytes)
		add(&t, ", %u kB", p->kbytes);
	return buf;
}

static void add_pair(struct text *t, const struct ike_explain *x)
{
	char theirs[160], ours[160];

	if (x->phase == 1) {
		explain_p1_fmt(&x->p1, theirs, sizeof(theirs));
		explain_p1_fmt(&x->p1_ours, ours, sizeof(ours));
		add(t, "offered %s; policy %u has %s; ", theirs,
		    x->p1_ours.priority, ours);
		return;
	}
	explain_p2_fmt(&x->p2, theirs, sizeof(theirs));
	explain_p2_fmt(&x->p2_ours, ours, sizeof(ours));
	add(t, "offered %s; transform set %s has %s; ", theirs,
	    x->p2_ours.name ? x->p2_ours.name : "(unnamed)", ours);
}

char *explain_fmt(const struct ike_explain *x, char buf[IKE_EXPLAIN_STR])
{
	struct text t = { buf, IKE_EXPLAIN_STR, 0 };

	*buf = 0;
	switch (x->diff) {
	case IKE_DIFF_NONE:
		add(&t, "nothing differs");
		break;
	case IKE_DIFF_NO_POLICY:
		add(&t, "%u transforms offered; nothing is configured here",
		    x->n_offers);
		break;
	case IKE_DIFF_NO_OFFER:
		add(&t, "nothing was offered");
		break;
	case IKE_DIFF_SYNTAX:
		add(&t, "the answer is not one of our transforms");
		break;
	case IKE_DIFF_PROTOCOL:
		add_pair(&t, x);
		add(&t, "the protocols differ");
		break;
	case IKE_DIFF_ATTR:
		add_pair(&t, x);
		add(&t, "attribute %u is not supported", x->offered);
		break;
	default:
		add_pair(&t, x);
		add(&t, "%s differs (%u, ours %u)", explain_diff_name(x->diff),
		    x->offered, x->ours);
	}
	return buf;
}
