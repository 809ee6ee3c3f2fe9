// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon remembers of ISAKMP SAs and failures. */
#include "ktap.h"

#include "history_pairs.h"
#include "ikehelper/htab.h"
#include "ikehelper/msg.h"

static uint64_t now(void *ctx)
{
	(void)ctx;
	return 77123;
}

static void end(bool is_up, bool is_initiator, enum ike_reason reason)
{
	struct ike_sa_info i = {
		.state = is_up ? QM_IDLE : MM_SA_SETUP,
		.is_initiator = is_initiator,
		.in_packets = 3,
		.out_packets = 4,
		.in_octets = 1ULL << 33,
		.n_exchanges = 5,
		.n_exchanges_in = 2,
		.n_rejects = 1,
		.n_invalids = 3,
		.n_invalids_in = 3,
	};
	struct ike_event ev = { .kind = IKE_EVENT_SA_NEW, .sa = &i };

	history_event(h, &ev);
	ev.kind = IKE_EVENT_SA_DOWN;
	ev.reason = reason;
	history_event(h, &ev);
}

static void fail(enum ike_fail kind)
{
	struct ike_failure f = { .kind = kind, .phase = 1 };

	history_failure(h, &f);
}

/* --- tunnels ------------------------------------------------------------- */

static struct tunnel_info up;
static unsigned int n_up;

static bool keep(const struct tunnel_info *i, void *arg)
{
	(void)arg;
	up = *i;
	n_up++;
	return true;
}

static bool is_up(void)
{
	n_up = 0;
	tunnel_next(history_tunnels(h), 0, keep, NULL);
	return n_up == 1;
}

static void test_tunnels(void)
{
	const struct history_failure *f;
	const struct history_tunnel *r;

	pair(IKE_EVENT_CHILD_UP, 5, 100, 0, 0);
	ok(is_up() && up.rule == 5 && up.current == 2 && up.left_seconds == 180,
	   "a tunnel is up");
	pair(IKE_EVENT_CHILD_UP, 5, 200, 100, 0);
	gone(100, DIR_IN, 10);
	pair(IKE_EVENT_CHILD_DOWN, 5, 100, 0, IKE_REASON_REKEYED);
	gone(101, DIR_OUT, 20);
	ok(is_up() && up.refreshes == 1 && up.current == 2 && up.expired == 2,
	   "a rekey is part of its life");
	ok(up.past.in_packets == 10 && up.past.out_packets == 20,
	   "figures from before and behind the end of a pair");
	gone(100, DIR_IN, 1000);
	gone(777, DIR_IN, 1000);
	ok(is_up() && up.past.in_packets == 10, "each counts once");
	ok(!history_next_tunnel(h, 0) && !history_sums(h)->previous_tunnels,
	   "nothing has ended");
	pair(IKE_EVENT_CHILD_DOWN, 5, 200, 0, IKE_REASON_CLEARED);
	ok(!is_up() && history_sums(h)->previous_tunnels == 1, "the end");
	gone(200, DIR_IN, 3);
	gone(201, DIR_OUT, 4);
	r = history_next_tunnel(h, 0);
	ok(r && r->number == 1 && r->reason == IKE_REASON_CLEARED &&
		   r->info.past.in_packets == 13 &&
		   r->info.past.out_packets == 24 &&
		   r->info.past.err_recv_internal == 4 &&
		   r->info.current == 2 && r->info.expired == 2,
	   "its record gets what the kernel tells later");
	f = history_next_failure(h, 0);
	ok(f && f->ended == IKE_REASON_CLEARED && f->f.phase == 2 &&
		   f->uptime == 77,
	   "ended by hand: a failure, too");
	pair(IKE_EVENT_CHILD_UP, 5, 300, 0, 0);
	pair(IKE_EVENT_CHILD_DOWN, 5, 300, 0, IKE_REASON_LIFETIME);
	pair(IKE_EVENT_CHILD_DOWN, 5, 300, 0, IKE_REASON_LIFETIME);
	ok(history_next_tunnel(h, 1) && !history_next_tunnel(h, 2) &&
		   !history_next_failure(h, 1),
	   "an end as agreed is no failure");
	pair(IKE_EVENT_CHILD_UP, 5, 300, 0, 0);
	gone(300, DIR_IN, 1);
	ok(is_up() && up.past.in_packets == 1,
	   "the number of one that waits for its figures is used again");
}

