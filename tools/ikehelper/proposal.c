// SPDX-License-Identifier: GPL-2.0-or-later
/* SA payloads: take one apart, build one from policies, build an answer. */
#include "proposal.h"

#include "attr.h"
#include "encode.h"
#include "proposal_match.h"

#define HEAD_LEN 8 /* of a proposal and of a transform payload */

static int bad(struct ike_sa_offer *o, int code, const char *why)
{
	o->why = why;
	return code;
}

/*
 * Take a payload of the kind @type off @rest: generic header and the rest of
 * HEAD_LEN in @head, what follows in @body. @last says if the chain ends.
 */
static bool take_inner(struct bytes *rest, uint8_t type, struct bytes *head,
		       struct bytes *body, bool *last)
{
	size_t len;

	if (rest->len < HEAD_LEN)
		return false;
	len = get_be16(rest->p + 2);
	*last = rest->p[0] == 0;
	if (len < HEAD_LEN || len > rest->len || (!*last && rest->p[0] != type))
		return false;
	/* The chain ends where the octets end, and only there. */
	return bytes_take(rest, HEAD_LEN, head) &&
	       bytes_take(rest, len - HEAD_LEN, body) &&
	       *last == (rest->len == 0);
}

static int parse_transform(struct ike_sa_offer *o, bool phase1,
			   struct bytes head, struct bytes attrs)
{
	struct ike_transform *t = &o->tf[o->n_tf];
	int err;

	t->number = head.p[4];
	t->id = head.p[5];
	t->raw = bytes_of(head.p, HEAD_LEN + attrs.len);
	if (phase1)
		err = attr_parse_p1(attrs, &t->p1, &t->unknown);
	else
		err = attr_parse_p2(attrs, &t->p2, &t->unknown);
	if (err == IKE_N_BAD_PROPOSAL_SYNTAX)
		return bad(o, err,
			   "the attributes of a transform are "
			   "malformed or doubled");
	o->n_tf++;
	return 0;
}

static int parse_transforms(struct ike_sa_offer *o, bool phase1,
			    struct bytes rest, unsigned int count)
{
	struct bytes head, attrs;
	bool last = false;
	unsigned int n;
	int err;

	for (n = 0; !last; n++) {
		if (!take_inner(&rest, IKE_PL_TRANSFORM, &head, &attrs, &last))
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "a transform's length or type does not fit");
		if (o->n_tf == PROPOSAL_MAX_TRANSFORMS)
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "too many transforms");
		err = parse_transform(o, phase1, head, attrs);
		if (err)
			return err;
		if (n && o->tf[o->n_tf - 1].number <= o->tf[o->n_tf - 2].number)
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "transforms are not numbered in order");
	}
	if (n != count)
		return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
			   "the number of transforms is not as said");
	return 0;
}

static int check_spi(struct ike_sa_offer *o, const struct ike_proposal *p,
		     bool phase1)
{
	uint32_t spi = 0;
	size_t i;

	if (phase1)
		return p->spi.len <= 16 ?
			       0 :
			       bad(o, IKE_N_INVALID_SPI, "an SPI is too long");
	if (p->spi.len != 4 &&
	    !(p->protocol == IKE_PROTO_IPCOMP && p->spi.len == 2))
		return bad(o, IKE_N_INVALID_SPI, "an SPI has a wrong length");
	for (i = 0; i < p->spi.len; i++)
		spi = spi << 8 | p->spi.p[i];
	/* RFC 4303, 2.1; RFC 3173, 3.3 for the 16 bits of a CPI. */
	if (p->protocol == IKE_PROTO_IPCOMP ? !spi || spi > UINT16_MAX :
					      spi < 256)
		return bad(o, IKE_N_INVALID_SPI, "an SPI is reserved");
	return 0;
}

/* Numbers go up; the same number again means "and", so another protocol. */
static int check_number(struct ike_sa_offer *o, bool phase1)
{
	const struct ike_proposal *p = &o->prop[o->n_prop - 1];
	unsigned int i;

	for (i = 0; i + 1 < o->n_prop; i++) {
		if (o->prop[i].number > p->number ||
		    (o->prop[i].number == p->number &&
		     (phase1 || o->prop[i].protocol == p->protocol)))
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "proposals are not numbered in order");
	}
	return 0;
}

static int parse_proposal(struct ike_sa_offer *o, bool phase1,
			  struct bytes head, struct bytes body)
{
	struct ike_proposal *p = &o->prop[o->n_prop];
	int err;

	p->number = head.p[4];
	p->protocol = head.p[5];
	p->first = o->n_tf;
	if (phase1 ? p->protocol != IKE_PROTO_ISAKMP :
		     p->protocol < IKE_PROTO_AH ||
			     p->protocol > IKE_PROTO_IPCOMP)
		return bad(o, IKE_N_INVALID_PROTOCOL_ID,
			   "a proposal is for another protocol");
	if (!bytes_take(&body, head.p[6], &p->spi))
		return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
			   "a proposal ends within its SPI");
	err = check_spi(o, p, phase1);
	if (!err)
		err = parse_transforms(o, phase1, body, head.p[7]);
	if (err)
		return err;
	p->n = o->n_tf - p->first;
	o->n_prop++;
	return check_number(o, phase1);
}

