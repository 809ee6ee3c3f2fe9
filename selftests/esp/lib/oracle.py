# SPDX-License-Identifier: GPL-2.0-only
"""What an SA allows, and which packets the gateway takes for ESP to itself: written
from RFC 4301 and RFC 3948, not from the module."""
import ipaddress
import struct
from bench import selector
from pkt import (AH, DSTOPTS, ESP, FRAGMENT, HOPOPTS, ICMP, ICMPV6, ROUTING, TCP,
                 UDP, ip)

PORTS = (TCP, UDP, 132, 33, 136)
OWN = {ip(a) for a in ("172.16.0.1", "fd00::1", "10.1.0.1", "fd01::1")}


def upper(p):
    """Protocol of a packet and offset of its header, None for a fragment that
    does not have it or a chain that does not end."""
    if p[0] >> 4 == 4:
        frag = struct.unpack_from("!H", p, 6)[0] & 0x1fff
        return p[9], None if frag else (p[0] & 15) * 4
    proto, at = p[6], 40
    while proto in (HOPOPTS, ROUTING, DSTOPTS, FRAGMENT):
        if at + 8 > len(p):
            return proto, None
        if proto == FRAGMENT:
            if struct.unpack_from("!H", p, at + 2)[0] & 0xfff8:
                return p[at], None
            proto, at = p[at], at + 8
        else:
            proto, at = p[at], at + 8 * (p[at + 1] + 1)
    return proto, at


class Selector:
    """Addresses, perhaps a protocol and source ports."""

    def __init__(self, src, dst, proto=0, sport=(0, 65535)):
        self.text = src, dst
        self.nets = [ipaddress.ip_network(n) for n in (src, dst)]
        self.src, self.dst = (n.network_address.packed for n in self.nets)
        self.proto, self.sport = proto, sport

    def attributes(self):
        """As the module is told."""
        more = {"proto": self.proto, "sport_min": self.sport[0],
                "sport_max": self.sport[1]} if self.proto else {}
        return selector(*self.text, **more)

    def _has(self, which, a):
        return ipaddress.ip_address(a) in self.nets[which]

    def matches(self, p, back=False):
        """Is the packet, or one the other way, what the selector says?"""
        six = len(self.src) == 16
        if len(p) < (40 if six else 20) or p[0] >> 4 != (6 if six else 4):
            return False
        src, dst = (p[8:24], p[24:40]) if six else (p[12:16], p[16:20])
        if back:
            src, dst = dst, src
        if not self._has(0, src) or not self._has(1, dst):
            return False
        if not self.proto:
            return True
        proto, at = upper(p)
        if proto != self.proto or at is None or at + 4 > len(p):
            return False
        port = struct.unpack_from("!H", p, at + 2 * back)[0]
        return self.sport[0] <= port <= self.sport[1]

    def allows(self, p):
        """That, or an error about a packet of the partner's."""
        if self.matches(p):
            return True
        if len(p) < 20 or p[0] >> 4 not in (4, 6):
            return False
        proto, at = upper(p)
        if at is None or at + 8 > len(p):
            return False
        if proto == ICMP and p[0] >> 4 == 4:
            return p[at] in (3, 4, 5, 11, 12) and \
                self.matches(p[at + 8:], True)
        if proto == ICMPV6 and p[0] >> 4 == 6:
            return (p[at] < 128 or p[at] == 137) and \
                self.matches(p[at + 8:], True)
        return False


def taken_again(p):
    """Is what came out AH or ESP, plain or in UDP, for the gateway itself? Those
    that are made to be so have no faults that IP or UDP would see."""
    if p[0] >> 4 == 4:
        dst, frag = p[16:20], struct.unpack_from("!H", p, 6)[0] & 0x3fff
    else:
        dst, frag = p[24:40], 0
    if dst not in OWN or frag:
        return 0
    proto, at = upper(p)
    if proto in (AH, ESP):
        return 1
    if proto != UDP or len(p) < at + 8:
        return 0
    dport, size = struct.unpack_from("!HH", p, at + 2)
    data = p[at + 8:at + size]
    if dport != 4500 or size > len(p) - at:
        return 0
    return int(data == b"\xff" or len(data) >= 4 and data[:4] != bytes(4))
