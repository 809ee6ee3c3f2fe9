#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""A network namespace sees nothing of another, and takes its objects with it."""
import os

import nltest
from nltest import rule, sa_in, sa_key, sa_out

SPEC = nltest.Contract()
OBJECTS = ("sa-get", "policy-get", "map-get", "encap-get", "acquire-get")


def fill(ctl):
    pol = ctl.do("policy-add", rule())["id"]
    ctl.do("sa-add", sa_in(policy=pol))
    ctl.do("sa-add", sa_out(policy=pol))
    ctl.do("map-bind", {"name": "m", "ifindex": 1, "local4": "192.0.2.1"})
    ctl.do("conf-set", {"drop-threshold": 7})


def all_of(ctl):
    return {cmd: ctl.dump(cmd) for cmd in OBJECTS}


def quiet(state):
    """Without what time changes."""
    return [sorted((s["spi"], s["id"], s["dir"]) for s in state["sa-get"]),
            [p["id"] for p in state["policy-get"]], len(state["map-get"])]


def live_and_die(fate):
    """A namespace with objects that ends in one of several ways."""
    nltest.unshare()
    ctl = nltest.Client(SPEC)
    fill(ctl)
    if fate == "larval":
        for _ in range(50):
            ctl.do("sa-alloc-spi", {"proto": 50})
    elif fate == "dump":
        # The socket goes while its dump is not finished.
        for spi in range(0x2000, 0x2100):
            ctl.do("sa-add", sa_in(spi=spi))
        ctl.sock.send(ctl.message(ctl.family, SPEC.cmd["sa-get"], b"",
                                  nltest.F_REQUEST | nltest.F_DUMP))
        ctl.sock.recv(1 << 16)
    elif fate == "listener":
        ctl.join()
        ctl.do("sa-flush")
    return "done"


def loaded_refs():
    with open("/sys/module/ipsecgw/refcnt") as file:
        return int(file.read())


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(9)
    one = nltest.Client(SPEC)
    ear_one = nltest.Client(SPEC)
    ear_one.join()
    fill(one)
    tap.check("events are heard in the namespace",
              len(list(ear_one.events(1))) >= 2)
    first = quiet(all_of(one))

    nltest.unshare()
    two = nltest.Client(SPEC)
    ear_two = nltest.Client(SPEC)
    ear_two.join()
    tap.expect("a new namespace is empty", all_of(two), {c: [] for c in OBJECTS})
    tap.expect("settings are at their start", two.do("conf-get")["drop-threshold"], 0)
    fill(two)
    tap.expect("the same names do not collide", quiet(all_of(two))[0], first[0])
    list(ear_two.events(1))
    tap.expect("a flush finds what is here", two.do("sa-flush")["count"], 2)
    two.do("map-unbind", {"ifindex": 1})
    two.do("policy-flush")
    tap.expect("a flush stays in its namespace", quiet(all_of(one)), first)
    tap.expect("and so do the events", (len(list(ear_one.events(1))),
                                        len(list(ear_two.events(1)))), (0, 2))
    tap.check("an sa of the other is not found",
              two.ask("sa-get", sa_key(sa_in())).err != 0)
    fates = ["plain", "larval", "dump", "listener"] * 5
    done = [nltest.in_child(live_and_die, f) for f in fates]
    tap.expect("namespaces with objects go away", done, ["done"] * len(fates))
    one.do("map-unbind", {"ifindex": 1})
    tap.end()


if __name__ == "__main__":
    main()
