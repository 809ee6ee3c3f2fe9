// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For valgrind, which needs more system calls than a role of the daemon may use,
 * and which is what /proc/self/exe is then. Only a program of the tests has this.
 */
#include <stdlib.h>
#include <unistd.h>

#include "../../../tools/ikehelper/proc.h"

int __wrap_proc_confine(enum role role);
int __real_execv(const char *path, char *const argv[]);
int __wrap_execv(const char *path, char *const argv[]);

int __wrap_proc_confine(enum role role)
{
	(void)role;
	return 0;
}

int __wrap_execv(const char *path, char *const argv[])
{
	const char *own = getenv("STANDIN_PROGRAM");

	return __real_execv(own ? own : path, argv);
}
