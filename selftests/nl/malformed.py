#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Every command with every attribute too short, too long, of the wrong type,
out of range, unknown, and missing: error number, sentence and place."""
import errno
import os
import struct

import nltest
from nltest import attr, each_attr

SPEC = nltest.Contract()
OLD = os.uname().release.startswith("6.1.")

# A request of each command that is fine by itself, and what it cannot do
# without: the attribute and what the refusal says.
IN, PLACE = nltest.sa_in(), {"map": "m", "seq": 10, "index": 1}
NAME = [("spi", "spi is missing"), ("proto", "protocol is missing"),
        ("dir", "direction is missing")]
PLACES = [("map", "map name is missing"), ("seq", "sequence number is missing"),
          ("index", "index is missing")]
VALID = {
    "sa-add": (IN, NAME + [
        ("mode", "mode is missing"), ("local", "local address is missing"),
        ("remote", "remote address is missing"), ("cipher", "cipher is missing"),
        ("cipher-key", "cipher key is missing")]),
    "sa-update": (nltest.sa_key(IN) | {"idle": 5}, NAME),
    "sa-del": (nltest.sa_key(IN), NAME),
    "sa-get": (nltest.sa_key(IN), NAME),
    "sa-flush": ({"policy": 77}, []),
    "sa-alloc-spi": ({"proto": 50}, [("proto", "protocol is missing")]),
    "policy-add": (nltest.rule(), PLACES + [
        ("action", "action is missing"), ("selector", "selector is missing")]),
    "policy-del": (PLACE, PLACES),
    "policy-get": (PLACE, PLACES),
    "policy-flush": ({"map": "none"}, []),
    "map-bind": ({"name": "m", "ifindex": 1}, [
        ("name", "map name is missing"), ("ifindex", "interface is missing")]),
    "map-unbind": ({"ifindex": 1}, [("ifindex", "interface is missing")]),
    "map-get": ({"ifindex": 1}, [("ifindex", "interface is missing")]),
    "map-commit": ({"name": "m"}, [("name", "map name is missing")]),
    "encap-add": ({"fd": 1000000}, [("fd", "socket is missing")]),
    "encap-del": ({"fd": 1000000}, [("fd", "socket is missing")]),
    "conf-set": ({"drop-threshold": 0}, [(None, "nothing to change")]),
    "stats-get": ({}, []), "conf-get": ({}, []), "encap-get": ({}, []),
    "acquire-get": ({}, []),
}


def bad_payloads(spec):
    """(what, payload, nested flag, error, sentence) of one attribute."""
    kind, checks = spec["type"], spec.get("checks", {})
    number = {k: SPEC.defs[v]["value"] if v in SPEC.defs else v
              for k, v in checks.items() if k != "flags-mask"}
    if kind in nltest.INTS:
        size = struct.calcsize("=" + nltest.INTS[kind])
        low = max(number.get("min", 0), 1)
        good = low.to_bytes(size, "little")
        for what, data in (("short", good[:-1]), ("empty", b""),
                           ("long", good + b"\0")):
            yield what, data, False, errno.EINVAL, "invalid attribute length"
        yield "nested", good, True, errno.EINVAL, "NLA_F_NESTED not expected"
        out = [number["min"] - 1] if number.get("min") else []
        out += [number["max"] + 1] if "max" in number else []
        for value in out:
            yield (f"value {value}", value.to_bytes(size, "little"), False,
                   errno.ERANGE, "integer out of range")
        if "flags-mask" in checks:
            yield ("reserved bit", (1 << 31).to_bytes(size, "little"), False,
                   errno.EINVAL, "reserved bit set")
    elif kind == "flag":
        yield "long", b"\1", False, errno.ERANGE, "failed policy validation"
        yield "nested", b"", True, errno.EINVAL, "NLA_F_NESTED not expected"
    elif kind == "string":
        yield "empty", b"", False, errno.EINVAL, "failed policy validation"
        yield "unterminated", b"m", False, errno.EINVAL, "failed policy validation"
        yield ("long", b"m" * (number["max-len"] + 1) + b"\0", False,
               errno.EINVAL, "failed policy validation")
        yield "nested", b"m\0", True, errno.EINVAL, "NLA_F_NESTED not expected"
        yield "no name", b"\0", False, errno.EINVAL, "map name is empty"
        yield "blank", b"a b\0", False, errno.EINVAL, "not all printable"
        yield "escape", b"a\x1b[1m\0", False, errno.EINVAL, "not all printable"
    elif kind == "binary":
        least = number.get("exact-len", number.get("min-len"))
        most = number.get("exact-len", number.get("max-len"))
        for size in (0, least - 1, most + 1, 4096):
            yield (f"{size} octets", b"\1" * size, False, errno.ERANGE,
                   "size out of range")
        if least == 4 and most == 16:
            for size in (5, 15):
                yield (f"{size} octets", b"\1" * size, False, errno.EINVAL,
                       "neither 4 nor 16")
        yield "nested", b"\1" * least, True, errno.EINVAL, "NLA_F_NESTED not expected"
    elif kind == "nest":
        yield "flat", b"", False, errno.EINVAL, "NLA_F_NESTED is missing"
        yield "short", b"\0\0", True, errno.ERANGE, "failed policy validation"
        yield "bytes behind", b"\2\0\1\0", True, errno.EINVAL, None


class Judge:
    """Sends one wrong request at a time and remembers what is odd."""

    def __init__(self, ctl):
        self.ctl, self.odd, self.sent = ctl, [], 0

    def refused(self, what, cmd, body, err, msg, at=None, miss=None, dump=False):
        ans = self.ctl.do_raw(cmd, body, dump)
        self.sent += 1
        if dump and OLD:
            # 6.1 has no room for more than the number.
            at = miss = msg = None
        else:
            at = None if at is None else at + 20
        good = ans.err == err and not ans.parts
        good = good and (msg is None or msg in (ans.msg or ""))
        good = good and (at is None or ans.offset == at)
        good = good and (miss is None or ans.miss == miss)
        if not good:
            name = errno.errorcode.get(err, err)
            self.odd.append(f"{cmd}{' dump' if dump else ''}, {what}: {ans}, "
                            f"want {name} '{msg}' offset {at} missing {miss}")


def try_kind(judge, cmd, kind, base, required):
    """All malformed requests of one command, do or dump."""
    op, dump = SPEC.op[cmd], kind == "dump"
    aset = op["attribute-set"]
    attrs = SPEC.sets[aset]
    wants = SPEC.wants(op, kind)
    both = {a["name"] for a in SPEC.accepts(op)}
    last = max((attrs[n]["number"] for n in both), default=0)

    def body(values):
        return SPEC.encode(aset, values)

    for name in wants:
        spec = attrs[name]
        rest = body({k: v for k, v in base.items() if k != name})
        for what, data, nested, err, msg in bad_payloads(spec):
            judge.refused(f"{name} {what}", cmd,
                          rest + attr(spec["number"], data, nested), err, msg,
                          len(rest) if msg else None, dump=dump)
        if spec["type"] == "nest":
            try_nest(judge, cmd, rest, spec, dump)
    full = body(base)
    for name, spec in attrs.items():
        if name in wants:
            continue
        if name in both:
            msg = "does not belong to this kind of request"
        elif not last:
            msg = None
        else:
            msg = ("Unsupported attribute" if spec["number"] <= last
                   else "Unknown attribute type")
        judge.refused(f"foreign {name}", cmd,
                      full + attr(spec["number"], foreign(spec), spec["type"] == "nest"),
                      errno.EINVAL, msg, len(full) if msg else None, dump=dump)
    for number in (0, last + 1 if last else 2, 1000, 0x3fff):
        judge.refused(f"number {number}", cmd, full + attr(number, b"\0" * 4),
                      errno.EINVAL, "Unknown attribute type", len(full), dump=dump)
    judge.refused("bytes behind", cmd, full + b"\2\0\1\0", errno.EINVAL,
                  "bytes leftover", dump=dump)
    judge.refused("length beyond the end", cmd,
                  full + struct.pack("=HH", 400, 1) + b"\0" * 4, errno.EINVAL,
                  "bytes leftover", dump=dump)
    if not dump:
        for name, why in required:
            left = {k: v for k, v in base.items() if k != name and name}
            judge.refused(f"no {name}", cmd, body(left), errno.EINVAL, why,
                          miss=attrs[name]["number"] if name else None)


def foreign(spec):
    """A payload that would be fine elsewhere."""
    if spec["type"] in nltest.INTS:
        size = struct.calcsize("=" + nltest.INTS[spec["type"]])
        return spec.get("checks", {}).get("min", 0).to_bytes(size, "little")
    return {"string": b"m\0", "binary": b"\1\2\3\4"}.get(spec["type"], b"")


def try_nest(judge, cmd, rest, outer, dump):
    """The attributes inside a nest."""
    inner = SPEC.sets[outer["nested-attributes"]]
    for name, spec in inner.items():
        if spec["type"] == "pad":
            bad = [("pad", b"", False, errno.EINVAL, "Unsupported attribute")]
        else:
            bad = bad_payloads(spec)
        for what, data, nested, err, msg in bad:
            fill = b""
            if name in ("src", "dst", "src-mask", "dst-mask"):
                fill = SPEC.encode("selector", {"family": 2})
                if name.endswith("mask"):
                    fill += SPEC.encode("selector", {name[:3]: "10.0.0.0"})
            payload = fill + attr(spec["number"], data, nested)
            judge.refused(f"{outer['name']} {name} {what}", cmd,
                          rest + attr(outer["number"], payload, True), err, msg,
                          len(rest) + 4 + len(fill) if msg else None, dump=dump)
    judge.refused(f"{outer['name']} unknown inside", cmd,
                  rest + attr(outer["number"], attr(99, b"\0"), True),
                  errno.EINVAL, "Unknown attribute type", len(rest) + 4, dump=dump)


def state(ctl):
    """All that a request could have changed."""
    return {cmd: ctl.dump(cmd) for cmd in
            ("sa-get", "policy-get", "map-get", "encap-get", "acquire-get")} | \
        {cmd: ctl.do(cmd) for cmd in ("conf-get", "stats-get")}


def headers(ctl):
    """Commands and headers that do not exist."""
    odd = []
    for cmd in (0, len(SPEC.ops) + 1, SPEC.cmd["drop-ntf"], 255):
        for flags in (nltest.F_ACK, nltest.F_DUMP):
            ans = ctl.talk(ctl.family, cmd, b"", flags)
            if ans.err != errno.EOPNOTSUPP:
                odd.append(f"command {cmd}: {ans}")
    for op in SPEC.ops:
        for kind, flags in (("do", nltest.F_ACK), ("dump", nltest.F_DUMP)):
            if kind not in op:
                ans = ctl.talk(ctl.family, SPEC.cmd[op["name"]], b"", flags)
                if ans.err != errno.EOPNOTSUPP:
                    odd.append(f"{op['name']} has no {kind}: {ans}")
    return odd


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(2 + sum(("do" in op) + ("dump" in op) for op in SPEC.ops))
    ctl = nltest.Client(SPEC)
    before = state(ctl)
    tap.all_good("commands and kinds that do not exist", headers(ctl))
    for op in SPEC.ops:
        cmd = op["name"]
        base, required = VALID[cmd]
        for kind in ("do", "dump"):
            if kind not in op:
                continue
            judge = Judge(ctl)
            try_kind(judge, cmd, kind, base if kind == "do" else {}, required)
            tap.all_good(f"{cmd} {kind}: {judge.sent} malformed requests",
                         judge.odd)
    tap.expect("nothing was changed", state(ctl), before)
    tap.end()


if __name__ == "__main__":
    main()
