// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for the module: the functions of lib/gnl.h over tables in memory,
 * so that the daemon as it is can be measured natively, as the load tester of
 * other daemons does with a kernel that is none. SAs and rules are kept and looked
 * up by what the module looks them up by; keys are not used.
 *
 * Datagrams at $STANDIN.events are what happens in the kernel:
 *   a NUMBER ADDRESS   a packet of rule NUMBER, from our ADDRESS: it wants an SA
 *                      if there is none
 *   e NUMBER           the outbound SA of that rule is at its soft limit
 * NUMBER is the sequence number of the crypto map entry. $STANDIN.counts is the
 * file of struct standin_counts. The tables are in the file $STANDIN.tables, so that
 * the private memory of the process is the daemon's own and another run finds
 * them.
 */
#include "standin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../../tools/lib/gnl.h"

#define SAS (1 << 17)
#define RULES (1 << 17)
#define BUCKETS (1 << 17)
#define NONE UINT32_MAX

struct gnl {
	int fd;
	int socket;
	char err[128];
};

struct one_sa {
	uint32_t next; /* of its bucket, or free */
	uint32_t spi, rule, pair, id;
	uint8_t dir, state, proto;
	uint32_t flags;
	struct addr remote;
};

struct one_rule {
	uint32_t next;
	uint32_t id, seq, index;
	uint32_t out; /* number of its outbound SA, NONE */
	bool used;
};

struct tables {
	struct one_sa sa[SAS];
	uint32_t sa_bucket[BUCKETS];
	uint32_t free_sa;
	struct one_rule rule[RULES]; /* by identity */
	uint32_t rule_bucket[BUCKETS]; /* by entry */
	uint32_t last_rule;
	struct one_sa gone[SAS]; /* deleted, the daemon has not been told yet */
	uint32_t gone_next, gone_told;
};

static struct tables *t;
static struct standin_counts *counts;
static int gone_fd = -1; /* readable while there is one to tell */

/* --- begin ------------------------------------------------------------- */

static void *shared(const char *name, const char *end, size_t len, bool *is_new)
{
	void *p = MAP_FAILED;
	struct stat st = { 0 };
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s.%s", name, end);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && !fstat(fd, &st) && !ftruncate(fd, len))
		p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	*is_new = !st.st_size;
	return p == MAP_FAILED ? NULL : p;
}

static bool open_tables(void)
{
	const char *name = getenv("STANDIN");
	bool is_new;
	uint32_t i;

	if (!name)
		return false;
	counts = shared(name, "counts", sizeof(*counts), &is_new);
	t = shared(name, "tables", sizeof(*t), &is_new);
	if (!counts || !t)
		return false;
	if (!is_new)
		return true;
	memset(t->sa_bucket, 0xff, sizeof(t->sa_bucket));
	memset(t->rule_bucket, 0xff, sizeof(t->rule_bucket));
	for (i = 0; i < SAS; i++)
		t->sa[i].next = i + 1 < SAS ? i + 1 : NONE;
	return true;
}

int gnl_open(struct gnl **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->fd = -1;
	(*out)->socket = -1;
	if (t || open_tables())
		return 0;
	snprintf((*out)->err, sizeof((*out)->err), "no tables at $STANDIN");
	return -ENOENT;
}

void gnl_close(struct gnl *g)
{
	if (!g)
		return;
	if (g->fd >= 0)
		close(g->fd);
	if (g->socket >= 0)
		close(g->socket);
	free(g);
}

const char *gnl_error(const struct gnl *g)
{
	return g ? g->err : "no memory";
}

static int refuse(struct gnl *g, int err, const char *why)
{
	snprintf(g->err, sizeof(g->err), "stand-in: %s", why);
	counts->refused++;
	return err;
}

/* --- SAs --------------------------------------------------------------- */

static uint32_t *bucket_of(uint8_t dir, uint32_t spi)
{
	return &t->sa_bucket[(spi * 2654435761U + dir) % BUCKETS];
}

static struct one_sa *sa_find(uint8_t dir, uint32_t spi,
			      const struct addr *remote)
{
	uint32_t i = *bucket_of(dir, spi);

	for (; i != NONE; i = t->sa[i].next) {
		struct one_sa *s = &t->sa[i];

		if (s->spi == spi && s->dir == dir &&
		    (dir == DIR_IN || addr_eq(&s->remote, remote)))
			return s;
	}
	return NULL;
}

static struct one_sa *sa_new(uint8_t dir, uint32_t spi)
{
	uint32_t *b = bucket_of(dir, spi), i = t->free_sa;
	struct one_sa *s;

