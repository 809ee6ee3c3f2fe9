// SPDX-License-Identifier: GPL-2.0-or-later
/* Who watches debug lines: queues and their bounds, conditions, the end. */
#include "ktap.h"

#include <json-c/json.h>

#include "ikehelper/failure.h"
#include "ikehelper/watch_krn.h"
#include "ikehelper/watch_queue.h"
#include "lib/log.h"

static struct watch *w;
static unsigned int topics, logged;
static uint64_t now = 5000;

/* The last answer to each request. */
static struct {
	struct json_object *frame;
	uint64_t cursor;
	unsigned int n;
} got[20];

static void on_answer(void *ctx, uint32_t id, char *frame, uint64_t cursor)
{
	(void)ctx;
	json_object_put(got[id].frame);
	got[id].frame = json_tokener_parse(frame);
	got[id].cursor = cursor;
	got[id].n++;
	free(frame);
}

static void on_topics(void *ctx, unsigned int t)
{
	(void)ctx;
	topics = t;
}

static uint64_t on_now(void *ctx)
{
	(void)ctx;
	return now;
}

static void on_log(enum log_level level, const char *line)
{
	(void)line;
	logged += level == LOG_LEVEL_TRACE;
}

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) ?
		       json_object_get_string(v) :
		       "";
}

static size_t rows(int id)
{
	struct json_object *v;

	if (!json_object_object_get_ex(got[id].frame, "rows", &v))
		return 0;
	return json_object_array_length(v);
}

static const char *line(int id, size_t i)
{
	struct json_object *v;

	json_object_object_get_ex(got[id].frame, "rows", &v);
	return text_of(json_object_array_get_idx(v, i), "line");
}

static void ask(int id, enum request_kind kind, const char *text,
		uint64_t cursor)
{
	struct request r = {
		.kind = kind, .text = text, .name = "", .cursor = cursor
	};

	watch_request(w, id, &r);
}

static void condition(const char *name, const char *addr, uint32_t number,
		      const char *text, bool off)
{
	struct request r = { .kind = REQ_CONDITION,
			     .name = name,
			     .text = text,
			     .number = number,
			     .flags = off ? REQ_FLAG_OFF : 0 };

	if (*addr)
		addr_parse(addr, &r.addr);
	watch_request(w, 19, &r);
}

static void say(unsigned int bits, const char *peer, uint32_t conn,
		const char *text)
{
	struct ike_path path = { 0 };

	if (*peer)
		addr_parse(peer, &path.remote.addr);
	watch_line(w, bits, &path, conn, text);
	watch_flush(w);
}

static void test_lines(void)
{
	ask(1, REQ_DEBUG, "bogus", 0);
	ok(*text_of(got[1].frame, "error") && !topics, "an unknown topic");
	ask(1, REQ_DEBUG, "isakmp", 0);
	ok(topics == TRACE_ISAKMP && got[1].cursor && !rows(1) &&
		   *text_of(got[1].frame, "key"),
	   "one begins to watch");
	say(TRACE_ISAKMP, "192.0.2.1", 1, "one");
	ok(got[1].n == 2, "what it has not asked for waits");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	watch_flush(w);
	ok(rows(1) == 1 && !strcmp(line(1, 0), "one"), "and comes then");
	say(TRACE_IPSEC, "192.0.2.1", 1, "two");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	watch_flush(w);
	ok(got[1].n == 3, "what it does not want never comes");
	say(TRACE_ISAKMP | TRACE_ISAKMP_ERROR, "192.0.2.1", 1, "three");
	ok(got[1].n == 4 && !strcmp(line(1, 0), "three"),
	   "who waits gets it at once");
	ok(logged == 2, "each line is logged once");
}

static void test_bounds(void)
{
	char text[32];
	unsigned int i, n = 0, last = 0;
	bool told = false;

	now += 1000;
	for (i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "line %u", i);
		now += 4; /* 250 in a second */
		say(TRACE_ISAKMP, "192.0.2.1", 1, text);
	}
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	watch_flush(w);
	ok(rows(1) == WATCH_BATCH && !strcmp(line(1, 0), "line 0"),
	   "a slow reader gets the oldest, %u at once", WATCH_BATCH);
	for (n = rows(1); rows(1); n += rows(1)) {
		last = got[1].n;
		ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
		watch_flush(w);
		if (got[1].n == last)
			break;
		told |= strstr(line(1, rows(1) - 1), "2000 lines lost") != NULL;
	}
	ok(n == WATCH_QUEUE + 1 && told, "%u lines, then how many are lost", n);

	now += 1000;
	for (i = 0; i < WATCH_RATE + 50; i++)
		say(TRACE_ISAKMP, "192.0.2.1", 1, "flood");
	now += 1000;
	say(TRACE_ISAKMP, "192.0.2.1", 1, "after");
	for (n = told = 0;;) {
		size_t k;

		for (k = 0; k < rows(1); k++) {
			n += !strcmp(line(1, k), "flood");
			told |= !strcmp(line(1, k), "50 lines lost");
		}
		last = got[1].n;
		ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
		watch_flush(w);
		if (got[1].n == last)
			break;
	}
	ok(n == WATCH_RATE && told, "%u lines of one second pass, 50 are lost",
	   n);
}

