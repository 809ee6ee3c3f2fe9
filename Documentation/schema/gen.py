#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Make the JSON schemas of what ipsecctl --json prints.

usage: gen.py           write the files
       gen.py --check   say which are not up to date, and fail if any is
"""
import json
import os
import re
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = os.path.join(HERE, "../netlink/specs/ipsecgw.yaml")
DRAFT = "https://json-schema.org/draft/2020-12/schema"
LIMIT = {"u8": 2**8, "u16": 2**16, "u32": 2**32, "u64": 2**64}
ADDRESS = {"type": "string", "pattern": "^[0-9a-f:.]+$"}


def with_doc(schema, doc):
    """The same with a description, if there is one."""
    return {**schema, "description": " ".join(doc.split())} if doc else schema


def an_object(members, required, doc):
    """An object with these members and no others."""
    return with_doc({"type": "object", "properties": members,
                     "required": required, "additionalProperties": False}, doc)


class Contract:
    """Objects of the module, as lib/json.c prints what the contract sends."""

    def __init__(self, spec):
        self.sets = {s["name"]: s for s in spec["attribute-sets"]}
        self.ops = {o["name"]: o for o in spec["operations"]["list"]}
        self.enums = {}
        for d in spec["definitions"]:
            names = [e if isinstance(e, str) else e["name"] for e in d.get("entries", [])]
            self.enums[d["name"]] = names
        self.used = {}

    def value(self, a):
        """One value of an attribute, without its description."""
        if a["type"] == "flag":
            return {"const": True}
        if a["type"] == "string":
            return {"type": "string", "minLength": 1}
        if a["type"] == "binary":
            return dict(ADDRESS)
        if a["type"] == "nest":
            name = a["nested-attributes"]
            self.used[name] = True
            return {"$ref": "#/$defs/" + name}
        if a["name"] == "family":
            return {"enum": ["any", "ipv4", "ipv6"]}
        if a.get("enum"):
            names = {"enum": self.enums[a["enum"]]}
            return {"type": "array", "items": names} if a.get("enum-as-flags") else names
        return {"type": "integer", "minimum": 0, "maximum": LIMIT[a["type"]] - 1}

    def drops(self):
        """Counters by the name of their reason."""
        number = {"type": "integer", "minimum": 0}
        names = [n.replace("-", "_") for n in self.enums["drop"]]
        return {"type": "object", "properties": {n: number for n in names},
                "patternProperties": {"^reason_[0-9]+$": number},
                "additionalProperties": False,
                "description": "Packets dropped, by reason."}

    def members(self, attribute_set, names):
        """Members for the attributes of a set; None for all of them."""
        members = {}
        for a in self.sets[attribute_set]["attributes"]:
            if a["type"] == "pad" or a["name"].endswith("-key"):
                continue
            if names is not None and a["name"] not in names:
                continue
            key = a["name"].replace("-", "_")
            if key == "drops":
                members[key] = self.drops()
                continue
            one = self.value(a)
            if a.get("multi-attr"):
                one = {"type": "array", "items": one}
            members[key] = with_doc(one, a.get("doc"))
            if key == "ifindex":
                members["interface"] = with_doc({"type": "string", "minLength": 1},
                                                "Its name, if it still exists.")
        if attribute_set == "selector":
            members["text"] = with_doc({"type": "string"}, "The same in access list form.")
        if attribute_set == "sa":
            members["weak"] = with_doc({"type": "boolean"},
                                       "The transform is no longer considered secure.")
        return members

    def nested(self, name):
        """An object inside of others."""
        members = self.members(name, None)
        # All counters are always sent.
        required = list(members) if name == "stats" else []
        if name == "selector":
            required = ["text"]
        return an_object(members, required, self.sets[name].get("doc"))

    def sent(self, c):
        """What an operation sends."""
        op = self.ops[c["operation"]]
        part = op.get("event") or op.get("dump") or op["do"]
        if "attributes" not in part:
            part = part.get("reply") or op["do"]["reply"]
        members = self.members(op["attribute-set"], part["attributes"])
        required = [r.replace("-", "_") for r in c["required"]]
        if "event" in c:
            members["time"] = with_doc({"type": "string"}, "Local time with milliseconds "
                                       "and the offset of the zone.")
            members["event"] = {"const": c["event"]}
            required += ["time", "event"]
        return an_object(members, required, c["doc"])


class Views:
    """The schemas of all views."""

    def __init__(self, views, contract):
        self.contract = contract
        self.defs = {n: contract.sent(c) for n, c in views["contract"].items()}
        for name in list(contract.sets):
            if name in contract.used:
                self.defs[name] = contract.nested(name)
        for name, o in views["objects"].items():
            self.defs[name] = self.of_members(o["members"], o["doc"])
        for name, e in views["extended"].items():
            base = self.defs[e["of"]]
            more = self.of_members(e["members"], e["doc"])
            self.defs[name] = an_object({**base["properties"], **more["properties"]},
                                        base["required"] + more["required"], e["doc"])
        self.views = views["views"]

    @staticmethod
    def of_type(word):
        """The schema of a type's name."""
        if word[0] == "[":
            return {"type": "array", "items": Views.of_type(word[1:-1])}
        if word[0] == "{":
            return {"type": "object", "additionalProperties": Views.of_type(word[1:-1])}
        if word.startswith("one("):
            return {"enum": word[4:-1].split("|")}
        return {"n": {"type": "integer", "minimum": 0},
                "text": {"type": "string", "minLength": 1},
                "string": {"type": "string"},
                "bool": {"type": "boolean"},
                "addr": dict(ADDRESS),
                "any": {}}.get(word, {"$ref": "#/$defs/" + word})

    @staticmethod
    def of_members(members, doc):
        """An object of this file."""
        made, required = {}, []
        for name, text in members.items():
            word, rest = re.match(r"(one\([^)]*\)|\S+)\s*(.*)", text).groups()
            made[name.rstrip("?")] = with_doc(Views.of_type(word), rest)
            if not name.endswith("?"):
                required.append(name)
        return an_object(made, required, doc)

    def needed(self, schema, found):
        """The definitions that a schema refers to."""
        for name in re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)):
            if name not in found:
                found[name] = self.defs[name]
                self.needed(self.defs[name], found)
        return dict(sorted(found.items()))

    def schema(self, name):
        """One file, complete in itself."""
        (kind, what), = self.views[name].items()
        doc = {"object": "One object.", "list": "A list.",
               "lines": "One object a line.", "lists": "One list a line."}[kind]
        if kind == "lines":
            refs = [self.of_type(w) for w in what]
            body = {"oneOf": refs} if len(refs) > 1 else refs[0]
        elif kind == "object":
            body = self.of_type(what)
        else:
            body = {"type": "array", "items": self.of_type(what)}
        head = {"$schema": DRAFT, "$id": "urn:ipsecgw:schema:" + name,
                "title": name.replace("-", " "), "description": doc, **body}
        defs = self.needed(body, {})
        return {**head, "$defs": defs} if defs else head


