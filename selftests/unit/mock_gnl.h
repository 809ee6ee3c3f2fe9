/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of the module that remembers what it was asked. */
#ifndef UNIT_MOCK_GNL_H
#define UNIT_MOCK_GNL_H

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "lib/gnl.h"

static struct {
	const char *call; /* the last function */
	int n; /* calls so far */
	struct sa sa;
	struct policy policy;
	struct map map;
	struct conf conf;
	unsigned char cipher_key[MAX_KEY]; /* copies: the caller wipes its own */
	unsigned char integ_key[MAX_KEY];
	uint32_t policy_id; /* the answer of policy-get */
} mock;

/* What the module answers; nothing unless a test fills it. */
static struct sa mock_sa_reply;
static struct policy mock_policy_reply;
static struct conf mock_conf;
static struct {
	struct event v[8];
	size_t n, at;
} mock_events;

static int mock_sa(const char *call, const struct sa *req)
{
	mock.call = call;
	mock.n++;
	mock.sa = *req;
	if (req->cipher_key.len)
		memcpy(mock.cipher_key, req->cipher_key.p, req->cipher_key.len);
	if (req->integ_key.len)
		memcpy(mock.integ_key, req->integ_key.p, req->integ_key.len);
	return 0;
}

static int mock_policy(const char *call, const struct policy *req)
{
	mock.call = call;
	mock.n++;
	mock.policy = *req;
	return 0;
}

static int mock_map(const char *call, const struct map *req)
{
	mock.call = call;
	mock.n++;
	mock.map = *req;
	return 0;
}

static int mock_none(const char *call)
{
	mock.call = call;
	mock.n++;
	return 0;
}

#define SA_CALL(name)                                                      \
	int gnl_sa_##name(struct gnl *g, const struct sa *q, struct sa *r) \
	{                                                                  \
		(void)g;                                                   \
		*r = mock_sa_reply;                                        \
		return mock_sa("sa_" #name, q);                            \
	}
#define SA_SEND(name)                                        \
	int gnl_sa_##name(struct gnl *g, const struct sa *q) \
	{                                                    \
		(void)g;                                     \
		return mock_sa("sa_" #name, q);              \
	}
#define POLICY_CALL(name)                                            \
	int gnl_policy_##name(struct gnl *g, const struct policy *q, \
			      struct policy *r)                      \
	{                                                            \
		(void)g;                                             \
		*r = mock_policy_reply;                              \
		r->id = mock.policy_id;                              \
		return mock_policy("policy_" #name, q);              \
	}
#define MAP_SEND(name)                                         \
	int gnl_map_##name(struct gnl *g, const struct map *q) \
	{                                                      \
		(void)g;                                       \
		return mock_map("map_" #name, q);              \
	}
/* What a dump has; whoever wants one fills the list. */
#define NEXT(name, type)                                           \
	static struct {                                            \
		struct type v[600];                                \
		size_t n, at;                                      \
	} mock_list_##name;                                        \
                                                                   \
	bool gnl_##name##_next(struct gnl_dump *d, struct type *t) \
	{                                                          \
		(void)d;                                           \
		if (mock_list_##name.at == mock_list_##name.n) {   \
			mock_list_##name.at = 0;                   \
			return false;                              \
		}                                                  \
		*t = mock_list_##name.v[mock_list_##name.at++];    \
		return true;                                       \
	}

/* clang-format off */
SA_CALL(add)
SA_CALL(get)
SA_CALL(flush)
SA_CALL(alloc_spi)
SA_SEND(update)
SA_SEND(del)
POLICY_CALL(add)
POLICY_CALL(get)
POLICY_CALL(flush)
MAP_SEND(bind)
MAP_SEND(unbind)
MAP_SEND(commit)
NEXT(sa, sa)
NEXT(policy, policy)
NEXT(map, map)
NEXT(encap, encap)
/* clang-format on */

int gnl_policy_del(struct gnl *g, const struct policy *q)
{
	(void)g;
	return mock_policy("policy_del", q);
}

int gnl_sa_dump(struct gnl *g, const struct sa *q, struct gnl_dump *d)
{
	(void)g;
	(void)d;
	return mock_sa("sa_dump", q);
}

int gnl_policy_dump(struct gnl *g, const struct policy *q, struct gnl_dump *d)
{
	(void)g;
	(void)d;
	return mock_policy("policy_dump", q);
}

int gnl_map_dump(struct gnl *g, const struct map *q, struct gnl_dump *d)
{
	(void)g;
	(void)d;
	return mock_map("map_dump", q);
}

int gnl_acquire_dump(struct gnl *g, struct gnl_dump *d)
{
	(void)g;
	(void)d;
	return mock_none("acquire_dump");
}

int gnl_encap_dump(struct gnl *g, struct gnl_dump *d)
{
	(void)g;
	(void)d;
	return mock_none("encap_dump");
}

int gnl_encap_add(struct gnl *g, const struct encap *q)
{
	(void)g;
	(void)q;
	return mock_none("encap_add");
}

int gnl_encap_del(struct gnl *g, const struct encap *q)
{
	(void)g;
	(void)q;
	return mock_none("encap_del");
}

static struct ns mock_ns;

int gnl_stats_get(struct gnl *g, struct ns *r)
{
	(void)g;
	*r = mock_ns;
	return mock_none("stats_get");
}

int gnl_conf_get(struct gnl *g, struct conf *r)
{
	(void)g;
	*r = mock_conf;
	return mock_none("conf_get");
}

int gnl_conf_set(struct gnl *g, const struct conf *q)
{
	(void)g;
	mock.conf = *q;
	return mock_none("conf_set");
}

int gnl_listen(struct gnl *g)
{
	(void)g;
	return mock_none("listen");
}

/* A pipe of events, a list of them, or none ever. */
static int mock_pipe = -1;

int gnl_fd(const struct gnl *g)
{
	(void)g;
	return mock_pipe;
}

int gnl_event_try(struct gnl *g, struct event *ev)
{
	struct pollfd p = { .fd = mock_pipe, .events = POLLIN };

	(void)g;
	if (mock_events.at < mock_events.n) {
		*ev = mock_events.v[mock_events.at++];
		return 0;
	}
	if (poll(&p, 1, 0) < 1)
		return -EAGAIN;
	return read(mock_pipe, ev, sizeof(*ev)) == sizeof(*ev) ? 0 : -EIO;
}

void gnl_close(struct gnl *g)
{
	(void)g;
}

const char *gnl_error(const struct gnl *g)
{
	(void)g;
	return "mock";
}

void gnl_dump_free(struct gnl_dump *d)
{
	(void)d;
}

#endif
