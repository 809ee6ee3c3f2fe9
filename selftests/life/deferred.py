#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""The same with a cipher that finishes later, on another CPU: packets are in its
hands when their SA, interface, namespace or module goes.

environment: LIFE_CYCLES=20   half of that often, each
"""
import os
import re
import socket
import subprocess
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "lib"), os.path.join(HERE, "../esp/lib")]
from ends import CHANGES, FATES
from ktap import (case, diag, finish, load_module, must, plan, run, same,
                  skip_all, undo, wait_for)
from world import CYCLES, PLAIN, Module, World

OFTEN = max(CYCLES // 2, 1)


def driver():
    """The implementation of gcm(aes) that has the highest priority."""
    with open("/proc/crypto") as f:
        algs = [dict(re.findall(r"^(\w+) *: (.*)$", block, re.M))
                for block in f.read().split("\n\n")]
    return max((int(a["priority"]), a["driver"]) for a in algs
               if a.get("name") == "gcm(aes)")[1]


def prove_locking(on):
    """padata, beneath pcrypt, takes a lock of a class within another one of it,
    and has not told lockdep that they are never the same."""
    try:
        with open("/proc/sys/kernel/prove_locking", "w") as f:
            f.write(str(int(on)))
    except FileNotFoundError:
        pass


def parallel():
    """From here on gcm(aes) is done by pcrypt."""
    for name in ("pcrypt", "algif_aead"):
        if subprocess.run(["modprobe", "-q", name]).returncode:
            skip_all("missing module: " + name)
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0) as s:
        s.bind(("aead", "gcm(aes)"))
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0) as s:
        s.bind(("aead", "pcrypt(%s)" % driver()))


def serial():
    """No more: the instance goes with its template."""
    must(wait_for(20, lambda: not subprocess.run(
        ["modprobe", "-r", "pcrypt"], capture_output=True).returncode),
        "pcrypt does not unload")


def is_deferred(world):
    """The SAs have that cipher, and packets come out of it."""
    used = world.gw[0].sa_get(PLAIN)["driver"]
    must("pcrypt" in used, "%s is used" % used)
    for gw in world.gw:
        must(gw.stats()["deferred"], "nothing was deferred")


def changes(world):
    """All that can end in a tunnel that stays."""
    world.build()
    world.setup()
    world.flows()
    is_deferred(world)
    for _ in range(max(OFTEN // len(CHANGES), 1)):
        for end, again in CHANGES.values():
            end(world)
            again(world)
            world.flows(1)
    is_deferred(world)
    world.destroy()
    world.gone()


def namespaces(world):
    """All ways in which the namespaces go."""
    for n in range(OFTEN):
        world.build()
        world.setup()
        world.flows()
        FATES[n % len(FATES)](world)
        world.destroy()
        world.gone()


def unloading(world, module):
    """The module goes as soon as nothing holds it."""
    world.build()
    for _ in range(OFTEN):
        world.setup()
        world.flows()
        world.unbind()
        world.close_encap()
        same("unloading", module.unload(), 0)
        world.forget()
        module.load()


def main():
    """All."""
    plan(3)
    # With the fastest cipher there is, which shall lie beneath.
    load_module()
    undo(prove_locking, True)
    prove_locking(False)
    undo(serial)
    parallel()
    module = Module()
    world = World()
    case("a tunnel that changes", changes, world)
    case("namespaces that go", namespaces, world)
    case("a module that goes", unloading, world, module)
    diag("packets: %s" % (world.traffic.counts(),))
    finish()


main()
