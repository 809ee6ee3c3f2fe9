// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transcripts of views: each file of unit/show has commands and what they print,
 * for a configuration (.conf) and the answers of a daemon (.json). With
 * UPDATE=1 in the environment the transcripts are written anew, to be read by
 * whoever changed them.
 */
#include "ktap.h"

#include <dirent.h>
#include <json-c/json.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ipsecctl/ctl.h"
#include "ipsecctl/daemon.h"
#include "ipsecctl/schema.h"
#include "ipsecctl/show_system.h"
#include "lib/log.h"
#include "lib/rtnl.h"
#include "lib/sel.h"
#include "mock_gnl.h"
#include "show_world.h"

static struct ctx ctx;

/* --- what main.c gives the commands ------------------------------------ */

static bool has_module;

struct gnl *ctl_gnl(struct ctx *c)
{
	if (has_module)
		return (struct gnl *)c; /* never looked into */
	log_error("the kernel module ipsecgw is not loaded");
	return NULL;
}

int ctl_refused(struct ctx *c, const char *what)
{
	log_error("%s: %s", what, gnl_error(c->gnl));
	return FAILED;
}

void ctl_check_dump(const struct gnl_dump *d)
{
	(void)d;
}

/* --- a daemon ------------------------------------------------------------ */

static char *config;
static struct json_object *answers; /* by request; NULL: it does not run */
static char said[4096];

static void note(enum log_level level, const char *line)
{
	size_t n = strlen(said);

	(void)level;
	snprintf(said + n, sizeof(said) - n, "%s\n", line);
}

/* The program's own functions are replaced by those (--wrap). */
bool __wrap_daemon_runs(void);
int __wrap_daemon_call(struct json_object *request, struct json_object **rows);
char *__wrap_daemon_running(bool with_keys);

bool __wrap_daemon_runs(void)
{
	return answers;
}

int __wrap_daemon_call(struct json_object *request, struct json_object **rows)
{
	struct json_object *v = NULL;
	const char *name = daemon_text(request, "request");
	int status = FAILED;

	if (!answers) {
		log_error("control socket: ikehelper does not run");
	} else if (!rows) {
		/* A change: it is shown instead of done. */
		note(LOG_LEVEL_INFO, json_object_to_json_string(request));
		status = DONE;
	} else {
		json_object_object_get_ex(answers, name, &v);
		*rows = v ? json_object_get(v) : json_object_new_array();
		status = DONE;
	}
	json_object_put(request);
	return status;
}

char *__wrap_daemon_running(bool with_keys)
{
	(void)with_keys;
	if (answers)
		return strdup(config);
	log_error("control socket: ikehelper does not run");
	return NULL;
}

/* --- routes: the answer "routes" has what is not on the first interface ------ */

#define NOW 1763740860 /* a minute after what the transcripts remember */

int __wrap_rtnl_resolve(struct rtnl *r, const struct addr *dst, uint32_t vrf,
			struct rtnl_route *out);
enum rtnl_neighbour __wrap_rtnl_neighbour(struct rtnl *r, const struct addr *a,
					  uint32_t device);
time_t __wrap_time(time_t *t);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_rtnl_resolve(struct rtnl *r, const struct addr *dst, uint32_t vrf,
			struct rtnl_route *out)
{
	struct json_object *routes = NULL;
	char a[ADDR_STR];

	(void)r;
	(void)vrf;
	*out = (struct rtnl_route){ .device = 1 };
	json_object_object_get_ex(answers, "routes", &routes);
	return routes ? daemon_number(routes, addr_fmt(dst, a)) : 0;
}

enum rtnl_neighbour __wrap_rtnl_neighbour(struct rtnl *r, const struct addr *a,
					  uint32_t device)
{
	struct json_object *states = NULL;
	char text[ADDR_STR];

	(void)r;
	(void)device;
	json_object_object_get_ex(answers, "neighbours", &states);
	return states ? daemon_number(states, addr_fmt(a, text)) :
			RTNL_REACHABLE;
}

time_t __wrap_time(time_t *t)
{
	(void)t;
	return NOW;
}

/* Nobody waits: two seconds pass between two looks at the clock. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	static time_t up;

	*ts = (struct timespec){ .tv_sec = NOW };
	if (id != CLOCK_REALTIME)
		ts->tv_sec = up += 2;
	return 0;
}

/* A kernel without one of them. */
bool __wrap_kernel_has_alg(const char *name);

bool __wrap_kernel_has_alg(const char *name)
{
	return strcmp(name, "ccm") != 0;
}

/* --- transcripts ----------------------------------------------------------- */

static bool is_shown[1000]; /* rows of the command table */

