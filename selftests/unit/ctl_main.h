/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What main.c gives the commands of ipsecctl, for tests with a made-up module. */
#ifndef UNIT_CTL_MAIN_H
#define UNIT_CTL_MAIN_H

#include <unistd.h>

#include "ipsecctl/ctl.h"

/* Called before each look at the module; NULL: nothing happens meanwhile. */
static void (*before_look)(void);

struct gnl *ctl_gnl(struct ctx *c)
{
	if (before_look)
		before_look();
	return (struct gnl *)c; /* never looked into */
}

int ctl_refused(struct ctx *c, const char *what)
{
	(void)c;
	(void)what;
	return FAILED;
}

void ctl_check_dump(const struct gnl_dump *d)
{
	(void)d;
}

int ctl_run_line(struct ctx *c, const struct cmd_line *line)
{
	static struct cmd_match m;
	int status = USAGE;

	c->out = out_new(STDOUT_FILENO, c->json);
	if (cmd_parse(c->cmds, line, &m) == CMD_OK)
		status = m.cmd->run(c, &m);
	out_end(c->out);
	out_free(c->out);
	return status;
}

#endif
