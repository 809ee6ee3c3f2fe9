#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Each transform, in both directions, against an implementation of its own.

What lib/espcodec.py seals, the gateway opens, and the other way round; with and
without extended sequence numbers, in tunnel and in transport mode. The clear
packet must come out to the last bit.
"""
import os
import socket
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, OUTER, Bench, new_spi
from espcodec import all_transforms
from ktap import case, finish, load_module, must, plan, same
from pkt import UDP, Packet, forwarded, udp, udp_packet

TRANSFORMS = all_transforms()
HIGH = 0x7fffffff


def tunnel_in(b, t, esn):
    """Sealed here, opened there."""
    spi = new_spi()
    seq = HIGH << 32 | 8 if esn else 8
    b.sa_in(t, spi, flags="esn" if esn else 0, seq=seq - 1)
    for n, size in enumerate((0, 1, 1200)):
        data = os.urandom(size)
        inner = udp_packet(*reversed(INNER[4]), 4, 5, data)
        b.inject(t.seal(spi, seq + n, inner, NEXT[4], esn))
        b.delivered(inner)
    got = b.gw.sa_get(spi)
    same("sequence number", got["seq"], seq + 2)
    same("packets", got["stats"]["in-packets"], 3)


def transport_in(b, t, esn):
    """The same in transport mode."""
    spi = new_spi()
    seq = HIGH << 32 | 8 if esn else 8
    b.sa_in(t, spi, mode="transport", flags="esn" if esn else 0, seq=seq - 1)
    src, dst = OUTER[4][1], OUTER[4][0]
    data = udp(src, dst, 6, 7, os.urandom(77))
    b.inject(t.seal(spi, seq, data, UDP, esn), ident=9)
    got = b.came.wait(lambda p: Packet(p).proto == UDP)
    must(got, "not delivered, drops: %s" % b.gw.drops())
    same("segment", Packet(got).payload, data)
    must(Packet(got).check_ok, "IP checksum")


def out(b, t, esn, mode, rule):
    """Sealed there, opened here."""
    spi = new_spi()
    start = 0xfffffffd
    b.sa_out(t, rule, spi, mode=mode, flags="esn" if esn else 0,
             seq=start if esn else 7)
    seen = set()
    for n, size in enumerate((0, 1, 1200)):
        data = os.urandom(size)
        if mode == "tunnel":
            inner = udp_packet(*INNER[4], 4, 5, data)
            b.inside.send(inner)
            want = forwarded(inner)
            nexthdr = NEXT[4]
        else:
            s = b.sockets[0]
            s.sendto(data, (OUTER[4][1], 99))
            want, nexthdr = None, UDP
        p = b.sent()[0]
        seq = start + 1 + n if esn else 8 + n
        same("SPI and number", p.spi_seq(), (spi, seq & 0xffffffff))
        text, what = t.open(p.payload, seq >> 32 if esn else None)
        same("next header", what, nexthdr)
        if want is None:
            same("data", text[8:], data)
        else:
            same("packet", text, want)
        iv = p.payload[8:8 + t.iv_len]
        must(not iv or iv not in seen, "the IV is repeated")
        seen.add(iv)
    b.gw.sa_del(spi, "out", OUTER[4][1])


def one(b, rules, t, esn):
    """All of one transform."""
    b.clear()
    try:
        tunnel_in(b, t, esn)
        transport_in(b, t, esn)
        out(b, t, esn, "tunnel", rules[4])
        out(b, t, esn, "transport", rules[40])
    finally:
        b.gw.flush()


plan(2 * len(TRANSFORMS))
load_module()
bench = Bench()
ruleset = bench.rules(transport=True)
# Sends, and takes what comes to port 7, so that no ICMP error answers.
sender = bench.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("0.0.0.0", 7))
bench.sockets.append(sender)
for transform in TRANSFORMS:
    for extended in (False, True):
        case(str(transform) + (" esn" if extended else ""), one, bench,
             ruleset, transform, extended)
finish()
