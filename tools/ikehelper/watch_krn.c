// SPDX-License-Identifier: GPL-2.0-or-later
/* Debug lines about the kernel, SAs and the tables of the MIB. */
#include "watch_krn.h"
#include "watch_event.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../lib/fmt.h"
#include "../lib/sel.h"

#define MIB_ERROR (TRACE_MIB | TRACE_MIB_ERROR)
#define FIRST_CONN \
	1000 /* the number of a crypto engine's connection begins at 1 */

__attribute__((format(printf, 5, 6))) static void
say(struct watch *w, unsigned int topics, const struct ike_path *path,
    uint32_t conn, const char *fmt, ...)
{
	char line[IKE_TRACE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fmt_clean(line, strlen(line));
	watch_line(w, topics, path, conn, line);
}

/* --- debug crypto engine ---------------------------------------------------- */

static const char *op_name(enum krn_op op)
{
	static const char *const names[] = {
		[KRN_ALLOC_SPI] = "Get IPSec SPI",
		[KRN_ADD_PAIR] = "Create IPSec SA",
		[KRN_ACTIVATE] = "Enable IPSec SA",
		[KRN_MOVE] = "Move IPSec SA",
		[KRN_DELETE] = "Delete IPSec SA",
		[KRN_QUERY] = "Read counters of IPSec SA",
		[KRN_ADD_RULE] = "Add temporary rule",
		[KRN_DEL_RULE] = "Delete temporary rule",
		[KRN_ADOPT] = "Take over IPSec SA",
	};

	return op >= KRN_ALLOC_SPI && op <= KRN_ADOPT ? names[op] :
							"Unknown request";
}

void watch_krn_req(struct watch *w, const struct krn_req *req)
{
	char a[ADDR_STR];

	if (!watch_wants(w, TRACE_ENGINE))
		return;
	say(w, TRACE_ENGINE, &req->path, 0,
	    "crypto_engine: %s, request %u, peer %s, rule %u, in spi 0x%X, out spi 0x%X",
	    op_name(req->op), req->id, addr_fmt_ios(&req->path.remote.addr, a),
	    req->rule, req->in_spi, req->out_spi);
}

void watch_krn_done(struct watch *w, const struct krn_answer *a)
{
	if (!watch_wants(w, TRACE_ENGINE))
		return;
	if (a->err)
		say(w, TRACE_ENGINE, NULL, 0,
		    "crypto_engine: request %u failed: %s", a->id,
		    strerror(-a->err));
	else
		say(w, TRACE_ENGINE, NULL, 0, "crypto_engine: request %u done",
		    a->id);
}

void watch_acquire(struct watch *w, const struct krn_acquire *a)
{
	char text[SEL_STR];

	if (watch_wants(w, TRACE_ENGINE))
		say(w, TRACE_ENGINE, &a->path, 0,
		    "crypto_engine: a packet needs an SA of rule %u: %s",
		    a->rule, sel_fmt(&a->flow, text));
}

void watch_expire(struct watch *w, const struct krn_expire *e)
{
	static const char *const limits[] = {
		[LIMIT_SECONDS] = "seconds",	  [LIMIT_BYTES] = "octets",
		[LIMIT_PACKETS] = "packets",	  [LIMIT_IDLE] = "idleness",
		[LIMIT_SEQ] = "sequence numbers",
	};
	struct ike_path path = { .remote.addr = e->remote };
	const char *limit = "its life";

	if (!watch_wants(w, TRACE_ENGINE))
		return;
	if (e->limit < sizeof(limits) / sizeof(limits[0]) && limits[e->limit])
		limit = limits[e->limit];
	say(w, TRACE_ENGINE, &path, 0,
	    "crypto_engine: %s SA, spi 0x%X, reached its %s limit of %s",
	    e->dir == DIR_IN ? "inbound" : "outbound", e->spi,
	    e->is_hard ? "hard" : "soft", limit);
}

void watch_mapping(struct watch *w, const struct krn_mapping *m)
{
	struct ike_path path = { .remote = m->remote };
	char a[ADDR_STR];

	if (watch_wants(w, TRACE_ENGINE))
		say(w, TRACE_ENGINE, &path, 0,
		    "crypto_engine: peer of inbound SA, spi 0x%X, is now at %s:%u",
		    m->spi, addr_fmt_ios(&m->remote.addr, a), m->remote.port);
}

void watch_unknown(struct watch *w, const struct krn_unknown_spi *u)
{
	if (watch_wants(w, TRACE_ENGINE))
		say(w, TRACE_ENGINE, &u->path, 0,
		    "crypto_engine: a packet with unknown spi 0x%X", u->spi);
}

void watch_gone(struct watch *w, const struct krn_gone *g)
{
	struct ike_path path = { .remote.addr = g->remote };
	bool in = g->dir == DIR_IN;

	if (watch_wants(w, TRACE_ENGINE))
		say(w, TRACE_ENGINE, &path, 0,
		    "crypto_engine: %s SA, spi 0x%X, is gone after %llu packets",
		    in ? "inbound" : "outbound", g->spi,
		    (unsigned long long)(in ? g->stats.in_packets :
					      g->stats.out_packets));
}

/* --- SAs and the MIB --------------------------------------------------------- */

static void ike_sa(struct watch *w, const struct ike_event *ev)
{
	const struct ike_sa_info *i = ev->sa;
	bool is_up = ev->kind == IKE_EVENT_SA_UP;
	char a[ADDR_STR];

	addr_fmt_ios(&i->path.remote.addr, a);
	say(w, TRACE_ENGINE, &i->path, i->conn,
	    is_up ? "crypto_engine: Create IKE SA SW:%u" :
		    "crypto engine: deleting IKE SA SW:%u",
	    i->conn > FIRST_CONN ? i->conn - FIRST_CONN : i->conn);
	if (is_up)
		say(w, TRACE_MIB, &i->path, i->conn,
		    "IPSec MIB: IKE tunnel %u with %s started", i->conn, a);
	else if (i->state == QM_IDLE)
		say(w, TRACE_MIB, &i->path, i->conn,
		    "IPSec MIB: IKE tunnel %u with %s ended, %s: into the history",
		    i->conn, a, ike_reason_name(ev->reason));
}

static void child(struct watch *w, const struct ike_event *ev)
{
	const struct ike_child_info *c = ev->child;
	char a[ADDR_STR];

	addr_fmt_ios(&c->path.remote.addr, a);
	if (ev->kind == IKE_EVENT_CHILD_UP)
		say(w, TRACE_MIB, &c->path, c->conn,
		    "IPSec MIB: IPsec tunnel with %s started, in spi 0x%X, out spi 0x%X%s",
		    a, c->in_spi, c->out_spi, ev->replaces ? ", a rekey" : "");
	else
		say(w, TRACE_MIB, &c->path, c->conn,
		    "IPSec MIB: IPsec tunnel with %s ended, in spi 0x%X, out spi 0x%X, %s",
		    a, c->in_spi, c->out_spi, ike_reason_name(ev->reason));
}

void watch_event(struct watch *w, const struct ike_event *ev)
{
	watch_tunnel(w, ev);
	if (!watch_wants(w, TRACE_ENGINE | TRACE_MIB))
		return;
	if (ev->kind == IKE_EVENT_SA_UP || ev->kind == IKE_EVENT_SA_DOWN)
		ike_sa(w, ev);
	else if (ev->kind == IKE_EVENT_CHILD_UP ||
		 ev->kind == IKE_EVENT_CHILD_DOWN)
		child(w, ev);
}

/* The notification of a tunnel that could not be set up. */
static const char *notification(const struct ike_failure *f)
{
	switch (f->kind) {
	case IKE_FAIL_NO_PROPOSAL:
	case IKE_FAIL_INVALID_ID:
		return "NOTIFY_MIB_IPSEC_PROPOSAL_INVALID";
	case IKE_FAIL_LIMIT:
		return "NOTIFY_MIB_IPSEC_SYSCAP_FAILURE";
	case IKE_FAIL_KERNEL:
		return "NOTIFY_MIB_IPSEC_LOCAL_FAILURE";
	default:
		return NULL;
	}
}

void watch_failure(struct watch *w, const struct ike_failure *f)
{
	const char *n = f->phase == 2 ? notification(f) : NULL;
	char a[ADDR_STR];

	watch_failed(w, f);
	if (!watch_wants(w, MIB_ERROR))
		return;
	addr_fmt_ios(&f->path.remote.addr, a);
	if (n)
		say(w, MIB_ERROR, &f->path, f->conn, "%s, peer %s", n, a);
	say(w, MIB_ERROR, &f->path, f->conn,
	    "IPSec MIB: phase %u failure record, peer %s: %s", f->phase, a,
	    ike_fail_name(f->kind));
}
