#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Packets of unusual shape that are right: fragments, padding, nesting, size."""
import os
import random
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import ESP, IPIP, UDP, Packet, fragments, ipx, udp_packet

T = Transform("aes-gcm")
CBC = Transform("aes-cbc", "hmac-sha256-128")
SRC, DST = reversed(INNER[4])


def inner_packet(family, size):
    """From behind the peer to the host."""
    return udp_packet(*reversed(INNER[family]), 1, 2, os.urandom(size))


def tfc(b, family, outer):
    """Traffic flow padding behind the inner packet is cut off."""
    spi = b.sa_in(T, family=outer)
    for n, extra in enumerate((1, 3, 255, 900)):
        inner = inner_packet(family, 40)
        b.inject(T.seal(spi, n + 1, inner + os.urandom(extra), NEXT[family]),
                 outer)
        b.delivered(inner)
    same("octets", b.gw.sa_get(spi)["stats"]["in-bytes"], 4 * len(inner))


def outer_fragments(b, outer, t, ports=None):
    """The ESP packet comes in pieces, in any order."""
    rnd = random.Random(outer)
    kw = {"encap_local_port": ports[1], "encap_remote_port": ports[0]} \
        if ports else {}
    spi = b.sa_in(t, family=outer, **kw)
    for n, (size, piece) in enumerate(((1000, 8), (3000, 1024), (9000, 1440),
                                       (20000, 1400))):
        inner = inner_packet(4, size)
        whole = b.outer(t.seal(spi, n + 1, inner, IPIP), outer, ports=ports)
        # An IPv6 fragment below 1280 is fine but for the last.
        parts = fragments(whole, piece)
        if n % 2:
            rnd.shuffle(parts)
        if n == 0:
            parts = fragments(whole, 600)[::-1]
        for p in parts:
            b.outside.send(p)
        b.delivered(inner)
    same("packets", b.gw.sa_get(spi)["stats"]["in-packets"], 4)


def missing_fragment(b):
    """A piece is missing: nothing happens, and the number stays free."""
    spi = b.sa_in(T)
    inner = inner_packet(4, 2000)
    esp = T.seal(spi, 1, inner, IPIP)
    parts = fragments(b.outer(esp, ident=99), 800)
    before = b.gw.stats()
    for p in parts[:-1]:
        b.outside.send(p)
    same("counters", b.gw.stats(), before)
    for p in fragments(b.outer(esp, ident=100), 800):
        b.outside.send(p)
    b.delivered(inner)


def inner_fragments(b):
    """Pieces inside, each in its own ESP packet, reach the host whole or not."""
    spi = b.sa_in(T)
    b.inside.drain()
    inner = inner_packet(4, 3000)
    for n, p in enumerate(fragments(inner, 1000)):
        b.inject(T.seal(spi, n + 1, p, IPIP))
    got = b.inside.collect(3, limit=2)
    data = b"".join(Packet(p).payload for p in
                    sorted(got, key=lambda p: Packet(p).offset))
    same("what the host got", data, Packet(inner).payload)


def inner_fragments_ports(b):
    """The same with a map bound and rules with ports, which need them whole."""
    b.rule("10.1.0.0/16", "10.2.0.0/16", proto=UDP, **{"dport-min": 1,
                                                       "dport-max": 1})
    b.bind()
    try:
        inner_fragments(b)
    finally:
        b.unbind()
        b.gw.ask("policy-flush")


def large(b, outer):
    """As long as it can be: 65,535 octets of outer packet."""
    head = 20 if outer == 4 else 0
    spi = b.sa_in(T, family=outer)
    room = 65535 - head - 8 - 8 - 16 - 2
    inner = inner_packet(4, room - room % 4 - 28 - 2)
    esp = T.seal(spi, 1, inner, IPIP)
    for p in fragments(b.outer(esp, outer), 1440):
        b.outside.send(p)
    b.delivered(inner)
    same("octets", b.gw.sa_get(spi)["stats"]["in-bytes"], len(inner))


def small(b):
    """The shortest of all: an IP header and nothing behind it."""
    spi = b.sa_in(T)
    inner = ipx(SRC, DST, UDP, b"")
    b.inject(T.seal(spi, 1, inner, IPIP))
    b.delivered(inner)


