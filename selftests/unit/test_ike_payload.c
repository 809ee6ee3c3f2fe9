// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE messages: what is written is read back, everything else is refused. */
#include "ktap.h"

#include "ike_build.h"

static void test_header(void)
{
	struct ike_hdr h;
	unsigned int i, taken = 0;
	struct bytes b;

	start(IKE_EX_MAIN, 0);
	filled(IKE_PL_VID, 16, 1);
	b = done();
	ok(!ike_hdr_parse(b, &h) && h.exchange == IKE_EX_MAIN &&
		   h.msgid == 0x01020304 && h.len == b.len &&
		   !memcmp(h.icookie, "initiat", 8),
	   "a header");
	for (i = 0; i < b.len; i++)
		if (!ike_hdr_parse(tight(bytes_of(b.p, i)), &h) ||
		    !ike_msg_parse(tight(bytes_of(b.p, i)), &msg))
			taken++;
	ok(!taken, "a message cut anywhere");
	buf[b.len] = 0;
	ok(ike_hdr_parse(bytes_of(b.p, b.len + 1), &h) ==
		   IKE_N_UNEQUAL_PAYLOAD_LENGTHS,
	   "an octet more than the header says");
	ok(ike_hdr_parse(bytes_of(NULL, 0), &h) == IKE_N_PAYLOAD_MALFORMED,
	   "nothing at all");
}

/* One octet of a good header changed. */
static int with(unsigned int at, uint8_t value)
{
	start(IKE_EX_MAIN, 0);
	filled(IKE_PL_VID, 16, 1);
	done();
	buf[at] = value;
	return ike_msg_parse(tight(bytes_of(buf, enc.len)), &msg);
}

static void test_header_fields(void)
{
	unsigned int i, odd;

	ok(with(17, 0x20) == IKE_N_INVALID_MAJOR_VERSION, "version 2.0");
	ok(with(17, 0x00) == IKE_N_INVALID_MAJOR_VERSION, "version 0.0");
	ok(with(17, 0x11) == IKE_N_INVALID_MINOR_VERSION, "version 1.1");
	for (i = odd = 0; i < 256; i++)
		if ((with(18, i) == IKE_N_INVALID_EXCHANGE_TYPE) !=
		    (i == 0 || (i > 6 && i < 32) || i > 33))
			odd++;
	ok(!odd, "every exchange type");
	for (i = odd = 0; i < 256; i++)
		if ((with(19, i) == IKE_N_INVALID_FLAGS) != (i > 7))
			odd++;
	ok(!odd, "every flag");
	for (i = odd = 0; i < 4; i++)
		if (with(24 + i, 0xff) != IKE_N_UNEQUAL_PAYLOAD_LENGTHS)
			odd++;
	ok(!odd, "a length of another message");
	start(IKE_EX_MAIN, 0);
	filled(IKE_PL_VID, 16, 1);
	done();
	memset(buf, 0, 8);
	ok(ike_msg_parse(bytes_of(buf, enc.len), &msg) == IKE_N_INVALID_COOKIE,
	   "no cookie of the initiator");
}

static void test_types(void)
{
	unsigned int i, odd = 0;

	for (i = 1; i < 256; i++) {
		int err = with(16, i);
		bool known = (i >= 4 && i <= 14 && i != 5 && i != 11 &&
			      i != 12 && i != 14) ||
			     i == 20 || i == 130;

		/* 16 octets of 1 are no SA, ID, N, D, attribute, NAT-OA. */
		if (i >= 128 && i != 130 && i != 131 && i != 132)
			known = true;
		if (i == 132)
			known = true;
		if ((err == 0) != known)
			odd++, printf("# type %u: %d\n", i, err);
	}
	ok(!odd, "every type of payload");
	ok(with(16, 33) == IKE_N_INVALID_PAYLOAD_TYPE, "a payload of IKEv2");
	ok(with(16, 2) == IKE_N_INVALID_PAYLOAD_TYPE,
	   "a proposal outside of an SA");
	ok(with(16, 0) == IKE_N_PAYLOAD_MALFORMED, "no payload");
	ok(with(28, 13) == IKE_N_PAYLOAD_MALFORMED, "one that is promised");
	ok(!with(29, 1) && msg.odd, "a reserved octet is noted");
	ok(!with(29, 0) && !msg.odd, "or not");
}

