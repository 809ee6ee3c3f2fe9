/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An exchange of phase 2: quick mode, or a delete that is sent repeatedly. */
#ifndef IKEHELPER_XCHG_H
#define IKEHELPER_XCHG_H

#include "sa.h"

enum xchg_state {
	XCHG_WAIT_SA, /* phase 1 first */
	XCHG_WAIT_SPI,
	XCHG_SENT_1, /* initiator: message 2 is to come */
	XCHG_WAIT_RULE, /* responder of a dynamic map */
	XCHG_WAIT_PAIR, /* the kernel is adding the pair */
	XCHG_SENT_2, /* responder: message 3 is to come */
	XCHG_DONE, /* kept for copies */
	XCHG_DELETE, /* no quick mode at all: repeats a delete */
};

struct xchg {
	TAILQ_ENTRY(xchg) in_sa;
	struct sa *sa;
	enum xchg_state state;
	bool initiator, is_dead;
	bool retried; /* its first SA turned out to be dead */
	bool contact; /* tell INITIAL-CONTACT */
	uint32_t msgid;
	uint8_t iv[IKE_BLOCK_MAX];
	struct retrans rt;
	struct timer timer; /* its end */
	struct wait wait;
	uint32_t flow, peer, rule;
	bool own_rule; /* made for this exchange */
	unsigned int peer_at; /* in the flow's list of peers */
	struct ike_path path; /* to whom, while there is no SA */
	uint32_t replaces; /* in_spi of the pair that this is a rekey of */
	struct octets ni, nr, peer_ke, gxy;
	struct octets idci, idcr; /* bodies; absent: the addresses */
	struct dh *dh;
	struct octets request; /* responder: message 1, decrypted */
	struct ike_p2_policy agreed;
	uint16_t udp; /* form of encapsulation, 0 none */
	uint32_t in_spi, out_spi;
	bool has_pair; /* the kernel has been told */
	bool commit; /* the responder wants to say when it may be used */
	bool tell_life;
	bool has_sel; /* initiator: not that of the flow */
	struct selector sel;
	uint32_t in_id, out_id;
	unsigned int count; /* XCHG_DELETE: how often it was sent */
	struct keep keep;
};

/* A new one of @sa, which may be NULL without a path to it yet. */
struct xchg *xchg_create(struct ike *ike, struct sa *sa, uint32_t msgid,
			 bool initiator);

/* One that was imported. */
void xchg_adopt(struct ike *ike, struct xchg *x, struct sa *sa);

struct xchg *xchg_find(struct sa *sa, uint32_t msgid);

/* Undo what it has in the kernel, take it out; freed at the end of the call. */
void xchg_kill(struct ike *ike, struct xchg *x);

/* To another SA, to be begun there. */
void xchg_move(struct ike *ike, struct xchg *x, struct sa *to);

/* Give back nonces, keys and the like: only the answer to copies is kept. */
void xchg_done(struct ike *ike, struct xchg *x, timer_fn *fn);

void xchg_free(struct ike *ike, struct xchg *x);

#endif
