# SPDX-License-Identifier: GPL-2.0-only
"""Network namespaces, cables, addresses and raw access to wires.

A namespace lives as long as this process holds it, has no name, and costs no
program to be run.
"""
import ctypes
import fcntl
import os
import select
import socket
import struct
import time
from netlink import (NETLINK_ROUTE, NLA_F_NESTED, NLM_F_CREATE, NLM_F_EXCL,
                     SO_RCVBUFFORCE, SO_SNDBUFFORCE, Netlink, attr)
from pkt import ETH_IP, ETH_IPV6, ip

_libc = ctypes.CDLL(None, use_errno=True)
_NEWNET = 0x40000000
NEWLINK, DELLINK, SETLINK = 16, 17, 19
NEWADDR, DELADDR, NEWROUTE, DELROUTE = 20, 21, 24, 25
NEWNEIGH = 28
OUTGOING = 4


def _setns(fd):
    if _libc.setns(fd, _NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Ns:
    """A network namespace; "with ns:" makes it the current one."""

    def __init__(self):
        self._back = []
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        if _libc.unshare(_NEWNET):
            raise OSError(ctypes.get_errno(), "unshare")
        self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self.rtnl = Netlink(NETLINK_ROUTE)
        _setns(home)
        os.close(home)
        self._names = {}
        self.up("lo", 1)
        self.sysctl("ipv4/ip_forward", 1)
        self.sysctl("ipv6/conf/all/forwarding", 1)
        for which in ("all", "default"):
            self.sysctl("ipv4/conf/%s/rp_filter" % which, 0)
            self.sysctl("ipv6/conf/%s/accept_dad" % which, 0)
            self.sysctl("ipv6/conf/%s/router_solicitations" % which, 0)
        # No multicast of its own: what a test sees on a wire, it sent.
        self.sysctl("ipv6/conf/default/addr_gen_mode", 1)

    def __enter__(self):
        self._back.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY))
        _setns(self.fd)
        return self

    def __exit__(self, *_):
        fd = self._back.pop()
        _setns(fd)
        os.close(fd)

    def close(self):
        """Give it back."""
        self.rtnl.sock.close()
        os.close(self.fd)

    def sysctl(self, name, value):
        """Set one, below /proc/sys/net."""
        with self, open("/proc/sys/net/" + name, "w") as f:
            f.write(str(value))

    def read(self, path):
        """A file of /proc or /sys as this namespace sees it."""
        with self, open(path) as f:
            return f.read()

    def socket(self, *args):
        """A socket of this namespace."""
        with self:
            return socket.socket(*args)

    def index(self, dev):
        """ifindex."""
        if dev not in self._names:
            with self:
                self._names[dev] = socket.if_nametoindex(dev)
        return self._names[dev]

    def up(self, dev, index=None, down=False):
        """Link up or down."""
        body = struct.pack("=BxHiII", 0, 0, index or self.index(dev),
                           0 if down else 1, 1)
        self.rtnl.ask(NEWLINK, 0, body)

    def mtu(self, dev, value):
        """Set the MTU."""
        body = struct.pack("=BxHiII", 0, 0, self.index(dev), 0, 0)
        self.rtnl.ask(NEWLINK, 0, body + attr(4, struct.pack("=I", value)))

    def move(self, dev, to):
        """Move a device to another namespace."""
        body = struct.pack("=BxHiII", 0, 0, self.index(dev), 0, 0)
        self.rtnl.ask(NEWLINK, 0, body + attr(28, struct.pack("=i", to.fd)))
        self._names.pop(dev, None)

    def delete(self, dev):
        """Delete a device."""
        body = struct.pack("=BxHiII", 0, 0, self.index(dev), 0, 0)
        self.rtnl.ask(DELLINK, 0, body)
        self._names.pop(dev, None)

    def _link(self, dev, kind, data=b"", extra=b""):
        info = attr(1, kind.encode() + b"\0") + \
            (attr(2 | NLA_F_NESTED, data) if data else b"")
        body = struct.pack("=BxHiII", 0, 0, 0, 1, 1) + \
            attr(3, dev.encode() + b"\0") + extra + \
            attr(18 | NLA_F_NESTED, info)
        self.rtnl.ask(NEWLINK, NLM_F_CREATE | NLM_F_EXCL, body)

    def dummy(self, dev):
        """A dummy device, up."""
        self._link(dev, "dummy")

    def veth(self, dev, other, peer, mtu=1500):
        """A cable to another namespace, both ends up; known MAC addresses."""
        macs = [mac_of(dev), mac_of(peer)]
        m = attr(4, struct.pack("=I", mtu))
        data = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + \
            attr(3, peer.encode() + b"\0") + attr(1, macs[1]) + m + \
            attr(28, struct.pack("=i", other.fd))
        self._link(dev, "veth", attr(1 | NLA_F_NESTED, data),
                   attr(1, macs[0]) + m)
        other.up(peer)

    def addr(self, dev, text):
        """Add ADDRESS/LENGTH."""
        a, size = text.split("/")
        a = ip(a)
        family = socket.AF_INET if len(a) == 4 else socket.AF_INET6
        body = struct.pack("=BBBBi", family, int(size), 2, 0, self.index(dev))
        body += attr(1, a) + attr(2, a)
        self.rtnl.ask(NEWADDR, NLM_F_CREATE, body)

    def addr_del(self, dev, text):
        """Delete ADDRESS/LENGTH."""
        a, size = text.split("/")
        a = ip(a)
        family = socket.AF_INET if len(a) == 4 else socket.AF_INET6
        body = struct.pack("=BBBBi", family, int(size), 2, 0, self.index(dev))
        self.rtnl.ask(DELADDR, 0, body + attr(1, a) + attr(2, a))

    def route(self, to, via=None, dev=None, remove=False, mtu=None):
        """Add or remove a route; to: ADDRESS/LENGTH."""
        a, size = to.split("/")
        a = ip(a)
        family = socket.AF_INET if len(a) == 4 else socket.AF_INET6
        body = struct.pack("=BBBBBBBBI", family, int(size), 0, 0, 254, 4,
                           0 if via else 253, 1, 0) + attr(1, a)
        if via:
            body += attr(5, ip(via))
        if dev:
            body += attr(4, struct.pack("=i", self.index(dev)))
        if mtu:
            body += attr(8 | NLA_F_NESTED, attr(2, struct.pack("=I", mtu)))
        self.rtnl.ask(DELROUTE if remove else NEWROUTE,
                      0 if remove else NLM_F_CREATE, body)

    def neigh(self, dev, address, mac):
        """A neighbour that never has to be asked for."""
        a = ip(address)
        family = socket.AF_INET if len(a) == 4 else socket.AF_INET6
        body = struct.pack("=BxxxiHBB", family, self.index(dev), 0x80, 0, 1)
        self.rtnl.ask(NEWNEIGH, NLM_F_CREATE, body + attr(1, a) + attr(2, mac))

    def checksum_offload(self, dev, on):
        """Checksums (and with them segmentation) by the device or by IP."""
        value = ctypes.create_string_buffer(struct.pack("=II", 0x17, int(on)))
        req = struct.pack("=16sQ", dev.encode(), ctypes.addressof(value))
        with self.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            fcntl.ioctl(s, 0x8946, req + bytes(16))

    def device(self, dev, name):
        """A device statistic."""
        return int(self.read("/sys/class/net/%s/statistics/%s" % (dev, name)))


