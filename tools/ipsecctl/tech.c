// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "show tech-support ipsec": many views, one behind the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/cmd_line.h"
#include "../lib/log.h"
#include "cmds.h"
#include "row.h"

#define PART_MAX 256
#define DASHES "------------------"

/* In this order; %s is the address of the peer, or the name of the VRF. */
static const char *const of_all[] = {
	"show version",
	"show running-config",
	"show crypto isakmp sa count",
	"show crypto ipsec sa count",
	"show crypto session summary",
	"show crypto session detail",
	"show crypto isakmp sa detail",
	"show crypto ipsec sa detail",
	"show crypto isakmp peers",
	"show crypto ruleset detail",
	"show processes memory | include Crypto IKMP",
	"show processes cpu | include Crypto IKMP",
	"show crypto eli",
	"show crypto engine accelerator statistic",
	NULL
};

static const char *const of_peer[] = {
	"show version",
	"show running-config",
	"show crypto session remote %s detail",
	"show crypto isakmp sa peer %s detail",
	"show crypto ipsec sa peer %s detail",
	"show crypto isakmp peers %s",
	"show crypto ruleset detail",
	"show processes memory | include Crypto IKMP",
	"show processes cpu | include Crypto IKMP",
	"show crypto eli",
	"show crypto engine accelerator statistic",
	NULL
};

static const char *const of_vrf[] = {
	"show version",
	"show running-config",
	"show crypto isakmp sa count vrf %s",
	"show crypto ipsec sa count vrf %s",
	"show crypto session ivrf %s detail",
	"show crypto session fvrf %s detail",
	"show crypto isakmp sa vrf %s detail",
	"show crypto ipsec sa vrf %s detail",
	"show crypto ruleset detail",
	"show processes memory | include Crypto IKMP",
	"show processes cpu | include Crypto IKMP",
	"show crypto eli",
	"show crypto engine accelerator statistic",
	NULL
};

/* The part with its name filled in; the patterns are the program's own. */
static void fill(char buf[PART_MAX], const char *part, const char *name)
{
	const char *at = strstr(part, "%s");

	if (at)
		snprintf(buf, PART_MAX, "%.*s%s%s", (int)(at - part), part,
			 name, at + 2);
	else
		snprintf(buf, PART_MAX, "%s", part);
}

/* What a part prints goes to memory first: it has modifiers of its own. */
static void run(struct ctx *c, const char *part, struct out *to)
{
	static struct cmd_line line;
	static struct cmd_match m;
	static char words[2 * PART_MAX];
	char command[PART_MAX];
	const char *bar = strchr(part, '|');
	struct out *mine = c->out;

	snprintf(command, sizeof(command), "%.*s",
		 bar ? (int)(bar - part) : PART_MAX, part);
	if (cmd_split(&line, command, words) ||
	    cmd_parse(c->cmds, &line, &m) != CMD_OK) {
		if (!out_is_json(to))
			out_printf(to, "%% This command does not exist yet\n");
		return;
	}
	if (bar && !out_is_json(to))
		out_filter(to, bar + 1 + strspn(bar + 1, " "));
	c->out = to;
	/* One that fails has said why; the others are still wanted. */
	m.cmd->run(c, &m);
	c->out = mine;
}

static row *document(const char *part, const char *text)
{
	row *o = json_object_new_object(), *v = json_tokener_parse(text);

	row_text(o, "command", part);
	if (!v && *text)
		v = json_object_new_string(text);
	json_object_object_add(o, "output", v);
	return o;
}

static int show_part(struct ctx *c, const char *part)
{
	bool is_json = out_is_json(c->out);
	struct out *o = out_new_memory(is_json);

	if (!o) {
		log_error("out of memory");
		return FAILED;
	}
	run(c, part, o);
	out_end(o);
	if (is_json)
		out_json(c->out, document(part, out_text(o)));
	else
		out_printf(c->out, "\n" DASHES " %s " DASHES "\n\n%s", part,
			   out_text(o));
	out_flush(c->out);
	out_free(o);
	return DONE;
}

int do_show_tech(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct addr *peer = cfg_addr(m, "PEER");
	const char *const *part = peer ? of_peer : of_all;
	const char *name = cfg_text(m, "VRF");
	char buf[PART_MAX], a[ADDR_STR];
	int status = DONE;

	if (name)
		part = of_vrf;
	else if (peer)
		name = addr_fmt(peer, a);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	for (; *part && status == DONE && !out_failed(c->out); part++) {
		fill(buf, *part, name ? name : "");
		status = show_part(c, buf);
	}
	if (out_is_json(c->out))
		out_list_end(c->out);
	return status;
}
