// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes and links of the kernel: add, remove, list ours, ask where a packet would go. */
#include "rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUF_SIZE 32768 /* as much as the kernel puts into one part */

struct rtnl {
	int fd;
	uint32_t seq;
	union {
		struct nlmsghdr h;
		char b[BUF_SIZE];
	} buf;
};

struct rtnl *rtnl_open(void)
{
	const struct timeval patience = { .tv_sec = 5 };
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	struct rtnl *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (r->fd >= 0 && !bind(r->fd, (void *)&sa, sizeof(sa)) &&
	    !setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)))
		return r;
	rtnl_close(r);
	return NULL;
}

void rtnl_close(struct rtnl *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}

/* --- requests ---------------------------------------------------------- */

struct request {
	struct nlmsghdr h;
	union {
		struct rtmsg rt;
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct ndmsg nd;
	} u;
	char attrs[256];
};

static void put(struct request *q, uint16_t type, const void *p, size_t len)
{
	struct rtattr *a = (void *)((char *)q + NLMSG_ALIGN(q->h.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(a), p, len);
	q->h.nlmsg_len = NLMSG_ALIGN(q->h.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void put_u32(struct request *q, uint16_t type, uint32_t v)
{
	put(q, type, &v, sizeof(v));
}

static void put_addr(struct request *q, uint16_t type, const struct addr *a)
{
	put(q, type, a->b, addr_len(a->family));
}

static int ask(struct rtnl *r, struct request *q, uint16_t flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	q->h.nlmsg_flags |= NLM_F_REQUEST | flags;
	q->h.nlmsg_seq = ++r->seq;
	if (sendto(r->fd, q, q->h.nlmsg_len, 0, (void *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

typedef void answer_fn(void *arg, const struct nlmsghdr *h);

/* One message of the answer: 0 go on, 1 the end, or a negative errno. */
static int take(struct rtnl *r, const struct nlmsghdr *h, answer_fn *fn,
		void *arg)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);

	if (h->nlmsg_seq != r->seq)
		return 0;
	if (h->nlmsg_type == NLMSG_DONE)
		return 1;
	if (h->nlmsg_type == NLMSG_ERROR) {
		if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)))
			return -EPROTO;
		return e->error ? e->error : 1;
	}
	if (fn)
		fn(arg, h);
	return h->nlmsg_flags & NLM_F_MULTI ? 0 : 1;
}

static int answer(struct rtnl *r, answer_fn *fn, void *arg)
{
	const struct nlmsghdr *h;
	int end = 0;
	ssize_t n;

	while (!end) {
		n = recv(r->fd, &r->buf, sizeof(r->buf), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (h = &r->buf.h; !end && NLMSG_OK(h, n);
		     h = NLMSG_NEXT(h, n))
			end = take(r, h, fn, arg);
	}
	return end < 0 ? end : 0;
}

/* --- routes ------------------------------------------------------------ */

static void route_request(struct request *q, uint16_t type,
			  const struct rtnl_route *route)
{
	*q = (struct request){
		.h = { .nlmsg_type = type,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q->u.rt)) },
		.u.rt = { .rtm_family = route->dst.family,
			  .rtm_dst_len = addr_mask_len(&route->mask),
			  .rtm_protocol = RTNL_PROTOCOL,
			  .rtm_scope = route->via.family ? RT_SCOPE_UNIVERSE :
							   RT_SCOPE_LINK,
			  .rtm_type = RTN_UNICAST },
	};

	put_addr(q, RTA_DST, &route->dst);
	put_u32(q, RTA_TABLE, route->table);
	put_u32(q, RTA_PRIORITY, route->metric);
	put_u32(q, RTA_OIF, route->device);
	if (route->via.family)
		put_addr(q, RTA_GATEWAY, &route->via);
}

int rtnl_add(struct rtnl *r, const struct rtnl_route *route, bool replace)
{
	struct request q;
	int err;

	route_request(&q, RTM_NEWROUTE, route);
	err = ask(r, &q,
		  NLM_F_ACK | NLM_F_CREATE |
			  (replace ? NLM_F_REPLACE : NLM_F_EXCL));
	return err ? err : answer(r, NULL, NULL);
}

int rtnl_del(struct rtnl *r, const struct rtnl_route *route)
{
	struct request q;
	int err;

	route_request(&q, RTM_DELROUTE, route);
	err = ask(r, &q, NLM_F_ACK);
	return err ? err : answer(r, NULL, NULL);
}

static uint32_t u32_of(const struct rtattr *a)
{
	uint32_t v = 0;

	if (RTA_PAYLOAD(a) >= sizeof(v))
		memcpy(&v, RTA_DATA(a), sizeof(v));
	return v;
}

/* A message as a route; false for one of another kind. */
static bool parse(const struct nlmsghdr *h, struct rtnl_route *out)
{
	const struct rtmsg *rt = NLMSG_DATA(h);
	const struct rtattr *a = RTM_RTA(rt);
	int left = RTM_PAYLOAD(h);

	*out = (struct rtnl_route){ 0 };
	if (h->nlmsg_type != RTM_NEWROUTE || left < 0 ||
	    rt->rtm_type != RTN_UNICAST || rt->rtm_flags & RTM_F_CLONED)
		return false;
	out->table = rt->rtm_table;
	out->dst.family = rt->rtm_family;
	addr_mask(rt->rtm_family, rt->rtm_dst_len, &out->mask);
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_DST)
			addr_from_bytes(&out->dst, RTA_DATA(a), RTA_PAYLOAD(a));
		else if (a->rta_type == RTA_GATEWAY)
			addr_from_bytes(&out->via, RTA_DATA(a), RTA_PAYLOAD(a));
		else if (a->rta_type == RTA_OIF)
			out->device = u32_of(a);
		else if (a->rta_type == RTA_TABLE)
			out->table = u32_of(a);
		else if (a->rta_type == RTA_PRIORITY)
			out->metric = u32_of(a);
	}
	return true;
}