static void test_lengths(void)
{
	unsigned int len, odd = 0;

	for (len = 0; len < 65536; len++) {
		start(IKE_EX_MAIN, 0);
		filled(IKE_PL_VID, 16, 1);
		done();
		put_be16(buf + 30, len);
		if ((ike_msg_parse(bytes_of(buf, enc.len), &msg) == 0) !=
		    (len == 20))
			odd++;
	}
	ok(!odd, "every length of a payload");
}

/* How many payloads of a type, and bodies of which length, are taken. */
static void test_bounds(void)
{
	static const struct {
		uint8_t type;
		unsigned int count;
		size_t min, max;
	} t[] = {
		{ IKE_PL_KE, 1, 1, 1024 },	  { IKE_PL_CERT, 16, 2, 16384 },
		{ IKE_PL_CR, 16, 1, 4096 },	  { IKE_PL_HASH, 1, 1, 64 },
		{ IKE_PL_SIG, 1, 1, 1024 },	  { IKE_PL_NONCE, 1, 8, 256 },
		{ IKE_PL_VID, 32, 1, 1024 },	  { IKE_PL_NATD, 10, 1, 64 },
		{ IKE_PL_NATD_DRAFT, 10, 1, 64 }, { 200, 64, 0, 16384 },
	};
	unsigned int i, k;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int few, many, low = 1, high = 1, min, max;

		start(IKE_EX_MAIN, 0);
		for (k = 0; k < t[i].count; k++)
			filled(t[i].type, t[i].min, 1);
		few = parse();
		filled(t[i].type, t[i].min, 1);
		many = parse();
		start(IKE_EX_MAIN, 0);
		filled(t[i].type, t[i].min, 1);
		min = parse();
		start(IKE_EX_MAIN, 0);
		filled(t[i].type, t[i].max, 1);
		max = parse();
		if (t[i].min) {
			start(IKE_EX_MAIN, 0);
			filled(t[i].type, t[i].min - 1, 1);
			low = parse();
		}
		if (t[i].type != 200) {
			start(IKE_EX_MAIN, 0);
			filled(t[i].type, t[i].max + 1, 1);
			high = parse();
		}
		ok(!few && many && low && high && !min && !max,
		   "number and size of payloads of type %u", t[i].type);
	}
}

static void test_ids(void)
{
	start(IKE_EX_QUICK, 0);
	text(IKE_PL_ID, "\4\0\0\0\x0a\1\0\0\xff\xff\0\0");
	text(IKE_PL_ID, "\1\x11\1\xf4\x0a\1\0\1");
	ok(!parse() && msg.n_id == 2 && msg.id[0].type == 4 &&
		   msg.id[1].protocol == 17 && msg.id[1].port == 500,
	   "two identities");
	text(IKE_PL_ID, "\1\x11\1\xf4\x0a\1\0\1");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "three");
	start(IKE_EX_QUICK, 0);
	text(IKE_PL_ID, "\4\0\0\0\x0a\1\0\0\xff\0\xff\0");
	ok(parse() == IKE_N_INVALID_ID_INFORMATION && strstr(msg.why, "mask"),
	   "a mask with holes");
}

/* A notification with one field changed. */
static int notify_with(unsigned int at, uint8_t value)
{
	struct ike_notify n = { .doi = 1,
				.protocol = 1,
				.type = 24578,
				.spi = bytes_of("0123456789abcdef", 16),
				.data = bytes_of("data", 4) };

	start(IKE_EX_INFO, 0);
	enc_notify(&enc, &n);
	done();
	buf[IKE_HDR_LEN + IKE_GEN_LEN + at] = value;
	return ike_msg_parse(tight(bytes_of(buf, enc.len)), &msg);
}

