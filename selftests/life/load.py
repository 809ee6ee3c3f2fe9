#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""The module is loaded and unloaded while packets come in, time and again.

environment: LIFE_CYCLES=20   how often
"""
import errno
import os
import sys
import time

sys.pycache_prefix = "/run/ipsecgw-pyc"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "../esp/lib")]
from ktap import (case, diag, finish, load_module, must, plan, run, same,
                  wait_for)
from world import (CYCLES, Module, World, judge_memory, memory, progress,
                   references)

# Ways in which the last reference goes.
WAYS = ("unbound", "flushed", "cable gone")


def give_up(world, way):
    """Traffic goes on, but the module protects nothing any more."""
    if way == "flushed":
        for gw in world.gw:
            gw.flush()
            gw.ask("policy-flush")
    if way == "cable gone":
        world.g[0].delete("o1")
        world.g[1]._names.pop("o2", None)
    else:
        world.unbind()
    world.close_encap()


def cycle(world, module, number):
    """Load, tunnel, traffic, unload."""
    way = WAYS[number % len(WAYS)]
    module.load()
    world.setup()
    world.flows()
    world.protected()
    if number % 2:
        world.held()
    # Of two bindings and a socket for UDP.
    same("references to the module", references(), 3)
    same("unloading with a tunnel", errno.errorcode.get(module.unload()),
         "EAGAIN")
    world.flows(1)
    give_up(world, way)
    # SAs, rules and open netlink sockets stay: they do not hold it.
    must(wait_for(20, lambda: module.unload() == 0),
         "%s: %d references are left" % (way, references()))
    world.forget()
    if way == "cable gone":
        world.cable()


def cycles(world, module, count, first=0):
    """So many, one after the other."""
    for n in range(first, first + count):
        cycle(world, module, n)
        progress(n + 1 - first)


def many(world, module):
    """All of them; memory is as before."""
    before = memory()
    begin = time.monotonic()
    cycles(world, module, CYCLES, 3)
    took = time.monotonic() - begin
    sent = world.traffic.counts()
    diag("%d cycles, %.2f s each; packets: %s" % (CYCLES, took / CYCLES, sent))
    judge_memory(before, CYCLES)


def main():
    """All."""
    plan(2)
    # With what it needs, which then stays.
    load_module()
    mod = Module()
    world = World()
    world.build()
    run("rmmod", "ipsecgw")
    case("three ways to end", cycles, world, mod, 3)
    case("%d times" % CYCLES, many, world, mod)
    mod.load()
    finish()


main()
