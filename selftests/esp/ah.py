#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""AH against an implementation of its own, and what may be wrong with it.

Each hash in both directions, with and without extended sequence numbers, in tunnel
and in transport mode, over both families. What changes on the way may change, all
else may not; each way to be wrong has its counter.
"""
import os
import socket
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from ahcodec import AhTransform, all_ah, headers_len, with_length
from bench import INNER, NEXT, OUTER, Bench, new_spi
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same
from pkt import (AH, DF, DSTOPTS, HOPOPTS, ICMP, IPIP, UDP, Packet, forwarded,
                 fragments, icmp, ip4, ipx, udp, udp_packet)

SHA1 = AhTransform("hmac-sha1-96")
SHA2 = AhTransform("hmac-sha256-128")
HIGH = 0x7fffffff
# Three of two octets each that nobody knows: skipped; fixed and mutable.
OPTIONS6 = bytes((0x1e, 2, 5, 6, 0x3e, 2, 7, 8)) + bytes((1, 4, 0, 0, 0, 0))


def to_gateway(family, proto, payload, **kw):
    """A packet from the peer to the gateway itself."""
    dst, src = OUTER[family]
    return ipx(src, dst, proto, payload, **kw)


def inside(family, data=b"inside" * 5, back=True):
    """A packet of the inside."""
    ends = reversed(INNER[family]) if back else INNER[family]
    return udp_packet(*ends, 4, 5, data)


class One:
    """An inbound SA and its next sequence number."""

    def __init__(self, b, t=SHA2, family=4, **kw):
        self.b, self.t, self.family, self.seq = b, t, family, 0
        self.spi = b.sa_in(t, family=family, **kw)

    def seal(self, packet=None, inner=None, **kw):
        """The next packet, in tunnel mode unless one is given."""
        self.seq += 1
        if packet is None:
            inner = inner or inside(4)
            packet = to_gateway(self.family, NEXT[inner[0] >> 4], inner)
        return self.t.seal(self.spi, self.seq, packet, **kw)

    def send(self, p):
        """From outside."""
        self.b.outside.send(p)

    def drop(self, reason, packets, field=None):
        """These packets are dropped for this reason."""
        packets = list(packets)
        self.b.expect_drop(reason, lambda: [self.send(p) for p in packets],
                           len(packets))
        stats = self.b.gw.sa_get(self.spi, proto="ah")["stats"]
        if field:
            same(field, stats[field], len(packets))
        same("all errors", stats["recv-errors"], len(packets))

    def good(self, **kw):
        """A good packet comes through."""
        p = self.seal(**kw)
        self.send(p)
        self.b.delivered(kw.get("inner") or inside(4))
        return p

    def done(self):
        """Good to the end; delete."""
        self.good()
        self.b.gw.ask("sa-del", spi=self.spi, proto="ah", dir="in")


def tunnel_in(b, t, family, esn):
    """Sealed here, opened there."""
    spi = new_spi()
    seq = HIGH << 32 | 8 if esn else 8
    b.sa_in(t, spi, family=family, flags="esn" if esn else 0, seq=seq - 1)
    for n, size in enumerate((0, 1, 1200)):
        inner = inside(family if n else 10 - family, os.urandom(size))
        b.outside.send(t.seal(spi, seq + n, to_gateway(
            family, NEXT[inner[0] >> 4], inner), esn))
        b.delivered(inner)
    got = b.gw.sa_get(spi, proto="ah")
    same("sequence number", got["seq"], seq + 2)
    same("packets", got["stats"]["in-packets"], 3)
    same("integ", got["integ"], t.integ)
    must("cipher" not in got, "AH has a cipher")


def transport_in(b, t, family, esn):
    """The same in transport mode."""
    spi = new_spi()
    seq = HIGH << 32 | 8 if esn else 8
    b.sa_in(t, spi, family=family, mode="transport", seq=seq - 1,
            flags="esn" if esn else 0)
    src, dst = OUTER[family][1], OUTER[family][0]
    data = udp(src, dst, 6, 7, os.urandom(77))
    b.outside.send(t.seal(spi, seq, to_gateway(family, UDP, data), esn))
    got = b.came.wait(lambda p: Packet(p).proto == UDP)
    must(got, "not delivered, drops: %s" % b.gw.drops())
    same("segment", Packet(got).payload, data)
    must(Packet(got).check_ok, "IP checksum")


def out(b, t, family, esn, mode, rule):
    """Sealed there, opened here."""
    spi = new_spi()
    start = 0xfffffffd
    b.sa_out(t, rule, spi, family=family, mode=mode,
             flags="esn" if esn else 0, seq=start if esn else 7)
    for n, size in enumerate((0, 1, 1200)):
        data = os.urandom(size)
        if mode == "tunnel":
            inner = inside(family, data, False)
            b.inside.send(inner)
            want, proto = forwarded(inner), NEXT[family]
        else:
            b.senders[family].sendto(data, (OUTER[family][1], 99))
            want, proto = None, UDP
        p = b.sent(proto=AH)[0]
        must(p.check_ok, "IP checksum")
        seq = start + 1 + n if esn else 8 + n
        got = t.open(p.data, seq >> 32 if esn else None)
        same("SPI, number, next header", got[:3],
             (spi, seq & 0xffffffff, proto))
        if want is None:
            same("data", got[3][8:], data)
        else:
            same("packet", got[3], want)
    b.gw.ask("sa-del", spi=spi, proto="ah", dir="out",
             remote=OUTER[family][1])


def one(b, rules, t, family, esn):
    """All of one transform."""
    b.clear()
    tunnel_in(b, t, family, esn)
    transport_in(b, t, family, esn)
    out(b, t, family, esn, "tunnel", rules[family])
    out(b, t, family, esn, "transport", rules[family * 10])


def changed(p, **octets):
    """The packet with other octets; n3=5 is octet 3."""
    p = bytearray(p)
    for k, v in octets.items():
        p[int(k[1:])] = v
    return bytes(p)


def mutable4(b):
    """What routers may change: class, DF, TTL, the data of some options."""
    sa = One(b)
    inner = inside(4)
    record = bytes((7, 11, 4)) + bytes(8) + b"\0"
    for opts in (b"", record, b"\x94\4\0\0", b"\1\1\1\1" + record):
        p = sa.seal(to_gateway(4, IPIP, inner, options=opts))
        p = changed(p, n1=0x28, n6=DF >> 8, n8=3)
        if opts == record:
            # Another router has written its address.
            p = changed(p, n22=8, n23=10, n24=9, n25=9, n26=9)
        sa.send(with_length(p))
        b.delivered(inner)
    sa.done()


def mutable6(b):
    """Class, flow label, hop limit, the data of mutable options."""
    sa = One(b, family=6)
    inner = inside(6)
    ext = bytes((NEXT[6], len(OPTIONS6) // 8)) + OPTIONS6
    for kind in (HOPOPTS, DSTOPTS):
        p = sa.seal(to_gateway(6, kind, ext + inner))
        p = changed(p, n1=0x2b, n2=0xcd, n3=0xef, n7=9, n48=1, n49=2)
        sa.send(p)
        b.delivered(inner)
    sa.b.gw.flush()


def tampered4(b):
    """Everything else is authenticated: each octet of it."""
    sa = One(b, SHA1)
    p = sa.seal(to_gateway(4, IPIP, inside(4), options=b"\x94\4\0\0"))
    # Identification, source; behind the options next header and reserved, the
    # ICV and all of the payload. A length, SPI or number is another error.
    at = [4, 5, 12, 13, 14, 15, 24, 26, 27] + list(range(36, len(p)))
    sa.drop("in-auth", [with_length(changed(p, **{"n%d" % i: p[i] ^ 1}))
                        for i in at], "err-auth")
    b.gw.flush()


def tampered6(b):
    """The same over IPv6, with a hop-by-hop header."""
    sa = One(b, SHA2, family=6)
    ext = bytes((NEXT[6], len(OPTIONS6) // 8)) + OPTIONS6
    p = sa.seal(to_gateway(6, HOPOPTS, ext + inside(6)))
    start = headers_len(p)
    at = list(range(8, 24)) + [44, 45, start, start + 2, start + 3] + \
        list(range(start + 12, len(p)))
    sa.drop("in-auth", [changed(p, **{"n%d" % i: p[i] ^ 1}) for i in at],
            "err-auth")
    b.gw.flush()


def lengths(b, family):
    """A header length that is not that of the ICV, or beyond the packet."""
    sa = One(b, family=family)
    p = sa.seal()
    start = headers_len(p)
    right = {sa.t.length(family) // 4 - 2, sa.t.length(6) // 4 - 2}
    bad = [changed(p, **{"n%d" % (start + 1): n})
           for n in range(256) if n not in right]
    size = sa.t.length(family)
    bad += [with_length(p[:start + n]) for n in range(12, size)]
    sa.drop("in-length", bad, "err-length")
    sa.done()


def padded(b):
    """Over IPv4, padding to double words as some send; its octets count."""
    sa = One(b)
    sa.good(unit=8)
    sa.good(unit=8, padding=b"\1\2\3\4")
    p = sa.seal(unit=8, padding=b"\1\2\3\4")
    at = headers_len(p) + 12 + sa.t.icv
    sa.drop("in-auth", [changed(p, **{"n%d" % at: 9})], "err-auth")
    sa.done()


def no_header(b):
    """Less than an AH header is nobody's."""
    b.gw.ask("conf-set", exclusive=1)
    try:
        p = One(b).seal()
        b.expect_drop("in-length", lambda: [
            b.outside.send(with_length(p[:20 + n])) for n in (0, 4, 8, 11)], 4)
    finally:
        b.gw.ask("conf-set", exclusive=0)
        b.gw.flush()