static void test_notify(void)
{
	struct ike_notify n;
	unsigned int i, odd;

	ok(!notify_with(0, 0) && !ike_notify_parse(msg.pl[0].body, &n) &&
		   n.type == 24578 && n.spi.len == 16 && n.data.len == 4,
	   "a notification");
	ok(notify_with(0, 1) == IKE_N_DOI_NOT_SUPPORTED &&
		   notify_with(3, 2) == IKE_N_DOI_NOT_SUPPORTED &&
		   !notify_with(3, 0),
	   "its DOI");
	for (i = odd = 0; i < 256; i++)
		if ((notify_with(4, i) == 0) != (i <= 4))
			odd++;
	ok(!odd, "every protocol");
	for (i = odd = 0; i < 256; i++)
		if ((notify_with(5, i) == 0) != (i <= 16))
			odd++;
	ok(!odd, "every size of an SPI");
	start(IKE_EX_INFO, 0);
	text(IKE_PL_N, "\0\0\0\1\1\4\1\1\0\0\0");
	ok(parse() == IKE_N_INVALID_SPI, "an SPI beyond the payload");
}

static int delete_with(unsigned int at, uint8_t value)
{
	start(IKE_EX_INFO, 0);
	enc_delete(&enc, IKE_PROTO_ESP, 4, bytes_of("spi1spi2spi3", 12));
	done();
	buf[IKE_HDR_LEN + IKE_GEN_LEN + at] = value;
	return ike_msg_parse(tight(bytes_of(buf, enc.len)), &msg);
}

static void test_delete(void)
{
	struct ike_delete d;
	unsigned int i, odd;

	ok(!delete_with(4, 3) && !ike_delete_parse(msg.pl[0].body, &d) &&
		   d.count == 3 && d.spi_size == 4 && d.spis.len == 12,
	   "a deletion of three");
	for (i = odd = 0; i < 256; i++)
		/* IPComp may have SPIs of four octets too. */
		if ((delete_with(4, i) == 0) != (i >= 2 && i <= 4))
			odd++;
	ok(!odd, "every protocol");
	for (i = odd = 0; i < 256; i++)
		if ((delete_with(5, i) == 0) != (i == 4))
			odd++;
	ok(!odd, "every size of an SPI");
	for (i = odd = 0; i < 256; i++)
		if ((delete_with(7, i) == 0) != (i == 3))
			odd++;
	ok(!odd, "every number of SPIs");
	ok(delete_with(6, 1) == IKE_N_PAYLOAD_MALFORMED, "259 SPIs");
	start(IKE_EX_INFO, 0);
	enc_delete(&enc, IKE_PROTO_ESP, 4, bytes_of(NULL, 0));
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "none");
	start(IKE_EX_INFO, 0);
	enc_delete(&enc, IKE_PROTO_ISAKMP, 16,
		   bytes_of("0123456789abcdef", 16));
	ok(!parse(), "of the ISAKMP SA");
	start(IKE_EX_INFO, 0);
	enc_delete(&enc, IKE_PROTO_ISAKMP, 4, bytes_of("0123", 4));
	ok(parse() == IKE_N_INVALID_SPI, "of it with a short SPI");
}

/* The parts of a payload, also of one that no message had. */
static void test_parts(void)
{
	struct ike_fragment f;
	struct ike_notify n;
	struct ike_delete d;
	struct ike_cert crt;
	unsigned int len, odd = 0;
	static const uint8_t zero[8];

	for (len = 0; len < 8; len++) {
		struct bytes b = tight(bytes_of(zero, len));

		if (!ike_notify_parse(b, &n) || !ike_delete_parse(b, &d) ||
		    !ike_fragment_parse(b, &f))
			odd++;
	}
	ok(!odd, "too short for a notification, a deletion, a fragment");
	ok(ike_cert_parse(tight(bytes_of(zero, 0)), &crt) ==
		   IKE_N_PAYLOAD_MALFORMED,
	   "or for a certificate");
	ok(!ike_cert_parse(bytes_of("\4der", 4), &crt) && crt.encoding == 4 &&
		   crt.data.len == 3,
	   "a certificate");
}

