// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control role: clients of the control socket. It reads their requests,
 * forwards them and hands the answers on. A client has one request at a time,
 * and the next part of an answer is asked for when the part before has left:
 * nothing piles up here for a client that does not read, and one that does not
 * read for a while is dropped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <json-c/json.h>

#include "../lib/ctl.h"
#include "../lib/log.h"
#include "../lib/secret.h"
#include "worker.h"
#include "request.h"
#include "roles.h"

#define MAX_CLIENTS 64
#define SEND_PATIENCE 15 /* seconds that a client may leave octets unread */
#define READ_PATIENCE 60 /* seconds for the rest of a request to come */

struct client {
	struct control *control;
	struct bufferevent *bev; /* NULL: free */
	uint32_t id; /* of the request under way, 0 none */
	uint64_t cursor; /* of the part to ask for, 0 none */
	bool is_waiting; /* for the other role */
	bool may_change;
	struct request request; /* as it is repeated, with the cursor */
};

struct control {
	struct worker *worker;
	struct event *accept;
	gid_t gid; /* members may change things */
	uint32_t last_id;
	struct client client[MAX_CLIENTS];
};

/* --- one client -------------------------------------------------------- */

static struct proc *proc_of(struct client *c)
{
	return worker_proc(c->control->worker);
}

static enum role answers(const struct client *c)
{
	return request_is_parents(c->request.kind) ? ROLE_PARENT : ROLE_ENGINE;
}

static void end_request(struct client *c)
{
	c->id = 0;
	c->cursor = 0;
	c->is_waiting = false;
	request_free(&c->request);
}

static void client_drop(struct client *c)
{
	struct msg m;

	if (c->id) {
		msg_init(&m, MSG_FORGET, c->id);
		proc_send(proc_of(c), answers(c), &m);
	}
	end_request(c);
	bufferevent_free(c->bev);
	c->bev = NULL;
	event_add(c->control->accept, NULL);
}

static void send_frame(struct client *c, const char *text)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	uint8_t head[CTL_HEADER];
	size_t len = strlen(text);

	ctl_put_header(head, len);
	evbuffer_add(out, head, sizeof(head));
	evbuffer_add(out, text, len);
}

static void send_error(struct client *c, const char *sentence)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "error", json_object_new_string(sentence));
	send_frame(c,
		   json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	end_request(c);
}

/* Ask for the answer, or for its next part. */
static void forward(struct client *c)
{
	struct msg m;

	c->request.cursor = c->cursor;
	c->cursor = 0;
	c->is_waiting = true;
	msg_init(&m, MSG_REQUEST, c->id);
	request_put(&m, &c->request);
	if (proc_send(proc_of(c), answers(c), &m))
		send_error(c, "the daemon is about to end");
}

/* --- requests ---------------------------------------------------------- */

static void on_request(struct client *c, const uint8_t *p, size_t len)
{
	struct json_object *o = ctl_parse((const char *)p, len);
	const char *why = "the request is no JSON";

	if (o)
		why = request_read(&c->request, o);
	if (!why && request_is_change(c->request.kind) && !c->may_change)
		why = "you need to be root or in the group of the socket";
	json_object_put(o);
	if (why) {
		send_error(c, why);
		return;
	}
	if (!++c->control->last_id)
		++c->control->last_id;
	c->id = c->control->last_id;
	forward(c);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	uint8_t head[CTL_HEADER], *p;
	size_t len;

	while (!c->id &&
	       evbuffer_copyout(in, head, sizeof(head)) == sizeof(head)) {
		len = ctl_frame(head, sizeof(head), CTL_MAX_REQUEST);
		if (len > CTL_MAX_REQUEST) {
			client_drop(c);
			return;
		}
		if (evbuffer_get_length(in) < len)
			break;
		p = evbuffer_pullup(in, len);
		if (!p) {
			client_drop(c);
			return;
		}
		on_request(c, p + CTL_HEADER, len - CTL_HEADER);
		secret_wipe(p, len);
		evbuffer_drain(in, len);
	}
	/* Who has asked waits; more is not read before the answer is out. */
	if (c->id && evbuffer_get_length(in) > CTL_MAX_REQUEST)
		client_drop(c);
}

