// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities: parse, print, compare, ranges; vendor IDs. */
#include "ktap.h"

#include "ikehelper/id.h"
#include "ikehelper/vid.h"
#include "ikehelper/wire_esp.h"
#include "ikehelper/wire.h"

static struct ike_id id;
static char out[IKE_ID_STR];

/* Parse in memory of exactly the size. */
static int take(const char *octets, size_t len)
{
	static uint8_t *p;

	free(p);
	p = malloc(len ? len : 1);
	memcpy(p, octets, len);
	return id_parse(bytes_of(p, len), &id, NULL);
}

#define TAKE(octets) take(octets, sizeof(octets) - 1)
#define REFUSED(octets) (TAKE(octets) == IKE_N_INVALID_ID_INFORMATION)

static void prints(const char *octets, size_t len, const char *want)
{
	if (ok(!take(octets, len), "%s", want))
		is(id_fmt(&id, out), want, "is printed");
}

#define PRINTS(octets, want) prints(octets, sizeof(octets) - 1, want)

#define V6 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define V6_MASK "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0"

static void test_print(void)
{
	PRINTS("\1\0\0\0\xc0\0\2\1", "192.0.2.1");
	PRINTS("\4\0\0\0\x0a\1\0\0\xff\xff\0\0", "10.1.0.0/255.255.0.0");
	PRINTS("\4\0\0\0\0\0\0\0\0\0\0\0", "0.0.0.0/0.0.0.0");
	PRINTS("\7\0\0\0\x0a\0\0\1\x0a\0\0\x09", "10.0.0.1-10.0.0.9");
	PRINTS("\5\0\0\0" V6, "2001:db8::1");
	PRINTS("\6\0\0\0" V6 V6_MASK, "2001:db8::1/64");
	PRINTS("\x08\0\0\0" V6 V6, "2001:db8::1-2001:db8::1");
	PRINTS("\2\0\0\0r1.example.com", "r1.example.com");
	PRINTS("\3\0\0\0me@example.com", "me@example.com");
	PRINTS("\x0b\0\0\0"
	       "cclient",
	       "cclient");
	PRINTS("\x0b\0\0\0"
	       "a\0b\n",
	       "6100620a");
	is(id_fmt(&(struct ike_id){ 0 }, out), "none", "none at all");
	is(id_type_name(4), "ID_IPV4_ADDR_SUBNET", "name of a type");
	is(id_type_name(200), "unknown", "name of another");
}

