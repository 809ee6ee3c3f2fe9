// SPDX-License-Identifier: GPL-2.0-or-later
/* The running configuration: read, change, write. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/cfg_load.h"
#include "../lib/cfg_write.h"
#include "../lib/log.h"
#include "../lib/secret.h"

/* --- lines --------------------------------------------------------------- */

/* What the router says to one line, as text of its own. */
struct talk {
	FILE *file;
	char *text;
	size_t len;
};

static bool talk_open(struct talk *t)
{
	*t = (struct talk){ 0 };
	t->file = open_memstream(&t->text, &t->len);
	return t->file;
}

static void talk_close(struct talk *t)
{
	if (t->file)
		fclose(t->file);
	free(t->text);
}

/* What has been said since the last time; NULL for nothing. */
static const char *talk_take(struct talk *t)
{
	fflush(t->file);
	if (!t->len)
		return NULL;
	rewind(t->file);
	return t->text;
}

static bool is_error(enum cfg_result r)
{
	return r == CFG_INVALID || r == CFG_AMBIGUOUS || r == CFG_INCOMPLETE;
}

/* The next line, without its end; NULL behind the last one. */
static char *next_line(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*text = *end ? end + 1 : end;
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

static void add_row(struct json_object *rows, int number,
		    const struct cfg_edit *e, enum cfg_result result,
		    const char *said)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "line", json_object_new_int(number));
	if (is_error(result))
		json_object_object_add(o, "column",
				       json_object_new_uint64(e->column));
	json_object_object_add(o, "error",
			       json_object_new_boolean(is_error(result) ||
						       result == CFG_REFUSED));
	if (said)
		json_object_object_add(o, "text", json_object_new_string(said));
	json_object_array_add(rows, o);
}

/* All lines of @text as if they were typed; what is said becomes rows. */
static int type_lines(struct cfg *cfg, char *text, struct json_object *rows)
{
	enum cfg_result result = CFG_DONE;
	struct cfg_edit e;
	struct talk t;
	const char *said;
	int number = 0;
	char *line;

	if (!talk_open(&t))
		return -ENOMEM;
	cfg_edit_start(&e, cfg, t.file);
	while (result != CFG_FAILED && (line = next_line(&text))) {
		number++;
		result = cfg_edit_line(&e, line);
		if (is_error(result))
			cfg_edit_complain(t.file, &e, result, line, 0);
		said = talk_take(&t);
		if (said || is_error(result) || result == CFG_REFUSED)
			add_row(rows, number, &e, result, said);
		t.len = 0;
	}
	talk_close(&t);
	return result == CFG_FAILED ? -ENOMEM : 0;
}

/* --- files --------------------------------------------------------------- */

static void log_report(void *arg, const struct cfg_report *r)
{
	const char *path = arg;

	if (r->class == CFG_L_SUSPECT || r->class == CFG_L_REFUSED)
		log_warn("%s:%u: %s: %s", path, r->line, r->text,
			 r->why ? r->why : "not understood");
}

static void add_report(void *arg, const struct cfg_report *r)
{
	static const char *const class[] = {
		[CFG_L_FOREIGN] = "foreign",
		[CFG_L_SUSPECT] = "suspect",
		[CFG_L_REPAIRED] = "repaired",
		[CFG_L_REFUSED] = "refused",
	};
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "line", json_object_new_int(r->line));
	if (r->class < CFG_L_N && class[r->class])
		json_object_object_add(o, "class",
				       json_object_new_string(class[r->class]));
	json_object_object_add(
		o, "error",
		json_object_new_boolean(r->class == CFG_L_SUSPECT ||
					r->class == CFG_L_REFUSED));
	if (r->class == CFG_L_SUSPECT)
		json_object_object_add(o, "column",
				       json_object_new_uint64(r->column));
	json_object_object_add(o, "command", json_object_new_string(r->text));
	if (r->why)
		json_object_object_add(o, "text",
				       json_object_new_string(r->why));
	json_object_array_add(arg, o);
}

struct cfg *config_load(const char *path)
{
	struct cfg_load l = { .cfg = cfg_new(),
			      .report = log_report,
			      .arg = (void *)path };
	int err = l.cfg ? cfg_load_path(&l, path) : -ENOMEM;

	if (err == -ENOENT) {
		log_warn("%s: no such file; the configuration is empty", path);
		return l.cfg;
	}
	if (!err) {
		if (l.count[CFG_L_FOREIGN])
			log_info(
				"%s: %u lines are not for this program and are kept",
				path, l.count[CFG_L_FOREIGN]);
		return l.cfg;
	}
	log_error("%s: %s", path, strerror(-err));
	cfg_free(l.cfg);
	return NULL;
}

struct cfg *config_edit(const struct cfg *running, const char *text,
			bool is_file, struct json_object *answers)
{
	struct cfg_load l = { .cfg = running ? cfg_copy(running) : NULL,
			      .report = add_report,
			      .arg = answers };
	char *copy = is_file ? NULL : strdup(text);
	int err = -ENOMEM;

	if (l.cfg && is_file)
		err = cfg_load_text(&l, text, strlen(text));
	else if (l.cfg && copy)
		err = type_lines(l.cfg, copy, answers);
	if (copy)
		secret_wipe(copy, strlen(text));
	free(copy);
	if (!err)
		return l.cfg;
	cfg_free(l.cfg);
	return NULL;
}

char *config_text(const struct cfg *cfg, bool with_keys)
{
	struct talk t;
	char *text;

	if (!talk_open(&t))
		return NULL;
	cfg_write(t.file, cfg, with_keys);
	fclose(t.file);
	t.file = NULL;
	text = t.text;
	t.text = NULL;
	talk_close(&t);
	return text;
}

int config_save(const struct cfg *cfg, const char *path)
{
	int err = -cfg_save(path, cfg);

	if (err)
		log_error("%s: cannot be written: %s", path, strerror(err));
	return err;
}
