/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attribute tables: how a struct of the model lies in a message. */
#ifndef LIB_GNL_ATTR_H
#define LIB_GNL_ATTR_H

#include <stdbool.h>
#include <stdint.h>

#include "model_ns.h"
#include "names.h"

enum gnl_kind {
	GNL_U8,
	GNL_U16,
	GNL_U32,
	GNL_U64,
	GNL_FLAG, /* is there or not */
	GNL_STRING,
	GNL_ADDR,
	GNL_BLOB, /* sent only */
	GNL_NEST,
};

/* One attribute; a table ends with a NULL name. */
struct gnl_attr {
	uint16_t type; /* number in the contract */
	uint8_t kind; /* enum gnl_kind */
	uint8_t field; /* bit in the set of the struct */
	const char *name;
	uint16_t offset;
	uint16_t size; /* of one element, or of a string */
	uint16_t max; /* elements, 0 for a single one */
	uint16_t n_offset; /* of the uint32_t that counts them */
	const struct gnl_attr *nest;
	const struct name *names; /* what the numbers stand for */
	bool is_flags; /* each bit stands for a name */
};

extern const struct gnl_attr gnl_selector[];
extern const struct gnl_attr gnl_stats[];
extern const struct gnl_attr gnl_counter[];
extern const struct gnl_attr gnl_sa[];
extern const struct gnl_attr gnl_policy[];
extern const struct gnl_attr gnl_map[];
extern const struct gnl_attr gnl_encap[];
extern const struct gnl_attr gnl_ns[];
extern const struct gnl_attr gnl_conf[];

#endif
