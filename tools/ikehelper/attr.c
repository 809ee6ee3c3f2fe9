// SPDX-License-Identifier: GPL-2.0-or-later
/* Data attributes (RFC 2408, 3.3) and what those of a transform mean. */
#include "attr.h"

#include <errno.h>

#include "encode.h"

int attr_next(struct bytes *rest, struct ike_attr *a)
{
	struct bytes head;

	if (!rest->len)
		return 0;
	if (!bytes_take(rest, 4, &head))
		return -EBADMSG;
	a->type = get_be16(head.p) & ~IKE_ATTR_TV;
	a->is_short = get_be16(head.p) & IKE_ATTR_TV;
	if (a->is_short) {
		a->value = bytes_of(head.p + 2, 2);
		return 1;
	}
	return bytes_take(rest, get_be16(head.p + 2), &a->value) ? 1 : -EBADMSG;
}

bool attr_number(const struct ike_attr *a, uint64_t *v)
{
	size_t i;

	*v = 0;
	if (!a->value.len || a->value.len > 8)
		return false;
	for (i = 0; i < a->value.len; i++)
		*v = *v << 8 | a->value.p[i];
	return true;
}

/* Pairs of life type and duration (RFC 2409, A; RFC 2407, 4.5). */
struct life {
	uint16_t type; /* said, its duration is to follow */
	uint16_t seen; /* types, as bits */
	uint32_t seconds, kbytes;
};

static int life_type(struct life *l, uint64_t v)
{
	if (l->type || l->seen & 1u << (v & 3))
		return IKE_N_BAD_PROPOSAL_SYNTAX;
	if (v != IKE_LIFE_SECONDS && v != IKE_LIFE_KBYTES)
		return IKE_N_ATTRIBUTES_NOT_SUPPORTED;
	l->type = v;
	l->seen |= 1u << v;
	return 0;
}

static int life_duration(struct life *l, uint64_t v)
{
	uint32_t value = v > UINT32_MAX ? UINT32_MAX : v;

	if (!l->type)
		return IKE_N_BAD_PROPOSAL_SYNTAX;
	if (l->type == IKE_LIFE_SECONDS)
		l->seconds = value;
	else
		l->kbytes = value;
	l->type = 0;
	return 0;
}

/* Where the value of a plain attribute of phase 1 goes; NULL: not known. */
static uint16_t *p1_field(struct ike_p1_policy *p, uint16_t type)
{
	switch (type) {
	case IKE_P1_ENCR:
		return &p->encr;
	case IKE_P1_HASH:
		return &p->hash;
	case IKE_P1_AUTH:
		return &p->auth;
	case IKE_P1_GROUP:
		return &p->group;
	case IKE_P1_KEYLEN:
		return &p->keylen;
	}
	return NULL;
}

static uint16_t *p2_field(struct ike_p2_attrs *p, uint16_t type)
{
	switch (type) {
	case IKE_P2_GROUP:
		return &p->group;
	case IKE_P2_ENCAP:
		return &p->encap;
	case IKE_P2_AUTH:
		return &p->auth;
	case IKE_P2_KEYLEN:
		return &p->keylen;
	case IKE_P2_ESN:
		return &p->esn;
	}
	return NULL;
}

/* The attributes of one transform while they are read. */
struct reading {
	bool phase1;
	struct ike_p1_policy *p1;
	struct ike_p2_attrs *p2;
	struct life life;
	uint32_t seen; /* plain attributes, as bits */
};

static int read_attr(struct reading *r, const struct ike_attr *a)
{
	uint16_t *field;
	uint64_t v;

	if (!attr_number(a, &v))
		return a->value.len ? IKE_N_ATTRIBUTES_NOT_SUPPORTED :
				      IKE_N_BAD_PROPOSAL_SYNTAX;
	if (a->type == (r->phase1 ? IKE_P1_LIFE_TYPE : IKE_P2_LIFE_TYPE))
		return life_type(&r->life, v);
	if (a->type == (r->phase1 ? IKE_P1_LIFE : IKE_P2_LIFE))
		return life_duration(&r->life, v);
	if (a->type < 32) {
		if (r->seen & 1u << a->type)
			return IKE_N_BAD_PROPOSAL_SYNTAX;
		r->seen |= 1u << a->type;
	}
	field = r->phase1 ? p1_field(r->p1, a->type) : p2_field(r->p2, a->type);
	if (!field || v > UINT16_MAX)
		return IKE_N_ATTRIBUTES_NOT_SUPPORTED;
	*field = v;
	return 0;
}

