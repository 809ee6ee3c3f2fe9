#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Packets too long for the tunnel, and paths that get narrower.

The limit is worked out here from the RFCs, not asked from the module: a packet of
exactly that length goes through whole, one octet more does not.
"""
import os
import socket
import struct
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import (DF, ICMP, ICMPV6, Packet, forwarded, fragments, icmp, icmp6,
                 ip4, ip6, udp_packet)

GCM = Transform("aes-gcm")
TRANSFORMS = [GCM, Transform("aes-gcm", icv=8, key_len=32),
              Transform("aes-cbc", "hmac-sha512-256"),
              Transform("des3-cbc", "hmac-md5-96"),
              Transform("null", "hmac-sha384-192"),
              Transform("chacha20-poly1305")]


def limit(t, outer, encap, mtu):
    """Longest inner packet whose outer packet fits."""
    fixed = (20 if outer == 4 else 40) + (8 if encap else 0)
    size = mtu
    while fixed + t.overhead(size) > mtu:
        size -= 1
    return size


def packet(family, size, df=True):
    """From the host; size counts the IP header."""
    head = 28 if family == 4 else 48
    kw = {"frag": DF if df else 0, "ident": size} if family == 4 else {}
    return udp_packet(*INNER[family], 1, 2, os.urandom(size - head), **kw)


class Path:
    """An outbound SA for each family."""

    def __init__(self, b, t=GCM, outer=4, encap=False, **kw):
        self.b, self.t, self.outer, self.encap = b, t, outer, encap
        if encap:
            kw.update(encap_local_port=4500, encap_remote_port=4501)
        self.spi = {f: b.sa_out(t, b.numbers[f], family=outer, **kw)
                    for f in (4, 6)}
        self.limit = limit(t, outer, encap, 1500)
        self.seen = set()

    def esp(self, p):
        """The ESP packet in an outer one."""
        return p.payload[8:] if self.encap else p.payload

    def passes(self, inner, mtu=1500):
        """One packet goes out whole and fits."""
        self.b.inside.send(inner)
        p = self.b.sent()[0]
        must(p.is_whole(), "the outer packet is a fragment")
        must(p.length <= mtu, "%d octets" % p.length)
        same("inner packet", self.t.open(self.esp(p))[0], forwarded(inner))
        return p

    def refused(self, inner, mtu):
        """The host is told how long a packet may be."""
        b = self.b
        family = inner[0] >> 4
        b.inside.drain()
        b.expect_drop("out-too-big", lambda: b.inside.send(inner))
        got = b.inside.wait(lambda p: Packet(p).proto in (ICMP, ICMPV6))
        must(got, "no ICMP error")
        p = Packet(got)
        same("to", p.dst, Packet(inner).src)
        if family == 4:
            kind, code, value = struct.unpack_from("!BBxxxxH", p.payload)
            same("ICMP", (kind, code), (3, 4))
            quoted = p.payload[8:]
        else:
            kind, code, value = struct.unpack_from("!BBxxI", p.payload)
            same("ICMPv6", (kind, code), (2, 0))
            quoted = p.payload[8:]
        same("MTU", value, mtu)
        # It quotes the packet as the host has sent it, with its ports.
        same("quoted", quoted[8:28] if family == 6 else quoted[9:28],
             forwarded(inner)[8:28] if family == 6 else
             bytes((17,)) + quoted[10:12] + inner[12:28])

    def done(self):
        """Delete."""
        self.b.gw.flush()


def exact(b, t, outer, encap):
    """The limit to the octet, for IPv4 and IPv6 inside."""
    path = Path(b, t, outer, encap)
    for family in (4, 6):
        size = limit(t, outer, encap, 1500)
        path.passes(packet(family, size))
        path.refused(packet(family, size + 1), size)
        path.refused(packet(family, 1500), size)
        path.passes(packet(family, size - 1))
        same("plain-mtu", b.gw.sa_get(path.spi[family], "out",
                                      OUTER[outer][1])["plain-mtu"], size)
    path.done()


def fragments_before(b, outer):
    """Without DF it is cut before it is encrypted: no piece needs the peer to
    put outer fragments together."""
    path = Path(b, GCM, outer)
    for size in (path.limit + 1, 1500):
        inner = packet(4, size, df=False)
        b.inside.send(inner)
        got = [Packet(path.t.open(p.payload)[0]) for p in b.sent(2)
               if p.is_whole()]
        same("pieces", len(got), 2)
        must(all(p.length <= path.limit for p in got), "a piece is too long")
        data = b"".join(p.payload for p in sorted(got, key=lambda p: p.offset))
        same("together", data, Packet(inner).payload)
        same("numbers", {p.ident for p in got}, {size})
        must(not any(p.df for p in got), "DF is set")
    path.done()


def cut_by_sender(b, inner, outer):
    """What the host has cut goes on in pieces that are no longer than its own;
    longer ones it is told about, if only it may cut them smaller."""
    path = Path(b, GCM, outer)
    whole = packet(inner, 3000, df=False)
    for piece in (1000, 600):
        b.clear()
        parts = fragments(whole, piece)
        for p in parts:
            b.inside.send(p)
        got = [Packet(path.t.open(p.payload)[0]) for p in b.sent(len(parts))
               if p.is_whole()]
        same("pieces", len(got), len(parts))
        must(max(p.length for p in got) <= max(len(p) for p in parts),
             "longer than they came")
        data = b"".join(p.payload for p in sorted(got, key=lambda p: p.offset))
        same("together", data, Packet(whole).payload)
    if inner == 6:
        b.expect_drop("out-too-big", lambda: [b.inside.send(p) for p in
                                              fragments(whole, 1440)])
    else:
        b.clear()
        for p in fragments(whole, 1480):
            b.inside.send(p)
        got = [Packet(path.t.open(p.payload)[0]) for p in b.sent(3)]
        data = b"".join(p.payload for p in sorted(got, key=lambda p: p.offset))
        same("together", data, Packet(whole).payload)
    path.done()


def cut_here(b, inner):
    """Long datagrams of this host itself."""
    path = Path(b)
    af = socket.AF_INET if inner == 4 else socket.AF_INET6
    s = b.g.socket(af, socket.SOCK_DGRAM)
    s.bind(("10.1.0.1" if inner == 4 else "fd01::1", 777))
    for size in (9000, path.limit + 100, 60000):
        b.clear()
        data = os.urandom(size)
        s.sendto(data, (INNER[inner][1], 5))
        got = []

        def together():
            for p in b.outside.take():
                p = Packet(p)
                must(p.is_whole(), "an outer fragment")
                got.append(Packet(path.t.open(p.payload)[0]))
            return b"".join(p.payload for p in sorted(
                got, key=lambda p: p.offset))[8:] == data
        must(wait_for(3, together), "%d octets: %d pieces, drops %s" %
             (size, len(got), b.gw.drops()))
        must(max(p.length for p in got) <= path.limit, "too long")
    s.close()
    path.done()


def joined(got):
    """The payloads of the fragments of one packet, one behind the other."""
    return b"".join(p.payload for p in sorted(got, key=lambda p: p.offset))


def fragments_after(b, outer):
    """Cut after encryption, if so configured: the inner packet stays whole, the
    outer one is in pieces, with DF copied or set. Those that may not be cut are
    refused as ever."""
    for more in ({}, {"df": "set"}):
        path = Path(b, GCM, outer, flags="frag-after", **more)
        for size in (path.limit + 1, 1500):
            inner = packet(4, size, df=False)
            b.inside.send(inner)
            got = b.sent(2)
            must(not any(p.is_whole() for p in got), "no outer fragments")
            must(outer == 6 or not any(p.df for p in got), "DF is set")
            must(all(p.length <= 1500 for p in got), "a piece is too long")
            same("inner packet", path.t.open(joined(got))[0],
                 forwarded(inner))
        path.passes(packet(4, path.limit, df=False))
        for family in (4, 6):
            path.refused(packet(family, 1500), path.limit)
        path.done()


def pieces_after(b):
    """Cut after encryption, what the host has cut goes on in the pieces that it
    came in."""
    path = Path(b, flags="frag-after")
    whole = packet(4, 3000, df=False)
    parts = fragments(whole, 1480)
    for p in parts:
        b.inside.send(p)
    # The first two with an outer fragment each, the last is short.
    by_ident = {}
    for p in b.sent(2 * len(parts) - 1):
        by_ident.setdefault(p.ident, []).append(p)
    got = [Packet(path.t.open(joined(v))[0]) for v in by_ident.values()]
    same("pieces", sorted(p.length for p in got),
         sorted(len(p) for p in parts))
    same("together", joined(got), Packet(whole).payload)
    path.done()


def here_after(b):
    """Cut after encryption, long datagrams of this host are cut to the size of
    the interface first: what an ESP packet can hold has an end too."""
    path = Path(b, flags="frag-after")
    s = b.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.1.0.1", 777))
    data = os.urandom(4000)
    s.sendto(data, (INNER[4][1], 5))
    by_ident = {}
    for p in b.sent(5):
        by_ident.setdefault(p.ident, []).append(p)
    got = [Packet(path.t.open(joined(v))[0]) for v in by_ident.values()]
    same("pieces", sorted(p.length for p in got), [1068, 1500, 1500])
    same("together", joined(got)[8:], data)
    s.close()
    path.done()


def too_long_for_ip(b):
    """A datagram that with ESP would be longer than any IP packet."""
    number = b.rule("172.16.0.0/24", "172.16.0.0/24", seq=40)
    b.sa_out(GCM, number, mode="transport")
    s = b.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((OUTER[4][0], 777))
    b.expect_drop("out-too-big",
                  lambda: s.sendto(bytes(65507), (OUTER[4][1], 5)))
    s.sendto(bytes(65000), (OUTER[4][1], 5))
    got = b.sent(44)
    same("text", len(GCM.open(joined(got))[0]), 65008)
    s.close()
    b.gw.flush()


def df_clear(b):
    """DF cleared outside: a long inner packet with DF goes in outer pieces."""
    path = Path(b, df="clear")
    inner = packet(4, 1500)
    b.inside.send(inner)
    got = sorted(b.sent(2), key=lambda p: p.offset)
    must(not got[0].is_whole() and not got[0].df, "no outer fragment")
    esp = b"".join(p.payload for p in got)
    same("inner packet", path.t.open(esp)[0], forwarded(inner))
    path.done()


def df_set(b):
    """DF set outside: inner packets without it are cut before, those with it
    are refused."""
    path = Path(b, df="set")
    must(path.passes(packet(4, 100, df=False)).df, "no DF")
    b.inside.send(packet(4, 1500, df=False))
    got = b.sent(2)
    must(all(p.is_whole() and p.df for p in got), "not whole or no DF")
    path.refused(packet(4, 1500), path.limit)
    path.done()


def quote(p):
    """What an ICMP error quotes of an outer packet: header and 8 octets."""
    return p.data[:p.ihl + 8]


def learn(b, mtu, quoted, outer=4):
    """A router on the path says that it is narrower."""
    src = "172.16.0.99" if outer == 4 else "fd00::99"
    dst = OUTER[outer][0]
    if outer == 4:
        b.outside.send(ip4(src, dst, ICMP, icmp(3, 4, mtu, quoted)))
    else:
        b.outside.send(ip6(src, dst, ICMPV6, icmp6(src, dst, 2, 0, mtu,
                                                   quoted)))


def narrower(b, outer, encap):
    """An ICMP error that quotes our SPI is believed: from then on the host is
    told the smaller size, and nothing longer goes out."""
    path = Path(b, GCM, outer, encap)
    p = path.passes(packet(4, 1400))
    learn(b, 1300, quote(p), outer)
    small = limit(GCM, outer, encap, 1300)

    def known():
        b.inside.send(packet(4, 100))
        got = b.gw.sa_get(path.spi[4], "out", OUTER[outer][1])
        return got["path-mtu"] == 1300
    must(wait_for(3, known), "path MTU not learnt: %s" %
         b.gw.sa_get(path.spi[4], "out", OUTER[outer][1]))
    b.clear()
    path.refused(packet(4, 1400), small)
    path.refused(packet(4, small + 1), small)
    path.passes(packet(4, small), 1300)
    b.inside.send(packet(4, 1400, df=False))
    got = b.sent(2)
    must(all(p.is_whole() and p.length <= 1300 for p in got), "too long")
    path.done()


def forged(b, outer):
    """Errors that quote what we never sent change nothing."""
    path = Path(b, GCM, outer)
    p = path.passes(packet(4, 1400))
    good = quote(p)
    other_spi = good[:p.ihl] + struct.pack("!I", 0x31337) + good[p.ihl + 4:]
    a, z = (12, 16) if outer == 4 else (8, 24)
    size = 4 if outer == 4 else 16
    other_src = good[:a] + b"\x0a" * size + good[a + size:]
    other_dst = good[:z] + b"\x0a" * size + good[z + size:]
    # It says that nothing shorter was ever sent.
    short = bytearray(good)
    struct.pack_into("!H", short, 2 if outer == 4 else 4,
                     1300 if outer == 4 else 1260)
    ahead = good[:p.ihl + 4] + struct.pack("!I", p.spi_seq()[1] + 1)
    for forgery in (other_spi, other_src, other_dst, good[:p.ihl + 2],
                    good[:8], bytes(short), ahead):
        learn(b, 1300, forgery, outer)
    path.passes(packet(4, 1400))
    same("path MTU", b.gw.sa_get(path.spi[4], "out", OUTER[outer][1])
         ["path-mtu"], 1500)
    path.done()


def floor(b):
    """A path "of 68 octets" is not believed beyond the floor of the stack, and
    IPv6 inside is never told less than 1280."""
    path = Path(b)
    p = path.passes(packet(4, 1400))
    learn(b, 68, quote(p))
    got = b.gw.sa_get(path.spi[4], "out", OUTER[4][1])
    b.inside.send(packet(4, 60))
    wait_for(1, lambda: b.gw.sa_get(path.spi[4], "out",
                                    OUTER[4][1])["path-mtu"] < 1500)
    got = b.gw.sa_get(path.spi[4], "out", OUTER[4][1])
    must(got["path-mtu"] >= 552, "path MTU %d" % got["path-mtu"])
    b.clear()
    # 1280 octets of IPv6 get through whatever the path is (RFC 8200, 5).
    inner = packet(6, 1280)
    b.inside.send(inner)
    got = sorted(b.sent(3), key=lambda p: p.offset)
    esp = b"".join(p.payload for p in got)
    same("inner packet", GCM.open(esp)[0], forwarded(inner))
    path.refused(packet(6, 1281), 1280)
    path.done()


def local(b):
    """This host's own sockets learn the size too."""
    path = Path(b)
    size = path.limit - 28
    s = b.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, 10, 2)   # IP_MTU_DISCOVER: do
    s.bind(("10.1.0.1", 999))
    s.connect((INNER[4][1], 5))
    s.send(bytes(size))
    same("length", b.sent()[0].length, 20 + GCM.overhead(path.limit))
    b.expect_drop("out-too-big", lambda: s.send(bytes(size + 1)))
    try:
        s.send(bytes(size + 1))
    except OSError as e:
        same("errno", e.errno, 90)
    else:
        must(False, "a second one was taken")
    same("error of the socket",
         s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 90)
    s.send(bytes(size))
    b.sent()
    s.close()
    path.done()


