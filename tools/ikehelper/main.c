// SPDX-License-Identifier: GPL-2.0-or-later
/* Options, the role of this process, exit status. */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/cfg.h"
#include "../lib/ctl.h"
#include "../lib/log.h"
#include "../lib/secret.h"
#include "journal.h"
#include "listen.h"
#include "resolve.h"
#include "roles.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

/* Exit status. */
enum { DONE = 0, FAILED = 1, USAGE = 2 };

#define HISTORY_FILE "/var/lib/ipsecgw/history"
#define EMPTY_FOLDER "/run/ipsecgw/empty"
#define STATE_FILE "/run/ipsecgw/state"

static const char usage[] =
	"usage: ikehelper [OPTION]...\n"
	"\n"
	"  -f, --foreground    stay in the foreground, log to standard error\n"
	"  -c, --config FILE   startup configuration (" CFG_FILE ")\n"
	"  -s, --socket PATH   control socket (" CTL_PATH ")\n"
	"  -H, --history FILE  what the tables of the MIB begin with\n"
	"                      (" HISTORY_FILE ")\n"
	"  -S, --state FILE    what the next run takes over (" STATE_FILE ")\n"
	"  -u, --user NAME     whom the unprivileged processes become (_ipsecgw)\n"
	"  -g, --group NAME    group that may use the control socket (ipsecgw)\n"
	"      --allow-key-export  let root have the keys of new SAs, for a capture\n"
	"  -d, --debug         log all that happens\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n"
	"\n"
	"See ikehelper(8).\n";

struct options {
	struct role_options role;
	const char *user;
	const char *group;
	const char *role_name; /* of a child */
	const char *host; /* that role resolve looks up */
};

/* --- options ------------------------------------------------------------- */

enum {
	OPT_ROLE = 256,
	OPT_UID,
	OPT_GID,
	OPT_CONTROL_GID,
	OPT_ROOT,
	OPT_ALLOW_EXPORT
};

/* The last ones are what the parent says to its children. */
static const struct option options[] = {
	{ "foreground", no_argument, NULL, 'f' },
	{ "config", required_argument, NULL, 'c' },
	{ "socket", required_argument, NULL, 's' },
	{ "history", required_argument, NULL, 'H' },
	{ "state", required_argument, NULL, 'S' },
	{ "user", required_argument, NULL, 'u' },
	{ "group", required_argument, NULL, 'g' },
	{ "debug", no_argument, NULL, 'd' },
	{ "allow-key-export", no_argument, NULL, OPT_ALLOW_EXPORT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "role", required_argument, NULL, OPT_ROLE },
	{ "uid", required_argument, NULL, OPT_UID },
	{ "gid", required_argument, NULL, OPT_GID },
	{ "control-gid", required_argument, NULL, OPT_CONTROL_GID },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ 0 },
};

enum { GO_ON = -1 };

static int parse_child_option(struct options *o, int opt)
{
	switch (opt) {
	case OPT_ROLE:
		o->role_name = optarg;
		return GO_ON;
	case OPT_UID:
		o->role.user.uid = strtoul(optarg, NULL, 10);
		return GO_ON;
	case OPT_GID:
		o->role.user.gid = strtoul(optarg, NULL, 10);
		return GO_ON;
	case OPT_CONTROL_GID:
		o->role.control_gid = strtoul(optarg, NULL, 10);
		return GO_ON;
	case OPT_ROOT:
		o->role.root = optarg;
		return GO_ON;
	default:
		fprintf(stderr, "'ikehelper --help' lists the options.\n");
		return USAGE;
	}
}

static int parse_option(struct options *o, int opt)
{
	switch (opt) {
	case 'f':
		o->role.foreground = true;
		return GO_ON;
	case 'c':
		o->role.config = optarg;
		return GO_ON;
	case 's':
		o->role.socket = optarg;
		return GO_ON;
	case 'H':
		o->role.history = optarg;
		return GO_ON;
	case 'S':
		o->role.state = optarg;
		return GO_ON;
	case 'u':
		o->user = optarg;
		return GO_ON;
	case 'g':
		o->group = optarg;
		return GO_ON;
	case 'd':
		o->role.debug = true;
		return GO_ON;
	case OPT_ALLOW_EXPORT:
		o->role.allow_key_export = true;
		return GO_ON;
	case 'h':
		fputs(usage, stdout);
		return DONE;
	case 'V':
		puts("ikehelper " VERSION);
		return DONE;
	default:
		return parse_child_option(o, opt);
	}
}

static int parse_options(struct options *o, int argc, char **argv)
{
	int opt, status = GO_ON;

	while (status == GO_ON) {
		opt = getopt_long(argc, argv, "fc:s:H:S:u:g:dhV", options,
				  NULL);
		if (opt < 0)
			break;
		status = parse_option(o, opt);
	}
	if (o->role_name && !strcmp(o->role_name, "resolve"))
		o->host = argv[optind++];
	if (status == GO_ON && optind < argc) {
		log_error(
			"'%s' is too much; 'ikehelper --help' lists the options",
			argv[optind]);
		status = USAGE;
	}
	return status;
}

/* --- who we are ---------------------------------------------------------- */

static int find_user(struct options *o)
{
	const struct passwd *pw = getpwnam(o->user);
	const struct group *gr = getgrnam(o->group);

	if (!pw) {
		log_error(
			"there is no user '%s'; create it, or give another one with --user",
			o->user);
		return FAILED;
	}
	if (!pw->pw_uid) {
		log_error("the user for the unprivileged processes is root");
		return USAGE;
	}
	o->role.user.uid = pw->pw_uid;
	o->role.user.gid = pw->pw_gid;
	/* Without the group the control socket is for root. */
	o->role.control_gid = gr ? gr->gr_gid : 0;
	return GO_ON;
}

static int be_parent(struct options *o)
{
	int status = find_user(o);

	if (status != GO_ON)
		return status;
	if (geteuid()) {
		log_error("run it as root");
		return FAILED;
	}
	if (make_folder(o->role.root))
		return FAILED;
	/* systemd wants to hear from the process that it has started. */
	if (!o->role.foreground && !getenv("NOTIFY_SOCKET") && daemon(0, 0)) {
		log_error("cannot go to the background: %s", strerror(errno));
		return FAILED;
	}
	journal_open(o->role.foreground || getenv("NOTIFY_SOCKET"),
		     o->role.debug);
	status = parent_main(&o->role);
	journal_close();
	return status;
}

static int be_child(const struct options *o)
{
	if (!strcmp(o->role_name, role_name[ROLE_ENGINE]))
		return engine_main(&o->role);
	if (!strcmp(o->role_name, role_name[ROLE_KEYS]))
		return keys_main(&o->role);
	if (!strcmp(o->role_name, role_name[ROLE_CONTROL]))
		return control_main(&o->role);
	if (o->host)
		return resolve_main(&o->role.user, o->host);
	log_error("there is no role '%s'", o->role_name);
	return USAGE;
}

int main(int argc, char **argv)
{
	struct options o = {
		.role = { .config = CFG_FILE,
			  .socket = CTL_PATH,
			  .history = HISTORY_FILE,
			  .state = STATE_FILE,
			  .root = EMPTY_FOLDER },
		.user = "_ipsecgw",
		.group = "ipsecgw",
	};
	int status;

	log_init("ikehelper");
	secret_harden();
	umask(077);
	status = parse_options(&o, argc, argv);
	if (status != GO_ON)
		return status;
	if (o.role_name)
		return be_child(&o);
	/* Nothing of what started us goes to the children. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	return be_parent(&o);
}
