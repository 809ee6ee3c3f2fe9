# SPDX-License-Identifier: GPL-2.0-only
"""The gateway under test between two wires that the test holds in its hand.

      h (host)            g (gateway)                 p (peer)
         hi ------------- gi        go ------------- po
     10.1.0.2        10.1.0.1        172.16.0.1      172.16.0.2
     fd01::2          fd01::1        fd00::1         fd00::2

Neighbours are static. In h and p nothing answers by itself, unless a test gives
them addresses; the test sends and sees each packet. Behind the peer are
10.2.0.0/16 and fd02::/64.
"""
import itertools
import select
import socket
import time
from gnl import Gateway
from ktap import must, same, undo, wait_for
from netlink import Refused
from nsnet import Ns, Wire, mac_of
from pkt import ESP, IPIP, IPV6, UDP, Packet, ip, ipx, udp

OUTER = {4: ("172.16.0.1", "172.16.0.2"), 6: ("fd00::1", "fd00::2")}
# Inside: the host, who is behind the peer.
INNER = {4: ("10.1.0.2", "10.2.0.2"), 6: ("fd01::2", "fd02::2")}
NETS = {4: ("10.1.0.0/16", "10.2.0.0/16"), 6: ("fd01::/64", "fd02::/64")}
NEXT = {4: IPIP, 6: IPV6}
_spi = itertools.count(0x1000)


def new_spi():
    """An SPI that this test has not used yet."""
    return next(_spi)


def mask_of(length, size):
    """The octets of a mask."""
    return (((1 << length) - 1) << (size * 8 - length)).to_bytes(size, "big")


def selector(src, dst, **more):
    """src, dst: ADDRESS/LENGTH."""
    out = {"family": socket.AF_INET if "." in src else socket.AF_INET6}
    for name, text in (("src", src), ("dst", dst)):
        a, length = text.split("/")
        a = ip(a)
        out[name] = a
        out[name + "-mask"] = mask_of(int(length), len(a))
    out.update(more)
    return out


