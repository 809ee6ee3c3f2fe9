// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file would do, and what there is: "configure check", "reference". */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cfg_check.h"
#include "../lib/cfg_doc.h"
#include "../lib/cfg_load.h"
#include "../lib/log.h"
#include "cmds.h"
#include "config.h"

/* One run over one file. */
struct run {
	struct ctx *c;
	const char *path;
	struct json_object *reports; /* NULL for text */
	struct json_object *findings;
};

static const char *const class_names[] = {
	[CFG_L_APPLIED] = "applied", [CFG_L_FOREIGN] = "foreign",
	[CFG_L_SUSPECT] = "suspect", [CFG_L_REPAIRED] = "repaired",
	[CFG_L_REFUSED] = "refused",
};

static void add_str(struct json_object *o, const char *key, const char *text)
{
	if (text)
		json_object_object_add(o, key, json_object_new_string(text));
}

static void add_int(struct json_object *o, const char *key, int64_t n)
{
	json_object_object_add(o, key, json_object_new_int64(n));
}

static void put_report(struct run *r, const struct cfg_report *rep)
{
	struct json_object *o = json_object_new_object();

	add_int(o, "line", rep->line);
	add_str(o, "class", class_names[rep->class]);
	add_str(o, "text", rep->text);
	add_str(o, "why", rep->why);
	if (rep->class == CFG_L_SUSPECT)
		add_int(o, "column", rep->column);
	json_object_array_add(r->reports, o);
}

static void on_report(void *arg, const struct cfg_report *rep)
{
	struct run *r = arg;
	struct out *out = r->c->out;
	int indent;

	if (rep->class == CFG_L_FOREIGN && !r->c->verbose)
		return;
	if (r->reports) {
		put_report(r, rep);
		return;
	}
	out_printf(out, "%s:%u: ", r->path, rep->line);
	switch (rep->class) {
	case CFG_L_FOREIGN:
		out_printf(out, "ignored: %s\n", rep->text);
		break;
	case CFG_L_SUSPECT:
		indent = snprintf(NULL, 0, "%s:%u: ", r->path, rep->line);
		out_printf(out, "%s\n", rep->text);
		if (rep->column < strlen(rep->text))
			out_printf(out, "%*s^\n", indent + (int)rep->column,
				   "");
		out_printf(out, "%% %s\n", rep->why);
		break;
	default:
		out_printf(out, "%s\n%% %s\n", rep->text,
			   rep->why ? rep->why : "Refused.");
	}
}

static void on_finding(void *arg, const char *object, const char *text)
{
	struct run *r = arg;
	struct json_object *o;

	if (!r->findings) {
		out_printf(r->c->out, "%s: %s: %s\n", r->path, object, text);
		return;
	}
	o = json_object_new_object();
	add_str(o, "object", object);
	add_str(o, "text", text);
	json_object_array_add(r->findings, o);
}

static void print_sum(struct run *r, const struct cfg_load *l)
{
	struct json_object *o;
	int i;

	if (!r->reports) {
		if (l->count[CFG_L_FOREIGN])
			out_printf(r->c->out,
				   "%s: %u lines ignored (not IPsec)%s\n",
				   r->path, l->count[CFG_L_FOREIGN],
				   r->c->verbose ? "" : "; -v lists them");
		out_printf(r->c->out,
			   "%s: %u lines, %u applied, %u not understood, %u "
			   "refused\n",
			   r->path, l->lines,
			   l->count[CFG_L_APPLIED] + l->count[CFG_L_REPAIRED],
			   l->count[CFG_L_SUSPECT], l->count[CFG_L_REFUSED]);
		return;
	}
	o = json_object_new_object();
	add_str(o, "file", r->path);
	add_int(o, "lines", l->lines);
	for (i = 0; i < CFG_L_N; i++)
		add_int(o, class_names[i], l->count[i]);
	json_object_object_add(o, "reports", r->reports);
	json_object_object_add(o, "findings", r->findings);
	out_json(r->c->out, o);
	r->reports = NULL;
	r->findings = NULL;
}

int do_config_check(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *a = cmd_find(m, "FILE");
	struct run r = { .c = c, .path = a ? a->text : config_path(c) };
	struct cfg_load l = { .report = on_report, .arg = &r };
	int err;

	if (out_is_json(c->out)) {
		r.reports = json_object_new_array();
		r.findings = json_object_new_array();
	}
	l.cfg = cfg_new();
	err = l.cfg ? cfg_load_path(&l, r.path) : -ENOMEM;
	if (err) {
		log_error("cannot read '%s': %s", r.path, strerror(-err));
	} else {
		cfg_check(l.cfg, on_finding, &r);
		print_sum(&r, &l);
	}
	json_object_put(r.reports);
	json_object_put(r.findings);
	cfg_free(l.cfg);
	if (err)
		return USAGE;
	return l.count[CFG_L_SUSPECT] + l.count[CFG_L_REFUSED] ? FAILED : DONE;
}

int do_config_reference(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)m;
	if (!f) {
		log_error("out of memory");
		return FAILED;
	}
	cfg_doc(f);
	fclose(f);
	out_printf(c->out, "%s", text);
	free(text);
	return DONE;
}
