/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Negotiation: build an SA payload from policies, choose from one that a peer
 * sent, check the answer to ours. Pure: no crypto, no allocation.
 */
#ifndef IKE_PROPOSAL_H
#define IKE_PROPOSAL_H

#include "explain.h"
#include "policy.h"

struct enc;

#define PROPOSAL_MAX 32 /* proposal payloads in one SA payload */
#define PROPOSAL_MAX_TRANSFORMS 256 /* in all of them */

/* A transform payload: its number, id, attributes, and all of its octets. */
struct ike_transform {
	uint8_t number;
	uint8_t id;
	uint16_t unknown; /* an attribute that we do not know, else 0 */
	struct bytes raw;
	union {
		struct ike_p1_policy p1;
		struct ike_p2_attrs p2;
	};
};

/* A proposal payload and its transforms, from @first on in the array. */
struct ike_proposal {
	uint8_t number;
	uint8_t protocol; /* enum ike_protocol */
	struct bytes spi;
	uint16_t first, n;
};

/* An SA payload taken apart; points into the message. */
struct ike_sa_offer {
	struct ike_proposal prop[PROPOSAL_MAX];
	unsigned int n_prop;
	struct ike_transform tf[PROPOSAL_MAX_TRANSFORMS];
	unsigned int n_tf;
	const char *why; /* after an error, a sentence */
};

/*
 * Take apart the body of an SA payload (struct ike_msg, sa). DOI, situation,
 * counts, SPI sizes, order of numbers and every attribute's form are checked.
 * Returns 0 or a notification type.
 */
int proposal_parse(struct bytes body, bool phase1, struct ike_sa_offer *o);

/* How phase 2 is to be compared, and what is accepted. */
struct ike_match_opts {
	bool strict_life; /* refuse a longer life than ours */
	bool strict_pfs; /* refuse a group when we have none */
	uint16_t encap_udp; /* 0 no NAT; IKE_ENCAP_UDP_TUNNEL: RFC 3947;
			       IKE_ENCAP_DRAFT_TUNNEL: drafts */
};

/* The outcome in phase 1. */
struct ike_p1_choice {
	unsigned int policy; /* index */
	struct ike_p1_policy agreed; /* lives: the lower of both sides' */
	struct ike_p1_policy offered; /* as the peer said */
	const struct ike_proposal *prop;
	const struct ike_transform *tf;
};

/* The outcome in phase 2. @agreed has the encap mode without UDP. */
struct ike_p2_choice {
	unsigned int policy;
	struct ike_p2_policy agreed;
	struct ike_p2_attrs offered; /* lives and group as the peer said */
	uint16_t encap; /* as on the wire */
	struct ike_p2_spis spis; /* of the peer */
	unsigned int n; /* protocols, in the order of the offer */
	const struct ike_proposal *prop[3];
	const struct ike_transform *tf[3];
};

/* SA payload of an initiator: one proposal, a transform for each policy. */
void proposal_fill_p1(struct enc *e, const struct ike_p1_policy *pol,
		      unsigned int n);

/* The same of phase 2: a proposal for each policy; @spis are ours. */
void proposal_fill_p2(struct enc *e, const struct ike_p2_policy *pol,
		      unsigned int n, const struct ike_p2_spis *spis,
		      uint16_t encap_udp);

/*
 * A responder's choice: our policies in their order, for each the peer's
 * offers in theirs. Returns 0; IKE_N_NO_PROPOSAL_CHOSEN with @x saying why not.
 */
int proposal_match_p1(const struct ike_sa_offer *o,
		      const struct ike_p1_policy *pol, unsigned int n,
		      const struct ike_match_opts *opt, struct ike_p1_choice *c,
		      struct ike_explain *x);
int proposal_match_p2(const struct ike_sa_offer *o,
		      const struct ike_p2_policy *pol, unsigned int n,
		      const struct ike_match_opts *opt, struct ike_p2_choice *c,
		      struct ike_explain *x);

/* The answer: what was chosen, octet by octet as it was offered. */
void proposal_reply_p1(struct enc *e, const struct ike_p1_choice *c);
void proposal_reply_p2(struct enc *e, const struct ike_p2_choice *c,
		       const struct ike_p2_spis *ours);

/*
 * An initiator's check of the answer: exactly one proposal (per protocol) with
 * one transform, all of it offered by us from @pol. Returns 0,
 * IKE_N_BAD_PROPOSAL_SYNTAX or IKE_N_NO_PROPOSAL_CHOSEN.
 */
int proposal_check_p1(const struct ike_sa_offer *o,
		      const struct ike_p1_policy *pol, unsigned int n,
		      struct ike_p1_choice *c, struct ike_explain *x);
int proposal_check_p2(const struct ike_sa_offer *o,
		      const struct ike_p2_policy *pol, unsigned int n,
		      uint16_t encap_udp, struct ike_p2_choice *c,
		      struct ike_explain *x);

#endif
