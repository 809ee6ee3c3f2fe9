#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Parts of a tunnel end and come back while packets are on their way, queued or
held; afterwards all of it works again.

environment: LIFE_CYCLES=20   a quarter of that often, each
"""
import os
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "../esp/lib")]
from ends import CHANGES
from ktap import case, diag, finish, load_module, plan
from world import CYCLES, World


def change(world, end, again):
    """End, come back, work; now and then with packets that wait for an SA."""
    for n in range(max(CYCLES // 4, 1)):
        if n % 4 == 0:
            world.held()
        end(world)
        again(world)
        world.flows(1)
    world.protected()


def main():
    """All."""
    plan(len(CHANGES))
    load_module()
    world = World()
    world.build()
    world.setup()
    world.flows()
    for name, (end, again) in CHANGES.items():
        case(name, change, world, end, again)
    diag("packets: %s" % (world.traffic.counts(),))
    finish()


main()
