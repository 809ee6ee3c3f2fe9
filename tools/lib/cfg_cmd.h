/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the tables of configuration commands. */
#ifndef LIB_CFG_CMD_H
#define LIB_CFG_CMD_H

#include "cfg_edit.h"
#include "cfg_names.h"

struct cfg_writer;

/* A value that needs no function of its own. */
enum cfg_value {
	CFG_V_NONE,
	CFG_V_FLAG, /* present: @value; "no": 0 */
	CFG_V_ON, /* present: 0; "no": 1, and that is what is written */
	CFG_V_NUM, /* "no": @value */
	CFG_V_NAME, /* a word of @names for a number; "no": @value */
	CFG_V_STR, /* a word or the rest of the line; "no": NULL */
	CFG_V_WORDS, /* all words behind the keywords; "no": NULL */
	CFG_V_ADDR,
};

typedef int (*cfg_setter)(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m);
typedef void (*cfg_writing)(struct cfg_writer *w, const void *obj);

/*
 * One command. Without a function the value at @offset of the object of the
 * mode is set. The "no" form takes all behind the leading keywords as
 * optional unless @no is another pattern.
 */
struct cfg_cmd {
	const char *pattern;
	const char *text;
	cfg_setter set;
	cfg_setter unset;
	cfg_writing write; /* NULL for a value: written by the same row */
	const char *no; /* "" for none */
	const struct cmd_help *help; /* of words that mean something else */
	enum cfg_value kind;
	const char *out; /* what stands before the value */
	size_t offset;
	size_t size;
	uint32_t value;
	const struct name *names;
};

#define CFG_AT(s, m) \
	.offset = offsetof(struct s, m), .size = sizeof(((struct s *)0)->m)
#define CFG_FLAG(s, m, v, text) \
	.kind = CFG_V_FLAG, CFG_AT(s, m), .value = (v), .out = (text)
#define CFG_ON(s, m, text) .kind = CFG_V_ON, CFG_AT(s, m), .out = (text)
#define CFG_NUM(s, m, def, text) \
	.kind = CFG_V_NUM, CFG_AT(s, m), .value = (def), .out = (text)
#define CFG_NAME(s, m, def, table, text)                                    \
	.kind = CFG_V_NAME, CFG_AT(s, m), .value = (def), .names = (table), \
	.out = (text)
#define CFG_TEXT(s, m, text) .kind = CFG_V_STR, CFG_AT(s, m), .out = (text)
#define CFG_WORDS(s, m, text) .kind = CFG_V_WORDS, CFG_AT(s, m), .out = (text)
#define CFG_ADDR(s, m, text) .kind = CFG_V_ADDR, CFG_AT(s, m), .out = (text)

/* Rows that belong together; the writer keeps their order. */
struct cfg_rows {
	const struct cfg_cmd *row;
	size_t n;
	enum cfg_section section; /* of the rows of the global mode */
};

#define CFG_ROWS(table) sizeof(table) / sizeof((table)[0])

extern const struct cfg_rows cfg_rows_top, cfg_rows_policy, cfg_rows_isakmp,
	cfg_rows_profiles, cfg_rows_peer, cfg_rows_profile, cfg_rows_group,
	cfg_rows_keyring, cfg_rows_pki, cfg_rows_trustpoint, cfg_rows_cert_map,
	cfg_rows_ipsec, cfg_rows_ipsec_profiles, cfg_rows_ipsec_profile,
	cfg_rows_tunnel, cfg_rows_transform, cfg_rows_maps, cfg_rows_entry,
	cfg_rows_ifs, cfg_rows_if, cfg_rows_acls, cfg_rows_acl,
	cfg_rows_std_acl;

extern const struct cmd_type cfg_types[];
extern const struct cmd_help cfg_help[];

/* --- for setters --------------------------------------------------------- */

/* Enter a sub-mode for the object of that name or number. */
void cfg_enter(struct cfg_edit *e, enum cfg_mode mode, const char *name,
	       uint32_t num);

/* The text of an argument, or NULL; its number, or @other. */
const char *cfg_text(const struct cmd_match *m, const char *name);
uint32_t cfg_num(const struct cmd_match *m, const char *name, uint32_t other);
const struct addr *cfg_addr(const struct cmd_match *m, const char *name);

/* Refuse because of the word of an argument: the marker goes there. */
int cfg_bad_word(struct cfg_edit *e, const struct cmd_match *m,
		 const char *name);

/* 0 becomes CFG_DONE, anything else CFG_FAILED. */
int cfg_status(int err);

/* "FastEthernet1/0" from "fa 1/0"; false if it is no interface. */
bool cfg_ifname(const char *word, const char *unit, char *buf, size_t size);

#define CFG_HIDDEN "<removed>" /* stands for a key that is not shown */

/* Numbers of standard and of extended access lists. */
bool cfg_acl_is_standard(const char *name);
bool cfg_acl_is_number(const char *name);

/* --- for the writer ------------------------------------------------------ */

/* One line at the depth of the mode. */
__attribute__((format(printf, 2, 3))) void cfg_w_line(struct cfg_writer *w,
						      const char *fmt, ...);

/* A block: opened by a line, filled by the rows of @mode. */
void cfg_w_block(struct cfg_writer *w, enum cfg_mode mode, const void *obj);
void cfg_w_kept(struct cfg_writer *w, const struct cfg_tab *kept);
void cfg_w_names(struct cfg_writer *w, const char *words,
		 const struct cfg_names *names);
void cfg_w_gap(struct cfg_writer *w); /* the '!' between blocks */

/*
 * "KEY", "6 KEY", or what stands for a key that is not shown. Two of them
 * are there at a time.
 */
const char *cfg_w_secret(struct cfg_writer *w, const struct cfg_secret *s);
const struct cfg *cfg_w_cfg(const struct cfg_writer *w);

#endif
