// SPDX-License-Identifier: GPL-2.0-or-later
/* Typed client of the module: one function per command, and dumps. */
#include "gnl.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "gnl_attr.h"
#include "secret.h"

#include <linux/ipsecgw.h>

#define ERR_SIZE 512
#define DUMP_TRIES 8
#define RECV_SIZE 65536
#define EVENT_BUFFER (4 << 20)

struct gnl {
	struct nl_sock *sk;
	int family;
	char err[ERR_SIZE];
	/* Events that came in one datagram: what is left of it. */
	unsigned char *buf;
	struct nlmsghdr *next;
	int left;
};

/* One command: request, its tables, and where the answers go. */
struct call {
	uint8_t cmd;
	uint16_t flags;
	const struct gnl_attr *table;
	const void *req;
	void *reply; /* of one command, or NULL */
	size_t reply_size;
	struct gnl_dump *dump; /* of a dump, or NULL */
};

/* --- attributes -------------------------------------------------------- */

static int put_attrs(struct nl_msg *msg, const struct gnl_attr *table,
		     const void *obj);

static int put_one(struct nl_msg *msg, const struct gnl_attr *a,
		   const unsigned char *p)
{
	const struct blob *blob = (const void *)p;
	const struct addr *addr = (const void *)p;
	struct nlattr *nest;

	switch (a->kind) {
	case GNL_FLAG:
		return nla_put_flag(msg, a->type);
	case GNL_STRING:
		return nla_put_string(msg, a->type, (const char *)p);
	case GNL_ADDR:
		return nla_put(msg, a->type, addr_len(addr->family), addr->b);
	case GNL_BLOB:
		return nla_put(msg, a->type, blob->len, blob->p);
	case GNL_NEST:
		nest = nla_nest_start(msg, a->type | NLA_F_NESTED);
		if (!nest || put_attrs(msg, a->nest, p))
			return -NLE_NOMEM;
		nla_nest_end(msg, nest);
		return 0;
	default: /* numbers lie in the struct as in the message */
		return nla_put(msg, a->type, a->size, p);
	}
}

/* The fields of @obj that are in its set. */
static int put_attrs(struct nl_msg *msg, const struct gnl_attr *table,
		     const void *obj)
{
	const unsigned char *p = obj;
	uint64_t set = *(const uint64_t *)obj;
	const struct gnl_attr *a;
	uint32_t i, n;

	for (a = table; a->name; a++) {
		if (!(set >> a->field & 1))
			continue;
		n = a->max ? *(const uint32_t *)(p + a->n_offset) : 1;
		for (i = 0; i < n; i++)
			if (put_one(msg, a, p + a->offset + i * a->size))
				return -NLE_NOMEM;
	}
	return 0;
}

static bool get_attrs(const struct nlattr *head, int len,
		      const struct gnl_attr *table, void *obj);

static bool get_one(const struct nlattr *nla, const struct gnl_attr *a,
		    unsigned char *p)
{
	int len = nla_len(nla);

	switch (a->kind) {
	case GNL_FLAG:
		return true;
	case GNL_STRING:
		nla_strlcpy((char *)p, nla, a->size);
		return true;
	case GNL_ADDR:
		return addr_from_bytes((struct addr *)p, nla_data(nla), len);
	case GNL_NEST:
		memset(p, 0, a->size);
		return get_attrs(nla_data(nla), len, a->nest, p);
	case GNL_BLOB:
		return false;
	default:
		if (len != a->size)
			return false;
		memcpy(p, nla_data(nla), len);
		return true;
	}
}

/* The kernel keeps to the order of the table, so it is behind the last one. */
static const struct gnl_attr *find_attr(const struct gnl_attr *table,
					const struct gnl_attr *last, int type)
{
	const struct gnl_attr *a;

	for (a = last; a->name; a++)
		if (a->type == type)
			return a;
	for (a = table; a != last; a++)
		if (a->type == type)
			return a;
	return NULL;
}

