#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""Requests that are well-formed but make no sense: each is refused with a
sentence, the attribute at fault is marked, and nothing is changed."""
import errno

import nltest
from nltest import each_attr, rule, sa_in, sa_out, sa_key

SPEC = nltest.Contract()
CBC = {"cipher": "aes-cbc", "cipher-key": bytes(16), "integ": "hmac-sha1-96",
       "integ-key": bytes(20)}
V6 = {"local": "2001:db8::1", "remote": "2001:db8::2"}
UDP = {"encap-local-port": 4500, "encap-remote-port": 4500}
SEL6 = {"family": 10, "src": "2001:db8::"}
ESN = {"flags": "esn"}


def sel(**more):
    return {k.replace("_", "-"): v for k, v in more.items()}


def cbc(**more):
    return sa_in(**(CBC | {k.replace("_", "-"): v for k, v in more.items()}))


def ah(**more):
    none = {"proto": 51, "cipher": None, "cipher-key": None, "integ": "hmac-sha1-96",
            "integ-key": bytes(20)}
    return sa_in(**(none | {k.replace("_", "-"): v for k, v in more.items()}))


# What, command, attributes, part of the sentence, attribute at fault (behind a
# dot, inside of it; with "?", missing).
SAS = [
    ("family mix", sa_in(local="2001:db8::1"), "different families", "local"),
    ("family mix, other way", sa_in(remote="2001:db8::1"), "different families", "local"),
    ("local zero", sa_in(local="0.0.0.0"), "unspecified", "local"),
    ("local zero, v6", sa_in(**(V6 | {"local": "::"})), "unspecified", "local"),
    ("remote zero", sa_in(remote="0.0.0.0"), "unspecified", "remote"),
    ("remote multicast", sa_in(remote="224.0.0.1"), "multicast", "remote"),
    ("remote broadcast", sa_in(remote="255.255.255.255"), "broadcast", "remote"),
    ("remote multicast, v6", sa_in(**(V6 | {"remote": "ff02::1"})), "multicast", "remote"),
    ("integ beside combined", sa_in(integ="hmac-sha1-96", integ_key=bytes(20)),
     "combined cipher takes no integrity", "integ"),
    ("integ key beside combined", sa_in(integ_key=bytes(20)),
     "integrity key without", "integ-key"),
    ("no integ", cbc(integ=None, integ_key=None), "needs an integrity", "?integ"),
    ("integ none", cbc(integ="none", integ_key=None), "needs an integrity", "?integ"),
    ("no integ key", cbc(integ_key=None), "integrity key is missing", "?integ-key"),
    ("no key", cbc(cipher_key=None), "cipher key is missing", "?cipher-key"),
    ("null with key", cbc(cipher="null"), "null cipher takes no key", "cipher-key"),
    ("null alone", sa_in(cipher="null", cipher_key=None), "needs an integrity", "?integ"),
    ("icv of hmac", cbc(icv_len=12), "only a combined cipher", "icv-len"),
    ("icv odd", sa_in(icv_len=13), "", None),
    ("gcm key short", sa_in(cipher_key=bytes(19)), "", None),
    ("gcm key without salt", sa_in(cipher_key=bytes(16)), "", None),
    ("gcm key long", sa_in(cipher_key=bytes(128)), "", None),
    ("cbc key odd", cbc(cipher_key=bytes(17)), "", None),
    ("hmac key short", cbc(integ_key=bytes(19)), "", None),
    ("hmac key long", cbc(integ_key=bytes(21)), "", None),
    ("ah with cipher", ah(cipher="null"), "ah has no cipher", "cipher"),
    ("ah with cipher key", ah(cipher_key=bytes(16)), "ah has no cipher",
     "cipher-key"),
    ("ah without integ", ah(integ=None, integ_key=None), "ah needs an integrity",
     "?integ"),
    ("ah with integ none", ah(integ="none"), "ah needs an integrity", "?integ"),
    ("ah without key", ah(integ_key=None), "integrity key is missing", "?integ-key"),
    ("ah key long", ah(integ_key=bytes(21)), "", None),
    ("ah icv", ah(icv_len=12), "only a combined cipher", "icv-len"),
    ("ah in udp", ah(**UDP), "cannot pass a nat", "encap-local-port"),
    ("window 1", sa_in(replay_window=1), "32 to 4096", "replay-window"),
    ("window 31", sa_in(replay_window=31), "32 to 4096", "replay-window"),
    ("esn without window", sa_in(replay_window=0, **ESN), "need a replay window",
     "replay-window"),
    ("seq above 32 bits", sa_in(seq=1 << 32), "above 4294967295", "seq"),
    ("flag weak", sa_in(flags="weak"), "read only", "flags"),
    ("inbound standby", sa_in(flags="standby"), "for outbound", "flags"),
    ("dscp without flag", sa_out(dscp=46), "without flag set-dscp", "dscp"),
    ("flag without dscp", sa_out(flags="set-dscp"), "without a dscp", "?dscp"),
    ("local port alone", sa_in(encap_local_port=4500), "remote port",
     "?encap-remote-port"),
    ("remote port alone", sa_in(encap_remote_port=4500), "local port",
     "?encap-local-port"),
    ("keepalive alone", sa_out(keepalive=20), "without udp", "keepalive"),
    ("inbound keepalive", sa_in(keepalive=20, **UDP), "for outbound", "keepalive"),
    ("inbound pair", sa_in(pair=0x2000), "only an outbound", "pair"),
    ("pair reserved", sa_out(pair=255), "below 256", "pair"),
    ("soft above hard", sa_in(soft={"bytes": 2}, hard={"bytes": 1}),
     "soft limit is above", "soft"),
    ("soft above hard, packets", sa_in(soft={"packets": 2}, hard={"packets": 1}),
     "soft limit is above", "soft"),
    ("soft above hard, seconds", sa_in(soft={"seconds": 9}, hard={"seconds": 8}),
     "soft limit is above", "soft"),
    ("seconds", sa_in(hard={"seconds": 1 << 32}), "0 to 4294967295", "hard.seconds"),
    ("five selectors", sa_in(selector=[nltest.SELECTOR] * 5), "more than 4", None),
    ("no such rule", sa_in(policy=77), "no rule", None),
    ("transport, family", sa_in(mode="transport", selector=[SEL6]),
     "another family", "selector"),
]

SELECTORS = [
    ("family", sel(family=3), "0 (both), 2 (ipv4) or 10 (ipv6)", "family"),
    ("family 255", sel(family=255), "0 (both)", "family"),
    ("address without family", sel(src="10.0.0.0"), "selector's family", "src"),
    ("address of the other family", sel(family=2, src="2001:db8::"),
     "selector's family", "src"),
    ("v4 address of v6", sel(family=10, dst="10.0.0.0"), "selector's family", "dst"),
    ("mask without address", sel(family=2, src_mask="255.0.0.0"),
     "mask without", "src-mask"),
    ("mask of the other family", sel(family=2, dst="10.0.0.0", dst_mask="ffff::"),
     "mask is not", "dst-mask"),
    ("ports without protocol", sel(sport_min=1, sport_max=2), "ports need", "sport-min"),
    ("ports of gre", sel(proto=47, dport_min=1, dport_max=2), "ports need", "dport-min"),
    ("ports reversed", sel(proto=6, sport_min=2, sport_max=1), "above the highest",
     "sport-min"),
    ("dports reversed", sel(proto=17, dport_min=9, dport_max=8), "above the highest",
     "dport-min"),
    ("no lowest port", sel(proto=6, sport_max=1), "lacks its lowest", "sport-max"),
    ("no highest port", sel(proto=6, dport_min=1), "lacks its highest", "dport-min"),
    ("negation alone", sel(proto=6, sport_not=True), "without a port range",
     "sport-not"),
    ("negation of all", sel(proto=6, dport_min=0, dport_max=65535, dport_not=True),
     "matches nothing", "dport-not"),
    ("icmp type", sel(proto=1, sport_min=0, sport_max=256), "0 to 255", "sport-max"),
    ("icmp code", sel(proto=58, sport_min=1, sport_max=1, dport_min=0, dport_max=300),
     "0 to 255", "dport-max"),
    ("icmp code without type", sel(proto=1, dport_min=0, dport_max=0),
     "code without a type", "dport-min"),
]

CASES = [("sa-add", *c) for c in SAS]
CASES += [("policy-add", "selector, " + w, rule(selector=s), m, "selector." + a)
          for w, s, m, a in SELECTORS]
CASES += [("sa-add", "selector, " + w, sa_in(selector=[s]), m, "selector." + a)
          for w, s, m, a in SELECTORS]
KEY = sa_key(sa_in())
CASES += [
    ("sa-update", "nothing", KEY, "nothing to change", None),
    ("sa-update", "state larval", KEY | {"dir": "out", "state": "larval"},
     "only state active", "state"),
    ("sa-update", "inbound state", KEY | {"state": "active"}, "outbound", "state"),
    ("sa-update", "local", KEY | {"local": "224.0.0.1"}, "multicast", "local"),
    ("sa-update", "inbound keepalive", KEY | {"keepalive": 1}, "for outbound",
     "keepalive"),
    ("sa-update", "no host", KEY | {"new-remote": "224.0.0.1"}, "multicast",
     "new-remote"),
    ("sa-update", "soft above hard", KEY | {"soft": {"bytes": 2}, "hard": {"bytes": 1}},
     "soft limit is above", "soft"),
    ("sa-flush", "rule 0", {"policy": 0}, "rule number is 0", "policy"),
    ("sa-flush", "no host", {"remote": "0.0.0.0"}, "unspecified", "remote"),
    ("sa-alloc-spi", "range", {"proto": 50, "min-spi": 300, "max-spi": 299},
     "lowest spi is above", "min-spi"),
    ("policy-add", "peers of bypass", rule(action="bypass"), "has peers", "peer"),
    ("policy-add", "peers of discard", rule(action="discard"), "has peers", "peer"),
    ("policy-add", "nine peers", rule(peer=[f"192.0.2.{n}" for n in range(1, 10)]),
     "more than 8", None),
    ("policy-add", "peer twice", rule(peer=["192.0.2.1", "192.0.2.1"]),
     "named twice", None),
    ("policy-add", "peer zero", rule(peer=["0.0.0.0"]), "unspecified", "peer"),
    ("policy-del", "number 0", {"id": 0}, "rule number is 0", "id"),
    ("policy-del", "two names", {"id": 1, "map": "m"}, "not both", "id"),
    ("policy-get", "two names", {"id": 1, "index": 2}, "not both", "id"),
    ("map-bind", "interface", {"name": "m", "ifindex": 1 << 31},
     "1 to 2147483647", "ifindex"),
    ("map-bind", "local multicast",
     {"name": "m", "ifindex": 1, "local4": "224.0.0.1"}, "multicast", "local4"),
    ("map-bind", "local zero", {"name": "m", "ifindex": 1, "local6": "::"},
     "unspecified", "local6"),
    ("encap-add", "number", {"fd": 1 << 31}, "0 to 2147483647", "fd"),
    ("encap-del", "number", {"fd": 1 << 31}, "0 to 2147483647", "fd"),
    ("conf-set", "sas", {"max-sas": (1 << 24) + 1}, "0 to 16777216", "max-sas"),
    ("conf-set", "rules", {"max-policies": (1 << 20) + 1}, "0 to 1048576",
     "max-policies"),
    ("conf-set", "acquires", {"max-acquires": (1 << 20) + 1}, "0 to 1048576",
     "max-acquires"),
]

# Nothing is there to be found.
ABSENT = [
    ("sa-get", KEY), ("sa-del", KEY), ("sa-update", KEY | {"idle": 1}),
    ("sa-get", KEY | {"dir": "out"}), ("policy-get", {"id": 5}),
    ("policy-del", {"id": 5}), ("policy-del", {"map": "m", "seq": 1, "index": 1}),
    ("policy-get", {"map": "m", "seq": 1, "index": 1}),
    ("map-get", {"ifindex": 1}), ("map-unbind", {"ifindex": 1}),
    ("map-bind", {"name": "m", "ifindex": 4711}),
]


def offset_of(aset, data, path, base=20):
    """Where the named attribute begins in the message; None if it is missing."""
    head, _, tail = path.partition(".")
    spec = SPEC.sets[aset][head]
    for number, _, payload, pos in each_attr(data):
        if number == spec["number"]:
            if tail:
                return offset_of(spec["nested-attributes"], payload, tail,
                                 base + pos + 4)
            return base + pos
    return None


def try_case(ctl, case):
    cmd, what, values, msg, where = case
    aset = ctl.set_of(cmd)
    body = SPEC.encode(aset, values)
    ans = ctl.do_raw(cmd, body)
    want_err = errno.ENOENT if msg == "no rule" else errno.EINVAL
    odd = []
    if ans.err != want_err:
        odd.append(f"error is not {errno.errorcode[want_err]}")
    if not ans.msg or msg not in ans.msg:
        odd.append(f"sentence lacks '{msg}'")
    if ans.msg and (ans.msg != ans.msg[:1].lower() + ans.msg[1:] or
                    ans.msg.endswith((".", "\n"))):
        odd.append("sentence is not in lower case without an end mark")
    if where and where[0] == "?":
        if ans.miss != SPEC.number(aset, where[1:]):
            odd.append("the missing attribute is not told")
    elif where and ans.offset != offset_of(aset, body, where):
        odd.append(f"attribute {where} is not marked")
    return [f"{cmd}, {what}: {ans}: " + "; ".join(odd)] if odd else []


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(8)
    ctl = nltest.Client(SPEC)
    tap.expect("the object that the cases are made from is fine",
               sorted(ctl.do("sa-add", sa_in())), ["id", "spi"])
    ctl.do("sa-del", KEY)
    for group in ("sa-add", "sa-update", "policy-"):
        odd = [x for c in CASES if c[0].startswith(group) for x in try_case(ctl, c)]
        tap.all_good(f"{group}*: senseless requests", odd)
    rest = [c for c in CASES if not c[0].startswith(("sa-add", "sa-update", "policy-"))]
    tap.all_good("others: senseless requests",
                 [x for c in rest for x in try_case(ctl, c)])
    odd = []
    for cmd, values in ABSENT:
        ans = ctl.ask(cmd, values)
        if ans.err not in (errno.ENOENT, errno.ENODEV) or not ans.msg:
            odd.append(f"{cmd} {values}: {ans}")
    tap.all_good("what is not there", odd)
    ans = ctl.ask("encap-add", {"fd": 1000000})
    tap.check("a bad descriptor", ans.err == errno.EBADF and ans.msg, ans)
    left = [ctl.dump(c) for c in ("sa-get", "policy-get", "map-get", "encap-get")]
    tap.expect("nothing was added", left, [[], [], [], []])
    tap.end()


if __name__ == "__main__":
    main()
