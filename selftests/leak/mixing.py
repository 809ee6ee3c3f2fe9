#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=120
"""Fragments in clear: they reach IKE and ESP in UDP, and nothing else that a rule
protects; above all they never become part of a packet that was decrypted."""
import itertools
import os
import socket
import struct
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
from bench import INNER, NETS, NEXT, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import (DSTOPTS, ESP, FRAGMENT, ICMP, MF, NONE, TCP, UDP, Packet,
                 forwarded, fragments4, fragments6, icmp, ip4, ip6, ipx, tcp, udp,
                 udp_packet)

T = Transform("aes-gcm")
PORT = 5555
SIZE = 1208
# One for each packet, or what one case leaves behind would disturb the next.
_idents = itertools.count(1000)


def listener(b, family, port):
    """A socket of the gateway itself."""
    s = b.g.socket(socket.AF_INET if family == 4 else socket.AF_INET6,
                   socket.SOCK_DGRAM)
    if family == 6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(("", port))
    s.setblocking(False)
    b.sockets.append(s)
    return s


def receive(s):
    """A datagram, or None."""
    try:
        return s.recv(70000)
    except BlockingIOError:
        return None


def cut(packet, ident=None):
    """Fragments, and their number."""
    ident = ident or next(_idents)
    if packet[0] >> 4 == 6:
        return (*fragments6(packet, SIZE, ident), ident)
    p = Packet(packet)
    return (*fragments4(ip4(p.src, p.dst, p.proto, p.payload, ident=ident),
                        SIZE), ident)


def peek(s):
    """Is there a datagram?"""
    try:
        s.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    return True