/* What is unknown or of a wrong size is left out of the set. */
static bool get_attrs(const struct nlattr *head, int len,
		      const struct gnl_attr *table, void *obj)
{
	unsigned char *p = obj;
	const struct nlattr *nla;
	const struct gnl_attr *a, *last = table;
	int rem;

	nla_for_each_attr(nla, head, len, rem) {
		uint32_t *n, i = 0;

		a = find_attr(table, last, nla_type(nla));
		if (!a)
			continue;
		last = a;
		n = a->max ? (uint32_t *)(p + a->n_offset) : NULL;
		if (n && *n >= a->max)
			continue;
		if (n)
			i = *n;
		if (!get_one(nla, a, p + a->offset + i * a->size))
			continue;
		if (n)
			++*n;
		*(uint64_t *)obj |= 1ULL << a->field;
	}
	return true;
}

static void get_msg(struct nlmsghdr *nlh, const struct gnl_attr *table,
		    void *obj, size_t size)
{
	struct genlmsghdr *gh = nlmsg_data(nlh);

	memset(obj, 0, size);
	get_attrs(genlmsg_attrdata(gh, 0), genlmsg_attrlen(gh, 0), table, obj);
}

/* --- errors ------------------------------------------------------------ */

static const char *const hints[][2] = {
	[EPERM] = { "not permitted",
		    "this needs CAP_NET_ADMIN: run it as root" },
	[ENOENT] = { "there is no such object", "'list' shows what there is" },
	[EEXIST] = { "it exists already", "delete it first" },
	[EBUSY] = { "it is in use", NULL },
	[ENOMEM] = { "the kernel is out of memory", NULL },
	[ENOSPC] = { "a limit is reached", "'conf get' shows the limits" },
	[ENODEV] = { "there is no such interface", "see 'ip link'" },
	[EOPNOTSUPP] = { "the module that is loaded does not know this",
			 "load the one that belongs to this program" },
};

static int set_error(struct gnl *g, int err)
{
	size_t n = sizeof(hints) / sizeof(hints[0]);
	const char *const *hint = err > 0 && (size_t)err < n ? hints[err] :
							       NULL;

	if (hint && hint[0])
		snprintf(g->err, sizeof(g->err), "%s%s%s", hint[0],
			 hint[1] ? "; " : "", hint[1] ? hint[1] : "");
	else
		snprintf(g->err, sizeof(g->err), "%s", strerror(err));
	return -err;
}

/* The name of the attribute that lies @offs into our request. */
static const char *attr_at(struct nlmsghdr *req, const struct gnl_attr *table,
			   uint32_t offs)
{
	struct genlmsghdr *gh = nlmsg_data(req);
	struct nlattr *head = genlmsg_attrdata(gh, 0), *nla;
	int len = genlmsg_attrlen(gh, 0), rem;
	const struct gnl_attr *a, *best = NULL;
	unsigned char *at = (unsigned char *)req + offs;

	while (head) {
		struct nlattr *inner = NULL;
		int inner_len = 0;

		nla_for_each_attr(nla, head, len, rem) {
			unsigned char *p = (unsigned char *)nla;

			if (at < p || at >= p + nla->nla_len)
				continue;
			for (a = table; a->name; a++)
				if (a->type == nla_type(nla))
					break;
			if (!a->name)
				break;
			best = a;
			if (at == p || a->kind != GNL_NEST)
				break;
			table = a->nest;
			inner = nla_data(nla);
			inner_len = nla_len(nla);
			break;
		}
		head = inner;
		len = inner_len;
	}
	return best ? best->name : NULL;
}

static const char *attr_name(const struct gnl_attr *table, uint32_t type)
{
	for (; table->name; table++)
		if (table->type == type)
			return table->name;
	return NULL;
}

/* Take the sentence and the attribute that the module complains about. */
static bool parse_extack(struct gnl *g, struct nlattr *head, int len,
			 struct nlmsghdr *req, const struct gnl_attr *table)
{
	const char *msg = NULL, *attr = NULL, *missing = NULL;
	struct nlattr *nla;
	int rem;

	nla_for_each_attr(nla, head, len, rem) {
		switch (nla_type(nla)) {
		case NLMSGERR_ATTR_MSG:
			msg = nla_get_string(nla);
			break;
		case NLMSGERR_ATTR_OFFS:
			attr = attr_at(req, table, nla_get_u32(nla));
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			missing = attr_name(table, nla_get_u32(nla));
			break;
		}
	}
	if (!msg && !missing && !attr)
		return false;
	if (missing)
		attr = missing;
	if (!msg)
		msg = missing ? "something is missing" : "not accepted";
	if (attr && !strstr(msg, attr))
		snprintf(g->err, sizeof(g->err), "%s (%s%s)", msg,
			 missing ? "missing: " : "", attr);
	else
		snprintf(g->err, sizeof(g->err), "%s", msg);
	return true;
}

