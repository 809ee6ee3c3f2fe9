# SPDX-License-Identifier: GPL-2.0-only
"""The netlink specification as tables: enough of YAML to read our own file."""
import os
import re
from ktap import TOP

SPEC = os.path.join(TOP, "Documentation", "netlink", "specs", "ipsecgw.yaml")


class Attr:
    """One attribute of a set."""

    def __init__(self, number, name):
        self.number, self.name = number, name
        self.type, self.nested, self.enum = None, None, None
        self.multi = self.flags = False


class Spec:
    """Attribute sets, commands and enums by name."""

    def __init__(self, path=SPEC):
        self.sets, self.ops, self.op_set, self.enums = {}, {}, {}, {}
        with open(path) as f:
            self._read(f.read())
        self.op_name = {v: k for k, v in self.ops.items()}

    def _read(self, text):
        part = re.split(r"^(definitions|attribute-sets|operations|"
                        r"mcast-groups):$", text, flags=re.M)
        for name, body in zip(part[1::2], part[2::2]):
            getattr(self, "_" + name.replace("-", "_"))(body)

    @staticmethod
    def _items(body, indent):
        mark = r"^%s-\n" % (" " * indent)
        return re.split(mark, body, flags=re.M)[1:]

    @staticmethod
    def _key(item, key):
        m = re.search(r"^ *%s: *\"?([^\"\n]*)\"?$" % key, item, re.M)
        return m.group(1) if m else None

    def _definitions(self, body):
        for item in self._items(body, 2):
            kind, name = self._key(item, "type"), self._key(item, "name")
            if kind not in ("enum", "flags"):
                continue
            value = int(self._key(item, "value-start") or 0)
            table = {}
            m = re.search(r"entries: \[(.*?)\]", item, re.S)
            if m:
                entries = [(x.strip().strip('"'), None)
                           for x in m.group(1).split(",")]
            else:
                tail = item[item.index("entries:"):]
                entries = []
                for e in re.findall(r"^ +- *(.*(?:\n(?! +-).*)*)", tail, re.M):
                    n = self._key(e, "name")
                    v = self._key(e, "value")
                    entries.append((n or e.strip().strip('"'), v))
            for n, v in entries:
                if v is not None:
                    value = int(v)
                table[n] = 1 << value if kind == "flags" else value
                value += 1
            self.enums[name] = table

    def _attribute_sets(self, body):
        for item in self._items(body, 2):
            table = {}
            for number, a in enumerate(self._items(item, 6), 1):
                x = Attr(number, self._key(a, "name"))
                x.type = self._key(a, "type")
                x.nested = self._key(a, "nested-attributes")
                x.enum = self._key(a, "enum")
                x.multi = self._key(a, "multi-attr") == "true"
                x.flags = self._key(a, "enum-as-flags") == "true"
                table[x.name] = x
            self.sets[self._key(item, "name")] = table

    def _operations(self, body):
        for number, item in enumerate(self._items(body, 4), 1):
            name = self._key(item, "name")
            self.ops[name] = number
            self.op_set[name] = self._key(item, "attribute-set")

    def _mcast_groups(self, body):
        pass
