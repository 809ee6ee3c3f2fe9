// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic of ESP: padding, and the longest payload that fits. */
#include "ktap.h"

#include <kernel.h>
#include "esp.h"

static const unsigned int blocks[] = { 1, 4, 8, 16 };

/* As a reader of RFC 4303, 2.4, would count: octet by octet. */
static unsigned int slow_pad(unsigned int len, unsigned int block)
{
	unsigned int pad = 0;

	while ((len + pad + 2) % 4 || (len + pad + 2) % block)
		pad++;
	return pad;
}

static unsigned int slow_max(unsigned int room, unsigned int iv,
			     unsigned int icv, unsigned int block)
{
	unsigned int len, best = 0;

	for (len = 0; len <= room; len++)
		if (8 + iv + len + slow_pad(len, block) + 2 + icv <= room)
			best = len;
	return best;
}

static void test_pad(void)
{
	unsigned int len, i;
	bool good = true;

	for (i = 0; i < 4; i++)
		for (len = 0; len < 70000; len++)
			good &= ipsecgw_esp_pad(len, blocks[i]) ==
				slow_pad(len, blocks[i]);
	ok(good, "padding of 0 to 69999 octets, blocks of 1, 4, 8, 16");
}

static void test_max(void)
{
	static const unsigned int ivs[] = { 0, 8, 16 };
	static const unsigned int icvs[] = { 8, 12, 16, 24, 32 };
	unsigned int i, k, n, room;
	bool good = true;

	for (i = 0; i < 3; i++)
		for (k = 0; k < 5; k++)
			for (n = 0; n < 4; n++)
				for (room = 0; room < 160; room++)
					good &= ipsecgw_esp_payload_max(
							room, ivs[i], icvs[k],
							blocks[n]) ==
						slow_max(room, ivs[i], icvs[k],
							 blocks[n]);
	ok(good, "longest payload of 0 to 159 octets of room");
	ok(ipsecgw_esp_payload_max(1480, 8, 16, 1) == 1446 &&
		   ipsecgw_esp_payload_max(1480, 16, 12, 16) == 1438,
	   "gcm and cbc on Ethernet");
}

int main(void)
{
	test_pad();
	test_max();
	return ktap_end();
}