static int take_error(struct gnl *g, struct nlmsghdr *nlh, struct nl_msg *msg,
		      const struct gnl_attr *table)
{
	struct nlmsgerr *e = nlmsg_data(nlh);
	unsigned int skip = sizeof(*e);
	struct nlmsghdr *req = nlmsg_hdr(msg);

	if (!e->error)
		return 0;
	set_error(g, -e->error);
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    (unsigned int)nlmsg_datalen(nlh) <= NLMSG_ALIGN(skip))
		return e->error;
	skip = NLMSG_ALIGN(skip);
	parse_extack(g, (void *)((char *)e + skip), nlmsg_datalen(nlh) - skip,
		     req, table);
	return e->error;
}

/* A dump ends with its own error code, which may carry a sentence too. */
static int take_done(struct gnl *g, struct nlmsghdr *nlh, struct nl_msg *msg,
		     const struct gnl_attr *table)
{
	int err = 0, len = nlmsg_datalen(nlh);

	if (len >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(nlh), sizeof(err));
	if (err >= 0)
		return 0;
	set_error(g, -err);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		parse_extack(g, (void *)((char *)nlmsg_data(nlh) + sizeof(err)),
			     len - sizeof(err), nlmsg_hdr(msg), table);
	return err;
}

/* --- connection -------------------------------------------------------- */

static int fail_open(struct gnl *g, int nl_err)
{
	switch (-nl_err) {
	case NLE_OBJ_NOTFOUND:
		snprintf(g->err, sizeof(g->err),
			 "ipsecgw is not loaded: run 'modprobe ipsecgw'");
		return -ENOENT;
	case NLE_PERM:
		return set_error(g, EPERM);
	default:
		snprintf(g->err, sizeof(g->err), "netlink: %s",
			 nl_geterror(nl_err));
		return -EIO;
	}
}

