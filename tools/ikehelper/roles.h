/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main function of each role; returns the exit status. */
#ifndef IKEHELPER_ROLES_H
#define IKEHELPER_ROLES_H

#include "proc.h"

/* What every role is told on the command line. */
struct role_options {
	struct proc_user user; /* whom the children become */
	gid_t control_gid; /* of the control socket, 0: root only */
	const char *root; /* an empty folder */
	bool debug;
	/* of the parent only */
	const char *config; /* startup configuration */
	const char *socket; /* control socket */
	const char *history; /* file of the history */
	const char *state; /* of the tunnels, for the next run */
	bool foreground;
	bool allow_key_export; /* to a process of root that asks for it */
};

int parent_main(const struct role_options *o);
int engine_main(const struct role_options *o);
int keys_main(const struct role_options *o);
int control_main(const struct role_options *o);

#endif