def nested(b, depth):
    """Tunnels in tunnels to the same gateway are all opened, each is counted."""
    spis = [b.sa_in(T) for _ in range(depth)]
    inner = inner_packet(4, 50)
    packet = inner
    for spi in spis:
        packet = b.outer(T.seal(spi, 1, packet, IPIP))
    b.outside.send(packet)
    b.delivered(inner)
    for spi in spis:
        same("packets", b.gw.sa_get(spi)["stats"]["in-packets"], 1)


def nested_families(b):
    """The same with IPv4 and IPv6 by turns."""
    inner = packet = inner_packet(6, 50)
    for outer in (4, 6, 4):
        spi = b.sa_in(T, family=outer)
        packet = b.outer(T.seal(spi, 1, packet, NEXT[packet[0] >> 4]), outer)
    b.outside.send(packet)
    b.delivered(inner)


def matryoshka(b):
    """A packet of an SA in a packet of the same SA, 120 times: each is opened in
    its turn, so that no stack grows, and nothing stops."""
    spi = b.sa_in(T, replay_window=1024)
    inner = packet = inner_packet(4, 10)
    depth = 120
    for seq in range(depth, 0, -1):
        packet = b.outer(T.seal(spi, seq, packet, IPIP))
    before = b.gw.stats()
    for p in fragments(packet, 1440):
        b.outside.send(p)

    def settled():
        s = b.gw.stats()
        return s["in-packets"] - before["in-packets"] == depth
    must(wait_for(5, settled), "lost: %s" % b.gw.stats())
    b.inject(T.seal(spi, depth + 1, inner, IPIP))
    b.delivered(inner)


def several_sas(b):
    """Packets of many SAs interleaved; each SA sees its own."""
    spis = [b.sa_in(T if n % 2 else CBC) for n in range(20)]
    for seq in (1, 2, 3):
        for n, spi in enumerate(spis):
            t = T if n % 2 else CBC
            b.inject(t.seal(spi, seq, inner_packet(4, n), IPIP))
    wait_for(3, lambda: b.gw.sa_get(spis[-1])["stats"]["in-packets"] == 3)
    for n, spi in enumerate(spis):
        s = b.gw.sa_get(spi)["stats"]
        same("SA %d" % n, (s["in-packets"], s["in-bytes"], s["recv-errors"]),
             (3, 3 * (28 + n), 0))


def mac_trailer(b):
    """Octets of the link behind the IP packet do not belong to it."""
    spi = b.sa_in(T)
    inner = ipx(SRC, DST, UDP, b"")
    for family in (4,):
        b.outside.send(b.outer(T.seal(spi, 1, inner, IPIP), family) +
                       bytes(17))
        b.delivered(inner)


CASES = [
    ("TFC padding, IPv4 in IPv4", tfc, 4, 4),
    ("TFC padding, IPv6 in IPv4", tfc, 6, 4),
    ("TFC padding, IPv6 in IPv6", tfc, 6, 6),
    ("outer fragments, IPv4", outer_fragments, 4, T),
    ("outer fragments, IPv6", outer_fragments, 6, T),
    ("outer fragments, IPv4, CBC", outer_fragments, 4, CBC),
    ("outer fragments, IPv4, UDP", outer_fragments, 4, T, (4500, 4500)),
    ("outer fragments, IPv6, UDP", outer_fragments, 6, T, (4500, 4500)),
    ("a missing fragment", missing_fragment),
    ("inner fragments", inner_fragments),
    ("inner fragments, rules with ports", inner_fragments_ports),
    ("65,535 octets, IPv4", large, 4),
    ("65,535 octets, IPv6", large, 6),
    ("20 octets", small),
    ("2 tunnels nested", nested, 2),
    ("3 tunnels nested", nested, 3),
    ("4 and 6 nested", nested_families),
    ("120 tunnels nested", matryoshka),
    ("many SAs", several_sas),
    ("octets behind the packet", mac_trailer),
]
plan(len(CASES))
load_module()
bench = Bench()
bench.encap_socket()
bench.encap_socket(family=6)
for name, func, *args in CASES:
    bench.clear()
    case(name, func, bench, *args)
    bench.gw.flush()
finish()
