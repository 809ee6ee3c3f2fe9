#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Generate the kernel's policy tables and the reference from the spec.

usage: gen.py source|header|rst SPEC [INTRODUCTION]      (result on stdout)

The generator of the kernel source (ynl-gen-c.py), which makes the uAPI header,
cannot bound a binary attribute from above, and emits operation tables that
either Linux 6.1 lacks or that one request policy cannot serve. So the tables
come from here: strict, one policy for each command.
"""
import sys
import textwrap

import yaml

LICENCE = "GPL-2.0-only"
# The one in C reads it five times as fast, where PyYAML has it.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MADE = "Made by Documentation/netlink/regen.sh, do not edit."


class Spec:
    """The parts of a spec, by name."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.raw = yaml.load(file, Loader)
        self.name = self.raw["name"]
        self.defs = {d["name"]: d for d in self.raw["definitions"]}
        self.sets = {}
        for aset in self.raw["attribute-sets"]:
            for number, attr in enumerate(aset["attributes"], 1):
                attr["number"] = number
            self.sets[aset["name"]] = {a["name"]: a for a in aset["attributes"]}
        ops = self.raw["operations"]["list"]
        self.ops = [o for o in ops if "event" not in o]
        self.events = [o for o in ops if "event" in o]

    def wants(self, op, kind):
        """Attributes that a do or dump request may have."""
        return op.get(kind, {}).get("request", {}).get("attributes", [])

    def accepts(self, op):
        """Attributes that any request of the command may have, by number."""
        aset = self.sets[op["attribute-set"]]
        names = set(self.wants(op, "do")) | set(self.wants(op, "dump"))
        return sorted((aset[n] for n in names), key=lambda a: a["number"])

    def nested(self):
        """Attribute sets inside requests, innermost first."""
        found = []
        for op in self.ops:
            for attr in self.accepts(op):
                inner = attr.get("nested-attributes")
                if inner and inner not in found:
                    found.append(inner)
        return found


def upper(*words):
    return "_".join(words).upper().replace("-", "_")


def lower(*words):
    return "_".join(words).lower().replace("-", "_")


def attr_const(spec, aset, name):
    return upper(spec.name, "A", aset, name)


def limit(spec, value):
    """A number, or the name of a constant of the spec."""
    return upper(spec.name, value) if value in spec.defs else str(value)


def policy(spec, attr):
    """The initialiser of one struct nla_policy."""
    kind = attr["type"]
    checks = {k: limit(spec, v) for k, v in attr.get("checks", {}).items()}
    if kind == "flag":
        return "{ .type = NLA_FLAG }"
    if kind == "string":
        return f"{{ .type = NLA_NUL_STRING, .len = {checks['max-len']} }}"
    if kind == "nest":
        return f"NLA_POLICY_NESTED({lower(spec.name, 'nl', attr['nested-attributes'], 'policy')})"
    if kind == "binary":
        if "exact-len" in checks:
            return f"NLA_POLICY_EXACT_LEN({checks['exact-len']})"
        return f"NLA_POLICY_RANGE(NLA_BINARY, {checks['min-len']}, {checks['max-len']})"
    nla = "NLA_" + upper(kind)
    if "flags-mask" in checks:
        flags = spec.defs[attr["checks"]["flags-mask"]]
        return f"NLA_POLICY_MASK({nla}, {hex((1 << len(flags['entries'])) - 1)})"
    for bound in ("min", "max"):
        value = attr.get("checks", {}).get(bound, 0)
        if not 0 <= value < 1 << 15:
            sys.exit(f"{attr['name']}: {bound} does not fit struct nla_policy")
    if "min" in checks and "max" in checks:
        return f"NLA_POLICY_RANGE({nla}, {checks['min']}, {checks['max']})"
    if "min" in checks:
        return f"NLA_POLICY_MIN({nla}, {checks['min']})"
    if "max" in checks:
        return f"NLA_POLICY_MAX({nla}, {checks['max']})"
    return f"{{ .type = {nla} }}"


def table(spec, aset, attrs, name, static):
    """A policy table."""
    last = attr_const(spec, aset, attrs[-1]["name"])
    head = f"{'static ' if static else ''}const struct nla_policy {name}[{last} + 1] = {{"
    if len(head) > 80:
        head = head.replace("nla_policy ", "nla_policy\n", 1)
    print(head)
    for attr in attrs:
        if attr["type"] == "pad":
            continue
        line = f"\t[{attr_const(spec, aset, attr['name'])}] ="
        init = policy(spec, attr)
        fits = len(line) + 7 + 1 + len(init) + 1 <= 80
        print(f"{line} {init}," if fits else f"{line}\n\t\t{init},")
    print("};\n")


