// SPDX-License-Identifier: GPL-2.0-or-later
/* Which algorithms the kernel's crypto API has, or would load a module for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "show_system.h"

/* "name : NAME", or "name : NAME(...)" of a template. */
static bool is_registered(const char *name)
{
	FILE *f = fopen("/proc/crypto", "re");
	size_t n = strlen(name);
	bool found = false;
	char line[256], *p;

	while (f && !found && fgets(line, sizeof(line), f)) {
		p = strstr(line, ": ");
		found = !strncmp(line, "name", 4) && p &&
			!strncmp(p + 2, name, n) && strchr("(\n", p[2 + n]);
	}
	if (f)
		fclose(f);
	return found;
}

/* A file with @want in one of its parts; @end is behind each of these. */
static bool has_part(const char *file, int end, const char *want)
{
	char path[512], *part = NULL;
	bool found = false;
	struct utsname u;
	size_t size = 0;
	FILE *f;

	uname(&u);
	snprintf(path, sizeof(path), "/lib/modules/%s/%s", u.release, file);
	f = fopen(path, "re");
	while (f && !found && getdelim(&part, &size, end, f) > 0)
		found = strstr(part, want);
	free(part);
	if (f)
		fclose(f);
	return found;
}

bool kernel_has_alg(const char *name)
{
	char module[64], builtin[64];

	snprintf(module, sizeof(module), "alias crypto-%s ", name);
	snprintf(builtin, sizeof(builtin), ".alias=crypto-%s", name);
	return is_registered(name) || has_part("modules.alias", '\n', module) ||
	       has_part("modules.builtin.modinfo", '\0', builtin);
}
