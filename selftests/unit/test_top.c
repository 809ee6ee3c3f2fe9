// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rates and order of "top", and "top" and "monitor" on a real terminal: keys, size,
 * what is left behind after q, Ctrl-C and a signal.
 */
#include "ktap.h"

#include <json-c/json.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "ctl_main.h"
#include "ipsecctl/daemon.h"
#include "ipsecctl/top.h"
#include "lib/log.h"
#include "lib/sel.h"
#include "mock_gnl.h"
#include "show_world.h"

#define PATIENCE 60000 /* ms for one answer, on a busy machine */

static struct ctx ctx;

/* Traffic between any two looks. */
static void traffic(void)
{
	if (!mock_list_policy.n)
		return;
	mock_list_policy.v[0].stats.out_packets += 10;
	mock_list_policy.v[0].stats.out_bytes += 1000;
}

static int run(const char *text)
{
	static struct cmd_line line;
	static char words[256];

	return cmd_split(&line, text, words) ? USAGE :
					       ctl_run_line(&ctx, &line);
}

/* --- rates and order ----------------------------------------------------- */

static void world(void)
{
	mock_list_map.n = mock_list_policy.n = mock_list_sa.n = 0;
	world_kernel("sessions");
}

static void sample(struct top_sample *s, uint64_t ms)
{
	struct view v;

	if (!view_collect((struct gnl *)s, &v))
		top_sample(s, &v, ms);
	view_free(&v);
}

/* The sequence numbers in their order. */
static void expect_order(row *rows, char key, bool is_reversed,
			 const char *want)
{
	char have[256] = "";
	size_t i, n = 0;

	top_sort(rows, key, is_reversed);
	for (i = 0; i < row_len(rows); i++)
		n += snprintf(have + n, sizeof(have) - n, "%s%lld",
			      i ? " " : "",
			      daemon_number(row_at(rows, i), "seq"));
	ok(!strcmp(have, want), "by %c%s: %s", key, is_reversed ? " back" : "",
	   have);
}

static void test_rates(void)
{
	struct top_sample a, b, c;
	struct out *o = out_new_memory(false);
	struct policy *p = mock_list_policy.v;
	row *rows, *r;

	world();
	p[0].stats = (struct stats){ .out_packets = 100, .out_bytes = 1000 };
	p[1].stats = (struct stats){ .in_packets = 5 };
	p[2].stats = (struct stats){ .recv_errors = 1 };
	sample(&a, 10000);
	rows = top_rows(NULL, &a);
	ok(row_len(rows) == mock_list_policy.n, "a row for each flow");
	ok(!row_has(row_at(rows, 0), "out_bits_per_second"),
	   "no rates at first");
	json_object_put(rows);

	p[0].stats.out_packets += 50;
	p[0].stats.out_bytes += 5000;
	p[1].stats.in_packets = 3; /* made anew */
	p[1].stats.in_bytes = 999999;
	p[2].stats.recv_errors = 4;
	sample(&b, 12500);
	rows = top_rows(&a, &b);
	r = row_at(rows, 0);
	ok(daemon_number(r, "out_packets_per_second") == 20 &&
		   daemon_number(r, "out_bits_per_second") == 16000,
	   "what grew, a second");
	r = row_at(rows, 1);
	ok(daemon_number(r, "in_packets_per_second") == 1,
	   "a counter that began anew");
	ok(daemon_number(row_at(rows, 2), "drops_per_second") == 1, "drops");
	expect_order(rows, 'm', false, "10 20 30 40 50 65536 65537");
	expect_order(rows, 'm', true, "65537 65536 50 40 30 20 10");
	expect_order(rows, 't', false, "20 10 30 40 50 65536 65537");
	expect_order(rows, 'd', false, "30 10 20 40 50 65536 65537");
	expect_order(rows, 'p', true, "65537 65536 50 40 30 20 10");
	top_sort(rows, 't', false);
	top_print(o, rows);
	ok(strstr(out_text(o), "\n10.0.0.3        lo             0       0"
			       "       1   3.20M       0       0"),
	   "as text");
	if (getenv("VERBOSE"))
		printf("%s", out_text(o));
	json_object_put(rows);
	out_free(o);

	mock_list_policy.n = 1;
	sample(&c, 13500);
	rows = top_rows(&b, &c);
	ok(row_len(rows) == 1, "flows may go");
	json_object_put(rows);
	rows = top_rows(&c, &b);
	ok(row_has(row_at(rows, 0), "out_bits_per_second") &&
		   !row_has(row_at(rows, 1), "out_bits_per_second"),
	   "and come");
	json_object_put(rows);
	top_sample_free(&a);
	top_sample_free(&b);
	top_sample_free(&c);
}

/* --- on a terminal ------------------------------------------------------- */

static struct {
	int fd;
	pid_t pid;
	struct termios before;
	char text[1 << 20];
	size_t len;
} term;

