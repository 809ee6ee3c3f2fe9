// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragments: cut and joined in any order, bounded, and broken in every field. */
#include "ktap.h"

#include "ike_build.h"
#include "ikehelper/frag.h"

#define MTU 576
#define LEN 3000

static uint8_t piece[FRAG_MAX][MTU];
static size_t piece_len[FRAG_MAX];
static unsigned int n_pieces;
static struct bytes whole;

/* A message of @len octets in pieces. */
static void cut(size_t len, uint16_t id)
{
	unsigned int i;

	start(IKE_EX_MAIN, IKE_F_ENC);
	enc_zero(&enc, len - IKE_HDR_LEN);
	whole = done();
	buf[16] = IKE_PL_ID;
	for (i = IKE_HDR_LEN; i < len; i++)
		buf[i] = i * 7 + i / 256;
	n_pieces = frag_count(len, MTU);
	for (i = 0; i < n_pieces; i++)
		piece_len[i] = frag_fill(whole, id, i + 1, piece[i], MTU);
}

static enum frag_verdict add_max(struct frag_join *j, unsigned int i,
				 size_t max, int64_t now)
{
	struct ike_fragment f;

	if (ike_msg_parse(tight(bytes_of(piece[i], piece_len[i])), &msg) ||
	    ike_fragment_parse(msg.frag, &f))
		return FRAG_BAD;
	return frag_add(j, &msg.hdr, &f, max, now);
}

static enum frag_verdict add(struct frag_join *j, unsigned int i)
{
	return add_max(j, i, IKE_MSG_DEFAULT, 1000);
}

static bool complete(struct frag_join *j)
{
	return bytes_eq(frag_message(j), whole);
}

static void test_order(void)
{
	struct frag_join j = { 0 };
	unsigned int i, bad = 0;

	cut(LEN, 1);
	ok(n_pieces == 6 && piece_len[0] == MTU, "six pieces");
	for (i = 0; i < n_pieces; i++)
		if (add(&j, i) != (i == 5 ? FRAG_DONE : FRAG_MORE))
			bad++;
	ok(!bad && complete(&j), "joined in order");
	for (i = n_pieces; i-- > 0;)
		if (add(&j, i) != (i == 0 ? FRAG_DONE : FRAG_MORE))
			bad++;
	ok(!bad && complete(&j), "backwards, in the same place");
	ok(complete(&j), "and once more asked");
	frag_free(&j);
	ok(!frag_message(&j).p, "given back");
}

/* All orders of five pieces, each piece twice. */
static void test_all_orders(void)
{
	struct frag_join j = { 0 };
	unsigned int k, i, r, used, bad = 0, n = 0;

	cut(2300, 7);
	for (k = 0; k < 3125; k++) {
		for (i = 0, r = k, used = 0; i < 5; i++, r /= 5)
			used |= 1u << r % 5;
		if (used != 31)
			continue;
		n++;
		for (i = 0, r = k; i < 5; i++, r /= 5) {
			if (add(&j, r % 5) != (i == 4 ? FRAG_DONE : FRAG_MORE))
				bad++;
			if (i < 4 && add(&j, r % 5) != FRAG_DUP)
				bad++;
		}
		if (!complete(&j))
			bad++;
	}
	ok(n == 120 && !bad, "all orders of five, with duplicates");
	frag_free(&j);
}

static void test_sizes(void)
{
	struct frag_join j = { 0 };
	unsigned int bad = 0, i;
	size_t len;

	for (len = IKE_HDR_LEN; len < 1700; len++) {
		cut(len, 1);
		for (i = 0; i < n_pieces; i++)
			add(&j, i);
		if (!complete(&j))
			bad++;
	}
	ok(!bad, "every length from a header on");
	frag_free(&j);
	ok(!frag_count(LEN, FRAG_MIN_SIZE - 1) && !frag_count(10, MTU) &&
		   !frag_count(IKE_MSG_MAX + 1, MTU) &&
		   !frag_count(IKE_MSG_MAX, FRAG_MIN_SIZE),
	   "lengths that are refused");
	ok(frag_count(255 * 540, MTU) == 0 && frag_count(IKE_MSG_MAX, MTU),
	   "255 pieces at most");
	cut(LEN, 1);
	ok(!frag_fill(whole, 1, 0, buf + 4000, MTU) &&
		   !frag_fill(whole, 1, 7, buf + 4000, MTU),
	   "pieces that there are not");
}