static int read_all(struct reading *r, struct bytes attrs, uint16_t *unknown)
{
	struct ike_attr a;
	int got, err;

	*unknown = 0;
	while ((got = attr_next(&attrs, &a)) > 0) {
		err = read_attr(r, &a);
		if (err == IKE_N_BAD_PROPOSAL_SYNTAX)
			return err;
		if (err && !*unknown)
			*unknown = a.type ? a.type : UINT16_MAX;
	}
	if (got || r->life.type)
		return IKE_N_BAD_PROPOSAL_SYNTAX;
	return *unknown ? IKE_N_ATTRIBUTES_NOT_SUPPORTED : 0;
}

int attr_parse_p1(struct bytes attrs, struct ike_p1_policy *p,
		  uint16_t *unknown)
{
	struct reading r = { .phase1 = true, .p1 = p };
	int err;

	memset(p, 0, sizeof(*p));
	err = read_all(&r, attrs, unknown);
	p->seconds = r.life.seconds;
	p->kbytes = r.life.kbytes;
	return err;
}

int attr_parse_p2(struct bytes attrs, struct ike_p2_attrs *p, uint16_t *unknown)
{
	struct reading r = { .p2 = p };
	int err;

	memset(p, 0, sizeof(*p));
	err = read_all(&r, attrs, unknown);
	p->seconds = r.life.seconds;
	p->kbytes = r.life.kbytes;
	return err;
}

bool attr_parse_life(struct bytes attrs, bool phase1, uint32_t *seconds,
		     uint32_t *kbytes)
{
	struct ike_p1_policy p1;
	struct ike_p2_attrs p2;
	uint16_t unknown;
	int err;

	if (phase1)
		err = attr_parse_p1(attrs, &p1, &unknown);
	else
		err = attr_parse_p2(attrs, &p2, &unknown);
	*seconds = phase1 ? p1.seconds : p2.seconds;
	*kbytes = phase1 ? p1.kbytes : p2.kbytes;
	return !err || err == IKE_N_ATTRIBUTES_NOT_SUPPORTED;
}

void attr_fill_life(struct enc *e, bool phase1, uint32_t seconds,
		    uint32_t kbytes)
{
	uint16_t type = phase1 ? IKE_P1_LIFE_TYPE : IKE_P2_LIFE_TYPE;
	uint16_t life = phase1 ? IKE_P1_LIFE : IKE_P2_LIFE;

	if (seconds) {
		enc_attr16(e, type, IKE_LIFE_SECONDS);
		enc_attr32(e, life, seconds);
	}
	if (kbytes) {
		enc_attr16(e, type, IKE_LIFE_KBYTES);
		enc_attr32(e, life, kbytes);
	}
}

void attr_fill_p1(struct enc *e, const struct ike_p1_policy *p)
{
	enc_attr16(e, IKE_P1_ENCR, p->encr);
	if (p->keylen)
		enc_attr16(e, IKE_P1_KEYLEN, p->keylen);
	enc_attr16(e, IKE_P1_HASH, p->hash);
	enc_attr16(e, IKE_P1_GROUP, p->group);
	enc_attr16(e, IKE_P1_AUTH, p->auth);
	attr_fill_life(e, true, p->seconds, p->kbytes);
}

void attr_fill_p2(struct enc *e, const struct ike_p2_attrs *p)
{
	if (p->encap)
		enc_attr16(e, IKE_P2_ENCAP, p->encap);
	attr_fill_life(e, false, p->seconds, p->kbytes);
	if (p->auth)
		enc_attr16(e, IKE_P2_AUTH, p->auth);
	if (p->keylen)
		enc_attr16(e, IKE_P2_KEYLEN, p->keylen);
	if (p->group)
		enc_attr16(e, IKE_P2_GROUP, p->group);
	if (p->esn)
		enc_attr16(e, IKE_P2_ESN, p->esn);
}

bool attr_group_ok(uint16_t group)
{
	switch (group) {
	case 1:
	case 2:
	case 5:
	case 14:
	case 15:
	case 16:
	case 19:
	case 20:
	case 21:
	case 24:
		return true;
	}
	return false;
}
