// SPDX-License-Identifier: GPL-2.0-or-later
/* Any line against a command table: cut, match, help, complaint. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cmd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct name colours[] = {
	{ 1, "red", "Like blood" },
	{ 2, "green", "Like grass" },
	{ 3, "grey", "Like fog" },
	{ 0 },
};

static const struct cmd_type types[] = {
	{ .name = "colour", .names = colours },
	{ 0 },
};

static const struct cmd cmds[] = {
	{ .pattern = "show version", .text = "a" },
	{ .pattern = "show crypto isakmp sa [ detail ]", .text = "b" },
	{ .pattern = "show crypto ipsec sa { ( map M=word | peer A=addr ) |"
		     " detail | *count }",
	  .text = "c" },
	{ .pattern = "set { colour C=colour | *size N=num(1-10) | dark }",
	  .text = "d" },
	{ .pattern =
		  "route ( any | host H=addr | NET=prefix | A=addr4 W=addr4 )"
		  " [ eq P=num(0-65535) ]",
	  .text = "e" },
	{ .pattern = "description TEXT=line", .text = "f" },
	{ .pattern = "login NAME=word [ password WORD=secret ]", .text = "g" },
	{ .pattern = "deep [ [ { a | b [ c | d ] | *e F=addr6 } ] [ g ] ]",
	  .text = "h" },
};

static const struct cmd_table table = {
	.cmds = cmds,
	.n_cmds = sizeof(cmds) / sizeof(cmds[0]),
	.types = types,
};

/* A choice without help would be printed as a null pointer. */
static void check_choices(struct cmd_choices *c)
{
	for (int i = 0; i < c->n; i++) {
		if (!c->choice[i].word)
			abort();
		if (!c->choice[i].help)
			c->choice[i].help = "";
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cmd_choices choices;
	static struct cmd_set *set;
	static struct cmd_line line;
	static struct cmd_match m;
	static FILE *null;
	enum cmd_status status;
	char why[128], *raw, *buf;

	if (!set) {
		set = cmd_compile(&table, why, sizeof(why));
		null = fopen("/dev/null", "w");
	}
	if (!set || !null)
		abort();
	raw = malloc(size + 1);
	buf = malloc(size + 1);
	memcpy(raw, data, size);
	raw[size] = '\0';
	if (cmd_split(&line, raw, buf) || !line.n)
		goto out;
	status = cmd_parse(set, &line, &m);
	if (status == CMD_OK && !m.cmd)
		abort();
	cmd_complain(null, set, &line, &m, status, "fuzz: ");
	cmd_print_usage(null, set, &line);
	if (cmd_choices(set, &line, &choices, &m) == CMD_OK) {
		check_choices(&choices);
		cmd_print_help(null, &choices, !line.blank_end);
		cmd_complete(&choices);
	}
out:
	free(buf);
	free(raw);
	return 0;
}
