// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine asks of the key role, and its answer, as messages. */
#include "key_msg.h"

#include <string.h>

#include "krn_msg.h"

/* --- parts ------------------------------------------------------------- */

void key_put_ident(struct msg *m, const struct ike_ident *id)
{
	static const struct ike_ident none;

	if (!id)
		id = &none;
	msg_put_u8(m, id->type);
	msg_put_u8(m, id->proto);
	msg_put_u16(m, id->port);
	msg_put_bytes(m, id->data, id->len);
}

void key_get_ident(struct msg *m, struct ike_ident *id)
{
	const uint8_t *p;
	size_t len;

	id->type = msg_get_u8(m);
	id->proto = msg_get_u8(m);
	id->port = msg_get_u16(m);
	p = msg_get_bytes(m, &len);
	if (len > sizeof(id->data)) {
		m->is_bad = true;
		len = 0;
	}
	if (len)
		memcpy(id->data, p, len);
	id->len = len;
}

static void put_blob(struct msg *m, const struct ike_blob *b)
{
	msg_put_bytes(m, b->p, b->len);
}

static void get_blob(struct msg *m, struct ike_blob *b)
{
	b->p = msg_get_bytes(m, &b->len);
}

static void put_certs(struct msg *m, const struct ike_blob *cert,
		      unsigned int n)
{
	unsigned int i;

	if (n > KEY_MAX_CERTS)
		n = KEY_MAX_CERTS;
	msg_put_u8(m, n);
	for (i = 0; i < n; i++)
		put_blob(m, &cert[i]);
}

static unsigned int get_certs(struct msg *m, struct ike_blob *cert)
{
	unsigned int n = msg_get_u8(m), i;

	if (n > KEY_MAX_CERTS) {
		m->is_bad = true;
		return 0;
	}
	for (i = 0; i < n; i++)
		get_blob(m, &cert[i]);
	return n;
}

/* --- whole ------------------------------------------------------------- */

void key_put_req(struct msg *m, const struct ike_key_req *req)
{
	msg_put_u32(m, req->id);
	msg_put_u8(m, req->op);
	msg_put_u16(m, req->hash);
	msg_put_u16(m, req->auth);
	msg_put_u32(m, req->peer);
	msg_put_u32(m, req->profile);
	krn_put_path(m, &req->path);
	key_put_ident(m, req->local_id);
	key_put_ident(m, req->remote_id);
	put_blob(m, &req->data);
	put_blob(m, &req->sig);
	put_certs(m, req->cert, req->n_cert);
	msg_put_u32(m, req->trust);
}

bool key_get_req(struct msg *m, struct ike_key_req *req,
		 struct key_req_parts *parts)
{
	*req = (struct ike_key_req){ .id = msg_get_u32(m) };
	req->op = msg_get_u8(m);
	req->hash = msg_get_u16(m);
	req->auth = msg_get_u16(m);
	req->peer = msg_get_u32(m);
	req->profile = msg_get_u32(m);
	krn_get_path(m, &req->path);
	key_get_ident(m, &parts->local_id);
	key_get_ident(m, &parts->remote_id);
	req->local_id = parts->local_id.type ? &parts->local_id : NULL;
	req->remote_id = parts->remote_id.type ? &parts->remote_id : NULL;
	get_blob(m, &req->data);
	get_blob(m, &req->sig);
	req->n_cert = get_certs(m, parts->cert);
	req->cert = parts->cert;
	req->trust = msg_get_u32(m);
	return msg_close(m) && req->op >= IKE_KEY_PSK &&
	       req->op <= IKE_KEY_VERIFY;
}

void key_put_answer(struct msg *m, const struct ike_key_answer *a)
{
	msg_put_u32(m, a->id);
	msg_put_u32(m, -a->err);
	msg_put_text(m, a->why);
	put_blob(m, &a->data);
	put_certs(m, a->cert, a->n_cert);
}

bool key_get_answer(struct msg *m, struct ike_key_answer *a,
		    struct ike_blob cert[KEY_MAX_CERTS])
{
	a->id = msg_get_u32(m);
	a->err = -(int)msg_get_u32(m);
	a->why = msg_get_text(m);
	get_blob(m, &a->data);
	a->n_cert = get_certs(m, cert);
	a->cert = cert;
	if (!*a->why)
		a->why = NULL;
	return msg_close(m);
}