int gnl_open(struct gnl **out)
{
	struct gnl *g = calloc(1, sizeof(*g));
	int one = 1, err;

	*out = g;
	if (!g)
		return -ENOMEM;
	g->sk = nl_socket_alloc();
	if (!g->sk)
		return set_error(g, ENOMEM);
	err = genl_connect(g->sk);
	if (err < 0)
		return fail_open(g, err);
	/* libnl asks for neither; CAP_ACK also keeps keys out of answers. */
	setsockopt(gnl_fd(g), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(gnl_fd(g), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	nl_socket_disable_msg_peek(g->sk);
	nl_socket_set_msg_buf_size(g->sk, RECV_SIZE);
	g->family = genl_ctrl_resolve(g->sk, IPSECGW_GENL_NAME);
	return g->family < 0 ? fail_open(g, g->family) : 0;
}

void gnl_close(struct gnl *g)
{
	if (!g)
		return;
	if (g->sk)
		nl_socket_free(g->sk);
	free(g->buf);
	free(g);
}

const char *gnl_error(const struct gnl *g)
{
	return g ? g->err : "out of memory";
}

int gnl_fd(const struct gnl *g)
{
	return nl_socket_get_fd(g->sk);
}

/* --- commands ---------------------------------------------------------- */

/* Keep the answers of a dump as they came; they are parsed one by one. */
static int keep(struct gnl_dump *d, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);

	if (d->len + len > d->cap) {
		size_t cap = d->cap ? 2 * d->cap : RECV_SIZE;
		void *p;

		while (cap < d->len + len)
			cap *= 2;
		p = realloc(d->p, cap);
		if (!p)
			return -ENOMEM;
		d->p = p;
		d->cap = cap;
	}
	memcpy(d->p + d->len, nlh, nlh->nlmsg_len);
	d->len += len;
	return 0;
}

/* One message; 1 when it was the last one of the call. */
static int take_msg(struct gnl *g, const struct call *c, struct nl_msg *msg,
		    struct nlmsghdr *nlh)
{
	int err;

	if (nlh->nlmsg_seq != nlmsg_hdr(msg)->nlmsg_seq)
		return 0;
	if (c->dump && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		c->dump->is_torn = true;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		err = take_error(g, nlh, msg, c->table);
		return err ? err : 1;
	}
	if (nlh->nlmsg_type == NLMSG_DONE) {
		err = take_done(g, nlh, msg, c->table);
		return err ? err : 1;
	}
	if (nlh->nlmsg_type != g->family)
		return 0;
	if (c->dump)
		return keep(c->dump, nlh);
	if (c->reply)
		get_msg(nlh, c->table, c->reply, c->reply_size);
	return 0;
}

static int receive(struct gnl *g, const struct call *c, struct nl_msg *msg)
{
	int err = 0;

	while (!err) {
		struct sockaddr_nl from;
		unsigned char *buf = NULL;
		struct nlmsghdr *nlh;
		int n = nl_recv(g->sk, &from, &buf, NULL);

		if (n < 0)
			return set_error(g, n == -NLE_NOMEM ? ENOBUFS : EIO);
		nlh = (void *)buf;
		for (; nlmsg_ok(nlh, n) && !err; nlh = nlmsg_next(nlh, &n))
			err = take_msg(g, c, msg, nlh);
		free(buf);
	}
	return err > 0 ? 0 : err;
}

static int call_once(struct gnl *g, const struct call *c)
{
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	if (!msg)
		return set_error(g, ENOMEM);
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, g->family, 0, c->flags,
			 c->cmd, IPSECGW_GENL_VERSION) ||
	    (c->req && put_attrs(msg, c->table, c->req))) {
		err = set_error(g, ENOMEM);
		goto out_free;
	}
	nl_complete_msg(g->sk, msg);
	err = nl_send(g->sk, msg);
	if (err < 0) {
		snprintf(g->err, sizeof(g->err), "netlink: %s",
			 nl_geterror(err));
		err = -EIO;
		goto out_free;
	}
	err = receive(g, c, msg);

out_free:
	/* There may be a key in it. */
	secret_wipe(nlmsg_data(nlmsg_hdr(msg)), nlmsg_datalen(nlmsg_hdr(msg)));
	nlmsg_free(msg);
	return err;
}

static int request(struct gnl *g, uint8_t cmd, const struct gnl_attr *table,
		   const void *req)
{
	struct call c = { .cmd = cmd,
			  .flags = NLM_F_REQUEST | NLM_F_ACK,
			  .table = table,
			  .req = req };

	return call_once(g, &c);
}

static int query(struct gnl *g, uint8_t cmd, const struct gnl_attr *table,
		 const void *req, void *reply, size_t reply_size)
{
	struct call c = { .cmd = cmd,
			  .flags = NLM_F_REQUEST | NLM_F_ACK,
			  .table = table,
			  .req = req,
			  .reply = reply,
			  .reply_size = reply_size };

	memset(reply, 0, reply_size);
	return call_once(g, &c);
}

/* Read again what changed while it was read, but not for ever. */
static int dump(struct gnl *g, uint8_t cmd, const struct gnl_attr *table,
		const void *req, struct gnl_dump *d)
{
	struct call c = { .cmd = cmd,
			  .flags = NLM_F_REQUEST | NLM_F_DUMP,
			  .table = table,
			  .req = req,
			  .dump = d };
	int i, err;

	for (i = 0; i < DUMP_TRIES; i++) {
		d->len = 0;
		d->pos = 0;
		d->is_torn = false;
		err = call_once(g, &c);
		if (err || !d->is_torn)
			return err;
	}
	return 0;
}

void gnl_dump_free(struct gnl_dump *d)
{
	free(d->p);
	memset(d, 0, sizeof(*d));
}

void gnl_dump_rewind(struct gnl_dump *d)
{
	d->pos = 0;
}

static bool next(struct gnl_dump *d, const struct gnl_attr *table, void *obj,
		 size_t size)
{
	struct nlmsghdr *nlh = (void *)(d->p + d->pos);

	if (d->pos >= d->len)
		return false;
	get_msg(nlh, table, obj, size);
	d->pos += NLMSG_ALIGN(nlh->nlmsg_len);
	return true;
}

