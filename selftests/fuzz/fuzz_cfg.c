// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any text as a configuration: loaded, checked, copied, turned into rules,
 * written and loaded again. When all of it was understood, the two models
 * must be equal.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cfg_check.h"
#include "lib/cfg_load.h"
#include "lib/cfg_policy.h"
#include "lib/cfg_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note(void *arg, const struct cfg_report *r)
{
	size_t *sum = arg;

	/* The marker stands in the line or right behind it. */
	if (r->class == CFG_L_SUSPECT && r->column > strlen(r->text))
		abort();
	*sum += strlen(r->text) + (r->why ? strlen(r->why) : 0);
}

static void finding(void *arg, const char *object, const char *text)
{
	*(size_t *)arg += strlen(object) + strlen(text);
}

static void check_rules(const struct cfg *cfg)
{
	const struct cfg_map *map;

	cfg_for_each(map, &cfg->maps)
	{
		struct cfg_rules r;

		if (cfg_rules_build(&r, cfg, map, NULL, NULL))
			abort();
		cfg_rules_free(&r);
	}
}

/* What may follow each line, in the mode where it stands. */
static void check_help(const uint8_t *data, size_t size)
{
	static struct cmd_choices choices;
	struct cfg *cfg = cfg_new();
	struct cfg_edit e;
	char line[200];
	size_t i, n = 0;

	cfg_edit_start(&e, cfg, NULL);
	for (i = 0; i < size; i++) {
		if (data[i] != '\n' && data[i] && n < sizeof(line) - 1) {
			line[n++] = data[i];
			continue;
		}
		line[n] = '\0';
		cfg_edit_choices(&e, line, &choices);
		cfg_edit_line(&e, line);
		n = 0;
	}
	cfg_free(cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg_load a = { .report = note }, b = { 0 };
	size_t sum = 0, len;
	struct cfg *copy;
	char *text;
	FILE *f;

	a.arg = &sum;
	a.cfg = cfg_new();
	b.cfg = cfg_new();
	if (cfg_load_text(&a, (const char *)data, size))
		abort();
	cfg_check(a.cfg, finding, &sum);
	check_rules(a.cfg);
	copy = cfg_copy(a.cfg);
	if (!cfg_equal(a.cfg, copy))
		abort();
	f = open_memstream(&text, &len);
	cfg_write(f, a.cfg, true);
	fclose(f);
	if (cfg_load_text(&b, text, len))
		abort();
	/* Foreign lines may be ours in another mode; all else must come back. */
	if (a.count[CFG_L_APPLIED] == a.lines && !cfg_equal(a.cfg, b.cfg)) {
		fprintf(stderr, "%s", text);
		abort();
	}
	free(text);
	cfg_free(copy);
	cfg_free(a.cfg);
	cfg_free(b.cfg);
	check_help(data, size);
	return 0;
}