/* Schemas of what was shown as JSON. */
static const char *described[200];
static size_t n_described;

static bool is_described(const char *name)
{
	size_t i;

	for (i = 0; i < n_described; i++)
		if (!strcmp(described[i], name))
			return true;
	return false;
}

int ctl_run_line(struct ctx *c, const struct cmd_line *line)
{
	static struct cmd_match m;

	if (cmd_parse(c->cmds, line, &m) != CMD_OK) {
		log_error("not a command");
		return USAGE;
	}
	is_shown[m.cmd - ctl_table.cmds] = true;
	if (c->json && schema_of(&m) && !is_described(schema_of(&m)))
		described[n_described++] = schema_of(&m);
	return m.cmd->run(c, &m);
}

/*
 * Run one line, "--json" and "--count N" before it; what it printed, and complained
 * of, is appended.
 */
static void run(const char *text, FILE *to)
{
	static struct cmd_line line;
	static char words[4096];
	char command[1024];
	const char *bar = strchr(text, '|');
	bool is_json = !strncmp(text, "--json ", 7);
	int skip = is_json ? 7 : 0;

	if (sscanf(text + skip, "--count %" SCNu64 " ", &ctx.count) == 1)
		skip += strlen("--count 1 ");

	snprintf(command, sizeof(command), "%.*s",
		 bar ? (int)(bar - text) : 1000, text);
	said[0] = '\0';
	if (cmd_split(&line, command + skip, words))
		return;
	ctx.out = out_new_memory(is_json);
	ctx.json = is_json;
	if (bar)
		ok(!out_filter(ctx.out, bar + 1 + strspn(bar + 1, " ")),
		   "modifier: %s", text);
	ctl_run_line(&ctx, &line);
	out_end(ctx.out);
	fputs(out_text(ctx.out), to);
	out_free(ctx.out);
	if (*said)
		fprintf(to, "%% %s", said);
}

static char *read_all(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r"), *m;
	int c;

	if (!f)
		return NULL;
	m = open_memstream(&text, &size);
	while ((c = fgetc(f)) != EOF)
		fputc(c, m);
	fclose(m);
	fclose(f);
	return text;
}

static void set_world(const char *dir, const char *name)
{
	char path[2048], *text;

	free(config);
	json_object_put(answers);
	answers = NULL;
	snprintf(path, sizeof(path), "%s/%s.conf", dir, name);
	config = read_all(path);
	snprintf(path, sizeof(path), "%s/%s.json", dir, name);
	text = read_all(path);
	if (config)
		answers = text ? json_tokener_parse(text) :
				 json_object_new_object();
	free(text);
	mock_list_map.n = mock_list_policy.n = mock_list_sa.n = 0;
	mock_list_encap.n = mock_events.n = mock_events.at = 0;
	mock_ns = (struct ns){ 0 };
	mock_conf = (struct conf){ 0 };
	mock_sa_reply = (struct sa){ 0 };
	mock_policy_reply = (struct policy){ 0 };
	has_module = world_kernel(name);
}

/* Metrics have comments of their own. */
static bool is_comment(const char *line)
{
	return !strncmp(line, "# ", 2) && strncmp(line, "# HELP ", 7) &&
	       strncmp(line, "# TYPE ", 7);
}

