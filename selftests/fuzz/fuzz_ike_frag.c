// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any sequence of fragments. The joining keeps within its bounds, and what it
 * says is complete is what the pieces were.
 */
#include <stdlib.h>

#include "ikehelper/frag.h"
#include "ikehelper/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX 4000

/* A second, simple account of what was taken since the last beginning. */
static struct {
	uint8_t octets[FRAG_MAX + 1][256];
	size_t len[FRAG_MAX + 1];
} seen;

static void check_message(struct frag_join *j)
{
	struct bytes whole = frag_message(j);
	size_t at = 0;
	unsigned int i;

	if (!whole.p || whole.len < IKE_HDR_LEN || whole.len > MAX)
		abort();
	for (i = 1; i <= j->last; i++) {
		if (!seen.len[i] || at + seen.len[i] > whole.len ||
		    memcmp(whole.p + at, seen.octets[i], seen.len[i]))
			abort();
		at += seen.len[i];
	}
	if (at != whole.len)
		abort();
	/* Asked again it is the same. */
	if (!bytes_eq(frag_message(j), whole))
		abort();
}

/* One fragment: 5 octets say what, then its data. */
static size_t step(struct frag_join *j, const uint8_t *p, size_t size,
		   int64_t *now)
{
	struct ike_hdr h = { .icookie = "AAAAAAAA",
			     .rcookie = "BBBBBBBB",
			     .exchange = IKE_EX_MAIN };
	struct ike_fragment f = { 0 };
	enum frag_verdict v;
	uint8_t had = j->have;

	if (size < 5)
		return size;
	f.id = p[0] & 3;
	f.number = p[1];
	f.last = p[2] & 1;
	h.msgid = p[2] >> 7;
	*now += p[3] & 0x80 ? p[3] & 0x3f : 0;
	f.data = bytes_of(p + 5, p[4] < size - 5 ? p[4] : size - 5);
	memcpy(h.rcookie, "BBBBBBBB", 8);
	v = frag_add(j, &h, &f, MAX, *now);
	if (j->used > MAX || j->cap > MAX)
		abort();
	if (v == FRAG_MORE || v == FRAG_DONE) {
		if (j->have <= had || j->have == 1)
			memset(seen.len, 0, sizeof(seen.len));
		memcpy(seen.octets[f.number], f.data.p, f.data.len);
		seen.len[f.number] = f.data.len;
	}
	if (v == FRAG_DONE)
		check_message(j);
	return 5 + f.data.len;
}

/* Cutting a message and joining it gives it back. */
static void round_trip(const uint8_t *p, size_t size)
{
	static uint8_t piece[FRAG_MIN_SIZE];
	struct frag_join j = { 0 };
	struct ike_fragment f;
	struct ike_msg msg;
	unsigned int i, n;
	uint8_t *m;
	size_t len;

	if (size < IKE_HDR_LEN || size > 8000)
		return;
	m = malloc(size);
	memcpy(m, p, size);
	memset(m, 1, 8);
	m[16] = IKE_PL_SA;
	m[17] = IKE_VERSION;
	m[18] = IKE_EX_MAIN;
	m[19] = 0;
	n = frag_count(size, FRAG_MIN_SIZE);
	for (i = 1; i <= n; i++) {
		len = frag_fill(bytes_of(m, size), 1, i, piece, sizeof(piece));
		if (ike_msg_parse(bytes_of(piece, len), &msg) ||
		    ike_fragment_parse(msg.frag, &f) ||
		    frag_add(&j, &msg.hdr, &f, IKE_MSG_MAX, 0) !=
			    (i == n ? FRAG_DONE : FRAG_MORE))
			abort();
	}
	if (!bytes_eq(frag_message(&j), bytes_of(m, size)))
		abort();
	frag_free(&j);
	free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frag_join j = { 0 };
	int64_t now = 0;
	size_t used;

	round_trip(data, size);
	memset(seen.len, 0, sizeof(seen.len));
	while (size) {
		used = step(&j, data, size, &now);
		data += used;
		size -= used;
	}
	frag_free(&j);
	return 0;
}
