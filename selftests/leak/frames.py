# SPDX-License-Identifier: GPL-2.0-only
"""Send packets past the stack. usage: frames.py DEV MAC COUNT KIND...

MAC is who shall get them. Each kind is sent COUNT times; all go from 10.1.0.2 to
10.2.0.2, or fd01::2 to fd02::2, as UDP to port 9, unless said otherwise.
"""
import errno
import socket
import struct
import sys

QDISC_BYPASS = 20
SOL_PACKET = 263
IP_NODEFRAG = 22


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def ipv4(src="10.1.0.2", dst="10.2.0.2", proto=17, frag=0, size=40,
         ports=(9, 9)):
    body = struct.pack("!HHHH", *ports, size, 0) + bytes(size - 8)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + size, 7, frag, 64, proto,
                       0, socket.inet_aton(src), socket.inet_aton(dst))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return head + body


def ipv6(src="fd01::2", dst="fd02::2"):
    body = struct.pack("!HHHH", 9, 9, 40, 1) + bytes(32)
    return struct.pack("!IHBB", 6 << 28, len(body), 17, 64) + socket.inet_pton(
        socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) + body


class Sender:
    def __init__(self, dev, mac):
        self.dev = dev
        self.mac = bytes.fromhex(mac.replace(":", ""))

    def frame(self, proto, data, says=None, bypass=False):
        """A whole frame; the socket says of it that it is something else."""
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        if bypass:
            s.setsockopt(SOL_PACKET, QDISC_BYPASS, 1)
        src = bytes.fromhex("020000000001")
        s.sendto(self.mac + src + struct.pack("!H", proto) + data,
                 (self.dev, proto if says is None else says))

    def plain(self):
        self.frame(0x800, ipv4())

    def v6(self):
        self.frame(0x86dd, ipv6())

    def lie(self):
        self.frame(0x800, ipv4(), says=0x88b5)

    def bypass(self):
        self.frame(0x800, ipv4(), bypass=True)

    def vlan0(self):
        self.frame(0x8100, struct.pack("!HH", 0, 0x800) + ipv4())

    def vlan5(self):
        self.frame(0x8100, struct.pack("!HH", 5, 0x800) + ipv4())

    def first(self):
        self.frame(0x800, ipv4(frag=0x2000))

    def later(self):
        self.frame(0x800, ipv4(frag=5))

    def tcp_later(self):
        self.frame(0x800, ipv4(proto=6, frag=5))

    def free(self):
        self.frame(0x800, ipv4(dst="10.9.9.9"))

    def answer(self):
        """From behind the other gateway."""
        self.frame(0x800, ipv4("10.2.0.2", "10.1.0.2"))

    def answer_v6(self):
        self.frame(0x86dd, ipv6("fd02::2", "fd01::2"))

    def answer_first(self):
        self.frame(0x800, ipv4("10.2.0.2", "10.1.0.2", frag=0x2000))

    def answer_later(self):
        self.frame(0x800, ipv4("10.2.0.2", "10.1.0.2", frag=5))

    def answer_free(self):
        self.frame(0x800, ipv4("10.9.9.9", "10.1.0.2"))

    def answer_error(self):
        """A router says something about a packet that it cannot have seen."""
        self.frame(0x800, ipv4("172.16.0.9", "10.1.0.2", proto=1, size=36,
                               ports=(0x0301, 0))[:28] + ipv4()[:28])

    def esp_error(self):
        """It may about ESP: to the gateway itself."""
        quote = ipv4("172.16.0.1", "172.16.0.2", proto=50)[:28]
        self.frame(0x800, ipv4("172.16.0.9", "172.16.0.1", proto=1, size=36,
                               ports=(0x0304, 0))[:28] + quote)

    def dgram(self):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        s.sendto(ipv4(), (self.dev, 0x800, 0, 0, self.mac))

    def hdrincl(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        s.sendto(ipv4(), ("10.2.0.2", 0))

    def nodefrag(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        s.setsockopt(socket.IPPROTO_IP, IP_NODEFRAG, 1)
        s.sendto(ipv4(frag=5), ("10.2.0.2", 0))


def main():
    sender = Sender(sys.argv[1], sys.argv[2])
    for kind in sys.argv[4:]:
        for _ in range(int(sys.argv[3])):
            try:
                getattr(sender, kind)()
            except OSError as e:
                # That is how a drop looks to a sender without a queue.
                if e.errno != errno.ENOBUFS:
                    raise


main()
