#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The largest segment that TCP is told, where an SA says one."""
import os
import struct
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same
from pkt import (HOPOPTS, TCP, Packet, checksum, forwarded, ip4, ipx, pseudo,
                 tcp)

T = Transform("aes-gcm")
SYN, ACK = 2, 16
AUTO = 65535
# Longest inner packet over IPv4 with this cipher and 1500 octets.
FITS = 1446
# What stands before the option, and behind it.
PLACES = [(b"", b""), (b"\1\1\4\2", b"\0" * 4), (b"\1", b"\0\0\0"),
          (b"\3\3\7", b"\0")]


def mss(value):
    """The option."""
    return struct.pack("!BBH", 2, 4, value)


def segment(family, options, flags=SYN, back=False, ext=b""):
    """A packet of TCP; ext: an extension header, or IPv4 options."""
    ends = tuple(reversed(INNER[family])) if back else INNER[family]
    data = tcp(*ends, 1000, 80, 7, 0, flags, b"", options)
    if family == 4:
        return ip4(*ends, TCP, data, options=ext)
    if ext:
        return ipx(*ends, HOPOPTS, bytes((TCP,)) + ext[1:] + data)
    return ipx(*ends, TCP, data)


class Pair:
    """SAs of both directions that clamp."""

    def __init__(self, b, value):
        self.b, self.seq = b, 0
        self.out = {f: b.sa_out(T, b.numbers[f], mss=value) for f in (4, 6)}
        self.spi = {f: b.sa_in(T, policy=b.numbers[f], mss=value)
                    for f in (4, 6)}

    def through(self, packet):
        """Send it; what leaves the other end of the tunnel."""
        self.b.inside.send(packet)
        return T.open(self.b.sent()[0].payload)[0]

    def back(self, packet, want):
        """It comes in, want comes out."""
        self.seq += 1
        family = packet[0] >> 4
        self.b.inject(T.seal(self.spi[family], self.seq, packet,
                             NEXT[family]))
        self.b.delivered(want)

    def done(self):
        """Delete."""
        self.b.gw.flush()


def is_sound(packet):
    """The checksum of the segment at the end of the packet."""
    p = Packet(packet)
    data = p.payload if p.proto == TCP else p.payload[8:]
    return checksum(pseudo(p.src, p.dst, TCP, len(data)) + data) == 0


def lowered(b, family):
    """Wherever the option stands, with flags of both sides, and other headers
    in front: only a larger value is changed."""
    pair = Pair(b, 1200)
    ext = (b"", b"\1" * 4 if family == 4 else bytes((0, 0, 1, 4, 0, 0, 0, 0)))
    for before, after in PLACES:
        for flags in (SYN, SYN | ACK):
            for was, want in ((1460, 1200), (1201, 1200), (1200, 1200),
                              (1199, 1199), (65535, 1200)):
                for e in ext[:1 if before else 2]:
                    got = pair.through(segment(
                        family, before + mss(was) + after, flags, ext=e))
                    must(is_sound(got), "checksum")
                    same("packet", got, forwarded(segment(
                        family, before + mss(want) + after, flags, ext=e)))
    pair.done()


def left_alone(b, family):
    """No SYN, no option, malformed options: not an octet changes."""
    pair = Pair(b, 1200)
    for packet in (segment(family, mss(1460), ACK), segment(family, b""),
                   segment(family, b"\0" + mss(1460) + b"\0\0\0"),
                   segment(family, b"\2\3\5\xb4"),
                   segment(family, b"\1\1\1\2"),
                   segment(family, b"\3\0" + b"\5\xb4"),
                   segment(family, b"\3\1" + b"\5\xb4"),
                   segment(family, b"\3\x28\1\1" + mss(1460)),
                   segment(family, b"\1\1\2\4")):
        same("packet", pair.through(packet), forwarded(packet))
    # A header that is longer than the packet, and one that is too short.
    for doff in (0xf0, 0x40):
        packet = bytearray(segment(family, mss(1460)))
        packet[(20 if family == 4 else 40) + 12] = doff
        same("packet", pair.through(bytes(packet)), forwarded(bytes(packet)))
    pair.done()


def automatic(b, family):
    """What fits into the tunnel, in both directions."""
    pair = Pair(b, AUTO)
    fits = FITS - (40 if family == 4 else 60)
    # Nothing has been sent yet: the interface tells how wide the path may be.
    for _ in "ab":
        pair.back(segment(family, mss(1460), back=True),
                  segment(family, mss(fits), back=True))
        for was, want in ((fits + 1, fits), (fits - 1, fits - 1)):
            same("packet", pair.through(segment(family, mss(was))),
                 forwarded(segment(family, mss(want))))
    pair.done()


def off(b, family):
    """Without it nothing is changed."""
    pair = Pair(b, 0)
    packet = segment(family, mss(1460))
    same("packet", pair.through(packet), forwarded(packet))
    packet = segment(family, mss(1460), back=True)
    pair.back(packet, packet)
    must("mss" not in b.gw.sa_get(pair.spi[4], "in"), "it is shown")
    pair.done()


EACH = [lowered, left_alone, automatic, off]
plan(2 * len(EACH))
load_module()
bench = Bench()
bench.numbers = bench.rules()
for func in EACH:
    for inside in (4, 6):
        bench.clear()
        case("%s, IPv%d" % (func.__name__, inside), func, bench, inside)
        bench.gw.flush()
finish()
