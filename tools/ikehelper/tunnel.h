/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phase 2 tunnels: all pairs of SAs of one rule with one peer. */
#ifndef IKEHELPER_TUNNEL_H
#define IKEHELPER_TUNNEL_H

#include "info.h"
#include "key_req.h"

/*
 * A tunnel begins with its first pair and ends with its last one; rekeys are
 * part of its life. Its past figures are those of pairs that have gone.
 */
struct tunnel_info {
	uint64_t order; /* in which they came up */
	uint32_t rule;
	struct addr local, remote;
	uint32_t vrf; /* of these, 0 global */
	uint8_t esp; /* as agreed, in numbers of the wire */
	uint16_t key_bits, esp_auth, group, encap;
	uint32_t seconds, kbytes;
	uint32_t left_seconds,
		left_kbytes; /* when a rekey begins at the latest */
	uint64_t up; /* seconds */
	uint64_t refreshes; /* rekeys */
	uint64_t expired, current; /* single SAs */
	struct stats past;
};

struct tunnel_ops {
	uint64_t (*now)(void *ctx); /* milliseconds */
	/* It has ended; the number of its record, 0 none. */
	uint64_t (*ended)(void *ctx, const struct tunnel_info *info,
			  enum ike_reason reason);
	/* More figures for that record, which the kernel told later. */
	void (*more)(void *ctx, uint64_t record, const struct stats *stats);
	/* What another run goes on with, NULL: nothing any more. */
	void (*keep)(void *ctx, uint64_t order, const struct ike_blob *record);
	void *ctx;
};

struct tunnels;

/* NULL: no memory. @key: random, for tables that others fill. */
struct tunnels *tunnels_new(const struct tunnel_ops *ops,
			    const uint64_t key[2]);
void tunnels_free(struct tunnels *t);

void tunnel_up(struct tunnels *t, const struct ike_child_info *c,
	       bool is_refresh);
void tunnel_down(struct tunnels *t, const struct ike_child_info *c,
		 enum ike_reason reason);

/*
 * Taking over: what an earlier run has kept, then its pairs, and when all are
 * there, tunnels without any have ended.
 */
void tunnel_restore(struct tunnels *t, const struct ike_blob *record);
void tunnel_adopt(struct tunnels *t, const struct ike_child_info *c);
void tunnel_adopted(struct tunnels *t);

/* Keep all that there is, as at the beginning. */
void tunnel_keep_all(const struct tunnels *t);

/* The kernel has deleted an SA; these are its last figures. */
void tunnel_gone(struct tunnels *t, const struct krn_gone *gone);

/* Those that are up and came up behind @after, until @fn says false. */
typedef bool tunnel_fn(const struct tunnel_info *info, void *arg);
void tunnel_next(const struct tunnels *t, uint64_t after, tunnel_fn *fn,
		 void *arg);

#endif