/* All that was to be sent has left. */
static void on_write(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	if (c->id && c->cursor && !c->is_waiting)
		forward(c);
	else if (!c->id)
		on_read(bev, c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct client *c = arg;

	/* Nothing asked, or an answer that takes its time: it may wait. */
	if (what & BEV_EVENT_TIMEOUT && what & BEV_EVENT_READING &&
	    (c->id || !evbuffer_get_length(bufferevent_get_input(bev)))) {
		bufferevent_enable(bev, EV_READ);
		return;
	}
	client_drop(c);
}

/* --- answers ----------------------------------------------------------- */

static struct client *client_by_id(struct control *k, uint32_t id)
{
	int i;

	for (i = 0; i < MAX_CLIENTS && id; i++)
		if (k->client[i].bev && k->client[i].id == id)
			return &k->client[i];
	return NULL;
}

static void on_answer(struct control *k, struct msg *m)
{
	struct client *c = client_by_id(k, m->id);
	struct answer a;

	if (!answer_get(m, &a)) {
		log_error("an answer for a client makes no sense");
		return;
	}
	if (!c)
		return;
	c->is_waiting = false;
	c->cursor = a.cursor;
	send_frame(c, a.frame);
	if (!a.cursor)
		end_request(c);
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct control *k = arg;

	(void)from;
	if (m->type == MSG_ANSWER)
		on_answer(k, m);
	else
		log_error("control: message %u is not for it", m->type);
}

/* --- who comes ---------------------------------------------------------- */

static bool in_groups(int fd, gid_t gid)
{
	gid_t groups[256];
	socklen_t len = sizeof(groups);
	size_t i;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len))
		return false;
	for (i = 0; i < len / sizeof(groups[0]); i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/*
 * The file's mode keeps strangers out; this holds when somebody has opened
 * it to more.
 */
static bool may_change(const struct control *k, int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len))
		return false;
	return !who.uid ||
	       (k->gid && (who.gid == k->gid || in_groups(fd, k->gid)));
}

static struct client *free_client(struct control *k)
{
	int i;

	for (i = 0; i < MAX_CLIENTS; i++)
		if (!k->client[i].bev)
			return &k->client[i];
	return NULL;
}

static void on_accept(evutil_socket_t listener, short what, void *arg)
{
	const struct timeval reading = { .tv_sec = READ_PATIENCE };
	const struct timeval writing = { .tv_sec = SEND_PATIENCE };
	struct control *k = arg;
	struct client *c = free_client(k);
	int fd;

	(void)what;
	if (!c) {
		/* They wait in the queue of the socket until one leaves. */
		event_del(k->accept);
		return;
	}
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	*c = (struct client){ .control = k, .may_change = may_change(k, fd) };
	c->bev = bufferevent_socket_new(proc_base(worker_proc(k->worker)), fd,
					BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev) {
		close(fd);
		return;
	}
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_set_timeouts(c->bev, &reading, &writing);
	bufferevent_setwatermark(c->bev, EV_READ, 0, CTL_MAX_REQUEST + 1);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

int control_main(const struct role_options *o)
{
	struct control *k = calloc(1, sizeof(*k));
	int status = 1;

	if (!k)
		return 1;
	k->worker = worker_new(ROLE_CONTROL, on_message, k);
	if (!k->worker)
		goto out_free;
	/* The group that may use the socket is that of its file. */
	k->gid = o->control_gid;
	k->accept = event_new(proc_base(worker_proc(k->worker)), PROC_FD_MORE,
			      EV_READ | EV_PERSIST, on_accept, k);
	if (k->accept && !event_add(k->accept, NULL))
		status = worker_run(k->worker, o);
	event_free(k->accept);
	worker_free(k->worker);
out_free:
	free(k);
	return status;
}
