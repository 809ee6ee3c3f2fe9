#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Namespaces with tunnels are made and go away while packets go through them.

environment: LIFE_CYCLES=20   how often
"""
import os
import sys
import time

sys.pycache_prefix = "/run/ipsecgw-pyc"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "../esp/lib")]
from ends import FATES
from ktap import case, diag, finish, load_module, plan
from world import CYCLES, World, judge_memory, memory, progress


def cycle(world, number):
    """From nothing to nothing."""
    world.build()
    world.setup()
    world.flows()
    world.protected()
    if number % 2:
        world.held()
    FATES[number // 2 % len(FATES)](world)
    world.destroy()
    world.gone()


def cycles(world, count):
    """So many, one after the other."""
    for n in range(count):
        cycle(world, n)
        progress(n + 1)


def many(world):
    """All of them; memory is as before."""
    before = memory()
    begin = time.monotonic()
    cycles(world, CYCLES)
    took = time.monotonic() - begin
    diag("%d cycles, %.2f s each; packets: %s" %
         (CYCLES, took / CYCLES, world.traffic.counts()))
    judge_memory(before, CYCLES)


def main():
    """All."""
    plan(2)
    load_module()
    world = World()
    case("one", cycles, world, 1)
    case("%d times" % CYCLES, many, world)
    finish()


main()
