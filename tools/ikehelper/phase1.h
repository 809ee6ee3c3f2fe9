/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What main mode and aggressive mode have in common. */
#ifndef IKEHELPER_PHASE1_H
#define IKEHELPER_PHASE1_H

#include "v1.h"

/* A new SA to this peer, its first message sent; NULL without memory. */
struct sa *phase1_begin(struct ike *ike, const struct ike_peer *peer,
			const struct ike_path *path);

/* A successor of an established SA, if we can reach the peer. */
void phase1_rekey(struct ike *ike, struct sa *sa);

/* The SA for a first message, admitted, with its peer; NULL: no. */
struct sa *phase1_accept(struct ike *ike, struct in *in,
			 const struct ike_peer *peer);

/* Our offer; what a peer offers, and the answer to it. */
bool phase1_fill_offer(struct sa *sa, struct enc *e,
		       const struct ike_peer *peer);
bool phase1_choose(struct ike *ike, struct sa *sa, struct in *in,
		   const struct ike_peer *peer, struct enc *e);
bool phase1_check_choice(struct ike *ike, struct sa *sa, struct in *in);

/*
 * RESPONDER-LIFETIME (RFC 2407 4.6.3.1): the responder's shorter life, in message
 * 6 of main mode or in a message of its own; the initiator takes it over.
 */
void phase1_fill_life(const struct sa *sa, struct enc *e);
void phase1_tell_life(struct ike *ike, struct sa *sa);
void phase1_take_life(struct ike *ike, struct sa *sa,
		      const struct ike_notify *n);

void phase1_fill_vids(struct sa *sa, struct enc *e,
		      const struct ike_peer *peer);
void phase1_note_vids(struct sa *sa, const struct ike_msg *m,
		      const struct ike_peer *peer);

/* Configuration of its peer, or NULL: it is gone, and the SA with it. */
const struct ike_peer *phase1_peer(struct ike *ike, struct sa *sa);

/* Sent and accepted messages, with the timer where an answer must come. */
void phase1_send(struct ike *ike, struct sa *sa, struct bytes msg, bool wants);

/* The message that ends phase 1 for us, which stands before it leaves. */
void phase1_last(struct ike *ike, struct sa *sa, struct bytes msg);

/*
 * A first message was refused: the SA is kept for a while, so that copies are
 * neither reported nor answered again.
 */
void phase1_refused(struct ike *ike, struct sa *sa, const struct in *in);

/* The end, reported. */
void phase1_fail(struct ike *ike, struct sa *sa, enum ike_fail kind,
		 uint16_t notify, const char *why);

#endif