def mac_of(dev):
    """The MAC address that veth() gives to a device of this name."""
    return b"\x02" + dev.encode()[:5].ljust(5, b"\0")


class Wire:
    """Raw access to a device: send IP packets, see those that pass."""

    def __init__(self, ns, dev, to=None, own=False):
        """to: MAC address of the other end; own: see what is sent here too."""
        with ns:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
            self.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 8 << 20)
            self.sock.bind((dev, 3))
        self.dev, self.to, self.own = dev, to, own
        self.sock.setblocking(False)

    def close(self):
        """Done."""
        self.sock.close()

    def send(self, packet):
        """Put an IP packet on the wire."""
        proto = ETH_IPV6 if packet[0] >> 4 == 6 else ETH_IP
        self.sock.sendto(packet, (self.dev, proto, 0, 0, self.to))

    def take(self):
        """All packets that have passed: IP only, oldest first."""
        out = []
        while True:
            try:
                data, where = self.sock.recvfrom(70000)
            except BlockingIOError:
                return out
            except OSError:
                # The device went away or down, once.
                continue
            if where[1] not in (ETH_IP, ETH_IPV6):
                continue
            # The stack's own: neighbours, groups.
            if where[1] == ETH_IPV6 and data[24] == 0xff:
                continue
            if (where[2] == OUTGOING) == self.own:
                out.append(data)

    def drain(self):
        """Forget what has passed."""
        self.take()

    def wait(self, match, limit=3.0):
        """The first packet for which match() is true, or None."""
        end = time.monotonic() + limit
        while True:
            for p in self.take():
                if match(p):
                    return p
            left = end - time.monotonic()
            if left <= 0:
                return None
            select.select([self.sock], [], [], left)

    def collect(self, count, match=lambda p: True, limit=3.0):
        """The first count packets that match, fewer when time is over."""
        end = time.monotonic() + limit
        out = []
        while True:
            out += [p for p in self.take() if match(p)]
            left = end - time.monotonic()
            if len(out) >= count or left <= 0:
                return out
            select.select([self.sock], [], [], left)
