// SPDX-License-Identifier: GPL-2.0-or-later
/* What was, as octets that outlive the daemon, and back. */
#include "history.h"

#include <stdio.h>
#include <string.h>

#include "htab.h"
#include "krn_msg.h"

#define MAGIC "ipsecgw history"
#define FORMAT 1
#define KEPT 1000 /* records of each kind; with them a message has room */
#define SUMS (sizeof(struct history_sums) / sizeof(uint64_t))
#define CHECK 8 /* octets at the end: the sum over all before them */

/* Damage is what it is for; who may write the file may forge it. */
static const uint64_t check_key[2] = { 0x6970736563677768, 0x6973746f7279 };

/* Fields written or read: one list of them serves both. */
struct io {
	struct msg *m;
	bool is_put;
};

static uint64_t num(struct io *io, uint64_t v)
{
	if (!io->is_put)
		return msg_get_u64(io->m);
	msg_put_u64(io->m, v);
	return v;
}

#define NUM(io, field) ((field) = num(io, field))

static void text(struct io *io, char *buf, size_t size)
{
	if (io->is_put)
		msg_put_text(io->m, buf);
	else
		snprintf(buf, size, "%s", msg_get_text(io->m));
}

static void octets(struct io *io, void *p, size_t size)
{
	const uint8_t *from;
	size_t len;

	if (io->is_put) {
		msg_put_bytes(io->m, p, size);
		return;
	}
	from = msg_get_bytes(io->m, &len);
	if (len != size)
		io->m->is_bad = true;
	else if (len)
		memcpy(p, from, len);
}

static void ident(struct io *io, struct ike_ident *id)
{
	NUM(io, id->type);
	NUM(io, id->proto);
	NUM(io, id->port);
	NUM(io, id->len);
	if (id->len > sizeof(id->data)) {
		io->m->is_bad = true;
		id->len = 0;
	}
	octets(io, id->data, id->len);
}

static void address(struct io *io, struct addr *a)
{
	if (io->is_put)
		msg_put_addr(io->m, a);
	else
		msg_get_addr(io->m, a);
}

static void path(struct io *io, struct ike_path *p)
{
	if (io->is_put)
		krn_put_path(io->m, p);
	else
		krn_get_path(io->m, p);
}

/* --- records ------------------------------------------------------------- */

static void sa_counters(struct io *io, struct ike_sa_info *i)
{
	NUM(io, i->in_packets);
	NUM(io, i->out_packets);
	NUM(io, i->in_octets);
	NUM(io, i->out_octets);
	NUM(io, i->in_drops);
	NUM(io, i->retransmits);
	NUM(io, i->n_exchanges);
	NUM(io, i->n_rejects);
	NUM(io, i->n_invalids);
	NUM(io, i->n_exchanges_in);
	NUM(io, i->n_rejects_in);
	NUM(io, i->n_invalids_in);
	NUM(io, i->n_notifies_in);
	NUM(io, i->n_notifies_out);
	NUM(io, i->n_deletes_in);
	NUM(io, i->n_deletes_out);
}

static void sa(struct io *io, struct history_sa *r)
{
	struct ike_sa_info *i = &r->info;

	NUM(io, r->number);
	NUM(io, r->reason);
	NUM(io, i->conn);
	NUM(io, i->state);
	NUM(io, i->is_initiator);
	NUM(io, i->is_aggressive);
	NUM(io, i->is_deleted);
	NUM(io, i->natt);
	NUM(io, i->local_nat);
	NUM(io, i->remote_nat);
	NUM(io, i->frag);
	NUM(io, i->dpd);
	path(io, &i->path);
	ident(io, &i->local_id);
	ident(io, &i->remote_id);
	NUM(io, i->p1.priority);
	NUM(io, i->p1.encr);
	NUM(io, i->p1.keylen);
	NUM(io, i->p1.hash);
	NUM(io, i->p1.auth);
	NUM(io, i->p1.group);
	NUM(io, i->p1.seconds);
	NUM(io, i->age);
	NUM(io, i->up);
	sa_counters(io, i);
	octets(io, i->icookie, sizeof(i->icookie));
	octets(io, i->rcookie, sizeof(i->rcookie));
}

static void tunnel(struct io *io, struct history_tunnel *r)
{
	struct tunnel_info *i = &r->info;

	NUM(io, r->number);
	NUM(io, r->reason);
	NUM(io, i->rule);
	address(io, &i->local);
	address(io, &i->remote);
	NUM(io, i->esp);
	NUM(io, i->key_bits);
	NUM(io, i->esp_auth);
	NUM(io, i->group);
	NUM(io, i->encap);
	NUM(io, i->seconds);
	NUM(io, i->kbytes);
	NUM(io, i->left_seconds);
	NUM(io, i->left_kbytes);
	NUM(io, i->up);
	NUM(io, i->refreshes);
	NUM(io, i->expired);
	NUM(io, i->current);
	if (io->is_put)
		krn_put_stats(io->m, &i->past);
	else
		krn_get_stats(io->m, &i->past);
}