/* The transcript as it is now: the same commands, their output. */
static char *replay(const char *dir, const char *want)
{
	char *have = NULL, line[1024];
	size_t size = 0;
	FILE *f = open_memstream(&have, &size);
	const char *p = want;

	while (*p) {
		size_t n = strcspn(p, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
		if (!strncmp(line, "=== ", 4))
			set_world(dir, line + 4);
		if (!strncmp(line, "=== ", 4) || is_comment(line))
			fprintf(f, "%s\n", line);
		if (strncmp(line, "$ ", 2))
			continue;
		fprintf(f, "%s\n", line);
		run(line + 2, f);
	}
	fclose(f);
	return have;
}

static void show_difference(const char *want, const char *have)
{
	unsigned int n = 1;

	while (*want && *want == *have) {
		n += *want++ == '\n';
		have++;
	}
	printf("# line %u: want '%.*s', have '%.*s'\n", n,
	       (int)strcspn(want, "\n"), want, (int)strcspn(have, "\n"), have);
}

static void test_file(const char *dir, const char *name)
{
	char path[2048], *want, *have;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	want = read_all(path);
	if (!ok(want != NULL, "%s is there", name))
		return;
	have = replay(dir, want);
	if (getenv("UPDATE")) {
		f = fopen(path, "w");
		fputs(have, f);
		fclose(f);
	} else if (!ok(!strcmp(want, have), "%s", name)) {
		show_difference(want, have);
	}
	free(want);
	free(have);
}

/* --- is everything there? ---------------------------------------------------- */

static bool begins_with_one(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (!strncmp(text, *list, strlen(*list)))
			return true;
	return false;
}

/* What has no transcript: another test's, or it prints what changes. */
static bool is_elsewhere(const char *pattern)
{
	static const char *const others[] = {
		"show running-config", /* cfg/shell.py */
		"show startup-config",
		"show version", /* below, cli/misc.sh, cfg/schema.py */
		"debug crypto", /* cfg/debug.py */
		NULL
	};

	return begins_with_one(pattern, others);
}

static bool wants_transcript(const char *pattern)
{
	static const char *const words[] = { "show ", "clear ", "metrics ",
					     "explain ", NULL };

	return begins_with_one(pattern, words) && !is_elsewhere(pattern);
}

/* What shows something, but as text only. */
static bool has_no_json(const char *pattern)
{
	static const char *const texts[] = { "show running-config",
					     "show startup-config",
					     "( configure | conf ) reference",
					     NULL };

	return begins_with_one(pattern, texts);
}

/* Every form of the command that prints JSON: a schema, and shown as JSON. */
static void test_json(const struct cmd *cmd)
{
	const char *p = cmd->pattern, *name;
	char path[2048], *text;
	unsigned int n = 0;

	while ((name = schema_of_row(cmd, n))) {
		snprintf(path, sizeof(path),
			 UNIT "/../../Documentation/schema/%s.json", name);
		text = read_all(path);
		ok(text, "has the schema %s: %s", name, p);
		free(text);
		if (!is_elsewhere(p) && strcmp(name, "show-tech-support-ipsec"))
			ok(is_described(name),
			   "has a transcript with --json of %s: %s", name, p);
		n++;
	}
	if (cmd->flags & CMD_SHOW)
		ok(n || has_no_json(p), "has a schema: %s", p);
}

/* Behind the bracket that fits the one at @p. */
static const char *after_bracket(const char *p)
{
	int depth = 0;

	do {
		depth += *p == '(' || *p == '[' || *p == '{';
		depth -= *p == ')' || *p == ']' || *p == '}';
		p++;
	} while (*p && depth);
	return p + (*p == ' ');
}

/*
 * The words that every such command has: "show crypto isakmp peers". Of
 * alternatives the first one is meant, unless it has a variable.
 */
static void fixed_words(const char *p, char *buf, size_t size)
{
	const char *rest = NULL;
	size_t n = 0;

	buf[0] = '\0';
	while (*p && n < size) {
		size_t len = strcspn(p, " ");

		if (*p == '[') {
			p = after_bracket(p);
			continue;
		}
		if (*p == '(' && !rest) {
			rest = after_bracket(p);
			p += 2;
			if (memchr(p, '=', strcspn(p, "|)")))
				return;
			continue;
		}
		if ((*p == '|' || *p == ')') && rest) {
			p = rest;
			rest = NULL;
			continue;
		}
		if (strchr("({", *p) || memchr(p, '=', len))
			return;
		n += snprintf(buf + n, size - n, "%s%.*s", n ? " " : "",
			      (int)len, p);
		p += len + (p[len] == ' ');
	}
}

/* An entry of the manual page without its macros: "show crypto map tag name". */
static void man_words(const char *line, char *buf, size_t size)
{
	static const char *const macros[] = {
		".It", "Cm",  "Op",   "Oo",  "Oc",  "Ar", "Xo", ".Xc", "Ns",
		".Cm", ".Op", ".Brq", "Brq", ".Ar", "No", "|",	"Li",  NULL
	};
	char word[128];
	size_t n = 0, i;

	buf[0] = '\0';
	while (*line && n < size) {
		size_t len = strcspn(line, " \n");

		snprintf(word, sizeof(word), "%.*s", (int)len, line);
		line += len + (line[len] != '\0');
		for (i = 0; macros[i] && strcmp(macros[i], word); i++)
			;
		if (!macros[i] && *word)
			n += snprintf(buf + n, size - n, "%s%s", n ? " " : "",
				      word);
	}
}

static bool is_in_man(const char *man, const char *words)
{
	char entry[1024], have[1024];
	const char *p = man, *end;
	size_t n = strlen(words);

	while ((p = strstr(p, "\n.It "))) {
		p++;
		end = strncmp(p, ".It Xo", 6) ? strchr(p, '\n') :
						strstr(p, "\n.Xc");
		if (!end)
			return false;
		snprintf(entry, sizeof(entry), "%.*s", (int)(end - p), p);
		man_words(entry, have, sizeof(have));
		if (!strncmp(have, words, n) && (!have[n] || have[n] == ' '))
			return true;
	}
	return false;
}

static void test_complete(void)
{
	char words[256],
		*man = read_all(UNIT "/../../Documentation/man/ipsecctl.8");
	size_t i;

	ok(man, "the manual page is there");
	for (i = 0; man && i < ctl_table.n_cmds; i++) {
		const struct cmd *cmd = &ctl_table.cmds[i];

		if (wants_transcript(cmd->pattern))
			ok(is_shown[i], "has a transcript: %s", cmd->pattern);
		ok(*cmd->text, "has a help text: %s", cmd->pattern);
		fixed_words(cmd->pattern, words, sizeof(words));
		ok(is_in_man(man, words), "is in the manual page as '%s': %s",
		   words, cmd->pattern);
		test_json(cmd);
	}
	free(man);
	ok(!cmd_check_help(stdout, ctx.cmds), "every word has a help text");
}

static void test_version(void)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} span[] = {
		{ 59, "0 minutes" },
		{ 60, "1 minute" },
		{ 86400, "1 day" },
		{ 2472540, "4 weeks, 14 hours, 49 minutes" },
		{ 2 * 365 * 86400 + 7 * 86400 + 7380,
		  "2 years, 1 week, 2 hours, 3 minutes" },
	};
	struct out *o = out_new_memory(false);
	struct json_object *r = version_row();
	char buf[VERSION_SPAN];
	size_t i;

	for (i = 0; i < sizeof(span) / sizeof(span[0]); i++)
		ok(!strcmp(version_span(span[i].seconds, buf), span[i].text),
		   "%s", buf);
	ok(daemon_number(r, "uptime") > 0 && daemon_number(r, "memory_total"),
	   "what the system is");
	json_object_put(r);
	r = json_tokener_parse(
		"{\"version\": \"1.0\", \"kernel\": \"6.12.1\", \"machine\": \"x86_64\","
		"\"hostname\": \"gw\", \"daemon\": true, \"uptime\": 3660,"
		"\"memory_total\": 2048000, \"memory_free\": 1024000,"
		"\"ethernet_interfaces\": 2}");
	version_print(o, r);
	out_end(o);
	ok(!strcmp(out_text(o),
		   "ipsecgw Software, Version 1.0, RELEASE SOFTWARE\n"
		   "Linux 6.12.1 x86_64, IPsec module not loaded\n"
		   "IKE daemon runs\n\n"
		   "gw uptime is 1 hour, 1 minute\n\n"
		   "x86_64 processor with 1000K/1000K bytes of memory.\n"
		   "2 Ethernet interfaces\n"),
	   "show version");
	out_free(o);
	json_object_put(r);
}

