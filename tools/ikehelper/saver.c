// SPDX-License-Identifier: GPL-2.0-or-later
/* When the history is given to the parent, who keeps it in a file. */
#include "saver.h"

#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include "../lib/log.h"
#include "request.h"

#define AFTER 10 /* seconds: many changes are one */

struct saver {
	struct proc *proc;
	struct history *history;
	struct ike *ike;
	struct event *timer;
	uint64_t kept; /* history_changes() of what the parent has */
	bool is_open; /* what was kept has been read */
	char boot[64];
};

void saver_flush(struct saver *s)
{
	struct history_sums now = *history_sums(s->history);
	struct msg all, m;

	if (!s->is_open || s->kept == history_changes(s->history))
		return;
	now.strays += ike_strays(s->ike);
	msg_init(&all, MSG_HISTORY, 0);
	history_put(&all, s->history, &now, s->boot);
	msg_init(&m, MSG_HISTORY, 0);
	if (all.is_bad)
		m.is_bad = true;
	else
		msg_put_bytes(&m, all.p, all.len);
	msg_free(&all);
	if (proc_send(s->proc, ROLE_PARENT, &m))
		log_error("the history is not kept: out of memory");
	s->kept = history_changes(s->history);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	saver_flush(arg);
}

void saver_poke(struct saver *s)
{
	const struct timeval after = { .tv_sec = AFTER };

	if (s->is_open && s->kept != history_changes(s->history) &&
	    !event_pending(s->timer, EV_TIMEOUT, NULL))
		event_add(s->timer, &after);
}

void saver_read(struct saver *s, struct msg *m)
{
	const char *why = "it makes no sense", *boot = msg_get_text(m);
	const uint8_t *p;
	size_t len;

	snprintf(s->boot, sizeof(s->boot), "%s", boot);
	p = msg_get_bytes(m, &len);
	if (len && !history_get(s->history, p, len, boot, &why))
		log_warn("the history of earlier runs is not used: %s", why);
	s->is_open = true;
	s->kept = history_changes(s->history);
}

struct saver *saver_new(struct proc *proc, struct history *h, struct ike *ike)
{
	struct saver *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->proc = proc;
	s->history = h;
	s->ike = ike;
	s->timer = evtimer_new(proc_base(proc), on_timer, s);
	if (s->timer)
		return s;
	free(s);
	return NULL;
}

void saver_free(struct saver *s)
{
	if (!s)
		return;
	event_free(s->timer);
	free(s);
}