static void failure(struct io *io, struct history_failure *r)
{
	struct ike_failure *f = &r->f;

	NUM(io, r->number);
	NUM(io, r->when);
	NUM(io, r->uptime);
	NUM(io, r->ended);
	NUM(io, f->kind);
	NUM(io, f->phase);
	NUM(io, f->is_initiator);
	NUM(io, f->local);
	NUM(io, f->notify);
	NUM(io, f->conn);
	NUM(io, f->priority);
	path(io, &f->path);
	ident(io, &f->remote_id);
	text(io, f->attribute, sizeof(f->attribute));
	text(io, f->theirs, sizeof(f->theirs));
	text(io, f->ours, sizeof(f->ours));
	text(io, f->why, sizeof(f->why));
}

static void sums(struct io *io, struct history_sums *s)
{
	uint64_t *v = (uint64_t *)s;
	size_t i;

	for (i = 0; i < SUMS; i++)
		NUM(io, v[i]);
}

/* --- out ----------------------------------------------------------------- */

/* From where on there are at most as many as are kept. */
#define FIRST(next, h, after)                                       \
	do {                                                        \
		uint64_t at_ = 0;                                   \
		size_t n_ = 0;                                      \
		const void *r_;                                     \
		while ((r_ = next(h, at_))) {                       \
			at_ = *(const uint64_t *)r_;                \
			n_++;                                       \
		}                                                   \
		(after) = at_ > KEPT && n_ > KEPT ? at_ - KEPT : 0; \
	} while (0)

static void put_all(struct io *io, const struct history *h)
{
	const struct history_failure *f;
	const struct history_tunnel *t;
	const struct history_sa *s;
	struct history_failure failing;
	struct history_tunnel tunneling;
	struct history_sa sas;
	uint64_t at;

	FIRST(history_next_sa, h, at);
	for (; (s = history_next_sa(h, at)); at = s->number) {
		msg_put_u8(io->m, 1);
		sas = *s;
		sa(io, &sas);
	}
	msg_put_u8(io->m, 0);
	FIRST(history_next_tunnel, h, at);
	for (; (t = history_next_tunnel(h, at)); at = t->number) {
		msg_put_u8(io->m, 1);
		tunneling = *t;
		tunnel(io, &tunneling);
	}
	msg_put_u8(io->m, 0);
	FIRST(history_next_failure, h, at);
	for (; (f = history_next_failure(h, at)); at = f->number) {
		msg_put_u8(io->m, 1);
		failing = *f;
		failure(io, &failing);
	}
	msg_put_u8(io->m, 0);
}

void history_put(struct msg *m, const struct history *h,
		 const struct history_sums *now, const char *boot)
{
	struct history_sums total = *now;
	struct io io = { m, true };

	msg_put_text(m, MAGIC);
	msg_put_u32(m, FORMAT);
	msg_put_text(m, boot);
	sums(&io, &total);
	put_all(&io, h);
	if (!m->is_bad)
		msg_put_u64(m, siphash(check_key, m->p, m->len));
}

/* --- in ------------------------------------------------------------------ */

/* Records have ascending numbers, or the rest cannot be right either. */
static bool is_next(struct msg *m, uint64_t number, uint64_t *last)
{
	bool is_good = !m->is_bad && number > *last;

	*last = number;
	m->is_bad |= !is_good;
	return is_good;
}

static bool get_all(struct history *h, struct msg *m)
{
	struct history_failure f = { 0 };
	struct history_tunnel t = { 0 };
	struct history_sa s = { 0 };
	struct io io = { m, false };
	uint64_t last = 0;
	bool done = true;

	while (done && msg_get_u8(m)) {
		sa(&io, &s);
		done = is_next(m, s.number, &last) && history_restore_sa(h, &s);
	}
	last = 0;
	while (done && msg_get_u8(m)) {
		tunnel(&io, &t);
		done = is_next(m, t.number, &last) &&
		       history_restore_tunnel(h, &t);
	}
	last = 0;
	while (done && msg_get_u8(m)) {
		failure(&io, &f);
		done = is_next(m, f.number, &last) &&
		       history_restore_failure(h, &f);
	}
	return done && msg_close(m);
}

static bool is_whole(struct msg *m)
{
	struct msg end = { .p = m->p + m->len - CHECK, .len = CHECK };

	m->len -= CHECK;
	return msg_get_u64(&end) == siphash(check_key, m->p, m->len);
}

bool history_get(struct history *h, const void *p, size_t len, const char *boot,
		 const char **why)
{
	struct msg m = { .p = (uint8_t *)p, .len = len };
	struct history_sums s = { 0 };
	struct io io = { &m, false };
	bool is_same;

	if (len < CHECK || strcmp(msg_get_text(&m), MAGIC) != 0) {
		*why = "it is none of ours";
		return false;
	}
	if (msg_get_u32(&m) != FORMAT) {
		*why = "another version has written it";
		return false;
	}
	if (!is_whole(&m)) {
		*why = "it is damaged";
		return false;
	}
	is_same = !strcmp(msg_get_text(&m), boot);
	sums(&io, &s);
	if (!get_all(h, &m)) {
		*why = "it is damaged";
		history_forget(h);
		return false;
	}
	if (is_same)
		history_restore_sums(h, &s);
	return true;
}
