#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reservation of SPIs: range, uniqueness, expiry, what completes one."""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
from bench import INNER, NEXT, Bench
from espcodec import Transform
from gnl import Refused
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import udp_packet

T = Transform("aes-gcm")


def reserve(b, **kw):
    """An SPI."""
    return b.gw.ask("sa-alloc-spi", proto="esp", **kw)["spi"]


def in_range(b):
    """Never below 256; inside what is asked for; spread over it."""
    got = [reserve(b) for _ in range(300)]
    must(min(got) >= 256, "SPI %d" % min(got))
    same("different", len(set(got)), len(got))
    # Chance of fewer than 8 of 16 parts being hit: none.
    must(len({g >> 28 for g in got}) > 8, "not random: %s" % got[:9])
    b.gw.flush()
    got = [reserve(b, min_spi=1000, max_spi=1999) for _ in range(200)]
    must(min(got) >= 1000 and max(got) <= 1999, "outside")
    same("different", len(set(got)), len(got))
    must(got != sorted(got), "in order, not random")


def exhausted(b):
    """A small range is used to the last, then refused, then free again."""
    got = {reserve(b, min_spi=5000, max_spi=5015) for _ in range(16)}
    same("all of them", got, set(range(5000, 5016)))
    try:
        reserve(b, min_spi=5000, max_spi=5015)
    except Refused as e:
        must("free spi" in e.args[1], str(e))
    else:
        must(False, "one too many")
    b.gw.sa_del(5007)
    same("the free one", reserve(b, min_spi=5000, max_spi=5015), 5007)


def not_in_use(b):
    """An SPI of a living SA is not given away."""
    for spi in range(6000, 6007):
        b.sa_in(T, spi)
    same("the only free one", reserve(b, min_spi=6000, max_spi=6007), 6007)


def completed(b):
    """The SA takes the place and the number of its reservation."""
    got = b.gw.ask("sa-alloc-spi", proto="esp")
    sa = b.gw.sa_get(got["spi"])
    same("state", sa["state"], "larval")
    b.sa_in(T, got["spi"])
    sa = b.gw.sa_get(got["spi"])
    same("SA", (sa["state"], sa["id"]), ("active", got["id"]))
    inner = udp_packet(*reversed(INNER[4]), 1, 2, b"x")
    b.inject(T.seal(got["spi"], 1, inner, NEXT[4]))
    b.delivered(inner)
    same("SAs", b.gw.stats()["sas"], 1)


def expires(b):
    """A reservation that nobody completes goes by itself; an SA stays."""
    b.gw.ask("conf-set", larval_timeout=1)
    spi = reserve(b)
    kept = reserve(b)
    b.sa_in(T, kept)
    b.gw.listen()
    must(wait_for(5, lambda: b.gw.stats()["sas"] == 1), "still there")
    try:
        b.gw.sa_get(spi)
    except Refused:
        pass
    else:
        must(False, "still there")
    same("the completed one", b.gw.sa_get(kept)["state"], "active")
    same("events", [e for e in b.gw.events(0.1) if e[0] == "sa-del-ntf"], [])
    b.gw.ask("conf-set", larval_timeout=60)


def nonsense(b):
    """Ranges that make no sense."""
    for low, high, text in ((10, 500, ""), (500, 300, "above"),
                            (0, 0, "")):
        try:
            reserve(b, min_spi=low, max_spi=high)
        except Refused as e:
            must(text in e.args[1], str(e))
        else:
            must(False, "%d to %d taken" % (low, high))


def limited(b):
    """Reservations count for the limit on SAs."""
    b.gw.ask("conf-set", max_sas=3)
    try:
        for _ in range(3):
            reserve(b)
        for more in (lambda: reserve(b), lambda: b.sa_in(T)):
            try:
                more()
            except Refused as e:
                must("max-sas" in e.args[1], str(e))
            else:
                must(False, "a fourth one")
    finally:
        b.gw.ask("conf-set", max_sas=262144)


CASES = [in_range, exhausted, not_in_use, completed, expires, nonsense,
         limited]
plan(len(CASES))
load_module()
bench = Bench()
for func in CASES:
    case(func.__name__, func, bench)
    bench.gw.flush()
finish()