def unknown_spi(b):
    """Eaten with "exclusive", else left to XFRM; ESP has SPIs of its own."""
    spi = b.sa_in(Transform("aes-gcm"))
    p = SHA2.seal(spi, 1, to_gateway(4, IPIP, inside(4)))
    low = SHA2.seal(77, 1, to_gateway(4, IPIP, inside(4)))
    before = b.gw.stats()["drops"]
    b.outside.send(p)
    One(b).done()
    same("drops", b.gw.stats()["drops"], before)
    b.gw.ask("conf-set", exclusive=1)
    try:
        b.expect_drop("in-unknown-spi", lambda: b.outside.send(p))
        b.expect_drop("in-bad-spi", lambda: b.outside.send(low))
        held = b.gw.ask("sa-alloc-spi", proto="ah")["spi"]
        b.expect_drop("in-unknown-spi", lambda: b.outside.send(
            SHA2.seal(held, 1, to_gateway(4, IPIP, inside(4)))))
    finally:
        b.gw.ask("conf-set", exclusive=0)
        b.gw.flush()


def replayed(b):
    """The same again, one left of the window, number 0."""
    sa = One(b, replay_window=64)
    first = sa.good()
    sa.drop("in-replay-seen", [first, first], "err-replay")
    sa.seq += 64
    sa.good()
    b.expect_drop("in-replay-old", lambda: sa.send(first))
    zero = One(b)
    zero.seq = -1
    zero.drop("in-seq-zero", [zero.seal()], "err-replay")
    # A forged number does not move the window.
    sa = One(b, replay_window=64)
    p = sa.good()
    at = headers_len(p) + 8
    sa.drop("in-auth", [changed(p, **{"n%d" % at: 0x7f})], "err-auth")
    sa.done()


