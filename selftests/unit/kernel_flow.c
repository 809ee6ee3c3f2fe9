// SPDX-License-Identifier: GPL-2.0-only
/* Reading packets: every header, every lie, and random bytes. */
#include "ktap.h"

#include "flow.c"
#include "selector.h"

/* A packet in memory of its very size, so that a read beyond it is seen. */
static struct sk_buff packet(const u8 *bytes, unsigned int len)
{
	struct sk_buff skb = { .len = len };

	skb.data = malloc(len ? len : 1);
	if (!skb.data)
		abort();
	memcpy(skb.data, bytes, len);
	return skb;
}

static bool parse_bytes(u8 family, const u8 *bytes, unsigned int len,
			struct ipsecgw_flow *flow)
{
	struct sk_buff skb = packet(bytes, len);
	bool good = ipsecgw_flow_parse(&skb, family, 0, flow);

	free(skb.data);
	return good;
}

#define IP4(proto, frag, ihl)                                                \
	0x40 | (ihl), 0, 0, 60, 0, 1, (frag) >> 8, (frag)&255, 64, proto, 0, \
		0, 10, 1, 0, 2, 10, 2, 0, 2
#define IP6(next)                                                              \
	0x60, 0, 0, 0, 0, 40, next, 64, 0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
		0, 0, 0, 2, 0xfd, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3

static void test_v4(void)
{
	static const u8 tcp[] = { IP4(6, 0, 5), 0x12, 0x34, 0, 80 };
	static const u8 options[] = {
		IP4(17, 0, 7), 1, 1, 1, 1, 1, 1, 1, 0, 1, 244, 17, 148
	};
	static const u8 ping[] = { IP4(1, 0, 5), 8, 0, 0, 0 };
	static const u8 gre[] = { IP4(47, 0, 5), 0, 0, 8, 0 };
	static const u8 first[] = { IP4(6, 0x2000, 5), 0, 1, 0, 2 };
	static const u8 later[] = { IP4(6, 0x2001, 5), 0, 1, 0, 2 };
	static const u8 last[] = { IP4(6, 0x0001, 5), 0, 1, 0, 2 };
	static const u8 short_tcp[] = { IP4(6, 0, 5), 0, 1, 0 };
	static const u8 lie[] = { IP4(6, 0, 15), 0, 1, 0, 2 };
	static const u8 short_ihl[] = { IP4(6, 0, 4), 0, 1, 0, 2 };
	struct ipsecgw_flow f;

	ok(parse_bytes(AF_INET, tcp, sizeof(tcp), &f) && f.has_ports &&
		   !f.is_fragment && f.proto == 6 && f.sport == 0x1234 &&
		   f.dport == 80 && f.src.a4 == htonl(0x0a010002) &&
		   f.dst.a4 == htonl(0x0a020002),
	   "tcp over ipv4");
	ok(!f.src.w[1] && !f.src.w[2] && !f.src.w[3] && !f.dst.w[1] &&
		   !f.dst.w[2] && !f.dst.w[3],
	   "nothing behind the address");
	ok(parse_bytes(AF_INET, options, sizeof(options), &f) &&
		   f.sport == 500 && f.dport == 4500,
	   "udp behind ip options");
	ok(parse_bytes(AF_INET, ping, sizeof(ping), &f) && f.has_ports &&
		   f.sport == 8 && f.dport == 0,
	   "icmp has type and code");
	ok(parse_bytes(AF_INET, gre, sizeof(gre), &f) && !f.has_ports &&
		   !f.is_fragment,
	   "gre has no ports, and that is known");
	ok(parse_bytes(AF_INET, first, sizeof(first), &f) && f.has_ports &&
		   !f.is_fragment,
	   "the first fragment has its ports");
	ok(parse_bytes(AF_INET, later, sizeof(later), &f) && !f.has_ports &&
		   f.is_fragment,
	   "one in the middle has not");
	ok(parse_bytes(AF_INET, last, sizeof(last), &f) && !f.has_ports &&
		   f.is_fragment,
	   "nor has the last");
	ok(parse_bytes(AF_INET, short_tcp, sizeof(short_tcp), &f) &&
		   !f.has_ports && f.is_fragment,
	   "ports that are cut off are unknown");
	ok(parse_bytes(AF_INET, lie, sizeof(lie), &f) && !f.has_ports &&
		   f.is_fragment,
	   "so they are behind a header that is too long");
	ok(!parse_bytes(AF_INET, short_ihl, sizeof(short_ihl), &f),
	   "a header that is too short is none");
	ok(!parse_bytes(AF_INET, tcp, 19, &f), "nor is one that is cut off");
	ok(!parse_bytes(AF_INET6, tcp, sizeof(tcp), &f),
	   "nor is one of the other version");
	ok(!parse_bytes(AF_INET, tcp, 0, &f), "nor is nothing");
}

