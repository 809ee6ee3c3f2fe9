#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the outer header takes from the inner one, and gives back to it.

ECN by RFC 6040, DSCP, DF, TTL, identification, flow label; in all four
combinations of families, in both directions.
"""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same
from pkt import (DF, IPV6, UDP, Packet, checksum, forwarded, ip4, ip6, udp,
                 udp_packet)

T = Transform("aes-gcm")
FAMILIES = [(4, 4), (6, 4), (4, 6), (6, 6)]
NOT, ECT1, ECT0, CE = range(4)
# RFC 6040, figure 4: [inner][outer]; None: drop.
DECAP = {NOT: {NOT: NOT, ECT0: NOT, ECT1: NOT, CE: None},
         ECT0: {NOT: ECT0, ECT0: ECT0, ECT1: ECT1, CE: CE},
         ECT1: {NOT: ECT1, ECT0: ECT1, ECT1: ECT1, CE: CE},
         CE: {NOT: CE, ECT0: CE, ECT1: CE, CE: CE}}


def inner_packet(family, tos, size=64, back=True, **kw):
    """A packet of the inside."""
    ends = reversed(INNER[family]) if back else INNER[family]
    return udp_packet(*ends, 1, 2, bytes(size), tos=tos, **kw)


def with_tos(packet, tos):
    """The same packet with another traffic class."""
    if packet[0] >> 4 == 6:
        first = int.from_bytes(packet[:4], "big") & 0xf00fffff | tos << 20
        return first.to_bytes(4, "big") + packet[4:]
    head = bytearray(packet[:20])
    head[1] = tos
    head[10:12] = b"\0\0"
    head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
    return bytes(head) + packet[20:]


class Tunnel:
    """SAs of both directions between these families."""

    def __init__(self, b, outer, **kw):
        self.b, self.outer, self.seq = b, outer, 0
        self.spi = b.sa_in(T, family=outer, **kw)
        self.out = {f: b.sa_out(T, b.numbers[f], family=outer, **kw)
                    for f in (4, 6)}

    def receive(self, inner, want, tos, **kw):
        """Comes in with this outer traffic class; want must come out."""
        self.seq += 1
        esp = T.seal(self.spi, self.seq, inner, NEXT[inner[0] >> 4])
        if want is None:
            self.b.expect_drop("in-ecn", lambda: self.b.inject(
                esp, self.outer, tos=tos))
            return
        self.b.inject(esp, self.outer, tos=tos, **kw)
        self.b.delivered(want)

    def send(self, inner):
        """Goes out; the outer packet. The inner one is as it should be."""
        self.b.inside.send(inner)
        p = self.b.sent()[0]
        same("inner packet", T.open(p.payload)[0], forwarded(inner))
        must(p.check_ok, "IP checksum")
        return p

    def done(self):
        """Delete."""
        self.b.gw.flush()


def ecn_in(b, inner, outer):
    """All 16 fields of the table."""
    t = Tunnel(b, outer)
    for i in range(4):
        for o in range(4):
            packet = inner_packet(inner, 0xa8 | i)
            ecn = DECAP[i][o]
            want = None if ecn is None else with_tos(packet, 0xa8 | ecn)
            t.receive(packet, want, 0x48 | o)
    t.done()


def ecn_out(b, inner, outer):
    """The outer header says what the inner one does; DSCP too."""
    t = Tunnel(b, outer)
    for tos in (0, 1, 2, 3, 0xb8, 0xbb, 0xfc | ECT0):
        same("traffic class", t.send(inner_packet(inner, tos, back=False)).tos,
             tos)
    t.done()


def no_ecn(b, inner, outer):
    """Flag no-ecn: neither side touches the other."""
    t = Tunnel(b, outer, flags="no-ecn")
    for i in range(4):
        p = t.send(inner_packet(inner, 0x48 | i, back=False))
        same("traffic class", p.tos, 0x48)
        for o in range(4):
            packet = inner_packet(inner, 0x28 | i)
            t.receive(packet, packet, o)
    t.done()


def set_dscp(b, inner, outer):
    """A DSCP for all; ECN is still that of the packet."""
    t = Tunnel(b, outer, flags="set-dscp", dscp=46)
    for tos in (0, 0x28 | ECT1, 0xfc | CE):
        p = t.send(inner_packet(inner, tos, back=False))
        same("traffic class", p.tos, 46 << 2 | tos & 3)
    t.done()


def decap_dscp(b, inner, outer):
    """Flag decap-dscp: the outer DSCP comes in, ECN by the table."""
    t = Tunnel(b, outer, flags="decap-dscp")
    packet = inner_packet(inner, 0x28 | ECT0)
    for tos in (0, 0xb8 | ECT0, 0xfc | CE):
        ecn = DECAP[ECT0][tos & 3]
        t.receive(packet, with_tos(packet, tos & 0xfc | ecn), tos)
    t.done()
    t = Tunnel(b, outer)
    t.receive(packet, packet, 0xb8 | ECT0)
    t.done()


def df(b, inner, outer):
    """DF of the outer header: copied, set or cleared."""
    for mode in ("copy", "set", "clear"):
        t = Tunnel(b, outer, df=mode)
        for flag in (0, DF):
            if inner == 4:
                packet = inner_packet(4, 0, back=False, frag=flag, ident=5)
            else:
                packet = inner_packet(6, 0, 1300 if flag else 64, back=False)
            p = t.send(packet)
            want = {"copy": bool(flag), "set": True, "clear": False}[mode]
            if outer == 4:
                same("DF with %s of %d" % (mode, bool(flag)), p.df, want)
                # RFC 6864: only what may be fragmented needs a number.
                if p.df:
                    same("identification", p.ident, 0)
        t.done()


def rest(b, inner, outer):
    """Hop limits do not mix; the outer header has the gateway's own."""
    t = Tunnel(b, outer)
    kw = {"ttl": 9} if inner == 4 else {"hops": 9, "flow": 0x12345}
    p = t.send(inner_packet(inner, 0, back=False, **kw))
    same("hop limit", p.ttl, 64)
    if outer == 6:
        same("flow label", p.flow, 0)
    packet = inner_packet(inner, 0, **kw)
    t.receive(packet, packet, 0)
    # Two packets that may be fragmented have different numbers.
    if outer == 4 and inner == 4:
        a, c = (t.send(inner_packet(4, 0, back=False)).ident for _ in "ab")
        must(a != c, "identification is the same")
    t.done()