def handlers(spec, op):
    """Names of the functions of a command: do, dump start, dump."""
    base = lower(spec.name, "nl", op["name"])
    found = {}
    if "do" in op:
        found["doit"] = base + "_doit"
    if "dump" in op:
        own = spec.wants(op, "dump")
        found["start"] = base + "_start" if own else lower(spec.name, "nl_start")
        found["dumpit"] = base + "_dumpit"
        found["done"] = lower(spec.name, "nl_done")
    return found


def mask(spec, op, kind):
    """Attributes of one kind of request, as the bits of a u64."""
    aset = spec.sets[op["attribute-set"]]
    numbers = [aset[n]["number"] for n in spec.wants(op, kind)]
    return hex(sum(1 << n for n in numbers))


def source(spec):
    print(f"// SPDX-License-Identifier: {LICENCE}")
    print(f"// Policies and commands of the netlink family.\n// {MADE}")
    print('#include "nl_gen.h"\n')
    print("// clang-format off")
    for name in spec.nested():
        attrs = list(spec.sets[name].values())
        table(spec, name, attrs, lower(spec.name, "nl", name, "policy"), False)
    for op in spec.ops:
        if spec.accepts(op):
            table(spec, op["attribute-set"], spec.accepts(op),
                  lower(op["name"], "policy"), True)
    print(f"const struct genl_ops {lower(spec.name, 'nl_ops')}[{len(spec.ops)}] = {{")
    for op in spec.ops:
        print(f"\t{{\n\t\t.cmd = {upper(spec.name, 'cmd', op['name'])},")
        print("\t\t.flags = GENL_UNS_ADMIN_PERM,")
        for slot, func in handlers(spec, op).items():
            print(f"\t\t.{slot} = {func},")
        if spec.accepts(op):
            own = lower(op["name"], "policy")
            print(f"\t\t.policy = {own},")
            last = spec.accepts(op)[-1]["name"]
            print(f"\t\t.maxattr = {attr_const(spec, op['attribute-set'], last)},")
        print("\t},")
    print("};\n")
    print("/* A command has one policy; do and dump need not accept the same. */")
    print(f"const struct {lower(spec.name, 'nl_accept')}\n"
          f"{lower(spec.name, 'nl_accept')}[{upper('_', spec.name, 'CMD_MAX')}] = {{")
    for op in spec.ops:
        if "do" in op and "dump" in op:
            print(f"\t[{upper(spec.name, 'cmd', op['name'])}] = {{")
            print(f"\t\t.doit = {mask(spec, op, 'do')},")
            print(f"\t\t.dumpit = {mask(spec, op, 'dump')},")
            print("\t},")
    print("};\n\n// clang-format on")


