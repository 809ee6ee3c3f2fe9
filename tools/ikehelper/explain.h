/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why no proposal was chosen: theirs, ours, and the first thing that differs. */
#ifndef IKE_EXPLAIN_H
#define IKE_EXPLAIN_H

#include "policy.h"

#define IKE_EXPLAIN_STR 512

/* In the order in which they are compared: a later one is nearer to a match. */
enum ike_diff {
	IKE_DIFF_NONE,
	IKE_DIFF_NO_POLICY, /* we have none at all */
	IKE_DIFF_NO_OFFER,
	IKE_DIFF_SYNTAX,
	IKE_DIFF_ATTR, /* an attribute that we do not know (offered) */
	IKE_DIFF_PROTOCOL, /* ESP, AH, IPComp: another set of them */
	IKE_DIFF_TRANSFORM, /* phase 2 transform id; offered, ours: ids */
	IKE_DIFF_ENCR,
	IKE_DIFF_KEYLEN,
	IKE_DIFF_HASH,
	IKE_DIFF_AUTH, /* authentication method; phase 2: algorithm */
	IKE_DIFF_GROUP,
	IKE_DIFF_ENCAP,
	IKE_DIFF_ESN,
	IKE_DIFF_LIFE,
	IKE_DIFF_MAX,
};

/**
 * struct ike_explain - the nearest miss of a negotiation
 * @phase: 1 or 2
 * @diff: the first attribute that differs
 * @offered: its value in the offer (0 when it is missing)
 * @ours: its value in our policy
 * @policy: index of the policy that was nearest
 * @proposal: number of the proposal that was nearest
 * @transform: number of its transform
 * @p1: that offer, phase 1
 * @p1_ours: our policy, phase 1
 * @p2: that offer, phase 2
 * @p2_ours: our policy, phase 2
 * @n_offers: how many transforms were offered
 * @n_policies: how many policies we have
 */
struct ike_explain {
	uint8_t phase;
	enum ike_diff diff;
	uint32_t offered, ours;
	unsigned int policy;
	uint8_t proposal, transform;
	struct ike_p1_policy p1, p1_ours;
	struct ike_p2_policy p2, p2_ours;
	unsigned int n_offers, n_policies;
};

/* "encryption", "hash", "group" ... for records. */
const char *explain_diff_name(enum ike_diff d);

/*
 * One line for the log: "offered aes 128, sha, pre-share, group 2; policy 10
 * has aes 128, sha, pre-share, group 5; group differs (2, ours 5)". Returns
 * @buf.
 */
char *explain_fmt(const struct ike_explain *x, char buf[IKE_EXPLAIN_STR]);

/* One side in words of the configuration, for the same record. */
char *explain_p1_fmt(const struct ike_p1_policy *p, char *buf, size_t size);
char *explain_p2_fmt(const struct ike_p2_policy *p, char *buf, size_t size);

#endif
