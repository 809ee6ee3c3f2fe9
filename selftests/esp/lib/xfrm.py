# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own IPsec at the other end: states and policies."""
import socket
import struct
from netlink import Netlink, attr
from pkt import AH, ESP, ip

NETLINK_XFRM = 6
NEWSA, DELSA, NEWPOLICY, FLUSHSA, FLUSHPOLICY = 0x10, 0x11, 0x13, 0x1c, 0x1d
UPDPOLICY = 0x19
IN, OUT, FWD = 0, 1, 2
TRANSPORT, TUNNEL = 0, 1
ESN, AF_UNSPEC, ALIGN4 = 128, 32, 64
_INF = (1 << 64) - 1


def _family(a):
    return socket.AF_INET if len(a) == 4 else socket.AF_INET6


def _a16(a):
    return ip(a).ljust(16, b"\0")


def _selector(src=None, dst=None, proto=0):
    """src, dst: ADDRESS/LENGTH."""
    if src is None:
        return bytes(56)
    (s, sl), (d, dl) = (x.split("/") for x in (src, dst))
    return struct.pack("=16s16sHHHHHBBBxxxiI", _a16(d), _a16(s), 0, 0, 0, 0,
                       _family(ip(s)), int(dl), int(sl), proto, 0, 0)


_LIFE = struct.pack("=8Q", _INF, _INF, _INF, _INF, 0, 0, 0, 0)


def exempt(sock):
    """No policy for the packets of a socket, as IKE daemons ask for theirs. Else
    one in transport mode wants ESP in UDP to have been protected itself."""
    level, option = ((socket.IPPROTO_IP, 17) if sock.family == socket.AF_INET
                     else (socket.IPPROTO_IPV6, 35))  # IP(V6)_XFRM_POLICY
    any_of = struct.pack("=40xH14x", sock.family)
    for direction in (IN, OUT):
        sock.setsockopt(level, option, any_of + _LIFE + bytes(32) +
                        struct.pack("=IIBBBB4x", 0, 0, direction, 0, 0, 0))


class Xfrm:
    """XFRM of the namespace that is current when this is made."""

    def __init__(self):
        self.nl = Netlink(NETLINK_XFRM)

    @staticmethod
    def sa(spi, src, dst, transform, mode=TUNNEL, esn=False, window=64,
           encap=None, seq=0, inbound=False, flags=0, tfc=0):
        """A request for batch(): add a state. encap: (sport, dport)."""
        s = ip(src)
        if mode == TUNNEL:
            flags |= AF_UNSPEC
        if esn:
            flags |= ESN
        if transform.proto == AH:
            # As RFC 4302 has it; without, also IPv4 pads to 8 octets.
            flags |= ALIGN4 if len(s) == 4 else 0
        body = _selector() + _a16(dst)
        body += struct.pack("!IBxxx", spi, transform.proto)
        body += _a16(src) + _LIFE + bytes(32) + bytes(12)
        body += struct.pack("=IIHBBB7x", 0, 0, _family(s), mode,
                            0 if esn or window > 32 else window, flags)
        for kind, name, key, icv in transform.xfrm():
            head = name.encode().ljust(64, b"\0") + \
                struct.pack("=I", len(key) * 8)
            if kind == "aead":
                body += attr(18, head + struct.pack("=I", icv) + key)
            elif kind == "crypt":
                body += attr(2, head + key)
            else:
                body += attr(20, head + struct.pack("=I", icv) + key)
        if encap:
            body += attr(4, struct.pack("=H", 2) +
                         struct.pack("!HH", *encap) + bytes(2) + bytes(16))
        if tfc:
            body += attr(22, struct.pack("=I", tfc))
        if esn or window > 32:
            words = (window + 31) // 32
            high, low = seq >> 32, seq & 0xffffffff
            o, i = ((0, 0), (low, high)) if inbound else ((low, high), (0, 0))
            body += attr(23, struct.pack("=6I", words, o[0], i[0], o[1], i[1],
                                         window) + bytes(4 * words))
        return NEWSA, 0, body

    @staticmethod
    def policy(direction, src, dst, local, remote, mode=TUNNEL, proto=0,
               update=False, ipsec=ESP):
        """A request for batch(): protect src to dst; outer local to remote."""
        a, b = (remote, local) if direction != OUT else (local, remote)
        body = _selector(src, dst, proto) + _LIFE + bytes(32)
        body += struct.pack("=IIBBBB4x", 100, 0, direction, 0, 0, 0)
        tmpl = _a16(b) + struct.pack("!IBxxx", 0, ipsec)
        tmpl += struct.pack("=HH", _family(ip(a)), 0) + _a16(a)
        tmpl += struct.pack("=IBBBxIII", 0, mode, 0, 0, _U32, _U32, _U32)
        return UPDPOLICY if update else NEWPOLICY, 0, body + attr(5, tmpl)

    @staticmethod
    def flush_sa():
        """A request for batch(): delete all states."""
        return FLUSHSA, 0, struct.pack("=B3x", 0)

    @staticmethod
    def flush_policy():
        """A request for batch(): delete all policies."""
        return FLUSHPOLICY, 0, b""

    def batch(self, requests):
        """Send requests; raises the first refusal."""
        for (code, text, _), (kind, _, _) in zip(self.nl.batch(requests),
                                                 requests):
            if code and not (kind in (FLUSHSA, FLUSHPOLICY) and code == 3):
                raise OSError(code, "xfrm request %#x: %s" % (kind, text))


_U32 = 0xffffffff


def stats(ns):
    """/proc/net/xfrm_stat, what is not zero."""
    out = {}
    for line in ns.read("/proc/net/xfrm_stat").splitlines():
        name, value = line.split()
        if int(value):
            out[name] = int(value)
    return out
