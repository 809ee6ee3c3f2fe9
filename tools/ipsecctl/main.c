// SPDX-License-Identifier: GPL-2.0-or-later
/* Options, the one command of the command line, exit status. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/cfg_form.h"
#include "completion.h"
#include "config.h"
#include "ctl.h"
#include "schema.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

static const char usage[] =
	"usage: ipsecctl [OPTION]... COMMAND [WORD]... [ '|' MODIFIER RE ]\n"
	"       ipsecctl [OPTION]... -b FILE\n"
	"       ipsecctl [OPTION]... -f FILE\n"
	"       ipsecctl [OPTION]... [ shell ]\n"
	"\n"
	"  -b, --batch FILE   run the commands in FILE, \"-\" for standard input\n"
	"  -f, --file FILE    apply the configuration in FILE\n"
	"  -s, --startup FILE the startup configuration, instead of\n"
	"                     /etc/ipsecgw/ipsecgw.conf\n"
	"  -k, --continue     go on after an error in a batch\n"
	"  -j, --json         print JSON\n"
	"  -n, --netns NAME   work in the network namespace NAME\n"
	"  -c, --count N      monitor, top: stop after N events or lists\n"
	"  -o, --output FILE  metrics: write to FILE instead\n"
	"  -z, --nonzero      stats: only counters that are not zero\n"
	"  -v, --verbose      say more\n"
	"      --json-schema  print the JSON schema of a command's --json, or all names\n"
	"      --complete     say what may follow the line on standard input\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n"
	"\n"
	"A '?' as last word lists what may follow; \"help\" shows the syntax of\n"
	"the commands that begin with the words before it. See ipsecctl(8).\n";

struct options {
	const char *batch;
	const char *file;
	const char *netns;
	char *output;
	bool go_on;
	bool nonzero;
	bool complete;
	bool schema;
};

#define COMPLETE_MAX 16384
enum { COMPLETE = 256, SCHEMA }; /* options without a letter */

/* --- what the commands use --------------------------------------------- */

struct gnl *ctl_gnl(struct ctx *c)
{
	if (c->gnl)
		return c->gnl;
	if (!gnl_open(&c->gnl))
		return c->gnl;
	log_error("%s", gnl_error(c->gnl));
	gnl_close(c->gnl);
	c->gnl = NULL;
	c->is_hopeless = true;
	return NULL;
}

int ctl_refused(struct ctx *c, const char *what)
{
	log_error("%s: %s", what, gnl_error(c->gnl));
	return FAILED;
}

void ctl_check_dump(const struct gnl_dump *d)
{
	if (d->is_torn)
		log_warn(
			"the table changed while it was read; the list may lack entries");
}

/* --- one command ------------------------------------------------------- */

static int end_output(struct ctx *c, int status)
{
	int err = out_end(c->out);

	out_free(c->out);
	c->out = NULL;
	if (!err)
		return status;
	log_error("cannot write the output: %s", strerror(-err));
	return status == DONE ? FAILED : status;
}

static int add_filter(struct ctx *c, const struct cmd_line *line,
		      const struct cmd *cmd)
{
	const char *why;

	if (!line->filter)
		return DONE;
	if (!(cmd->flags & CMD_SHOW))
		why = "only what shows something takes an output modifier";
	else if (c->json)
		why = "output modifiers work on text, not on JSON";
	else
		why = out_filter(c->out, line->filter);
	if (!why)
		return DONE;
	log_error("%% %s", why);
	return USAGE;
}

int ctl_run_line(struct ctx *c, const struct cmd_line *line)
{
	static struct cmd_match m;
	enum cmd_status found = cmd_parse(c->cmds, line, &m);
	int status;

	if (found != CMD_OK) {
		cmd_complain(stderr, c->cmds, line, &m, found, log_prefix());
		return USAGE;
	}
	if (c->in_batch && m.cmd->flags & CMD_ALONE) {
		log_error("this command runs on and does not go into a batch");
		return USAGE;
	}
	c->out = out_new(STDOUT_FILENO, c->json);
	if (!c->out) {
		log_error("out of memory");
		return FAILED;
	}
	status = add_filter(c, line, m.cmd);
	if (status == DONE)
		status = m.cmd->run(c, &m);
	return end_output(c, status);
}

/* --- help -------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

/* "sa add ?", "sa a?" or "sa help": answer it; false if it is none. */
static bool run_help(struct ctx *c, struct cmd_line *line, int *status)
{
	static struct cmd_choices choices;
	static struct cmd_match m;
	char *last = line->n ? line->tok[line->n - 1].text : NULL;
	enum cmd_status found;

	if (!last || (!ends_with(last, "?") && strcmp(last, "help")))
		return false;
	if (!strcmp(last, "help")) {
		line->n--;
		*status = cmd_print_usage(stdout, c->cmds, line) ? DONE : USAGE;
		if (*status == USAGE)
			log_error("no command begins like that");
		return true;
	}
	last[strlen(last) - 1] = '\0';
	line->blank_end = !*last;
	if (line->blank_end)
		line->n--;
	found = cmd_choices(c->cmds, line, &choices, &m);
	if (found == CMD_OK)
		cmd_print_help(stdout, &choices, !line->blank_end);
	else
		cmd_complain(stderr, c->cmds, line, &m, found, log_prefix());
	*status = found == CMD_OK ? DONE : USAGE;
	return true;
}

