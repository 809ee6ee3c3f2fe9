// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions of the daemon: when they are up, what is logged, what they count. */
#include "ktap.h"

#include <sys/socket.h>

#include "ikehelper/session.h"
#include "lib/log.h"

static uint64_t now = 1000;
static const char *description;
static char said[8192];
static struct sessions *s;

static uint64_t get_now(void *ctx)
{
	(void)ctx;
	return now;
}

static const char *describe(void *ctx, const struct ike_path *path)
{
	(void)ctx;
	(void)path;
	return description;
}

/* The global table has no name. */
static const char *vrf_name(void *ctx, uint32_t vrf)
{
	(void)ctx;
	return vrf == 10 ? "internet" : vrf == 20 ? "customer" : NULL;
}

/* What another run would go on with. */
#define KEPT 64
static uint8_t kept[KEPT][256];
static size_t kept_len[KEPT];

static void keep_record(void *ctx, uint32_t id, const struct ike_blob *record)
{
	(void)ctx;
	if (id >= KEPT)
		return;
	kept_len[id] = record ? record->len : 0;
	if (record)
		memcpy(kept[id], record->p, record->len);
}

static void note(enum log_level level, const char *line)
{
	size_t n = strlen(said);

	(void)level;
	snprintf(said + n, sizeof(said) - n, "%s\n", line);
}

/* What was said since the last call. */
static bool heard(const char *want)
{
	bool is_so = !strcmp(said, want);

	if (!is_so)
		printf("# said: %s", said);
	said[0] = '\0';
	return is_so;
}

static struct ike_path path_to(const char *remote, uint16_t port)
{
	struct ike_path p = { .remote.port = port, .local.port = 500 };

	addr_parse("10.0.0.1", &p.local.addr);
	addr_parse(remote, &p.remote.addr);
	return p;
}

static void sa_event(enum ike_event_kind kind, uint32_t conn,
		     const struct ike_path *path)
{
	struct ike_sa_info i = { .conn = conn, .state = QM_IDLE };
	struct ike_event ev = { .kind = kind,
				.sa = &i,
				.reason = IKE_REASON_PEER_DEAD };

	i.path = *path;
	i.remote_id.type = 2; /* FQDN */
	i.remote_id.len = 2;
	memcpy(i.remote_id.data, "gw", 2);
	session_event(s, &ev);
}

static void pair_event(enum ike_event_kind kind, uint32_t in_spi,
		       const struct ike_path *path)
{
	struct ike_child_info i = { .in_spi = in_spi, .out_spi = in_spi + 1 };
	struct ike_event ev = { .kind = kind,
				.child = &i,
				.reason = IKE_REASON_LIFETIME };

	i.path = *path;
	session_event(s, &ev);
}

static void gone(uint32_t spi, uint8_t dir, const struct ike_path *path,
		 uint64_t packets)
{
	struct krn_gone g = { .spi = spi,
			      .dir = dir,
			      .remote = path->remote.addr };

	if (dir == DIR_IN) {
		g.stats.in_packets = packets;
		g.stats.in_bytes = packets * 100;
	} else {
		g.stats.out_packets = packets;
		g.stats.out_bytes = packets * 100;
	}
	session_gone(s, &g);
}

static struct session_info last;
static unsigned int n_sessions;

static bool keep(const struct session_info *i, void *arg)
{
	(void)arg;
	last = *i;
	n_sessions++;
	return true;
}

/* The newest session; the number of all is in n_sessions. */
static const struct session_info *look(void)
{
	n_sessions = 0;
	session_next(s, 0, NULL, keep, NULL);
	return &last;
}

#define LINE "%CRYPTO-5-SESSION_STATUS: Crypto tunnel is "