static void test_others(void)
{
	start(IKE_EX_TRANS, 0);
	text(IKE_PL_ATTR, "\1\0\0\1\x40\x89\0\3abc\xc0\x8f\0\1");
	ok(!parse() && msg.attr.len == 15, "attributes");
	start(IKE_EX_TRANS, 0);
	text(IKE_PL_ATTR, "\1\0\0\1\x40\x89\0\4abc");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "one that is cut");
	start(IKE_EX_TRANS, 0);
	text(IKE_PL_ATTR, "\1\0\0\1\x40\x89\0");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "half a header of one");
	start(IKE_EX_QUICK, 0);
	text(IKE_PL_NATOA, "\1\0\0\0\x0a\1\0\1");
	text(IKE_PL_NATOA, "\5\0\0\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
	ok(!parse(), "original addresses");
	start(IKE_EX_QUICK, 0);
	text(IKE_PL_NATOA, "\5\0\0\0\x0a\1\0\1");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "IPv6 of four octets");
	start(IKE_EX_QUICK, 0);
	text(IKE_PL_NATOA, "\2\0\0\0\x0a\1\0\1");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "a name as original address");
	start(IKE_EX_MAIN, IKE_F_ENC);
	text(IKE_PL_FRAG, "\0\1\1\1data");
	ok(!parse() && msg.frag.len == 8, "a fragment, though encrypted");
	start(IKE_EX_MAIN, 0);
	text(IKE_PL_FRAG, "\0\1\0\1data");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "fragment number 0");
	start(IKE_EX_MAIN, 0);
	text(IKE_PL_FRAG, "\0\1\1\1");
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "an empty fragment");
	start(IKE_EX_MAIN, 0);
	text(IKE_PL_FRAG, "\0\1\1\1data");
	filled(IKE_PL_VID, 8, 1);
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "a fragment beside a payload");
}

static void test_encrypted(void)
{
	start(IKE_EX_QUICK, IKE_F_ENC);
	enc_zero(&enc, 64);
	buf[16] = IKE_PL_HASH;
	ok(!parse() && !msg.n_pl && msg.end == msg.raw.len,
	   "an encrypted message is left alone");
	start(IKE_EX_QUICK, IKE_F_ENC);
	enc_hash(&enc, 20);
	filled(IKE_PL_NONCE, 16, 3);
	enc_pad(&enc, 16);
	ok(!parse_plain(16) && msg.n_pl == 2 && msg.hash.len == 20 &&
		   msg.hash_end == IKE_HDR_LEN + 24 &&
		   msg.end == IKE_HDR_LEN + 44 && msg.raw.len % 16 == 12,
	   "decrypted, with padding");
	enc_zero(&enc, 16);
	ok(parse_plain(16) == IKE_N_PAYLOAD_MALFORMED, "with more of it");
	start(IKE_EX_QUICK, IKE_F_ENC);
	enc_hash(&enc, 20);
	filled(IKE_PL_NONCE, 16, 3);
	enc_zero(&enc, 16);
	ok(!parse_plain(16), "with a whole block of it, as strongSwan does");
	start(IKE_EX_QUICK, IKE_F_ENC);
	filled(IKE_PL_NONCE, 16, 3);
	enc_hash(&enc, 20);
	ok(parse_plain(16) == IKE_N_INVALID_HASH_INFORMATION,
	   "the hash not first");
	start(IKE_EX_MAIN, IKE_F_ENC);
	text(IKE_PL_ID, "\1\0\0\0\x0a\1\0\1");
	enc_hash(&enc, 20);
	ok(!parse_plain(16), "in phase 1 it is behind");
	start(IKE_EX_MAIN, IKE_F_ENC);
	text(IKE_PL_FRAG, "\0\1\1\1data");
	ok(parse_plain(16), "a fragment inside");
	start(IKE_EX_QUICK, IKE_F_ENC);
	enc_hash(&enc, 20);
	enc_hash(&enc, 20);
	ok(parse_plain(16) == IKE_N_PAYLOAD_MALFORMED, "two hashes");
	start(IKE_EX_INFO, 0);
	enc_hash(&enc, 20);
	enc_zero(&enc, 4);
	ok(parse() == IKE_N_PAYLOAD_MALFORMED, "padding in the clear");
}