int gnl_sa_add(struct gnl *g, const struct sa *req, struct sa *reply)
{
	return query(g, IPSECGW_CMD_SA_ADD, gnl_sa, req, reply, sizeof(*reply));
}

int gnl_sa_update(struct gnl *g, const struct sa *req)
{
	return request(g, IPSECGW_CMD_SA_UPDATE, gnl_sa, req);
}

int gnl_sa_del(struct gnl *g, const struct sa *key)
{
	return request(g, IPSECGW_CMD_SA_DEL, gnl_sa, key);
}

int gnl_sa_get(struct gnl *g, const struct sa *key, struct sa *reply)
{
	return query(g, IPSECGW_CMD_SA_GET, gnl_sa, key, reply, sizeof(*reply));
}

int gnl_sa_flush(struct gnl *g, const struct sa *filter, struct sa *reply)
{
	return query(g, IPSECGW_CMD_SA_FLUSH, gnl_sa, filter, reply,
		     sizeof(*reply));
}

int gnl_sa_alloc_spi(struct gnl *g, const struct sa *req, struct sa *reply)
{
	return query(g, IPSECGW_CMD_SA_ALLOC_SPI, gnl_sa, req, reply,
		     sizeof(*reply));
}

int gnl_sa_dump(struct gnl *g, const struct sa *filter, struct gnl_dump *d)
{
	return dump(g, IPSECGW_CMD_SA_GET, gnl_sa, filter, d);
}

bool gnl_sa_next(struct gnl_dump *d, struct sa *sa)
{
	return next(d, gnl_sa, sa, sizeof(*sa));
}

int gnl_policy_add(struct gnl *g, const struct policy *req,
		   struct policy *reply)
{
	return query(g, IPSECGW_CMD_POLICY_ADD, gnl_policy, req, reply,
		     sizeof(*reply));
}

int gnl_policy_del(struct gnl *g, const struct policy *key)
{
	return request(g, IPSECGW_CMD_POLICY_DEL, gnl_policy, key);
}

int gnl_policy_get(struct gnl *g, const struct policy *key,
		   struct policy *reply)
{
	return query(g, IPSECGW_CMD_POLICY_GET, gnl_policy, key, reply,
		     sizeof(*reply));
}

int gnl_policy_flush(struct gnl *g, const struct policy *filter,
		     struct policy *reply)
{
	return query(g, IPSECGW_CMD_POLICY_FLUSH, gnl_policy, filter, reply,
		     sizeof(*reply));
}

int gnl_policy_dump(struct gnl *g, const struct policy *filter,
		    struct gnl_dump *d)
{
	return dump(g, IPSECGW_CMD_POLICY_GET, gnl_policy, filter, d);
}

int gnl_acquire_dump(struct gnl *g, struct gnl_dump *d)
{
	return dump(g, IPSECGW_CMD_ACQUIRE_GET, gnl_policy, NULL, d);
}

bool gnl_policy_next(struct gnl_dump *d, struct policy *policy)
{
	return next(d, gnl_policy, policy, sizeof(*policy));
}

int gnl_map_bind(struct gnl *g, const struct map *req)
{
	return request(g, IPSECGW_CMD_MAP_BIND, gnl_map, req);
}

int gnl_map_unbind(struct gnl *g, const struct map *req)
{
	return request(g, IPSECGW_CMD_MAP_UNBIND, gnl_map, req);
}

int gnl_map_commit(struct gnl *g, const struct map *req)
{
	return request(g, IPSECGW_CMD_MAP_COMMIT, gnl_map, req);
}

int gnl_map_dump(struct gnl *g, const struct map *filter, struct gnl_dump *d)
{
	return dump(g, IPSECGW_CMD_MAP_GET, gnl_map, filter, d);
}

bool gnl_map_next(struct gnl_dump *d, struct map *map)
{
	return next(d, gnl_map, map, sizeof(*map));
}

int gnl_encap_add(struct gnl *g, const struct encap *req)
{
	return request(g, IPSECGW_CMD_ENCAP_ADD, gnl_encap, req);
}

int gnl_encap_del(struct gnl *g, const struct encap *req)
{
	return request(g, IPSECGW_CMD_ENCAP_DEL, gnl_encap, req);
}

