#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One SA takes over from another under traffic, and nothing is lost or in clear.

Each packet of the host carries a number; what leaves the gateway is decrypted here,
and each number must be there once.
"""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
from bench import INNER, NEXT, OUTER, Bench
from espcodec import Transform
from gnl import Refused
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import ESP, Packet, udp_packet

PEER = OUTER[4][1]


class Stream:
    """Numbered packets of the host, and what became of them."""

    def __init__(self, b):
        self.b, self.number, self.keys = b, 0, {}
        b.clear()

    def add(self, **kw):
        """An outbound SA with keys of its own; its SPI."""
        t = Transform("aes-gcm")
        spi = self.b.sa_out(t, self.b.numbers[4], **kw)
        self.keys[spi] = t
        return spi

    def send(self, count=10):
        """More packets."""
        for _ in range(count):
            self.number += 1
            self.b.inside.send(udp_packet(*INNER[4], 1, 2,
                                          b"%d" % self.number))

    def check(self):
        """Every number once and in order; the SPI of each."""
        got = self.b.outside.collect(self.number)
        spis, numbers = [], []
        for p in map(Packet, got):
            same("protocol", p.proto, ESP)
            spi, _ = p.spi_seq()
            text, _ = self.keys[spi].open(p.payload)
            spis.append(spi)
            numbers.append(int(Packet(text).udp()[4]))
        same("numbers", numbers, list(range(1, self.number + 1)))
        return spis

    def delete(self, spi):
        """Delete."""
        self.b.gw.sa_del(spi, "out", PEER)

    def state(self, spi):
        """State."""
        return self.b.gw.sa_get(spi, "out", PEER)["state"]


def newest_wins(b):
    """A new SA is used from its first moment on; then the old one goes."""
    s = Stream(b)
    old = s.add()
    s.send()
    new = s.add()
    s.send()
    same("states", (s.state(old), s.state(new)), ("standby", "active"))
    s.delete(old)
    s.send()
    same("SPIs", s.check(), [old] * 10 + [new] * 20)


def standby(b):
    """Added as standby it waits until it is chosen."""
    s = Stream(b)
    old = s.add()
    new = s.add(flags="standby")
    s.send()
    same("states", (s.state(old), s.state(new)), ("active", "standby"))
    b.gw.ask("sa-update", spi=new, proto="esp", dir="out", remote=PEER,
             state="active")
    s.send()
    same("SPIs", s.check(), [old] * 10 + [new] * 10)


def failover(b):
    """Deleting the chosen one falls back on the newest of the others; with
    none left packets wait, and are sent when there is one again."""
    s = Stream(b)
    first = s.add()
    second = s.add(flags="standby")
    third = s.add(flags="standby")
    s.send()
    s.delete(first)
    s.send()
    s.delete(third)
    s.send()
    s.delete(second)
    before = b.gw.stats()
    s.send(5)
    after = b.gw.stats()
    same("drops", after["drops"], before["drops"])
    same("held", b.gw.ask("policy-get", id=b.numbers[4])["held"], 5)
    fourth = s.add()
    wait_for(3, lambda: b.gw.sa_get(fourth, "out", PEER)["stats"]
             ["out-packets"] == 5)
    s.send(5)
    same("SPIs", s.check(), [first] * 10 + [third] * 10 + [second] * 10 +
         [fourth] * 10)


def hard_failover(b):
    """A hard limit in mid stream: the standby one goes on."""
    s = Stream(b)
    spare = s.add(flags="standby")
    short = s.add(hard={"packets": 7})
    s.send(7)
    # The packet that finds the limit reached is the one that is lost.
    b.expect_drop("out-expired", lambda: s.send(1))
    s.number -= 1
    b.clear()
    s.number = 0
    s.send(10)
    same("SPIs", s.check(), [spare] * 10)
    same("state", s.state(short), "expired")


def flush_all(b):
    """All SAs at once: packets wait, none goes in clear."""
    s = Stream(b)
    s.add()
    s.send(3)
    s.check()
    b.gw.ask("sa-flush")
    b.clear()
    s.number = 0
    s.send(1)
    got = b.outside.collect(1, limit=0.3)
    same("sent", [p.hex() for p in got], [])
    new = s.add()
    same("SPIs", s.check(), [new])


def both_receive(b):
    """Inbound: old and new are good at the same time, until the old is
    deleted."""
    told, tnew = Transform("aes-gcm"), Transform("aes-ccm")
    old, new = b.sa_in(told), b.sa_in(tnew)
    for n in range(1, 6):
        for t, spi in ((told, old), (tnew, new)):
            inner = udp_packet(*reversed(INNER[4]), 1, 2, b"%d" % spi)
            b.inject(t.seal(spi, n, inner, NEXT[4]))
            b.delivered(inner)
    b.gw.sa_del(old)
    b.gw.ask("conf-set", exclusive=1)
    b.expect_drop("in-unknown-spi", lambda: b.inject(
        told.seal(old, 6, inner, NEXT[4])))
    b.gw.ask("conf-set", exclusive=0)
    b.inject(tnew.seal(new, 6, inner, NEXT[4]))
    b.delivered(inner)


def counters(b):
    """The rule counts its SAs, those of the past too."""
    before = b.gw.ask("policy-get", id=b.numbers[4])["stats"]
    s = Stream(b)
    for _ in range(4):
        spi = s.add()
        s.send(5)
        s.check()
        s.number = 0
        s.delete(spi)

    def grown():
        after = b.gw.ask("policy-get", id=b.numbers[4])["stats"]
        return {k: after[k] - before[k] for k in
                ("out-packets", "out-bytes", "send-errors")}
    want = {"out-packets": 20, "out-bytes": 20 * 29, "send-errors": 0}
    wait_for(3, lambda: grown() == want)
    same("rule", grown(), want)
    same("SAs", b.gw.ask("policy-get", id=b.numbers[4]).get("out-sas", 0), 0)


def numbers(b):
    """Connection numbers: even in, odd out, a pair side by side."""
    t = Transform("aes-gcm")
    for _ in range(3):
        spi = b.sa_in(t)
        got = b.gw.sa_get(spi)["id"]
        same("even", got % 2, 0)
        out = b.sa_out(t, b.numbers[4], pair=spi)
        same("next to it", b.gw.sa_get(out, "out", PEER)["id"], got + 1)


def events(b):
    """Who listens hears of each SA that comes and goes, without its keys."""
    t = Transform("aes-cbc", "hmac-sha256-128")
    b.gw.listen()
    spi = b.sa_out(t, b.numbers[4])
    e = b.gw.event("sa-add-ntf")
    must(e, "no event")
    same("event", (e["spi"], e["dir"], e["mode"], e["remote"], e["policy"],
                   e["cipher"], e["integ"]),
         (spi, "out", "tunnel", PEER, b.numbers[4], "aes-cbc",
          "hmac-sha256-128"))
    must("cipher-key" not in e and "integ-key" not in e, "a key is in it")
    b.inside.send(udp_packet(*INNER[4], 1, 2, b"abc"))
    b.sent()
    b.gw.sa_del(spi, "out", PEER)
    e = b.gw.event("sa-del-ntf")
    must(e, "no event")
    same("event", (e["spi"], e["stats"]["out-packets"],
                   e["stats"]["out-bytes"]), (spi, 1, 31))


def same_spi(b):
    """An outbound SPI is unique with its peer, an inbound one by itself."""
    t = Transform("aes-gcm")
    b.sa_out(t, b.numbers[4], 0x5555)
    b.sa_out(t, b.numbers[4], 0x5555, remote="172.16.0.50")
    for add in (lambda: b.sa_out(t, b.numbers[4], 0x5555),
                lambda: (b.sa_in(t, 0x5556), b.sa_in(t, 0x5556))):
        try:
            add()
        except Refused as e:
            same("errno", e.args[0], 17)
        else:
            must(False, "taken twice")


CASES = [newest_wins, standby, failover, hard_failover, flush_all,
         both_receive, counters, numbers, events, same_spi]
plan(len(CASES))
load_module()
bench = Bench()
bench.numbers = bench.rules()
for func in CASES:
    bench.clear()
    case(func.__name__, func, bench)
    bench.gw.flush()
finish()