static void test_life(void)
{
	struct ike_path p = path_to("10.0.0.2", 500);

	description = "site \033[31mA";
	sa_event(IKE_EVENT_SA_UP, 1001, &p);
	ok(heard(""), "an IKE SA alone is no tunnel");
	pair_event(IKE_EVENT_CHILD_UP, 256, &p);
	ok(heard(LINE
		 "UP. Peer 10.0.0.2:500 Description: site ?[31mA Id: gw\n"),
	   "the first pair is; harmless for a terminal");
	now += 5000;
	ok(look()->is_up && last.seconds == 5 && last.n_ike == 1 &&
		   last.n_pairs == 1 && last.id == 1,
	   "its figures");
	pair_event(IKE_EVENT_CHILD_UP, 512, &p);
	pair_event(IKE_EVENT_CHILD_DOWN, 256, &p);
	sa_event(IKE_EVENT_SA_UP, 1002, &p);
	sa_event(IKE_EVENT_SA_DOWN, 1001, &p);
	ok(heard(""), "rekeys are neither up nor down");
	ok(look()->n_past == 1 && last.n_pairs == 1 && n_sessions == 1,
	   "they are counted");
	pair_event(IKE_EVENT_CHILD_DOWN, 512, &p);
	ok(heard("") && look()->is_up, "idle is not down");
	pair_event(IKE_EVENT_CHILD_UP, 768, &p);
	ok(heard(""), "nor up when it ends");
	sa_event(IKE_EVENT_SA_DOWN, 1002, &p);
	ok(heard("") && look()->n_ike == 0, "without IKE SA it stays up");
	description = NULL;
	pair_event(IKE_EVENT_CHILD_DOWN, 768, &p);
	ok(heard(LINE "DOWN. Peer 10.0.0.2:500 Id: gw\n"),
	   "down, with what it is called now");
	now += 3000;
	ok(!look()->is_up && last.seconds == 3 &&
		   last.reason == IKE_REASON_LIFETIME,
	   "and why");
	pair_event(IKE_EVENT_CHILD_DOWN, 768, &p);
	sa_event(IKE_EVENT_SA_DOWN, 77, &p);
	ok(heard("") && !look()->n_pairs, "what is not there does not end");
}

static void test_vrfs(void)
{
	struct ike_path p = path_to("10.0.0.12", 500), q = p;
	struct ike_child_info i = { .in_spi = 9000, .out_spi = 9001 };
	struct ike_event ev = { .kind = IKE_EVENT_CHILD_UP, .child = &i };
	unsigned int n;

	look();
	n = n_sessions;
	p.vrf = 10;
	i.path = p;
	i.ivrf = 20;
	session_event(s, &ev);
	ok(heard(LINE "UP. Peer 10.0.0.12:500 fvrf=internet ivrf=customer\n"),
	   "both VRFs are named");
	i.path = q;
	i.ivrf = 0;
	i.in_spi += 2;
	i.out_spi += 2;
	session_event(s, &ev);
	ok(heard(LINE "UP. Peer 10.0.0.12:500\n"), "the global table is not");
	look();
	ok(n_sessions == n + 2, "one address in two VRFs: two sessions");
	ok(!last.path.vrf && !last.ivrf, "each with its own");
}

static void test_sums(void)
{
	struct ike_path p = path_to("10.0.0.3", 500);
	struct ike_path q = path_to("10.0.0.4", 500);

	pair_event(IKE_EVENT_CHILD_UP, 1024, &p);
	pair_event(IKE_EVENT_CHILD_UP, 2048, &p);
	gone(1024, DIR_IN, &p, 7);
	pair_event(IKE_EVENT_CHILD_DOWN, 1024, &p);
	gone(1025, DIR_OUT, &p, 9);
	ok(look()->past.in_packets == 7 && last.past.in_bytes == 700 &&
		   last.past.out_packets == 9 && last.past.out_bytes == 900,
	   "last figures before and after the end");
	gone(1024, DIR_IN, &p, 7);
	gone(1025, DIR_OUT, &p, 9);
	ok(look()->past.in_packets == 7 && last.past.out_packets == 9,
	   "none is counted twice");
	gone(2049, DIR_OUT, &q, 100);
	ok(look()->past.out_packets == 9,
	   "an outbound SPI counts with its peer only");
	pair_event(IKE_EVENT_CHILD_DOWN, 2048, &p);
	gone(2048, DIR_IN, &p, 1);
	gone(2049, DIR_OUT, &p, 1ULL << 40);
	ok(look()->past.in_packets == 8 &&
		   last.past.out_packets == (1ULL << 40) + 9,
	   "sums of all pairs, in 64 bits");
	said[0] = '\0';
}

