# SPDX-License-Identifier: GPL-2.0-only
"""Two gateways that can be taken down while packets go through them.

       h1 --------- g1 ========= g2 --------- h2
          a      i1    o1     o2    i2      b
                     |gx
                     x

h1, h2 and x stay, with a process that sends without a pause: between h1 and h2 in
both directions and both families (through the tunnel), from h1 to where no SA leads
(such packets are held), and from x the same authentic ESP packet over and over, plain
and in UDP, to SAs of g1 that do not mind. What g1 and g2 are made of comes and goes.
"""
import ctypes
import errno
import mmap
import os
import platform
import signal
import socket
import struct
import subprocess
import time
import traceback
from espcodec import Transform
from gnl import Gateway
from ktap import diag, must, undo, wait_for
from netlink import Refused
from nsnet import Ns, mac_of
from bench import selector
from pkt import ESP, IPIP, UDP, ip4, udp, udp_packet

GCM = Transform("aes-gcm", key=bytes(range(20)))
CBC = Transform("aes-cbc", "hmac-sha256-128", key=bytes(16),
                integ_key=bytes(32))
OUTER = ("172.16.0.1", "172.16.0.2")
ASIDE = ("172.16.1.1", "172.16.1.2")
HOSTS = {4: ("10.1.0.2", "10.2.0.2"), 6: ("fd01::2", "fd02::2")}
NETS = {4: ("10.1.0.0/16", "10.2.0.0/16"), 6: ("fd01::/64", "fd02::/64")}
NOWHERE = ("10.3.0.2", "10.3.0.0/16")
PLAIN, IN_UDP = 0x5000, 0x5001
PORT, PORT_PLAIN, PORT_UDP = 7000, 7001, 7002
KINDS = ("h1 to h2", "h2 to h1", "h1 to h2, IPv6", "h2 to h1, IPv6",
         "ESP from x", "ESP in UDP from x")
CYCLES = int(os.environ.get("LIFE_CYCLES", "20"))
UDP_ENCAP = 100
_libc = ctypes.CDLL(None, use_errno=True)
_INIT, _DELETE = {"x86_64": (175, 176), "aarch64": (105, 106)}[
    platform.machine()]


# --- the module, without a program to load it ------------------------------------

class Module:
    """Loads from memory, so that a thousand times take no time."""

    def __init__(self):
        path = subprocess.run(["modinfo", "-n", "ipsecgw"], check=True,
                              capture_output=True, text=True).stdout.strip()
        with open(path, "rb") as f:
            self.image = f.read()

    def load(self):
        """Load it; what it needs is there."""
        if _libc.syscall(_INIT, self.image, len(self.image), b""):
            raise OSError(ctypes.get_errno(), "init_module")

    @staticmethod
    def unload():
        """0, or the error."""
        if _libc.syscall(_DELETE, b"ipsecgw", os.O_NONBLOCK):
            return ctypes.get_errno()
        return 0


def references():
    """How many hold the module; none when it is not loaded."""
    try:
        with open("/sys/module/ipsecgw/refcnt") as f:
            return int(f.read())
    except FileNotFoundError:
        return 0


def memory():
    """Kilobytes, without what the kernel keeps for later."""
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")
    out = {}
    with open("/proc/meminfo") as f:
        for line in f:
            name, value = line.split()[:2]
            if name[:-1] in ("MemAvailable", "SUnreclaim", "Percpu",
                             "VmallocUsed"):
                out[name[:-1]] = int(value)
    # Pages that the processors keep free for themselves are available too, but
    # not counted there; under traffic they grow to some 20 megabytes.
    with open("/proc/zoneinfo") as f:
        out["MemAvailable"] += sum(
            int(line.split()[1]) * mmap.PAGESIZE // 1024
            for line in f if line.split()[:1] == ["count:"])
    return out


# --- traffic -----------------------------------------------------------------------

