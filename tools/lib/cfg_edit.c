// SPDX-License-Identifier: GPL-2.0-or-later
/* Applies configuration lines to a model: matching, modes, answers. */
#include "cfg_edit.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg_form.h"
#include "secret.h"

/* One line and what the tables make of it; too large for the stack. */
static struct cmd_line line_words;
static struct cmd_match match, parent_match;

void cfg_edit_start(struct cfg_edit *e, struct cfg *cfg, FILE *answer)
{
	*e = (struct cfg_edit){ .cfg = cfg, .answer = answer };
}

void cfg_say(struct cfg_edit *e, const char *fmt, ...)
{
	va_list ap;

	if (!e->answer)
		return;
	va_start(ap, fmt);
	vfprintf(e->answer, fmt, ap);
	va_end(ap);
}

void cfg_repaired(struct cfg_edit *e, const char *fmt, ...)
{
	va_list ap;

	e->is_repaired = true;
	if (!e->answer)
		return;
	fputs("% Taken as \"", e->answer);
	va_start(ap, fmt);
	vfprintf(e->answer, fmt, ap);
	va_end(ap);
	fputs("\".\n", e->answer);
}

/* --- for setters ----------------------------------------------------------- */

void cfg_enter(struct cfg_edit *e, enum cfg_mode mode, const char *name,
	       uint32_t num)
{
	e->next = (struct cfg_path){ .mode = mode, .num = num };
	if (name)
		snprintf(e->next.name, sizeof(e->next.name), "%s", name);
}

const char *cfg_text(const struct cmd_match *m, const char *name)
{
	const struct cmd_arg *a = cmd_find(m, name);

	return a ? a->text : NULL;
}

uint32_t cfg_num(const struct cmd_match *m, const char *name, uint32_t other)
{
	const struct cmd_arg *a = cmd_find(m, name);

	return a ? a->v.num : other;
}

const struct addr *cfg_addr(const struct cmd_match *m, const char *name)
{
	const struct cmd_arg *a = cmd_find(m, name);

	return a ? &a->v.addr : NULL;
}

int cfg_bad_word(struct cfg_edit *e, const struct cmd_match *m,
		 const char *name)
{
	const struct cmd_arg *a = cmd_find(m, name);

	e->column = a ? line_words.tok[a->token].col : 0;
	return CFG_INVALID;
}

int cfg_status(int err)
{
	return err ? CFG_FAILED : CFG_DONE;
}

/* --- one line --------------------------------------------------------------- */

static int run_row(struct cfg_edit *e, enum cfg_mode mode,
		   const struct cmd_match *m)
{
	struct cfg_path at = { .mode = CFG_M_GLOBAL };
	const struct cfg_cmd *row;
	enum cfg_form form;
	void *obj;
	int result;

	if (mode != CFG_M_GLOBAL)
		at = e->path;
	obj = cfg_path_obj(e->cfg, &at);
	row = cfg_mode_row(mode, m->cmd, &form);
	e->next = at;
	e->is_default = form == CFG_FORM_DEFAULT;
	if (form != CFG_FORM_SET && row->unset)
		result = row->unset(e, obj, m);
	else if (form == CFG_FORM_SET && row->set)
		result = row->set(e, obj, m);
	else
		result = cfg_value_set(obj, row, form, m);
	if (result == CFG_DONE || result == CFG_LEFT)
		e->path = e->next;
	return result;
}

/* "n" for "no" is not taken. */
static bool is_cut_no(enum cfg_mode mode, const struct cmd_match *m)
{
	enum cfg_form form;

	cfg_mode_row(mode, m->cmd, &form);
	return form == CFG_FORM_NO && strcasecmp(m->arg[0].text, "no");
}

static enum cmd_status parse(enum cfg_mode mode, struct cmd_match *m)
{
	enum cmd_status s = cmd_parse(cfg_mode_set(mode), &line_words, m);

	if (s != CMD_OK || !is_cut_no(mode, m))
		return s;
	m->bad = 0;
	return CMD_INVALID;
}

/* Parse in the own mode, then in the parent; the one that got further. */
static enum cmd_status parse_both(enum cfg_mode own, enum cfg_mode *mode,
				  struct cmd_match **m)
{
	enum cmd_status status = parse(own, &match), other;

	*mode = own;
	*m = &match;
	if (status == CMD_OK || own == CFG_M_GLOBAL)
		return status;
	other = parse(CFG_M_GLOBAL, &parent_match);
	if (other != CMD_OK && parent_match.bad <= match.bad)
		return status;
	*mode = CFG_M_GLOBAL;
	*m = &parent_match;
	return other;
}

