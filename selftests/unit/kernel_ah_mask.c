// SPDX-License-Identifier: GPL-2.0-only
/* Which octets AH authenticates: every option, every lie about lengths, chance. */
#include "ktap.h"

#include "ah_mask.c"

#define IP4(ihl)                                                             \
	0x40 | (ihl), 0x28, 0, 60, 1, 2, 0x40, 9, 64, 51, 3, 4, 10, 1, 0, 2, \
		10, 2, 0, 2
#define MASKED4(ihl)                                                         \
	0x40 | (ihl), 0, 0, 60, 1, 2, 0, 0, 0, 51, 0, 0, 10, 1, 0, 2, 10, 2, \
		0, 2
#define ADDRESSES6                                                           \
	0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xfd, 2, 0, 0, 0, \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3
#define IP6(next) 0x6a, 0xbc, 0xde, 0xf0, 0, 40, next, 64, ADDRESSES6
#define MASKED6(next) 0x60, 0, 0, 0, 0, 40, next, 0, ADDRESSES6

typedef bool (*mask_fn)(u8 *head, unsigned int len);

/* In memory of its very size, so that a step beyond it is seen. */
static bool mask(mask_fn fn, const u8 *head, unsigned int len, u8 *to)
{
	u8 *p = malloc(len ? len : 1);
	bool good;

	if (!p)
		abort();
	memcpy(p, head, len);
	good = fn(p, len);
	if (to)
		memcpy(to, p, len);
	free(p);
	return good;
}

static void becomes(mask_fn fn, const u8 *head, const u8 *want,
		    unsigned int len, const char *name)
{
	u8 got[256];

	ok(mask(fn, head, len, got) && !memcmp(got, want, len), "%s", name);
}

#define BECOMES(fn, head, want, name)                                    \
	do {                                                             \
		_Static_assert(sizeof(head) == sizeof(want), "lengths"); \
		becomes(fn, head, want, sizeof(head), name);             \
	} while (0)

static void test_v4(void)
{
	static const u8 plain[] = { IP4(5) };
	static const u8 plain_want[] = { MASKED4(5) };
	static const u8 fixed[] = { IP4(12), 130, 3, 1, 133, 3,	  2, 134, 4, 3,
				    4,	     148, 4, 0, 0,   149, 6, 1,	  2, 3,
				    4,	     1,	  1, 1, 1,   1,	  1, 1,	  0 };
	static const u8 fixed_want[] = {
		MASKED4(12), 130, 3, 1, 133, 3, 2, 134, 4, 3, 4, 148, 4, 0, 0,
		149,	     6,	  1, 2, 3,   4, 1, 1,	1, 1, 1, 1,   1, 0
	};
	static const u8 changes[] = { IP4(11), 7, 7, 4, 1,   2,	 3, 4,	 1,
				      68,      4, 5, 6, 131, 3,	 9, 137, 2,
				      200,     3, 5, 1, 0,   77, 78 };
	static const u8 changes_want[] = { MASKED4(11), 0, 0, 0, 0, 0,	0, 0, 1,
					   0,		0, 0, 0, 0, 0,	0, 0, 0,
					   0,		0, 0, 1, 0, 77, 78 };

	BECOMES(ipsecgw_ah_mask4, plain, plain_want, "no options");
	BECOMES(ipsecgw_ah_mask4, fixed, fixed_want, "options that stay");
	BECOMES(ipsecgw_ah_mask4, changes, changes_want,
		"options that change, and what lies behind their end");
}

static void test_v4_lies(void)
{
	static const u8 lies[][24] = {
		{ IP4(5), 1, 1, 1, 1 }, { IP4(7), 1, 1, 1, 1 },
		{ IP4(6), 7, 0, 1, 1 }, { IP4(6), 7, 1, 1, 1 },
		{ IP4(6), 7, 5, 1, 1 }, { IP4(6), 148, 5, 1, 1 },
		{ IP4(6), 1, 1, 1, 7 }, { IP4(6), 7, 255, 1, 1 },
		{ IP4(0), 1, 1, 1, 1 },
	};
	unsigned int i, good = 0;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		good += mask(ipsecgw_ah_mask4, lies[i], 24, NULL);
	ok(!good, "lengths that lie");
	for (i = 0; i < 20; i++)
		good += mask(ipsecgw_ah_mask4, lies[0], i, NULL);
	ok(!good, "less than a header");
}

