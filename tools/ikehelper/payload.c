// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE messages: validate the octets of a datagram and say where what is. */
#include "payload.h"

#include "attr.h"
#include "wire_esp.h"

#define MAX_PROPOSALS_LEN 16384
#define NATOA_HEAD 4

static int bad(struct ike_msg *m, int code, const char *why)
{
	m->why = why;
	return code;
}

/* RFC 2408, 5.2: what can be wrong with the header alone. */
static int check_header(const struct ike_hdr *h, size_t len, const char **why)
{
	*why = "the version is not 1.0";
	if (h->version >> 4 != IKE_VERSION >> 4)
		return IKE_N_INVALID_MAJOR_VERSION;
	if (h->version != IKE_VERSION)
		return IKE_N_INVALID_MINOR_VERSION;
	*why = "the length in the header is not that of the datagram";
	if (h->len != len)
		return IKE_N_UNEQUAL_PAYLOAD_LENGTHS;
	*why = "the message is too long";
	if (len > IKE_MSG_MAX)
		return IKE_N_PAYLOAD_MALFORMED;
	*why = "the initiator's cookie is zero";
	if (!memcmp(h->icookie, (uint8_t[IKE_COOKIE_LEN]){ 0 }, IKE_COOKIE_LEN))
		return IKE_N_INVALID_COOKIE;
	*why = "unknown exchange type";
	if (!h->exchange || h->exchange > IKE_EX_NEW_GROUP ||
	    (h->exchange > IKE_EX_TRANS && h->exchange < IKE_EX_QUICK))
		return IKE_N_INVALID_EXCHANGE_TYPE;
	*why = "unknown flags";
	if (h->flags & ~(IKE_F_ENC | IKE_F_COMMIT | IKE_F_AUTH))
		return IKE_N_INVALID_FLAGS;
	*why = NULL;
	return 0;
}

static int read_header(struct bytes d, struct ike_hdr *h, const char **why)
{
	memset(h, 0, sizeof(*h));
	*why = "shorter than a header";
	if (d.len < IKE_HDR_LEN)
		return IKE_N_PAYLOAD_MALFORMED;
	memcpy(h->icookie, d.p, IKE_COOKIE_LEN);
	memcpy(h->rcookie, d.p + 8, IKE_COOKIE_LEN);
	h->next = d.p[16];
	h->version = d.p[17];
	h->exchange = d.p[18];
	h->flags = d.p[19];
	h->msgid = get_be32(d.p + 20);
	h->len = get_be32(d.p + 24);
	return check_header(h, d.len, why);
}

int ike_hdr_parse(struct bytes datagram, struct ike_hdr *h)
{
	const char *why;

	return read_header(datagram, h, &why);
}

int ike_notify_parse(struct bytes body, struct ike_notify *n)
{
	size_t spi_size;

	memset(n, 0, sizeof(*n));
	if (body.len < 8)
		return IKE_N_PAYLOAD_MALFORMED;
	n->doi = get_be32(body.p);
	n->protocol = body.p[4];
	spi_size = body.p[5];
	n->type = get_be16(body.p + 6);
	/* DOI 0 is ISAKMP itself: errors in phase 1 come with it. */
	if (n->doi > IKE_DOI_IPSEC)
		return IKE_N_DOI_NOT_SUPPORTED;
	if (n->protocol > IKE_PROTO_IPCOMP)
		return IKE_N_INVALID_PROTOCOL_ID;
	if (spi_size > 16 || spi_size > body.len - 8)
		return IKE_N_INVALID_SPI;
	n->spi = bytes_of(body.p + 8, spi_size);
	n->data = bytes_of(body.p + 8 + spi_size, body.len - 8 - spi_size);
	return 0;
}

static bool spi_size_ok(uint8_t protocol, uint8_t size)
{
	switch (protocol) {
	case IKE_PROTO_ISAKMP:
		return size == 2 * IKE_COOKIE_LEN;
	case IKE_PROTO_AH:
	case IKE_PROTO_ESP:
		return size == 4;
	case IKE_PROTO_IPCOMP:
		return size == 2 || size == 4;
	}
	return false;
}

int ike_delete_parse(struct bytes body, struct ike_delete *d)
{
	memset(d, 0, sizeof(*d));
	if (body.len < 8)
		return IKE_N_PAYLOAD_MALFORMED;
	d->protocol = body.p[4];
	d->spi_size = body.p[5];
	d->count = get_be16(body.p + 6);
	d->spis = bytes_of(body.p + 8, body.len - 8);
	if (get_be32(body.p) > IKE_DOI_IPSEC)
		return IKE_N_DOI_NOT_SUPPORTED;
	if (!d->protocol || d->protocol > IKE_PROTO_IPCOMP)
		return IKE_N_INVALID_PROTOCOL_ID;
	if (!spi_size_ok(d->protocol, d->spi_size))
		return IKE_N_INVALID_SPI;
	if (!d->count || d->spis.len != (size_t)d->count * d->spi_size)
		return IKE_N_PAYLOAD_MALFORMED;
	return 0;
}