def wrong_place(b):
    """Another address of this gateway; expired; outside the selectors."""
    sa = One(b)
    b.g.addr("go", "172.16.0.78/24")
    p = sa.seal(ip4(OUTER[4][1], "172.16.0.78", IPIP, inside(4)))
    sa.drop("in-address", [p], "err-invalid-sa")
    sa = One(b, hard={"packets": 1})
    sa.good()
    sa.drop("in-expired", [sa.seal(), sa.seal()], "err-invalid-sa")
    sel = {"family": 2, "src": "10.2.0.9", "src-mask": b"\xff" * 4}
    sa = One(b, selector=sel)
    sa.drop("in-selector", [sa.seal()], "err-identity")
    b.gw.flush()


def inner_wrong(b):
    """What claims to be IP and is not; a tunnel carries nothing else."""
    sa = One(b)
    sa.drop("in-next-header", [sa.seal(to_gateway(4, n, inside(4)))
                               for n in (ICMP, UDP, AH, 50, 59)], "err-proto")
    sa = One(b)
    sa.drop("in-inner-header", [
        sa.seal(to_gateway(4, IPIP, x))
        for x in (b"", b"E", inside(4)[:19], inside(6))], "err-decaps")
    sa = One(b)
    sa.drop("in-ecn", [with_length(changed(sa.seal(), n1=3))], "err-decaps")
    b.gw.flush()


def long_headers(b):
    """Extension headers longer than any honest packet has."""
    sa = One(b, family=6)
    filler = bytes((0x1e, 254)) + bytes(254)
    ext = bytes((NEXT[4], 95)) + filler * 2 + bytes((0x1e, 252)) + bytes(252)
    must(len(ext) == 768, "%d octets" % len(ext))
    sa.drop("in-outer-header", [sa.seal(to_gateway(6, DSTOPTS,
                                                   ext + inside(4)))],
            "err-decaps")
    sa.done()


def fragmented(b, family):
    """In pieces, in any order: authenticated as the whole."""
    sa = One(b, family=family)
    inner = inside(4, os.urandom(1300))
    for n, size in enumerate((600, 48 if family == 4 else 1280)):
        packet = to_gateway(family, IPIP, inner,
                            **({"ident": 70 + n} if family == 4 else {}))
        p = sa.seal(packet)
        lot = fragments(p, size)
        must(len(lot) > 1, "one piece")
        for part in reversed(lot):
            b.outside.send(part)
        b.delivered(inner)
    sa.done()


