/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug lines of IKE: what happens, in the words that people search for. Who
 * calls these pays one test while nobody debugs. No line has a key, a nonce, a
 * hash or what else keys are made from; that is for the callers to keep.
 */
#ifndef IKEHELPER_TRACE_H
#define IKEHELPER_TRACE_H

#include "explain.h"
#include "proposal.h"
#include "xchg.h"

struct child;
struct ike_msg;
struct ike_notify;
struct proxies;

static inline bool is_traced(const struct ike *ike, unsigned int topics)
{
	return __builtin_expect(ike->topics & topics, 0);
}

/* One line of @topics about @path and that connection (0: none yet). */
__attribute__((format(printf, 5, 6))) void
trace(struct ike *ike, unsigned int topics, const struct ike_path *path,
      uint32_t conn, const char *fmt, ...);

/* "ISAKMP: (1001):", "ISAKMP-ERROR: (1001):", and a line that goes on. */
__attribute__((format(printf, 3, 4))) void
trace_sa(struct ike *ike, const struct sa *sa, const char *fmt, ...);
__attribute__((format(printf, 3, 4))) void
trace_bad(struct ike *ike, const struct sa *sa, const char *fmt, ...);
__attribute__((format(printf, 3, 4))) void
trace_more(struct ike *ike, const struct sa *sa, const char *fmt, ...);

/* Before there is an SA. */
__attribute__((format(printf, 3, 4))) void
trace_stray(struct ike *ike, const struct ike_path *path, const char *fmt, ...);

void trace_sent(struct ike *ike, const struct sa *sa);
void trace_received(struct ike *ike, const struct sa *sa,
		    const struct ike_path *path);

/* What came in, and the step of the exchange that it leads to. */
void trace_step(struct ike *ike, const struct sa *sa, const char *input,
		const char *from, const char *to);
void trace_node(struct ike *ike, const struct xchg *x, const char *input,
		const char *from, const char *to);
void trace_node_end(struct ike *ike, const struct xchg *x, bool is_error,
		    const char *reason);

/* A message of the key exchange; vendor IDs; an identity; what NAT there is. */
void trace_vids(struct ike *ike, const struct sa *sa, const struct ike_msg *m);
void trace_id(struct ike *ike, const struct sa *sa, const struct ike_id *id);
void trace_nat(struct ike *ike, const struct sa *sa);

void trace_notify_in(struct ike *ike, const struct sa *sa,
		     const struct ike_notify *n);
void trace_notify_out(struct ike *ike, const struct sa *sa, uint8_t protocol,
		      uint16_t type);
void trace_deleted(struct ike *ike, const struct sa *sa,
		   enum ike_reason reason);

/* Each transform of an offer against each policy, as it is compared. */
void trace_offer_p1(struct ike *ike, const struct sa *sa,
		    const struct ike_sa_offer *o,
		    const struct ike_p1_policy *pol, unsigned int n);
void trace_offer_p2(struct ike *ike, const struct sa *sa,
		    const struct ike_sa_offer *o);

/* "IPSEC(...)": requests and what becomes of them. */
void trace_request(struct ike *ike, const struct xchg *x,
		   const struct ike_p2_policy *p);
void trace_validate(struct ike *ike, const struct xchg *x,
		    const struct ike_p2_policy *p);
void trace_refused(struct ike *ike, const struct xchg *x,
		   const struct ike_p2_policy *offer);
void trace_proxies(struct ike *ike, const struct xchg *x,
		   const struct proxies *p, bool is_known);
void trace_created(struct ike *ike, const struct xchg *x);
void trace_child(struct ike *ike, const struct child *c, const char *what);

#endif
