/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both sides of quick mode do: proposals, keys, the pair in the kernel. */
#ifndef IKEHELPER_QUICK_H
#define IKEHELPER_QUICK_H

#include "flow.h"
#include "proposal.h"
#include "v1.h"

#define QUICK_MAX_SETS 16

/* The sets of a flow that suit the selector of the exchange. */
unsigned int quick_sets(const struct xchg *x, const struct ike_flow *flow,
			struct ike_p2_policy sets[QUICK_MAX_SETS]);

/* The proxy identities of message 1 or 2, or the addresses without any. */
bool quick_take_proxies(const struct sa *sa, const struct ike_msg *m,
			bool peer_began, struct proxies *p);

/* Payloads of IDci and IDcr. */
void quick_fill_ids(const struct xchg *x, struct enc *e);

/* NAT-OA, where transport mode passes a NAT (RFC 3947 5.2). */
void quick_fill_natoa(const struct xchg *x, struct enc *e);

/* Our public value and nonce; @group 0: no PFS. */
bool quick_make_ke(struct ike *ike, struct xchg *x, uint16_t group);
void quick_fill_nonce(const struct xchg *x, struct enc *e);
bool quick_take_ke(struct xchg *x, const struct ike_msg *m);

/* Keys for both directions to the kernel; @fn when it has them. */
bool quick_add_pair(struct ike *ike, struct xchg *x, wait_krn_fn *fn);

/* The SPI that the peer has chosen: of AH or of ESP, never both. */
uint32_t quick_out_spi(const struct ike_p2_choice *c);

/* Reserve our SPI. */
void quick_alloc_spi(struct ike *ike, struct xchg *x, wait_krn_fn *fn);

/* A message of an exchange, which we began or not, that makes no sense. */
void quick_invalid(struct sa *sa, bool is_ours);

/* The end of one that did not succeed. */
void quick_fail(struct ike *ike, struct xchg *x, uint16_t notify);

/* The end of its time. */
void quick_end_timer(void *arg, struct timer *t);

/* Debug lines: a message with an offer has come; the kernel has the pair. */
void quick_payloads(struct ike *ike, const struct xchg *x);
void quick_installed(struct ike *ike, const struct xchg *x, const char *step);

#endif