/* Those with one address, in parts of @room. */
struct of_peer {
	uint64_t last;
	unsigned int n, room;
	bool bad;
};

static bool is_of_peer(const struct session_info *i, void *arg)
{
	struct of_peer *p = arg;

	if (!p->room--)
		return false;
	p->bad |= i->id <= p->last;
	p->last = i->id;
	p->n++;
	return true;
}

static struct of_peer count_of(const char *remote)
{
	struct ike_path p = path_to(remote, 500);
	struct of_peer all = { 0 };
	unsigned int n;

	do {
		n = all.n;
		all.room = 10;
		session_next(s, all.last, &p.remote.addr, is_of_peer, &all);
	} while (all.n != n);
	return all;
}

static void test_peer(void)
{
	struct ike_path p = path_to("10.0.0.5", 20000);
	unsigned int before = count_of("10.0.0.5").n, i;
	struct of_peer of;

	for (i = 0; i < 25; i++) {
		p.remote.port = 20000 + i;
		sa_event(IKE_EVENT_SA_UP, 9100 + i, &p);
	}
	of = count_of("10.0.0.5");
	ok(of.n == before + 25 && !of.bad,
	   "those of one address, in parts and in order: %u more",
	   of.n - before);
	p = path_to("10.0.0.77", 20000);
	sa_event(IKE_EVENT_PEER_MOVED, 9100, &p);
	ok(count_of("10.0.0.5").n == before + 24 &&
		   count_of("10.0.0.77").n == 1,
	   "one that has moved is found at its new address only");
	ok(!count_of("10.0.0.78").n, "none of an address that nobody has");
	for (i = 0; i < 25; i++)
		sa_event(IKE_EVENT_SA_DOWN, 9100 + i, &p);
}

static void test_many(void)
{
	struct ike_path p = path_to("10.0.0.5", 4500);
	struct ike_path q = path_to("10.0.0.5", 4501);
	unsigned int i;

	sa_event(IKE_EVENT_SA_UP, 3001, &p);
	sa_event(IKE_EVENT_SA_UP, 3002, &q);
	look();
	ok(n_sessions == 4, "two peers behind one address");
	q.remote.port = 5000;
	sa_event(IKE_EVENT_PEER_MOVED, 3002, &q);
	ok(look()->path.remote.port == 5000 && n_sessions == 4,
	   "one moves to another port");
	pair_event(IKE_EVENT_CHILD_UP, 4096, &q);
	ok(look()->n_pairs == 1 && n_sessions == 4, "its pair is found there");
	session_logging(s, false);
	said[0] = '\0';
	sa_event(IKE_EVENT_SA_DOWN, 3002, &q);
	pair_event(IKE_EVENT_CHILD_DOWN, 4096, &q);
	ok(heard("") && !look()->is_up, "silent if that is configured");
	for (i = 0; i < 3000; i++) {
		q.remote.port = 6000 + i;
		sa_event(IKE_EVENT_SA_UP, 5000 + i, &q);
		sa_event(IKE_EVENT_SA_DOWN, 5000 + i, &q);
	}
	look();
	ok(n_sessions <= 1005, "old ones are forgotten: %u", n_sessions);
	session_next(s, 0, NULL, keep, NULL);
}

