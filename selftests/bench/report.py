#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rows of the bench to a table and to JSON.

usage: report.py OUT.json ROWS...    ROWS is FOLDER/KERNEL/anything
"""
import json
import os
import sys

ORDER = ["aead", "ours", "xfrm", "xfrm-offload", "wireguard"]


def words(line):
    """NAME=VALUE words; a value that is a number becomes one."""
    row = {}
    # The last may be a sentence.
    line, is_error, error = line.partition(" error=")
    if is_error:
        row["error"] = error.strip()
    for word in line.split():
        name, _, value = word.partition("=")
        row[name] = int(value) if value.lstrip("-").isdigit() else value
    return row


def read(path):
    kernel = os.path.basename(os.path.dirname(path))
    rows = []
    with open(path, encoding="ascii") as f:
        for line in f:
            rows.append({"kernel": kernel, **words(line)})
    return rows


def key(row):
    return row["sas"], row["entries"], row["flows"], row["size"]


def add_tax(rows):
    """What the gateways add to plain forwarding of the same packets."""
    plain = {}
    for r in rows:
        if r["row"] == "packet" and r["what"] == "plain" and not r["lost"]:
            plain[r["flows"], r["size"]] = r["insns"]
    for r in rows:
        if r["row"] == "aead":
            r["tax"] = r["insns"]
        elif r["row"] == "packet":
            base = plain.get((r["flows"], r["size"]))
            if r["lost"]:
                r["insns"] = None
            r["tax"] = None
            if base is not None and r["insns"] is not None:
                r["tax"] = r["insns"] - base


def add_rates(rows):
    """The clock of the guest makes an instruction of every nanosecond."""
    for r in rows:
        if r["row"] == "control":
            r["per_second"] = round(1e9 / r["insns"])


def add_goodput(rows):
    for r in rows:
        if r["row"] == "goodput":
            r["bytes_per_1000_insns"] = round(
                1000 * r["octets"] / r["insns"], 1)


def cell(value, base):
    if isinstance(value, str):
        return "%9s       " % value
    if value is None:
        return "%16s" % "-"
    if not base:
        return "%9d       " % value
    return "%9d (%4.2f)" % (value, value / base)


def table_packets(rows):
    taxes = {}
    for r in rows:
        if r["row"] == "aead":
            least = taxes.get(("aead", r["size"]), r["tax"])
            taxes["aead", r["size"]] = min(least, r["tax"])
        elif r["row"] == "packet":
            tax = "%d lost" % r["lost"] if r["lost"] else r["tax"]
            taxes[(r["what"],) + key(r)] = tax
    print("Instructions per packet beyond plain forwarding "
          "(in brackets: times xfrm)")
    print("%7s %7s %7s %6s" % ("SAs", "entries", "in use", "size"), end="")
    print("".join("%16s" % w for w in ORDER))
    places = sorted({key(r) for r in rows if r["row"] == "packet"
                     and r["what"] != "plain"})
    for place in places:
        base = taxes.get(("xfrm",) + place)
        if isinstance(base, str):
            base = None
        print("%7d %7d %7d %6d" % place, end="")
        for w in ORDER:
            k = (w, place[3]) if w == "aead" else (w,) + place
            print(cell(taxes.get(k), base), end="")
        print()


def table_rest(rows):
    plain = [r["insns"] for r in rows
             if r["row"] == "packet" and r["what"] == "plain"
             and r["flows"] == 1]
    if plain:
        print("Plain forwarding: %s instructions per packet"
              % ", ".join(str(p) for p in plain))
    for r in rows:
        if r["row"] == "goodput":
            print("TCP, %-13s %7.1f octets per 1000 instructions"
                  % (r["what"] + ":", r["bytes_per_1000_insns"]))
    for r in rows:
        if r["row"] == "memory":
            print("Memory of a pair of SAs, %-13s %6d octets on one CPU "
                  "(slab %d, per CPU %d, vmalloc %d)" % (
                      r["what"] + ":", r["octets"], r["slab"], r["percpu"],
                      r["vmalloc"]))


def table_control(rows):
    insns = {(r["op"], r["number"], r["what"]): r["insns"] for r in rows
             if r["row"] == "control"}
    for op, number, what in insns:
        if what != "ours":
            continue
        ours, xfrm = insns[op, number, what], insns.get((op, number, "xfrm"))
        print("%-9s of %6d: %8d instructions each" % (op, number, ours), end="")
        if xfrm:
            print(", xfrm %8d (ours/xfrm %4.2f)" % (xfrm, ours / xfrm), end="")
        print()


def table_failed(rows):
    for r in rows:
        if r["row"] == "failed":
            print("FAILED: %s, %s: %s" % (r["what"], r["step"], r["error"]))


def main():
    out, *files = sys.argv[1:]
    every = []
    for path in files:
        rows = read(path)
        add_tax(rows)
        add_goodput(rows)
        add_rates(rows)
        print("\n== Linux %s, AES-128-GCM" % rows[0]["kernel"])
        table_packets(rows)
        table_rest(rows)
        table_control(rows)
        table_failed(rows)
        every += rows
    with open(out, "w", encoding="ascii") as f:
        json.dump(every, f, indent=1)
        f.write("\n")
    print("\n%s: %d rows" % (os.path.relpath(out), len(every)))


main()
