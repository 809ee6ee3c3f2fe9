#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Lifetimes in packets, octets and seconds, idle time: what ends, when, who is told.

A hard limit is never exceeded, on however many CPUs the packets come, and a soft
one is told exactly once and before it.
"""
import os
import sys
import time

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
from bench import INNER, NEXT, OUTER, Bench
from espcodec import Transform
from gnl import Refused
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import udp_packet

T = Transform("null", "hmac-sha1-96")
CPUS = sorted(os.sched_getaffinity(0))


class Life:
    """An SA of one direction with limits, and packets through it."""

    def __init__(self, b, direction, **kw):
        self.b, self.direction, self.seq = b, direction, 0
        b.gw.listen()
        if direction == "in":
            self.spi = b.sa_in(T, **kw)
        else:
            self.spi = b.sa_out(T, b.numbers[4], **kw)

    def get(self):
        """The SA."""
        return self.b.gw.sa_get(self.spi, self.direction,
                                None if self.direction == "in"
                                else OUTER[4][1])

    def used(self):
        """Packets and octets that it has carried."""
        s = self.get()["stats"]
        return s[self.direction + "-packets"], s[self.direction + "-bytes"]

    def packet(self, size=40):
        """One through it; size counts the IP header."""
        self.seq += 1
        if self.direction == "in":
            inner = udp_packet(*reversed(INNER[4]), 1, 2, bytes(size - 28))
            self.b.inject(T.seal(self.spi, self.seq, inner, NEXT[4]))
        else:
            self.b.inside.send(udp_packet(*INNER[4], 1, 2, bytes(size - 28)))

    def handled(self):
        """Packets that it has carried or refused."""
        st = self.b.gw.stats()
        return st[self.direction + "-packets"] + sum(st["drops"].values())

    def packets(self, sizes, cpus=None):
        """Many, and wait until all are dealt with."""
        start = self.handled()
        sizes = list(sizes)
        for n, size in enumerate(sizes):
            if cpus:
                os.sched_setaffinity(0, {cpus[n % len(cpus)]})
            self.packet(size)
        os.sched_setaffinity(0, {CPUS[0]})
        must(wait_for(5, lambda: self.handled() - start >= len(sizes)),
             "lost: %s" % self.b.gw.stats())

    def expire(self, timeout=5.0, **want):
        """The next expire event is this one."""
        e = self.b.gw.event("expire-ntf", timeout)
        must(e, "no expire event")
        for k, v in want.items():
            same("event's " + k, e.get(k.replace("_", "-")), v)
        same("event's spi", e["spi"], self.spi)
        same("event's direction", e["dir"], self.direction)
        return e

    def silent(self, timeout=0.05):
        """No further expire event."""
        e = self.b.gw.event("expire-ntf", timeout)
        must(e is None, "another event: %s" % e)


def hard_packets(b, direction):
    """Exactly as many packets as allowed, then none."""
    life = Life(b, direction, hard={"packets": 50}, soft={"packets": 30})
    life.packets([40] * 30)
    life.silent()
    life.packets([40])
    e = life.expire(is_hard=0, limit="packets", state="active")
    same("told at", e["stats"][direction + "-packets"], 30)
    life.packets([40] * 19)
    same("used", life.used()[0], 50)
    life.silent()
    life.packets([40] * 3)
    e = life.expire(is_hard=1, limit="packets", state="expired")
    same("told at", e["stats"][direction + "-packets"], 50)
    same("used", life.used()[0], 50)
    same("state", life.get()["state"], "expired")
    life.silent()


def hard_bytes(b, direction):
    """Kilobytes: octets before encapsulation, in packets of all sizes."""
    life = Life(b, direction, hard={"bytes": 20480}, soft={"bytes": 10240})
    life.packets([1024] * 10)
    life.silent()
    life.packets([100])
    life.expire(is_hard=0, limit="bytes")
    life.packets([1024] * 9)
    same("used", life.used()[1], 19 * 1024 + 100)
    # What is left: 924 octets.
    life.packets([924])
    same("used", life.used()[1], 20480)
    life.silent()
    life.packets([40])
    life.expire(is_hard=1, limit="bytes", state="expired")
    same("used", life.used()[1], 20480)


def one_too_long(b, direction):
    """A packet longer than what is left ends the SA; none is cut."""
    life = Life(b, direction, hard={"bytes": 1000})
    life.packets([900])
    life.packets([101, 40])
    same("used", life.used(), (1, 900))
    life.expire(is_hard=1, limit="bytes")


def many_cpus(b, direction):
    """Packets on all CPUs by turns: never more than the limit, and what a CPU
    keeps back for itself is little."""
    life = Life(b, direction, hard={"packets": 400, "bytes": 1 << 30})
    life.packets([40 + n % 50 for n in range(450)], CPUS)
    used = life.used()[0]
    must(used <= 400, "%d of 400" % used)
    must(used >= 360, "ended at %d of 400 already" % used)
    life.expire(is_hard=1, limit="packets")
    b.gw.flush()
    life = Life(b, direction, hard={"bytes": 100000}, soft={"bytes": 50000})
    life.packets([200 + n % 200 for n in range(400)], CPUS)
    used = life.used()[1]
    must(used <= 100000, "%d of 100000" % used)
    must(used >= 90000, "ended at %d of 100000 already" % used)
    life.expire(is_hard=0, limit="bytes")
    life.expire(is_hard=1, limit="bytes")
    life.silent()


def seconds(b, direction):
    """Soft after 1 s, hard after 2 s, with traffic or without."""
    life = Life(b, direction, hard={"seconds": 2}, soft={"seconds": 1})
    begin = time.monotonic()
    life.packets([40])
    life.expire(is_hard=0, limit="seconds", state="active")
    soft = time.monotonic() - begin
    life.expire(is_hard=1, limit="seconds", state="expired")
    hard = time.monotonic() - begin
    # Whole seconds of the clock: an SA may be up to one second younger.
    must(0 <= soft <= 4 and 1 <= hard <= 6 and soft < hard,
         "soft after %.1f s, hard after %.1f s" % (soft, hard))
    life.packets([40])
    same("used", life.used()[0], 1)
    life.silent()


def idle(b, direction):
    """Told once per silence."""
    life = Life(b, direction, idle=1)
    life.packets([40])
    e = life.expire(is_hard=0, limit="idle", state="active")
    life.silent(2.2)
    life.packets([40])
    same("used", life.used()[0], 2)
    e = life.expire(is_hard=0, limit="idle")
    must(e["age"] >= 4, "age %d" % e["age"])


def first_wins(b, direction):
    """Of several limits the one that is reached first counts."""
    life = Life(b, direction, hard={"packets": 5, "bytes": 10000,
                                    "seconds": 1000})
    life.packets([100] * 6)
    life.expire(is_hard=1, limit="packets")
    b.gw.flush()
    life = Life(b, direction, hard={"packets": 5000, "bytes": 1000,
                                    "seconds": 1000})
    life.packets([100] * 11)
    life.expire(is_hard=1, limit="bytes")
    same("used", life.used()[1], 1000)


def changed(b, direction):
    """Limits can be moved while the SA lives."""
    life = Life(b, direction, hard={"packets": 20})
    life.packets([40] * 5)
    remote = OUTER[4][1]
    b.gw.ask("sa-update", spi=life.spi, proto="esp", dir=direction,
             remote=remote, hard={"seconds": 1})
    life.expire(is_hard=1, limit="seconds")
    b.gw.flush()
    life = Life(b, direction, hard={"seconds": 1})
    b.gw.ask("sa-update", spi=life.spi, proto="esp", dir=direction,
             remote=remote, hard={"seconds": 1000})
    time.sleep(2.1)
    life.packets([40])
    same("used", life.used()[0], 1)
    life.silent()


def later(b, direction):
    """A limit that comes later counts what was carried before it."""
    life = Life(b, direction)
    life.packets([100] * 10)
    b.gw.ask("sa-update", spi=life.spi, proto="esp", dir=direction,
             remote=OUTER[4][1], hard={"packets": 15})
    life.packets([100] * 10)
    same("used", life.used()[0], 15)


def tightened(b, direction):
    """A limit that is tightened holds at once, whatever a CPU has kept for
    itself under the old one; a soft one is told again."""
    life = Life(b, direction, soft={"packets": 3}, hard={"packets": 1000000})
    life.packets([100] * 10, CPUS)
    life.expire(is_hard=0, limit="packets")
    b.gw.ask("sa-update", spi=life.spi, proto="esp", dir=direction,
             remote=OUTER[4][1], soft={"packets": 20}, hard={"packets": 30})
    life.packets([100] * 10, CPUS)
    life.silent()
    life.packets([100] * 20, CPUS)
    life.expire(is_hard=0, limit="packets")
    life.expire(is_hard=1, limit="packets")
    used = life.used()[0]
    must(28 <= used <= 30, "%d of 30" % used)


def nonsense(b, direction):
    """A soft limit above the hard one is refused."""
    for soft, hard in (({"packets": 2}, {"packets": 1}),
                       ({"bytes": 2}, {"bytes": 1}),
                       ({"seconds": 2}, {"seconds": 1})):
        try:
            Life(b, direction, soft=soft, hard=hard)
        except Refused as e:
            must("soft limit" in e.args[1], str(e))
        else:
            must(False, "%s taken" % soft)


EACH = [hard_packets, hard_bytes, one_too_long, many_cpus, seconds, idle,
        first_wins, changed, later, tightened, nonsense]
plan(2 * len(EACH))
load_module()
# What a CPU has withdrawn and not used counts as used: where numbers are exact, all
# packets must come on one.
os.sched_setaffinity(0, {CPUS[0]})
bench = Bench()
bench.numbers = bench.rules()
bench.gw.ask("conf-set", hold_packets=0)
for func in EACH:
    for way in ("in", "out"):
        bench.clear()
        case("%s, %s" % (func.__name__, way), func, bench, way)
        bench.gw.flush()
finish()
