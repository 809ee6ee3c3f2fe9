#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Counts of instruction blocks to a profile by function.

usage: report.py KALLSYMS SIZE PLAIN_SHORT PLAIN_LONG SHORT LONG
"""
import bisect
import collections
import sys


class Symbols:
    def __init__(self, path):
        found = {}
        with open(path, encoding="ascii", errors="replace") as f:
            for line in f:
                addr, kind, name, *module = line.split()
                if kind not in "tTwW":
                    continue
                addr = int(addr, 16)
                where = module[0] if module else ""
                # Of several names for one place the plainest is best.
                old = found.get(addr)
                if not old or (name.count("_"), name) < (
                        old[0].count("_"), old[0]):
                    found[addr] = (name, where)
        self.addrs = sorted(found)
        self.found = found

    def of(self, addr):
        """(name, module), address of its begin."""
        if addr < 1 << 63:
            return ("(programs)", ""), 0
        i = bisect.bisect_right(self.addrs, addr) - 1
        if i < 0:
            return ("(unknown)", ""), 0
        return self.found[self.addrs[i]], self.addrs[i]


def read(path, symbols):
    """Instructions and calls of every function."""
    insns = collections.Counter()
    calls = collections.Counter()
    with open(path, encoding="ascii") as f:
        for line in f:
            addr, count, n = line.split()
            addr = int(addr, 16)
            func, begin = symbols.of(addr)
            insns[func] += int(count) * int(n)
            if addr == begin:
                calls[func] += int(count)
    return insns, calls


def per_packet(short, long_, units):
    return {f: (long_[f] - short[f]) / units for f in long_ | short}


def main():
    kallsyms, size, *paths = sys.argv[1:]
    symbols = Symbols(kallsyms)
    units = 20000 if size == "tcp" else 10000
    runs = [read(p, symbols) for p in paths]
    plain, plain_calls = (per_packet(a, b, units)
                          for a, b in zip(runs[0], runs[1]))
    full, full_calls = (per_packet(a, b, units)
                        for a, b in zip(runs[2], runs[3]))
    tax = {f: full.get(f, 0) - plain.get(f, 0) for f in full.keys() | plain}
    total = sum(tax.values())
    unit = "1,000 octets" if size == "tcp" else "packet"
    print("Instructions per %s: %.0f, plain %.0f, difference %.0f"
          % (unit, sum(full.values()), sum(plain.values()), total))
    modules = collections.Counter()
    for (_, module), n in tax.items():
        modules[module or "[kernel]"] += n
    print("difference by module: " + ", ".join(
        "%s %.0f" % (m.strip("[]"), n) for m, n in modules.most_common()
        if abs(n) >= 1))
    print("%10s %6s %9s %8s %8s  %s" % ("difference", "%", "all", "plain",
                                        "calls", "function"))
    for f in sorted(tax, key=lambda f: -tax[f]):
        if abs(tax[f]) < 0.5:
            continue
        print("%10.1f %6.1f %9.1f %8.1f %8.2f  %s %s" % (
            tax[f], 100 * tax[f] / total, full.get(f, 0), plain.get(f, 0),
            full_calls.get(f, 0) - plain_calls.get(f, 0), *f))


main()