static void test_conditions(void)
{
	unsigned int before;

	condition("peer", "192.0.2.7", 0, "", false);
	before = got[1].n;
	say(TRACE_ISAKMP, "192.0.2.1", 1, "another peer");
	say(TRACE_ISAKMP, "", 0, "no peer");
	ok(got[1].n == before, "lines of others and of nobody are left out");
	say(TRACE_ISAKMP, "192.0.2.7", 2, "this one");
	ok(got[1].n == before + 1 && !strcmp(line(1, 0), "this one"),
	   "those of the peer come");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	condition("connid", "", 1, "", false);
	say(TRACE_ISAKMP, "192.0.2.1", 1, "that SA");
	ok(!strcmp(line(1, 0), "that SA"), "and those of an SA");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	condition("unmatched", "", 0, "isakmp", false);
	say(TRACE_ISAKMP, "", 0, "nobody");
	ok(!strcmp(line(1, 0), "nobody"), "and unmatched ones, if wanted");
	ask(18, REQ_CONDITIONS, "", 0);
	ok(strstr(json_object_to_json_string(got[18].frame), "192.0.2.7") &&
		   strstr(json_object_to_json_string(got[18].frame), "isakmp"),
	   "conditions can be seen");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
	condition("peer", "192.0.2.7", 0, "", true);
	before = got[1].n;
	say(TRACE_ISAKMP, "192.0.2.7", 2, "no longer");
	ok(got[1].n == before, "a condition is taken away");
	condition("reset", "", 0, "", false);
	say(TRACE_ISAKMP, "192.0.2.9", 9, "all");
	ok(!strcmp(line(1, 0), "all"), "without conditions all lines come");
	condition("peer", "", 0, "", false);
	ok(*text_of(got[19].frame, "error"), "a condition without a value");
	ask(1, REQ_DEBUG, "isakmp", got[1].cursor);
}

static void test_end(void)
{
	struct request more = { .kind = REQ_DEBUG,
				.text = "ipsec",
				.name = "",
				.number = got[1].cursor };
	unsigned int i;

	watch_request(w, 2, &more);
	ok(topics == (TRACE_ISAKMP | TRACE_IPSEC) && !got[2].cursor,
	   "a topic more for the same reader");
	ask(3, REQ_DEBUGGING, "", 0);
	ok(rows(3) == 2, "what is on can be seen");
	ask(4, REQ_UNDEBUG, "isakmp", 0);
	ok(topics == TRACE_IPSEC && got[1].cursor, "one topic less");
	ask(4, REQ_UNDEBUG, "", 0);
	ok(!topics && !got[1].cursor, "nothing left: the reader is told");
	say(TRACE_ISAKMP, "192.0.2.1", 1, "nobody hears");
	for (i = 1; i <= WATCHERS; i++)
		ask(i, REQ_DEBUG, "isakmp-error", 0);
	ask(17, REQ_DEBUG, "isakmp", 0);
	ok(*text_of(got[17].frame, "error") && topics == TRACE_ISAKMP_ERROR,
	   "there is an end to readers");
	watch_forget(w, 5);
	ask(17, REQ_DEBUG, "isakmp", 0);
	ok(got[17].cursor, "one that goes makes room, even while it reads");
	for (i = 1; i <= 17; i++)
		watch_forget(w, i);
	ok(!topics, "when all have gone nothing is wanted");
}

/* --- events --------------------------------------------------------------- */

static struct ike_sa_info sa_info = { .conn = 1003, .state = QM_IDLE };
static struct ike_child_info child_info = { .conn = 1003,
					    .rule = 7,
					    .in_spi = 0x1000,
					    .out_spi = 0x2000,
					    .is_active = true };

static uint32_t heir; /* of the pair that ends */

static void happens(enum ike_event_kind kind, enum ike_reason reason,
		    uint32_t replaces)
{
	bool is_child = kind == IKE_EVENT_CHILD_UP ||
			kind == IKE_EVENT_CHILD_DOWN;
	struct ike_event ev = { .kind = kind,
				.reason = reason,
				.sa = is_child ? NULL : &sa_info,
				.child = is_child ? &child_info : NULL,
				.replaces = replaces,
				.heir = heir };

	watch_event(w, &ev);
	watch_flush(w);
}

static void fails(enum ike_fail kind)
{
	struct ike_failure f = { .kind = kind,
				 .phase = 2,
				 .path = sa_info.path,
				 .why = "no \033[1m transform" };

	watch_failure(w, &f);
	watch_flush(w);
}

/* A member of the row that came last. */
static const char *event(const char *key)
{
	struct json_object *v;
	size_t n = rows(1);

	json_object_object_get_ex(got[1].frame, "rows", &v);
	return n ? text_of(json_object_array_get_idx(v, n - 1), key) : "";
}

