#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""What goes in comes out again: objects with every attribute, their answers,
dumps by filter, changes, counters and settings at their start."""
import errno
import socket

import nltest
from nltest import KEY, SELECTOR, rule, sa_in, sa_key, sa_out

SPEC = nltest.Contract()
ENUMS = SPEC.enums
CLIENT = None


def plain(aset, values):
    """As an answer says it: names of values as numbers."""
    out = {}
    for name, value in values.items():
        spec = SPEC.sets[aset][name]
        if isinstance(value, str) and "enum" in spec:
            value = sum(ENUMS[spec["enum"]][w] for w in value.split("|"))
        elif isinstance(value, list):
            value = [plain(spec["nested-attributes"], v) if isinstance(v, dict)
                     else v for v in value]
        elif isinstance(value, dict):
            value = plain(spec["nested-attributes"], value)
        if "key" not in name:
            out[name] = value
    return out


def differences(aset, sent, got):
    want = plain(aset, sent)
    odd = [f"{k}: sent {v}, got {got.get(k)}" for k, v in want.items()
           if not covers(got.get(k), v)]
    return odd


def covers(got, want):
    """A nest may say more, such as a mask or a limit that was left out."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(covers(got.get(k), v)
                                             for k, v in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and \
            all(covers(g, w) for g, w in zip(got, want))
    return got == want


SELECTORS = [
    {"family": 2, "proto": 6, "src": "10.1.0.0", "src-mask": "255.255.0.255",
     "dst": "10.2.3.4", "dst-mask": "255.255.255.255", "sport-min": 1000,
     "sport-max": 2000, "dport-min": 80, "dport-max": 80, "sport-not": True},
    {"family": 2, "proto": 1, "sport-min": 8, "sport-max": 8, "dport-min": 0,
     "dport-max": 0},
    {"family": 0, "proto": 0},
    {"family": 2, "proto": 17, "dport-min": 53, "dport-max": 53,
     "dport-not": True},
]
FULL_OUT = sa_out(
    spi=0xfffffffe, pair=0x1000, flags="esn|standby|no-ecn|set-dscp|frag-after", df="clear", mss=1300,
    tfc_pad=1000, out_mark=0xfffffffe,
    dscp=46, encap_local_port=4500, encap_remote_port=40000, keepalive=20,
    soft={"bytes": 1 << 40, "packets": 5, "seconds": 60},
    hard={"bytes": 1 << 41, "packets": 6, "seconds": 90},
    idle=30, seq=1 << 33, selector=SELECTORS, icv_len=12)
FULL_IN = sa_in(
    flags="esn|decap-dscp|roam|negotiated", df="set", mss=65535, replay_window=4096, seq=(1 << 33) + 5,
    cipher="aes-cbc", cipher_key=bytes(range(32)), integ="hmac-sha256-128",
    integ_key=bytes(range(32)), selector=SELECTORS[:1], hard={"seconds": 1000})
V6 = sa_out(spi=0x3000, local="2001:db8::1", remote="2001:db8::2", mode="transport",
            selector=[{"family": 10, "proto": 58, "src": "2001:db8::1",
                       "src-mask": "ffff:ffff::ffff"}])