int ike_cert_parse(struct bytes body, struct ike_cert *c)
{
	memset(c, 0, sizeof(*c));
	if (!body.len)
		return IKE_N_PAYLOAD_MALFORMED;
	c->encoding = body.p[0];
	c->data = bytes_of(body.p + 1, body.len - 1);
	return 0;
}

int ike_fragment_parse(struct bytes body, struct ike_fragment *f)
{
	memset(f, 0, sizeof(*f));
	/* An empty piece carries nothing but work. */
	if (body.len < 5)
		return IKE_N_PAYLOAD_MALFORMED;
	f->id = get_be16(body.p);
	f->number = body.p[2];
	f->last = body.p[3] & 1;
	f->data = bytes_of(body.p + 4, body.len - 4);
	return f->number ? 0 : IKE_N_PAYLOAD_MALFORMED;
}

static int check_sa(struct ike_msg *m, struct bytes body)
{
	m->sa = body;
	return 0;
}

static int check_ke(struct ike_msg *m, struct bytes body)
{
	m->ke = body;
	return 0;
}

static int check_id(struct ike_msg *m, struct bytes body)
{
	return id_parse(body, &m->id[m->n_id++], &m->why);
}

static int check_hash(struct ike_msg *m, struct bytes body)
{
	m->hash = body;
	m->hash_end = body.p + body.len - m->raw.p;
	return 0;
}

static int check_sig(struct ike_msg *m, struct bytes body)
{
	m->sig = body;
	return 0;
}

static int check_nonce(struct ike_msg *m, struct bytes body)
{
	m->nonce = body;
	return 0;
}

static int check_notify(struct ike_msg *m, struct bytes body)
{
	struct ike_notify n;

	m->why = "a notification is malformed";
	return ike_notify_parse(body, &n);
}

static int check_delete(struct ike_msg *m, struct bytes body)
{
	struct ike_delete d;

	m->why = "a deletion is malformed";
	return ike_delete_parse(body, &d);
}

static int check_attr(struct ike_msg *m, struct bytes body)
{
	struct bytes rest = bytes_of(body.p + 4, body.len - 4);
	struct ike_attr a;
	int got;

	m->why = "the lengths of the attributes do not add up";
	m->attr = body;
	do {
		got = attr_next(&rest, &a);
	} while (got > 0);
	return got ? IKE_N_PAYLOAD_MALFORMED : 0;
}

/* RFC 3947, 5.2: the type of an identity, then an address. */
static int check_natoa(struct ike_msg *m, struct bytes body)
{
	size_t want = body.p[0] == IKE_ID_IPV4 ? 4 :
		      body.p[0] == IKE_ID_IPV6 ? 16 :
						 0;

	m->why = "an original address is malformed";
	return want && body.len == NATOA_HEAD + want ? 0 :
						       IKE_N_PAYLOAD_MALFORMED;
}

static int check_frag(struct ike_msg *m, struct bytes body)
{
	struct ike_fragment f;

	m->why = "a fragment is malformed";
	m->frag = body;
	return ike_fragment_parse(body, &f);
}

/*
 * What there may be of each type, and how long. Whether a payload is wanted in
 * a message is for the exchange to say.
 */
static const struct rule {
	uint8_t type;
	uint8_t max_count;
	uint16_t min_len, max_len; /* of the body */
	int (*check)(struct ike_msg *m, struct bytes body);
} rules[] = {
	{ IKE_PL_SA, 1, 24, MAX_PROPOSALS_LEN, check_sa },
	{ IKE_PL_KE, 1, 1, 1024, check_ke },
	{ IKE_PL_ID, 2, 4, IKE_ID_MAX + 4, check_id },
	{ IKE_PL_CERT, IKE_MAX_CERT, 2, 16384, NULL },
	{ IKE_PL_CR, IKE_MAX_CERT, 1, 4096, NULL },
	{ IKE_PL_HASH, 1, 1, IKE_HASH_MAX, check_hash },
	{ IKE_PL_SIG, 1, 1, 1024, check_sig },
	{ IKE_PL_NONCE, 1, IKE_NONCE_MIN, IKE_NONCE_MAX, check_nonce },
	{ IKE_PL_N, IKE_MAX_NOTIFY, 8, 4096, check_notify },
	{ IKE_PL_D, IKE_MAX_NOTIFY, 8, 16384, check_delete },
	{ IKE_PL_VID, IKE_MAX_VID, 1, 1024, NULL },
	{ IKE_PL_ATTR, 1, 4, 16384, check_attr },
	{ IKE_PL_NATD, IKE_MAX_NATD, 1, IKE_HASH_MAX, NULL },
	{ IKE_PL_NATOA, 2, 8, 20, check_natoa },
	{ IKE_PL_NATD_DRAFT, IKE_MAX_NATD, 1, IKE_HASH_MAX, NULL },
	{ IKE_PL_NATOA_DRAFT, 2, 8, 20, check_natoa },
	{ IKE_PL_FRAG, 1, 4, 65535, check_frag },
};

#define N_RULES (sizeof(rules) / sizeof(rules[0]))