int proposal_parse(struct bytes body, bool phase1, struct ike_sa_offer *o)
{
	struct bytes head, inner;
	bool last = false;
	int err;

	o->n_prop = o->n_tf = 0;
	o->why = NULL;
	if (!bytes_take(&body, 8, &head))
		return bad(o, IKE_N_PAYLOAD_MALFORMED,
			   "an SA payload is too short");
	if (get_be32(head.p) != IKE_DOI_IPSEC)
		return bad(o, IKE_N_DOI_NOT_SUPPORTED,
			   "the DOI is not that of IPsec");
	if (get_be32(head.p + 4) != IKE_SIT_IDENTITY_ONLY)
		return bad(o, IKE_N_SITUATION_NOT_SUPPORTED,
			   "the situation is not identity only");
	while (!last) {
		if (!take_inner(&body, IKE_PL_PROPOSAL, &head, &inner, &last))
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "a proposal's length or type does not fit");
		if (o->n_prop == PROPOSAL_MAX)
			return bad(o, IKE_N_BAD_PROPOSAL_SYNTAX,
				   "too many proposals");
		err = parse_proposal(o, phase1, head, inner);
		if (err)
			return err;
	}
	return 0;
}

static size_t open_sa(struct enc *e)
{
	size_t at = enc_open(e, IKE_PL_SA);

	enc_u32(e, IKE_DOI_IPSEC);
	enc_u32(e, IKE_SIT_IDENTITY_ONLY);
	return at;
}

/* Header of a proposal; the SPI (@size octets of @spi) follows at once. */
static size_t open_proposal(struct enc *e, bool more,
			    const struct ike_proposal *p, unsigned int count)
{
	size_t at = enc_open_inner(e, more, IKE_PL_PROPOSAL);

	enc_u8(e, p->number);
	enc_u8(e, p->protocol);
	enc_u8(e, p->spi.len);
	enc_u8(e, count);
	enc_bytes(e, p->spi);
	return at;
}

static size_t open_transform(struct enc *e, bool more, uint8_t number,
			     uint8_t id)
{
	size_t at = enc_open_inner(e, more, IKE_PL_TRANSFORM);

	enc_u8(e, number);
	enc_u8(e, id);
	enc_u16(e, 0);
	return at;
}

void proposal_fill_p1(struct enc *e, const struct ike_p1_policy *pol,
		      unsigned int n)
{
	struct ike_proposal p = { .number = 1, .protocol = IKE_PROTO_ISAKMP };
	size_t sa, prop, tf;
	unsigned int i;

	if (n > UINT8_MAX)
		n = UINT8_MAX;
	sa = open_sa(e);
	prop = open_proposal(e, false, &p, n);
	for (i = 0; i < n; i++) {
		tf = open_transform(e, i + 1 < n, i + 1, IKE_TRANSFORM_KEY_IKE);
		attr_fill_p1(e, &pol[i]);
		enc_close(e, tf);
	}
	enc_close(e, prop);
	enc_close(e, sa);
}

/* One protocol of a phase 2 proposal, with one transform. */
static void fill_part(struct enc *e, bool more, const struct p2_part *part,
		      uint8_t number, const struct ike_p2_spis *spis)
{
	uint8_t spi[4];
	struct ike_proposal p = { .number = number,
				  .protocol = part->protocol };
	size_t prop, tf;

	p.spi = proposal_spi_bytes(part->protocol, spis, 0, spi);
	prop = open_proposal(e, more, &p, 1);
	tf = open_transform(e, false, 1, part->transform);
	attr_fill_p2(e, &part->attrs);
	enc_close(e, tf);
	enc_close(e, prop);
}

void proposal_fill_p2(struct enc *e, const struct ike_p2_policy *pol,
		      unsigned int n, const struct ike_p2_spis *spis,
		      uint16_t encap_udp)
{
	struct p2_part part[3];
	size_t sa = open_sa(e);
	unsigned int i, k, parts;

	if (n > PROPOSAL_MAX / 3)
		n = PROPOSAL_MAX / 3;
	for (i = 0; i < n; i++) {
		parts = proposal_parts(&pol[i], encap_udp, part);
		for (k = 0; k < parts; k++)
			fill_part(e, i + 1 < n || k + 1 < parts, &part[k],
				  i + 1, spis);
	}
	enc_close(e, sa);
}

/* A transform as it came, but the last of its proposal. */
static void copy_transform(struct enc *e, const struct ike_transform *t)
{
	enc_u8(e, IKE_PL_NONE);
	enc_bytes(e, bytes_of(t->raw.p + 1, t->raw.len - 1));
}

void proposal_reply_p1(struct enc *e, const struct ike_p1_choice *c)
{
	size_t sa = open_sa(e);
	size_t prop = open_proposal(e, false, c->prop, 1);

	copy_transform(e, c->tf);
	enc_close(e, prop);
	enc_close(e, sa);
}

void proposal_reply_p2(struct enc *e, const struct ike_p2_choice *c,
		       const struct ike_p2_spis *ours)
{
	size_t sa = open_sa(e), prop;
	struct ike_proposal p;
	uint8_t spi[4];
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		p = *c->prop[i];
		/* A CPI goes back in the size that the peer chose. */
		p.spi = proposal_spi_bytes(p.protocol, ours, p.spi.len, spi);
		prop = open_proposal(e, i + 1 < c->n, &p, 1);
		copy_transform(e, c->tf[i]);
		enc_close(e, prop);
	}
	enc_close(e, sa);
}
