# SPDX-License-Identifier: GPL-2.0-only
"""Netlink messages: headers, attributes, batches of requests, dumps."""
import os
import select
import socket
import struct

NETLINK_ROUTE, NETLINK_GENERIC = 0, 16
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK = 1, 2, 4
NLM_F_CREATE, NLM_F_EXCL, NLM_F_DUMP = 0x400, 0x200, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLA_F_NESTED = 0x8000
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33
SOL_NETLINK, ADD_MEMBERSHIP, CAP_ACK, EXT_ACK = 270, 1, 10, 11


class Refused(Exception):
    """The kernel said no: errno in args[0], its sentence in args[1]."""

    def __str__(self):
        return "%s: %s" % (os.strerror(self.args[0]), self.args[1])


def attr(kind, data):
    """One attribute, padded."""
    head = struct.pack("=HH", len(data) + 4, kind)
    return head + data + bytes(-len(data) & 3)


def attrs(data):
    """All attributes of some octets: pairs of kind and value."""
    out, at = [], 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            break
        out.append((kind & 0x3fff, data[at + 4:at + size]))
        at += (size + 3) & ~3
    return out


class Netlink:
    """A netlink socket of the namespace that is current when it is made."""

    def __init__(self, proto, groups=0):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, proto)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.sock.bind((0, groups))
        self.seq = 0

    def join(self, group):
        """Receive the messages of a group."""
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, group)

    def message(self, kind, flags, body):
        """A request; its sequence number is self.seq."""
        self.seq += 1
        return struct.pack("=IHHII", len(body) + 16, kind,
                           flags | NLM_F_REQUEST, self.seq, 0) + body

    def messages(self, timeout=5.0):
        """What one receive brings: kind, flags, seq, body each."""
        if not select.select([self.sock], [], [], timeout)[0]:
            raise TimeoutError("no answer over netlink")
        data = self.sock.recv(1 << 18)
        out, at = [], 0
        while at + 16 <= len(data):
            size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data, at)
            out.append((kind, flags, seq, data[at + 16:at + size]))
            at += (size + 3) & ~3
        return out

    @staticmethod
    def _error(flags, body):
        code = -struct.unpack_from("=i", body)[0]
        text = ""
        if flags & NLM_F_ACK_TLVS:
            at = 20
            if not flags & NLM_F_CAPPED:
                at += struct.unpack_from("=I", body, 4)[0] - 16
            for kind, value in attrs(body[at:]):
                if kind == 1:
                    text = value.rstrip(b"\0").decode()
        return code, text

    def batch(self, requests):
        """Send (kind, flags, body) requests together and wait for all.

        Answers a list: for each request (errno, sentence, replies).
        """
        first = self.seq + 1
        data = b"".join(self.message(k, f | NLM_F_ACK, b)
                        for k, f, b in requests)
        self.sock.send(data)
        answer = [None] * len(requests)
        replies = [[] for _ in requests]
        left = len(requests)
        while left:
            for kind, flags, seq, body in self.messages():
                i = seq - first
                if i < 0 or i >= len(requests):
                    continue
                if kind == NLMSG_ERROR:
                    answer[i] = (*self._error(flags, body), replies[i])
                    left -= 1
                else:
                    replies[i].append(body)
        return answer

    def ask(self, kind, flags, body):
        """One request; its replies. Raises Refused."""
        code, text, replies = self.batch([(kind, flags, body)])[0]
        if code:
            raise Refused(code, text)
        return replies

    def dump(self, kind, body):
        """A dump request; bodies of all messages."""
        self.sock.send(self.message(kind, NLM_F_DUMP, body))
        out = []
        while True:
            for k, flags, seq, data in self.messages():
                if seq != self.seq:
                    continue
                if k == NLMSG_DONE:
                    return out
                if k == NLMSG_ERROR:
                    raise Refused(*self._error(flags, data))
                out.append(data)

    def events(self, timeout):
        """What arrives within the time, the first lot only."""
        try:
            return self.messages(timeout)
        except TimeoutError:
            return []