struct each {
	rtnl_fn *fn;
	void *arg;
};

static void each_one(void *arg, const struct nlmsghdr *h)
{
	const struct each *e = arg;
	struct rtnl_route route;

	if (parse(h, &route) &&
	    ((const struct rtmsg *)NLMSG_DATA(h))->rtm_protocol ==
		    RTNL_PROTOCOL)
		e->fn(e->arg, &route);
}

int rtnl_each(struct rtnl *r, rtnl_fn *fn, void *arg)
{
	struct each e = { fn, arg };
	struct request q = {
		.h = { .nlmsg_type = RTM_GETROUTE,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q.u.rt)) },
	};
	int err = ask(r, &q, NLM_F_DUMP);

	return err ? err : answer(r, each_one, &e);
}

static void resolved(void *arg, const struct nlmsghdr *h)
{
	struct rtnl_route route;

	/* That of a packet is a copy of the one in the table. */
	((struct rtmsg *)NLMSG_DATA(h))->rtm_flags &= ~RTM_F_CLONED;
	if (parse(h, &route))
		*(struct rtnl_route *)arg = route;
}

int rtnl_resolve(struct rtnl *r, const struct addr *dst, uint32_t vrf,
		 struct rtnl_route *out)
{
	struct request q = {
		.h = { .nlmsg_type = RTM_GETROUTE,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q.u.rt)) },
		.u.rt = { .rtm_family = dst->family,
			  .rtm_dst_len = 8 * addr_len(dst->family) },
	};
	int err;

	*out = (struct rtnl_route){ 0 };
	put_addr(&q, RTA_DST, dst);
	if (vrf)
		put_u32(&q, RTA_OIF, vrf);
	err = ask(r, &q, 0);
	if (!err)
		err = answer(r, resolved, out);
	return err || out->device ? err : -EHOSTUNREACH;
}

static void parse_neighbour(void *arg, const struct nlmsghdr *h)
{
	const struct ndmsg *nd = NLMSG_DATA(h);
	enum rtnl_neighbour *n = arg;

	if (h->nlmsg_type != RTM_NEWNEIGH ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*nd)))
		return;
	if (nd->ndm_state & NUD_FAILED)
		*n = RTNL_FAILED;
	else if (nd->ndm_state & NUD_INCOMPLETE)
		*n = RTNL_LOOKED_FOR;
	else if (nd->ndm_state)
		*n = RTNL_REACHABLE;
}

enum rtnl_neighbour rtnl_neighbour(struct rtnl *r, const struct addr *a,
				   uint32_t device)
{
	struct request q = {
		.h = { .nlmsg_type = RTM_GETNEIGH,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q.u.nd)) },
		.u.nd = { .ndm_family = a->family, .ndm_ifindex = device },
	};
	enum rtnl_neighbour n = RTNL_UNKNOWN;

	put_addr(&q, NDA_DST, a);
	if (!ask(r, &q, 0))
		answer(r, parse_neighbour, &n);
	return n;
}

/* --- devices ----------------------------------------------------------- */

struct device {
	uint32_t master;
	bool is_vrf;
	uint32_t table;
	char kind[16];
};