MATRIX = [(t, o, e) for t in TRANSFORMS for o in (4, 6) for e in (False, True)]
CASES = [("fragmented before encryption, IPv4", fragments_before, 4),
         ("fragmented before encryption, IPv6", fragments_before, 6),
         ("cut by the sender, 4 in 4", cut_by_sender, 4, 4),
         ("cut by the sender, 6 in 4", cut_by_sender, 6, 4),
         ("cut by the sender, 6 in 6", cut_by_sender, 6, 6),
         ("fragmented after encryption, IPv4", fragments_after, 4),
         ("fragmented after encryption, IPv6", fragments_after, 6),
         ("cut by the sender, kept so", pieces_after),
         ("cut here, then again", here_after),
         ("too long for any packet", too_long_for_ip),
         ("cut here, IPv4", cut_here, 4), ("cut here, IPv6", cut_here, 6),
         ("DF cleared outside", df_clear), ("DF set outside", df_set),
         ("forged errors, IPv4", forged, 4), ("forged errors, IPv6", forged, 6),
         ("narrower path, IPv4", narrower, 4, False),
         ("narrower path, IPv6", narrower, 6, False),
         ("narrower path, UDP over IPv4", narrower, 4, True),
         ("narrower path, UDP over IPv6", narrower, 6, True),
         ("floor", floor), ("local sockets", local)]
plan(len(MATRIX) + len(CASES))
load_module()


def fresh():
    """Routes forget a path MTU only when they go."""
    b = Bench()
    # One error per packet, please.
    b.g.sysctl("ipv4/icmp_ratemask", 0)
    b.g.sysctl("ipv6/icmp/ratemask", "")
    b.encap_socket()
    b.encap_socket(family=6)
    b.numbers = b.rules()
    return b


bench = fresh()
for tr, family_out, udp_too in MATRIX:
    case("limit of %s over IPv%d%s" % (tr, family_out,
                                       ", UDP" if udp_too else ""),
         exact, bench, tr, family_out, udp_too)
    bench.gw.flush()
for name, func, *args in CASES:
    bench = fresh()
    case(name, func, bench, *args)
    bench.close()
finish()