static void begin(const char *command)
{
	struct winsize size = { .ws_row = 5, .ws_col = 60 };
	int other;

	fflush(stdout);
	term.len = 0;
	/* The settings are looked at before anybody may change them. */
	if (openpty(&term.fd, &other, NULL, NULL, &size) ||
	    tcgetattr(other, &term.before))
		abort();
	term.pid = fork();
	if (!term.pid) {
		close(term.fd);
		login_tty(other);
		world();
		_exit(run(command));
	}
	close(other);
}

/* Read until @what has come @n times; false when it does not. */
static bool until(const char *what, int n)
{
	struct pollfd p = { .fd = term.fd, .events = POLLIN };
	size_t from = term.len;
	const char *at;
	ssize_t got;
	int seen;

	while (term.len + 4096 < sizeof(term.text)) {
		term.text[term.len] = '\0';
		seen = 0;
		for (at = term.text + from; (at = strstr(at, what)); at++)
			seen++;
		if (seen >= n)
			return true;
		if (poll(&p, 1, PATIENCE) <= 0)
			return false;
		got = read(term.fd, term.text + term.len, 4096);
		if (got <= 0)
			return false;
		term.len += got;
	}
	return false;
}

static void press(const char *keys)
{
	ok(write(term.fd, keys, strlen(keys)) > 0, "a key is pressed");
}

/* How it ended, and what it has left of the terminal. */
static void end(const char *how)
{
	struct termios after;
	int status;

	ok(until("\033[?25h\033[?1049l", 1), "%s: the screen is given back",
	   how);
	waitpid(term.pid, &status, 0);
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "%s: the status is 0",
	   how);
	ok(!tcgetattr(term.fd, &after) &&
		   after.c_lflag == term.before.c_lflag &&
		   after.c_cc[VSUSP] == term.before.c_cc[VSUSP],
	   "%s: the settings are as before", how);
	close(term.fd);
}

/* The widest line since @from, between movements of the cursor. */
static size_t widest(size_t from)
{
	const char *p = term.text + from;
	size_t best = 0, n = 0;

	for (; *p; p++) {
		if (*p == '\033') {
			p += strcspn(p, "HKJhl");
			n = 0;
		} else if (*p >= ' ') {
			n++;
		}
		if (n > best)
			best = n;
	}
	return best;
}

static void test_keys(void)
{
	struct winsize size = { .ws_row = 30, .ws_col = 160 };
	size_t from;

	begin("top interval 3600");
	ok(until("\033[J", 1), "a first list");
	ok(strstr(term.text, "\033[?1049h") && strstr(term.text, "peer"),
	   "on a screen of its own");
	ok(!strstr(term.text, "10.0.0.5"), "five lines are three flows");
	ok(widest(0) == 60, "no line is wider than the terminal");
	from = term.len;
	press("p");
	ok(until("\033[J", 1) && strstr(term.text + from, "10.0.0.2"),
	   "a key is answered at once");
	from = term.len;
	press("r");
	ok(until("\033[J", 1) && strstr(term.text + from, "10.0.0.7") &&
		   !strstr(term.text + from, "10.0.0.2"),
	   "the other way round");
	from = term.len;
	ioctl(term.fd, TIOCSWINSZ, &size);
	ok(until("\033[J", 1) && strstr(term.text + from, "10.0.0.2") &&
		   widest(from) > 60,
	   "a larger terminal shows more, at once");
	from = term.len;
	press("\032");
	press(" ");
	ok(until("\033[J", 2) && strstr(term.text + from, "p/s"),
	   "a blank looks again, Ctrl-Z does nothing");
	press("q");
	end("q");
}

static void test_ends(void)
{
	begin("top interval 1");
	ok(until("\033[J", 3), "it looks again by itself");
	ok(strstr(term.text, "    10 "), "with rates");
	press("\003");
	end("Ctrl-C");
	begin("top interval 3600");
	ok(until("\033[J", 1), "a list");
	kill(term.pid, SIGTERM);
	end("SIGTERM");
	begin("top interval 3600");
	ok(until("\033[J", 1), "a list");
	kill(term.pid, SIGHUP);
	end("SIGHUP");
}

/* Twice, as in the shell: the first Ctrl-C is not for the second one. */
static void test_monitor(void)
{
	int status, i;

	fflush(stdout);
	term.len = 0;
	term.pid = forkpty(&term.fd, NULL, NULL, NULL);
	if (!term.pid) {
		ctx.verbose = true;
		status = run("monitor");
		status |= run("monitor");
		/* Its signals are as they were. */
		kill(getpid(), SIGTERM);
		_exit(status);
	}
	for (i = 0; i < 2; i++) {
		ok(until("listening\r\n", 1), "monitor %d listens", i);
		press("\003");
	}
	waitpid(term.pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM,
	   "then signals do what they did before");
	close(term.fd);
}

int main(void)
{
	char err[256];

	log_init("test");
	before_look = traffic;
	ctx.cmds = cmd_compile(&ctl_table, err, sizeof(err));
	if (!ok(ctx.cmds != NULL, "the table compiles"))
		return ktap_end();
	test_rates();
	test_keys();
	test_ends();
	test_monitor();
	cmd_free(ctx.cmds);
	return ktap_end();
}
