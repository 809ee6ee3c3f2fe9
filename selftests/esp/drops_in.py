#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each way in which a received packet can be wrong has a counter of its own.

For each: nothing is delivered, exactly the named counter of the namespace and the
matching class of the SA grow, and by exactly the number of packets sent.
"""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, OUTER, Bench, new_spi
from espcodec import HEADER, Transform
from ktap import case, finish, load_module, must, plan, same
from pkt import (ESP, ICMP, IPIP, IPV6, NONE, TCP, UDP, fragments4, icmp, ip4,
                 ip6, udp, udp_packet)

GCM = Transform("aes-gcm")
CBC = Transform("aes-cbc", "hmac-sha256-128")
NULL = Transform("null", "hmac-sha1-96")
SRC, DST = reversed(INNER[4])
INSIDE = udp_packet(SRC, DST, 1000, 2000, b"inside" * 5)
INSIDE6 = udp_packet(*reversed(INNER[6]), 1000, 2000, b"inside" * 5)
# Class of the SA that counts a reason.
CLASS = {"in-replay": "err-replay", "in-seq-zero": "err-replay",
         "in-auth": "err-auth", "in-length": "err-length",
         "in-alignment": "err-length", "in-selector": "err-identity",
         "in-next-header": "err-proto", "in-padding": "err-decaps",
         "in-inner": "err-decaps", "in-ecn": "err-decaps",
         "in-address": "err-invalid-sa", "in-encap": "err-invalid-sa",
         "in-expired": "err-invalid-sa"}


class One:
    """An inbound SA and its next sequence number."""

    def __init__(self, b, t=GCM, **kw):
        self.b, self.t, self.seq = b, t, 0
        self.spi = b.sa_in(t, **kw)

    def seal(self, inner=INSIDE, nexthdr=IPIP, **kw):
        """The next packet."""
        self.seq += 1
        return self.t.seal(self.spi, self.seq, inner, nexthdr, **kw)

    def seal_text(self, text):
        """The next packet around text with a trailer of its own."""
        self.seq += 1
        return self.t.seal_text(self.spi, self.seq, text, self.t.random_iv())

    def drop(self, reason, packets, **how):
        """These packets are dropped for this reason, and the SA knows."""
        packets = list(packets)
        self.b.expect_drop(
            reason, lambda: [self.b.inject(p, **how) for p in packets],
            len(packets))
        stats = self.b.gw.sa_get(self.spi)["stats"]
        name = next(v for k, v in CLASS.items() if reason.startswith(k))
        same(name, stats[name], len(packets))
        same("all errors", stats["recv-errors"], len(packets))

    def good(self):
        """A good packet still comes through."""
        p = self.seal()
        self.b.inject(p)
        self.b.delivered(INSIDE)
        return p

    def done(self):
        """Good to the end; delete."""
        self.good()
        self.b.gw.sa_del(self.spi)


def unknown_spi(b):
    """With "exclusive" the module eats what nobody knows."""
    b.gw.ask("conf-set", exclusive=1)
    try:
        p = GCM.seal(0x99999, 1, INSIDE, IPIP)
        b.expect_drop("in-unknown-spi", lambda: b.inject(p))
        b.expect_drop("in-bad-spi", lambda: [
            b.inject(GCM.seal(spi, 1, INSIDE, IPIP)) for spi in (1, 255)], 2)
        b.expect_drop("in-length", lambda: [
            b.inject(p[:n]) for n in (0, 1, 7)], 3)
    finally:
        b.gw.ask("conf-set", exclusive=0)


def unknown_spi_shared(b):
    """Without it they go on to XFRM and are none of our drops."""
    before = b.gw.stats()["drops"]
    b.inject(GCM.seal(0x99999, 1, INSIDE, IPIP))
    b.inject(GCM.seal(77, 1, INSIDE, IPIP))
    One(b).done()
    same("drops", b.gw.stats()["drops"], before)


def reserved_spi(b):
    """A reserved SPI is as unknown as any other."""
    spi = b.gw.ask("sa-alloc-spi", proto="esp")["spi"]
    b.gw.ask("conf-set", exclusive=1)
    try:
        b.expect_drop("in-unknown-spi", lambda: b.inject(
            GCM.seal(spi, 1, INSIDE, IPIP)))
    finally:
        b.gw.ask("conf-set", exclusive=0)
    b.gw.sa_del(spi)


def truncated(b, t):
    """Every length up to one octet less than the shortest packet."""
    sa = One(b, t)
    p = sa.seal()
    sa.drop("in-length", [p[:n] for n in
                          range(HEADER, HEADER + t.iv_len + t.icv + 2)])
    sa.done()


def misaligned(b, t):
    """The encrypted part is no whole number of words or blocks."""
    sa = One(b, t)
    p = sa.seal()
    unit = max(t.block, 4)
    sa.drop("in-alignment", [p[:-n] for n in range(1, unit)] +
            [p + bytes(n) for n in range(1, unit)])
    sa.done()


def tampered(b, t):
    """Each single octet behind the SPI."""
    sa = One(b, t)
    p = sa.seal()
    bad = []
    for at in range(4, len(p)):
        x = bytearray(p)
        x[at] ^= 1 << at % 8
        # A sequence number out of the window is refused before.
        if 4 <= at < 7:
            continue
        bad.append(bytes(x))
    sa.drop("in-auth", bad)
    b.inject(p)
    b.delivered(INSIDE)
    sa.done()


def other_key(b):
    """The packet of an SA with another key."""
    sa = One(b)
    sa.drop("in-auth", [Transform("aes-gcm").seal(sa.spi, 1, INSIDE, IPIP)])
    sa.done()


def seq_zero(b):
    """0 is never sent without extended numbers."""
    sa = One(b)
    sa.drop("in-seq-zero", [GCM.seal(sa.spi, 0, INSIDE, IPIP)])
    sa.done()


def replayed(b):
    """The same packet again, and one left of the window."""
    sa = One(b, replay_window=64)
    first = sa.good()
    sa.drop("in-replay-seen", [first, first])
    sa = One(b, replay_window=64)
    old = sa.good()
    sa.seq += 64
    sa.good()
    sa.drop("in-replay-old", [old])
    sa.done()


def wrong_address(b):
    """Another address of this gateway than that of the SA."""
    sa = One(b)
    other = "172.16.0.77"
    b.g.addr("go", other + "/24")
    p = sa.seal()

    def send():
        b.outside.send(ip4(OUTER[4][1], other, ESP, p))
    b.expect_drop("in-address", send)
    same("SA", b.gw.sa_get(sa.spi)["stats"]["err-invalid-sa"], 1)
    # The packet itself was good.
    b.inject(p)
    b.delivered(INSIDE)
    sa.done()


def wrong_family(b):
    """Over IPv6 for an SA over IPv4."""
    sa = One(b)
    p = sa.seal()
    sa.drop("in-address", [p], family=6)
    sa.done()


def wrong_encapsulation(b):
    """In UDP for an SA without, without UDP for an SA with."""
    b.encap_socket()
    sa = One(b)
    sa.drop("in-encap", [sa.seal()], ports=(4500, 4500))
    sa.done()
    sa = One(b, encap_local_port=4500, encap_remote_port=4500)
    sa.drop("in-encap", [sa.seal()])
    p = sa.seal()
    b.inject(p, ports=(4500, 4500))
    b.delivered(INSIDE)


def padding(b, t):
    """Pad lengths beyond the packet, pad octets that are not 1, 2, 3."""
    sa = One(b, t)
    unit = max(t.block, 4)
    size = -(-(len(INSIDE) + 2) // unit) * unit
    bad = []
    for pad in (255, size - 1, size + 1):
        text = INSIDE.ljust(size - 2, b"\0") + bytes((pad, IPIP))
        bad.append(text)
    body = INSIDE + bytes(-(len(INSIDE) + 2) % unit)
    n = unit
    for wrong in (bytes(n), bytes([1] * n), bytes(range(2, n + 2)),
                  bytes(range(1, n)) + b"\0"):
        bad.append(body + wrong + bytes((n, IPIP)))
    sa.drop("in-padding", [sa.seal_text(x) for x in bad])
    # The window has advanced: they were authentic.
    same("sequence number", b.gw.sa_get(sa.spi)["seq"], len(bad))
    sa.done()


def long_padding(b):
    """255 octets of padding are right, if they are right."""
    sa = One(b)
    size = len(INSIDE)
    pad = 255 - (size + 255 + 2) % 4
    for n in (pad, pad - 4, pad - 100):
        b.inject(sa.seal(pad=n))
        b.delivered(INSIDE)
    b.gw.sa_del(sa.spi)


def next_header(b):
    """A tunnel carries IPv4 and IPv6 and nothing else."""
    sa = One(b)
    sa.drop("in-next-header", [sa.seal(nexthdr=n)
                               for n in (0, ICMP, TCP, UDP, ESP, 58, 60, 255)])
    sa.done()


def inner_header(b):
    """What claims to be IP and is not, or of the other family."""
    sa = One(b)
    bad = [(INSIDE6, IPIP), (INSIDE, IPV6), (b"", IPIP), (b"", IPV6),
           (INSIDE[:19], IPIP), (INSIDE6[:39], IPV6), (b"E", IPIP),
           (ip4(SRC, DST, UDP, b"x" * 30, ihl=4), IPIP),
           (ip4(SRC, DST, UDP, b"x" * 30, ihl=0), IPIP),
           (ip4(SRC, DST, UDP, b"x" * 30, version=5), IPIP),
           (ip6("fd02::2", "fd01::2", UDP, b"x" * 30, version=4), IPV6)]
    sa.drop("in-inner-header", [sa.seal(i, n) for i, n in bad])
    sa.done()


def inner_length(b):
    """Longer than what is there, or shorter than its header."""
    sa = One(b)
    body = b"x" * 30
    bad = [(ip4(SRC, DST, UDP, body, tot_len=n), IPIP)
           for n in (0, 19, 51, 1000, 65535)]
    bad.append((ip4(SRC, DST, UDP, b"", ihl=15), IPIP))
    bad += [(ip6("fd02::2", "fd01::2", UDP, body, length=n), IPV6)
            for n in (31, 1000, 65535)]
    sa.drop("in-inner-length", [sa.seal(i, n) for i, n in bad])
    sa.done()


def ecn(b):
    """Congestion that the inner packet cannot tell (RFC 6040, 4.2)."""
    sa = One(b)
    sa.drop("in-ecn", [sa.seal()], tos=3)
    sa.done()


def selectors(b):
    """What the SA is not for (RFC 4301, 5.2)."""
    sel = {"family": 2, "src": SRC, "src-mask": b"\xff" * 4, "dst": DST,
           "dst-mask": b"\xff" * 4, "proto": UDP, "sport-min": 1000,
           "sport-max": 1000}
    sa = One(b, selector=sel)
    bad = [udp_packet("10.2.0.3", DST, 1000, 2000, b"x"),
           udp_packet(SRC, "10.1.0.3", 1000, 2000, b"x"),
           udp_packet(SRC, DST, 999, 2000, b"x"),
           udp_packet(SRC, DST, 1001, 2000, b"x"),
           ip4(SRC, DST, TCP, INSIDE[20:]),
           # A fragment does not say its ports.
           ip4(SRC, DST, UDP, b"x" * 64, frag=5)]
    sa.drop("in-selector", [sa.seal(x) for x in bad] +
            [sa.seal(INSIDE6, IPV6)])
    # An error about a packet that the partner carried is let through.
    quoted = udp_packet(DST, SRC, 2000, 1000, b"q" * 8)
    error = ip4("10.2.0.99", DST, ICMP, icmp(3, 1, 0, quoted))
    b.inject(sa.seal(error))
    b.delivered(error)
    # One about anything else is not.
    quoted = udp_packet(DST, SRC, 2000, 1001, b"q" * 8)
    b.expect_drop("in-selector", lambda: b.inject(sa.seal(
        ip4("10.2.0.99", DST, ICMP, icmp(3, 1, 0, quoted)))))
    sa.done()


def expired(b):
    """An SA over its limit carries nothing more."""
    sa = One(b, hard={"packets": 2})
    sa.good()
    sa.good()
    sa.drop("in-expired", [sa.seal(), sa.seal()])
    same("state", b.gw.sa_get(sa.spi)["state"], "expired")


def dummy(b):
    """Dummy packets vanish, count for the window and are no error."""
    sa = One(b)
    dummies = [sa.seal(os.urandom(n), NONE) for n in (0, 1, 500)]
    b.expect_drop("in-dummy", lambda: [b.inject(p) for p in dummies], 3)
    got = b.gw.sa_get(sa.spi)
    same("errors", got["stats"]["recv-errors"], 0)
    same("sequence number", got["seq"], 3)
    sa.drop("in-replay-seen", [dummies[0]])
    sa.done()


def clear_text(b):
    """What a rule protects does not come in as clear text."""
    rule = b.rule("10.1.0.0/16", "10.2.0.0/16")
    b.bind()
    try:
        b.expect_drop("in-clear", lambda: b.outside.send(INSIDE))
        parts = fragments4(udp_packet(SRC, DST, 1, 2, b"y" * 100), 48)
        b.expect_drop("in-clear", lambda: b.outside.send(parts[0]))
        b.expect_drop("in-clear-fragment",
                      lambda: [b.outside.send(p) for p in parts[1:]],
                      len(parts) - 1)
        stats = b.gw.ask("policy-get", id=rule)["stats"]
        same("rule", stats["err-invalid-sa"], 1 + len(parts))
        maps = b.gw.dump("map-get")
        same("binding", maps[0]["clear-drops"], 1 + len(parts))
        # Another address than those of the rule may.
        other = udp_packet("10.9.0.1", DST, 1, 2, b"y")
        b.outside.send(other)
        b.delivered(other)
    finally:
        b.unbind()
        b.gw.ask("policy-flush")


TRANSFORMS = [GCM, CBC, NULL, Transform("aes-ctr", "hmac-sha512-256"),
              Transform("aes-gmac")]
CASES = [unknown_spi, unknown_spi_shared, reserved_spi, other_key, seq_zero,
         replayed, wrong_address, wrong_family, wrong_encapsulation,
         long_padding, next_header, inner_header, inner_length, ecn, selectors,
         expired, dummy, clear_text]
EACH = [truncated, misaligned, tampered, padding]
plan(len(CASES) + len(EACH) * len(TRANSFORMS))
load_module()
bench = Bench()
for func in CASES:
    case(func.__name__, func, bench)
    bench.gw.flush()
for func in EACH:
    for tr in TRANSFORMS:
        case("%s: %s" % (func.__name__, tr), func, bench, tr)
        bench.gw.flush()
finish()