	if (i == NONE)
		return NULL;
	s = &t->sa[i];
	t->free_sa = s->next;
	*s = (struct one_sa){ .next = *b, .spi = spi, .dir = dir };
	s->id = i + 1;
	*b = i;
	return s;
}

static void sa_drop(struct one_sa *s)
{
	uint32_t *at = bucket_of(s->dir, s->spi), i = s - t->sa;
	struct one_rule *r = s->rule ? &t->rule[s->rule] : NULL;

	if (r && r->out == i)
		r->out = NONE;
	while (*at != i)
		at = &t->sa[*at].next;
	*at = s->next;
	s->next = t->free_sa;
	s->spi = 0;
	t->free_sa = i;
}

static void activate(struct one_sa *s)
{
	s->state = STATE_ACTIVE;
	if (s->dir == DIR_OUT && s->rule)
		t->rule[s->rule].out = s - t->sa;
}

int gnl_sa_add(struct gnl *g, const struct sa *req, struct sa *reply)
{
	struct one_sa *s = sa_find(req->dir, req->spi, &req->remote);

	if (s && s->state != STATE_LARVAL)
		return refuse(g, -EEXIST, "there is such an SA");
	if (req->policy >= RULES || (req->policy && !t->rule[req->policy].used))
		return refuse(g, -ENOENT, "no such rule");
	if (!s)
		s = sa_new(req->dir, req->spi);
	if (!s)
		return refuse(g, -ENOSPC, "full");
	s->remote = req->remote;
	s->rule = req->policy;
	s->pair = req->pair;
	s->proto = req->proto;
	s->flags = req->flags;
	s->state = STATE_STANDBY;
	if (!(req->flags & SA_FLAG_STANDBY))
		activate(s);
	counts->sas++;
	counts->added++;
	*reply = (struct sa){ .id = s->id };
	return 0;
}

int gnl_sa_update(struct gnl *g, const struct sa *req)
{
	struct one_sa *s = sa_find(req->dir, req->spi, &req->remote);

	if (!s)
		return refuse(g, -ENOENT, "no such SA to change");
	if (HAS(req, SA_STATE) && req->state == STATE_ACTIVE)
		activate(s);
	if (HAS(req, SA_NEW_REMOTE))
		s->remote = req->new_remote;
	return 0;
}

