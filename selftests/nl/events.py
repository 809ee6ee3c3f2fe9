#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""Events: what they carry, whom they reach, and that a listener learns of those
it missed."""
import errno
import socket
import subprocess
import time

import nltest
from nltest import rule, sa_in, sa_key, sa_out

SPEC = nltest.Contract()


def hear(ear, count, limit=20):
    """The next events by name, decoded."""
    found, end = [], time.monotonic() + limit
    while len(found) < count and time.monotonic() < end:
        for cmd, body in ear.events(0.5):
            name = SPEC.cmd_name[cmd]
            found.append((name, SPEC.decode(SPEC.op[name]["attribute-set"], body)))
            if len(found) >= count:
                break
    return found


def carries(tap, what, event, name, values):
    """The event is the named one, lists only what the spec says, and has these."""
    got_name, got = event
    spec = set(SPEC.op[name]["event"]["attributes"])
    odd = [] if got_name == name else [f"is {got_name}"]
    odd += [f"{k} is not in the spec" for k in got if k not in spec]
    odd += [f"{k}: {got.get(k)}, want {v}" for k, v in values.items()
            if got.get(k) != v]
    tap.all_good(what, odd)


def name_of(sa, **more):
    enums = SPEC.enums
    return {"spi": sa["spi"], "proto": 50, "dir": enums["dir"][sa["dir"]],
            "mode": enums["mode"][sa["mode"]], "local": sa["local"],
            "remote": sa["remote"]} | more


def life(tap, ctl, ear):
    enums = SPEC.enums
    pol = ctl.do("policy-add", rule())["id"]
    one, two = sa_in(policy=pol), sa_out(policy=pol, pair=0x1000, flags="esn")
    ids = [ctl.do("sa-add", s)["id"] for s in (one, two)]
    heard = hear(ear, 2)
    more = {"cipher": enums["cipher"]["aes-gcm"], "integ": 0, "policy": pol}
    carries(tap, "an inbound sa was added", heard[0], "sa-add-ntf",
            name_of(one, id=ids[0], **more))
    carries(tap, "an outbound sa was added", heard[1], "sa-add-ntf",
            name_of(two, id=ids[1], pair=0x1000, flags=1, **more))
    given = ctl.do("sa-alloc-spi", {"proto": 50})
    tap.expect("a reserved spi is no event", hear(ear, 1, 1), [])
    ctl.do("sa-add", sa_in(spi=given["spi"]))
    heard = hear(ear, 1)
    carries(tap, "its completion is", heard[0], "sa-add-ntf", {"id": given["id"]})
    for sa, ident in ((one, ids[0]), (two, ids[1])):
        ctl.do("sa-del", sa_key(sa))
        event = hear(ear, 1)[0]
        carries(tap, f"an sa was deleted ({sa['dir']})", event, "sa-del-ntf",
                name_of(sa, id=ident, policy=pol))
        tap.check("with its counters and age", len(event[1].get("stats", {})) ==
                  len(SPEC.sets["stats"]) - 1 and "age" in event[1], event)
    ctl.do("sa-flush")
    tap.expect("a flush is one event an sa", [n for n, _ in hear(ear, 1)], ["sa-del-ntf"])
    ctl.do("policy-flush")


def expiry(tap, ctl, ear):
    enums = SPEC.enums
    sa = sa_in(spi=0x6000, soft={"seconds": 1}, hard={"seconds": 2})
    ident = ctl.do("sa-add", sa)["id"]
    heard = hear(ear, 3)
    names = [n for n, _ in heard]
    tap.expect("add, soft, hard", names, ["sa-add-ntf", "expire-ntf", "expire-ntf"])
    if len(heard) != 3:
        tap.check("soft", False)
        tap.check("hard", False)
        tap.check("expired", False)
        return
    for number, hard in ((1, 0), (2, 1)):
        carries(tap, "hard limit" if hard else "soft limit", heard[number], "expire-ntf",
                name_of(sa, id=ident, limit=enums["limit"]["seconds"]) | {"is-hard": hard})
    tap.expect("the sa is expired then", ctl.do("sa-get", sa_key(sa))["state"],
               enums["sa-state"]["expired"])
    ctl.do("sa-del", sa_key(sa))
    hear(ear, 1)
    ctl.do("sa-add", sa_in(spi=0x6001, idle=1))
    heard = hear(ear, 2)
    tap.check("idle time", len(heard) == 2 and
              heard[1][1].get("limit") == enums["limit"]["idle"], heard)
    ctl.do("sa-flush")
    hear(ear, 1)


def traffic(tap, ctl, ear):
    """Questions and drops, by packets into a dummy device."""
    for words in ("link add d0 type dummy", "link set d0 up",
                  "addr add 10.1.0.1/24 dev d0"):
        subprocess.check_call(["ip"] + words.split())
    index = socket.if_nametoindex("d0")
    sel = {"family": 2, "dst": "10.1.0.2"}
    pol = ctl.do("policy-add", rule(selector=sel, peer=["192.0.2.2", "2001:db8::7"]))["id"]
    ctl.do("policy-add", rule(seq=20, action="discard", peer=None,
                              selector=sel | {"dst": "10.1.0.3"}))
    ctl.do("conf-set", {"drop-threshold": 2})
    ctl.do("map-bind", {"name": "m", "ifindex": index, "local4": "192.0.2.1"})
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("10.1.0.1", 4000))
    udp.sendto(b"x", ("10.1.0.2", 5000))
    heard = hear(ear, 1)
    want = {"id": pol, "map": "m", "seq": 10, "index": 1, "ifindex": index,
            "local": "192.0.2.1", "peer": ["192.0.2.2", "2001:db8::7"], "attempts": 1}
    tap.expect("a packet asks once", [n for n, _ in heard], ["acquire-ntf"])
    carries(tap, "what it asks", heard[0], "acquire-ntf", want)
    flow = heard[0][1].get("flow", {})
    tap.expect("for which packet", [flow.get(k) for k in
                                    ("proto", "src", "dst", "sport-min", "dport-max")],
               [17, "10.1.0.1", "10.1.0.2", 4000, 5000])
    listed = ctl.dump("acquire-get")
    tap.check("the question is listed", len(listed) == 1 and
              all(listed[0].get(k) == v for k, v in want.items() if k != "attempts"),
              listed)
    tap.expect("its packet waits", ctl.do("policy-get", {"id": pol})["held"], 1)
    for _ in range(5):
        try:
            udp.sendto(b"x", ("10.1.0.3", 5000))
        except OSError:
            pass
    drops = [(e["reason"], e["packets"]) for n, e in hear(ear, 2) if n == "drop-ntf"]
    why = SPEC.enums["drop"]["out-discard"]
    tap.expect("every second drop is told", drops, [(why, 2), (why, 4)])
    ctl.do("map-unbind", {"ifindex": index})
    tap.expect("without the interface nobody asks", ctl.dump("acquire-get"), [])
    ctl.do("policy-flush")
    list(ear.events(1))


def overrun(tap, ctl):
    """A listener whose socket is full is told so."""
    ear = nltest.Client(SPEC)
    ear.join()
    ear.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for spi in range(0x8000, 0x8080):
        ctl.do("sa-add", sa_in(spi=spi))
    told = False
    try:
        for _ in ear.events(1):
            pass
    except OSError as problem:
        told = problem.errno == errno.ENOBUFS
    tap.check("a listener learns that it missed events", told)
    ctl.do("sa-flush")


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(22)
    ctl, ear = nltest.Client(SPEC), nltest.Client(SPEC)
    ear.join()
    life(tap, ctl, ear)
    expiry(tap, ctl, ear)
    traffic(tap, ctl, ear)
    overrun(tap, ctl)
    tap.end()


if __name__ == "__main__":
    main()
