#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""A strict reader of the Prometheus text format: what is wrong, line by line.

Reads standard input; prints its families and series, or what is wrong with it and
exits with 1.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
HELP = re.compile(r"# HELP (%s) (\S.*)" % NAME)
TYPE = re.compile(r"# TYPE (%s) (counter|gauge|histogram|summary|untyped)" % NAME)
SAMPLE = re.compile(r"(%s)(?:\{(.*)\})? ([0-9]+)" % NAME)


def labels_of(text):
    """The labels of a sample, or None if they are not well-formed."""
    labels, pos = {}, 0
    while pos < len(text):
        m = LABEL.match(text, pos)
        if not m or m[1] in labels:
            return None
        labels[m[1]] = m[2]
        pos = m.end()
        if pos < len(text):
            if text[pos] != ",":
                return None
            pos += 1
            if pos == len(text):
                return None
    return labels


class Reader:
    def __init__(self):
        self.types, self.helps, self.closed = {}, set(), set()
        self.series, self.family, self.wrong = {}, None, []

    def begin(self, name):
        if self.family != name:
            if name in self.closed:
                return "family %s is in two places" % name
            self.closed.add(self.family)
            self.family = name
        return None

    def sample(self, m):
        name, labels, value = m[1], labels_of(m[2] or ""), int(m[3])
        if labels is None or m[2] == "":
            return "labels"
        key = (name, tuple(sorted(labels.items())))
        if key in self.series:
            return "the series is there twice"
        self.series[key] = value
        kind = self.types.get(name)
        if not kind or name not in self.helps:
            return "a sample without HELP and TYPE before it"
        if (kind == "counter") != name.endswith("_total"):
            return "counters, and nothing else, end in _total"
        if value >= 1 << 64:
            return "value"
        return self.begin(name)

    def line(self, text):
        m = HELP.fullmatch(text)
        if m:
            if m[1] in self.helps:
                return "a second HELP"
            self.helps.add(m[1])
            return self.begin(m[1])
        m = TYPE.fullmatch(text)
        if m:
            if m[1] in self.types or m[1] != self.family:
                return "a TYPE in the wrong place"
            self.types[m[1]] = m[2]
            return None
        m = SAMPLE.fullmatch(text)
        return self.sample(m) if m else "neither comment nor sample"

    def read(self, data):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as e:
            self.wrong.append("not UTF-8: %s" % e)
            return
        if not text.endswith("\n"):
            self.wrong.append("the last line does not end")
        for n, line in enumerate(text.split("\n")[:-1], 1):
            why = self.line(line)
            if re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", line):
                why = "a control character"
            if why:
                self.wrong.append("line %d: %s: %r" % (n, why, line))
        for name in self.types:
            if not any(key[0] == name for key in self.series):
                self.wrong.append("family %s has no sample" % name)


def main():
    r = Reader()
    r.read(sys.stdin.buffer.read())
    if r.wrong:
        print("\n".join(r.wrong))
        return 1
    print("%d families, %d series" % (len(r.types), len(r.series)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
