// SPDX-License-Identifier: GPL-2.0-or-later
/* The model as configuration lines: show running-config, saving. */
#include "cfg_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cfg_foreign.h"
#include "cfg_form.h"

#define SHOWN (2 * 128 + 8) /* a key with its type */

struct cfg_writer {
	FILE *f;
	const struct cfg *cfg;
	bool with_secrets;
	bool after_gap; /* a '!' was written last */
	int depth;
	enum cfg_mode open; /* a loader would be in it now */
	int turn; /* of the buffers below */
	char secret[2][SHOWN];
};

const struct cfg *cfg_w_cfg(const struct cfg_writer *w)
{
	return w->cfg;
}

void cfg_w_line(struct cfg_writer *w, const char *fmt, ...)
{
	va_list ap;

	fprintf(w->f, "%*s", w->depth, "");
	va_start(ap, fmt);
	vfprintf(w->f, fmt, ap);
	va_end(ap);
	fputc('\n', w->f);
	w->after_gap = false;
	if (!w->depth)
		w->open = CFG_M_GLOBAL;
}

void cfg_w_gap(struct cfg_writer *w)
{
	if (!w->after_gap)
		fputs("!\n", w->f);
	w->after_gap = true;
}

void cfg_w_names(struct cfg_writer *w, const char *words,
		 const struct cfg_names *names)
{
	uint32_t i;

	fprintf(w->f, "%*s%s", w->depth, "", words);
	for (i = 0; i < names->n; i++)
		fprintf(w->f, " %s", names->v[i]);
	fputc('\n', w->f);
	w->after_gap = false;
}

const char *cfg_w_secret(struct cfg_writer *w, const struct cfg_secret *s)
{
	char *buf = w->secret[w->turn = !w->turn];

	if (!w->with_secrets)
		return CFG_HIDDEN;
	snprintf(buf, SHOWN, "%s%s", s->type == 6 ? "6 " : "",
		 s->text ? s->text : "");
	return buf;
}

/* A kept line as it came; what may be a key in it is not shown. */
static void write_text(struct cfg_writer *w, const char *text)
{
	char *shown = w->with_secrets ? NULL : cfg_mask_line(text);

	cfg_w_line(w, "%s", shown ? shown : text);
	free(shown);
}

void cfg_w_kept(struct cfg_writer *w, const struct cfg_tab *kept)
{
	const struct cfg_kept *k;

	cfg_for_each(k, kept)
	{
		write_text(w, k->obj.name);
		w->depth++;
		cfg_w_kept(w, &k->body);
		w->depth--;
	}
}

/* --- rows ------------------------------------------------------------------------ */

static void write_rows(struct cfg_writer *w, const struct cfg_rows *rows,
		       const void *obj)
{
	size_t i;

	for (i = 0; i < rows->n; i++) {
		const struct cfg_cmd *row = &rows->row[i];

		if (row->write)
			row->write(w, obj);
		else if (row->kind)
			cfg_value_write(w, row, obj);
	}
}

void cfg_w_block(struct cfg_writer *w, enum cfg_mode mode, const void *obj)
{
	const struct cfg_rows *rows;
	unsigned int i;

	w->depth++;
	for (i = 0; (rows = cfg_mode_group(mode, i)); i++)
		write_rows(w, rows, obj);
	w->depth--;
	w->open = mode;
}

/* Would a loader take the line as a command of the mode that is open? */
static bool is_misread(const struct cfg_writer *w, const char *text)
{
	static struct cmd_line line;
	static struct cmd_match m;
	char *words;
	bool taken;

	if (w->open == CFG_M_GLOBAL)
		return false;
	words = malloc(strlen(text) + 2);
	if (!words)
		return true;
	taken = !cmd_split_plain(&line, text, words) &&
		cmd_parse(cfg_mode_set(w->open), &line, &m) == CMD_OK;
	free(words);
	return taken;
}

/* Foreign lines that stood behind a section. */
static void write_foreign(struct cfg_writer *w, enum cfg_section section)
{
	bool gap = true; /* closes the block before */
	const struct cfg_kept *k;

	cfg_for_each(k, &w->cfg->kept)
	{
		if (k->section != section)
			continue;
		if (gap || k->body.n)
			cfg_w_gap(w);
		gap = cfg_opens_block(k->obj.name);
		if (is_misread(w, k->obj.name))
			cfg_w_line(w, "exit");
		write_text(w, k->obj.name);
		w->depth++;
		cfg_w_kept(w, &k->body);
		w->depth--;
	}
}

static void write_all(struct cfg_writer *w)
{
	const struct cfg_rows *rows;
	unsigned int i;

	for (i = 0; (rows = cfg_mode_group(CFG_M_GLOBAL, i)); i++) {
		const struct cfg_rows *next =
			cfg_mode_group(CFG_M_GLOBAL, i + 1);

		write_rows(w, rows, w->cfg);
		if (!next || next->section != rows->section)
			write_foreign(w, rows->section);
	}
	cfg_w_gap(w);
	fputs("end\n", w->f);
}

static void wipe(struct cfg_writer *w)
{
	explicit_bzero(w->secret, sizeof(w->secret));
}

void cfg_write(FILE *f, const struct cfg *cfg, bool with_secrets)
{
	struct cfg_writer w = { .f = f,
				.cfg = cfg,
				.with_secrets = with_secrets };

	write_all(&w);
	wipe(&w);
}

void cfg_write_obj(FILE *f, const struct cfg *cfg, enum cfg_mode mode,
		   const void *obj)
{
	struct cfg_writer w = { .f = f, .cfg = cfg };

	cfg_w_block(&w, mode, obj);
}

/* --- file -------------------------------------------------------------------------- */

static int write_file(int fd, const struct cfg *cfg)
{
	FILE *f = fdopen(fd, "w");
	int err = 0;

	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	cfg_write(f, cfg, true);
	if (fflush(f) || ferror(f) || fsync(fd))
		err = errno ? -errno : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

int cfg_save(const char *path, const struct cfg *cfg)
{
	char *tmp = NULL;
	int fd, err;

	if (asprintf(&tmp, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	/* mkostemp() creates it for the owner only. */
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(tmp);
		return err;
	}
	err = write_file(fd, cfg);
	if (!err && rename(tmp, path))
		err = -errno;
	if (err)
		unlink(tmp);
	free(tmp);
	return err;
}
