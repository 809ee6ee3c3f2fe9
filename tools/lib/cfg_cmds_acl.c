// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: numbered and named access lists. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cfg_cmd.h"
#include "sel_match.h"

#define STEP 10
#define SEQ_MAX 2147483647

#define SIDE "( any | host HOST=addr4 | ADDR=addr4 WILDCARD=addr4 ) " SEL_PORTS
#define OPTIONS                                                  \
	"{ established | dscp OPT=name | precedence OPT=name | " \
	"tos OPT=name | log | log-input | fragments | "          \
	"time-range OPT=name }"
#define ACE \
	"ACTION=action PROTO=protocol " SIDE " " SIDE " " SEL_ICMP " " OPTIONS
#define STD_ACE                                               \
	"ACTION=action ( any | host HOST=addr4 | ADDR=addr4 " \
	"[ WILDCARD=addr4 ] )"
#define SEQ "SEQ=num(1-2147483647)"
#define EXTENDED "( LIST=num(100-199) | LIST=num(2000-2699) )"
#define STANDARD "( LIST=num(1-99) | LIST=num(1300-1999) )"

static bool in(unsigned long n, unsigned long lo, unsigned long hi)
{
	return n >= lo && n <= hi;
}

bool cfg_acl_is_number(const char *name)
{
	return strspn(name, "0123456789") == strlen(name);
}

bool cfg_acl_is_standard(const char *name)
{
	unsigned long n = strtoul(name, NULL, 10);

	return cfg_acl_is_number(name) && (in(n, 1, 99) || in(n, 1300, 1999));
}

/* --- lines ------------------------------------------------------------------------- */

char *cfg_ace_fmt(const struct cfg_ace *ace, char buf[CFG_ACE_STR])
{
	char sel[SEL_STR];

	if (ace->action == CFG_ACE_REMARK)
		snprintf(buf, CFG_ACE_STR, "remark");
	else
		snprintf(buf, CFG_ACE_STR, "%s %s",
			 ace->action == CFG_ACE_PERMIT ? "permit" : "deny",
			 sel_fmt(&ace->sel, sel));
	return buf;
}

/* All of a line but its number, to find the same one again. Free it. */
static char *full_text(const struct cfg_ace *ace)
{
	char buf[CFG_ACE_STR], *text = NULL;

	if (asprintf(&text, "%s%s%s", cfg_ace_fmt(ace, buf),
		     ace->text ? " " : "", ace->text ? ace->text : "") < 0)
		return NULL;
	return text;
}

static void del_ace(struct cfg_acl *acl, struct cfg_ace *ace)
{
	char *text = ace ? full_text(ace) : NULL;

	if (text)
		cfg_del(&acl->texts, cfg_find(&acl->texts, text));
	free(text);
	cfg_del(&acl->aces, ace);
}

/* Put a line into a list, at its end if @seq is 0. */
static int add_ace(struct cfg_edit *e, struct cfg_acl *acl, uint32_t seq,
		   const struct cfg_ace *new)
{
	struct cfg_obj *last = acl->aces.last;
	char *text = full_text(new);
	struct cfg_ace *ace = NULL;

	if (!text)
		return CFG_FAILED;
	if (cfg_find(&acl->texts, text)) {
		free(text);
		return CFG_DONE;
	}
	if (seq && cfg_find_num(&acl->aces, seq)) {
		free(text);
		cfg_say(e, "%% Duplicate sequence number\n");
		return CFG_REFUSED;
	}
	if (!seq)
		seq = last ? last->num + STEP : STEP;
	if (seq <= SEQ_MAX && cfg_get(&acl->texts, text))
		ace = cfg_get_num(&acl->aces, seq);
	free(text);
	if (!ace)
		return CFG_FAILED;
	ace->action = new->action;
	ace->sel = new->sel;
	return cfg_status(cfg_set_str(&ace->text, new->text));
}

