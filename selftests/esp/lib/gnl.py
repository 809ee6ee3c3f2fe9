# SPDX-License-Identifier: GPL-2.0-only
"""The module's netlink family, attributes by the names of the specification.

    gw = Gateway()
    gw.ask("sa-add", spi=4096, dir="in", ...)
"""
import ipaddress

import struct
import time
from ktap import wait_for
from netlink import NETLINK_GENERIC, NLA_F_NESTED, Netlink, Refused, attr, attrs
from spec import Spec

GENL_CTRL, CTRL_GETFAMILY = 16, 3
_INT = {"u8": "=B", "u16": "=H", "u32": "=I", "u64": "=Q"}
SPEC = Spec()
# Octets that are an address when they are as long as one.
_ADDRESSES = {"local", "remote", "src", "dst", "src-mask", "dst-mask", "peer",
              "new-remote", "local4", "local6", "out-remote"}

def addr_bytes(a):
    """Octets of an address given as text or octets."""
    if isinstance(a, bytes):
        return a
    return ipaddress.ip_address(a).packed

def addr_text(a):
    """Text of an address given as octets."""
    return str(ipaddress.ip_address(a)) if len(a) in (4, 16) else a.hex()

def _number(a, value):
    table = SPEC.enums.get(a.enum or "", {})
    if isinstance(value, str):
        words = value.split() if a.flags else [value]
        return sum(table[w] for w in words)
    if isinstance(value, (list, tuple, set)):
        return sum(table[w] for w in value)
    return int(value)

def _encode_one(a, value):
    if a.type == "nest":
        return attr(a.number | NLA_F_NESTED, encode(a.nested, value))
    if a.type == "flag":
        return attr(a.number, b"") if value else b""
    if a.type == "string":
        return attr(a.number, value.encode() + b"\0")
    if a.type == "binary":
        if a.name in _ADDRESSES:
            value = addr_bytes(value)
        return attr(a.number, value)
    return attr(a.number, struct.pack(_INT[a.type], _number(a, value)))

def encode(which, values):
    """Attributes of a set as octets."""
    out = b""
    table = SPEC.sets[which]
    for name, value in values.items():
        if value is None:
            continue
        a = table[name.replace("_", "-")]
        many = value if a.multi and isinstance(value, list) else [value]
        for one in many:
            out += _encode_one(a, one)
    return out

def _decode_one(a, value):
    if a.type == "nest":
        return decode(a.nested, value)
    if a.type == "flag":
        return True
    if a.type == "string":
        return value.rstrip(b"\0").decode()
    if a.type == "binary":
        return addr_text(value) if a.name in _ADDRESSES else value
    number = struct.unpack(_INT[a.type], value[:struct.calcsize(_INT[a.type])])[0]
    if a.enum and not a.flags:
        for name, v in SPEC.enums[a.enum].items():
            if v == number:
                return name
    return number

def decode(which, data):
    """Attributes of a set by name; lists where more than one may be."""
    table = {a.number: a for a in SPEC.sets[which].values()}
    out = {}
    for kind, value in attrs(data):
        a = table.get(kind)
        if a is None or a.type == "pad":
            continue
        value = _decode_one(a, value)
        if a.multi:
            out.setdefault(a.name, []).append(value)
        else:
            out[a.name] = value
    return out

