/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access lists: named and numbered ones, their lines. */
#ifndef LIB_CFG_ACL_H
#define LIB_CFG_ACL_H

#include "cfg_obj.h"
#include "sel.h"

enum { CFG_ACE_PERMIT = 1, CFG_ACE_DENY, CFG_ACE_REMARK };

/* One line; obj.num is its sequence number. */
struct cfg_ace {
	struct cfg_obj obj;
	uint8_t action;
	struct selector sel; /* not of a remark */
	char *text; /* a remark, or options without effect here: "log" */
};

/* access-list N, ip access-list extended NAME; obj.name is either. */
struct cfg_acl {
	struct cfg_obj obj;
	uint8_t is_standard;
	uint8_t is_named; /* not a number */
	struct cfg_tab aces; /* struct cfg_ace */
	struct cfg_tab texts; /* the same by their text: none is there twice */
};

/* Longest text of a line but for a remark or an option. */
#define CFG_ACE_STR (SEL_STR + 16)

/* "permit ip host 10.0.0.1 any"; a remark or options follow it. */
char *cfg_ace_fmt(const struct cfg_ace *ace, char buf[CFG_ACE_STR]);

#endif
