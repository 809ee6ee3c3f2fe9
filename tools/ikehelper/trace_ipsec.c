// SPDX-License-Identifier: GPL-2.0-or-later
// Debug lines of "debug crypto ipsec": what is asked of the IPsec side.

#include "trace.h"
#include "child.h"
#include "flow.h"
#include "ikename.h"

#include <stdio.h>

#define IPSEC TRACE_IPSEC
#define ERROR (TRACE_IPSEC | TRACE_IPSEC_ERROR)
#define ANY_PROTOCOL 256 /* how routers print it here */
#define SIDE_STR (2 * ADDR_STR + 24)

/* All about one connection. */
struct about {
	struct ike *ike;
	const struct ike_path *path;
	uint32_t conn;
};

static struct about about(struct ike *ike, const struct xchg *x)
{
	return (struct about){ ike, &x->sa->path, x->sa->conn };
}

#define say(a, ...) trace((a).ike, IPSEC, (a).path, (a).conn, __VA_ARGS__)
#define say_bad(a, ...) trace((a).ike, ERROR, (a).path, (a).conn, __VA_ARGS__)

static char *side(const struct id_range *r, char buf[SIDE_STR])
{
	char lo[ADDR_STR], hi[ADDR_STR];
	struct addr mask = { .family = r->lo.family };
	unsigned int i, proto = r->protocol ? r->protocol : ANY_PROTOCOL;

	for (i = 0; i < addr_len(r->lo.family); i++)
		mask.b[i] = (uint8_t) ~(r->lo.b[i] ^ r->hi.b[i]);
	snprintf(buf, SIDE_STR, "%s/%s/%u/%u", addr_fmt_ios(&r->lo, lo),
		 addr_fmt_ios(&mask, hi), proto, r->port);
	return buf;
}

/* "esp-aes 256 esp-sha256-hmac" */
static char *transform(const struct ike_p2_policy *p, char buf[96])
{
	const char *cipher = ikename_esp(p->esp);
	const char *auth = ikename_esp_auth(p->ah ? p->ah_auth : p->esp_auth);
	int n;

	if (p->ah) {
		snprintf(buf, 96, "ah-%s", auth ? auth : "(unknown)");
		return buf;
	}
	n = snprintf(buf, 96, "%s", cipher ? cipher : "(unknown)");
	if (p->esp_keylen)
		n += snprintf(buf + n, 96 - n, " %u", p->esp_keylen);
	if (p->esp_auth)
		snprintf(buf + n, 96 - n, " esp-%s", auth ? auth : "(unknown)");
	return buf;
}

static const char *mode(const struct ike_p2_policy *p, bool udp)
{
	if (p->encap == IKE_ENCAP_TRANSPORT)
		return udp ? "Transport-UDP" : "Transport";
	return udp ? "Tunnel-UDP" : "Tunnel";
}

static void proxies(struct about a, const struct selector *sel, bool is_last)
{
	char buf[SIDE_STR];
	struct proxies p;

	flow_proxies(sel, &p);
	say(a, "    local_proxy= %s,", side(&p.local, buf));
	say(a, "    remote_proxy= %s%s", side(&p.remote, buf),
	    is_last ? "" : ",");
}

/* What the two sides talk about, "(key eng. msg.)". */
static void message(struct about a, const struct xchg *x,
		    const struct ike_p2_policy *p)
{
	char us[ADDR_STR], peer[ADDR_STR], text[96];

	say(a, "  (key eng. msg.) %s local= %s:%u, remote= %s:%u,",
	    x->initiator ? "OUTBOUND" : "INBOUND",
	    addr_fmt_ios(&a.path->local.addr, us), a.path->local.port,
	    addr_fmt_ios(&a.path->remote.addr, peer), a.path->remote.port);
	proxies(a, &x->sel, false);
	say(a, "    protocol= %s, transform= %s  (%s),", p->ah ? "AH" : "ESP",
	    transform(p, text), mode(p, x->udp));
	say(a, "    lifedur= %us and %ukb,", p->seconds, p->kbytes);
	say(a, "    spi= 0x%X(%u), conn_id= 0, keysize= %u, flags= 0x0",
	    x->in_spi, x->in_spi, p->esp_keylen);
}

static void found(struct about a, const struct xchg *x, const char *how)
{
	const struct ike_ops *ops = a.ike->ops;
	const char *map = NULL;
	uint32_t seq = 0;

	if (ops->flow_entry && ops->flow_entry(a.ike->ctx, x->flow, &map, &seq))
		say(a, "%s %s, %u", how, map, seq);
}