/* Index of the rule for a type: -1 ignore (private use), -2 unknown. */
static int rule_for(uint8_t type)
{
	unsigned int i;

	for (i = 0; i < N_RULES; i++)
		if (rules[i].type == type)
			return i;
	return type >= 128 ? -1 : -2;
}

/* Judge the payload at @m->why_at and note it. */
static int take_payload(struct ike_msg *m, uint8_t type, struct bytes body,
			uint8_t count[N_RULES])
{
	int i = rule_for(type), err;
	const struct rule *r;

	if (i == -2)
		return bad(m, IKE_N_INVALID_PAYLOAD_TYPE,
			   "unknown payload type");
	if (m->n_pl == IKE_MAX_PAYLOADS)
		return bad(m, IKE_N_PAYLOAD_MALFORMED, "too many payloads");
	m->pl[m->n_pl++] = (struct ike_pl){ type, body };
	if (i == -1)
		return 0;
	r = &rules[i];
	if (++count[i] > r->max_count)
		return bad(m, IKE_N_PAYLOAD_MALFORMED,
			   "more payloads of a type than allowed");
	if (body.len < r->min_len || body.len > r->max_len)
		return bad(m, IKE_N_PAYLOAD_MALFORMED,
			   "a payload is too short or too long for its type");
	if (!r->check)
		return 0;
	err = r->check(m, body);
	if (!err)
		m->why = NULL;
	return err;
}

/* Follow the chain of payloads; m->end is left behind the last one. */
static int walk(struct ike_msg *m)
{
	uint8_t count[N_RULES] = { 0 };
	uint8_t next = m->hdr.next;
	size_t at = IKE_HDR_LEN;
	const uint8_t *p;
	size_t len;
	int err;

	while (next != IKE_PL_NONE) {
		m->why_at = at;
		if (m->raw.len - at < IKE_GEN_LEN)
			return bad(
				m, IKE_N_PAYLOAD_MALFORMED,
				"the message ends within a payload's header");
		p = m->raw.p + at;
		len = get_be16(p + 2);
		if (len < IKE_GEN_LEN || len > m->raw.len - at)
			return bad(m, IKE_N_PAYLOAD_MALFORMED,
				   "a payload's length does not fit");
		if (p[1])
			m->odd = true;
		err = take_payload(m, next,
				   bytes_of(p + IKE_GEN_LEN, len - IKE_GEN_LEN),
				   count);
		if (err)
			return err;
		next = p[0];
		at += len;
	}
	m->end = m->why_at = at;
	if (!m->n_pl)
		return bad(m, IKE_N_PAYLOAD_MALFORMED, "no payload");
	if (m->frag.p && m->n_pl > 1)
		return bad(m, IKE_N_PAYLOAD_MALFORMED,
			   "a fragment beside other payloads");
	return 0;
}

static int begin(struct bytes d, struct ike_msg *m)
{
	memset(m, 0, offsetof(struct ike_msg, pl));
	m->raw = d;
	return read_header(d, &m->hdr, &m->why);
}

int ike_msg_parse(struct bytes datagram, struct ike_msg *m)
{
	int err = begin(datagram, m);

	if (err)
		return err;
	/* A fragment is in the clear, whatever the flag of the whole says. */
	if (m->hdr.flags & IKE_F_ENC && m->hdr.next != IKE_PL_FRAG) {
		m->end = datagram.len;
		return 0;
	}
	err = walk(m);
	if (!err && m->end != datagram.len)
		err = bad(m, IKE_N_PAYLOAD_MALFORMED,
			  "octets behind the last payload");
	if (err)
		m->n_pl = 0;
	return err;
}

static bool is_phase1(uint8_t exchange)
{
	return exchange == IKE_EX_MAIN || exchange == IKE_EX_AGGR ||
	       exchange == IKE_EX_BASE || exchange == IKE_EX_AUTH_ONLY;
}

static int check_plain(struct ike_msg *m, size_t block)
{
	size_t pad = m->raw.len - m->end;

	if (m->frag.p)
		return bad(m, IKE_N_INVALID_PAYLOAD_TYPE,
			   "a fragment that was encrypted");
	/* A whole block: strongSwan adds one to what is aligned. */
	if (pad && pad > block)
		return bad(m, IKE_N_PAYLOAD_MALFORMED,
			   "more padding than a block");
	if (!is_phase1(m->hdr.exchange) && m->pl[0].type != IKE_PL_HASH)
		return bad(m, IKE_N_INVALID_HASH_INFORMATION,
			   "the first payload is not a hash");
	return 0;
}

int ike_msg_parse_plain(struct bytes message, size_t block, struct ike_msg *m)
{
	int err = begin(message, m);

	if (err)
		return err;
	err = walk(m);
	if (!err)
		err = check_plain(m, block);
	if (err)
		m->n_pl = 0;
	return err;
}

const struct ike_pl *ike_msg_next(const struct ike_msg *m, uint8_t type,
				  unsigned int *i)
{
	while (*i < m->n_pl) {
		const struct ike_pl *pl = &m->pl[(*i)++];

		if (pl->type == type)
			return pl;
	}
	return NULL;
}
