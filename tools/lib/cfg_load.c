// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads configuration files: our lines applied, foreign ones kept. */
#include "cfg_load.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg_foreign.h"
#include "secret.h"

#define ANSWER_MAX 1024

/* The state of one run. */
struct loader {
	struct cfg_load *l;
	struct cfg_edit edit;
	enum cfg_section section; /* of the last line that was ours */
	struct cfg_kept *block; /* opaque block that is open, or NULL */
	bool in_device; /* answer of a router; its lines are indented */
	bool after_bang; /* the line before was "!" */
	bool body_indented; /* lines of the open mode are */
	char *literal; /* a banner or a certificate so far */
	bool literal_indented;
	char delim[8]; /* what ends it */
	unsigned int line;
	FILE *answers;
	char answer[ANSWER_MAX];
};

/* --- lines to skip ---------------------------------------------------------------- */

/* "Router(config-if)# ": its length, 0 for none. */
static size_t prompt_len(const char *s)
{
	size_t n = strcspn(s, " \t(#>"), k = n;

	if (!n)
		return 0;
	k += s[k] == ' ' && s[k + 1] == '(';
	if (s[k] == '(') {
		k += 1 + strspn(s + k + 1, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789-_");
		if (s[k++] != ')')
			return 0;
	} else if (k != n) {
		return 0;
	}
	if (s[k] != '#' && s[k] != '>')
		return 0;
	k++;
	return k + (s[k] == ' ');
}

static bool is_rule(const char *s)
{
	return !strncmp(s, "```", 3) || s[strspn(s, "-")] == '\0';
}

/* Blank lines, comments, fences, answers of a router. */
static bool is_skipped(struct loader *ld, const char *raw, const char *text)
{
	bool indented = isblank((unsigned char)*raw);

	if (!*text || is_rule(text))
		return true;
	if (*text == '!') {
		ld->after_bang = true;
		return true;
	}
	if (ld->in_device && indented)
		return true;
	ld->in_device = text[0] == '%' && text[1] == ' ';
	return ld->in_device;
}

/* --- reports ------------------------------------------------------------------------ */

static void report(struct loader *ld, enum cfg_class_of_line class,
		   const char *text, const char *why)
{
	struct cfg_report r = { ld->line, class, NULL, why, ld->edit.column };
	char *shown = cfg_mask_line(text);

	ld->l->count[class]++;
	r.text = shown ? shown : "";
	if (ld->l->report)
		ld->l->report(ld->l->arg, &r);
	free(shown);
}

/* --- foreign lines -------------------------------------------------------------------- */

static struct cfg_tab *kept_of_mode(struct loader *ld)
{
	void *obj = cfg_path_obj(ld->l->cfg, &ld->edit.path);

	switch (ld->edit.path.mode) {
	case CFG_M_PROFILE:
		return &((struct cfg_profile *)obj)->kept;
	case CFG_M_GROUP:
		return &((struct cfg_group *)obj)->kept;
	case CFG_M_TRUSTPOINT:
		return &((struct cfg_trustpoint *)obj)->kept;
	case CFG_M_CERT_MAP:
		return &((struct cfg_cert_entry *)obj)->kept;
	case CFG_M_MAP:
		return &((struct cfg_entry *)obj)->kept;
	case CFG_M_IF:
		return &((struct cfg_if *)obj)->kept;
	default:
		return NULL;
	}
}

static struct cfg_kept *keep_in(struct cfg_tab *tab, const char *text,
				bool suspect, enum cfg_section section)
{
	bool is_new = !cfg_find(tab, text);
	struct cfg_kept *k = cfg_get(tab, text);

	if (k && is_new) {
		k->is_suspect = suspect;
		k->section = section;
	}
	return k;
}

static void leave_mode(struct loader *ld)
{
	ld->edit.path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	ld->body_indented = false;
}

/*
 * A global command that went wrong, as "crypto map M 20 ipsec-isakmpp": what
 * stands below it is not for the object above it.
 */
static bool closes_mode(const struct loader *ld, const char *text)
{
	enum cfg_mode mode = ld->edit.path.mode;

	return !ld->literal && !ld->block && mode != CFG_M_GLOBAL &&
	       mode != CFG_M_IF && cfg_looks_ours(CFG_M_GLOBAL, text);
}

/* Rule 3 of the loader: where a line goes that parses nowhere. */
static int keep(struct loader *ld, const char *text, bool indented)
{
	struct cfg_tab *global = &ld->l->cfg->kept, *tab = global;
	bool opens = cfg_opens_block(text), suspect;
	enum cfg_mode mode;
	struct cfg_kept *k;

	if (opens || closes_mode(ld, text) ||
	    (!indented && (ld->after_bang || ld->body_indented))) {
		leave_mode(ld);
		ld->block = NULL;
	} else if (ld->block) {
		tab = &ld->block->body;
	} else if (kept_of_mode(ld)) {
		tab = kept_of_mode(ld);
	}
	/* What a line is depends on where it is kept, and nothing else. */
	mode = tab == global || ld->block ? CFG_M_GLOBAL : ld->edit.path.mode;
	suspect = !ld->literal && !opens && cfg_looks_ours(mode, text);
	k = keep_in(tab, text, suspect, tab == global ? ld->section : 0);
	if (!k)
		return -ENOMEM;
	if (opens)
		ld->block = k;
	return 0;
}

/* A line of a banner or a certificate, as it is; kept when it is complete. */
static int take_literal(struct loader *ld, const char *raw)
{
	char *more = NULL;
	int err = 0;

	if (asprintf(&more, "%s\n%s", ld->literal, raw) < 0)
		return -ENOMEM;
	free(ld->literal);
	ld->literal = more;
	if (!strstr(raw, ld->delim))
		return 0;
	err = keep(ld, ld->literal, ld->literal_indented);
	free(ld->literal);
	ld->literal = NULL;
	return err;
}

static int keep_or_begin(struct loader *ld, const char *text, bool indented)
{
	if (!cfg_opens_literal(text, ld->delim))
		return keep(ld, text, indented);
	ld->literal = strdup(text);
	ld->literal_indented = indented;
	return ld->literal ? 0 : -ENOMEM;
}

/* --- our lines ------------------------------------------------------------------------- */

/* The section of a line of the global mode, by its first words. */
static enum cfg_section section_of(const char *text)
{
	static const struct {
		const char *head;
		enum cfg_section section;
	} heads[] = {
		{ "crypto pki", CFG_AT_PKI },
		{ "crypto ca", CFG_AT_PKI },
		{ "crypto isakmp", CFG_AT_ISAKMP },
		{ "crypto keyring", CFG_AT_ISAKMP },
		{ "crypto ipsec", CFG_AT_IPSEC },
		{ "crypto dynamic-map", CFG_AT_MAP },
		{ "crypto map", CFG_AT_MAP },
		{ "interface", CFG_AT_IF },
		{ "access-list", CFG_AT_ACL },
		{ "ip access-list", CFG_AT_ACL },
	};
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (!strncasecmp(text, heads[i].head, strlen(heads[i].head)))
			return heads[i].section;
	return CFG_AT_TOP;
}

/* The answer to the last line without its end; NULL if there was none. */
static const char *take_answer(struct loader *ld)
{
	long n = ftell(ld->answers);
	char *p = ld->answer;

	if (n <= 0)
		return NULL;
	fflush(ld->answers);
	clearerr(ld->answers);
	rewind(ld->answers);
	ld->answer[n < ANSWER_MAX ? n : ANSWER_MAX - 1] = '\0';
	p += strspn(p, "% ");
	p[strcspn(p, "\n")] = '\0';
	return p;
}

/* A slip of old documents: "crypto-isakmp". */
static enum cfg_result retry(struct loader *ld, char *text)
{
	static const char slip[] = "crypto-";
	enum cfg_result r;

	if (strncasecmp(text, slip, sizeof(slip) - 1))
		return CFG_INVALID;
	text[sizeof(slip) - 2] = ' ';
	r = cfg_edit_line(&ld->edit, text);
	if (r == CFG_DONE)
		cfg_repaired(&ld->edit, "%s", text);
	else
		text[sizeof(slip) - 2] = '-';
	return r;
}

/* After a line that was done. */
static void applied(struct loader *ld, const char *text, bool indented,
		    const struct cfg_path *before)
{
	const char *why = take_answer(ld);
	const struct cfg_path *now = &ld->edit.path;
	bool entered = now->mode != before->mode || now->num != before->num ||
		       strcmp(now->name, before->name);

	ld->block = NULL;
	if (entered || now->mode == CFG_M_GLOBAL) {
		ld->body_indented = false;
		/* "exit" and "end" belong to what they end. */
		if (strncasecmp(text, "ex", 2) && strncasecmp(text, "en", 2))
			ld->section = section_of(text);
	} else {
		ld->body_indented = ld->body_indented || indented;
	}
	ld->after_bang = false;
	if (why)
		report(ld, CFG_L_REPAIRED, text, why);
	else
		ld->l->count[CFG_L_APPLIED]++;
}

/* A line that no table has. */
static int unknown(struct loader *ld, const char *text, bool indented,
		   enum cfg_result r)
{
	static const char *const why[] = {
		[CFG_INVALID] = "Invalid input detected at '^' marker.",
		[CFG_AMBIGUOUS] = "Ambiguous command.",
		[CFG_INCOMPLETE] = "Incomplete command.",
	};
	enum cfg_mode mode = ld->block ? CFG_M_GLOBAL : ld->edit.path.mode;
	bool suspect = cfg_looks_ours(mode, text) && !cfg_opens_block(text);
	const char *said = take_answer(ld);
	int err;

	if (r == CFG_INCOMPLETE || r == CFG_AMBIGUOUS)
		ld->edit.column = strlen(text);
	report(ld, suspect ? CFG_L_SUSPECT : CFG_L_FOREIGN, text,
	       suspect ? (said ? said : why[r]) : NULL);
	err = keep_or_begin(ld, text, indented);
	ld->body_indented =
		ld->body_indented ||
		(indented && (ld->block || ld->edit.path.mode != CFG_M_GLOBAL));
	ld->after_bang = false;
	return err;
}

static int load_line(struct loader *ld, char *text, bool indented)
{
	struct cfg_path before = ld->edit.path;
	enum cfg_result r;

	ld->l->lines++;
	if (ld->block)
		ld->edit.path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	r = cfg_edit_line(&ld->edit, text);
	if (r == CFG_INVALID) {
		size_t column = ld->edit.column;

		if (retry(ld, text) == CFG_DONE)
			r = CFG_DONE;
		else
			ld->edit.column = column;
	}
	switch (r) {
	case CFG_FAILED:
		return -ENOMEM;
	case CFG_EXEC:
		report(ld, CFG_L_FOREIGN, text, NULL);
		return 0;
	case CFG_REFUSED:
		report(ld, CFG_L_REFUSED, text, take_answer(ld));
		return 0;
	case CFG_EMPTY:
		return 0;
	case CFG_DONE:
	case CFG_LEFT:
		applied(ld, text, indented, &before);
		return 0;
	default:
		return unknown(ld, text, indented, r);
	}
}

/* --- the text ------------------------------------------------------------------------------ */

static int take_line(struct loader *ld, char *raw)
{
	size_t n = strcspn(raw, "\r\n");
	char *text = raw;

	ld->line++;
	raw[n] = '\0';
	if (ld->literal)
		return take_literal(ld, raw);
	while (n && isspace((unsigned char)raw[n - 1]))
		raw[--n] = '\0';
	text += strspn(text, " \t");
	if (is_skipped(ld, raw, text))
		return 0;
	n = prompt_len(text);
	if (n) {
		/* At the EXEC level nothing is configured. */
		if (!memchr(text, '(', n))
			return 0;
		text += n;
		text += strspn(text, " \t");
		if (!*text)
			return 0;
	}
	return load_line(ld, text, text != raw && !n);
}

static int finish(struct loader *ld)
{
	if (!ld->literal)
		return 0;
	/* Nothing ended it: end it, so that it swallows no line of ours. */
	return take_literal(ld, ld->delim);
}

int cfg_load_file(struct cfg_load *l, FILE *f)
{
	struct loader ld = { .l = l };
	char *raw = NULL;
	size_t cap = 0;
	ssize_t n;
	int err = 0;

	ld.answers = fmemopen(ld.answer, sizeof(ld.answer), "w");
	if (!ld.answers)
		return -ENOMEM;
	cfg_edit_start(&ld.edit, l->cfg, ld.answers);
	ld.edit.is_load = true;
	errno = 0;
	while (!err && (n = getline(&raw, &cap, f)) >= 0)
		err = take_line(&ld, raw);
	if (!err && ferror(f))
		err = errno ? -errno : -EIO;
	if (!err)
		err = finish(&ld);
	else
		free(ld.literal);
	if (raw)
		secret_wipe(raw, cap);
	free(raw);
	fclose(ld.answers);
	return err;
}

int cfg_load_path(struct cfg_load *l, const char *path)
{
	FILE *f = fopen(path, "re");
	int err;

	if (!f)
		return -errno;
	err = cfg_load_file(l, f);
	fclose(f);
	return err;
}

int cfg_load_text(struct cfg_load *l, const char *text, size_t len)
{
	FILE *f;
	int err;

	if (!len)
		return 0;
	f = fmemopen((void *)(uintptr_t)text, len, "r");
	if (!f)
		return -errno;
	err = cfg_load_file(l, f);
	fclose(f);
	return err;
}
