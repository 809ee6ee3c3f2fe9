// SPDX-License-Identifier: GPL-2.0-or-later
// Debug lines of phase 1 and of messages.

#include "trace.h"
#include "ikename.h"
#include "v1.h"

#include <stdarg.h>
#include <stdio.h>

#include "../lib/fmt.h"

#define ISAKMP TRACE_ISAKMP
#define ERROR (TRACE_ISAKMP | TRACE_ISAKMP_ERROR)

void ike_trace(struct ike *ike, unsigned int topics)
{
	ike->topics = ike->ops->trace ? topics : 0;
}

__attribute__((format(printf, 6, 0))) static void
put(struct ike *ike, unsigned int topics, const struct ike_path *path,
    uint32_t conn, const char *prefix, const char *fmt, va_list ap)
{
	char line[IKE_TRACE_LINE];
	size_t n = snprintf(line, sizeof(line), "%s", prefix);

	vsnprintf(line + n, sizeof(line) - n, fmt, ap);
	fmt_clean(line, strlen(line));
	ike->ops->trace(ike->ctx, topics, path, conn, line);
}

void trace(struct ike *ike, unsigned int topics, const struct ike_path *path,
	   uint32_t conn, const char *fmt, ...)
{
	va_list ap;

	if (!is_traced(ike, topics))
		return;
	va_start(ap, fmt);
	put(ike, topics, path, conn, "", fmt, ap);
	va_end(ap);
}

/* It has a number for others from the moment it has keys. */
static uint32_t conn_of(const struct sa *sa)
{
	return sa->has_keys ? sa->conn : 0;
}

void trace_sa(struct ike *ike, const struct sa *sa, const char *fmt, ...)
{
	char prefix[32];
	va_list ap;

	if (!is_traced(ike, ISAKMP))
		return;
	snprintf(prefix, sizeof(prefix), "ISAKMP: (%u):", conn_of(sa));
	va_start(ap, fmt);
	put(ike, ISAKMP, &sa->path, sa->conn, prefix, fmt, ap);
	va_end(ap);
}

void trace_bad(struct ike *ike, const struct sa *sa, const char *fmt, ...)
{
	char prefix[32];
	va_list ap;

	if (!is_traced(ike, ERROR))
		return;
	snprintf(prefix, sizeof(prefix), "ISAKMP-ERROR: (%u):", conn_of(sa));
	va_start(ap, fmt);
	put(ike, ERROR, &sa->path, sa->conn, prefix, fmt, ap);
	va_end(ap);
}

void trace_more(struct ike *ike, const struct sa *sa, const char *fmt, ...)
{
	va_list ap;

	if (!is_traced(ike, ISAKMP))
		return;
	va_start(ap, fmt);
	put(ike, ISAKMP, &sa->path, sa->conn, "        ", fmt, ap);
	va_end(ap);
}

void trace_stray(struct ike *ike, const struct ike_path *path, const char *fmt,
		 ...)
{
	va_list ap;

	if (!is_traced(ike, ERROR))
		return;
	va_start(ap, fmt);
	put(ike, ERROR, path, 0, "ISAKMP-ERROR: (0):", fmt, ap);
	va_end(ap);
}

/* --- messages ------------------------------------------------------------ */

static void packet(struct ike *ike, const struct sa *sa,
		   const struct ike_path *path, bool is_sent)
{
	char a[ADDR_STR], vrf[24] = "Global";
	const char *state = ike_state_name(sa->state);
	const char *role = sa->initiator ? "I" : "R";
	const struct ike_end *us = &path->local, *peer = &path->remote;

	if (path->vrf)
		snprintf(vrf, sizeof(vrf), "VRF %u", path->vrf);
	addr_fmt_ios(&peer->addr, a);
	if (is_sent)
		trace(ike, ISAKMP, path, sa->conn,
		      "ISAKMP-PAK: (%u):sending packet to %s my_port %u peer_port %u (%s) %s",
		      conn_of(sa), a, us->port, peer->port, role, state);
	else
		trace(ike, ISAKMP, path, sa->conn,
		      "ISAKMP-PAK: (%u):received packet from %s dport %u sport %u %s (%s) %s",
		      conn_of(sa), a, us->port, peer->port, vrf, role, state);
}

void trace_sent(struct ike *ike, const struct sa *sa)
{
	if (is_traced(ike, ISAKMP))
		packet(ike, sa, &sa->path, true);
}

void trace_received(struct ike *ike, const struct sa *sa,
		    const struct ike_path *path)
{
	if (is_traced(ike, ISAKMP))
		packet(ike, sa, path, false);
}

void trace_step(struct ike *ike, const struct sa *sa, const char *input,
		const char *from, const char *to)
{
	if (!is_traced(ike, ISAKMP))
		return;
	trace_sa(ike, sa, "Input = %s", input);
	trace_sa(ike, sa, "Old State = %s  New State = %s", from, to);
}

void trace_node(struct ike *ike, const struct xchg *x, const char *input,
		const char *from, const char *to)
{
	if (!is_traced(ike, ISAKMP))
		return;
	trace_sa(ike, x->sa, "Node %u, Input = %s", x->msgid, input);
	trace_sa(ike, x->sa, "Old State = %s  New State = %s", from, to);
}