void trace_request(struct ike *ike, const struct xchg *x,
		   const struct ike_p2_policy *p)
{
	struct about a = about(ike, x);

	if (!is_traced(ike, IPSEC))
		return;
	say(a, "IPSEC(sa_request): ,");
	message(a, x, p);
}

void trace_validate(struct ike *ike, const struct xchg *x,
		    const struct ike_p2_policy *p)
{
	struct about a = about(ike, x);

	if (!is_traced(ike, IPSEC))
		return;
	say(a, "IPSEC(validate_proposal_request): proposal part #1,");
	message(a, x, p);
	found(a, x, "(ipsec_process_proposal)Map Accepted:");
}

void trace_refused(struct ike *ike, const struct xchg *x,
		   const struct ike_p2_policy *offer)
{
	struct about a = about(ike, x);
	char text[96];

	if (!is_traced(ike, ERROR))
		return;
	say_bad(a,
		"IPSEC(ipsec_process_proposal): transform proposal not supported for identity:");
	if (offer)
		say_bad(a, "    {%s }", transform(offer, text));
}

void trace_proxies(struct ike *ike, const struct xchg *x,
		   const struct proxies *p, bool is_known)
{
	struct about a = about(ike, x);
	char lo[ADDR_STR];

	if (!is_traced(ike, ERROR))
		return;
	if (p->local.lo.family) {
		say(a, "Crypto mapdb : proxy_match");
		say(a, "        src addr     : %s",
		    addr_fmt_ios(&p->local.lo, lo));
		say(a, "        dst addr     : %s",
		    addr_fmt_ios(&p->remote.lo, lo));
		say(a, "        protocol     : %u", p->local.protocol);
		say(a, "        src port     : %u", p->local.port);
		say(a, "        dst port     : %u", p->remote.port);
	}
	if (is_known)
		return;
	say_bad(a, "map_db_find_best did not find matching map");
	say_bad(a,
		"IPSEC(ipsec_process_proposal): proxy identities not supported");
}

static void created(struct about a, const struct xchg *x,
		    const struct addr *dest, uint32_t spi, uint32_t id)
{
	const struct ike_path *p = a.path;
	char us[ADDR_STR], peer[ADDR_STR], text[96];

	say(a, "IPSEC(create_sa): sa created,");
	say(a, "  (sa) sa_dest= %s, sa_proto= %u,", addr_fmt_ios(dest, us),
	    p2_proto(&x->agreed));
	say(a, "    sa_spi= 0x%X(%u),", spi, spi);
	say(a, "    sa_trans= %s , sa_conn_id= %u", transform(&x->agreed, text),
	    id);
	say(a, "    sa_lifetime(k/sec)= (%u/%u),", x->agreed.kbytes,
	    x->agreed.seconds);
	say(a, "  (identity) local= %s:0, remote= %s:0,",
	    addr_fmt_ios(&p->local.addr, us),
	    addr_fmt_ios(&p->remote.addr, peer));
	proxies(a, &x->sel, true);
}

void trace_created(struct ike *ike, const struct xchg *x)
{
	struct about a = about(ike, x);

	if (!is_traced(ike, IPSEC))
		return;
	say(a, "IPSEC(key_engine): got a queue event with 1 KMI message(s)");
	found(a, x, "IPSEC(crypto_ipsec_create_ipsec_sas): Map found");
	created(a, x, &a.path->local.addr, x->in_spi, x->in_id);
	created(a, x, &a.path->remote.addr, x->out_spi, x->out_id);
}

void trace_child(struct ike *ike, const struct child *c, const char *what)
{
	struct about a = { ike, &c->path, c->conn };
	char d[ADDR_STR], text[96];

	if (!is_traced(ike, IPSEC))
		return;
	say(a, "%s", what);
	say(a, "  (sa) sa_dest= %s, sa_proto= %u,",
	    addr_fmt_ios(&c->path.local.addr, d), p2_proto(&c->agreed));
	say(a, "    sa_spi= 0x%X(%u),", c->in_spi, c->in_spi);
	say(a, "    sa_trans= %s , sa_conn_id= %u,",
	    transform(&c->agreed, text), c->in_id);
	say(a, "  (sa) sa_dest= %s, sa_proto= %u,",
	    addr_fmt_ios(&c->path.remote.addr, d), p2_proto(&c->agreed));
	say(a, "    sa_spi= 0x%X(%u), sa_conn_id= %u", c->out_spi, c->out_spi,
	    c->out_id);
}
