// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities of phase 1 and proxy identities of phase 2 (RFC 2407, 4.6.2). */
#include "id.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "wire.h"
#include "wire_esp.h"

/* Octets of data of a type with a fixed size, else 0. */
static size_t fixed_len(uint8_t type)
{
	switch (type) {
	case IKE_ID_IPV4:
		return 4;
	case IKE_ID_IPV4_SUBNET:
	case IKE_ID_IPV4_RANGE:
		return 8;
	case IKE_ID_IPV6:
		return 16;
	case IKE_ID_IPV6_SUBNET:
	case IKE_ID_IPV6_RANGE:
		return 32;
	}
	return 0;
}

/* The two halves of a subnet or range; of one address twice the same. */
static void halves(const struct ike_id *id, struct addr *a, struct addr *b)
{
	bool one = id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6;
	size_t n = one ? id->data.len : id->data.len / 2;

	addr_from_bytes(a, id->data.p, n);
	addr_from_bytes(b, one ? id->data.p : id->data.p + n, n);
}

static int check_fixed(const struct ike_id *id, const char **why)
{
	struct addr a, b;

	*why = "an identity has a wrong length";
	if (id->data.len != fixed_len(id->type))
		return IKE_N_INVALID_ID_INFORMATION;
	halves(id, &a, &b);
	*why = "the mask of an identity is not contiguous";
	if ((id->type == IKE_ID_IPV4_SUBNET ||
	     id->type == IKE_ID_IPV6_SUBNET) &&
	    addr_mask_len(&b) < 0)
		return IKE_N_INVALID_ID_INFORMATION;
	*why = "the range of an identity ends before it begins";
	if ((id->type == IKE_ID_IPV4_RANGE || id->type == IKE_ID_IPV6_RANGE) &&
	    addr_cmp(&a, &b) > 0)
		return IKE_N_INVALID_ID_INFORMATION;
	return 0;
}

/* A name that goes into logs and compares: visible ASCII only. */
static bool name_ok(struct bytes b)
{
	size_t i;

	for (i = 0; i < b.len; i++)
		if (b.p[i] <= ' ' || b.p[i] > '~')
			return false;
	return b.len && b.len < IKE_ID_STR;
}

int id_parse(struct bytes body, struct ike_id *id, const char **why)
{
	const char *unused;

	if (!why)
		why = &unused;
	memset(id, 0, sizeof(*id));
	*why = "an identity is too short";
	if (body.len < 4)
		return IKE_N_PAYLOAD_MALFORMED;
	id->type = body.p[0];
	id->protocol = body.p[1];
	id->port = get_be16(body.p + 2);
	id->data = bytes_of(body.p + 4, body.len - 4);
	if (fixed_len(id->type))
		return check_fixed(id, why);
	*why = "an identity is empty or too long";
	if (!id->data.len || id->data.len > IKE_ID_MAX)
		return IKE_N_INVALID_ID_INFORMATION;
	switch (id->type) {
	case IKE_ID_FQDN:
	case IKE_ID_USER_FQDN:
		*why = "the name of an identity has odd octets";
		return name_ok(id->data) ? 0 : IKE_N_INVALID_ID_INFORMATION;
	case IKE_ID_DER_DN:
		*why = "the distinguished name of an identity is malformed";
		return id_dn_ok(id->data) ? 0 : IKE_N_INVALID_ID_INFORMATION;
	case IKE_ID_KEY_ID:
		return 0;
	}
	*why = "an identity has an unknown type";
	return IKE_N_INVALID_ID_INFORMATION;
}

int id_copy(struct ike_id *dst, const struct ike_id *src)
{
	uint8_t *p = malloc(src->data.len ? src->data.len : 1);

	if (!p)
		return -ENOMEM;
	if (src->data.len)
		memcpy(p, src->data.p, src->data.len);
	*dst = *src;
	dst->data.p = p;
	return 0;
}

void id_free(struct ike_id *id)
{
	free((void *)id->data.p);
	memset(id, 0, sizeof(*id));
}

bool id_eq(const struct ike_id *a, const struct ike_id *b)
{
	if (a->type != b->type || a->data.len != b->data.len)
		return false;
	if (a->type == IKE_ID_FQDN || a->type == IKE_ID_USER_FQDN)
		return !strncasecmp((const char *)a->data.p,
				    (const char *)b->data.p, a->data.len);
	return bytes_eq(a->data, b->data);
}

struct ike_id id_of(uint8_t type, const void *data, size_t len)
{
	return (struct ike_id){ .type = type, .data = bytes_of(data, len) };
}

struct ike_id id_of_addr(const struct addr *a)
{
	size_t len = addr_len(a->family);

	return id_of(len == 16 ? IKE_ID_IPV6 : IKE_ID_IPV4, a->b, len);
}