void trace_node_end(struct ike *ike, const struct xchg *x, bool is_error,
		    const char *reason)
{
	if (is_error)
		trace_bad(ike, x->sa,
			  "deleting node %u error TRUE reason \"%s\"", x->msgid,
			  reason);
	else
		trace_sa(ike, x->sa,
			 "deleting node %u error FALSE reason \"%s\"", x->msgid,
			 reason);
}

/* --- what is in them ------------------------------------------------------ */

void trace_vids(struct ike *ike, const struct sa *sa, const struct ike_msg *m)
{
	const struct ike_pl *pl;
	unsigned int i = 0;

	if (!is_traced(ike, ISAKMP))
		return;
	while ((pl = ike_msg_next(m, IKE_PL_VID, &i))) {
		enum vid v = vid_match(pl->body);

		trace_sa(ike, sa, "processing vendor id payload");
		if (v == VID_NONE)
			trace_sa(ike, sa, "vendor ID is unknown, %zu octets",
				 pl->body.len);
		else
			trace_sa(ike, sa, "vendor ID is %s", vid_name(v));
	}
}

void trace_id(struct ike *ike, const struct sa *sa, const struct ike_id *id)
{
	char text[IKE_ID_STR];

	if (!is_traced(ike, ISAKMP))
		return;
	id_fmt(id, text);
	trace_sa(ike, sa, "ID payload");
	trace_more(ike, sa, "type         : %u (%s)", id->type,
		   id_type_name(id->type));
	trace_more(ike, sa, "%s : %s",
		   id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6 ?
			   "address     " :
		   id->type == IKE_ID_FQDN ? "FQDN name   " :
					     "name        ",
		   text);
	trace_more(ike, sa, "protocol     : %u", id->protocol);
	trace_more(ike, sa, "port         : %u", id->port);
	trace_more(ike, sa, "length       : %zu", id->data.len + 8);
}

void trace_nat(struct ike *ike, const struct sa *sa)
{
	if (!sa->has_natd || !is_traced(ike, ISAKMP))
		return;
	trace_sa(ike, sa, "received payload type %u",
		 sa->natt == VID_NATT_OLD ? IKE_PL_NATD_DRAFT : IKE_PL_NATD);
	if (sa->local_nat && sa->remote_nat)
		trace_sa(ike, sa, "NAT found, both nodes inside NAT");
	else if (sa->local_nat)
		trace_sa(ike, sa, "NAT found, self is inside NAT");
	else if (sa->remote_nat)
		trace_sa(ike, sa, "NAT found, peer is inside NAT");
	else
		trace_sa(ike, sa, "No NAT Found for self or peer");
}

static const char *notify_name(uint16_t type, char buf[16])
{
	const char *name = ikename_notify(type);

	if (!name)
		snprintf(buf, 16, "%u", type);
	return name ? name : buf;
}

void trace_notify_in(struct ike *ike, const struct sa *sa,
		     const struct ike_notify *n)
{
	char buf[16];

	if (!is_traced(ike, ISAKMP))
		return;
	trace_sa(ike, sa, "processing NOTIFY %s protocol %u",
		 notify_name(n->type, buf), n->protocol);
	if (n->spi.len == 4)
		trace_more(ike, sa, "spi 0x%X", get_be32(n->spi.p));
}

void trace_notify_out(struct ike *ike, const struct sa *sa, uint8_t protocol,
		      uint16_t type)
{
	char buf[16];

	if (is_traced(ike, ISAKMP))
		trace_sa(ike, sa, "Sending NOTIFY %s protocol %u",
			 notify_name(type, buf), protocol);
}

void trace_deleted(struct ike *ike, const struct sa *sa, enum ike_reason reason)
{
	static const char *const why[] = {
		[IKE_REASON_LIFETIME] = "IKE SA Lifetime Exceeded",
		[IKE_REASON_PEER_DELETE] =
			"Receive Delete notification from the peer",
		[IKE_REASON_RETRANSMIT] = "Death by retransmission P1",
		[IKE_REASON_CLEARED] = "Death by tree-walk",
	};
	bool is_bad = reason == IKE_REASON_RETRANSMIT ||
		      reason == IKE_REASON_FAILED ||
		      reason == IKE_REASON_PEER_DEAD;
	char a[ADDR_STR];
	const char *text;

	if (!is_traced(ike, ERROR))
		return;
	text = reason < sizeof(why) / sizeof(why[0]) && why[reason] ?
		       why[reason] :
		       ike_reason_name(reason);
	addr_fmt_ios(&sa->path.remote.addr, a);
	if (is_bad)
		trace_bad(ike, sa,
			  "deleting SA reason \"%s\" state (%s) %s (peer %s)",
			  text, sa->initiator ? "I" : "R",
			  ike_state_name(sa->state), a);
	else
		trace_sa(ike, sa,
			 "deleting SA reason \"%s\" state (%s) %s (peer %s)",
			 text, sa->initiator ? "I" : "R",
			 ike_state_name(sa->state), a);
	if (sa->state == QM_IDLE)
		trace_step(ike, sa, "IKE_MESG_INTERNAL, IKE_PHASE1_DEL",
			   "IKE_P1_COMPLETE", "IKE_DEST_SA");
}