/* Whoever monitors asks for more; did an event with that name come? */
static bool comes(const char *name)
{
	bool is_it = !strcmp(event("event"), name);

	ask(1, REQ_MONITOR, "", got[1].cursor);
	return is_it;
}

static void test_events(void)
{
	unsigned int before;

	addr_parse("192.0.2.1", &sa_info.path.remote.addr);
	child_info.path = sa_info.path;
	now += 1000;
	ask(1, REQ_MONITOR, "", 0);
	ok(topics == TRACE_EVENT && got[1].cursor, "one begins to monitor");
	ask(3, REQ_DEBUGGING, "", 0);
	ok(!rows(3), "which is no debugging");
	ask(1, REQ_MONITOR, "", got[1].cursor);
	condition("peer", "192.0.2.7", 0, "", false);
	happens(IKE_EVENT_SA_UP, IKE_REASON_NONE, 0);
	ok(!strcmp(event("remote"), "192.0.2.1") &&
		   !strcmp(event("conn"), "1003") && comes("isakmp-up"),
	   "an ISAKMP SA, whatever the conditions of debugging");
	condition("reset", "", 0, "", false);
	happens(IKE_EVENT_CHILD_UP, IKE_REASON_NONE, 0);
	ok(!strcmp(event("in_spi"), "4096") && !strcmp(event("rule"), "7") &&
		   comes("tunnel-up"),
	   "a tunnel");
	happens(IKE_EVENT_CHILD_UP, IKE_REASON_NONE, 99);
	ok(!strcmp(event("replaces"), "99") && comes("tunnel-rekey"),
	   "a rekey");
	before = got[1].n;
	happens(IKE_EVENT_CHILD_DOWN, IKE_REASON_REKEYED, 0);
	ok(got[1].n == before, "the end of what was replaced is none");
	heir = 0x1002;
	happens(IKE_EVENT_CHILD_DOWN, IKE_REASON_PEER_DELETE, 0);
	ok(got[1].n == before,
	   "nor that of a new pair whose predecessor goes on");
	heir = 0;
	happens(IKE_EVENT_CHILD_DOWN, IKE_REASON_IDLE, 0);
	ok(*event("reason") && comes("tunnel-down"), "the end of a tunnel");
	happens(IKE_EVENT_PEER_DEAD, IKE_REASON_NONE, 0);
	ok(comes("peer-dead"), "a dead peer");
	before = got[1].n;
	fails(IKE_FAIL_DPD);
	ok(got[1].n == before, "which is not told twice");
	happens(IKE_EVENT_SA_DOWN, IKE_REASON_CLEARED, 0);
	ok(*event("reason") && comes("isakmp-down"), "the end of an SA");
	before = got[1].n;
	sa_info.state = MM_KEY_EXCH;
	happens(IKE_EVENT_SA_DOWN, IKE_REASON_FAILED, 0);
	ok(got[1].n == before, "one that never was up does not go down");
	fails(IKE_FAIL_NO_PROPOSAL);
	ok(!strcmp(event("kind"), "NO_PROPOSAL_CHOSEN") &&
		   !strcmp(event("refused_by"), "peer") &&
		   strstr(event("why"), "transform") &&
		   !strchr(event("why"), 033) && comes("negotiation-failed"),
	   "a failure with its reason");
}

static void test_event_bounds(void)
{
	struct request mixed = { .kind = REQ_DEBUG,
				 .text = "ipsec",
				 .name = "",
				 .number = got[1].cursor };
	unsigned int i, n = 0, last;
	bool told = false;

	watch_request(w, 2, &mixed);
	ok(topics == TRACE_EVENT, "nobody debugs with the key of a monitor");
	ask(4, REQ_UNDEBUG, "", 0);
	ok(topics == TRACE_EVENT && got[1].cursor,
	   "an end of all debugging is not its end");
	fails(IKE_FAIL_LIMIT); /* it was waiting */
	for (i = 0; i < WATCH_QUEUE + 30; i++) {
		now += 4;
		fails(IKE_FAIL_NO_PROPOSAL);
	}
	do {
		last = got[1].n;
		ask(1, REQ_MONITOR, "", got[1].cursor);
		watch_flush(w);
		if (got[1].n == last)
			break;
		n += rows(1);
		told |= !strcmp(event("event"), "lost") &&
			!strcmp(event("events"), "30");
	} while (rows(1));
	ok(n == WATCH_QUEUE + 1 && told, "a slow reader is told of 30 lost");
	watch_forget(w, 1);
	ok(!topics, "it ends with its client");
	fails(IKE_FAIL_LIMIT);
}

int main(void)
{
	const struct watch_ops ops = { on_answer, on_topics, on_now, NULL };
	int i;

	log_sink(on_log);
	w = watch_new(&ops);
	test_lines();
	test_bounds();
	test_conditions();
	test_end();
	test_events();
	test_event_bounds();
	say(TRACE_ISAKMP, "", 0, "x");
	watch_free(w);
	for (i = 0; i < 20; i++)
		json_object_put(got[i].frame);
	return ktap_end();
}