static void test_v6(void)
{
	static const u8 udp[] = { IP6(17), 1, 244, 17, 148 };
	static const u8 chain[] = { IP6(0), 43, 0, 1, 4,  0, 0, 0, 0, 60,
				    0,	    0,	0, 0, 0,  0, 0, 6, 1, 1,
				    12,	    0,	0, 0, 0,  0, 0, 0, 0, 0,
				    0,	    0,	0, 0, 22, 1, 0 };
	static const u8 first[] = {
		IP6(44), 17, 0, 0, 1, 0, 0, 0, 1, 0, 7, 0, 9
	};
	static const u8 later[] = {
		IP6(44), 17, 0, 0, 8, 0, 0, 0, 1, 0, 7, 0, 9
	};
	static const u8 opaque[] = { IP6(44), 60, 0, 0, 8, 0, 0,
				     0,	      1,  0, 7, 0, 9 };
	static const u8 cut[] = { IP6(0), 43, 0, 1, 4, 0, 0, 0, 0, 60 };
	static const u8 ah[] = { IP6(51), 6, 4, 0, 0, 0, 0, 0, 1 };
	static const u8 none[] = { IP6(59) };
	u8 endless[40 + 20 * 8] = { IP6(0) };
	struct ipsecgw_flow f;

	ok(parse_bytes(AF_INET6, udp, sizeof(udp), &f) && f.has_ports &&
		   f.proto == 17 && f.sport == 500 && f.dport == 4500 &&
		   f.src.w[0] == htonl(0xfd010000) && f.dst.w[3] == htonl(3),
	   "udp over ipv6");
	ok(parse_bytes(AF_INET6, chain, sizeof(chain), &f) && f.has_ports &&
		   f.proto == 6 && f.sport == 22 && f.dport == 256,
	   "tcp behind three extension headers");
	ok(parse_bytes(AF_INET6, first, sizeof(first), &f) && f.has_ports &&
		   f.sport == 7 && f.dport == 9,
	   "the first fragment");
	ok(parse_bytes(AF_INET6, later, sizeof(later), &f) && f.is_fragment &&
		   f.proto == 17 && !ipsecgw_flow_is_opaque(&f),
	   "a later fragment");
	ok(parse_bytes(AF_INET6, opaque, sizeof(opaque), &f) &&
		   ipsecgw_flow_is_opaque(&f),
	   "one that begins with an extension");
	ok(parse_bytes(AF_INET6, cut, sizeof(cut), &f) &&
		   ipsecgw_flow_is_opaque(&f),
	   "a chain that is cut off");
	ok(parse_bytes(AF_INET6, endless, sizeof(endless), &f) &&
		   ipsecgw_flow_is_opaque(&f),
	   "a chain without end");
	ok(parse_bytes(AF_INET6, ah, sizeof(ah), &f) && f.proto == 51 &&
		   !f.is_fragment,
	   "ah is a protocol");
	ok(parse_bytes(AF_INET6, none, sizeof(none), &f) && f.proto == 59 &&
		   !f.is_fragment && !f.has_ports,
	   "no next header");
	ok(!parse_bytes(AF_INET6, udp, 39, &f), "a header that is cut off");
}

static bool inner_bytes(u8 family, const u8 *bytes, unsigned int len,
			struct ipsecgw_flow *flow)
{
	struct sk_buff skb = packet(bytes, len);
	bool good = ipsecgw_flow_icmp_inner(&skb, family, flow);

	free(skb.data);
	return good;
}

static void test_icmp(void)
{
	static const u8 unreach[] = { IP4(1, 0, 5),  3, 1,  0, 0, 0, 0, 0, 0,
				      IP4(17, 0, 5), 0, 53, 0, 99 };
	static const u8 echo[] = { IP4(1, 0, 5),  8, 0,	 0, 0, 0, 0, 0, 0,
				   IP4(17, 0, 5), 0, 53, 0, 99 };
	static const u8 fragment[] = { IP4(1, 1, 5),  3, 1,  0, 0, 0, 0, 0, 0,
				       IP4(17, 0, 5), 0, 53, 0, 99 };
	static const u8 toobig[] = { IP6(58), 2, 0,	 0, 0,	0, 0,
				     5,	      0, IP6(6), 0, 53, 0, 99 };
	static const u8 wrong[] = { IP6(1), 3, 1,      0, 0,  0, 0,
				    0,	    0, IP6(6), 0, 53, 0, 99 };
	struct ipsecgw_flow f, m;

	ok(inner_bytes(AF_INET, unreach, sizeof(unreach), &f) &&
		   f.proto == 17 && f.sport == 53 && f.dport == 99 &&
		   f.src.a4 == htonl(0x0a010002),
	   "the packet that an error quotes");
	ipsecgw_flow_mirror(&f, &m);
	ok(m.sport == 99 && m.dport == 53 && m.src.a4 == htonl(0x0a020002) &&
		   m.dst.a4 == htonl(0x0a010002),
	   "and its mirror image");
	ok(!inner_bytes(AF_INET, echo, sizeof(echo), &f), "echo quotes none");
	ok(!inner_bytes(AF_INET, fragment, sizeof(fragment), &f),
	   "nor does a fragment");
	ok(!inner_bytes(AF_INET, unreach, 40, &f), "nor what is cut off");
	ok(inner_bytes(AF_INET6, toobig, sizeof(toobig), &f) && f.proto == 6 &&
		   f.family == AF_INET6 && f.dport == 99,
	   "the same over ipv6");
	ok(!inner_bytes(AF_INET6, wrong, sizeof(wrong), &f),
	   "icmp of the other family is no error");
	ok(inner_bytes(AF_INET6, toobig, sizeof(toobig) - 4, &f) &&
		   f.is_fragment,
	   "ports that the quote lacks are unknown");
	ok(parse_bytes(AF_INET, unreach, sizeof(unreach), &f), "icmp itself");
	ipsecgw_flow_mirror(&f, &m);
	ok(m.sport == 3 && m.dport == 1 && m.src.a4 == f.dst.a4,
	   "type and code have no mirror image");
}

