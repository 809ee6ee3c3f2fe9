# SPDX-License-Identifier: GPL-2.0-only
"""Inner packets that an authenticated but hostile partner might send."""
import struct
from pkt import (DSTOPTS, ESP, FRAGMENT, HOPOPTS, ICMP, ICMPV6, IPIP, IPV6, MF,
                 NONE, ROUTING, TCP, UDP, icmp, icmp6, ip, ip4, ip6, ipx, tcp,
                 udp, udp_packet)

AH = 51
# What may stand in a chain; ESP and UDP do not, so that none leads to a gateway.
CHAIN = (HOPOPTS, ROUTING, FRAGMENT, AH, DSTOPTS, 135, 139, 140, NONE, ICMPV6,
         TCP, 253)


class Hostile:
    """Makes packets; the same ones again from the same generator of numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.shapes = [getattr(self, n) for n in sorted(dir(self))
                       if n.startswith("shape_")]

    def octets(self, most):
        """Up to so many, short ones as often as long ones."""
        short = min(most, self.rng.choice((2, 9, 41, most)))
        return self.rng.randbytes(self.rng.randrange(short + 1))

    def number(self, bits):
        """Borders, small numbers, anything."""
        top = (1 << bits) - 1
        return self.rng.choice((0, 1, 2, 3, 4, 5, 7, 8, 19, 20, 21, 39, 40, 41,
                                255, top, top - 1, top >> 1,
                                self.rng.getrandbits(bits))) & top

    def host(self, net, bad=False):
        """An address in a net, or beside it; never that of the gateway."""
        a = bytearray(ip(net))
        a[-1] = self.rng.choice((2, self.rng.randrange(2, 255)))
        if bad:
            a[self.rng.randrange(2)] ^= 1 << self.rng.randrange(8)
        return bytes(a)

    def ends(self, sel, bad=False):
        """Source and destination as a selector wants them, or not."""
        which = self.rng.randrange(1, 4) if bad else 0
        return (self.host(sel.src, which & 1), self.host(sel.dst, which & 2))

    def good(self, sel):
        """What the SA is for."""
        src, dst = self.ends(sel)
        data = self.octets(200)
        proto = sel.proto or self.rng.choice((UDP, UDP, TCP, ICMP, 132, 47))
        low, high = sel.sport
        sport = self.rng.randrange(low, high + 1)
        if proto == UDP:
            return udp_packet(src, dst, sport, 9, data)
        if proto == TCP:
            return ipx(src, dst, TCP, tcp(src, dst, sport, 80, 1, 1,
                                          self.rng.randrange(256), data))
        return ipx(src, dst, proto, data + bytes(8))

    def next_of(self, inner):
        """The next header that belongs to a packet."""
        return IPV6 if inner[:1] and inner[0] >> 4 == 6 else IPIP

    # --- shapes: (packet, next header) each ------------------------------------

    def shape_good(self, sel):
        """So that something passes."""
        p = self.good(sel)
        return p, self.next_of(p)

    def shape_elsewhere(self, sel):
        """Addresses that are not the SA's."""
        src, dst = self.ends(sel, True)
        p = udp_packet(src, dst, self.number(16), self.number(16), b"elsewhere")
        return p, self.next_of(p)

    def shape_other_ports(self, sel):
        """Its addresses, any protocol, any ports, perhaps not even those."""
        src, dst = self.ends(sel)
        p = ipx(src, dst, self.rng.choice((UDP, TCP, 132, ICMP, ICMPV6)),
                self.octets(60))
        return p, self.next_of(p)

    def shape_next_header(self, sel):
        """Any next header on top of a good packet."""
        return self.good(sel), self.rng.randrange(256)

    def shape_other_family(self, sel):
        """The packet of a family behind the next header of the other."""
        p = self.good(sel)
        if self.rng.randrange(2):
            p = bytes((p[0] & 15 | (0x60 if p[0] >> 4 == 4 else 0x40),)) + p[1:]
        return p, self.rng.choice((IPIP, IPV6))

    def shape_not_its_family(self, sel):
        """The other family altogether."""
        p = udp_packet(*(("10.2.0.9", "10.1.0.9") if len(ip(sel.src)) == 16
                         else ("fd02::9", "fd01::9")), 1000, 9, b"family")
        return p, self.next_of(p)

    def shape_cut(self, sel):
        """A piece of a packet, or nothing."""
        p = self.good(sel)
        return p[:self.rng.randrange(len(p))], self.next_of(p)

    def shape_empty(self, _):
        """No payload at all."""
        return b"", self.rng.choice((IPIP, IPV6, NONE, UDP, 0))

    def shape_random(self, _):
        """Noise that begins like IP."""
        p = self.octets(300)
        if p and self.rng.randrange(4):
            p = bytes((self.rng.choice((0x45, 0x46, 0x4f, 0x60)),)) + p[1:]
        return p, self.rng.choice((IPIP, IPV6))

    def shape_flipped(self, sel):
        """Some bits of a header."""
        p = bytearray(self.good(sel))
        for _ in range(self.rng.randrange(1, 5)):
            p[self.rng.randrange(min(len(p), 44))] ^= \
                1 << self.rng.randrange(8)
        return bytes(p), self.next_of(p)

    def shape_length(self, sel):
        """Length and header length that lie."""
        src, dst = self.ends(sel)
        body = udp(src, dst, 1000, 9, self.octets(100))
        if len(src) == 16:
            return ip6(src, dst, UDP, body, length=self.number(16)), IPV6
        lies = {}
        if self.rng.randrange(3):
            lies["tot_len"] = self.number(16)
        if self.rng.randrange(3):
            lies["ihl"] = self.rng.randrange(16)
        if not self.rng.randrange(8):
            lies["version"] = self.rng.randrange(16)
        return ip4(src, dst, UDP, body, **lies), IPIP

    def shape_options(self, sel):
        """Options of IPv4 with any length, source routes among them."""
        src, dst = self.ends(sel)
        if len(src) == 16:
            return self.shape_chain(sel)
        options = bytearray(self.rng.randbytes(4 * self.rng.randrange(1, 11)))
        options[0] = self.rng.choice((0, 1, 7, 68, 130, 131, 137, 148, 255))
        options[1] = self.number(8)
        return ip4(src, dst, UDP, udp(src, dst, 1000, 9, b"options"),
                   options=bytes(options)), IPIP

    def shape_chain(self, sel):
        """Extension headers, as many as fit and with any length."""
        src, dst = self.ends(sel)
        if len(src) == 4:
            return self.shape_options(sel)
        kinds = [self.rng.choice(CHAIN)
                 for _ in range(self.rng.choice((1, 2, 3, 8, 9, 30)))]
        body = b""
        for n, kind in enumerate(kinds):
            after = kinds[n + 1] if n + 1 < len(kinds) else \
                self.rng.choice((NONE, TCP, ICMPV6, sel.proto or 253))
            if kind == FRAGMENT:
                body += struct.pack("!BBHI", after, 0, self.number(16) & ~6, 7)
                continue
            size = self.rng.choice((0, 0, 0, 1, self.number(8)))
            data = bytes(6) if self.rng.randrange(3) else self.rng.randbytes(6)
            body += bytes((after, size)) + data + \
                bytes(8 * min(size, 3) if self.rng.randrange(4) else 0)
        p = ip6(src, dst, kinds[0], body + self.octets(40))
        return p, IPV6

    def shape_jumbo(self, sel):
        """A jumbogram, true or not (RFC 2675)."""
        src, dst = self.ends(sel)
        if len(src) == 4:
            return ip4(src, dst, TCP, self.octets(1200), tot_len=0), IPIP
        option = struct.pack("!BBBBI", TCP, 0, 0xc2, 4, self.number(32))
        return ip6(src, dst, HOPOPTS, option + self.octets(400), length=0), IPV6

    def shape_fragment(self, sel):
        """A fragment: any offset, any size."""
        src, dst = self.ends(sel)
        data = self.octets(300)
        more = self.rng.randrange(2)
        at = self.number(13)
        if len(src) == 4:
            return ip4(src, dst, self.rng.choice((UDP, TCP, ICMP)), data,
                       ident=self.rng.randrange(4), frag=at | more * MF), IPIP
        head = struct.pack("!BBHI", self.rng.choice((UDP, TCP, ICMPV6)), 0,
                           at << 3 | more, self.rng.randrange(4))
        return ip6(src, dst, FRAGMENT, head + data), IPV6

    def shape_icmp_error(self, sel):
        """An error that quotes what the partner carried, or did not."""
        src, dst = self.ends(sel)
        bad = self.rng.randrange(2)
        there, here = self.ends(sel, bad)
        sport = self.rng.randrange(sel.sport[0], sel.sport[1] + 1) \
            if not self.rng.randrange(3) else self.number(16)
        quoted = udp_packet(here, there, 9, sport, b"quoted")
        quoted = quoted[:self.rng.choice((len(quoted), 8, 20, 24, 28, 40, 44))]
        if self.rng.randrange(2):
            src = self.host(sel.src, True)
        kind = self.rng.randrange(20) if self.rng.randrange(3) else 3
        if len(src) == 4:
            return ip4(src, dst, ICMP, icmp(kind, self.number(4), 0, quoted)), IPIP
        return ip6(src, dst, ICMPV6, icmp6(src, dst, kind % 6, 0, 1280, quoted)), IPV6

    def shape_expired(self, sel):
        """The last hop, and checksums that are wrong."""
        src, dst = self.ends(sel)
        data = udp(src, dst, 1000, 9, b"hops")
        if len(src) == 16:
            return ip6(src, dst, UDP, data, hops=self.rng.randrange(2)), IPV6
        p = bytearray(ip4(src, dst, UDP, data, ttl=self.rng.randrange(2)))
        p[10] ^= self.rng.randrange(2)
        return bytes(p), IPIP

    def shape_large(self, sel):
        """As long as a packet can be."""
        src, dst = self.ends(sel)
        return ipx(src, dst, TCP, bytes(self.rng.choice((2000, 9000, 40000)))), \
            IPV6 if len(src) == 16 else IPIP

    def shape_cipher(self, sel):
        """ESP and AH for somebody behind us: nothing of ours."""
        src, dst = self.ends(sel)
        p = ipx(src, dst, self.rng.choice((ESP, AH)), self.octets(100))
        return p, self.next_of(p)