def header(spec):
    guard = upper(spec.name, "NL_GEN_H")
    print(f"/* SPDX-License-Identifier: {LICENCE} */")
    print(f"/* Policies and commands of the netlink family. */\n/* {MADE} */")
    print(f"#ifndef {guard}\n#define {guard}\n")
    print("#include <net/genetlink.h>\n#include <net/netlink.h>")
    print(f"#include <uapi/{spec.raw['uapi-header']}>\n")
    accept = lower(spec.name, "nl_accept")
    print("/**")
    print(f" * struct {accept} - attributes of each kind of request, by bits")
    print(" * @doit: of a do request, 0 for all of the policy")
    print(" * @dumpit: of a dump request")
    print(" */")
    print(f"struct {accept} {{\n\tu64 doit;\n\tu64 dumpit;\n}};\n")
    print("/* clang-format off */")
    for name in spec.nested():
        last = list(spec.sets[name].values())[-1]["name"]
        print(f"extern const struct nla_policy\n{lower(spec.name, 'nl', name, 'policy')}"
              f"[{attr_const(spec, name, last)} + 1];")
    print(f"extern const struct genl_ops {lower(spec.name, 'nl_ops')}[{len(spec.ops)}];")
    print(f"extern const struct {accept}\n{accept}[{upper('_', spec.name, 'CMD_MAX')}];\n")
    start, done = lower(spec.name, "nl_start"), lower(spec.name, "nl_done")
    print(f"int {start}(struct netlink_callback *cb);")
    print(f"int {done}(struct netlink_callback *cb);")
    for op in spec.ops:
        for slot, func in handlers(spec, op).items():
            if func in (start, done):
                continue
            args = {"doit": "struct sk_buff *skb, struct genl_info *info",
                    "start": "struct netlink_callback *cb",
                    "dumpit": "struct sk_buff *skb, struct netlink_callback *cb"}[slot]
            line = f"int {func}({args});"
            if len(line) > 80:
                line = line.replace(", ", ",\n" + "\t" * (len(f"int {func}(") // 8)
                                    + " " * (len(f"int {func}(") % 8))
            print(line)
    print("/* clang-format on */\n\n#endif")


def wrap(text, indent=""):
    return "\n".join(textwrap.wrap(text, 79, initial_indent=indent,
                                   subsequent_indent=indent,
                                   break_on_hyphens=False))


def title(text, mark):
    print(f"{text}\n{mark * len(text)}\n")


def rst_attr(spec, attr):
    kind = attr["type"]
    words = [kind if kind != "nest" else f"nest of {attr['nested-attributes']}"]
    checks = attr.get("checks", {})
    for key, text in (("exact-len", "{} octets"), ("min-len", "at least {} octets"),
                      ("max-len", "at most {} octets"), ("min", "at least {}"),
                      ("max", "at most {}")):
        if key in checks:
            value = checks[key]
            value = spec.defs[value]["value"] if value in spec.defs else value
            words.append(text.format(value))
    if "enum" in attr:
        words.append(f"one of {attr['enum']}" if "enum-as-flags" not in attr
                     else f"flags of {attr['enum']}")
    if attr.get("multi-attr"):
        words.append("repeated")
    print(f"{attr['name']} ({attr['number']}: {', '.join(words)})")
    print(wrap(attr.get("doc", "As the name says."), "    ") + "\n")


def rst_def(spec, item):
    title(item["name"], "~")
    if item.get("doc"):
        print(wrap(item["doc"]) + "\n")
    if item["type"] == "const":
        print(f"{item['value']}\n")
        return
    value = item.get("value-start", 0)
    for entry in item["entries"]:
        entry = entry if isinstance(entry, dict) else {"name": entry}
        value = entry.get("value", value)
        shown = 1 << value if item["type"] == "flags" else value
        print(wrap(f"* {shown}: **{entry['name']}**"
                   + (f", {entry['doc']}" if "doc" in entry else "")))
        value += 1
    print()


def names(items):
    return wrap(", ".join(items) if items else "none", "    ")


def rst(spec, intro):
    print(f".. SPDX-License-Identifier: {LICENCE}")
    print(f".. The netlink family, its commands and attributes.\n.. {MADE}\n")
    with open(intro, encoding="utf-8") as file:
        text = file.read().split("\n", 2)[2]
    print(text.strip() + "\n")
    title("Commands", "-")
    for number, op in enumerate(spec.ops, 1):
        title(op["name"], "~")
        print(wrap(f"Command {number}, attributes of *{op['attribute-set']}*. {op['doc']}") + "\n")
        for kind in ("do", "dump"):
            if kind not in op:
                continue
            print(f"{kind} request\n{names(spec.wants(op, kind))}\n")
            reply = op[kind].get("reply", {}).get("attributes", [])
            if reply:
                print(f"{kind} answer\n{names(reply)}\n")
    title("Events", "-")
    for number, op in enumerate(spec.events, len(spec.ops) + 1):
        title(op["name"], "~")
        print(wrap(f"Message {number} of group *{op['mcgrp']}*, attributes of "
                   f"*{op['attribute-set']}*. {op['doc']}") + "\n")
        print(f"carries\n{names(op['event']['attributes'])}\n")
    title("Attributes", "-")
    for aset in spec.raw["attribute-sets"]:
        title(aset["name"], "~")
        if aset.get("doc"):
            print(wrap(aset["doc"]) + "\n")
        for attr in aset["attributes"]:
            if attr["type"] != "pad":
                rst_attr(spec, attr)
    title("Values", "-")
    for item in spec.raw["definitions"]:
        rst_def(spec, item)


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("source", "header", "rst"):
        sys.exit(__doc__)
    spec = Spec(sys.argv[2])
    if sys.argv[1] == "rst":
        rst(spec, sys.argv[3])
    else:
        globals()[sys.argv[1]](spec)


if __name__ == "__main__":
    main()