static void test_v6(void)
{
	static const u8 plain[] = { IP6(51) };
	static const u8 plain_want[] = { MASKED6(51) };
	static const u8 ext[] = { IP6(0),
				  /* hop by hop: one stays, one changes */
				  60, 1, 0x1e, 2, 5, 6, 0, 0x3e, 3, 7, 8, 9, 0,
				  1, 1, 0,
				  /* destination: the same, padded */
				  43, 0, 0x24, 1, 9, 1, 1, 7,
				  /* a route that is at its end */
				  51, 0, 2, 0, 1, 2, 3, 4 };
	static const u8 ext_want[] = { MASKED6(0), 60,	 1, 0x1e, 2,  5,    6,
				       0,	   0x3e, 3, 0,	  0,  0,    0,
				       1,	   1,	 0, 43,	  0,  0x24, 1,
				       0,	   1,	 1, 7,	  51, 0,    2,
				       0,	   1,	 2, 3,	  4 };

	BECOMES(ipsecgw_ah_mask6, plain, plain_want, "no extension headers");
	BECOMES(ipsecgw_ah_mask6, ext, ext_want, "all that may stand there");
}

static void test_v6_lies(void)
{
	static const u8 lies[][48] = {
		/* nothing of AH; an unknown header; a route not at its end */
		{ IP6(60), 6, 0, 1, 4, 0, 0, 0, 0 },
		{ IP6(44), 51, 0, 1, 4, 0, 0, 0, 0 },
		{ IP6(43), 51, 0, 0, 1, 0, 0, 0, 0 },
		/* a header, an option longer than what is there; half an option */
		{ IP6(60), 51, 1, 1, 4, 0, 0, 0, 0 },
		{ IP6(60), 51, 255, 1, 4, 0, 0, 0, 0 },
		{ IP6(60), 51, 0, 1, 5, 0, 0, 0, 0 },
		{ IP6(60), 51, 0, 0x20, 255, 0, 0, 0, 0 },
		{ IP6(60), 51, 0, 0, 0, 0, 0, 0, 1 },
	};
	u8 many[40 + 9 * 8] = { IP6(60) };
	unsigned int i, good = 0;

	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		good += mask(ipsecgw_ah_mask6, lies[i], 48, NULL);
	ok(!good, "what AH cannot stand behind");
	for (i = 0; i < 48; i++)
		if (i != 40)
			good += mask(ipsecgw_ah_mask6, lies[0], i, NULL);
	ok(!good, "cut off");
	for (i = 40; i < sizeof(many); i += 8)
		memcpy(many + i, (u8[]){ 60, 0, 1, 4, 0, 0, 0, 0 }, 8);
	many[40 + 7 * 8] = 51;
	ok(mask(ipsecgw_ah_mask6, many, 40 + 8 * 8, NULL), "eight headers");
	many[40 + 7 * 8] = 60;
	many[40 + 8 * 8] = 51;
	ok(!mask(ipsecgw_ah_mask6, many, 40 + 9 * 8, NULL), "nine");
}

/* The sanitizers watch; what is masked once stays as it is. */
static void test_chance(void)
{
	u8 head[256], once[256], twice[256];
	unsigned int i, len, n4 = 0, n6 = 0, moved = 0;

	for (i = 0; i < 200000; i++) {
		mask_fn fn = i & 1 ? ipsecgw_ah_mask4 : ipsecgw_ah_mask6;

		get_random_bytes(head, sizeof(head));
		if (i & 1) {
			head[0] = 0x40 | (5 + head[0] % 4);
			len = (head[0] & 15) * 4;
		} else {
			len = 40 + 8 * (head[0] % 5);
			head[6] = head[1] & 1 ? 60 : 51;
			head[41] &= 3;
			head[40] = 51;
		}
		if (i % 16 == 2)
			len = head[1];
		if (!mask(fn, head, len, once))
			continue;
		n4 += i & 1;
		n6 += !(i & 1);
		if (!mask(fn, once, len, twice) || memcmp(once, twice, len))
			moved++;
	}
	ok(n4 > 1000 && n6 > 1000, "by chance good: %u and %u", n4, n6);
	/* An option that became zero ends the walk of IPv4: nothing moves. */
	ok(!moved, "masked twice is masked once");
}

int main(void)
{
	test_v4();
	test_v4_lies();
	test_v6();
	test_v6_lies();
	test_chance();
	return ktap_end();
}