def cut_in_clear(b):
    """Protected traffic does not come in beside AH; none goes out without SA."""
    rule = b.rule("10.1.0.0/16", "10.2.0.0/16", seq=1, name="x")
    b.unbind()
    b.bind("x")
    try:
        b.expect_drop("in-clear", lambda: b.outside.send(inside(4)))
        sa = One(b, policy=rule)
        sa.good()
        other = udp_packet("10.3.0.1", INNER[4][0], 1, 2, b"other")
        sa.drop("in-selector", [sa.seal(to_gateway(4, IPIP, other))])
    finally:
        b.unbind()
        b.bind()
        b.gw.flush()


def sent_options(b, rules):
    """Transport mode with options of ours; one that AH cannot authenticate."""
    spi = new_spi()
    b.sa_out(SHA2, rules[40], spi, mode="transport")
    s = b.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
    b.sockets.append(s)
    for opts in (b"\x94\4\0\0", bytes((7, 11, 4)) + bytes(9)):
        s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, opts)
        s.sendto(b"with options", (OUTER[4][1], 99))
        p = b.sent(proto=AH)[0]
        got = SHA2.open(p.data)
        same("next header and data", (got[2], got[3][8:]),
             (UDP, b"with options"))
    route = bytes((0x83, 7, 4)) + socket.inet_aton(OUTER[4][1]) + b"\0"
    s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, route)
    b.expect_drop("out-header", lambda: s.sendto(b"x", (OUTER[4][1], 99)))
    b.gw.flush()


def sent_long(b, rules):
    """Too long for the path: refused with DF, cut without."""
    spi = new_spi()
    b.sa_out(SHA2, rules[4], spi)
    whole = udp_packet(*INNER[4], 4, 5, os.urandom(1444 - 28), frag=DF)
    b.inside.send(whole)
    p = b.sent(proto=AH)[0]
    same("as long as fits", len(p.data), 20 + 28 + 1444)
    mtu = b.gw.sa_get(spi, "out", OUTER[4][1], "ah")["plain-mtu"]
    same("plain MTU", mtu, 1500 - 20 - 28)
    b.clear()
    b.expect_drop("out-too-big", lambda: b.inside.send(
        udp_packet(*INNER[4], 4, 5, os.urandom(1453 - 28), frag=DF)))
    b.inside.send(udp_packet(*INNER[4], 4, 5, os.urandom(1453 - 28), ident=5))
    lot = b.sent(2, proto=AH)
    for p in lot:
        must(p.is_whole(), "the AH packet is a fragment")
        SHA2.open(p.data)
    b.gw.flush()


def too_big(b, rules):
    """An error about an AH packet lowers the path's MTU."""
    spi = new_spi()
    b.sa_out(SHA2, rules[4], spi)
    long = udp_packet(*INNER[4], 4, 5, bytes(1200), frag=DF)
    b.inside.send(long)
    p = b.sent(proto=AH)[0]
    error = ip4(OUTER[4][1], OUTER[4][0], ICMP,
                icmp(3, 4, 1000, p.data[:28]))
    b.outside.send(error)
    b.inside.send(long)
    b.inside.send(inside(4, back=False))
    b.sent(proto=AH)
    same("path MTU", b.gw.sa_get(spi, "out", OUTER[4][1], "ah")["path-mtu"],
         1000)
    b.gw.flush()


EACH = [(t, f, e) for t in all_ah() for f in (4, 6) for e in (False, True)]
CASES = [mutable4, mutable6, tampered4, tampered6, padded, no_header,
         unknown_spi, replayed, wrong_place, inner_wrong, long_headers,
         cut_in_clear]
FAMILY = [lengths, fragmented]
OUTBOUND = [sent_options, sent_long, too_big]
plan(len(EACH) + len(CASES) + 2 * len(FAMILY) + len(OUTBOUND))
load_module()
bench = Bench()
ruleset = bench.rules(transport=True)
bench.senders = {}
for fam, af in ((4, socket.AF_INET), (6, socket.AF_INET6)):
    # Sends, and takes what comes to port 7, so that no ICMP error answers.
    sender = bench.g.socket(af, socket.SOCK_DGRAM)
    if fam == 6:
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sender.bind(("0.0.0.0" if fam == 4 else "::", 7))
    bench.sockets.append(sender)
    bench.senders[fam] = sender
for transform, fam, extended in EACH:
    case("%s IPv%d%s" % (transform, fam, " esn" if extended else ""), one,
         bench, ruleset, transform, fam, extended)
    bench.gw.flush()
for func in CASES:
    case(func.__name__, func, bench)
    bench.gw.flush()
for func in FAMILY:
    for fam in (4, 6):
        case("%s: IPv%d" % (func.__name__, fam), func, bench, fam)
        bench.gw.flush()
for func in OUTBOUND:
    case(func.__name__, func, bench, ruleset)
    bench.gw.flush()
finish()