def sas(tap):
    ctl = CLIENT
    sock = encap_socket(ctl)
    for name, sa in (("inbound", FULL_IN), ("outbound", FULL_OUT), ("ipv6", V6)):
        given = ctl.do("sa-add", sa)
        got = ctl.do("sa-get", sa_key(sa))
        sent = dict(sa)
        if "flags" in sa:
            sent["flags"] = "|".join(w for w in sa["flags"].split("|") if w != "standby")
        odd = differences("sa", sent, got)
        if given != {"id": got["id"], "spi": sa["spi"]}:
            odd.append(f"answer to sa-add is {given}")
        if (got["id"] & 1) != (sa["dir"] == "out"):
            odd.append(f"connection number {got['id']} is of the wrong parity")
        tap.all_good(f"{name} sa comes back as it was given", odd)
    out, inb = (ctl.do("sa-get", sa_key(s)) for s in (FULL_OUT, FULL_IN))
    tap.expect("a pair has numbers next to each other", out["id"], inb["id"] + 1)
    tap.expect("lengths of the keys", (out["key-bits"], inb["key-bits"]), (128, 256))
    tap.expect("icv lengths", (out["icv-len"], inb["icv-len"]), (12, 16))
    tap.expect("states", [s["state"] for s in (out, inb, ctl.do("sa-get", sa_key(V6)))],
               [ENUMS["sa-state"][x] for x in ("standby", "active", "active")])
    tap.check("a driver is named", out.get("driver") and inb.get("driver"), out)
    zero = set(out["stats"].values()) | set(inb["stats"].values())
    tap.check("all counters are there, at zero",
              zero == {0} and len(out["stats"]) == len(SPEC.sets["stats"]) - 1, out)
    tap.check("never used", "unused" not in out and "unused" not in inb, out)
    tap.expect("the default window",
               (ctl.do("sa-add", sa_in(spi=0x4000)),
                ctl.do("sa-get", sa_key(sa_in(spi=0x4000)))["replay-window"])[1], 64)
    sock.close()


