#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""Events: what they carry, whom they reach, and that a listener learns of those
it missed."""
import errno
import socket
import struct
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


class Stranger:
    """Sends ESP that no SA is for, from any address of the loopback device."""

    def __init__(self, ear):
        self.ear = ear
        subprocess.check_call(["ip", "link", "set", "lo", "up"])
        self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, source, spi):
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 50, 0,
                           socket.inet_aton(source), socket.inet_aton("127.0.0.1"))
        self.raw.sendto(head + struct.pack(">II", spi, 1) + bytes(32), ("127.0.0.1", 0))

    def told(self):
        """The events of what was sent until now, and nothing more for a while."""
        return [e for n, e in hear(self.ear, 1000, 1) if n == "unknown-spi-ntf"]

    @staticmethod
    def wait():
        """Until every slot is free again."""
        time.sleep(1.1)


def unknown(tap, ctl, ear):
    """What an event says of a packet that no SA is for, and of which it does not."""
    from_us = Stranger(ear)
    from_us.send("127.0.0.1", 0x77001)
    carries(tap, "a packet for an unknown spi", hear(ear, 1)[0], "unknown-spi-ntf",
            {"spi": 0x77001, "proto": 50, "local": "127.0.0.1",
             "remote": "127.0.0.1", "encap-local-port": None})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 4500))
        ctl.do("encap-add", {"fd": udp.fileno()})
        from_us.wait()
        udp.sendto(struct.pack(">II", 0x77002, 1) + bytes(32), ("127.0.0.1", 4500))
        carries(tap, "the same in udp", hear(ear, 1)[0], "unknown-spi-ntf",
                {"spi": 0x77002, "encap-local-port": 4500, "encap-remote-port": 4500})
        ctl.do("encap-del", {"fd": udp.fileno()})
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, 50) as six:
        from_us.wait()
        six.sendto(struct.pack(">II", 0x77003, 1) + bytes(32), ("::1", 0))
        carries(tap, "and of ipv6", hear(ear, 1)[0], "unknown-spi-ntf",
                {"spi": 0x77003, "local": "::1", "remote": "::1"})
    ctl.do("sa-add", sa_in(spi=0x79000))
    given = ctl.do("sa-alloc-spi", {"proto": 50})["spi"]
    subprocess.check_call(
        ["ip", "xfrm", "state", "add", "src", "127.0.0.2", "dst", "127.0.0.1",
         "proto", "esp", "spi", "0x7a000", "mode", "tunnel", "aead",
         "rfc4106(gcm(aes))", "0x" + "11" * 20, "128"])
    hear(ear, 1)
    from_us.wait()
    for spi in (0x79000, given, 0x7a000, 77):
        from_us.send("127.0.0.2", spi)
    from_us.send("127.0.0.2", 0x77004)
    tap.expect("not of one that has keys, is reserved, xfrm's or no spi",
               [e["spi"] for e in from_us.told()], [0x77004])
    subprocess.check_call(["ip", "xfrm", "state", "flush"])
    ctl.do("sa-flush")
    hear(ear, 1)


def flood(tap, ear):
    """Who sends many of them, or claims to be many, causes few events."""
    from_us = Stranger(ear)
    for sources in (["127.0.0.1"], [f"127.0.1.{n}" for n in range(1, 101)]):
        from_us.wait()
        begun = time.monotonic()
        for n in range(200):
            from_us.send(sources[n % len(sources)], 0x78000 + n)
        seconds = int(time.monotonic() - begun) + 1
        found = [(e["remote"], e["spi"]) for e in from_us.told()]
        slots = min(len(sources), 16)
        tap.check(f"200 packets of {len(sources)}: few are told, the first is",
                  slots // 2 < len(found) <= slots * seconds and
                  found[0] == (sources[0], 0x78000), (seconds, found))


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
    tap = nltest.Tap(28)
    ctl, ear = nltest.Client(SPEC), nltest.Client(SPEC)
    ear.join()
    life(tap, ctl, ear)
    expiry(tap, ctl, ear)
    traffic(tap, ctl, ear)
    unknown(tap, ctl, ear)
    flood(tap, ear)
    overrun(tap, ctl)
    tap.end()


if __name__ == "__main__":
    main()
