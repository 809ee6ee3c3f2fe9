// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tcpdump captures and writes to us, so that neither its user nor its confinement
 * has to get at the file. Keys go from the daemon to their file and nowhere else.
 */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/log.h"
#include "ctl.h"
#include "stop.h"

enum { PACKETS, KEYS };

/* --- tcpdump ---------------------------------------------------------------- */

static void be_tcpdump(const struct capture *c, int out)
{
	char a[ADDR_STR], filter[160];
	sigset_t none;

	snprintf(filter, sizeof(filter),
		 "(esp or udp port 500 or udp port 4500)%s%s",
		 c->peer ? " and host " : "",
		 c->peer ? addr_fmt(c->peer, a) : "");
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Its end is ours to decide, also when a terminal interrupts us all. */
	setpgid(0, 0);
	if (dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	execlp("tcpdump", "tcpdump", "-n", "-U", "-s", "0", "-i", c->ifname,
	       "-w", "-", filter, NULL);
	log_error("cannot run tcpdump: %s%s", strerror(errno),
		  errno == ENOENT ? "; install the package of that name" : "");
	_exit(127);
}

static int start(struct capture *c)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC)) {
		log_error("pipe: %s", strerror(errno));
		return FAILED;
	}
	c->child = fork();
	if (!c->child)
		be_tcpdump(c, p[1]);
	close(p[1]);
	c->packets = p[0];
	if (c->child > 0)
		return DONE;
	log_error("fork: %s", strerror(errno));
	return FAILED;
}

/* --- files ------------------------------------------------------------------ */

static int put(const struct capture *c, int which, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(c->file[which], p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_error("cannot write '%s': %s", c->path[which],
				  strerror(errno));
			return FAILED;
		}
		p += n;
		len -= n;
	}
	return DONE;
}

/* 1: more may come, 0: the end, -1 after it has said what is wrong. */
static int take_packets(struct capture *c)
{
	char buf[65536];
	ssize_t n = read(c->packets, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR ? 1 : -1;
	if (put(c, PACKETS, buf, n) != DONE)
		return -1;
	c->octets += n;
	return n > 0;
}

/* Of the peer that is asked for: its address is a field of its own. */
static bool is_wanted(const struct capture *c, const char *line, size_t len)
{
	char a[ADDR_STR], field[ADDR_STR + 2];

	if (!c->peer || *line == '#')
		return true;
	snprintf(field, sizeof(field), "\"%s\"", addr_fmt(c->peer, a));
	return memmem(line, len, field, strlen(field));
}

/* The complete lines of what has come. */
static int take_lines(struct capture *c)
{
	char *p = (char *)c->line.p, *nl;
	size_t left = c->line.len;

	while ((nl = memchr(p, '\n', left))) {
		size_t n = nl + 1 - p;

		if (is_wanted(c, p, n)) {
			if (put(c, KEYS, p, n) != DONE)
				return FAILED;
			c->n_keys += *p != '#';
		}
		p += n;
		left -= n;
	}
	memmove(c->line.p, p, left);
	secret_wipe(c->line.p + left, c->line.len - left);
	c->line.len = left;
	if (left < c->line.cap)
		return DONE;
	log_error("what the daemon says makes no sense");
	return FAILED;
}

/* As take_packets(). */
static int take_keys(struct capture *c)
{
	ssize_t n = read(c->keys, c->line.p + c->line.len,
			 c->line.cap - c->line.len);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : 0;
	c->line.len += n;
	if (take_lines(c) != DONE)
		return -1;
	return n > 0;
}

/* --- both ------------------------------------------------------------------- */

static int follow(struct capture *c)
{
	struct pollfd p[2] = { { .fd = c->packets, .events = POLLIN },
			       { .fd = c->keys, .events = POLLIN } };
	int more = 1;

	while (more > 0 && !stop_wanted()) {
		if (ppoll(p, 2, NULL, stop_mask()) < 0)
			continue;
		if (p[KEYS].revents) {
			more = take_keys(c);
			if (!more) {
				log_warn(
					"the daemon gives no more keys; the capture goes on");
				p[KEYS].fd = -1;
				more = 1;
			}
		}
		if (more > 0 && p[PACKETS].revents)
			more = take_packets(c);
	}
	if (more > 0)
		return DONE;
	if (!more)
		log_error("tcpdump has ended");
	return FAILED;
}

/* It writes what it still has when it is interrupted. */
static int finish(struct capture *c)
{
	struct pollfd p = { .fd = c->keys, .events = POLLIN };
	int more = 1;

	kill(c->child, SIGINT);
	while (poll(&p, 1, 0) > 0 && take_keys(c) > 0)
		;
	while (more > 0)
		more = take_packets(c);
	waitpid(c->child, NULL, 0);
	close(c->packets);
	return more ? FAILED : DONE;
}

int capture_run(struct capture *c)
{
	int status, end;

	stop_begin();
	status = start(c);
	if (status == DONE) {
		status = follow(c);
		end = finish(c);
		status = status == DONE ? end : status;
	}
	stop_end();
	return status;
}
