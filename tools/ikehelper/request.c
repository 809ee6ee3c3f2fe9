// SPDX-License-Identifier: GPL-2.0-or-later
/* Control requests and their answers, as they go between the roles. */
#include "request.h"

#include <string.h>

static const struct {
	const char *name;
	bool is_change;
} kinds[REQ_KINDS] = {
	[REQ_ISAKMP_SA] = { "isakmp-sa", false },
	[REQ_IPSEC_SA] = { "ipsec-sa", false },
	[REQ_SESSION] = { "session", false },
	[REQ_FAILURES] = { "failures", false },
	[REQ_ISAKMP_HISTORY] = { "isakmp-history", false },
	[REQ_ISAKMP_GLOBAL] = { "isakmp-global", false },
	[REQ_MIB_FAILURES] = { "mib-failures", false },
	[REQ_IPSEC_TUNNEL] = { "ipsec-tunnel", false },
	[REQ_IPSEC_HISTORY] = { "ipsec-history", false },
	[REQ_CLEAR_ISAKMP] = { "clear-isakmp", true },
	[REQ_CLEAR_SA] = { "clear-sa", true },
	[REQ_CLEAR_SESSION] = { "clear-session", true },
	[REQ_INITIATE] = { "initiate", true },
	[REQ_DEBUG] = { "debug", true },
	[REQ_MONITOR] = { "monitor", true },
	[REQ_UNDEBUG] = { "undebug", true },
	[REQ_DEBUGGING] = { "debugging", false },
	[REQ_CONDITION] = { "debug-condition", true },
	[REQ_CONDITIONS] = { "debug-conditions", false },
	[REQ_RUNNING_CONFIG] = { "running-config", true },
	[REQ_KEPT_LINES] = { "kept-lines", false },
	[REQ_APPLY] = { "apply", true },
	[REQ_REPLACE] = { "replace", true },
	[REQ_SAVE] = { "save", true },
	[REQ_RELOAD] = { "reload", true },
	[REQ_CONFIGURED] = { "configured", true },
	[REQ_LOG] = { "log", false },
	[REQ_LOG_STATE] = { "log-state", false },
	[REQ_CLEAR_LOG] = { "clear-log", true },
	[REQ_PROCESSES] = { "processes", false },
	[REQ_CLEAR_COUNTERS] = { "clear-counters", true },
	[REQ_CLEARED] = { "cleared-counters", false },
	[REQ_CLEAR_LOAD] = { "clear-load", true },
	[REQ_LOAD] = { "load", false },
};

enum request_kind request_by_name(const char *name)
{
	int i;

	for (i = 1; i < REQ_KINDS; i++)
		if (!strcmp(kinds[i].name, name))
			return i;
	return REQ_NONE;
}

bool request_is_change(enum request_kind kind)
{
	return kinds[kind].is_change;
}

bool request_is_parents(enum request_kind kind)
{
	return kind >= REQ_RUNNING_CONFIG;
}

void request_put(struct msg *m, const struct request *r)
{
	msg_put_u16(m, r->kind);
	msg_put_u64(m, r->cursor);
	msg_put_u32(m, r->number);
	msg_put_u32(m, r->flags);
	msg_put_addr(m, &r->addr);
	msg_put_text(m, r->name);
	msg_put_text(m, r->text);
}

bool request_get(struct msg *m, struct request *r)
{
	r->kind = msg_get_u16(m);
	r->cursor = msg_get_u64(m);
	r->number = msg_get_u32(m);
	r->flags = msg_get_u32(m);
	msg_get_addr(m, &r->addr);
	r->name = msg_get_text(m);
	r->text = msg_get_text(m);
	return msg_close(m) && r->kind > REQ_NONE && r->kind < REQ_KINDS;
}

void answer_put(struct msg *m, const struct answer *a)
{
	msg_put_u64(m, a->cursor);
	msg_put_text(m, a->frame);
}

bool answer_get(struct msg *m, struct answer *a)
{
	a->cursor = msg_get_u64(m);
	a->frame = msg_get_text(m);
	return msg_close(m);
}