/* Words behind a selector, as they were typed. */
static char *join_options(const struct cmd_match *m, int i)
{
	size_t size = 1;
	char *text;
	int k;

	for (k = i; k < m->n; k++)
		size += strlen(m->arg[k].text) + strlen(m->arg[k].name) + 1;
	text = i < m->n ? calloc(1, size) : NULL;
	for (k = i; text && k < m->n; k++) {
		if (k > i)
			strcat(text, " ");
		strcat(text,
		       m->arg[k].is_var ? m->arg[k].text : m->arg[k].name);
	}
	return text;
}

/* Bits that do not count are zero, so that equal lines are equal. */
static void normalise(struct selector *s)
{
	size_t i;

	for (i = 0; i < sizeof(s->src.b); i++) {
		s->src.b[i] &= s->src_mask.b[i];
		s->dst.b[i] &= s->dst_mask.b[i];
	}
	if (!HAS(s, SEL_SRC)) {
		s->src = (struct addr){ 0 };
		s->src_mask = s->src;
	}
	if (!HAS(s, SEL_DST)) {
		s->dst = (struct addr){ 0 };
		s->dst_mask = s->dst;
	}
}

static int set_ace(struct cfg_edit *e, struct cfg_acl *acl,
		   const struct cmd_match *m)
{
	struct cfg_ace ace = { .action = cfg_num(m, "ACTION", 0) };
	const char *why;
	int i = 0, result;

	while (strcmp(m->arg[i].name, "PROTO"))
		i++;
	if (!sel_from_match(m, &i, &ace.sel, &why)) {
		cfg_say(e, "%% %s\n", why);
		return cfg_bad_word(e, m, "PROTO");
	}
	if (ace.sel.family != AF_INET)
		return cfg_bad_word(e, m, "PROTO");
	normalise(&ace.sel);
	ace.text = join_options(m, i);
	result = add_ace(e, acl, cfg_num(m, "SEQ", 0), &ace);
	free(ace.text);
	return result;
}

/* A standard line: the source alone. */
static int set_std_ace(struct cfg_edit *e, struct cfg_acl *acl,
		       const struct cmd_match *m)
{
	struct cfg_ace ace = { .action = cfg_num(m, "ACTION", 0) };
	const struct addr *host = cfg_addr(m, "HOST");
	const struct addr *a = host ? host : cfg_addr(m, "ADDR");
	const struct addr *wild = cfg_addr(m, "WILDCARD");
	struct addr mask;
	struct sel_build b;

	sel_start(&b, 0);
	if (a) {
		addr_mask(AF_INET, 32, &mask);
		if (wild) {
			mask = *wild;
			addr_invert(&mask);
		}
		sel_addr(&b, false, a, &mask);
	}
	if (!sel_end(&b, &ace.sel))
		return cfg_bad_word(e, m, "ADDR");
	normalise(&ace.sel);
	return add_ace(e, acl, cfg_num(m, "SEQ", 0), &ace);
}

static int set_remark(struct cfg_edit *e, struct cfg_acl *acl,
		      const struct cmd_match *m)
{
	struct cfg_ace ace = { .action = CFG_ACE_REMARK };

	ace.text = (char *)(uintptr_t)cfg_text(m, "TEXT");
	return add_ace(e, acl, cfg_num(m, "SEQ", 0), &ace);
}

/* --- named lists ------------------------------------------------------------------------ */

static int set_line(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	if (cfg_text(m, "TEXT"))
		return set_remark(e, obj, m);
	if (((struct cfg_acl *)obj)->is_standard)
		return set_std_ace(e, obj, m);
	return set_ace(e, obj, m);
}

/* "no 10", or "no permit ...": build the line elsewhere and look for it. */
static int unset_line(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_acl *acl = obj, *other;
	struct cfg_ace *ace, *line;
	int result;
	char *text;

	if (cmd_find(m, "SEQ")) {
		del_ace(acl, cfg_find_num(&acl->aces, cfg_num(m, "SEQ", 0)));
		return CFG_DONE;
	}
	other = cfg_obj_new(&cfg_class_acl);
	if (!other)
		return CFG_FAILED;
	other->is_standard = acl->is_standard;
	result = set_line(e, other, m);
	line = (struct cfg_ace *)other->aces.first;
	text = line ? full_text(line) : NULL;
	if (text && cfg_find(&acl->texts, text)) {
		cfg_for_each(ace, &acl->aces)
		{
			char *t = full_text(ace);
			bool same = t && !strcmp(t, text);

			free(t);
			if (!same)
				continue;
			del_ace(acl, ace);
			break;
		}
	}
	free(text);
	cfg_obj_free(other);
	return result;
}