static void parse_info(const struct rtattr *info, struct device *d)
{
	const struct rtattr *a, *b;
	int left = RTA_PAYLOAD(info), rest;

	for (a = RTA_DATA(info); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == IFLA_INFO_KIND)
			snprintf(d->kind, sizeof(d->kind), "%.*s",
				 (int)RTA_PAYLOAD(a), (char *)RTA_DATA(a));
		if (a->rta_type == IFLA_INFO_KIND)
			d->is_vrf = RTA_PAYLOAD(a) >= 4 &&
				    !memcmp(RTA_DATA(a), "vrf", 4);
		if (a->rta_type != IFLA_INFO_DATA || !d->is_vrf)
			continue;
		rest = RTA_PAYLOAD(a);
		for (b = RTA_DATA(a); RTA_OK(b, rest); b = RTA_NEXT(b, rest))
			if (b->rta_type == IFLA_VRF_TABLE)
				d->table = u32_of(b);
	}
}

static void parse_link(void *arg, const struct nlmsghdr *h)
{
	const struct rtattr *a = IFLA_RTA(NLMSG_DATA(h));
	struct device *d = arg;
	int left = IFLA_PAYLOAD(h);

	if (h->nlmsg_type != RTM_NEWLINK || left < 0)
		return;
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == IFLA_MASTER)
			d->master = u32_of(a);
		else if (a->rta_type == IFLA_LINKINFO)
			parse_info(a, d);
	}
}

static bool get_device(struct rtnl *r, uint32_t index, struct device *d)
{
	struct request q = {
		.h = { .nlmsg_type = RTM_GETLINK,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q.u.link)) },
		.u.link = { .ifi_index = index },
	};

	*d = (struct device){ 0 };
	return index && !ask(r, &q, 0) && !answer(r, parse_link, d);
}

bool rtnl_vrf(struct rtnl *r, const char *dev, uint32_t *vrf, uint32_t *table)
{
	struct device d;

	*vrf = if_nametoindex(dev);
	if (!get_device(r, *vrf, &d))
		return false;
	if (!d.is_vrf) {
		*vrf = d.master;
		if (!get_device(r, *vrf, &d))
			return false;
	}
	*table = d.table;
	return d.is_vrf && d.table;
}

/* --- links ------------------------------------------------------------- */

static void link_request(struct request *q, uint16_t type, uint32_t device)
{
	*q = (struct request){
		.h = { .nlmsg_type = type,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q->u.link)) },
		.u.link = { .ifi_index = device },
	};
}

static int done(struct rtnl *r, struct request *q, uint16_t flags)
{
	int err = ask(r, q, NLM_F_ACK | flags);

	return err ? err : answer(r, NULL, NULL);
}

int rtnl_link_make(struct rtnl *r, const char *name, const char *kind)
{
	struct request q;
	struct {
		struct rtattr a;
		char kind[16];
	} info = { .a.rta_type = IFLA_INFO_KIND };

	if (strlen(name) >= IF_NAMESIZE || strlen(kind) >= sizeof(info.kind))
		return -EINVAL;
	memcpy(info.kind, kind, strlen(kind) + 1);
	info.a.rta_len = RTA_LENGTH(strlen(kind) + 1);
	link_request(&q, RTM_NEWLINK, 0);
	put(&q, IFLA_IFNAME, name, strlen(name) + 1);
	put(&q, IFLA_LINKINFO, &info, RTA_ALIGN(info.a.rta_len));
	return done(r, &q, NLM_F_CREATE | NLM_F_EXCL);
}

int rtnl_link_del(struct rtnl *r, uint32_t device)
{
	struct request q;

	link_request(&q, RTM_DELLINK, device);
	return done(r, &q, 0);
}

int rtnl_link_set(struct rtnl *r, uint32_t device, uint32_t mtu,
		  uint32_t master)
{
	struct request q;

	link_request(&q, RTM_NEWLINK, device);
	q.u.link.ifi_flags = IFF_UP;
	q.u.link.ifi_change = IFF_UP;
	if (mtu)
		put_u32(&q, IFLA_MTU, mtu);
	put_u32(&q, IFLA_MASTER, master);
	return done(r, &q, 0);
}

bool rtnl_link_is(struct rtnl *r, uint32_t device, const char *kind)
{
	struct device d;

	return get_device(r, device, &d) && !strcmp(d.kind, kind);
}

int rtnl_link_addr(struct rtnl *r, uint32_t device, const struct addr *a,
		   const struct addr *mask, bool add)
{
	struct request q = {
		.h = { .nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR,
		       .nlmsg_len = NLMSG_LENGTH(sizeof(q.u.addr)) },
		.u.addr = { .ifa_family = a->family,
			    .ifa_prefixlen = addr_mask_len(mask),
			    .ifa_index = device },
	};
	int err;

	put_addr(&q, IFA_LOCAL, a);
	put_addr(&q, IFA_ADDRESS, a);
	err = done(r, &q, add ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	return err == -EEXIST ? 0 : err;
}