static void fmt_octets(struct bytes b, char buf[IKE_ID_STR])
{
	size_t i, n = 0;

	if (name_ok(b)) {
		snprintf(buf, IKE_ID_STR, "%.*s", (int)b.len, b.p);
		return;
	}
	for (i = 0; i < b.len && n + 3 < IKE_ID_STR; i++)
		n += snprintf(buf + n, 3, "%02x", b.p[i]);
	buf[n] = 0;
}

static void fmt_fixed(const struct ike_id *id, char buf[IKE_ID_STR])
{
	char one[ADDR_STR], two[ADDR_STR];
	struct addr a, b;

	halves(id, &a, &b);
	addr_fmt(&a, one);
	addr_fmt(&b, two);
	switch (id->type) {
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		snprintf(buf, IKE_ID_STR, "%s", one);
		break;
	case IKE_ID_IPV4_SUBNET:
		snprintf(buf, IKE_ID_STR, "%s/%s", one, two);
		break;
	case IKE_ID_IPV6_SUBNET:
		snprintf(buf, IKE_ID_STR, "%s/%d", one, addr_mask_len(&b));
		break;
	default:
		snprintf(buf, IKE_ID_STR, "%s-%s", one, two);
	}
}

char *id_fmt(const struct ike_id *id, char buf[IKE_ID_STR])
{
	*buf = 0;
	if (!id->type)
		snprintf(buf, IKE_ID_STR, "none");
	else if (fixed_len(id->type) && id->data.len == fixed_len(id->type))
		fmt_fixed(id, buf);
	else if (id->type == IKE_ID_DER_DN && id_dn_ok(id->data))
		id_dn_fmt(id->data, buf);
	else
		fmt_octets(id->data, buf);
	return buf;
}

const char *id_type_name(uint8_t type)
{
	static const char *const names[] = {
		"none",
		"ID_IPV4_ADDR",
		"ID_FQDN",
		"ID_USER_FQDN",
		"ID_IPV4_ADDR_SUBNET",
		"ID_IPV6_ADDR",
		"ID_IPV6_ADDR_SUBNET",
		"ID_IPV4_ADDR_RANGE",
		"ID_IPV6_ADDR_RANGE",
		"ID_DER_ASN1_DN",
		"ID_DER_ASN1_GN",
		"ID_KEY_ID",
	};

	return type <= IKE_ID_KEY_ID ? names[type] : "unknown";
}

bool id_to_range(const struct ike_id *id, struct id_range *r)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	if (!fixed_len(id->type) || id->data.len != fixed_len(id->type))
		return false;
	halves(id, &r->lo, &r->hi);
	if (id->type == IKE_ID_IPV4_SUBNET || id->type == IKE_ID_IPV6_SUBNET) {
		for (i = 0; i < addr_len(r->lo.family); i++) {
			uint8_t mask = r->hi.b[i];

			r->lo.b[i] &= mask;
			r->hi.b[i] = r->lo.b[i] | (uint8_t)~mask;
		}
	}
	r->protocol = id->protocol;
	r->port = id->port;
	return true;
}

/* The mask if @r is a subnet (low bits 0 at one end, 1 at the other). */
static bool is_subnet(const struct id_range *r, struct addr *mask)
{
	unsigned int i;

	*mask = r->lo;
	for (i = 0; i < addr_len(r->lo.family); i++) {
		uint8_t host = r->lo.b[i] ^ r->hi.b[i];

		mask->b[i] = ~host;
		if (r->lo.b[i] & host)
			return false;
	}
	return addr_mask_len(mask) >= 0;
}

struct ike_id id_of_range(const struct id_range *r, uint8_t buf[32])
{
	size_t n = addr_len(r->lo.family);
	bool v6 = n == 16;
	struct ike_id id = { .protocol = r->protocol, .port = r->port };
	struct addr mask;

	memcpy(buf, r->lo.b, n);
	if (addr_eq(&r->lo, &r->hi)) {
		id.type = v6 ? IKE_ID_IPV6 : IKE_ID_IPV4;
		id.data = bytes_of(buf, n);
		return id;
	}
	if (is_subnet(r, &mask)) {
		id.type = v6 ? IKE_ID_IPV6_SUBNET : IKE_ID_IPV4_SUBNET;
		memcpy(buf + n, mask.b, n);
	} else {
		id.type = v6 ? IKE_ID_IPV6_RANGE : IKE_ID_IPV4_RANGE;
		memcpy(buf + n, r->hi.b, n);
	}
	id.data = bytes_of(buf, 2 * n);
	return id;
}

bool id_range_eq(const struct id_range *a, const struct id_range *b)
{
	return a->protocol == b->protocol && a->port == b->port &&
	       addr_eq(&a->lo, &b->lo) && addr_eq(&a->hi, &b->hi);
}

bool id_range_within(const struct id_range *in, const struct id_range *out)
{
	return in->lo.family == out->lo.family &&
	       addr_cmp(&out->lo, &in->lo) <= 0 &&
	       addr_cmp(&in->hi, &out->hi) <= 0 &&
	       (!out->protocol || in->protocol == out->protocol) &&
	       (!out->port || in->port == out->port);
}