def text_of(value, indent=0):
    """JSON with as much on a line as fits."""
    line = json.dumps(value)
    if len(line) + indent <= 96 or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, dict):
        inner = [json.dumps(k) + ": " + text_of(v, indent + 1) for k, v in value.items()]
        begin, end = "{", "}"
    else:
        inner = [text_of(v, indent + 1) for v in value]
        begin, end = "[", "]"
    gap = "\n" + " " * (indent + 1)
    return begin + gap + ("," + gap).join(inner) + "\n" + " " * indent + end


def read(path):
    """A YAML file, all scalars as they are: "on" is a word here."""
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader=yaml.BaseLoader)


def old_text(path):
    """A file as it is, None if it is not there."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read()


def main():
    """Write or compare all files."""
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__.strip().split("\n\n", 1)[1])
    views = Views(read(os.path.join(HERE, "views.yaml")), Contract(read(SPEC)))
    want = {n + ".json": text_of(views.schema(n)) + "\n" for n in views.views}
    stale = 0
    for name in sorted(set(want) | {n for n in os.listdir(HERE) if n.endswith(".json")}):
        path = os.path.join(HERE, name)
        if old_text(path) == want.get(name):
            continue
        stale = 1
        if check:
            print(f"Documentation/schema/{name} is not up to date: "
                  "run Documentation/schema/gen.py")
        elif name in want:
            with open(path, "w", encoding="utf-8") as f:
                f.write(want[name])
            print("wrote", name)
        else:
            os.remove(path)
            print("removed", name)
    sys.exit(stale if check else 0)


main()
