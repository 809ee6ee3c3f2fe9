// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs commands from a file; the lines may hold keys, so they are wiped. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "ctl.h"

#define LINE_SIZE 16384
#define READ_SIZE 65536

/* Lines of a descriptor, in memory that keeps secrets. */
struct reader {
	int fd;
	struct secret buf;
	size_t pos; /* of what was not returned yet */
	bool at_end;
	bool failed;
};

/* More octets behind those that are left. */
static void refill(struct reader *r)
{
	ssize_t n;

	memmove(r->buf.p, r->buf.p + r->pos, r->buf.len - r->pos);
	r->buf.len -= r->pos;
	r->pos = 0;
	do {
		n = read(r->fd, r->buf.p + r->buf.len, r->buf.cap - r->buf.len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		log_error("cannot read the batch: %s", strerror(errno));
	if (n <= 0) {
		r->at_end = true;
		r->failed = n < 0;
		return;
	}
	r->buf.len += n;
}

/*
 * The next line without its newline; NULL at the end. Of a line that is too
 * long only the end is returned.
 */
static char *next_line(struct reader *r, bool *is_long)
{
	*is_long = false;
	for (;;) {
		char *begin = (char *)r->buf.p + r->pos;
		size_t left = r->buf.len - r->pos;
		char *end = memchr(begin, '\n', left);

		if (end || (r->at_end && (left || *is_long))) {
			r->pos += end ? end - begin + 1 : (ptrdiff_t)left;
			end = end ? end : begin + left;
			*end = '\0';
			*is_long = *is_long || end - begin > LINE_SIZE;
			return begin;
		}
		if (r->at_end)
			return NULL;
		if (left > LINE_SIZE) {
			*is_long = true;
			r->pos = r->buf.len;
		}
		refill(r);
	}
}

static int run_text(struct ctx *c, const char *text, struct secret *words)
{
	static struct cmd_line line;
	const char *why = cmd_split(&line, text, (char *)words->p);
	int status;

	if (why) {
		log_error("%s", why);
		return USAGE;
	}
	status = line.n ? ctl_run_line(c, &line) : DONE;
	secret_wipe(words->p, strlen(text) + 1);
	return status;
}

static int run_lines(struct ctx *c, struct reader *r, const char *path,
		     bool go_on)
{
	struct secret words = { 0 };
	unsigned long number = 0;
	int worst = DONE;
	bool is_long;
	char *text;

	if (secret_alloc(&words, LINE_SIZE + 1)) {
		log_error("out of memory");
		return FAILED;
	}
	while ((text = next_line(r, &is_long))) {
		int status;

		log_where("%s:%lu", path, ++number);
		if (is_long) {
			log_error("the line is longer than %d octets",
				  LINE_SIZE);
			status = USAGE;
		} else {
			status = run_text(c, text, &words);
			secret_wipe(text, strlen(text));
		}
		if (status != DONE && worst == DONE)
			worst = status;
		if (status != DONE && (!go_on || c->is_hopeless))
			break;
	}
	log_where("%s", "");
	secret_free(&words);
	return r->failed && worst == DONE ? FAILED : worst;
}

int ctl_batch(struct ctx *c, const char *path, bool go_on)
{
	struct reader r = { .fd = STDIN_FILENO };
	int status = FAILED;

	c->in_batch = true;
	c->batch_stdin = !strcmp(path, "-");
	if (!c->batch_stdin)
		r.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r.fd < 0) {
		log_error("cannot open '%s': %s", path, strerror(errno));
		return FAILED;
	}
	if (secret_alloc(&r.buf, READ_SIZE)) {
		log_error("out of memory");
		goto out_close;
	}
	r.buf.cap = READ_SIZE - 1; /* room for a zero */
	status = run_lines(c, &r, c->batch_stdin ? "stdin" : path, go_on);
	r.buf.cap = READ_SIZE;
	secret_free(&r.buf);

out_close:
	if (!c->batch_stdin)
		close(r.fd);
	return status;
}