static void test_link_control(void)
{
	u8 nd[] = { IP6(58), 135, 0, 0, 0 };
	struct ipsecgw_flow f;
	struct sk_buff skb;
	bool local, far;

	nd[7] = 255;
	skb = packet(nd, sizeof(nd));
	ipsecgw_flow_parse(&skb, AF_INET6, 0, &f);
	local = ipsecgw_flow_is_link_control(&skb, &f);
	skb.data[7] = 254;
	far = ipsecgw_flow_is_link_control(&skb, &f);
	ok(local && !far, "neighbour discovery, but not from beyond a router");
	free(skb.data);
}

static void test_random(void)
{
	static const u8 interesting[] = { 0, 6, 17, 43, 44, 51, 58, 59, 60, 1 };
	unsigned int i, k, len, parsed = 0;
	struct ipsecgw_flow f;
	u8 bytes[300];

	srand(1);
	for (i = 0; i < 400000; i++) {
		len = rand() % sizeof(bytes);
		for (k = 0; k < len; k++)
			bytes[k] = rand() & 1 ?
					   rand() :
					   interesting[rand() %
						       sizeof(interesting)];
		if (len)
			bytes[0] = i & 1 ? 0x60 : 0x40 | (rand() & 15);
		parsed +=
			parse_bytes(i & 1 ? AF_INET6 : AF_INET, bytes, len, &f);
		inner_bytes(i & 1 ? AF_INET6 : AF_INET, bytes, len, &f);
	}
	ok(parsed, "random bytes: %u of 400000 have a header", parsed);
}

static void test_selector(void)
{
	struct ipsecgw_selector s = {
		.family = AF_INET,
		.proto = 6,
		.sport_max = 65535,
		.dport_min = 20,
		.dport_max = 30,
		.src.a4 = htonl(0x0a010000),
		.src_mask.a4 = htonl(0xffff0000),
		.dst.a4 = htonl(0x0a000002),
		.dst_mask.a4 = htonl(0xff0000ff),
	};
	struct ipsecgw_flow f = {
		.family = AF_INET,
		.proto = 6,
		.has_ports = 1,
		.sport = 1,
		.dport = 20,
		.src.a4 = htonl(0x0a010002),
		.dst.a4 = htonl(0x0a020002),
	};
	struct ipsecgw_flow m;

	ok(ipsecgw_selector_match(&s, &f), "lowest port");
	f.dport = 30;
	ok(ipsecgw_selector_match(&s, &f), "highest port");
	ipsecgw_flow_mirror(&f, &m);
	ok(ipsecgw_selector_match_mirror(&s, &m), "the answer, mirrored");
	ok(!ipsecgw_selector_match(&s, &m), "the answer, as it is");
	f.dport = 31;
	ok(!ipsecgw_selector_match(&s, &f), "one too high");
	s.dport_not = 1;
	ok(ipsecgw_selector_match(&s, &f), "not the range");
	f.dport = 25;
	ok(!ipsecgw_selector_match(&s, &f), "not in not the range");
	s.dport_not = 0;
	f.dst.a4 = htonl(0x0a020003);
	ok(!ipsecgw_selector_match(&s, &f), "a bit behind a hole of the mask");
	f.dst.a4 = htonl(0x0a990002);
	ok(ipsecgw_selector_match(&s, &f), "a bit in the hole");
	f.has_ports = 0;
	ok(ipsecgw_selector_judge(&s, &f) == IPSECGW_MATCH_NO,
	   "no ports at all");
	f.is_fragment = 1;
	ok(ipsecgw_selector_judge(&s, &f) == IPSECGW_MATCH_MAYBE,
	   "ports that nobody knows");
	f.proto = 17;
	ok(ipsecgw_selector_judge(&s, &f) == IPSECGW_MATCH_NO,
	   "and another protocol");
	s.family = AF_INET6;
	f.proto = 6;
	ok(ipsecgw_selector_judge(&s, &f) == IPSECGW_MATCH_NO,
	   "and another family");
}

int main(void)
{
	test_v4();
	test_v6();
	test_icmp();
	test_link_control();
	test_random();
	test_selector();
	return ktap_end();
}
