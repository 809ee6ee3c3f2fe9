#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""The gateway against the kernel's own XFRM at the other end of the wire.

One result per combination of transform, mode, families, UDP encapsulation and kind
of sequence numbers. In each, UDP datagrams of 1 to 9000 octets (also with IPv4
options and IPv6 extension headers) go there and back, and a TCP connection carries
a few of its own; all must arrive unchanged, and neither side may count an error.

67 transforms x 6 modes and families x 2 x 2 = 1608 combinations of ESP. By default
156 of them: see sample(). AH has 5 transforms x 6 modes and families x 2 kinds of
numbers = 60, of which 30 are run by default, each hash in each mode. TEST_FULL=1 takes all, TEST_PART=2/6 the second sixth of those,
and TEST_ONLY=REGEX those whose name matches.
"""
import os
import re
import select
import socket
import struct
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
import xfrm
from bench import NETS, OUTER, Bench
from ahcodec import all_ah
from espcodec import all_transforms
from ktap import (case, diag, finish, load_module, must, plan, same,
                  wait_for)
from xfrm import FWD, IN, OUT, TRANSPORT, TUNNEL, Xfrm

PORT = 5000
# (mode, family inside, family outside)
SHAPES = [("tunnel", 4, 4), ("tunnel", 6, 6), ("tunnel", 4, 6),
          ("tunnel", 6, 4), ("transport", 4, 4), ("transport", 6, 6)]
REST = [(s, udp, esn) for s in SHAPES for udp in (False, True)
        for esn in (False, True)]
# Addresses of the two ends: inside of a tunnel, and themselves.
ENDS = {("tunnel", 4): ("10.1.0.1", "10.2.0.1"),
        ("tunnel", 6): ("fd01::1", "fd02::1"),
        ("transport", 4): OUTER[4], ("transport", 6): OUTER[6]}
SIZES = [1, 2, 57, 511, 1372, 1400, 1472, 1473, 2800, 4321, 8999, 9000]
PADN = bytes((0, 0, 1, 4, 0, 0, 0, 0))


def sample(transforms):
    """Each transform with and without UDP and with both kinds of sequence
    numbers; each cipher in each mode and families with and without UDP."""
    out = []
    ciphers = list(dict.fromkeys(t.cipher for t in transforms))
    for c, cipher in enumerate(ciphers):
        own = [t for t in transforms if t.cipher == cipher]
        for n in range(max(len(SHAPES), len(own))):
            t = own[n % len(own)]
            esn = (c + n + n // len(SHAPES)) % 2 == 1
            out += [(t, SHAPES[n % 6], False, esn),
                    (t, SHAPES[(n + 3) % 6], True, not esn)]
    return out


def sample_ah(transforms):
    """Each hash in each mode and families, with both kinds of numbers."""
    return [(t, s, False, (i + n) % 2 == 1)
            for n, t in enumerate(transforms) for i, s in enumerate(SHAPES)]


def combinations():
    """What is to be run: (transform, shape, in UDP, ESN)."""
    transforms = all_transforms()
    if os.environ.get("TEST_FULL"):
        out = [(t, *r) for r in REST for t in transforms]
        out += [(t, *r) for r in REST if not r[1] for t in all_ah()]
    else:
        out = sample(transforms) + sample_ah(all_ah())
        # Those last that need other policies of XFRM.
        out.sort(key=lambda c: (c[0].proto, REST.index(c[1:])))
    only = os.environ.get("TEST_ONLY")
    out = [c for c in out if not only or re.search(only, name_of(*c))]
    part, parts = map(int, os.environ.get("TEST_PART", "1/1").split("/"))
    return out[len(out) * (part - 1) // parts:len(out) * part // parts]


def name_of(t, shape, in_udp, esn):
    """Of a result."""
    mode, inner, outer = shape
    return "%s %s%s%s%s" % (
        t, mode, " %d in %d" % (inner, outer) if mode == "tunnel"
        else " %d" % outer, " udp" if in_udp else "", " esn" if esn else "")


class Ends:
    """Sockets of both ends that talk with each other."""

    def __init__(self, b, mode, family):
        af = socket.AF_INET if family == 4 else socket.AF_INET6
        a, z = ENDS[mode, family]
        self.near, self.far = (self._udp(ns, af, addr, PORT)
                               for ns, addr in ((b.g, a), (b.p, z)))
        # With options and extension headers.
        self.near_opt, self.far_opt = (
            self._udp(ns, af, addr, PORT + 1)
            for ns, addr in ((b.g, a), (b.p, z)))
        for s in (self.near_opt, self.far_opt):
            if family == 4:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
                             b"\1" * 3 + b"\x5e\4ab\0")
            else:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, PADN)
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, PADN)
        self.near.connect((z, PORT))
        self.far.connect((a, PORT))
        self.near_opt.connect((z, PORT + 1))
        self.far_opt.connect((a, PORT + 1))
        self.listener = self._tcp(b.p, af, z)
        self.listener.bind((z, PORT + 2))
        self.listener.listen(5)
        self.b, self.af, self.ends = b, af, (a, z)
        b.sockets += [self.near, self.far, self.near_opt, self.far_opt,
                      self.listener]

    @staticmethod
    def _udp(ns, af, addr, port):
        s = ns.socket(af, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        s.bind((addr, port))
        s.setblocking(False)
        return s

    @staticmethod
    def _tcp(ns, af, addr):
        s = ns.socket(af, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.settimeout(5)
        del addr
        return s

    @staticmethod
    def _one_way(a, z, data, what):
        for attempt in range(3):
            try:
                a.send(data)
            except OSError as e:
                # The path has become narrower, or an old error: once more.
                if attempt == 2:
                    raise
                must(e.errno in (90, 111), "%s: %s" % (what, e))
                continue
            ready = select.select([z], [], [], 2 if attempt == 2 else 0.5)[0]
            if ready:
                same(what, z.recv(70000), data)
                return
        must(False, what + ": %d octets did not arrive" % len(data))

    def datagram(self, size, options=False, there=True):
        """There and back, or only back."""
        data = os.urandom(size)
        a, z = (self.near_opt, self.far_opt) if options else \
            (self.near, self.far)
        for s in (a, z):
            while select.select([s], [], [], 0)[0]:
                try:
                    s.recv(70000)
                except OSError:
                    pass
        if there:
            self._one_way(a, z, data, "there")
        self._one_way(z, a, data[::-1], "back")

    @staticmethod
    def _read(s, size):
        out = b""
        while len(out) < size:
            part = s.recv(size - len(out))
            must(part, "connection closed after %d of %d" % (len(out), size))
            out += part
        return out

    def stream(self, sizes):
        """A TCP connection: each size there and back."""
        near = self._tcp(self.b.g, self.af, self.ends[0])
        near.bind((self.ends[0], 0))
        near.connect((self.ends[1], PORT + 2))
        far, _ = self.listener.accept()
        far.settimeout(5)
        try:
            for size in sizes:
                data = os.urandom(size)
                near.sendall(data)
                same("TCP there", self._read(far, size), data)
                far.sendall(data[::-1])
                same("TCP back", self._read(near, size), data[::-1])
        finally:
            # With a reset, so that nothing is left to be sent later.
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
            near.close()
            far.close()


class World:
    """Both ends, policies for all modes, sockets for UDP encapsulation."""

    def __init__(self):
        self.b = b = Bench(peer_addresses=True)
        b.p.dummy("pi")
        for a in ("10.2.0.1/24", "fd02::1/64"):
            b.p.addr("pi", a)
        with b.p:
            self.x = Xfrm()
        # Two maps, because a rule for the gateways' own addresses wants the
        # outer packets of tunnels too.
        self.numbers = {}
        for family in (4, 6):
            near, far = OUTER[family]
            length = "/32" if family == 4 else "/128"
            self.numbers["tunnel", family] = b.rule(
                *NETS[family], seq=family, name="tunnel")
            self.numbers["transport", family] = b.rule(
                near + length, far + length, seq=family, name="transport")
        for family in (4, 6):
            b.encap_socket(family=family)
            af = socket.AF_INET if family == 4 else socket.AF_INET6
            s = b.p.socket(af, socket.SOCK_DGRAM)
            if family == 6:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.bind(("" if family == 4 else "::", 4500))
            s.setsockopt(socket.IPPROTO_UDP, 100, 2)
            xfrm.exempt(s)
            b.sockets.append(s)
        self.ends = {k: Ends(b, *k) for k in ENDS}
        self.shape = None
        self.count = 0
        self.step = 0
        self.errors = {}

    def policies(self, shape, proto):
        """XFRM's, for this mode, these families, this protocol."""
        if (shape, proto) == self.shape:
            return
        mode, inner, outer = shape
        m = TUNNEL if mode == "tunnel" else TRANSPORT
        gw, peer = OUTER[outer]
        if mode == "tunnel":
            near, far = NETS[inner]
        else:
            length = "/32" if outer == 4 else "/128"
            near, far = gw + length, peer + length
        self.b.bind(mode)
        self.x.batch([Xfrm.flush_policy()] + [
            Xfrm.policy(d, *nets, peer, gw, m, ipsec=proto)
            for d, nets in ((OUT, (far, near)), (IN, (near, far)),
                            (FWD, (near, far)))])
        self.shape = shape, proto

    def run(self, t, shape, in_udp, esn):
        """One combination."""
        b = self.b
        mode, inner, outer = shape
        self.policies(shape, t.proto)
        self.count += 1
        spi_in, spi_out = 0x10000 + self.count, 0x20000 + self.count
        gw, peer = OUTER[outer]
        rule = self.numbers[mode, inner]
        seq = (3 << 32) - 5 if esn else 0
        common = {"proto": "esp", "mode": mode, "local": gw, "remote": peer,
                  "flags": "esn" if esn else 0, "seq": seq, **t.attributes()}
        if in_udp:
            common.update(encap_local_port=4500, encap_remote_port=4500)
        x_mode = TUNNEL if mode == "tunnel" else TRANSPORT
        encap = (4500, 4500) if in_udp else None
        before = b.gw.stats()
        self.errors = xfrm.stats(b.p)
        b.gw.batch([("sa-add", dict(common, dir="in", spi=spi_in,
                                    policy=rule)),
                    ("sa-add", dict(common, dir="out", spi=spi_out,
                                    policy=rule, pair=spi_in))])
        self.x.batch([
            Xfrm.sa(spi_out, gw, peer, t, x_mode, esn, encap=encap, seq=seq,
                    inbound=True),
            Xfrm.sa(spi_in, peer, gw, t, x_mode, esn, encap=encap, seq=seq)])
        try:
            # XFRM drops ESP in UDP over IPv6 without a word when it is shorter
            # than an IPv6 header (xfrm6_udp_encap_rcv() counts that twice).
            self.talk(self.ends[mode, inner],
                      lambda size: not in_udp or outer == 4 or
                      mode == "tunnel" or t.overhead(8 + size) >= 40)
            self.judge(before, spi_in, spi_out, peer, common["proto"])
        except Exception:
            diag("gateway: %s\nXFRM: %s" % (b.gw.drops(), xfrm.stats(b.p)))
            raise
        finally:
            b.gw.flush()
            self.x.batch([Xfrm.flush_sa()])

    def talk(self, ends, can_take):
        """Another choice of sizes each time."""
        self.step += 5
        for n in (0, 4, 8):
            size = SIZES[(self.step + n) % len(SIZES)]
            ends.datagram(size, there=can_take(size))
        ends.datagram(1 + self.step * 37 % 1200, options=True)
        ends.stream((1, 300 + self.step * 101 % 3000, 9000))

    def judge(self, before, spi_in, spi_out, peer, proto):
        """Nobody counts an error; the SAs have carried all of it."""
        gw = self.b.gw
        after = gw.stats()
        grew = {k: v - before["drops"][k] for k, v in after["drops"].items()
                if v != before["drops"][k] and k != "out-too-big"}
        same("drops of the gateway", grew, {})
        same("errors of XFRM", xfrm.stats(self.b.p), self.errors)
        i = o = 0

        def counted():
            """What ends the connection may still be under way."""
            nonlocal i, o, after
            i = gw.sa_get(spi_in, proto=proto)["stats"]["in-packets"]
            o = gw.sa_get(spi_out, "out", peer,
                          proto)["stats"]["out-packets"]
            after = gw.stats()
            return (after["in-packets"] - before["in-packets"],
                    after["out-packets"] - before["out-packets"]) == (i, o)

        must(wait_for(2, counted),
             "packets of the SAs: in %d, out %d, of the namespace: %s, before: "
             "%s" % (i, o, after, before))
        must(i > 8 and o > 8, "packets: in %d, out %d" % (i, o))


todo = combinations()
plan(len(todo))
load_module()
world = World()
for combination in todo:
    case(name_of(*combination), world.run, *combination)
finish()