/* --- sizes --------------------------------------------------------------- */

static void test_sizes(void)
{
	const struct history_failure *f;
	unsigned int i;

	history_resize(h, 3, 1);
	for (i = 0; i < 5; i++)
		fail(IKE_FAIL_NO_ANSWER);
	f = history_next_failure(h, 0);
	ok(f && f->number == 4 && history_next_failure(h, 5) &&
		   !history_next_failure(h, 6),
	   "three failures");
	ok(!history_next_tunnel(h, 2) && history_next_tunnel(h, 0)->number == 2,
	   "the newest tunnel");
	history_resize(h, 5, 1);
	f = history_next_failure(h, 0);
	ok(f && f->number == 4, "more room: what is lost stays lost");
	fail(IKE_FAIL_NO_ANSWER);
	fail(IKE_FAIL_NO_ANSWER);
	f = history_next_failure(h, 0);
	ok(f && f->number == 4 && history_next_failure(h, 7)->number == 8,
	   "it is used");
	history_resize(h, 1, 1);
	f = history_next_failure(h, 0);
	ok(f && f->number == 8, "less room drops the oldest at once");
}

/* --- the file ------------------------------------------------------------ */

static bool is_empty(void)
{
	return !history_next_sa(h, 0) && !history_next_tunnel(h, 0) &&
	       !history_next_failure(h, 0) && !history_sums(h)->initiated;
}

static void seal(struct msg *m)
{
	static const uint64_t check[2] = { 0x6970736563677768, 0x6973746f7279 };

	m->len -= 8;
	msg_put_u64(m, siphash(check, m->p, m->len));
}

/* What history_get() makes of damage; all of it must leave nothing behind. */
static void test_damage(struct msg *m)
{
	unsigned int refused = 0, left = 0, n = 0;
	const char *why;
	size_t i, len = m->len;

	for (i = 0; i < len; i++) {
		uint8_t *cut = malloc(i ? i : 1);

		memcpy(cut, m->p, i);
		refused += !history_get(h, cut, i, "boot", &why);
		left += !is_empty();
		free(cut);
	}
	ok(refused == len && !left, "cut short anywhere");
	refused = 0;
	for (i = 0; i < len; i++) {
		m->p[i] ^= 0x40;
		refused += !history_get(h, m->p, len, "boot", &why);
		left += !is_empty();
		m->p[i] ^= 0x40;
	}
	ok(refused == len && !left, "any octet changed");
	/* With a right sum, so that all that reads it is tried. */
	for (i = 0; i + 8 < len; i++) {
		m->p[i] ^= 0xff;
		seal(m);
		if (!history_get(h, m->p, len, "boot", &why)) {
			n++;
			left += !is_empty();
		}
		history_forget(h);
		m->p[i] ^= 0xff;
	}
	seal(m);
	ok(n > 100 && !left, "%u octets changed on purpose are noticed", n);
	ok(!history_get(h, "hello, world, hello", 19, "boot", &why) &&
		   is_empty(),
	   "a file of somebody else");
	m->p[4 + 16 + 3]++;
	seal(m);
	ok(!history_get(h, m->p, len, "boot", &why) &&
		   strstr(why, "another version"),
	   "%s", why);
	m->p[4 + 16 + 3]--;
	seal(m);
}