class Traffic:
    """The process that sends and counts what arrives."""

    def __init__(self, h1, h2, x):
        self.seen = mmap.mmap(-1, 8 * (len(KINDS) + 1))
        self.pid = os.fork()
        if not self.pid:
            try:
                self._run(h1, h2, x)
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(1)
        undo(self.stop)

    def stop(self):
        """No more."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def counts(self):
        """Packets received of each kind, packets sent."""
        return struct.unpack("=%dQ" % (len(KINDS) + 1), self.seen[:])

    @staticmethod
    def _socket(ns, family, port):
        s = ns.socket(socket.AF_INET if family == 4 else socket.AF_INET6,
                      socket.SOCK_DGRAM)
        if family == 6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(("", port))
        s.setblocking(False)
        return s

    @staticmethod
    def _sealed():
        """ESP and ESP in UDP from x, for ever the same."""
        gate, other = ASIDE
        host = HOSTS[4][0]
        one = udp_packet("10.2.0.9", host, PORT, PORT_PLAIN, b"plain" * 9)
        two = udp_packet("10.2.0.9", host, PORT, PORT_UDP, b"in UDP" * 9)
        return [ip4(other, gate, ESP, GCM.seal(PLAIN, 1, one, IPIP)),
                ip4(other, gate, UDP, udp(other, gate, 4500, 4500, GCM.seal(
                    IN_UDP, 1, two, IPIP), False))]

    def _run(self, h1, h2, x):
        ears = [self._socket(h2, 4, PORT), self._socket(h1, 4, PORT),
                self._socket(h2, 6, PORT), self._socket(h1, 6, PORT),
                self._socket(h1, 4, PORT_PLAIN), self._socket(h1, 4, PORT_UDP)]
        # See hold_switches() of the guest: the same for UDP encapsulation.
        hold = self._socket(h1, 4, 4500)
        hold.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, 2)
        raw = x.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        raw.setblocking(False)
        data = b"through" * 20
        jobs = [(ears[1], (HOSTS[4][1], PORT), data),
                (ears[0], (HOSTS[4][0], PORT), data),
                (ears[3], (HOSTS[6][1], PORT), data),
                (ears[2], (HOSTS[6][0], PORT), data),
                (ears[1], (NOWHERE[0], PORT), data)]
        jobs += [(raw, ("x", 0x0800, 0, 0, mac_of("gx")), p)
                 for p in self._sealed()]
        got, sent = [0] * len(ears), 0
        parent = os.getppid()
        while os.getppid() == parent:
            good = 0
            for sock, where, packet in jobs:
                try:
                    sock.sendto(packet, where)
                    good += 1
                except OSError:
                    pass
            sent += good
            for i, sock in enumerate(ears):
                try:
                    while sock.recv(100):
                        got[i] += 1
                except OSError:
                    pass
            self.seen[:] = struct.pack("=%dQ" % (len(ears) + 1), *got, sent)
            # The others want a processor too.
            time.sleep(0.001)


# --- the gateways --------------------------------------------------------------------

class World:
    """All of it."""

    def __init__(self):
        self.h1, self.h2, self.x = Ns(), Ns(), Ns()
        self.traffic = Traffic(self.h1, self.h2, self.x)
        self.g = self.gw = None
        self.encap = None
        undo(self.destroy)

    def build(self):
        """Namespaces and cables of the gateways."""
        g1, g2 = self.g = (Ns(), Ns())
        self.cable()
        self.x.veth("x", g1, "gx")
        g1.addr("gx", ASIDE[0] + "/24")
        for i, (h, dev) in enumerate(((self.h1, "a"), (self.h2, "b"))):
            inner = "i%d" % (i + 1)
            h.veth(dev, self.g[i], inner)
            for family, size in ((4, "/24"), (6, "/64")):
                host = HOSTS[family][i]
                gate = host[:-1] + "1"
                h.addr(dev, host + size)
                self.g[i].addr(inner, gate + size)
                h.neigh(dev, gate, mac_of(inner))
                self.g[i].neigh(inner, host, mac_of(dev))
                h.route("0.0.0.0/0" if family == 4 else "::/0", via=gate)

    def cable(self):
        """The cable between the gateways, with addresses and routes."""
        g1, g2 = self.g
        g1.veth("o1", g2, "o2")
        for i in range(2):
            dev, other = "o%d" % (i + 1), "o%d" % (2 - i)
            self.g[i].addr(dev, OUTER[i] + "/24")
            self.g[i].addr(dev, "fd00::%d/64" % (i + 1))
            self.g[i].neigh(dev, OUTER[1 - i], mac_of(other))
            self.g[i].neigh(dev, "fd00::%d" % (2 - i), mac_of(other))
            self.g[i].route(NETS[4][1 - i], via=OUTER[1 - i])
            self.g[i].route(NETS[6][1 - i], via="fd00::%d" % (2 - i))
        g1.route(NOWHERE[1], via=OUTER[1])

    def destroy(self):
        """The namespaces of the gateways go, with all that is in them."""
        if not self.g:
            return
        self.forget()
        for g in self.g:
            g.close()
        self.g = None
        for h in (self.h1, self.h2, self.x):
            h._names.clear()

    def forget(self):
        """Close what this process has open towards the module."""
        for gw in self.gw or ():
            gw.close()
        self.gw = None
        self.close_encap()

    # --- what the module is told -------------------------------------------------

    def connect(self):
        """Netlink of both gateways."""
        self.gw = [Gateway(g) for g in self.g]

    def hand_over(self):
        """A UDP socket of g1."""
        s = self.g[0].socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("0.0.0.0", 4500))
        self.encap = s
        self.gw[0].ask("encap-add", fd=s.fileno())

    def aside_udp(self):
        """The SA behind that socket."""
        self.aside(IN_UDP, encap_local_port=4500, encap_remote_port=4500)

    def close_encap(self):
        """Its owner closes it."""
        if self.encap:
            self.encap.close()
        self.encap = None

    def aside(self, spi, **more):
        """An SA for x: no window, so that one packet does for ever."""
        self.gw[0].sa_add(spi=spi, dir="in", mode="tunnel", local=ASIDE[0],
                          remote=ASIDE[1], replay_window=0,
                          **GCM.attributes(), **more)

    def rules(self):
        """Three in each gateway."""
        for i in range(2):
            add = [("policy-add", {
                "map": "m", "seq": f, "index": 0, "id": f, "action": "protect",
                "peer": OUTER[1 - i],
                "selector": selector(NETS[f][i], NETS[f][1 - i])})
                for f in (4, 6)]
            add.append(("policy-add", {
                "map": "m", "seq": 30, "index": 0, "id": 30,
                "action": "protect",
                "selector": selector(NETS[4][i], NOWHERE[1])}))
            self.gw[i].batch(add)

    def sas(self):
        """A pair for each family, of two kinds."""
        for i in range(2):
            add = []
            for f, t in ((4, GCM), (6, CBC)):
                for way in range(2):
                    add.append(("sa-add", {
                        "spi": 0x1000 * f + way, "proto": "esp", "policy": f,
                        "dir": "out" if way == i else "in", "mode": "tunnel",
                        "local": OUTER[i], "remote": OUTER[1 - i],
                        **t.attributes()}))
            self.gw[i].batch(add)
        self.aside(PLAIN)

    def bind(self):
        """The map on both ends of the cable."""
        for i in range(2):
            self.gw[i].ask("map-bind", name="m",
                           ifindex=self.g[i].index("o%d" % (i + 1)))

    def unbind(self):
        """And off, where it is."""
        for i in range(2):
            try:
                self.gw[i].ask("map-unbind",
                               ifindex=self.g[i].index("o%d" % (i + 1)))
            except (Refused, OSError) as e:
                must(e.args[0] in (errno.ENOENT, errno.ENODEV), str(e))

    def setup(self):
        """Everything, from a module that knows nothing."""
        self.connect()
        self.rules()
        self.bind()
        self.sas()
        self.hand_over()
        self.aside_udp()

    def flows(self, more=3, limit=20):
        """Wait until packets of every kind have gone through."""
        begin = self.traffic.counts()
        if wait_for(limit, lambda: all(
                b - a >= more for a, b in zip(begin, self.traffic.counts()))):
            return
        now = self.traffic.counts()
        must(False, "no packets %s\ndrops: %s" % (", ".join(
            k for k, a, b in zip(KINDS, begin, now) if b - a < more),
            [gw.drops() for gw in self.gw or ()]))

    def held(self, limit=10):
        """Wait until packets wait for an SA."""
        must(wait_for(limit, lambda: self.gw[0].ask("policy-get", id=30)
                      .get("held")), "no packet is held")

    def protected(self):
        """What went through was not in clear: the gateways counted it."""
        for gw in self.gw:
            s = gw.stats()
            must(s["in-packets"] and s["out-packets"],
                 "not through the tunnel: %s" % s)

    def gone(self, limit=60):
        """Wait until the namespaces of the gateways are really gone."""
        def check():
            for ns, dev in ((self.h1, "a"), (self.h2, "b"), (self.x, "x")):
                with ns:
                    if dev in (n for _, n in socket.if_nameindex()):
                        return False
            return references() == 0
        must(wait_for(limit, check), "the namespaces do not go away, %d "
             "references to the module" % references())


def progress(done):
    """A line of a long run, now and then."""
    if done and done % 100 == 0:
        diag("%d cycles, %s" % (done, memory()))


def judge_memory(before, cycles):
    """A loss that grows with the cycles is a leak; frees may come late."""
    # What one cycle may lose to fragmentation of the slabs.
    limit = 4096 + 4 * cycles
    lost, after = {}, {}

    def is_back():
        after.update(memory())
        lost.update({k: after[k] - before[k] for k in before})
        return -lost["MemAvailable"] < limit and \
            lost["SUnreclaim"] < limit // 2 and lost["Percpu"] < limit // 8
    good = wait_for(20, is_back)
    diag("memory, kB: before %s, after %s" % (before, after))
    must(good, "lost: %s" % lost)