int gnl_encap_dump(struct gnl *g, struct gnl_dump *d)
{
	return dump(g, IPSECGW_CMD_ENCAP_GET, gnl_encap, NULL, d);
}

bool gnl_encap_next(struct gnl_dump *d, struct encap *encap)
{
	return next(d, gnl_encap, encap, sizeof(*encap));
}

int gnl_stats_get(struct gnl *g, struct ns *reply)
{
	return query(g, IPSECGW_CMD_STATS_GET, gnl_ns, NULL, reply,
		     sizeof(*reply));
}

int gnl_conf_get(struct gnl *g, struct conf *reply)
{
	return query(g, IPSECGW_CMD_CONF_GET, gnl_conf, NULL, reply,
		     sizeof(*reply));
}

int gnl_conf_set(struct gnl *g, const struct conf *req)
{
	return request(g, IPSECGW_CMD_CONF_SET, gnl_conf, req);
}

/* --- events ------------------------------------------------------------ */

int gnl_listen(struct gnl *g)
{
	int group = genl_ctrl_resolve_grp(g->sk, IPSECGW_GENL_NAME,
					  IPSECGW_MCGRP_EVENTS);
	int err;

	if (group < 0)
		return fail_open(g, group);
	nl_socket_set_buffer_size(g->sk, EVENT_BUFFER, 0);
	nl_socket_disable_seq_check(g->sk);
	err = nl_socket_add_membership(g->sk, group);
	return err < 0 ? fail_open(g, err) : 0;
}

static const struct {
	uint8_t cmd;
	uint8_t type;
	const struct gnl_attr *table;
} events[] = {
	{ IPSECGW_CMD_SA_ADD_NTF, EVENT_SA_ADD, gnl_sa },
	{ IPSECGW_CMD_SA_DEL_NTF, EVENT_SA_DEL, gnl_sa },
	{ IPSECGW_CMD_ACQUIRE_NTF, EVENT_ACQUIRE, gnl_policy },
	{ IPSECGW_CMD_EXPIRE_NTF, EVENT_EXPIRE, gnl_sa },
	{ IPSECGW_CMD_MAPPING_NTF, EVENT_MAPPING, gnl_sa },
	{ IPSECGW_CMD_DROP_NTF, EVENT_DROP, gnl_ns },
	{ IPSECGW_CMD_UNKNOWN_SPI_NTF, EVENT_UNKNOWN_SPI, gnl_sa },
};

static bool get_event(const struct gnl *g, struct nlmsghdr *nlh,
		      struct event *ev)
{
	struct genlmsghdr *gh = nlmsg_data(nlh);
	size_t i;

	if (nlh->nlmsg_type != g->family)
		return false;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (events[i].cmd != gh->cmd)
			continue;
		get_msg(nlh, events[i].table, &ev->sa,
			sizeof(*ev) - offsetof(struct event, sa));
		ev->type = events[i].type;
		return true;
	}
	return false;
}

static int read_datagram(struct gnl *g)
{
	struct sockaddr_nl from;
	int n;

	free(g->buf);
	g->buf = NULL;
	n = nl_recv(g->sk, &from, &g->buf, NULL);
	g->next = (void *)g->buf;
	g->left = n < 0 ? 0 : n;
	if (n == -NLE_NOMEM)
		return -ENOBUFS;
	return n < 0 ? set_error(g, EIO) : 0;
}

/* The next event of the datagram that was read last. */
static bool next_event(struct gnl *g, struct event *ev)
{
	while (nlmsg_ok(g->next, g->left)) {
		struct nlmsghdr *nlh = g->next;

		g->next = nlmsg_next(nlh, &g->left);
		if (get_event(g, nlh, ev))
			return true;
	}
	return false;
}

int gnl_event_try(struct gnl *g, struct event *ev)
{
	struct pollfd p = { .fd = gnl_fd(g), .events = POLLIN };

	while (!next_event(g, ev)) {
		int err = poll(&p, 1, 0) < 1 ? -EAGAIN : read_datagram(g);

		if (err == -ENOBUFS)
			ev->type = EVENT_LOST;
		if (err)
			return err == -ENOBUFS ? 0 : err;
	}
	return 0;
}
