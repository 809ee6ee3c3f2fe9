#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Anti-replay windows and sequence numbers, with packets made to measure.

A plain model beside the gateway (a set of all numbers seen) says what must be let
through; the gateway must agree packet by packet.
"""
import os
import random
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, Bench, new_spi
from espcodec import Transform
from gnl import Refused
from ktap import (case, diag, finish, load_module, must, plan, same, wait_for)
from pkt import IPIP, Packet, udp_packet

T = Transform("null", "hmac-sha1-96")
GCM = Transform("aes-gcm")
SEED = int(os.environ.get("TEST_SEED", "1"))
REASONS = ("in-replay-old", "in-replay-seen", "in-seq-zero", "in-auth")


class Receiver:
    """An inbound SA, and what the model thinks of each number."""

    def __init__(self, b, window, esn=False, start=0, t=T):
        self.b, self.t, self.window, self.esn = b, t, window, esn
        self.top = start
        self.seen = set()
        self.start = start
        self.spi = b.sa_in(t, replay_window=window, seq=start,
                           flags="esn" if esn else 0)
        self.count = 0

    def model(self, seq):
        """What must become of this number: None or a drop reason."""
        if not seq:
            return "in-seq-zero"
        if not self.window:
            self.top = max(self.top, seq)
            return None
        if seq <= self.top - self.window:
            # With ESN it is read as a number of the next round instead.
            return "in-auth" if self.esn else "in-replay-old"
        # All up to the number that the SA began with count as seen.
        if seq in self.seen or seq <= self.start:
            return "in-replay-seen"
        self.seen.add(seq)
        self.top = max(self.top, seq)
        return None

    def packet(self, seq):
        """A packet that carries its number inside."""
        inner = udp_packet(*reversed(INNER[4]), 1, 2, b"%d" % seq)
        return self.t.seal(self.spi, seq, inner, IPIP, self.esn)

    def play(self, numbers):
        """Send these numbers; all verdicts must be those of the model."""
        b = self.b
        before = b.gw.stats()
        b.came.drain()
        want = {}
        good = []
        for seq in numbers:
            verdict = self.model(seq)
            if verdict:
                want[verdict] = want.get(verdict, 0) + 1
            else:
                good.append(seq)
            b.inject(self.packet(seq))
        total = before["in-packets"] + len(good)

        def settled():
            s = b.gw.stats()
            drops = sum(s["drops"].values()) - sum(before["drops"].values())
            return s["in-packets"] - before["in-packets"] + drops >= \
                len(numbers)
        wait_for(5, settled)
        after = b.gw.stats()
        grew = {k: v - before["drops"][k] for k, v in after["drops"].items()
                if v != before["drops"][k]}
        same("drops", grew, want)
        same("delivered", after["in-packets"], total)
        got = [int(Packet(p).udp()[4]) for p in b.came.take()
               if Packet(p).proto == 17]
        same("numbers delivered", got, good)
        self.count += len(numbers)
        same("sequence number of the SA", b.gw.sa_get(self.spi)["seq"],
             self.top)

    def done(self):
        """Delete."""
        self.b.gw.sa_del(self.spi)


def edges(b, window, esn):
    """Right edge, left edge, one beyond each, duplicates, jumps."""
    r = Receiver(b, window, esn)
    r.play([1, 1, 2, 3, 2])
    r.play([window, window, 1, 4])            # all still inside
    r.play([window + 1, 1, 2, 5])             # 1 has fallen out
    top = 10 * window
    r.play([top, top - window + 1, top - window, top - window + 1, top])
    r.play([top + 1, top - window + 2, top - window + 1, top - window + 3])
    r.play([top + window, top + 2, top + 1, top])
    r.play([top + 63 * window, top + 62 * window + 1, top + 62 * window])
    # Blocks of the ring: an odd jump, then back through the whole window.
    top = top + 64 * window + 37
    r.play([top] + list(range(top - 1, top - min(window, 200) - 2, -1)))
    r.play(list(range(top + 1, top + 70)) + [top + 1, top + 69])
    r.done()


def walk(b, window, esn, steps):
    """A random walk that reorders, repeats and jumps."""
    rnd = random.Random(SEED * 1000003 + window)
    start = rnd.choice([0, 1, 63, 64, 65, (1 << 32) - 200 if esn else 5000])
    r = Receiver(b, window, esn, start)
    numbers = []
    top = start
    for _ in range(steps):
        kind = rnd.random()
        if kind < 0.4:
            top += 1
            seq = top
        elif kind < 0.5:
            top += rnd.randrange(1, 3 * window)
            seq = top
        elif kind < 0.55:
            seq = top - window + rnd.randrange(-2, 3)
        else:
            seq = top - rnd.randrange(0, window + 8)
        if seq > 0:
            numbers.append(seq)
    r.play(numbers)
    r.done()


def no_window(b):
    """Window 0: everything authentic passes, again and in any order."""
    r = Receiver(b, 0)
    r.play([5, 5, 1, 1000000, 2, 1000000, 3])
    r.done()
    for flags, text in (("esn", "window"),):
        try:
            b.sa_in(T, replay_window=0, flags=flags)
        except Refused as e:
            must(text in e.args[1], str(e))
        else:
            must(False, "ESN without a window was accepted")


def started(b):
    """With a start everything up to it counts as seen."""
    for start in (1, 63, 64, 65, 4095, 123456789):
        r = Receiver(b, 64, start=start)
        r.play([start, start + 2, max(1, start - 3), start + 1, start + 64])
        r.done()


def esn_wrap_in(b, t):
    """Over 2^32 with packets of both sides of it in any order."""
    edge = 1 << 32
    r = Receiver(b, 64, True, edge - 5, t)
    r.play([edge - 4, edge - 2, edge, edge - 1, edge + 3, edge - 3, edge - 3,
            edge + 1, edge, edge + 2, edge - 4])
    r.play(list(range(edge + 4, edge + 80)))
    # The second time round.
    r.done()
    r = Receiver(b, 1024, True, (7 << 32) - 100, t)
    mixed = list(range((7 << 32) - 90, (7 << 32) + 90))
    random.Random(SEED).shuffle(mixed)
    r.play(mixed)
    r.done()


def esn_far(b):
    """Numbers of the other half of the circle are read as those to come."""
    r = Receiver(b, 64, True, 5 << 32 | 1000)
    # 900 is left of the window: it can only be that of the next round.
    b.clear()
    before = b.gw.stats()["drops"]["in-auth"]
    b.inject(r.packet(5 << 32 | 900))
    b.gw.drop_of("in-auth", before + 1)
    r.play([6 << 32 | 900])
    # And now everything of the old round is gone.
    b.inject(r.packet(5 << 32 | 1001))
    same("not authentic", b.gw.drop_of("in-auth", before + 2), before + 2)
    r.play([6 << 32 | 901])
    # The packet that a 32-bit implementation would take for the same one.
    r.play([(6 << 32 | 901) + 5])
    r.done()


def esn_wrap_out(b, t):
    """What is sent over 2^32 has the right upper half."""
    rule = b.rules()[4]
    edge = 1 << 32
    spi = b.sa_out(t, rule, flags="esn", seq=edge - 4)
    inner = udp_packet(*INNER[4], 1, 2, b"x")
    for n in range(8):
        b.inside.send(inner)
        p = b.sent()[0]
        seq = edge - 3 + n
        same("low half", p.spi_seq(), (spi, seq & 0xffffffff))
        t.open(p.payload, seq >> 32)
    same("SA", b.gw.sa_get(spi, "out", "172.16.0.2")["seq"], edge + 4)
    b.unbind()
    b.gw.ask("policy-flush")


def overflow_out(b):
    """The last number is sent; then the SA is over, and says so."""
    rule = b.rules()[4]
    b.gw.ask("conf-set", hold_packets=0)
    b.gw.listen()
    spi = b.sa_out(GCM, rule, seq=(1 << 32) - 3)
    inner = udp_packet(*INNER[4], 1, 2, b"x")
    for want in ((1 << 32) - 2, (1 << 32) - 1):
        b.inside.send(inner)
        same("number", b.sent()[0].spi_seq(), (spi, want))
    b.expect_drop("out-seq-overflow", lambda: b.inside.send(inner))
    event = b.gw.event("expire-ntf")
    must(event, "no event")
    same("event", (event["spi"], event["is-hard"], event["limit"],
                   event["state"]), (spi, 1, "sequence", "expired"))
    b.expect_drop("out-no-sa", lambda: [b.inside.send(inner)] * 3, 1)
    got = b.gw.sa_get(spi, "out", "172.16.0.2")
    same("SA", (got["state"], got["seq"], got["stats"]["err-seq"]),
         ("expired", (1 << 32) - 1, 1))
    must(b.gw.event("expire-ntf", 0.1) is None, "a second event")
    # Another SA of the rule takes over.
    spi = b.sa_out(GCM, rule)
    b.inside.send(inner)
    same("next SA", b.sent()[0].spi_seq(), (spi, 1))
    b.gw.ask("conf-set", hold_packets=8)
    b.unbind()
    b.gw.ask("policy-flush")


def overflow_failover(b):
    """When numbers end in mid stream, the standby SA goes on without loss."""
    rule = b.rules()[4]
    spare = b.sa_out(GCM, rule, flags="standby")
    b.sa_out(GCM, rule, seq=(1 << 32) - 3)
    inner = udp_packet(*INNER[4], 1, 2, b"x")
    for _ in range(6):
        b.inside.send(inner)
    got = b.sent(5)
    same("SPI of the rest", {p.spi_seq()[0] for p in got[2:]}, {spare})
    same("packets", len(got), 5)
    b.unbind()
    b.gw.ask("policy-flush")


def overflow_in(b):
    """The last number is received like any other."""
    r = Receiver(b, 64, False, (1 << 32) - 10)
    r.play([(1 << 32) - 9, (1 << 32) - 1, (1 << 32) - 1, (1 << 32) - 2])
    r.done()


WINDOWS = (32, 64, 1024, 4096)
ESN_T = [GCM, Transform("aes-cbc", "hmac-sha256-128"),
         Transform("chacha20-poly1305"), Transform("aes-gmac")]
CASES = [no_window, started, esn_far, overflow_out, overflow_failover,
         overflow_in]
plan(len(CASES) + 4 * len(WINDOWS) + 2 * len(ESN_T))
# The order matters here: one processor's queue keeps it, two do not.
os.sched_setaffinity(0, {0})
load_module()
bench = Bench()
diag("TEST_SEED=%d" % SEED)
for w in WINDOWS:
    for extended in (False, True):
        name = "window %d%s" % (w, " esn" if extended else "")
        case(name, edges, bench, w, extended)
        case(name + ", random walk", walk, bench, w, extended, 400)
        bench.gw.flush()
for tr in ESN_T:
    case("over 2^32, received, %s" % tr, esn_wrap_in, bench, tr)
    case("over 2^32, sent, %s" % tr, esn_wrap_out, bench, tr)
    bench.gw.flush()
for func in CASES:
    case(func.__name__, func, bench)
    bench.gw.flush()
finish()