static void test_file(void)
{
	const struct history_failure *f;
	const struct history_tunnel *t;
	const struct history_sa *r;
	struct ike_failure told = { .kind = IKE_FAIL_INVALID_HASH,
				    .phase = 1,
				    .remote_id = { .type = 2, .len = 2 },
				    .attribute = "group",
				    .why = "so it is" };
	struct history *old = h;
	const char *why = "";
	struct msg m;

	history_free(old);
	h = history_new(now, NULL, key);
	end(true, true, IKE_REASON_CLEARED);
	end(true, true, IKE_REASON_PEER_DEAD);
	pair(IKE_EVENT_CHILD_UP, 5, 100, 0, 0);
	gone(100, DIR_IN, 1ULL << 40);
	pair(IKE_EVENT_CHILD_DOWN, 5, 100, 0, IKE_REASON_PEER_DEAD);
	memcpy(told.remote_id.data, "gw", 2);
	history_failure(h, &told);
	msg_init(&m, 1, 0);
	history_put(&m, h, history_sums(h), "boot");
	history_free(h);
	h = history_new(now, NULL, key);
	ok(!m.is_bad && history_get(h, m.p, m.len, "boot", &why), "read %s",
	   why);
	r = history_next_sa(h, 1);
	ok(r && r->number == 2 && r->reason == IKE_REASON_PEER_DEAD &&
		   r->info.in_octets == 1ULL << 33 && r->info.n_exchanges == 5,
	   "ISAKMP SAs");
	t = history_next_tunnel(h, 0);
	ok(t && t->info.past.in_packets == 1ULL << 40 && t->info.esp == 12 &&
		   t->info.remote.b[3] == 2,
	   "tunnels");
	f = history_next_failure(h, 0);
	ok(f && f->ended == IKE_REASON_PEER_DEAD, "a tunnel that failed");
	f = history_next_failure(h, 1);
	ok(f && f->f.kind == IKE_FAIL_INVALID_HASH && f->uptime == 77 &&
		   !strcmp(f->f.attribute, "group") &&
		   !strcmp(f->f.why, "so it is") &&
		   !memcmp(f->f.remote_id.data, "gw", 2),
	   "failures");
	ok(history_sums(h)->previous == 2 && history_sums(h)->hash == 1 &&
		   history_sums(h)->previous_tunnels == 1,
	   "sums go on");
	end(true, true, IKE_REASON_CLEARED);
	ok(history_next_sa(h, 2)->number == 3, "and so do numbers");
	history_forget(h);
	ok(history_get(h, m.p, m.len, "later", &why) && history_next_sa(h, 0) &&
		   !history_sums(h)->previous,
	   "another run of the system: records only");
	history_forget(h);
	history_resize(h, 200, 1);
	ok(history_get(h, m.p, m.len, "boot", &why) &&
		   history_next_sa(h, 0)->number == 2,
	   "a smaller table takes the newest");
	history_forget(h);
	test_damage(&m);
	msg_free(&m);
}

int main(void)
{
	const struct history_failure *f;
	const struct history_sums *s;
	const struct history_sa *r;
	uint64_t at = 0;
	unsigned int i, n = 0;

	h = history_new(now, NULL, key);
	if (!ok(h != NULL, "new"))
		return ktap_end();
	s = history_sums(h);
	ok(!history_next_sa(h, 0) && !history_next_failure(h, 0),
	   "nothing yet");
	end(true, true, IKE_REASON_CLEARED);
	end(false, true, IKE_REASON_RETRANSMIT);
	end(false, false, IKE_REASON_FAILED);
	r = history_next_sa(h, 0);
	ok(r && r->number == 1 && r->reason == IKE_REASON_CLEARED &&
		   !history_next_sa(h, 1),
	   "only what was up has a record");
	ok(s->previous == 1 && s->initiated == 2 && s->initiated_failed == 1 &&
		   s->answered_failed == 1,
	   "tunnels");
	ok(s->in_packets == 9 && s->out_packets == 12 &&
		   s->in_octets == 3ULL << 33,
	   "sums in 64 bits");
	ok(s->exchanges_in == 6 && s->exchanges_out == 9 &&
		   s->rejects_in == 0 && s->rejects_out == 3 &&
		   s->invalids_in == 9 && s->invalids_out == 0,
	   "exchanges by who began them");
	for (i = 1; i < 2 * HISTORY_SIZE; i++)
		end(true, false, IKE_REASON_LIFETIME);
	while ((r = history_next_sa(h, at))) {
		n++;
		at = r->number;
	}
	ok(n == HISTORY_SIZE && at == 2 * HISTORY_SIZE, "the last %u are kept",
	   n);
	fail(IKE_FAIL_AUTHENTICATION);
	fail(IKE_FAIL_NO_KEY);
	fail(IKE_FAIL_INVALID_HASH);
	fail(IKE_FAIL_PAYLOAD_MALFORMED);
	fail(IKE_FAIL_LIMIT);
	fail(IKE_FAIL_NO_ANSWER);
	ok(s->authentication == 2 && s->hash == 1 && s->decrypt == 1 &&
		   s->limits == 1,
	   "failures by kind");
	f = history_next_failure(h, 5);
	ok(f && f->number == 6 && f->uptime == 77 &&
		   f->f.kind == IKE_FAIL_NO_ANSWER &&
		   !history_next_failure(h, 6),
	   "their records");
	history_free(h);
	h = history_new(now, NULL, key);
	test_tunnels();
	test_sizes();
	test_file();
	history_free(h);
	return ktap_end();
}