/* The module tells what an SA has carried when it has gone. */
static void tell_gone(const struct one_sa *s)
{
	const uint64_t one = 1;

	if (gone_fd < 0 || t->gone_next - t->gone_told == SAS)
		return;
	t->gone[t->gone_next++ % SAS] = *s;
	if (write(gone_fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

int gnl_sa_del(struct gnl *g, const struct sa *key)
{
	struct one_sa *s = sa_find(key->dir, key->spi, &key->remote);

	if (!s)
		return refuse(g, -ENOENT, "no such SA to delete");
	if (s->state != STATE_LARVAL) {
		counts->sas--;
		counts->deleted++;
		tell_gone(s);
	}
	sa_drop(s);
	return 0;
}

static void fill(struct sa *sa, const struct one_sa *s)
{
	*sa = (struct sa){ .id = s->id,
			   .spi = s->spi,
			   .dir = s->dir,
			   .proto = s->proto,
			   .state = s->state,
			   .flags = s->flags,
			   .policy = s->rule,
			   .pair = s->pair,
			   .remote = s->remote };
}

int gnl_sa_get(struct gnl *g, const struct sa *key, struct sa *reply)
{
	struct one_sa *s = sa_find(key->dir, key->spi, &key->remote);

	if (!s)
		return refuse(g, -ENOENT, "no such SA");
	fill(reply, s);
	return 0;
}

int gnl_sa_alloc_spi(struct gnl *g, const struct sa *req, struct sa *reply)
{
	struct one_sa *s;
	uint32_t spi;

	do {
		if (getrandom(&spi, sizeof(spi), 0) < 0)
			return refuse(g, -EAGAIN, "no random numbers");
	} while (spi < SPI_MIN || sa_find(DIR_IN, spi, NULL));
	s = sa_new(DIR_IN, spi);
	if (!s)
		return refuse(g, -ENOSPC, "full");
	s->state = STATE_LARVAL;
	s->remote = req->remote;
	*reply = (struct sa){ .spi = spi };
	return 0;
}

int gnl_sa_flush(struct gnl *g, const struct sa *filter, struct sa *reply)
{
	uint32_t i;

	(void)g;
	*reply = (struct sa){ 0 };
	for (i = 0; i < SAS; i++) {
		struct one_sa *s = &t->sa[i];

		if (!s->spi ||
		    (HAS(filter, SA_POLICY) && s->rule != filter->policy))
			continue;
		counts->sas -= s->state != STATE_LARVAL;
		sa_drop(s);
		reply->count++;
	}
	return 0;
}

/* --- dumps: an array of what the functions fill ------------------------- */

static int append(struct gnl_dump *d, const void *p, size_t len)
{
	if (d->len + len > d->cap) {
		size_t cap = 2 * d->cap + len;
		void *more = realloc(d->p, cap);

		if (!more)
			return -ENOMEM;
		d->p = more;
		d->cap = cap;
	}
	memcpy(d->p + d->len, p, len);
	d->len += len;
	return 0;
}

static bool next(struct gnl_dump *d, void *p, size_t len)
{
	if (d->pos + len > d->len)
		return false;
	memcpy(p, d->p + d->pos, len);
	d->pos += len;
	return true;
}

void gnl_dump_free(struct gnl_dump *d)
{
	free(d->p);
	*d = (struct gnl_dump){ 0 };
}

void gnl_dump_rewind(struct gnl_dump *d)
{
	d->pos = 0;
}

int gnl_sa_dump(struct gnl *g, const struct sa *filter, struct gnl_dump *d)
{
	uint32_t i;

	(void)g;
	for (i = 0; i < SAS; i++) {
		struct one_sa *s = &t->sa[i];

		if (!s->spi || s->state == STATE_LARVAL ||
		    (filter && HAS(filter, SA_DIR) && s->dir != filter->dir))
			continue;
		if (append(d, s, sizeof(*s)))
			return -ENOMEM;
	}
	return 0;
}

bool gnl_sa_next(struct gnl_dump *d, struct sa *sa)
{
	struct one_sa s;

	if (!next(d, &s, sizeof(s)))
		return false;
	fill(sa, &s);
	return true;
}

/* --- rules --------------------------------------------------------------- */

static uint32_t *entry_of(uint32_t seq)
{
	return &t->rule_bucket[seq % BUCKETS];
}

/* There is one map. */
static struct one_rule *rule_find(const struct policy *p)
{
	uint32_t i;

	if (HAS(p, POLICY_ID))
		return p->id < RULES && t->rule[p->id].used ? &t->rule[p->id] :
							      NULL;
	for (i = *entry_of(p->seq); i != NONE; i = t->rule[i].next)
		if (t->rule[i].seq == p->seq && t->rule[i].index == p->index)
			return &t->rule[i];
	return NULL;
}

int gnl_policy_add(struct gnl *g, const struct policy *req,
		   struct policy *reply)
{
	uint32_t *b = entry_of(req->seq);
	struct one_rule *r = rule_find(req);

	/* Of another run. */
	if (r) {
		*reply = (struct policy){ .id = r->id };
		return 0;
	}
	if (t->last_rule + 1 >= RULES)
		return refuse(g, -ENOSPC, "too many rules");
	r = &t->rule[++t->last_rule];
	*r = (struct one_rule){ .next = *b,
				.id = t->last_rule,
				.seq = req->seq,
				.index = req->index,
				.out = NONE,
				.used = true };
	*b = r->id;
	counts->rules++;
	*reply = (struct policy){ .id = r->id };
	return 0;
}

int gnl_policy_del(struct gnl *g, const struct policy *key)
{
	struct one_rule *r = rule_find(key);
	uint32_t *at;

	if (!r)
		return refuse(g, -ENOENT, "no such rule to delete");
	for (at = entry_of(r->seq); *at != r->id; at = &t->rule[*at].next)
		;
	*at = r->next;
	r->used = false;
	counts->rules--;
	return 0;
}

int gnl_policy_get(struct gnl *g, const struct policy *key,
		   struct policy *reply)
{
	struct one_rule *r = rule_find(key);

	(void)g;
	if (!r)
		return -ENOENT;
	*reply = (struct policy){ .id = r->id, .seq = r->seq };
	return 0;
}

int gnl_policy_flush(struct gnl *g, const struct policy *filter,
		     struct policy *reply)
{
	(void)g;
	(void)filter;
	*reply = (struct policy){ 0 };
	return 0;
}

int gnl_policy_dump(struct gnl *g, const struct policy *filter,
		    struct gnl_dump *d)
{
	(void)g;
	(void)filter;
	(void)d;
	return 0;
}

int gnl_acquire_dump(struct gnl *g, struct gnl_dump *d)
{
	return gnl_policy_dump(g, NULL, d);
}

bool gnl_policy_next(struct gnl_dump *d, struct policy *policy)
{
	return next(d, policy, sizeof(*policy));
}

/* --- what is always right ------------------------------------------------ */

int gnl_map_bind(struct gnl *g, const struct map *req)
{
	(void)g;
	(void)req;
	return 0;
}

int gnl_map_unbind(struct gnl *g, const struct map *req)
{
	return gnl_map_bind(g, req);
}

int gnl_map_commit(struct gnl *g, const struct map *req)
{
	return gnl_map_bind(g, req);
}

int gnl_map_dump(struct gnl *g, const struct map *filter, struct gnl_dump *d)
{
	(void)filter;
	return gnl_policy_dump(g, NULL, d);
}

bool gnl_map_next(struct gnl_dump *d, struct map *map)
{
	return next(d, map, sizeof(*map));
}

int gnl_encap_add(struct gnl *g, const struct encap *req)
{
	(void)g;
	(void)req;
	return 0;
}

int gnl_encap_del(struct gnl *g, const struct encap *req)
{
	return gnl_encap_add(g, req);
}

int gnl_encap_dump(struct gnl *g, struct gnl_dump *d)
{
	return gnl_policy_dump(g, NULL, d);
}

bool gnl_encap_next(struct gnl_dump *d, struct encap *encap)
{
	return next(d, encap, sizeof(*encap));
}

int gnl_stats_get(struct gnl *g, struct ns *reply)
{
	(void)g;
	*reply = (struct ns){ 0 };
	return 0;
}

int gnl_conf_get(struct gnl *g, struct conf *reply)
{
	(void)g;
	*reply = (struct conf){ 0 };
	return 0;
}

int gnl_conf_set(struct gnl *g, const struct conf *req)
{
	(void)g;
	(void)req;
	return 0;
}

/* --- events -------------------------------------------------------------- */

int gnl_listen(struct gnl *g)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct epoll_event in = { .events = EPOLLIN };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s.events",
		 getenv("STANDIN"));
	unlink(a.sun_path);
	g->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g->fd = epoll_create1(EPOLL_CLOEXEC);
	gone_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (g->socket < 0 || g->fd < 0 || gone_fd < 0 ||
	    bind(g->socket, (void *)&a, sizeof(a)) ||
	    epoll_ctl(g->fd, EPOLL_CTL_ADD, g->socket, &in) ||
	    epoll_ctl(g->fd, EPOLL_CTL_ADD, gone_fd, &in))
		return refuse(g, -errno, "no socket for events");
	return 0;
}

int gnl_fd(const struct gnl *g)
{
	return g->fd;
}

/* Entries of the bench have one. */
static const struct one_rule *first_rule(uint32_t seq)
{
	uint32_t i = *entry_of(seq);

	while (i != NONE && t->rule[i].seq != seq)
		i = t->rule[i].next;
	return i == NONE ? NULL : &t->rule[i];
}

static bool acquire(uint32_t seq, const char *from, struct event *ev)
{
	const struct one_rule *r = first_rule(seq);

	*ev = (struct event){ .type = EVENT_ACQUIRE };
	if (!r || r->out != NONE || !addr_parse(from, &ev->policy.local))
		return false;
	ev->policy.id = r->id;
	return true;
}

static bool soft_limit(uint32_t seq, struct event *ev)
{
	const struct one_rule *r = first_rule(seq);

	*ev = (struct event){ .type = EVENT_EXPIRE };
	if (!r || r->out == NONE)
		return false;
	fill(&ev->sa, &t->sa[r->out]);
	ev->sa.limit = LIMIT_SECONDS;
	return true;
}

static bool next_gone(struct event *ev)
{
	uint64_t n;

	if (t->gone_told == t->gone_next) {
		if (read(gone_fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
			abort();
		return false;
	}
	*ev = (struct event){ .type = EVENT_SA_DEL };
	fill(&ev->sa, &t->gone[t->gone_told++ % SAS]);
	return true;
}

int gnl_event_try(struct gnl *g, struct event *ev)
{
	char text[128], from[64];
	unsigned int seq;
	ssize_t n;

	if (next_gone(ev))
		return 0;
	n = recv(g->socket, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (n < 0)
		return -EAGAIN;
	text[n] = '\0';
	if (sscanf(text, "a %u %63s", &seq, from) == 2 &&
	    acquire(seq, from, ev))
		return 0;
	if (sscanf(text, "e %u", &seq) == 1 && soft_limit(seq, ev))
		return 0;
	return refuse(g, -EAGAIN, "no such event");
}