class Gateway:
    """The module in a namespace."""

    def __init__(self, ns):
        self.ns = ns
        with ns:
            self._open()
        self._events = None
        self._pending = []

    def _open(self):
        self.nl = Netlink(NETLINK_GENERIC)
        body = struct.pack("=BBH", CTRL_GETFAMILY, 1, 0) + \
            attr(2, b"ipsecgw\0")
        info = dict(attrs(self.nl.ask(GENL_CTRL, 0, body)[0][4:]))
        self.family = struct.unpack("=H", info[1])[0]
        self.groups = {}
        for _, one in attrs(info.get(7, b"")):
            g = dict(attrs(one))
            self.groups[g[1].rstrip(b"\0").decode()] = \
                struct.unpack("=I", g[2])[0]

    def close(self):
        """Done."""
        self.nl.sock.close()
        if self._events:
            self._events.sock.close()

    def request(self, op, values):
        """A request for batch()."""
        body = struct.pack("=BBH", SPEC.ops[op], 1, 0) + \
            encode(SPEC.op_set[op], values)
        return self.family, 0, body

    def ask(self, op, **values):
        """One request; the reply's attributes, or None. Raises Refused."""
        replies = self.nl.ask(*self.request(op, values))
        if not replies:
            return None
        return decode(SPEC.op_set[op], replies[0][4:])

    def batch(self, requests):
        """Many requests (op, values) at once; raises the first refusal."""
        answers = self.nl.batch([self.request(op, v) for op, v in requests])
        out = []
        for (op, _), (code, text, replies) in zip(requests, answers):
            if code:
                raise Refused(code, "%s: %s" % (op, text))
            out.append(decode(SPEC.op_set[op], replies[0][4:])
                       if replies else None)
        return out

    def dump(self, op, **values):
        """All objects of a dump."""
        _, _, body = self.request(op, values)
        return [decode(SPEC.op_set[op], d[4:])
                for d in self.nl.dump(self.family, body)]

    # --- short forms --------------------------------------------------------

    def sa_add(self, **values):
        """Add an SA: its attributes; proto is filled in."""
        values.setdefault("proto", "esp")
        return self.ask("sa-add", **values)

    def sa_get(self, spi, direction="in", remote=None, proto="esp"):
        """One SA."""
        return self.ask("sa-get", spi=spi, proto=proto, dir=direction,
                        remote=remote)

    def sa_del(self, spi, direction="in", remote=None):
        """Delete one SA."""
        return self.ask("sa-del", spi=spi, proto="esp", dir=direction,
                        remote=remote)

    def flush(self):
        """Delete all SAs; how many."""
        return self.ask("sa-flush")["count"]

    def stats(self):
        """Counters of the namespace: drops by reason, the others by name."""
        raw = self.ask("stats-get")
        out = {k: v for k, v in raw.items() if k != "drops"}
        out["drops"] = {d["reason"]: d["packets"] for d in raw["drops"]}
        return out

    def drops(self):
        """Drops that are not zero, by reason."""
        return {k: v for k, v in self.stats()["drops"].items() if v}

    def listen(self):
        """Collect events from now on, forget those before."""
        if not self._events:
            with self.ns:
                self._events = Netlink(NETLINK_GENERIC)
            self._events.join(self.groups["events"])
        while self._events.events(0):
            pass
        self._pending = []

    def events(self, timeout=0.0):
        """Events that have come: (name, attributes) each."""
        lot = self._events.events(timeout)
        while lot:
            for kind, _, _, body in lot:
                if kind != self.family:
                    continue
                op = SPEC.op_name[body[0]]
                self._pending.append((op, decode(SPEC.op_set[op], body[4:])))
            lot = self._events.events(0)
        out, self._pending = self._pending, []
        return out

    def event(self, name, timeout=5.0, **want):
        """Wait for an event with these attributes; others are kept."""
        end = time.monotonic() + timeout
        while True:
            seen = self.events(max(0.0, min(0.2, end - time.monotonic())))
            for i, (op, values) in enumerate(seen):
                if op == name and all(values.get(k.replace("_", "-")) == v
                                      for k, v in want.items()):
                    self._pending = seen[:i] + seen[i + 1:]
                    return values
            self._pending = seen
            if time.monotonic() > end:
                return None

    def drop_of(self, reason, want, limit=3.0):
        """Wait until a drop counter has a value; the value it has."""
        wait_for(limit, lambda: self.stats()["drops"][reason] >= want)
        return self.stats()["drops"][reason]