/* The parts of a variant as documents, whatever is in them. */
static void test_tech(const char *dir)
{
	static const char *const first[] = { "show version",
					     "show running-config",
					     "show crypto isakmp sa count" };
	struct json_object *all, *v;
	char *text = NULL;
	size_t size = 0, i, good = 0;
	FILE *f = open_memstream(&text, &size);

	set_world(dir, "up");
	run("--json show tech-support ipsec", f);
	fclose(f);
	all = json_tokener_parse(text);
	ok(json_object_is_type(all, json_type_array) &&
		   json_object_array_length(all) == 14,
	   "tech-support as JSON: 14 parts");
	for (i = 0; i < 3 && json_object_is_type(all, json_type_array); i++) {
		v = json_object_array_get_idx(all, i);
		good += !strcmp(daemon_text(v, "command"), first[i]) &&
			json_object_object_get_ex(v, "output", NULL);
	}
	ok(good == 3, "each with its command and what it shows");
	json_object_put(all);
	free(text);
}

int main(void)
{
	const char *dir = UNIT "/show";
	struct dirent **list;
	char err[256];
	int i, n;

	setenv("TZ", "UTC", 1);
	setenv("IPSECGW_CONTROL", "/nonexistent/control", 1);
	log_init("test");
	log_sink(note);
	/* Names of files are in some transcripts. */
	ok(!chdir(dir), "the transcripts are there");
	ctx.cmds = cmd_compile(&ctl_table, err, sizeof(err));
	if (!ok(ctx.cmds != NULL, "the table compiles"))
		return ktap_end();
	n = scandir(dir, &list, NULL, alphasort);
	for (i = 0; i < n; i++) {
		const char *end = strrchr(list[i]->d_name, '.');

		if (end && !strcmp(end, ".txt"))
			test_file(dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	test_complete();
	test_version();
	test_tech(dir);
	free(config);
	json_object_put(answers);
	cmd_free(ctx.cmds);
	return ktap_end();
}
