#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel says about the policies of the family agrees with the spec:
the same commands, attributes, types and ranges."""
import struct

import nltest
from nltest import each_attr

SPEC = nltest.Contract()
# Of nlctrl (linux/genetlink.h) and of a policy in a dump (linux/netlink.h).
OP_POLICY, POLICY, OP_DO, OP_DUMP = 9, 8, 1, 2
(TYPE, MIN_S, MAX_S, MIN_U, MAX_U, MIN_LEN, MAX_LEN, POLICY_IDX, POLICY_MAX,
 BITFIELD, _, MASK) = range(1, 13)
TYPES = {"flag": 1, "u8": 2, "u16": 3, "u32": 4, "u64": 5, "binary": 10,
         "nul-string": 12, "nest": 13}


def number(data):
    return struct.unpack("=I" if len(data) == 4 else "=Q", data)[0]


def ask_kernel():
    """Policies by index and, by command and kind, which one it has."""
    ctl = nltest.Genl(family="nlctrl")
    ours = nltest.Genl()
    ans = ctl.talk(nltest.GENL_ID_CTRL, nltest.CTRL_GETPOLICY,
                   nltest.attr(1, struct.pack("=H", ours.family)), nltest.F_DUMP)
    assert not ans.err, ans
    policies, of_cmd = {}, {}
    for _, body in ans.parts:
        for kind, _, data, _ in each_attr(body):
            if kind == OP_POLICY:
                for cmd, _, inner, _ in each_attr(data):
                    of_cmd[cmd] = {n: number(p) for n, _, p, _ in each_attr(inner)}
            elif kind == POLICY:
                for index, _, inner, _ in each_attr(data):
                    for attr, _, facts, _ in each_attr(inner):
                        policies.setdefault(index, {})[attr] = {
                            n: number(p) for n, _, p, _ in each_attr(facts)}
    return policies, of_cmd


def compare(policies, index, aset, names, where):
    """Complaints about one policy."""
    odd, have = [], dict(policies.get(index, {}))
    for name in names:
        spec = SPEC.sets[aset][name]
        facts = have.pop(spec["number"], None)
        if facts is None:
            odd.append(f"{where}: {name} is not accepted")
            continue
        odd += compare_attr(policies, spec, facts, f"{where}: {name}")
    return odd + [f"{where}: accepts attribute {n}" for n in have]


def compare_attr(policies, spec, facts, where):
    kind = spec["type"]
    checks = {k: SPEC.defs[v]["value"] if v in SPEC.defs and k != "flags-mask" else v
              for k, v in spec.get("checks", {}).items()}
    want_type = TYPES["nul-string" if kind == "string" else kind]
    odd = []

    def same(fact, want, what):
        if facts.get(fact) != want:
            odd.append(f"{where}: {what} is {facts.get(fact)}, want {want}")

    same(TYPE, want_type, "type")
    if kind == "nest":
        inner = spec["nested-attributes"]
        names = [n for n, a in SPEC.sets[inner].items() if a["type"] != "pad"]
        odd += compare(policies, facts.get(POLICY_IDX), inner, names, where)
    elif kind == "binary":
        same(MIN_LEN, checks.get("exact-len", checks.get("min-len")), "least length")
        same(MAX_LEN, checks.get("exact-len", checks.get("max-len")), "most length")
    elif kind == "string":
        same(MAX_LEN, checks["max-len"], "most length")
    elif "flags-mask" in checks:
        same(MASK, sum(SPEC.enums[checks["flags-mask"]].values()), "mask")
    elif kind in nltest.INTS:
        bits = 8 * struct.calcsize("=" + nltest.INTS[kind])
        same(MIN_U, checks.get("min", 0), "least value")
        same(MAX_U, checks.get("max", (1 << bits) - 1), "greatest value")
    return odd


def main():
    nltest.need_module()
    tap = nltest.Tap(2)
    policies, of_cmd = ask_kernel()
    odd, seen = [], set()
    for op in SPEC.ops:
        cmd, names = SPEC.cmd[op["name"]], [a["name"] for a in SPEC.accepts(op)]
        seen.add(cmd)
        kinds = of_cmd.get(cmd, {})
        for kind, slot in (("do", OP_DO), ("dump", OP_DUMP)):
            if (kind in op) != (slot in kinds):
                odd.append(f"{op['name']}: {kind} is in only one of spec and kernel")
            elif kind in op and names:
                odd += compare(policies, kinds[slot], op["attribute-set"], names,
                               f"{op['name']} {kind}")
            elif kind in op:
                # The kernel's own policy that rejects everything.
                odd += [f"{op['name']}: accepts {n}" for n in
                        policies.get(kinds[slot], {})
                        if policies[kinds[slot]][n].get(TYPE) not in (None, 0)]
    tap.all_good("policies of all commands", odd)
    tap.expect("no other commands", sorted(set(of_cmd) - seen), [])
    tap.end()


if __name__ == "__main__":
    main()