/* Cut off " ! ..." behind a command; false if there is none. */
static bool cut_comment(char *line)
{
	char *p = line;

	while ((p = strchr(p, '!'))) {
		if (p > line && isblank((unsigned char)p[-1])) {
			*p = '\0';
			return true;
		}
		p++;
	}
	return false;
}

static enum cfg_result failure(struct cfg_edit *e, enum cmd_status status,
			       enum cfg_mode mode, const struct cmd_match *m)
{
	if (status == CMD_AMBIGUOUS)
		return CFG_AMBIGUOUS;
	if (status == CMD_INCOMPLETE)
		return CFG_INCOMPLETE;
	if (status == CMD_EMPTY)
		return CFG_EMPTY;
	e->column = cmd_bad_column(cfg_mode_set(mode), &line_words, m);
	return CFG_INVALID;
}

static enum cfg_result run_text(struct cfg_edit *e, char *text, char *words)
{
	enum cmd_status status;
	struct cmd_match *m;
	enum cfg_mode mode;

	if (cmd_split_plain(&line_words, text, words))
		return CFG_INVALID;
	if (!line_words.n)
		return CFG_EMPTY;
	status = parse_both(e->path.mode, &mode, &m);
	if (status != CMD_OK)
		return failure(e, status, mode, m);
	return run_row(e, mode, m);
}

enum cfg_result cfg_edit_line(struct cfg_edit *e, const char *line)
{
	size_t n = strlen(line);
	char *text, *words;
	enum cfg_result result;

	e->exec = NULL;
	e->is_repaired = false;
	e->column = 0;
	if (line[strspn(line, " \t")] == '!')
		return CFG_EMPTY;
	/* Somebody else may have deleted what is being edited. */
	if (!cfg_path_obj(e->cfg, &e->path))
		e->path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	text = strdup(line);
	words = malloc(n + 2);
	if (!text || !words) {
		free(text);
		free(words);
		return CFG_FAILED;
	}
	result = run_text(e, text, words);
	if (result == CFG_INVALID && cut_comment(text)) {
		enum cfg_result again = run_text(e, text, words);

		if (again != CFG_INVALID)
			result = again;
	}
	if (result == CFG_EXEC)
		e->exec = line + (e->exec - text);
	secret_wipe(text, n + 1);
	secret_wipe(words, n + 2);
	free(text);
	free(words);
	return result;
}

/* --- answers ------------------------------------------------------------------ */

void cfg_edit_complain(FILE *f, const struct cfg_edit *e,
		       enum cfg_result result, const char *line, int indent)
{
	char *shown;

	switch (result) {
	case CFG_INVALID:
		fprintf(f, "%*s^\n%% Invalid input detected at '^' marker.\n\n",
			indent + (int)e->column, "");
		break;
	case CFG_INCOMPLETE:
		fprintf(f, "%% Incomplete command.\n\n");
		break;
	case CFG_AMBIGUOUS:
		shown = cfg_mask_line(line);
		fprintf(f, "%% Ambiguous command:  \"%s\"\n",
			shown ? shown : "");
		free(shown);
		break;
	case CFG_FAILED:
		fprintf(f, "%% Out of memory.\n");
		break;
	default:
		break;
	}
}

static bool find_choices(struct cfg_edit *e, const char *line, char *words,
			 struct cmd_choices *c, enum cmd_status *status)
{
	enum cfg_mode mode = e->path.mode;

	if (cmd_split_plain(&line_words, line, words))
		return false;
	*status = cmd_choices(cfg_mode_set(mode), &line_words, c, &match);
	if (*status == CMD_OK || mode == CFG_M_GLOBAL)
		return *status == CMD_OK;
	*status =
		cmd_choices(cfg_mode_set(CFG_M_GLOBAL), &line_words, c, &match);
	return *status == CMD_OK;
}

bool cfg_edit_choices(struct cfg_edit *e, const char *line,
		      struct cmd_choices *c)
{
	char *words = malloc(strlen(line) + 2);
	enum cmd_status status;
	bool found = words && find_choices(e, line, words, c, &status);

	free(words);
	return found;
}

void cfg_edit_help(FILE *f, struct cfg_edit *e, const char *line)
{
	static struct cmd_choices c;
	char *words = malloc(strlen(line) + 2);
	enum cmd_status status = CMD_INVALID;

	if (!words)
		return;
	if (find_choices(e, line, words, &c, &status))
		cmd_print_help(f, &c, !line_words.blank_end);
	else if (status == CMD_AMBIGUOUS)
		fprintf(f, "%% Ambiguous command:  \"%s\"\n", line);
	else
		fprintf(f, "%% Unrecognized command\n");
	free(words);
}
