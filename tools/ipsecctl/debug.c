// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands "debug" and "undebug". Outside of the shell the lines are
 * printed until the command is ended; in the shell they come between prompts.
 */
#include "debug.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "../lib/cfg_cmd.h"
#include "../lib/ctl.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"

#define FLAG_OFF 8 /* as the daemon's request has it */

struct debug {
	struct ctl *c;
	long long key; /* to ask for more topics */
};

static const struct {
	const char *word; /* of the daemon */
	const char *name;
} topics[] = {
	{ "isakmp", "Crypto ISAKMP" },
	{ "isakmp-error", "Crypto ISAKMP Error" },
	{ "ipsec", "Crypto IPSEC" },
	{ "ipsec-error", "Crypto IPSEC Error" },
	{ "engine", "Crypto Engine" },
	{ "mib", "Crypto IPsec Mgmt Entity" },
	{ "mib-error", "Crypto IPsec Mgmt Entity Error" },
};

#define TOPICS (sizeof(topics) / sizeof(topics[0]))

static const char *name_of(const char *word)
{
	size_t i;

	for (i = 0; i < TOPICS; i++)
		if (!strcmp(topics[i].word, word))
			return topics[i].name;
	return word;
}

/* The daemon's word for what a command is about. */
static const char *topic_of(const struct cmd_match *m, char buf[32])
{
	static const char *const words[] = { "isakmp", "ipsec", "engine",
					     "mib" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (cmd_has(m, words[i]))
			break;
	if (i == sizeof(words) / sizeof(words[0]))
		return "";
	snprintf(buf, 32, "%s%s", words[i],
		 cmd_has(m, "error") ? "-error" : "");
	return buf;
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

/* --- lines --------------------------------------------------------------- */

static void print_row(struct out *o, struct json_object *row)
{
	if (out_is_json(o))
		out_printf(o, "%s\n",
			   json_object_to_json_string_ext(
				   row, JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		out_printf(o, "%s: %s\n", daemon_text(row, "time"),
			   daemon_text(row, "line"));
}

/* The lines of a frame, at most @max (0: all); how many there were. */
static size_t print_frame(struct out *o, struct json_object *frame, size_t max)
{
	struct json_object *rows;
	size_t i, n = 0;

	if (json_object_object_get_ex(frame, "rows", &rows))
		n = json_object_array_length(rows);
	if (max && n > max)
		n = max;
	for (i = 0; i < n; i++)
		print_row(o, json_object_array_get_idx(rows, i));
	out_flush(o);
	return n;
}

static int open_stream(const char *topic, struct ctl **c)
{
	struct json_object *o = daemon_request("debug");
	int err = ctl_open(c, daemon_path());

	add_text(o, "text", topic);
	if (!err)
		err = ctl_send(*c, o);
	json_object_put(o);
	if (!err)
		return DONE;
	log_error("%s", ctl_error(*c));
	ctl_close(*c);
	return FAILED;
}

/* Until the command is ended, the count is reached, or somebody undebugs. */
static int stream(struct ctx *c, const char *topic)
{
	struct json_object *frame;
	bool is_first = true, more = true;
	uint64_t n = 0;
	struct ctl *s;
	int err = 0;

	if (open_stream(topic, &s) != DONE)
		return FAILED;
	while (more && !out_failed(c->out) && (!c->count || n < c->count)) {
		err = ctl_recv(s, &frame, true);
		if (err) {
			json_object_put(frame);
			break;
		}
		if (is_first && !out_is_json(c->out))
			out_printf(c->out, "%s debugging is on\n",
				   name_of(topic));
		is_first = false;
		n += print_frame(c->out, frame, c->count ? c->count - n : 0);
		more = daemon_flag(frame, "more");
		json_object_put(frame);
	}
	if (err)
		log_error("%s", ctl_error(s));
	ctl_close(s);
	return err ? FAILED : DONE;
}

/* --- in the shell ---------------------------------------------------------- */

int debug_fd(const struct ctx *c)
{
	return c->debug ? ctl_fd(c->debug->c) : -1;
}

void debug_end(struct ctx *c)
{
	if (c->debug)
		ctl_close(c->debug->c);
	free(c->debug);
	c->debug = NULL;
}

static bool is_ready(const struct ctx *c)
{
	struct pollfd p = { .fd = debug_fd(c), .events = POLLIN };

	return c->debug && (ctl_has_frame(c->debug->c) || poll(&p, 1, 0) > 0);
}

void debug_drain(struct ctx *c)
{
	struct json_object *frame;
	bool more = true;
	struct out *o;

	if (!is_ready(c))
		return;
	o = out_new(STDOUT_FILENO, c->json);
	fflush(stdout);
	while (o && more && is_ready(c)) {
		if (ctl_recv(c->debug->c, &frame, true)) {
			more = false;
		} else {
			print_frame(o, frame, 0);
			more = daemon_flag(frame, "more");
		}
		json_object_put(frame);
	}
	if (o)
		out_end(o);
	out_free(o);
	/* The daemon has gone, or somebody has ended it. */
	if (!more)
		debug_end(c);
}

static int begin(struct ctx *c, const char *topic)
{
	struct json_object *frame;
	struct ctl *s;

	if (open_stream(topic, &s) != DONE)
		return FAILED;
	if (ctl_recv(s, &frame, false)) {
		log_error("%s", ctl_error(s));
		json_object_put(frame);
		ctl_close(s);
		return FAILED;
	}
	c->debug = calloc(1, sizeof(*c->debug));
	if (c->debug)
		*c->debug = (struct debug){ s, daemon_number(frame, "key") };
	else
		ctl_close(s);
	json_object_put(frame);
	return c->debug ? DONE : FAILED;
}

/* One more topic for the stream that is open. */
static int extend(struct ctx *c, const char *topic)
{
	struct json_object *o = daemon_request("debug");

	add_text(o, "text", topic);
	json_object_object_add(o, "number",
			       json_object_new_int64(c->debug->key));
	return daemon_call(o, NULL);
}

/* --- commands ---------------------------------------------------------------- */

int do_debug(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	char buf[32];
	const char *topic = topic_of(m, buf);
	int status;

	if (!c->in_shell)
		return stream(c, topic);
	debug_drain(c);
	status = c->debug ? extend(c, topic) : begin(c, topic);
	if (status == DONE && !out_is_json(c->out))
		out_printf(c->out, "%s debugging is on\n", name_of(topic));
	return status;
}

int do_undebug(void *ctx, const struct cmd_match *m)
{
	struct json_object *o = daemon_request("undebug");
	struct ctx *c = ctx;
	char buf[32];
	const char *topic = topic_of(m, buf);

	add_text(o, "text", topic);
	if (daemon_call(o, NULL) != DONE)
		return FAILED;
	if (out_is_json(c->out))
		return DONE;
	if (*topic)
		out_printf(c->out, "%s debugging is off\n", name_of(topic));
	else
		out_printf(c->out,
			   "All possible debugging has been turned off\n");
	return DONE;
}

static int condition(const struct cmd_match *m, bool off)
{
	static const char *const kinds[] = { "peer", "connid", "unmatched",
					     "reset" };
	struct json_object *o = daemon_request("debug-condition");
	const struct cmd_arg *conn = cmd_find(m, "CONN");
	const struct addr *peer = cfg_addr(m, "PEER");
	char a[ADDR_STR], buf[32];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (cmd_has(m, kinds[i]))
			add_text(o, "name", kinds[i]);
	if (!peer)
		peer = cfg_addr(m, "PEER6");
	if (peer)
		add_text(o, "address", addr_fmt(peer, a));
	if (conn)
		json_object_object_add(o, "number",
				       json_object_new_int64(conn->v.num));
	add_text(o, "text", topic_of(m, buf));
	if (off)
		json_object_object_add(o, "flags",
				       json_object_new_int(FLAG_OFF));
	return daemon_call(o, NULL);
}

int do_debug_condition(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	return condition(m, false);
}

int do_undebug_condition(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	return condition(m, true);
}

/* --- what is on -------------------------------------------------------------- */

int do_show_debugging(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct json_object *rows;
	size_t i, n;

	(void)m;
	if (daemon_call(daemon_request("debugging"), &rows) != DONE)
		return FAILED;
	if (out_is_json(c->out)) {
		out_json(c->out, rows);
		return DONE;
	}
	n = json_object_array_length(rows);
	if (n)
		out_printf(c->out, "Cryptographic Subsystem:\n");
	for (i = 0; i < n; i++)
		out_printf(
			c->out, "  %s debugging is on\n",
			name_of(daemon_text(json_object_array_get_idx(rows, i),
					    "topic")));
	json_object_put(rows);
	return DONE;
}

static bool has_word(struct json_object *list, const char *word)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (!strcmp(json_object_get_string(
				    json_object_array_get_idx(list, i)),
			    word))
			return true;
	return false;
}

static void print_list(struct out *o, const char *title,
		       struct json_object *list)
{
	size_t i, n = json_object_array_length(list);

	if (!n)
		return;
	out_printf(o, "\n%s\n", title);
	for (i = 0; i < n; i++)
		out_printf(o, "%s%s", i ? " " : "",
			   json_object_get_string(
				   json_object_array_get_idx(list, i)));
	out_printf(o, "\n");
}

static void print_conditions(struct out *o, struct json_object *r)
{
	static const struct {
		const char *word, *name;
	} kinds[] = { { "isakmp", "IKE" },
		      { "ipsec", "IPsec" },
		      { "engine", "Crypto Engine" },
		      { "mib", "MIB" } };
	struct json_object *peers, *conns, *unmatched;
	size_t i;

	if (!json_object_object_get_ex(r, "peers", &peers) ||
	    !json_object_object_get_ex(r, "connections", &conns) ||
	    !json_object_object_get_ex(r, "unmatched", &unmatched))
		return;
	out_printf(o, "Crypto conditional debug currently is turned %s\n",
		   daemon_flag(r, "on") ? "ON" : "OFF");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		out_printf(o, "%s debug context unmatched flag: %s\n",
			   kinds[i].name,
			   has_word(unmatched, kinds[i].word) ? "ON" : "OFF");
	print_list(o, "IKE peer IP address filters:", peers);
	print_list(o, "Connection-id filters:", conns);
}

int do_show_condition(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct json_object *rows, *r;

	(void)m;
	if (daemon_call(daemon_request("debug-conditions"), &rows) != DONE)
		return FAILED;
	r = json_object_array_get_idx(rows, 0);
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(r));
	else
		print_conditions(c->out, r);
	json_object_put(rows);
	return DONE;
}
