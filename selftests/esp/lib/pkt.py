# SPDX-License-Identifier: GPL-2.0-only
"""IP packets built and taken apart by hand."""
import ipaddress
import struct

ICMP, IPIP, TCP, UDP, IPV6, ROUTING, FRAGMENT, ESP = 1, 4, 6, 17, 41, 43, 44, 50
AH = 51
ICMPV6, NONE, DSTOPTS, HOPOPTS = 58, 59, 60, 0
ETH_IP, ETH_IPV6 = 0x0800, 0x86dd
DF, MF = 0x4000, 0x2000


def ip(a):
    """Octets of an address."""
    return a if isinstance(a, bytes) else ipaddress.ip_address(a).packed


def checksum(data):
    """The Internet checksum."""
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def ip4(src, dst, proto, payload, tos=0, ident=0, frag=0, ttl=64, options=b"",
        tot_len=None, version=4, ihl=None):
    """An IPv4 packet; the last three may lie."""
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH4s4s",
                       version << 4 | (size // 4 if ihl is None else ihl), tos,
                       size + len(payload) if tot_len is None else tot_len,
                       ident, frag, ttl, proto, 0, ip(src), ip(dst)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ip6(src, dst, nexthdr, payload, tos=0, flow=0, hops=64, length=None,
        version=6):
    """An IPv6 packet; the last two may lie."""
    return struct.pack("!IHBB16s16s", version << 28 | tos << 20 | flow,
                       len(payload) if length is None else length,
                       nexthdr, hops, ip(src), ip(dst)) + payload


def ipx(src, dst, proto, payload, tos=0, **kw):
    """IPv4 or IPv6, by the addresses."""
    if len(ip(src)) == 4:
        return ip4(src, dst, proto, payload, tos, **kw)
    return ip6(src, dst, proto, payload, tos, **kw)


def pseudo(src, dst, proto, size):
    """What transport checksums include beside the segment."""
    if len(ip(src)) == 4:
        return ip(src) + ip(dst) + struct.pack("!BBH", 0, proto, size)
    return ip(src) + ip(dst) + struct.pack("!IxxxB", size, proto)


def udp(src, dst, sport, dport, data, check=True):
    """A UDP datagram."""
    size = 8 + len(data)
    head = struct.pack("!HHHH", sport, dport, size, 0)
    value = 0
    if check:
        value = checksum(pseudo(src, dst, UDP, size) + head + data) or 0xffff
    return head[:6] + struct.pack("!H", value) + data


def udp_packet(src, dst, sport, dport, data, **kw):
    """A UDP datagram in an IP packet."""
    return ipx(src, dst, UDP, udp(src, dst, sport, dport, data), **kw)


def tcp(src, dst, sport, dport, seq, ack, flags, data=b"", options=b""):
    """A TCP segment; options fill 32-bit words."""
    size = 20 + len(options)
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, size << 2, flags,
                       65535, 0, 0) + options
    value = checksum(pseudo(src, dst, TCP, size + len(data)) + head + data)
    return head[:16] + struct.pack("!H", value) + head[18:] + data


def icmp(kind, code, rest, data=b""):
    """An ICMP message; rest: its second 32 bits."""
    head = struct.pack("!BBHI", kind, code, 0, rest)
    return head[:2] + struct.pack("!H", checksum(head + data)) + head[4:] + data


def icmp6(src, dst, kind, code, rest, data=b""):
    """An ICMPv6 message."""
    head = struct.pack("!BBHI", kind, code, 0, rest)
    value = checksum(pseudo(src, dst, ICMPV6, 8 + len(data)) + head + data)
    return head[:2] + struct.pack("!H", value) + head[4:] + data


class Packet:
    """An IP packet taken apart: fields, and the octets behind the header."""

    def __init__(self, data):
        self.data = data
        self.version = data[0] >> 4
        if self.version == 4:
            self.ihl = (data[0] & 15) * 4
            (self.tos, self.length, self.ident, frag, self.ttl, self.proto,
             self.check) = struct.unpack_from("!xBHHHBBH", data)
            self.df, self.mf = bool(frag & DF), bool(frag & MF)
            self.offset = (frag & 0x1fff) * 8
            self.src, self.dst = data[12:16], data[16:20]
            self.payload = data[self.ihl:self.length]
            self.check_ok = checksum(data[:self.ihl]) == 0
        else:
            first, self.length, self.proto, self.ttl = \
                struct.unpack_from("!IHBB", data)
            self.tos, self.flow = first >> 20 & 255, first & 0xfffff
            self.src, self.dst = data[8:24], data[24:40]
            self.ihl = 40
            self.df, self.mf, self.offset, self.check_ok = True, False, 0, True
            self.payload = data[40:40 + self.length]
            self.length += 40
            if self.proto == FRAGMENT:
                frag, self.ident = struct.unpack_from("!HI", self.payload, 2)
                self.mf, self.offset = bool(frag & 1), frag & ~7
                self.proto = self.payload[0]
                self.payload = self.payload[8:]
                self.df = False

    @property
    def ecn(self):
        """ECN bits."""
        return self.tos & 3

    @property
    def dscp(self):
        """DSCP."""
        return self.tos >> 2

    def is_whole(self):
        """No fragment."""
        return not self.mf and not self.offset

    def udp(self):
        """sport, dport, length, checksum, data."""
        return (*struct.unpack_from("!HHHH", self.payload), self.payload[8:])

    def udp_check_ok(self):
        """The UDP checksum fits."""
        return checksum(pseudo(self.src, self.dst, UDP, len(self.payload)) +
                        self.payload) == 0

    def spi_seq(self):
        """Of plain ESP."""
        return struct.unpack_from("!II", self.payload)


def fragments4(packet, size):
    """An IPv4 packet in fragments of size octets of payload."""
    p = Packet(packet)
    out = []
    for at in range(0, len(p.payload), size):
        part = p.payload[at:at + size]
        more = MF if at + size < len(p.payload) else 0
        out.append(ip4(p.src, p.dst, p.proto, part, p.tos, p.ident or 7,
                       more | at // 8, p.ttl))
    return out


def fragments6(packet, size, ident=77):
    """An IPv6 packet in fragments of size octets of payload."""
    p = Packet(packet)
    out = []
    for at in range(0, len(p.payload), size):
        part = p.payload[at:at + size]
        more = int(at + size < len(p.payload))
        head = struct.pack("!BBHI", p.proto, 0, at | more, ident)
        out.append(ip6(p.src, p.dst, FRAGMENT, head + part, p.tos))
    return out


def fragments(packet, size):
    """Fragments of either family."""
    return (fragments4 if packet[0] >> 4 == 4 else fragments6)(packet, size)


def forwarded(packet):
    """The same packet one hop later."""
    p = bytearray(packet)
    if p[0] >> 4 == 6:
        p[7] -= 1
        return bytes(p)
    p[8] -= 1
    ihl = (p[0] & 15) * 4
    p[10:12] = b"\0\0"
    p[10:12] = struct.pack("!H", checksum(bytes(p[:ihl])))
    return bytes(p)
