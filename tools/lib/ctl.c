// SPDX-License-Identifier: GPL-2.0-or-later
/* Control socket of the daemon: frames of JSON; the client's side. */
#include "ctl.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <json-c/json.h>

#include "secret.h"

#define PATIENCE 30000 /* ms without an octet from the daemon */

/* --- frames ------------------------------------------------------------ */

size_t ctl_frame(const uint8_t *p, size_t len, size_t max)
{
	size_t n;

	if (len < CTL_HEADER)
		return 0;
	n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	return n > max - CTL_HEADER ? max + 1 : n + CTL_HEADER;
}

void ctl_put_header(uint8_t head[CTL_HEADER], size_t len)
{
	head[0] = len >> 24;
	head[1] = len >> 16;
	head[2] = len >> 8;
	head[3] = len;
}

struct json_object *ctl_parse(const char *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(CTL_DEPTH);
	struct json_object *o;

	if (!tok)
		return NULL;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
					    JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text, len);
	if (o && (json_tokener_get_error(tok) != json_tokener_success ||
		  json_tokener_get_parse_end(tok) != len ||
		  !json_object_is_type(o, json_type_object))) {
		json_object_put(o);
		o = NULL;
	}
	json_tokener_free(tok);
	return o;
}

/* --- client ------------------------------------------------------------ */

struct ctl {
	int fd;
	uint8_t *in; /* octets that came, from the begin of a frame */
	size_t len, cap;
	char error[512];
};

const char *ctl_error(const struct ctl *c)
{
	return c ? c->error : "out of memory";
}

static int fail(struct ctl *c, int err, const char *text)
{
	snprintf(c->error, sizeof(c->error), "%s", text);
	return err;
}

/* What is wrong with the connection, and what to do about it. */
static int fail_socket(struct ctl *c, const char *path)
{
	int err = errno;
	const char *hint = "";

	if (err == ENOENT || err == ECONNREFUSED)
		hint = "; is ikehelper running?";
	else if (err == EACCES)
		hint = "; you need to be root or in the group of the socket";
	else if (err == EAGAIN)
		hint = "; it is busy with others";
	snprintf(c->error, sizeof(c->error), "control socket %s: %s%s", path,
		 strerror(err), hint);
	return -err;
}

int ctl_open(struct ctl **out, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ctl *c = calloc(1, sizeof(*c));

	*out = c;
	if (!c)
		return -ENOMEM;
	c->fd = -1;
	if (!path)
		path = CTL_PATH;
	if (strlen(path) >= sizeof(a.sun_path))
		return fail(c, -ENAMETOOLONG,
			    "the path of the control socket is too long");
	memcpy(a.sun_path, path, strlen(path) + 1);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof(a)))
		return fail_socket(c, path);
	return 0;
}

void ctl_close(struct ctl *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c);
}

static int send_all(struct ctl *c, const void *p, size_t len)
{
	const uint8_t *at = p;
	ssize_t n;

	while (len) {
		n = send(c->fd, at, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(c, -errno,
				    "the daemon has closed the connection");
		at += n;
		len -= n;
	}
	return 0;
}

int ctl_send(struct ctl *c, struct json_object *request)
{
	const char *text;
	uint8_t head[CTL_HEADER];
	size_t len;
	int err;

	text = json_object_to_json_string_length(request,
						 JSON_C_TO_STRING_PLAIN, &len);
	if (!text)
		return fail(c, -ENOMEM, "out of memory");
	if (len > CTL_MAX_REQUEST - CTL_HEADER)
		return fail(c, -E2BIG, "the request is too long");
	ctl_put_header(head, len);
	err = send_all(c, head, sizeof(head));
	return err ? err : send_all(c, text, len);
}

/* Room for a frame of @need octets. */
static int make_room(struct ctl *c, size_t need)
{
	uint8_t *p;

	if (need < 65536)
		need = 65536;
	if (c->cap >= need)
		return 0;
	p = realloc(c->in, need);
	if (!p)
		return fail(c, -ENOMEM, "out of memory");
	c->in = p;
	c->cap = need;
	return 0;
}

static int read_more(struct ctl *c, int patience)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	ssize_t n;
	int ready = poll(&pfd, 1, patience);

	if (!ready)
		return fail(c, -ETIMEDOUT, "the daemon does not answer");
	if (ready < 0)
		return fail(c, -errno, strerror(errno));
	n = read(c->fd, c->in + c->len, c->cap - c->len);
	if (n <= 0)
		return fail(c, -EPIPE, "the daemon has closed the connection");
	c->len += n;
	return 0;
}

/* Take the frame of @size octets off the buffer. */
static int take_frame(struct ctl *c, size_t size, struct json_object **frame)
{
	struct json_object *text, *o = NULL;

	o = ctl_parse((char *)c->in + CTL_HEADER, size - CTL_HEADER);
	secret_wipe(c->in, size);
	memmove(c->in, c->in + size, c->len - size);
	c->len -= size;
	if (!o)
		return fail(c, -EPROTO, "the daemon's answer makes no sense");
	if (!json_object_object_get_ex(o, "error", &text)) {
		*frame = o;
		return 0;
	}
	fail(c, 0, json_object_get_string(text));
	*frame = o;
	return -EREMOTEIO;
}

int ctl_recv(struct ctl *c, struct json_object **frame, bool wait_long)
{
	size_t size;
	int err = 0;

	*frame = NULL;
	for (;;) {
		size = ctl_frame(c->in, c->len, CTL_MAX_ANSWER);
		if (size > CTL_MAX_ANSWER)
			return fail(c, -EPROTO,
				    "the daemon's answer is too long");
		if (size && c->len >= size)
			return take_frame(c, size, frame);
		err = make_room(c, size);
		if (!err)
			err = read_more(c, wait_long ? -1 : PATIENCE);
		if (err)
			return err;
	}
}

int ctl_fd(const struct ctl *c)
{
	return c->fd;
}

bool ctl_has_frame(const struct ctl *c)
{
	size_t size = ctl_frame(c->in, c->len, CTL_MAX_ANSWER);

	return size && (size > CTL_MAX_ANSWER || c->len >= size);
}

/* Move the rows of one frame to @all. */
static void add_rows(struct json_object *all, struct json_object *frame)
{
	struct json_object *rows;
	size_t i;

	if (!json_object_object_get_ex(frame, "rows", &rows) ||
	    !json_object_is_type(rows, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(rows); i++)
		json_object_array_add(
			all,
			json_object_get(json_object_array_get_idx(rows, i)));
}

int ctl_call(struct ctl *c, struct json_object *request,
	     struct json_object **rows)
{
	struct json_object *all = json_object_new_array(), *frame, *more;
	int err = ctl_send(c, request);
	bool go_on = true;

	while (!err && go_on) {
		err = ctl_recv(c, &frame, false);
		go_on = false;
		if (!err) {
			add_rows(all, frame);
			go_on = json_object_object_get_ex(frame, "more",
							  &more) &&
				json_object_get_boolean(more);
		}
		json_object_put(frame);
	}
	if (err || !rows) {
		json_object_put(all);
		all = NULL;
	}
	if (rows)
		*rows = all;
	return err;
}