static void test_refused(void)
{
	struct frag_join j = { 0 };

	cut(LEN, 1);
	piece[0][28 + 8 + 3] ^= 1;
	ok(add(&j, 0) == FRAG_BAD, "cookie of another exchange inside");
	cut(LEN, 1);
	piece[0][28 + 8 + 18] = IKE_EX_AGGR;
	ok(add(&j, 0) == FRAG_BAD, "another exchange inside");
	cut(LEN, 1);
	piece[0][28 + 8 + 16] = IKE_PL_FRAG;
	ok(add(&j, 0) == FRAG_BAD, "a fragment inside");
	cut(LEN, 1);
	piece[0][28 + 8 + 20] ^= 1;
	ok(add(&j, 0) == FRAG_BAD && !j.buf && !j.piece,
	   "another message ID inside; nothing was allocated");
	cut(LEN, 1);
	add(&j, 1);
	piece[3][35] = 1;
	ok(add(&j, 3) == FRAG_MORE, "the last one is number 4");
	ok(add(&j, 4) == FRAG_BAD, "a number behind the last");
	ok(add(&j, 5) == FRAG_BAD, "another last one");
	piece[2][35] = 1;
	ok(add(&j, 2) == FRAG_BAD, "an earlier last one");
	piece[2][35] = 0;
	ok(add(&j, 2) == FRAG_MORE && j.have == 3, "the others still count");
	frag_free(&j);
	cut(LEN, 1);
	add(&j, 4);
	piece[1][35] = 1;
	ok(add(&j, 1) == FRAG_BAD, "a last one before one that is there");
	frag_free(&j);
}

static void test_again(void)
{
	struct frag_join j = { 0 };

	cut(LEN, 1);
	add(&j, 0);
	add(&j, 1);
	piece[1][100] ^= 1;
	ok(add(&j, 1) == FRAG_MORE && j.have == 1,
	   "other octets under a number begin anew");
	cut(LEN, 2);
	ok(add(&j, 2) == FRAG_MORE && j.have == 1, "another id begins anew");
	piece[3][20] ^= 1;
	ok(add(&j, 3) == FRAG_MORE && j.have == 1,
	   "another message ID begins anew");
	cut(LEN, 3);
	add_max(&j, 0, 16384, 1000);
	ok(add_max(&j, 1, 16384, 1000 + FRAG_TIMEOUT) == FRAG_MORE &&
		   j.have == 2,
	   "just in time");
	ok(add_max(&j, 2, 16384, 1001 + FRAG_TIMEOUT) == FRAG_MORE &&
		   j.have == 1,
	   "too late");
	frag_free(&j);
}

static void test_bounds(void)
{
	struct frag_join j = { 0 };
	unsigned int i;
	struct ike_fragment f = { .id = 1, .data = bytes_of(piece[0], 500) };
	struct ike_hdr h = { .exchange = 2 };

	cut(LEN, 1);
	for (i = 0; i < n_pieces; i++)
		if (add_max(&j, i, 1500, 1000) == FRAG_BAD)
			break;
	ok(i == 2 && j.used <= 1500 && j.cap <= 1500,
	   "no more is kept than allowed");
	ok(add_max(&j, 5, 1500, 1000) != FRAG_DONE, "nor is it ever complete");
	frag_free(&j);
	for (i = 2; i <= 255; i++) {
		f.number = i;
		frag_add(&j, &h, &f, 1 << 20, 1000);
	}
	ok(j.used <= IKE_MSG_MAX && j.cap <= IKE_MSG_MAX && j.have == 131,
	   "nor more than a message may have");
	f.number = 0;
	ok(frag_add(&j, &h, &f, 1 << 20, 1000) == FRAG_BAD, "number 0");
	f.number = 1;
	f.data.len = 0;
	ok(frag_add(&j, &h, &f, 1 << 20, 1000) == FRAG_BAD, "nothing in it");
	frag_free(&j);
}

int main(void)
{
	test_order();
	test_all_orders();
	test_sizes();
	test_refused();
	test_again();
	test_bounds();
	return ktap_end();
}