/* Numbers are not written when they are 10, 20, 30 ... */
static bool has_plain_numbers(const struct cfg_acl *acl)
{
	const struct cfg_ace *ace;
	uint32_t seq = 0;

	cfg_for_each(ace, &acl->aces)
	{
		seq += STEP;
		if (ace->obj.num != seq)
			return false;
	}
	return true;
}

static void write_ace(struct cfg_writer *w, const struct cfg_acl *acl,
		      const struct cfg_ace *ace, const char *lead)
{
	char buf[CFG_ACE_STR];
	const char *more = ace->text ? ace->text : "";

	cfg_ace_fmt(ace, buf);
	/* A standard line has a source only: "permit ip A any" is "permit A". */
	if (acl->is_standard && ace->action != CFG_ACE_REMARK) {
		char *src = strstr(buf, " ip ") + 4, *end = strrchr(src, ' ');

		*end = '\0';
		cfg_w_line(w, "%s%s %s", lead,
			   ace->action == CFG_ACE_PERMIT ? "permit" : "deny",
			   src);
		return;
	}
	cfg_w_line(w, "%s%s%s%s", lead, buf, *more ? " " : "", more);
}

static void write_lines(struct cfg_writer *w, const void *obj)
{
	const struct cfg_acl *acl = obj;
	bool plain = has_plain_numbers(acl);
	const struct cfg_ace *ace;
	char lead[16];

	cfg_for_each(ace, &acl->aces)
	{
		snprintf(lead, sizeof(lead), "%u ", ace->obj.num);
		write_ace(w, acl, ace, plain ? "" : lead);
	}
}

static const struct cfg_cmd acl_rows[] = {
	{ .pattern = "[ " SEQ " ] " ACE,
	  .text = "A line: traffic that is to be protected, or not.",
	  .set = set_line,
	  .unset = unset_line,
	  .write = write_lines,
	  .no = ACE },
	{ .pattern = "[ " SEQ " ] remark TEXT=line",
	  .text = "A note.",
	  .set = set_line,
	  .unset = unset_line,
	  .no = "( " SEQ " | remark TEXT=line )" },
};
const struct cfg_rows cfg_rows_acl = { acl_rows, CFG_ROWS(acl_rows), 0 };

static const struct cfg_cmd std_acl_rows[] = {
	{ .pattern = "[ " SEQ " ] " STD_ACE,
	  .text = "A line: addresses that are meant, or not.",
	  .set = set_line,
	  .unset = unset_line,
	  .write = write_lines,
	  .no = STD_ACE },
	{ .pattern = "[ " SEQ " ] remark TEXT=line",
	  .text = "A note.",
	  .set = set_line,
	  .unset = unset_line,
	  .no = "( " SEQ " | remark TEXT=line )" },
};
const struct cfg_rows cfg_rows_std_acl = { std_acl_rows, CFG_ROWS(std_acl_rows),
					   0 };

/* --- the global mode ---------------------------------------------------------------------- */

static struct cfg_acl *take_acl(struct cfg_edit *e, struct cfg *cfg,
				const char *name, bool is_standard)
{
	struct cfg_acl *acl = cfg_find(&cfg->acls, name);

	if (acl && acl->is_standard != is_standard) {
		cfg_say(e,
			"%% A named %s IP access list with this name already "
			"exists\n",
			acl->is_standard ? "standard" : "extended");
		return NULL;
	}
	if (acl)
		return acl;
	acl = cfg_get(&cfg->acls, name);
	if (!acl)
		return NULL;
	acl->is_standard = is_standard;
	acl->is_named = !cfg_acl_is_number(name);
	return acl;
}

