/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairs of SAs that come and go, for tests of what is remembered of them. */
#ifndef UNIT_HISTORY_PAIRS_H
#define UNIT_HISTORY_PAIRS_H

#include "ikehelper/history.h"

static const uint64_t key[2] = { 1, 2 };
static struct history *h;

static struct ike_child_info child(uint32_t rule, uint32_t spi)
{
	struct ike_child_info c = { .rule = rule,
				    .in_spi = spi,
				    .out_spi = spi + 1,
				    .p2 = { .esp = 12, .seconds = 3600 } };

	addr_parse("10.0.0.1", &c.path.local.addr);
	addr_parse("10.0.0.2", &c.path.remote.addr);
	return c;
}

static void pair(enum ike_event_kind kind, uint32_t rule, uint32_t spi,
		 uint32_t replaces, enum ike_reason reason)
{
	struct ike_child_info c = child(rule, spi);
	struct ike_event ev = { .kind = kind,
				.child = &c,
				.replaces = replaces,
				.reason = reason };

	history_event(h, &ev);
}

/* The module has told the last figures of an SA. */
static void gone(uint32_t spi, uint8_t dir, uint64_t packets)
{
	struct krn_gone g = { .spi = spi, .dir = dir };

	addr_parse("10.0.0.2", &g.remote);
	if (dir == DIR_IN)
		g.stats.in_packets = packets;
	else
		g.stats.out_packets = packets;
	g.stats.err_recv_internal = 1;
	history_gone(h, &g);
}

#endif
