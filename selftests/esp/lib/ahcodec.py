# SPDX-License-Identifier: GPL-2.0-only
"""AH, written from RFC 4302 and independent of the module: seal and open."""
import os
import struct
import crypto
from crypto import BadTag
from espcodec import _INTEGS
from pkt import AH, DSTOPTS, HOPOPTS, ROUTING, checksum

HEADER = 12
# RFC 4302, A1: immutable options of IPv4.
_FIXED = {130, 133, 134, 148, 149}


def _mask4(head):
    """The header with zero where it changes on the way."""
    out = bytearray(head)
    out[1] = out[8] = 0
    out[6:8] = out[10:12] = b"\0\0"
    at = 20
    while at < len(out) and out[at]:
        size = 1 if out[at] == 1 else out[at + 1]
        if out[at] not in _FIXED and out[at] != 1:
            out[at:at + size] = bytes(size)
        at += size
    return bytes(out)


def _mask6(head):
    """The same with its extension headers."""
    out = bytearray(head)
    out[0] &= 0xf0
    out[1:4] = bytes(3)
    out[7] = 0
    kind, at = out[6], 40
    while at < len(out):
        size = (out[at + 1] + 1) * 8
        opt = at + 2
        while kind in (HOPOPTS, DSTOPTS) and opt < at + size:
            if not out[opt]:
                opt += 1
                continue
            n = out[opt + 1]
            if out[opt] & 0x20:
                out[opt + 2:opt + 2 + n] = bytes(n)
            opt += 2 + n
        kind, at = out[at], at + size
    return bytes(out)


def headers_len(packet):
    """Octets in front of AH: header, options, extension headers for all nodes."""
    if packet[0] >> 4 == 4:
        return (packet[0] & 15) * 4
    kind, at = packet[6], 40
    while kind in (HOPOPTS, ROUTING, DSTOPTS):
        kind, at = packet[at], at + (packet[at + 1] + 1) * 8
    return at


def _proto_at(packet):
    """Where the protocol of what follows the headers stands."""
    if packet[0] >> 4 == 4:
        return 9
    where, at = 6, 40
    while packet[where] in (HOPOPTS, ROUTING, DSTOPTS):
        where, at = at, at + (packet[at + 1] + 1) * 8
    return where


def with_length(packet):
    """Length and checksum of the IP header are made right."""
    p = bytearray(packet)
    if p[0] >> 4 == 6:
        p[4:6] = struct.pack("!H", len(p) - 40)
        return bytes(p)
    p[2:4] = struct.pack("!H", len(p))
    p[10:12] = b"\0\0"
    p[10:12] = struct.pack("!H", checksum(bytes(p[:(p[0] & 15) * 4])))
    return bytes(p)


class AhTransform:
    """Algorithm and key of one SA."""
    proto = AH

    def __init__(self, integ, key=None):
        self.cipher = "ah"
        self.integ = integ
        self.hash, size, self.icv = _INTEGS[integ]
        self.integ_key = os.urandom(size) if key is None else key

    def __str__(self):
        return "ah " + self.integ

    def attributes(self):
        """As attributes of sa-add."""
        return {"proto": "ah", "integ": self.integ,
                "integ_key": self.integ_key}

    def xfrm(self):
        """As XFRM names it."""
        return [("auth", "hmac(%s)" % self.hash, self.integ_key, self.icv * 8)]

    def length(self, family, unit=None):
        """Octets of the AH header."""
        unit = unit or (4 if family == 4 else 8)
        return -(-(HEADER + self.icv) // unit) * unit

    def overhead(self, size):
        """Octets of the AH packet around size octets of payload."""
        return self.length(6) + size

    def _icv(self, head, ah, payload, high):
        family = head[0] >> 4
        data = (_mask4 if family == 4 else _mask6)(head)
        data += ah[:HEADER] + bytes(self.icv) + ah[HEADER + self.icv:]
        data += payload
        if high is not None:
            data += struct.pack("!I", high)
        return crypto.mac(self.hash, self.integ_key, data, self.icv)

    def seal(self, spi, seq, packet, esn=False, unit=None, padding=None):
        """An IP packet with AH behind its headers."""
        at = headers_len(packet)
        head = bytearray(packet[:at])
        size = self.length(packet[0] >> 4, unit)
        where = _proto_at(packet)
        ah = struct.pack("!BBHII", head[where], size // 4 - 2, 0, spi,
                         seq & 0xffffffff) + bytes(self.icv)
        pad = size - len(ah)
        ah += bytes(pad) if padding is None else padding[:pad]
        head[where] = AH
        # The length counts.
        whole = with_length(bytes(head) + ah + packet[at:])
        icv = self._icv(whole[:at], ah, packet[at:], seq >> 32 if esn else None)
        return whole[:at] + ah[:HEADER] + icv + ah[HEADER + self.icv:] + \
            packet[at:]

    def open(self, packet, high=None):
        """SPI, number, next header, payload; the ICV is checked."""
        at = headers_len(packet)
        nexthdr, words, reserved, spi, seq = \
            struct.unpack_from("!BBHII", packet, at)
        size = (words + 2) * 4
        if size != self.length(packet[0] >> 4) or reserved:
            raise ValueError("AH header %s" % packet[at:at + 12].hex())
        ah, payload = packet[at:at + size], packet[at + size:]
        if any(ah[HEADER + self.icv:]):
            raise ValueError("padding is not zero")
        if self._icv(packet[:at], ah, payload, high) != \
                ah[HEADER:HEADER + self.icv]:
            raise BadTag()
        return spi, seq, nexthdr, payload


def all_ah():
    """Every transform of AH there is, with random keys."""
    return [AhTransform(i) for i in _INTEGS if i != "none"]