static int set_numbered(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	const char *name = cfg_text(m, "LIST");
	struct cfg_acl *acl;

	acl = take_acl(e, obj, name, cfg_acl_is_standard(name));
	if (!acl)
		return CFG_REFUSED;
	return set_line(e, acl, m);
}

static int no_list(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->acls;

	(void)e;
	cfg_del(t, cfg_find(t, cfg_text(m, "LIST")));
	return CFG_DONE;
}

static int enter_named(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const char *name = cfg_text(m, "LIST");
	bool is_standard = cmd_has(m, "standard");

	if (cfg_acl_is_number(name) && cfg_acl_is_standard(name) != is_standard)
		return cfg_bad_word(e, m, "LIST");
	if (!take_acl(e, obj, name, is_standard))
		return CFG_REFUSED;
	cfg_enter(e, is_standard ? CFG_M_STD_ACL : CFG_M_ACL, name, 0);
	return CFG_DONE;
}

static int resequence(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_acl *acl =
		cfg_find(&((struct cfg *)obj)->acls, cfg_text(m, "LIST"));
	uint32_t start = cfg_num(m, "START", STEP);
	uint32_t step = cfg_num(m, "STEP", STEP);
	struct cfg_tab old;
	struct cfg_ace *ace, *new;

	if (!acl || !acl->aces.n)
		return CFG_DONE;
	if (start + (uint64_t)(acl->aces.n - 1) * step > SEQ_MAX)
		return cfg_bad_word(e, m, "STEP");
	old = acl->aces;
	acl->aces = (struct cfg_tab){ .class = old.class };
	cfg_for_each(ace, &old)
	{
		new = cfg_get_num(&acl->aces, start);
		if (!new || cfg_obj_copy(new, ace)) {
			cfg_clear(&acl->aces);
			acl->aces = old;
			return CFG_FAILED;
		}
		start += step;
	}
	cfg_clear(&old);
	return CFG_DONE;
}

static void write_lists(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_acl *acl;
	const struct cfg_ace *ace;
	char lead[CFG_NAME_MAX + 16];

	cfg_for_each(acl, &cfg->acls)
	{
		cfg_w_gap(w);
		if (acl->is_named || !acl->aces.n || !has_plain_numbers(acl)) {
			cfg_w_line(w, "ip access-list %s %s",
				   acl->is_standard ? "standard" : "extended",
				   acl->obj.name);
			cfg_w_block(
				w, acl->is_standard ? CFG_M_STD_ACL : CFG_M_ACL,
				acl);
			continue;
		}
		snprintf(lead, sizeof(lead), "access-list %s ", acl->obj.name);
		cfg_for_each(ace, &acl->aces) write_ace(w, acl, ace, lead);
	}
}

static const struct cfg_cmd rows[] = {
	{ .pattern = "access-list " EXTENDED " ( " ACE " | remark TEXT=line )",
	  .text = "Add a line to a numbered extended access list.",
	  .set = set_numbered,
	  .unset = no_list,
	  .write = write_lists,
	  .no = "access-list " EXTENDED " [ " ACE " | remark TEXT=line ]" },
	{ .pattern = "access-list " STANDARD " ( " STD_ACE
		     " | remark TEXT=line )",
	  .text = "Add a line to a numbered standard access list.",
	  .set = set_numbered,
	  .unset = no_list,
	  .no = "access-list " STANDARD " [ " STD_ACE " | remark TEXT=line ]" },
	{ .pattern = "ip access-list ( extended | standard ) LIST=name",
	  .text = "Edit a named access list.",
	  .set = enter_named,
	  .unset = no_list,
	  .no = "ip access-list ( extended | standard ) LIST=name" },
	{ .pattern = "ip access-list resequence LIST=name "
		     "START=num(1-2147483647) STEP=num(1-2147483647)",
	  .text = "Number the lines of an access list anew.",
	  .set = resequence,
	  .no = "" },
};
const struct cfg_rows cfg_rows_acls = { rows, CFG_ROWS(rows), CFG_AT_ACL };