static int close_stdout(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	log_error("cannot write the output: %s", strerror(errno));
	return FAILED;
}

/* --- the command line -------------------------------------------------- */

/* Does the word begin the modifiers? */
static bool is_bar(const char *word)
{
	return word[0] == '|';
}

/*
 * Copy the words of the command line, each quoted if it has to be, to memory
 * that keeps secrets, and take what may be a key off the process list.
 */
static void join_words(struct secret *text, char **words, int n, bool plain)
{
	bool was_key = false;
	int i;

	for (i = 0; i < n; i++) {
		char *w = words[i], *p = (char *)text->p + text->len;
		bool quote = !plain && (!*w || strpbrk(w, " \t\"'#!|"));
		bool is_key = was_key || secret_suspect(w);

		plain = plain || is_bar(w);
		quote = quote && !plain;
		text->len += sprintf(p, "%s%s%s%s", i ? " " : "",
				     quote ? "\"" : "", "", "");
		for (p = w; *p; p++) {
			if (quote && strchr("\"\\", *p))
				text->p[text->len++] = '\\';
			text->p[text->len++] = *p;
		}
		if (quote)
			text->p[text->len++] = '"';
		was_key = !strncmp(w, "key", 3) || strstr(w, "key ") ||
			  !strncmp(w, "integ-k", 7);
		if (is_key || strchr(w, ' '))
			secret_wipe(w, strlen(w));
	}
	text->p[text->len] = '\0';
}

static size_t words_size(char **words, int n)
{
	size_t size = 1;
	int i;

	for (i = 0; i < n; i++)
		size += 2 * strlen(words[i]) + 4;
	return size;
}

/* The command of the command line: one word with all of it, or many. */
static int run_words(struct ctx *c, char **words, int n)
{
	static struct cmd_line line;
	struct secret text = { 0 }, buf = { 0 };
	size_t size = words_size(words, n);
	const char *why;
	int status;

	if (secret_alloc(&text, size) || secret_alloc(&buf, size)) {
		log_error("out of memory");
		status = FAILED;
		goto out_free;
	}
	join_words(&text, words, n, n == 1);
	why = cmd_split(&line, (char *)text.p, (char *)buf.p);
	if (why) {
		log_error("%s", why);
		status = USAGE;
	} else if (!run_help(c, &line, &status)) {
		status = ctl_run_line(c, &line);
	} else {
		status = close_stdout(status);
	}

out_free:
	secret_free(&buf);
	secret_free(&text);
	return status;
}

static int enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (strchr(name, '/') || snprintf(path, sizeof(path), "/run/netns/%s",
					  name) >= (int)sizeof(path)) {
		log_error("'%s' is not the name of a network namespace", name);
		return USAGE;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		log_error(
			"network namespace '%s': %s; 'ip netns list' names them",
			name, strerror(errno));
		return FAILED;
	}
	if (setns(fd, CLONE_NEWNET)) {
		log_error("network namespace '%s': %s%s", name, strerror(errno),
			  errno == EPERM ? "; run it as root" : "");
		close(fd);
		return FAILED;
	}
	close(fd);
	return DONE;
}

static const struct option options[] = {
	{ "batch", required_argument, NULL, 'b' },
	{ "file", required_argument, NULL, 'f' },
	{ "startup", required_argument, NULL, 's' },
	{ "continue", no_argument, NULL, 'k' },
	{ "json", no_argument, NULL, 'j' },
	{ "netns", required_argument, NULL, 'n' },
	{ "count", required_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "nonzero", no_argument, NULL, 'z' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "complete", no_argument, NULL, COMPLETE },
	{ "json-schema", no_argument, NULL, SCHEMA },
	{ 0 },
};

/* DONE to go on, or the status to leave with (less 100). */
enum { LEAVE = 100 };

static int parse_count(const char *text, uint64_t *count)
{
	char *end;

	errno = 0;
	*count = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno)
		return DONE;
	log_error("--count wants a number, not '%s'", text);
	return LEAVE + USAGE;
}

static int parse_option(struct ctx *c, struct options *o, int opt)
{
	switch (opt) {
	case 'b':
		o->batch = optarg;
		return DONE;
	case 'f':
		o->file = optarg;
		return DONE;
	case 's':
		c->startup = optarg;
		return DONE;
	case 'k':
		o->go_on = true;
		return DONE;
	case 'j':
		c->json = true;
		return DONE;
	case 'n':
		o->netns = optarg;
		return DONE;
	case 'c':
		return parse_count(optarg, &c->count);
	case 'o':
		o->output = optarg;
		return DONE;
	case 'z':
		o->nonzero = true;
		return DONE;
	case 'v':
		c->verbose = true;
		return DONE;
	case COMPLETE:
		o->complete = true;
		return DONE;
	case SCHEMA:
		o->schema = true;
		return DONE;
	case 'h':
		fputs(usage, stdout);
		return LEAVE + close_stdout(DONE);
	case 'V':
		puts("ipsecctl " VERSION);
		return LEAVE + close_stdout(DONE);
	default:
		fprintf(stderr, "'ipsecctl --help' lists the options.\n");
		return LEAVE + USAGE;
	}
}