def options(b):
    """IPv4 options and IPv6 extension headers inside stay as they are."""
    t = Tunnel(b, 4)
    data = udp(*reversed(INNER[4]), 1, 2, b"data")
    packet = ip4(*reversed(INNER[4]), UDP, data, options=b"\1" * 12)
    t.receive(packet, packet, 0)
    ends = INNER[4]
    t.send(ip4(*ends, UDP, udp(*ends, 1, 2, b"data"),
               options=b"\x5e\x06abcd\1\0"))
    data = udp(*reversed(INNER[6]), 1, 2, b"data")
    chain = bytes((60, 0, 1, 4, 0, 0, 0, 0)) + \
        bytes((UDP, 1, 1, 12)) + bytes(12)
    packet = ip6(*reversed(INNER[6]), 0, chain + data)
    t.receive(packet, packet, 0)
    t.done()


def transport(b, family):
    """In transport mode there is one header, and it keeps what it has."""
    b.sa_in(T, 0x7777, family=family, mode="transport")
    dst, src = OUTER[family]
    data = udp(src, dst, 5, 6, b"transport")
    for n, tos in enumerate((0, 0xb9, 0x4b)):
        esp = T.seal(0x7777, n + 1, data, UDP)
        b.inject(esp, family, tos=tos)
        got = b.came.wait(lambda p: Packet(p).proto == UDP)
        must(got, "not delivered, drops: %s" % b.gw.drops())
        p = Packet(got)
        same("traffic class", p.tos, tos)
        same("segment", p.payload, data)
        same("length", len(got), (20 if family == 4 else 40) + len(data))
        same("hop limit", p.ttl, 64)
        must(p.check_ok, "IP checksum")
    if family == 4:
        # Options of the outer header stay in front.
        b.outside.send(ip4(src, dst, 50, T.seal(0x7777, 9, data, UDP),
                           options=b"\1" * 8, ident=77))
        want = ip4(src, dst, UDP, data, options=b"\1" * 8, ident=77)
        b.delivered(want)
    else:
        # So do extension headers (RFC 4303, 3.1.1).
        ext = bytes((50, 0, 1, 4, 0, 0, 0, 0))
        b.outside.send(ip6(src, dst, 60, ext + T.seal(0x7777, 9, data, UDP)))
        want = ip6(src, dst, 60, bytes((UDP,)) + ext[1:] + data)
        b.delivered(want)
    b.gw.flush()


def transport_chain(b):
    """A next header of ESP in transport mode is opened again: AH-like nesting
    of two SAs comes out clear."""
    dst, src = OUTER[4]
    b.sa_in(T, 0x7001, mode="transport")
    b.sa_in(T, 0x7002, mode="transport")
    data = udp(src, dst, 5, 6, b"twice")
    once = T.seal(0x7001, 1, data, UDP)
    b.inject(T.seal(0x7002, 1, once, 50))
    got = b.came.wait(lambda p: Packet(p).proto == UDP)
    must(got, "not delivered, drops: %s" % b.gw.drops())
    same("segment", Packet(got).payload, data)
    b.gw.flush()


EACH = [ecn_in, ecn_out, no_ecn, set_dscp, decap_dscp, df, rest]
plan(len(EACH) * len(FAMILIES) + 4)
load_module()
bench = Bench()
# Takes UDP to port 6, so that no ICMP error answers.
for af in (2, 10):
    s = bench.g.socket(af, 2)
    if af == 10:
        s.setsockopt(41, 26, 1)
    s.bind(("", 6))
    bench.sockets.append(s)
bench.numbers = bench.rules()
for func in EACH:
    for inside, outside in FAMILIES:
        bench.clear()
        case("%s: IPv%d in IPv%d" % (func.__name__, inside, outside), func,
             bench, inside, outside)
        bench.gw.flush()
case("options and extension headers inside", options, bench)
case("transport mode, IPv4", transport, bench, 4)
case("transport mode, IPv6", transport, bench, 6)
case("transport mode, two SAs", transport_chain, bench)
finish()