def encap_socket(ctl):
    """A socket that the module may use, so that UDP encapsulation can be asked."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", 4500))
    ctl.do("encap-add", {"fd": sock.fileno()})
    return sock


def dumps(tap):
    ctl = CLIENT
    spis = lambda **f: sorted(s["spi"] for s in ctl.dump("sa-get", f))
    tap.expect("dump of all", spis(), [0x1000, 0x3000, 0x4000, 0xfffffffe])
    tap.expect("dump of a direction", spis(dir="out"), [0x3000, 0xfffffffe])
    tap.expect("dump of a peer", spis(remote="2001:db8::2"), [0x3000])
    tap.expect("dump of nothing", spis(policy=99), [])
    tap.expect("stats know how many", ctl.do("stats-get")["sas"], 4)


def update(tap):
    ctl = CLIENT
    key = sa_key(FULL_OUT)
    ctl.do("sa-update", key | {
        "state": "active", "idle": 99, "keepalive": 7, "encap-remote-port": 4501,
        "hard": {"packets": 1000}, "soft": {"packets": 900}})
    got = ctl.do("sa-get", key)
    tap.expect("update of an outbound sa",
               [got.get(k) for k in ("state", "idle", "keepalive", "encap-remote-port")]
               + [got["hard"]["packets"], got["soft"]["packets"], got["hard"]["bytes"]],
               [ENUMS["sa-state"]["active"], 99, 7, 4501, 1000, 900, 0])
    ctl.do("sa-update", key | {"new-remote": "192.0.2.77"})
    tap.expect("the old address names it no more", ctl.ask("sa-get", key).err, errno.ENOENT)
    got = ctl.do("sa-get", key | {"remote": "192.0.2.77"})
    tap.expect("the peer moved", got["remote"], "192.0.2.77")
    key = key | {"remote": "192.0.2.77"}
    ctl.do("sa-update", key | {"local": "192.0.2.78"})
    got = ctl.do("sa-get", key)
    tap.expect("and we did", [got["local"], got["remote"]], ["192.0.2.78", "192.0.2.77"])
    tap.expect("the other family is refused",
               ctl.ask("sa-update", sa_key(FULL_IN) | {"new-remote": "2001:db8::9"}).err,
               errno.EINVAL)
    tap.expect("for our address too",
               ctl.ask("sa-update", sa_key(FULL_IN) | {"local": "2001:db8::9"}).err,
               errno.EINVAL)


def larval(tap):
    ctl = CLIENT
    given = ctl.do("sa-alloc-spi", {"proto": 50, "min-spi": 0x500, "max-spi": 0x500})
    tap.expect("an spi of a range of one", given["spi"], 0x500)
    ans = ctl.ask("sa-alloc-spi", {"proto": 50, "min-spi": 0x500, "max-spi": 0x500})
    tap.check("the range is used up then", ans.err == errno.ENOSPC and ans.msg, ans)
    sa = sa_in(spi=0x500)
    got = ctl.do("sa-get", sa_key(sa))
    tap.expect("a reserved spi has a name, a state and an age", sorted(got),
               ["age", "dir", "id", "proto", "spi", "state"])
    tap.expect("its state is larval", got["state"], ENUMS["sa-state"]["larval"])
    ctl.do("sa-alloc-spi", {"proto": 50, "min-spi": 0x501, "max-spi": 0x501,
                            "remote": "2001:db8::5"})
    tap.expect("it shows the peer that it is for",
               ctl.do("sa-get", sa_key(sa_in(spi=0x501)))["remote"], "2001:db8::5")
    tap.expect("and is found by it",
               [s["spi"] for s in ctl.dump("sa-get", {"remote": "2001:db8::5"})], [0x501])
    ctl.do("sa-del", sa_key(sa_in(spi=0x501)))
    done = ctl.do("sa-add", sa)
    tap.expect("completing it keeps the number", done["id"], given["id"])
    tap.expect("a second time is refused", ctl.ask("sa-add", sa).err, errno.EEXIST)


def rules(tap):
    ctl = CLIENT
    pol = rule(selector=SELECTORS[0], peer=["192.0.2.2", "2001:db8::7"])
    one = ctl.do("policy-add", pol)["id"]
    got = ctl.do("policy-get", {"id": one})
    tap.all_good("a rule comes back as it was given", differences("policy", pol, got))
    tap.expect("no sa serves it",
               [got[k] for k in ("out-spi", "in-sas", "out-sas", "held")], [0] * 4)
    ctl.do("policy-add", rule(index=2, action="bypass", peer=None))
    ctl.do("policy-add", rule(seq=5, action="discard", peer=None, id=700))
    ctl.do("policy-add", rule(map="a", peer=None))
    ctl.do("policy-add", rule(seq=20, staged=True))
    order = [(p["map"], p["seq"], p["index"]) for p in ctl.dump("policy-get")]
    tap.expect("rules in force in order", order,
               [("a", 10, 1), ("m", 5, 1), ("m", 10, 1), ("m", 10, 2)])
    place = {"map": "m", "seq": 20, "index": 1}
    tap.check("a staged rule is told by its name only",
              ctl.do("policy-get", place).get("staged"))
    tap.expect("rules of one map",
               [p["seq"] for p in ctl.dump("policy-get", {"map": "a"})], [10])
    tap.expect("a number of one's choice",
               ctl.do("policy-get", {"map": "m", "seq": 5, "index": 1})["id"], 700)
    same = ctl.do("policy-add", rule(selector=SELECTORS[0], peer=["192.0.2.3"]))["id"]
    tap.expect("a rule at a place that is taken only brings its peers",
               (same, ctl.do("policy-get", {"id": one})["peer"]), (one, ["192.0.2.3"]))
    inb, out = sa_in(spi=0x7000, policy=one), sa_out(spi=0x7001, policy=one)
    ctl.do("sa-add", inb)
    ctl.do("sa-add", out)
    got = ctl.do("policy-get", {"id": one})
    tap.expect("its sas",
               [got.get(k) for k in ("out-spi", "out-remote", "in-sas", "out-sas")],
               [0x7001, "192.0.2.2", 1, 1])
    tap.expect("the sas of a rule",
               sorted(s["spi"] for s in ctl.dump("sa-get", {"policy": one})),
               [0x7000, 0x7001])
    ctl.do("map-commit", {"name": "m"})
    tap.check("commit puts the staged rule in force",
              "staged" not in ctl.do("policy-get", place))
    tap.expect("stats know how many",
               [ctl.do("stats-get")[k] for k in ("policies", "maps")], [5, 2])


def maps(tap):
    ctl = CLIENT
    ctl.do("map-bind", {"name": "m", "ifindex": 1, "local4": "192.0.2.1",
                        "local6": "2001:db8::1"})
    got = ctl.do("map-get", {"ifindex": 1})
    tap.expect("a binding comes back",
               [got.get(k) for k in ("name", "ifindex", "local4", "local6", "policies")],
               ["m", 1, "192.0.2.1", "2001:db8::1", 4])
    tap.expect("dump of bindings and unbound maps",
               sorted((m["name"], m.get("ifindex", 0)) for m in ctl.dump("map-get")),
               [("a", 0), ("m", 1)])
    tap.expect("of one map", [m["name"] for m in ctl.dump("map-get", {"name": "a"})],
               ["a"])
    ctl.do("map-unbind", {"ifindex": 1})
    tap.expect("unbound", ctl.ask("map-get", {"ifindex": 1}).err, errno.ENOENT)


def flushes(tap):
    ctl = CLIENT
    tap.expect("flush of a map", ctl.do("policy-flush", {"map": "m"})["count"], 4)
    tap.expect("its sas went with it", ctl.dump("sa-get", {"policy": 700}), [])
    tap.expect("flush of the rest", ctl.do("policy-flush")["count"], 1)
    left = len(ctl.dump("sa-get"))
    outs = len(ctl.dump("sa-get", {"dir": "out"}))
    tap.expect("flush of a direction", ctl.do("sa-flush", {"dir": "out"})["count"], outs)
    tap.expect("flush of all", ctl.do("sa-flush")["count"], left - outs)
    tap.expect("nothing is left",
               [ctl.dump(c) for c in ("sa-get", "policy-get", "map-get")], [[]] * 3)


def settings(tap):
    ctl = CLIENT
    before = ctl.do("conf-get")
    tap.expect("all settings", sorted(before), sorted(SPEC.sets["conf"]))
    new = {"exclusive": 1, "max-sas": 10, "max-policies": 11, "max-acquires": 12,
           "hold-packets": 13, "acquire-timeout": 14, "larval-timeout": 15,
           "drop-threshold": 16}
    ctl.do("conf-set", new)
    tap.expect("settings come back", ctl.do("conf-get"), new)
    ans = ctl.ask("conf-set", {"drop-threshold": 99, "max-sas": 0xffffffff})
    tap.expect("one bad setting: none is changed", (ans.err, ctl.do("conf-get")),
               (errno.EINVAL, new))
    ctl.do("conf-set", {"max-sas": 1, "max-policies": 1})
    ctl.do("sa-add", sa_in())
    full = [ctl.ask("sa-add", sa_in(spi=0x1001)),
            ctl.ask("sa-alloc-spi", {"proto": 50})]
    ctl.do("policy-add", rule())
    full.append(ctl.ask("policy-add", rule(index=2)))
    tap.check("limits hold", all(a.err == errno.ENOSPC and a.msg for a in full),
              "\n".join(map(str, full)))
    ctl.do("sa-flush")
    ctl.do("policy-flush")
    ctl.do("conf-set", before)
    stats = ctl.do("stats-get")
    tap.expect("every drop reason has a counter",
               sorted(d["reason"] for d in stats["drops"]),
               sorted(v for k, v in ENUMS["drop"].items() if v))
    tap.check("all counters are there", set(stats) == set(SPEC.sets["ns"])
              - {"pad", "reason", "packets"}, stats)


def main():
    global CLIENT
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(57)
    CLIENT = nltest.Client(SPEC)
    for part in (sas, dumps, update, larval, rules, maps, flushes, settings):
        part(tap)
    tap.end()


if __name__ == "__main__":
    main()
