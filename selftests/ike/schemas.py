# SPDX-License-Identifier: GPL-2.0-only
"""What live views print with --json, against the published schemas.

schemas.py commands ADDRESS     the commands, for a batch, one a line
schemas.py check ADDRESS FILE...  each file is what that batch has printed
"""
import json
import os
import re
import sys

SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../Documentation/schema")
VIEWS = """show version
show logging
show debugging
show processes memory
show processes cpu
show crypto debug-condition
show crypto dynamic-map
show crypto eli
show crypto engine accelerator statistic
show crypto engine connections active
show crypto engine connections dropped-packet
show crypto ipsec default transform-set
show crypto ipsec profile
show crypto ipsec sa
show crypto ipsec sa address
show crypto ipsec sa count
show crypto ipsec sa detail
show crypto ipsec sa identity
show crypto ipsec sa peer ADDRESS
show crypto ipsec security-association
show crypto ipsec transform-set
show crypto isakmp default policy
show crypto isakmp failures
show crypto isakmp key
show crypto isakmp peers
show crypto isakmp policy
show crypto isakmp profile
show crypto isakmp sa
show crypto isakmp sa count
show crypto isakmp sa detail peer ADDRESS
show crypto map
show crypto mib ipsec flowmib endpoint
show crypto mib ipsec flowmib failure
show crypto mib ipsec flowmib global
show crypto mib ipsec flowmib history
show crypto mib ipsec flowmib history tunnel size
show crypto mib ipsec flowmib spi
show crypto mib ipsec flowmib tunnel
show crypto mib ipsec flowmib version
show crypto mib isakmp flowmib failure
show crypto mib isakmp flowmib global
show crypto mib isakmp flowmib history
show crypto mib isakmp flowmib peer
show crypto mib isakmp flowmib tunnel
show crypto ruleset detail
show crypto session
show crypto session detail remote ADDRESS
show crypto session summary
show tech-support ipsec
sa list
policy list
map list
encap list
conf get
stats
metrics""".splitlines()
NAMES = {"show crypto session summary": "show-crypto-session-groups",
         "show crypto mib ipsec flowmib history tunnel size":
         "show-crypto-mib-ipsec-flowmib-history-size"}


def name_of(command, names):
    """The file of a command: the longest whose words it begins with."""
    words = command.split()
    for n in range(len(words), 0, -1):
        name = "-".join(words[:n])
        if name in names:
            return name
    return None


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
WORDS = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties",
         "patternProperties", "required", "additionalProperties", "items", "enum", "const",
         "oneOf", "minimum", "maximum", "minLength", "pattern"}


def wrong(schema, value, root, at=""):
    """What of a value does not fit, or None. To load jsonschema takes ten seconds in an
    emulated guest; gen.py writes a small part of the language, all else is an error."""
    if set(schema) - WORDS:
        return f"{at}: cannot read {set(schema) - WORDS}"
    if "$ref" in schema:
        return wrong(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, at)
    if "oneOf" in schema:
        found = [wrong(s, value, root, at) for s in schema["oneOf"]]
        return None if found.count(None) == 1 else f"{at}: none or several fit: {found}"
    kind = TYPES.get(schema.get("type"))
    if kind and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        return f"{at}: {value!r} is no {schema['type']}"
    if (value not in schema.get("enum", [value]) or value != schema.get("const", value) or
            (kind is int and not schema.get("minimum", value) <= value <=
             schema.get("maximum", value)) or
            (kind is str and (len(value) < schema.get("minLength", 0) or
                              not re.search(schema.get("pattern", ""), value)))):
        return f"{at}: {value!r} is not allowed"
    parts = []
    if kind is list:
        parts = [(schema.get("items", {}), v, n) for n, v in enumerate(value)]
    elif kind is dict:
        known, other = dict(schema.get("properties", {})), schema.get("additionalProperties", {})
        known.update({k: s for p, s in schema.get("patternProperties", {}).items()
                      for k in value if k not in known and re.search(p, k)})
        missing = set(schema.get("required", [])) - set(value)
        if missing or (other is False and set(value) - set(known)):
            return f"{at}: missing {missing}, unknown {set(value) - set(known)}"
        parts = [(known.get(k, other), v, k) for k, v in value.items()]
    return next(filter(None, (wrong(s, v, root, f"{at}/{k}") for s, v, k in parts)), None)


def check(paths):
    names = {n[:-5] for n in os.listdir(SCHEMAS) if n.endswith(".json")}
    covered = {c: NAMES.get(c) or name_of(c, names) for c in VIEWS}
    for name in sorted(n for n in names if n.startswith("show-")):
        if name not in covered.values():
            print("no view of", name)
    schemas = {}
    for name in set(covered.values()):
        with open(os.path.join(SCHEMAS, name + ".json"), encoding="utf-8") as f:
            schemas[name] = json.load(f)
    for path in paths:
        with open(path, encoding="utf-8") as f:
            text = f.read().strip()
        decoder, at = json.JSONDecoder(), 0
        for command in VIEWS:
            try:
                document, at = decoder.raw_decode(text, at)
            except ValueError as e:
                print(f"{path}: {command}: {e}: {text[at:at + 80]!r}")
                return
            at += len(text[at:]) - len(text[at:].lstrip())
            schema = schemas[covered[command]]
            why = wrong(schema, document, schema)
            if why:
                print(f"{path}: {command}: {why}")
        if at != len(text):
            print(f"{path}: more than was asked for: {text[at:at + 80]!r}")


if __name__ == "__main__":
    if sys.argv[1] == "commands":
        print("\n".join(VIEWS).replace("ADDRESS", sys.argv[2]))
    else:
        check(sys.argv[3:])
