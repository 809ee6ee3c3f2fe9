/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the configuration share: edit, write, load. */
#ifndef UNIT_CFG_HELP_H
#define UNIT_CFG_HELP_H

#include "ktap.h"

#include "lib/cfg_edit.h"
#include "lib/cfg_form.h"
#include "lib/cfg_load.h"
#include "lib/cfg_write.h"

/* One editor and what it answered to the last lines. */
struct ed {
	struct cfg *cfg;
	struct cfg_edit e;
	FILE *answer;
	char *text;
	size_t size;
	size_t seen; /* returned already */
};

static inline void ed_start(struct ed *d)
{
	memset(d, 0, sizeof(*d));
	d->cfg = cfg_new();
	d->answer = open_memstream(&d->text, &d->size);
	cfg_edit_start(&d->e, d->cfg, d->answer);
}

static inline void ed_end(struct ed *d)
{
	fclose(d->answer);
	free(d->text);
	cfg_free(d->cfg);
}

/* What was answered since the last call. */
static inline const char *ed_answer(struct ed *d)
{
	const char *said;

	fflush(d->answer);
	said = d->text + d->seen;
	d->seen = d->size;
	return said;
}

/* Lines with newlines between; the result of the last one. */
static inline enum cfg_result ed_lines(struct ed *d, const char *lines)
{
	enum cfg_result r = CFG_DONE;
	char line[1024];

	while (*lines) {
		size_t n = strcspn(lines, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, lines);
		r = cfg_edit_line(&d->e, line);
		lines += n + (lines[n] == '\n');
	}
	return r;
}

/* The configuration as it is written; free it. */
static inline char *cfg_text_of(const struct cfg *cfg)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	cfg_write(f, cfg, true);
	fclose(f);
	return text;
}

static inline struct cfg *cfg_of_text(const char *text, struct cfg_load *l)
{
	static struct cfg_load none;

	if (!l) {
		none = (struct cfg_load){ 0 };
		l = &none;
	}
	l->cfg = cfg_new();
	cfg_load_text(l, text, strlen(text));
	return l->cfg;
}

/* Does @text hold exactly this line? */
static inline bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	const char *p = text;

	while ((p = strstr(p, line))) {
		if ((p == text || p[-1] == '\n') && (p[n] == '\n' || !p[n]))
			return true;
		p++;
	}
	return false;
}

#endif