class Bench:
    """Namespaces, wires, the gateway's netlink."""

    def __init__(self, mtu=1500, peer_addresses=False, host_addresses=False):
        self.closed = False
        self.h, self.g, self.p = Ns(), Ns(), Ns()
        self.g.veth("go", self.p, "po", mtu)
        self.g.veth("gi", self.h, "hi", mtu)
        for family in (4, 6):
            length = "/24" if family == 4 else "/64"
            inside = INNER[family][0]
            router = "10.1.0.1" if family == 4 else "fd01::1"
            self.g.addr("go", OUTER[family][0] + length)
            self.g.addr("gi", router + length)
            self.g.neigh("go", OUTER[family][1], mac_of("po"))
            self.g.neigh("gi", inside, mac_of("hi"))
            self.g.route(NETS[family][1], via=OUTER[family][1])
            if peer_addresses:
                self.p.addr("po", OUTER[family][1] + length)
                self.p.neigh("po", OUTER[family][0], mac_of("go"))
                self.p.route(NETS[family][0], via=OUTER[family][0])
            if host_addresses:
                self.h.addr("hi", inside + length)
                self.h.neigh("hi", router, mac_of("gi"))
                self.h.route("0.0.0.0/0" if family == 4 else "::/0",
                             via=router)
        self.gw = Gateway(self.g)
        # The two ends, and the gateway's own view of what came in outside.
        self.outside = Wire(self.p, "po", mac_of("go"))
        self.inside = Wire(self.h, "hi", mac_of("gi"))
        self.came = Wire(self.g, "go")
        self.sockets = []
        undo(self.close)

    def close(self):
        """Everything goes."""
        if self.closed:
            return
        self.closed = True
        for w in (self.outside, self.inside, self.came, *self.sockets):
            w.close()
        self.gw.close()
        for ns in (self.h, self.g, self.p):
            ns.close()

    # --- configuration --------------------------------------------------------

    def sa_in(self, t, spi=None, family=4, mode="tunnel", **kw):
        """Add an inbound SA; its SPI."""
        spi = spi or new_spi()
        local, remote = OUTER[family]
        self.gw.sa_add(spi=spi, dir="in", mode=mode, local=local,
                       remote=remote, **t.attributes(), **kw)
        return spi

    def sa_out(self, t, policy, spi=None, family=4, mode="tunnel", **kw):
        """Add an outbound SA; its SPI."""
        spi = spi or new_spi()
        local, remote = OUTER[family]
        kw = {"local": local, "remote": remote, **kw}
        self.gw.sa_add(spi=spi, dir="out", mode=mode, policy=policy,
                       **t.attributes(), **kw)
        return spi

    def rule(self, src, dst, seq=10, index=0, action="protect", name="m",
             peer=None, **more):
        """Add a rule of the map; its number."""
        return self.gw.ask("policy-add", map=name, seq=seq, index=index,
                           action=action, peer=peer,
                           selector=selector(src, dst, **more))["id"]

    def bind(self, name="m", dev="go"):
        """Bind the map to the outer device."""
        self.gw.ask("map-bind", name=name, ifindex=self.g.index(dev))

    def unbind(self, dev="go"):
        """Take the map off."""
        self.gw.ask("map-unbind", ifindex=self.g.index(dev))

    def rules(self, transport=False):
        """Rules for the nets of both families, bound; numbers by family. With
        transport also for the two gateways themselves: 40 and 60."""
        out = {f: self.rule(*NETS[f], seq=f) for f in (4, 6)}
        if transport:
            out[40] = self.rule("172.16.0.0/24", "172.16.0.0/24", seq=40)
            out[60] = self.rule("fd00::/64", "fd00::/64", seq=60)
        self.bind()
        return out

    def encap_socket(self, port=4500, family=4):
        """A UDP socket handed to the module."""
        af = socket.AF_INET if family == 4 else socket.AF_INET6
        s = self.g.socket(af, socket.SOCK_DGRAM)
        if family == 6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(("::" if family == 6 else "0.0.0.0", port))
        s.setblocking(False)
        self.gw.ask("encap-add", fd=s.fileno())
        self.sockets.append(s)
        return s

    # --- traffic --------------------------------------------------------------

    def outer(self, esp, family=4, ports=None, **kw):
        """The outer packet from the peer around an ESP packet."""
        dst, src = OUTER[family]
        if ports:
            return ipx(src, dst, UDP, udp(src, dst, *ports, esp,
                                          check=family == 6), **kw)
        return ipx(src, dst, ESP, esp, **kw)

    def inject(self, esp, family=4, **kw):
        """The peer sends an ESP packet."""
        self.outside.send(self.outer(esp, family, **kw))

    def delivered(self, want, limit=3.0):
        """Wait until the gateway has got this packet out of a tunnel."""
        got = []

        def match(p):
            if p == want:
                return True
            got.append(p)
            return False

        return self.came.wait(match, limit) is not None or \
            must(False, "not delivered: %s\nseen: %s\ndrops: %s" %
                 (want.hex(), [x.hex() for x in got[-3:]], self.gw.drops()))

    def clear(self):
        """Forget all packets seen."""
        for w in (self.outside, self.inside, self.came):
            w.drain()

    def expect_drop(self, reason, send, count=1, also=()):
        """send() makes exactly this drop counter grow, and nothing arrives."""
        self.clear()
        before = self.gw.stats()
        send()
        self.gw.drop_of(reason, before["drops"][reason] + count)
        after = self.gw.stats()
        grew = {k: v - before["drops"][k] for k, v in after["drops"].items()
                if v != before["drops"][k] and k not in also}
        same("drops", grew, {reason: count})
        if reason.startswith("in-"):
            same("packets in", after["in-packets"] - before["in-packets"], 0)
        else:
            same("packets out", after["out-packets"] - before["out-packets"], 0)

    def sent(self, count=1, limit=3.0, proto=None):
        """ESP packets (or those of another protocol) that left outside."""
        got = self.outside.collect(
            count, lambda p: Packet(p).proto in ((ESP, UDP) if proto is None
                                                 else (proto,)), limit)
        must(len(got) >= count, "%d of %d packets were sent, drops: %s" %
             (len(got), count, self.gw.drops()))
        return [Packet(p) for p in got]
