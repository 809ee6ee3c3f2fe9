#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Published test vectors.

Each must hold in the independent implementation of lib/, so that what the other
tests compare with is right. Whole ESP packets then go through the module: it must
take them and give out exactly the text of the document.
"""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import vectors
from bench import NEXT, Bench
from ktap import case, finish, load_module, must, plan, same
from pkt import Packet

ALL = vectors.read_all()
WHOLE = [v for v in ALL if v["type"] == "esp"]


def through_module(b, v):
    """The packet comes in from outside; its text comes out."""
    t, p = vectors.packet(v)
    spi = int.from_bytes(v["spi"], "big")
    seq = int.from_bytes(v["seq"], "big")
    b.clear()
    b.sa_in(t, spi, mode=v["mode"], seq=seq - 1,
            flags="esn" if vectors.esn(v) else 0)
    b.inject(p)
    pad, nexthdr = v["text"][-2], v["text"][-1]
    payload = v["text"][:-2 - pad]
    if v["mode"] == "tunnel":
        same("next header", nexthdr, NEXT[4])
        b.delivered(payload)
    else:
        got = b.came.wait(lambda x: Packet(x).proto == nexthdr)
        must(got, "not delivered, drops: %s" % b.gw.drops())
        same("payload", Packet(got).payload, payload)
        must(Packet(got).check_ok, "the IP checksum is wrong")
    stats = b.gw.sa_get(spi)["stats"]
    same("packets", stats["in-packets"], 1)
    b.gw.sa_del(spi)


plan(len(ALL) + len(WHOLE))
load_module()
for vector in ALL:
    case("%s: %s" % (vector["source"], vector.get("name", "ESP packet")),
         vectors.check, vector)
bench = Bench()
for vector in WHOLE:
    case("%s: through the module" % vector["source"], through_module, bench,
         vector)
finish()