def later(family, src, dst, proto, data, ident, at=SIZE):
    """The last fragment of something, with any protocol."""
    if family == 4:
        return ip4(src, dst, proto, data, ident=ident, frag=at // 8)
    head = struct.pack("!BBHI", proto, 0, at, ident)
    return ip6(src, dst, FRAGMENT, head + data)


def datagram(family, port, data):
    """From the peer to the gateway itself, in fragments, and their number."""
    near, far = OUTER[family]
    return cut(udp_packet(far, near, 4500, port, data))


def settle(b, family):
    """What was sent before has been seen: a packet through the tunnel."""
    p = udp_packet(*reversed(INNER[family]), 1, 2, os.urandom(8))
    b.seq += 1
    b.inject(T.seal(b.spi[family], b.seq, p, NEXT[family]), family)
    b.delivered(p)


def sealed(b, family, packet):
    """The peer sends it through the tunnel between the gateways."""
    b.seq += 1
    b.inject(T.seal(b.spi_own[family], b.seq, packet, NEXT[family]), family)


def mix_own(b, family, proto):
    """A decrypted first fragment, a later one in clear: they are not one packet.
    The attacker knows the number of the packet and says any protocol."""
    s = b.listeners[family]
    near, far = OUTER[family]
    for clear_first in (False, True):
        data = os.urandom(2000)
        first, second, ident = datagram(family, PORT, data)
        lie = later(family, far, near, proto,
                    Packet(second).payload[:-8] + b"attacker", ident)
        if clear_first:
            b.outside.send(lie)
        sealed(b, family, first)
        if not clear_first:
            b.outside.send(lie)
        settle(b, family)
        must(receive(s) is None, "a mixture arrived")
        sealed(b, family, second)
        must(wait_for(3, lambda: peek(s)), "the real one did not arrive")
        same("datagram", receive(s), data)


def tcp_parts():
    """A segment to the host, for which there is a rule of its own, in two."""
    host, far = INNER[6]
    return cut(ip6(far, host, TCP, tcp(far, host, 1, 2, 3, 4, 16, bytes(2000))))


def sealed_tcp(b, packet):
    """The peer sends a part of it through the tunnel."""
    b.seq += 1
    b.inject(T.seal(b.spi_tcp, b.seq, packet, NEXT[6]), 6)


def went_on(b, count, limit):
    """What the host got, but for what settle() sends."""
    return b.inside.collect(count, lambda p: p[0] >> 4 == 6 and
                            Packet(p).proto != UDP, limit)


def mix_first(b):
    """A first fragment in clear that no rule is about does not swallow later
    fragments that were decrypted."""
    host, far = INNER[6]
    first, second, ident = tcp_parts()
    b.clear()
    head = struct.pack("!BBHI", NONE, 0, 1, ident)
    b.outside.send(ip6(far, host, FRAGMENT, head + bytes(SIZE)))
    sealed_tcp(b, second)
    settle(b, 4)
    got = went_on(b, 1, 0.5)
    must(not got, "a mixture went on: %s" % got)
    sealed_tcp(b, first)
    same("fragments", len(went_on(b, 2, 3)), 2)


def mix_forwarded(b, proto):
    """As mix_own() for a host behind the gateway, with a rule for TCP only."""
    host, far = INNER[6]
    first, second, ident = tcp_parts()
    b.clear()
    sealed_tcp(b, first)
    b.outside.send(later(6, far, host, proto, b"attacker" +
                         Packet(second).payload[8:], ident))
    settle(b, 4)
    got = went_on(b, 1, 0.5)
    must(not got, "a mixture went on: %s" % got)
    sealed_tcp(b, second)
    got = went_on(b, 2, 3)
    same("octets", b"".join(Packet(p).payload for p in got),
         Packet(first).payload + Packet(second).payload)


def refused(b, family, order):
    """A datagram in clear that a rule protects: dropped when it is known what
    it is, whatever comes first and however little of it."""
    s = b.listeners[family]
    parts = datagram(family, PORT, os.urandom(2000))[:2]
    before = b.gw.stats()["drops"]
    for part in (parts, parts[::-1])[order]:
        b.outside.send(part)
    settle(b, family)
    must(receive(s) is None, "it arrived")
    after = b.gw.stats()["drops"]
    grew = {k: v - before[k] for k, v in after.items() if v != before[k]}
    same("drops", grew, {"in-clear": 1})


def disguised(b, family):
    """The ports that count are not in the first fragment: an extension header
    fills it. Judged when it is whole. In IPv4, as little as there can be."""
    s = b.listeners[family]
    near, far = OUTER[family]
    segment = udp(far, near, 4500, PORT, b"x" * 100)
    if family == 4:
        parts = [ip4(far, near, UDP, segment[:8], ident=9, frag=MF),
                 later(4, far, near, UDP, segment[8:], 9, 8)]
        want = {"in-clear": 1}
    else:
        text = struct.pack("!BBBBBBBB", UDP, 0, 1, 4, 0, 0, 0, 0) + segment
        head = struct.pack("!BBHI", DSTOPTS, 0, 1, 9)
        parts = [ip6(far, near, FRAGMENT, head + text[:8]),
                 later(6, far, near, DSTOPTS, text[8:], 9, 8)]
        want = {"in-clear-fragment": 1}
    before = b.gw.stats()["drops"]
    for part in parts:
        b.outside.send(part)
    settle(b, family)
    must(receive(s) is None, "it arrived")
    after = b.gw.stats()["drops"]
    grew = {k: v - before[k] for k, v in after.items() if v != before[k]}
    same("drops", grew, want)


def strict(b, family):
    """For a host behind the gateway a fragment that a rule protects, or might,
    is dropped at once."""
    host, far = INNER[family]
    b.expect_drop("in-clear-fragment", lambda: b.outside.send(
        later(family, far, host, UDP, bytes(100), next(_idents))))
    b.expect_drop("in-clear", lambda: b.outside.send(
        cut(udp_packet(far, host, 1, 2, bytes(2000)))[0]))


def error_in_pieces(b):
    """An ICMP error about a packet that a rule protects: what it quotes is seen
    only when it is whole."""
    far, near, ident = "198.51.100.1", OUTER[4][0], next(_idents)
    message = icmp(3, 1, 0, udp_packet(*INNER[4], 1, 2, bytes(8)))
    b.expect_drop("in-clear-fragment", lambda: [b.outside.send(p) for p in (
        ip4(far, near, ICMP, message[:8], ident=ident, frag=MF),
        later(4, far, near, ICMP, message[8:], ident, 8))])


def ike(b, family, port):
    """IKE messages in fragments reach their socket in any order."""
    s = b.sockets_of[family, port]
    for n in (0, 1):
        data = bytes(4) + os.urandom(3000)
        *parts, _ = datagram(family, port, data)
        for part in (parts, parts[::-1])[n]:
            b.outside.send(part)
        must(wait_for(3, lambda: peek(s)), "it did not arrive")
        same("message", receive(s), data)


def in_udp(b, family):
    """ESP in UDP, in fragments."""
    near, far = OUTER[family]
    p = udp_packet(*reversed(INNER[family]), 1, 2, os.urandom(1440))
    b.seq += 1
    esp = T.seal(b.spi_udp[family], b.seq, p, NEXT[family])
    whole = ipx(far, near, UDP, udp(far, near, 4500, 4500, esp))
    for part in reversed(cut(whole)[:-1]):
        b.outside.send(part)
    b.delivered(p)


def plain(b, family):
    """ESP, in fragments."""
    near, far = OUTER[family]
    p = udp_packet(*reversed(INNER[family]), 1, 2, os.urandom(1440))
    b.seq += 1
    whole = ipx(far, near, ESP, T.seal(b.spi[family], b.seq, p, NEXT[family]))
    for part in reversed(cut(whole)[:-1]):
        b.outside.send(part)
    b.delivered(p)


def free(b, family):
    """What no rule is about goes through, and leaves as it came."""
    host = INNER[family][0]
    far = "198.51.100.1" if family == 4 else "2001:db8::1"
    whole = udp_packet(far, host, 1, 2, os.urandom(2000))
    *parts, _ = cut(whole)
    b.clear()
    for part in reversed(parts):
        b.outside.send(part)
    got = b.inside.collect(2, lambda p: Packet(p).proto == UDP, 3)
    same("octets", b"".join(Packet(p).payload for p in got),
         Packet(whole).payload)
    must(forwarded(parts[0]) in got or family == 6, "the first one changed")


def world():
    """Rules for hosts and for the gateways themselves, SAs, sockets."""
    b = Bench()
    b.seq = 0
    b.spi, b.spi_own, b.spi_udp = {}, {}, {}
    b.listeners, b.sockets_of = {}, {}
    ports = {"encap_local_port": 4500, "encap_remote_port": 4500}
    # Only what is TCP between these two, so that other protocols pass.
    host, far = (a + "/128" for a in INNER[6])
    tcp6 = b.rule(host, far, seq=1, proto=TCP)
    nets6 = b.rule("fd01::/64", "fd02::/64", seq=2, proto=UDP)
    nets4 = b.rule(*NETS[4], seq=3)
    own = {4: b.rule("172.16.0.0/24", "172.16.0.0/24", seq=40),
           6: b.rule("fd00::/64", "fd00::/64", seq=60)}
    b.bind()
    for family, nets in ((4, nets4), (6, nets6)):
        b.sockets_of[family, 4500] = b.encap_socket(family=family)
        b.sockets_of[family, 500] = listener(b, family, 500)
        b.listeners[family] = listener(b, family, PORT)
        b.spi[family] = b.sa_in(T, family=family, policy=nets, replay_window=0)
        b.spi_own[family] = b.sa_in(T, family=family, policy=own[family],
                                    replay_window=0)
        b.spi_udp[family] = b.sa_in(T, family=family, policy=nets,
                                    replay_window=0, **ports)
    b.spi_tcp = b.sa_in(T, family=6, policy=tcp6, replay_window=0)
    return b


CASES = [("decrypted and clear, IPv4", mix_own, 4, UDP),
         ("decrypted and clear, IPv6", mix_own, 6, UDP),
         ("the same, as ESP", mix_own, 6, ESP),
         ("the same, as TCP", mix_own, 6, TCP),
         ("forwarded, as UDP of others", mix_forwarded, DSTOPTS),
         ("forwarded, as ICMP", mix_forwarded, 58),
         ("a first fragment in clear", mix_first),
         ("an error about a protected packet", error_in_pieces)]
for f in (4, 6):
    v = ", IPv%d" % f
    CASES += [("clear, in order" + v, refused, f, 0),
              ("clear, in reverse" + v, refused, f, 1),
              ("clear, a tiny first fragment" + v, disguised, f),
              ("for others" + v, strict, f),
              ("IKE, port 500" + v, ike, f, 500),
              ("IKE, port 4500" + v, ike, f, 4500),
              ("ESP in UDP" + v, in_udp, f), ("ESP" + v, plain, f),
              ("what no rule is about" + v, free, f)]
plan(len(CASES))
load_module()
bench = world()
for name, func, *args in CASES:
    bench.clear()
    case(name, func, bench, *args)
finish()
