// SPDX-License-Identifier: GPL-2.0-or-later
/* A trust point as a message. */
#include "trust_msg.h"

static void put(struct msg *m, struct bytes b)
{
	msg_put_u8(m, b.p != NULL);
	msg_put_bytes(m, b.p, b.p ? b.len : 0);
}

static struct bytes get(struct msg *m)
{
	bool is_there = msg_get_u8(m);
	const uint8_t *p;
	size_t len;

	p = msg_get_bytes(m, &len);
	return is_there ? bytes_of(p, len) : bytes_of(NULL, 0);
}

void trust_put(struct msg *m, const struct trust_info *t, bool with_key)
{
	msg_put_u32(m, t->ref);
	msg_put_text(m, t->name);
	msg_put_u8(m, t->need_crl);
	put(m, t->ca);
	put(m, t->crl);
	put(m, t->cert);
	put(m, with_key ? t->key : bytes_of(NULL, 0));
}

bool trust_get(struct msg *m, struct trust_info *t)
{
	t->ref = msg_get_u32(m);
	t->name = msg_get_text(m);
	t->need_crl = msg_get_u8(m);
	t->ca = get(m);
	t->crl = get(m);
	t->cert = get(m);
	t->key = get(m);
	return msg_close(m) && t->ref;
}