static void test_adopt(void)
{
	struct ike_sa_info sa = { .conn = 1, .state = QM_IDLE };
	struct ike_child_info c = { .in_spi = 256, .out_spi = 257 };

	session_logging(s, true);
	sa.path = c.path = path_to("10.0.0.6", 500);
	session_adopt_sa(s, &sa);
	session_adopt_child(s, &c);
	ok(heard("") && look()->is_up && last.n_ike == 1,
	   "what was taken over is up, and not news");
	pair_event(IKE_EVENT_CHILD_DOWN, 256, &c.path);
	sa_event(IKE_EVENT_SA_DOWN, 1, &c.path);
	ok(heard(LINE "DOWN. Peer 10.0.0.6:500\n"), "its end is");
}

static void restore(bool backwards)
{
	struct ike_blob b;
	int i, k;

	for (k = 0; k < KEPT; k++) {
		i = backwards ? KEPT - 1 - k : k;
		b = (struct ike_blob){ kept[i], kept_len[i] };
		if (b.len)
			session_restore(s, &b);
	}
}

static bool is_next(const struct session_info *i, void *arg)
{
	uint32_t *id = arg;
	bool is_so = i->id > *id;

	*id = is_so ? i->id : UINT32_MAX;
	return is_so;
}

/* Killed, and another run goes on. */
static void test_restart(const struct session_ops *ops, const uint64_t key[2])
{
	struct ike_path there = path_to("10.0.0.7", 500);
	struct ike_path lost = path_to("10.0.0.8", 500);
	struct ike_child_info c = { .in_spi = 512, .out_spi = 513 };
	struct ike_blob bad = { kept[1], 7 };
	uint32_t id, in_order = 0;

	memset(kept_len, 0, sizeof(kept_len));
	s = sessions_new(ops, key);
	pair_event(IKE_EVENT_CHILD_UP, 768, &lost);
	pair_event(IKE_EVENT_CHILD_UP, 256, &there);
	id = look()->id;
	pair_event(IKE_EVENT_CHILD_UP, 512, &there);
	gone(256, DIR_IN, &there, 5);
	gone(257, DIR_OUT, &there, 6);
	pair_event(IKE_EVENT_CHILD_DOWN, 256, &there);
	said[0] = '\0';
	now += 40000;
	sessions_free(s);
	s = sessions_new(ops, key);
	restore(false);
	c.path = there;
	c.up = 30;
	session_adopt_child(s, &c);
	ok(heard("") && look()->id == id && last.is_up && last.seconds == 40 &&
		   last.n_past == 1 && last.past.in_packets == 5 &&
		   last.past.out_packets == 6,
	   "another run goes on with its number, time and figures");
	session_adopted(s);
	ok(heard(LINE "DOWN. Peer 10.0.0.8:500\n"),
	   "what has no SA any more is down");
	pair_event(IKE_EVENT_CHILD_UP, 1024,
		   &(struct ike_path){ .remote.port = 2 });
	ok(look()->id == id + 1, "a new one has a new number");
	sessions_free(s);
	s = sessions_new(ops, key);
	restore(true);
	session_adopted(s);
	session_next(s, 0, NULL, is_next, &in_order);
	ok(in_order == id + 1, "they come in the order of their numbers");
	sessions_free(s);
	s = sessions_new(ops, key);
	session_restore(s, &bad);
	session_adopt_child(s, &c);
	ok(look()->is_up && last.seconds == 30 && !last.n_past,
	   "without a record it is up for as long as its SAs");
}

int main(void)
{
	static const struct session_ops ops = { get_now, describe, vrf_name,
						keep_record, NULL };
	static const uint64_t key[2] = { 1, 2 };

	log_init("test");
	log_sink(note);
	s = sessions_new(&ops, key);
	if (!ok(s != NULL, "new"))
		return ktap_end();
	test_life();
	test_sums();
	test_many();
	test_peer();
	test_adopt();
	test_vrfs();
	pair_event(IKE_EVENT_CHILD_UP, 9900,
		   &(struct ike_path){ .remote.port = 1 });
	sessions_free(s);
	s = NULL;
	test_restart(&ops, key);
	sessions_free(s);
	return ktap_end();
}