/* Options may stand anywhere, but what follows a bar is a modifier. */
static int parse_options(struct ctx *c, struct options *o, int argc,
			 char **argv, int *end)
{
	int i, opt, status = DONE;

	for (i = 1; i < argc; i++)
		if (is_bar(argv[i]))
			break;
	*end = i;
	while (status == DONE) {
		opt = getopt_long(i, argv, "b:f:s:kjn:c:o:zvhV", options, NULL);
		if (opt < 0)
			break;
		status = parse_option(c, o, opt);
	}
	return status;
}

/* The command with what options stand for: words behind its first one. */
static int run_more(struct ctx *c, const struct options *o, char **words, int n)
{
	static char nonzero[] = "nonzero", output[] = "output";
	char **more = calloc(n + 4, sizeof(*more));
	int k = 0, status;

	if (!more)
		return FAILED;
	more[k++] = words[0];
	if (o->nonzero)
		more[k++] = nonzero;
	if (o->output) {
		more[k++] = output;
		more[k++] = o->output;
	}
	memcpy(more + k, words + 1, (n - 1) * sizeof(*more));
	status = run_words(c, more, n - 1 + k);
	free(more);
	return status;
}

/* The line comes from standard input: it may have a key in it. */
static int complete(struct ctx *c)
{
	struct secret text = { 0 };
	int status = FAILED;
	ssize_t n;

	if (!secret_alloc(&text, COMPLETE_MAX)) {
		n = read(STDIN_FILENO, text.p, COMPLETE_MAX - 1);
		if (n > 0 && !memchr(text.p, '\n', n)) {
			text.p[n] = '\0';
			completion_print(stdout, c->cmds, options,
					 (char *)text.p);
		}
		status = close_stdout(DONE);
	}
	secret_free(&text);
	return status;
}

/* The words are a command, which is not run. */
static int print_schema(struct ctx *c, char **words, int n)
{
	static struct cmd_line line;
	size_t size = words_size(words, n);
	char *text = calloc(1, size), *buf = calloc(1, size);
	int i, status = FAILED;
	const char *why;

	if (!text || !buf)
		goto out_free;
	for (i = 0; i < n; i++)
		sprintf(text + strlen(text), "%s%s", i ? " " : "", words[i]);
	why = cmd_split(&line, text, buf);
	if (why)
		log_error("%s", why);
	else
		status = close_stdout(schema_print(c, &line));

out_free:
	free(buf);
	free(text);
	return status;
}

static int run(struct ctx *c, const struct options *o, char **words, int n)
{
	int status;

	if (o->complete)
		return complete(c);
	if (o->schema)
		return print_schema(c, words, n);
	if ((o->batch || o->file) && (n || (o->batch && o->file))) {
		log_error("--%s takes no command beside it",
			  o->batch ? "batch" : "file");
		return USAGE;
	}
	if (!o->batch && !o->file && !n && !isatty(STDIN_FILENO)) {
		fputs(usage, stderr);
		return USAGE;
	}
	status = o->netns ? enter_netns(o->netns) : DONE;
	if (status != DONE)
		return status;
	if (o->batch)
		return ctl_batch(c, o->batch, o->go_on);
	if (o->file)
		return config_file(c, o->file);
	/* Not in the table: "sh" means show. */
	if (!n || (n == 1 && !strcmp(words[0], "shell")))
		return shell_run(c, false);
	if (o->nonzero || o->output)
		return run_more(c, o, words, n);
	return run_words(c, words, n);
}

/*
 * A closed standard descriptor must not become a socket of ours: output would
 * go there. This one can be neither read nor written.
 */
static void fill_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

int main(int argc, char **argv)
{
	struct ctx c = { 0 };
	struct options o = { 0 };
	char err[256];
	int status, end;

	fill_descriptors();
	log_init("ipsecctl");
	signal(SIGPIPE, SIG_IGN);
	secret_harden();
	status = parse_options(&c, &o, argc, argv, &end);
	if (status != DONE)
		return status - LEAVE;
	if (secret_alloc(&c.cipher_key, MAX_KEY) ||
	    secret_alloc(&c.integ_key, MAX_KEY)) {
		log_error("out of memory");
		return FAILED;
	}
	c.cmds = cmd_compile(&ctl_table, err, sizeof(err));
	if (c.cmds) {
		status = run(&c, &o, argv + optind, argc - optind);
	} else {
		log_error("command table: %s", err);
		status = FAILED;
	}
	config_free(&c);
	cfg_modes_free();
	cmd_free(c.cmds);
	gnl_close(c.gnl);
	secret_free(&c.cipher_key);
	secret_free(&c.integ_key);
	return status;
}
