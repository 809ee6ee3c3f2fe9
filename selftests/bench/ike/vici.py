# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of strongSwan's control protocol, vici: as much as the bench needs."""
import socket
import struct

REQUEST, RESPONSE, REGISTER, EVENT_OK, EVENT = 0, 1, 3, 5, 7
BEGIN, END, VALUE, LIST, ITEM, LIST_END = 1, 2, 3, 4, 5, 6


def name(kind, text):
    """An element that has a name."""
    return bytes((kind, len(text))) + text.encode()


def value(text):
    """Its value."""
    data = text if isinstance(text, bytes) else str(text).encode()
    return struct.pack(">H", len(data)) + data


def encode(tree):
    """A dictionary of values, lists and dictionaries."""
    out = b""
    for key, v in tree.items():
        if isinstance(v, dict):
            out += name(BEGIN, key) + encode(v) + bytes((END,))
        elif isinstance(v, list):
            items = b"".join(bytes((ITEM,)) + value(i) for i in v)
            out += name(LIST, key) + items + bytes((LIST_END,))
        else:
            out += name(VALUE, key) + value(v)
    return out


class Reader:
    """The same, back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def octets(self, n):
        """The next N."""
        self.at += n
        return self.data[self.at - n:self.at]

    def name(self):
        """Of an element."""
        return self.octets(self.octets(1)[0]).decode()

    def value(self):
        """Of an element."""
        n, = struct.unpack(">H", self.octets(2))
        return self.octets(n).decode(errors="replace")

    def items(self):
        """Of a list."""
        found = []
        while self.octets(1)[0] == ITEM:
            found.append(self.value())
        return found

    def tree(self):
        """All up to the end of a section."""
        found = {}
        while self.at < len(self.data):
            kind = self.octets(1)[0]
            if kind == END:
                break
            key = self.name()
            found[key] = (self.tree() if kind == BEGIN else
                          self.items() if kind == LIST else self.value())
        return found


class Vici:
    """A connection."""

    def __init__(self, path):
        self.sk = socket.socket(socket.AF_UNIX)
        self.sk.settimeout(120)
        self.sk.connect(path)

    def send(self, kind, what, tree=None):
        """One packet."""
        data = name(kind, what) + (encode(tree) if tree else b"")
        self.sk.sendall(struct.pack(">I", len(data)) + data)

    def exactly(self, n):
        """So many octets."""
        data = b""
        while len(data) < n:
            part = self.sk.recv(n - len(data))
            if not part:
                raise ConnectionError("vici: it has gone")
            data += part
        return data

    def recv(self):
        """Kind and body of the next packet."""
        n, = struct.unpack(">I", self.exactly(4))
        data = self.exactly(n)
        if data[0] == EVENT:
            return EVENT, Reader(data[2 + data[1]:]).tree()
        return data[0], Reader(data[1:]).tree()

    def call(self, what, **tree):
        """A command that must succeed."""
        self.send(REQUEST, what, tree)
        kind, answer = self.recv()
        if kind != RESPONSE or answer.get("success") == "no":
            raise RuntimeError("vici: %s: %s" % (what, answer))
        return answer

    def stream(self, what, event, **tree):
        """What a command tells in events."""
        self.send(REGISTER, event)
        self.recv()
        self.send(REQUEST, what, tree)
        rows = []
        while True:
            kind, answer = self.recv()
            if kind == RESPONSE:
                return rows
            if kind == EVENT:
                rows.append(answer)
