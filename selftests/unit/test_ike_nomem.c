// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragments and identities when there is no memory, at every allocation. */
#include "ktap.h"

/* How many allocations still succeed. */
static unsigned int left;

static void *may_malloc(size_t n)
{
	return left && left-- ? malloc(n) : NULL;
}

static void *may_calloc(size_t n, size_t size)
{
	return left && left-- ? calloc(n, size) : NULL;
}

static void *may_realloc(void *p, size_t n)
{
	return left && left-- ? realloc(p, n) : NULL;
}

#define malloc may_malloc
#define calloc may_calloc
#define realloc may_realloc
#include "ikehelper/frag.c"
#include "ikehelper/id.c"
#undef malloc
#undef calloc
#undef realloc

#include "ike_build.h"

#define PIECES 8
#define SIZE 1500

static uint8_t piece[PIECES][SIZE];
static size_t len[PIECES];
static struct bytes whole;

static void cut(void)
{
	unsigned int i;

	start(IKE_EX_MAIN, 0);
	filled(IKE_PL_CERT, 11000, 7);
	whole = done();
	for (i = 0; i < PIECES; i++)
		len[i] = frag_fill(whole, 1, i + 1, piece[i], SIZE);
}

static enum frag_verdict add(struct frag_join *j, unsigned int i)
{
	struct ike_fragment f;

	if (ike_msg_parse(bytes_of(piece[i], len[i]), &msg) ||
	    ike_fragment_parse(msg.frag, &f))
		return FRAG_BAD;
	return frag_add(j, &msg.hdr, &f, IKE_MSG_DEFAULT, 0);
}

/* Backwards, so that joining needs memory too. True: it was joined. */
static bool join(struct frag_join *j, unsigned int allocations, bool *told)
{
	enum frag_verdict v = FRAG_MORE;
	struct bytes got;
	unsigned int i;

	left = allocations;
	for (i = PIECES; i-- > 0;) {
		v = add(j, i);
		if (v == FRAG_NOMEM)
			*told = true;
	}
	if (v != FRAG_DONE)
		return false;
	got = frag_message(j);
	if (!got.p)
		*told = true;
	return bytes_eq(got, whole);
}

static void test_frag(void)
{
	unsigned int n, silent = 0, stuck = 0;
	bool joined = false;

	cut();
	ok(len[PIECES - 1] && frag_count(whole.len, SIZE) == PIECES,
	   "a message in eight pieces");
	for (n = 0; !joined && n < 100; n++) {
		struct frag_join j = { 0 };
		bool told = false;

		joined = join(&j, n, &told);
		if (!joined && !told)
			silent++;
		/* With memory again the same pieces make the message. */
		if (!joined && !join(&j, 1000, &told) && !join(&j, 1000, &told))
			stuck++;
		frag_free(&j);
	}
	ok(joined && n > 4, "joined with %u allocations", n - 1);
	ok(!silent, "each failure is told");
	ok(!stuck, "and harms nothing later");
}

static void test_id(void)
{
	struct ike_id id = id_of(IKE_ID_FQDN, "r1", 2), copy = { 0 };

	left = 0;
	ok(id_copy(&copy, &id) == -ENOMEM && !copy.data.p, "no copy");
	left = 1;
	ok(!id_copy(&copy, &id) && id_eq(&copy, &id), "a copy");
	id_free(&copy);
}

int main(void)
{
	test_frag();
	test_id();
	return ktap_end();
}
