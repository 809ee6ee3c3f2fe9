// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages between the roles: what is put comes out; cut short, nothing does. */
#include "ktap.h"

#include "ikehelper/key_msg.h"
#include "ikehelper/krn_msg.h"
#include "ikehelper/request.h"

/* The message as its reader has it, @len octets of it. */
static struct msg cut(const struct msg *m, size_t len)
{
	struct msg r = { .type = m->type, .id = m->id, .len = len };

	/* Memory of the exact size, for the address sanitizer. */
	r.p = malloc(len ? len : 1);
	memcpy(r.p, m->p, len);
	return r;
}

static void test_fields(void)
{
	const uint8_t *p;
	uint8_t head[MSG_HEADER];
	struct addr a, b;
	struct msg m, r;
	size_t len;

	addr_parse("2001:db8::1", &a);
	msg_init(&m, 7, 0x01020304);
	msg_put_u8(&m, 0xfe);
	msg_put_u16(&m, 0x1234);
	msg_put_u32(&m, 0x89abcdef);
	msg_put_u64(&m, 0x0123456789abcdefULL);
	msg_put_bytes(&m, "abc", 3);
	msg_put_text(&m, "text");
	msg_put_addr(&m, &a);
	ok(msg_end(&m, head) && msg_head(head, &r) && r.type == 7 &&
		   r.id == 0x01020304 && r.len == m.len,
	   "header");
	head[7] = 1;
	ok(!msg_head(head, &r), "header with what must be zero");
	memset(head, 0xff, 4);
	head[7] = 0;
	ok(!msg_head(head, &r), "header with too long a body");
	r = cut(&m, m.len);
	ok(msg_get_u8(&r) == 0xfe && msg_get_u16(&r) == 0x1234 &&
		   msg_get_u32(&r) == 0x89abcdef &&
		   msg_get_u64(&r) == 0x0123456789abcdefULL,
	   "numbers");
	p = msg_get_bytes(&r, &len);
	ok(len == 3 && !memcmp(p, "abc", 3), "octets");
	is(msg_get_text(&r), "text", "text");
	msg_get_addr(&r, &b);
	ok(addr_eq(&a, &b) && msg_close(&r), "address, and nothing left");
	msg_get_u8(&r);
	ok(!msg_close(&r), "one field too many");
	free(r.p);
	msg_free(&m);
}

static void test_text(void)
{
	struct msg m, r;

	msg_init(&m, 1, 0);
	msg_put_bytes(&m, "abc", 3);
	r = cut(&m, m.len);
	is(msg_get_text(&r), "", "text without its end");
	ok(!msg_close(&r), "is refused");
	free(r.p);
	msg_free(&m);
	msg_init(&m, 1, 0);
	msg_put_bytes(&m, "a\0b", 4);
	r = cut(&m, m.len);
	msg_get_text(&r);
	ok(!msg_close(&r), "text with an end inside is refused");
	free(r.p);
	msg_free(&m);
}

/* Every shorter form of a message is refused. */
static bool refuses_short(const struct msg *m, bool (*get)(struct msg *m))
{
	size_t len;
	bool good = true;

	for (len = 0; len < m->len; len++) {
		struct msg r = cut(m, len);

		good = good && !get(&r);
		free(r.p);
	}
	return good;
}

static struct krn_req req;
static struct krn_pair pair;

static bool get_req(struct msg *m)
{
	return krn_get_req(m, &req, &pair);
}

static void test_kernel(void)
{
	struct krn_pair sent = { .cipher = CIPHER_AES_CBC,
				 .hard_bytes = 1ULL << 40,
				 .in_cipher = { .p = "0123456789abcde",
						.len = 16 } };
	struct krn_req out = { .id = 9,
			       .op = KRN_ADD_PAIR,
			       .proto = PROTO_ESP,
			       .in_spi = 0x1000,
			       .out_spi = 0x2000,
			       .pair = &sent };
	struct msg m, r;

	addr_parse("192.0.2.1", &out.path.remote.addr);
	out.path.remote.port = 4500;
	msg_init(&m, MSG_KRN, 9);
	krn_put_req(&m, &out);
	r = cut(&m, m.len);
	ok(get_req(&r) && req.id == 9 && req.in_spi == 0x1000 &&
		   req.out_spi == 0x2000 && req.path.remote.port == 4500 &&
		   addr_eq(&req.path.remote.addr, &out.path.remote.addr),
	   "a request to the kernel");
	ok(req.pair == &pair && pair.cipher == CIPHER_AES_CBC &&
		   pair.hard_bytes == 1ULL << 40 && pair.in_cipher.len == 16 &&
		   !memcmp(pair.in_cipher.p, sent.in_cipher.p, 16),
	   "with its pair");
	free(r.p);
	ok(refuses_short(&m, get_req), "cut short it is refused");
	msg_put_u8(&m, 0);
	r = cut(&m, m.len);
	ok(!get_req(&r), "with more behind it too");
	free(r.p);
	msg_free(&m);
}

static bool get_key(struct msg *m)
{
	struct key_req_parts parts;
	struct ike_key_req got;

	return key_get_req(m, &got, &parts);
}

static bool get_request(struct msg *m)
{
	struct request got;

	return request_get(m, &got);
}

static void test_others(void)
{
	struct ike_ident id = { .type = 2, .len = 4, .data = "name" };
	struct ike_key_req key = { .id = 3,
				   .op = IKE_KEY_PSK,
				   .remote_id = &id,
				   .data = { (const uint8_t *)"data", 4 } };
	struct request q = { .kind = REQ_APPLY, .text = "line" };
	struct msg m, r;

	msg_init(&m, MSG_KEY, 3);
	key_put_req(&m, &key);
	r = cut(&m, m.len);
	ok(get_key(&r), "a question for a key");
	free(r.p);
	ok(refuses_short(&m, get_key), "cut short it is refused");
	msg_free(&m);
	msg_init(&m, MSG_REQUEST, 4);
	request_put(&m, &q);
	r = cut(&m, m.len);
	ok(get_request(&r), "a request of a client");
	free(r.p);
	ok(refuses_short(&m, get_request), "cut short it is refused");
	m.p[1] = REQ_KINDS;
	r = cut(&m, m.len);
	ok(!get_request(&r), "of another kind it is refused");
	free(r.p);
	msg_free(&m);
}

int main(void)
{
	test_fields();
	test_text();
	test_kernel();
	test_others();
	return ktap_end();
}