/* Every payload once, written and read back. */
static void test_round_trip(void)
{
	struct ike_id id = id_of(IKE_ID_FQDN, "r1.example.com", 14);
	unsigned int i = 0;

	start(IKE_EX_AGGR, 0);
	proposal_fill_p1(&enc, &aes_sha_5, 1);
	filled(IKE_PL_KE, 192, 7);
	filled(IKE_PL_NONCE, 20, 8);
	enc_id(&enc, &id);
	enc_cert(&enc, IKE_PL_CERT, IKE_CERT_X509_SIG, bytes_of("der", 3));
	filled(IKE_PL_SIG, 256, 9);
	filled(IKE_PL_NATD, 20, 1);
	filled(IKE_PL_NATD, 20, 2);
	filled(IKE_PL_VID, 16, 1);
	ok(!parse() && msg.n_pl == 9 && msg.ke.len == 192 &&
		   msg.nonce.len == 20 && msg.sig.p[255] == 9 &&
		   msg.n_id == 1 && id_eq(&msg.id[0], &id) &&
		   msg.end == msg.raw.len && !msg.hash.p && msg.sa.len > 24,
	   "all payloads of aggressive mode");
	ok(ike_msg_next(&msg, IKE_PL_NATD, &i) == &msg.pl[6] &&
		   ike_msg_next(&msg, IKE_PL_NATD, &i) == &msg.pl[7] &&
		   !ike_msg_next(&msg, IKE_PL_NATD, &i),
	   "one type after another");
	i = 0;
	ok(!ike_msg_next(&msg, IKE_PL_D, &i), "one that is not there");
}

static void test_overflow(void)
{
	struct ike_hdr h = { .icookie = "c", .exchange = 2 };
	static uint8_t big[70000], from[65532];
	unsigned int cap, odd = 0;
	struct enc e;

	for (cap = 0; cap < 200; cap++) {
		uint8_t *small = malloc(cap ? cap : 1);

		enc_start(&e, small, cap, &h);
		proposal_fill_p1(&e, &aes_sha_5, 1);
		enc_payload(&e, IKE_PL_VID, bytes_of("vendor", 6));
		enc_hash(&e, 20);
		enc_pad(&e, 16);
		if ((enc_finish(&e) == 0) != (cap < 124))
			odd++;
		free(small);
	}
	ok(!odd, "every size of a buffer that is too small");
	enc_start(&e, big, sizeof(big), &h);
	enc_payload(&e, IKE_PL_VID, bytes_of(from, 65532));
	ok(!enc_finish(&e), "a payload that is too long");
	enc_start(&e, big, sizeof(big), &h);
	enc_payload(&e, IKE_PL_VID, bytes_of(from, 40000));
	enc_payload(&e, IKE_PL_VID, bytes_of(from, 25530));
	ok(!enc_finish(&e), "a message that is too long");
}

/*
 * All bodies of a message up to 7 octets over the octets that mean something
 * there. None may be taken that is not a chain of payloads.
 */
static void test_exhaustive(void)
{
	static const uint8_t octets[] = { 0, 1, 4, 5, 8, 13, 132, 255 };
	unsigned long n = 0, taken = 0;
	unsigned int first, len, i;

	for (first = 0; first < sizeof(octets); first++) {
		for (len = 0; len <= 7; len++) {
			unsigned long count = 1, k, r;

			for (i = 0; i < len; i++)
				count *= sizeof(octets);
			start(IKE_EX_MAIN, 0);
			enc_zero(&enc, len);
			buf[16] = octets[first];
			done();
			for (k = 0; k < count; k++, n++) {
				for (i = 0, r = k; i < len; i++) {
					buf[28 + i] =
						octets[r % sizeof(octets)];
					r /= sizeof(octets);
				}
				if (ike_msg_parse(bytes_of(buf, enc.len), &msg))
					continue;
				taken++;
				if (!msg.n_pl || msg.end != enc.len)
					abort();
			}
		}
	}
	/*
	 * By hand: a private payload (255) without a body, 8 reserved octets;
	 * KE, HASH, VID and 255 with one octet, 8 of them and 8 reserved.
	 */
	ok(taken == 8 + 4 * 64, "%lu short messages, %lu are messages", n,
	   taken);
}

int main(void)
{
	test_header();
	test_header_fields();
	test_types();
	test_lengths();
	test_bounds();
	test_ids();
	test_notify();
	test_delete();
	test_parts();
	test_others();
	test_encrypted();
	test_round_trip();
	test_overflow();
	test_exhaustive();
	return ktap_end();
}
