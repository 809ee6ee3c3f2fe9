// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "show version". */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

#include "cmds.h"
#include "daemon.h"
#include "show_system.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

#define ETHERNET 1 /* ARPHRD_ETHER */

/* The first line of a file, or "". Returns @buf. */
static char *line_of(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f || !fgets(buf, size, f))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
	return buf;
}

static unsigned int count_ethernet(void)
{
	DIR *d = opendir("/sys/class/net");
	char path[320], buf[32];
	struct dirent *e;
	unsigned int n = 0;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/type",
			 e->d_name);
		n += atoi(line_of(path, buf, sizeof(buf))) == ETHERNET;
	}
	if (d)
		closedir(d);
	return n;
}

row *version_row(void)
{
	row *o = json_object_new_object();
	struct sysinfo info = { .mem_unit = 1 };
	struct utsname u = { 0 };
	char buf[64];

	sysinfo(&info);
	uname(&u);
	row_text(o, "version", VERSION);
	row_text(o, "kernel", u.release);
	row_text(o, "machine", u.machine);
	row_text(o, "hostname", u.nodename);
	row_text(o, "module",
		 line_of("/sys/module/ipsecgw/version", buf, sizeof(buf)));
	row_bool(o, "daemon", daemon_runs());
	row_num(o, "uptime", info.uptime);
	row_num(o, "memory_total", (uint64_t)info.totalram * info.mem_unit);
	row_num(o, "memory_free", (uint64_t)info.freeram * info.mem_unit);
	row_num(o, "ethernet_interfaces", count_ethernet());
	return o;
}

char *version_span(uint64_t seconds, char buf[VERSION_SPAN])
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} unit[] = {
		{ "year", 365 * 86400 }, { "week", 7 * 86400 },
		{ "day", 86400 },	 { "hour", 3600 },
		{ "minute", 60 },
	};
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		uint64_t n = seconds / unit[i].seconds;

		seconds %= unit[i].seconds;
		if (n)
			len += snprintf(buf + len, VERSION_SPAN - len,
					"%s%llu %s%s", len ? ", " : "",
					(unsigned long long)n, unit[i].name,
					n > 1 ? "s" : "");
	}
	if (!len)
		snprintf(buf, VERSION_SPAN, "0 minutes");
	return buf;
}

void version_print(struct out *o, row *r)
{
	char span[VERSION_SPAN];
	long long total = daemon_number(r, "memory_total") / 1024;
	long long free_kb = daemon_number(r, "memory_free") / 1024;
	long long n = daemon_number(r, "ethernet_interfaces");

	out_printf(o, "ipsecgw Software, Version %s, RELEASE SOFTWARE\n",
		   daemon_text(r, "version"));
	out_printf(o, "Linux %s %s, IPsec module %s\n",
		   daemon_text(r, "kernel"), daemon_text(r, "machine"),
		   row_has(r, "module") ? daemon_text(r, "module") :
					  "not loaded");
	out_printf(o, "IKE daemon %s\n\n",
		   daemon_flag(r, "daemon") ? "runs" : "does not run");
	out_printf(o, "%s uptime is %s\n\n", daemon_text(r, "hostname"),
		   version_span(daemon_number(r, "uptime"), span));
	out_printf(o, "%s processor with %lldK/%lldK bytes of memory.\n",
		   daemon_text(r, "machine"), total - free_kb, free_kb);
	out_printf(o, "%lld Ethernet interface%s\n", n, n == 1 ? "" : "s");
}

int do_show_version(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	row *r = version_row();

	(void)m;
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(r));
	else
		version_print(c->out, r);
	json_object_put(r);
	return DONE;
}
