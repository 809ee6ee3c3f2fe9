/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one engine leaves to another: records, their sum, taking over. */
#ifndef IKEHELPER_IKE_STATE_H
#define IKEHELPER_IKE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/addr.h"

struct ike;
struct ike_blob;

/* Records of what must outlive the engine. */
enum ike_keep {
	IKE_KEEP_ENGINE, /* one, without which the others say nothing */
	IKE_KEEP_SA,
	IKE_KEEP_CHILD,
	IKE_KEEP_XCHG,
	/* not of the engine, which passes over them */
	IKE_KEEP_SESSION,
	IKE_KEEP_TUNNEL,
	IKE_KEEP_N
};

/*
 * Complete state, with its keys: the caller seals it. ike_export() returns
 * memory of @len octets to be given to ike_export_free(): the head, then the
 * records that keep() gets, each with its length (ike_state_head(),
 * ike_state_add()). ike_import() into a new engine: 0, or -EINVAL, -EPROTO (of
 * another version) or -ENOMEM, and nothing is taken over.
 */
void *ike_export(struct ike *ike, size_t *len);
void ike_export_free(void *p, size_t len);
int ike_import(struct ike *ike, const void *p, size_t len);

#define IKE_STATE_HEAD 8 /* octets */

/* Keep all that there is, as at the beginning. */
void ike_keep_all(struct ike *ike);

/* Each record of one kind, of a state that ike_import() has accepted. */
typedef void ike_state_fn(const struct ike_blob *record, void *arg);
void ike_state_each(const void *p, size_t len, enum ike_keep kind,
		    ike_state_fn *fn, void *arg);

/* A state of records: the octets that each takes, and putting it there. */
size_t ike_state_size(size_t len);
size_t ike_state_head(uint8_t *to, uint32_t total);
size_t ike_state_add(uint8_t *to, enum ike_keep kind, const void *p,
		     size_t len);

/* An SA that the kernel has, when an engine takes over. */
struct ike_held {
	uint32_t spi;
	uint8_t dir; /* DIR_ */
	uint8_t proto; /* PROTO_ */
	bool is_ours; /* made by an engine, not by hand */
	struct addr remote;
};

/*
 * After an import, once nobody else goes on with it: pairs that the kernel has
 * lost end, SAs of an engine that nobody owns are deleted, what was about to end
 * ends, the rest goes on. Sorts @held.
 */
void ike_resume(struct ike *ike, struct ike_held *held, size_t n);

/* Has it a pair with this inbound SPI, or one on its way? Else it is nobody's. */
bool ike_has_spi(struct ike *ike, uint32_t in_spi);

#endif