static void test_refused(void)
{
	unsigned int i, odd = 0;
	char body[64] = { 0 };

	for (i = 0; i < 4; i++)
		if (take(body, i) != IKE_N_PAYLOAD_MALFORMED)
			odd++;
	ok(!odd, "shorter than its header");
	ok(REFUSED("\1\0\0\0\1\2\3") && REFUSED("\1\0\0\0\1\2\3\4\5") &&
		   REFUSED("\4\0\0\0\1\2\3\4") && REFUSED("\5\0\0\0\1\2\3\4") &&
		   REFUSED("\1\0\0\0"),
	   "addresses of a wrong length");
	for (i = odd = 0; i < 64; i++) {
		body[0] = 4;
		if ((take(body, i) == 0) != (i == 12))
			odd++;
	}
	ok(!odd, "a subnet of any length");
	ok(REFUSED("\4\0\0\0\x0a\1\0\0\xff\0\xff\0") &&
		   REFUSED("\4\0\0\0\x0a\1\0\0\0\0\0\xff") &&
		   REFUSED("\6\0\0\0" V6 V6),
	   "masks with holes");
	ok(REFUSED("\7\0\0\0\x0a\0\0\2\x0a\0\0\1"), "a range backwards");
	ok(REFUSED("\2\0\0\0") && REFUSED("\3\0\0\0") && REFUSED("\x0b\0\0\0"),
	   "empty names");
	ok(REFUSED("\2\0\0\0r1\0.example.com") &&
		   REFUSED("\2\0\0\0r1\n%LINK-3-UPDOWN") &&
		   REFUSED("\3\0\0\0me\x7f@b") && REFUSED("\2\0\0\0r 1"),
	   "names with odd octets");
	for (i = odd = 0; i < 256; i++) {
		memcpy(body, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
		body[0] = i;
		if ((take(body, 8) == 0) != (i == 1 || i == 11))
			odd++;
	}
	ok(!odd, "every type");
}

static void test_long(void)
{
	static char body[IKE_ID_MAX + 10];

	memset(body, 'a', sizeof(body));
	memcpy(body, "\x0b\0\0\0", 4);
	ok(!take(body, IKE_ID_MAX + 4), "a long key id");
	ok(strlen(id_fmt(&id, out)) < IKE_ID_STR, "is cut when printed");
	ok(take(body, IKE_ID_MAX + 5), "one that is too long");
	body[0] = 2;
	ok(!take(body, IKE_ID_STR + 3), "a long name");
	ok(strlen(id_fmt(&id, out)) == IKE_ID_STR - 1, "is printed whole");
	ok(take(body, IKE_ID_STR + 4), "one that is too long");
}

static void test_compare(void)
{
	struct ike_id a = id_of(IKE_ID_FQDN, "R1.Test", 7);
	struct ike_id b = id_of(IKE_ID_FQDN, "r1.test", 7);
	struct ike_id c = id_of(IKE_ID_FQDN, "r1.test.x", 9);
	struct ike_id k = id_of(IKE_ID_KEY_ID, "R1.Test", 7);
	struct ike_id l = id_of(IKE_ID_KEY_ID, "r1.test", 7);
	struct ike_id copy = { 0 };
	struct addr addr;

	ok(id_eq(&a, &b) && !id_eq(&a, &c) && !id_eq(&c, &a), "names");
	ok(!id_eq(&a, &k) && !id_eq(&k, &l), "types, and key ids");
	ok(!id_copy(&copy, &a) && id_eq(&copy, &a) && copy.data.p != a.data.p,
	   "a copy");
	id_free(&copy);
	id_free(&copy);
	ok(!copy.type, "given back");
	addr_parse("192.0.2.1", &addr);
	TAKE("\1\0\0\0\xc0\0\2\1");
	a = id_of_addr(&addr);
	ok(id_eq(&a, &id), "an address");
	TAKE("\1\0\0\0\xc0\0\2\2");
	ok(!id_eq(&a, &id), "another");
}

/* @text as "LO HI", to an identity and back. */
static void range(const char *lo, const char *hi, uint8_t type)
{
	struct id_range r = { .protocol = 6, .port = 80 }, back;
	struct ike_id made;
	uint8_t octets[32];

	addr_parse(lo, &r.lo);
	addr_parse(hi, &r.hi);
	made = id_of_range(&r, octets);
	ok(made.type == type && id_to_range(&made, &back) &&
		   id_range_eq(&r, &back),
	   "%s to %s is of type %u", lo, hi, type);
}

static bool within(const char *a, const char *b, const char *c, const char *d)
{
	struct id_range in = { 0 }, around = { 0 };

	addr_parse(a, &in.lo);
	addr_parse(b, &in.hi);
	addr_parse(c, &around.lo);
	addr_parse(d, &around.hi);
	return id_range_within(&in, &around);
}

static void test_ranges(void)
{
	struct id_range a, b;

	range("10.0.0.1", "10.0.0.1", IKE_ID_IPV4);
	range("10.1.0.0", "10.1.255.255", IKE_ID_IPV4_SUBNET);
	range("0.0.0.0", "255.255.255.255", IKE_ID_IPV4_SUBNET);
	range("10.0.0.2", "10.0.0.3", IKE_ID_IPV4_SUBNET);
	range("10.0.0.1", "10.0.0.2", IKE_ID_IPV4_RANGE);
	range("10.0.0.0", "10.0.0.2", IKE_ID_IPV4_RANGE);
	range("2001:db8::", "2001:db8::ffff", IKE_ID_IPV6_SUBNET);
	range("2001:db8::1", "2001:db8::ffff", IKE_ID_IPV6_RANGE);
	range("2001:db8::1", "2001:db8::1", IKE_ID_IPV6);
	ok(!TAKE("\4\0\0\0\x0a\1\2\3\xff\xff\0\0") && id_to_range(&id, &a) &&
		   !TAKE("\4\0\0\0\x0a\1\0\0\xff\xff\0\0") &&
		   id_to_range(&id, &b) && id_range_eq(&a, &b),
	   "host bits of a subnet do not count");
	ok(within("10.1.0.0", "10.1.0.9", "10.1.0.0", "10.1.0.255") &&
		   within("10.1.0.0", "10.1.0.9", "10.1.0.0", "10.1.0.9"),
	   "within");
	ok(!within("10.1.0.0", "10.1.1.0", "10.1.0.0", "10.1.0.255") &&
		   !within("10.0.255.255", "10.1.0.1", "10.1.0.0",
			   "10.1.0.255") &&
		   !within("::", "::1", "0.0.0.0", "255.255.255.255"),
	   "not within");
	b.protocol = 17;
	ok(!id_range_within(&a, &b), "all protocols are not within one");
	a.protocol = 17;
	b.protocol = 0;
	ok(id_range_within(&a, &b), "one is within all");
	b.port = 53;
	ok(!id_range_within(&a, &b), "ports likewise");
	ok(!TAKE("\2\0\0\0r1") && !id_to_range(&id, &a), "a name is no range");
}

/* CN=r1, O=Example as DER. */
#define DN                                                     \
	"\x30\x1f\x31\x10\x30\x0e\x06\x03\x55\x04\x0a\x0c\x07" \
	"Example"                                              \
	"\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02r1"

static void test_dn(void)
{
	static const char good[] = "\x09\0\0\0" DN;
	static uint8_t deep[600];
	unsigned int i, v, odd = 0;
	char bad[sizeof(good)];

	PRINTS("\x09\0\0\0" DN, "O=Example,CN=r1");
	PRINTS("\x09\0\0\0\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x63\x0c\x04"
	       "a\nb\x7f",
	       "2.5.4.99=a?b?");
	for (i = 5; i < sizeof(good) - 1; i++)
		if (!take(good, i))
			odd++;
	ok(!odd, "cut anywhere");
	/* No octet with any value may be read beyond the end. */
	for (i = 4; i < sizeof(good) - 1; i++) {
		for (v = 0; v < 256; v++) {
			memcpy(bad, good, sizeof(good));
			bad[i] = v;
			if (!take(bad, sizeof(good) - 1))
				id_fmt(&id, out);
		}
	}
	ok(REFUSED("\x09\0\0\0\x30\0"), "an empty one");
	ok(REFUSED("\x09\0\0\0\x30\x80\x31\0\0\0"), "an indefinite length");
	ok(REFUSED("\x09\0\0\0\x30\x81\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x63"
		   "\x0c\x04"
		   "abcd"),
	   "a length that is longer than needed");
	ok(REFUSED("\x09\0\0\0\x30\x84\xff\xff\xff\xff"), "4 GiB");
	ok(REFUSED("\x09\0\0\0" DN "\0"), "an octet behind it");
	ok(REFUSED("\x09\0\0\0\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\xe3\x0c"
		   "\x04"
		   "abcd"),
	   "a type that does not end");
	ok(REFUSED("\x09\0\0\0\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x63\x30"
		   "\x04"
		   "abcd"),
	   "a value with an inside");
	for (i = 0; i < sizeof(deep); i += 2) {
		deep[i] = 0x30;
		deep[i + 1] = 0x80;
	}
	ok(!id_dn_ok(bytes_of(deep, sizeof(deep))), "endless nesting");
}

static void test_many_parts(void)
{
	static uint8_t der[4 + 65 * 13];
	unsigned int n, i;

	for (n = 64; n <= 65; n++) {
		der[0] = 0x30;
		der[1] = 0x82;
		put_be16(der + 2, n * 13);
		for (i = 0; i < n; i++)
			memcpy(der + 4 + i * 13,
			       "\x31\x0b\x30\x09\x06\x03\x55\x04\x0b\x0c\x02ou",
			       13);
		ok(id_dn_ok(bytes_of(der, 4 + n * 13)) == (n == 64), "%u parts",
		   n);
	}
	put_be16(der + 2, 64 * 13);
	ok(strlen(id_dn_fmt(bytes_of(der, 4 + 64 * 13), out)) == IKE_ID_STR - 1,
	   "printed as far as there is room");
}

static void test_vid(void)
{
	struct bytes b;
	unsigned int v, odd = 0, sent = 0;
	uint8_t octets[40];

	for (v = VID_NONE + 1; v < VID_MAX; v++) {
		b = vid_bytes(v);
		if (!b.p)
			continue;
		sent++;
		memcpy(octets, b.p, b.len);
		if (vid_match(b) != v)
			odd++;
		octets[0] ^= 1;
		if (vid_match(bytes_of(octets, b.len)) == v)
			odd++;
		if (vid_match(bytes_of(b.p, b.len - 5)) == v)
			odd++;
	}
	ok(!odd && sent > 15, "each is known again, and nothing like it");
	b = vid_bytes(VID_DPD);
	memcpy(octets, b.p, b.len);
	ok(vid_match(bytes_of(octets, b.len + 1)) == VID_NONE,
	   "DPD with an octet more is another");
	b = vid_bytes(VID_FRAG);
	ok(vid_match(bytes_of(b.p, 16)) == VID_FRAG &&
		   vid_frag_flags(b) == 0xc0000000 &&
		   !vid_frag_flags(bytes_of(b.p, 16)),
	   "fragmentation with and without flags");
	ok(vid_natt_choose(VID_BIT(VID_NATT_RFC) | VID_BIT(VID_NATT_02N)) ==
			   VID_NATT_NEW &&
		   vid_natt_choose(VID_BIT(VID_NATT_02N)) == VID_NATT_OLD &&
		   vid_natt_choose(VID_BIT(VID_DPD)) == VID_NATT_OFF,
	   "NAT traversal by preference");
	ok(vid_match(bytes_of("", 0)) == VID_NONE, "nothing");
	is(vid_name(VID_DPD), "DPD", "a name");
}

int main(void)
{
	test_print();
	test_refused();
	test_long();
	test_compare();
	test_ranges();
	test_dn();
	test_many_parts();
	test_vid();
	return ktap_end();
}
