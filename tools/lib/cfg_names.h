/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of the configuration that stand for numbers of the model. */
#ifndef LIB_CFG_NAMES_H
#define LIB_CFG_NAMES_H

#include "names.h"

extern const struct name cfg_names_encr[];
extern const struct name cfg_names_bits[];
extern const struct name cfg_names_hash[];
extern const struct name cfg_names_auth[];
extern const struct name cfg_names_group[];
extern const struct name cfg_names_pfs[];
extern const struct name cfg_names_identity[];
extern const struct name cfg_names_df[];
extern const struct name cfg_names_frag[];
extern const struct name cfg_names_deny[];
extern const struct name cfg_names_window[];
extern const struct name cfg_names_cert_field[];
extern const struct name cfg_names_cert_op[];
extern const struct name cfg_names_cert_date[];
extern const struct name cfg_names_cert_when[];
extern const struct name cfg_names_month[];

/*
 * A transform: kind << 16 | bits << 4 | CIPHER_* or INTEG_*. The bits are
 * those that hold when none follow.
 */
enum { CFG_T_AH = 1, CFG_T_CIPHER, CFG_T_INTEG, CFG_T_COMP, CFG_T_SEAL };

extern const struct name cfg_names_transform[];

static inline unsigned int cfg_t_kind(uint32_t t)
{
	return t >> 16;
}

static inline unsigned int cfg_t_bits(uint32_t t)
{
	return t >> 4 & 0xfff;
}

static inline unsigned int cfg_t_value(uint32_t t)
{
	return t & 0xf;
}

#endif
