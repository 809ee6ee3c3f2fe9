#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A packet without an SA: the question to userland, and the packets that wait."""
import os
import sys
import time

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "esp", "lib"))
from bench import INNER, NETS, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same, wait_for
from pkt import Packet, UDP, udp_packet

T = Transform("aes-gcm")


def packet(n=1, family=4):
    """A numbered packet of the host."""
    return udp_packet(*INNER[family], 1111, 2222, b"%d" % n)


def sent_numbers(b, count):
    """Numbers inside of what has left."""
    return [int(Packet(T.open(p.payload)[0]).udp()[4]) for p in b.sent(count)]


def asked(b, family):
    """The question names rule, peers, flow and binding."""
    b.gw.listen()
    peers = ["172.16.0.2", "172.16.0.7"]
    number = b.rule(*NETS[family], seq=3, name="acq", peer=peers)
    b.bind("acq")
    before = b.gw.stats()
    b.inside.send(packet(family=family))
    e = b.gw.event("acquire-ntf")
    must(e, "no event")
    flow = e["flow"]
    same("rule", (e["id"], e["map"], e["seq"], e["index"]),
         (number, "acq", 3, 0))
    same("peers", e["peer"], peers)
    same("flow", (flow["src"], flow["dst"], flow["proto"], flow["sport-min"],
                  flow["dport-min"]),
         (*INNER[family], UDP, 1111, 2222))
    same("binding", (e["ifindex"], e["local"], e["attempts"]),
         (b.g.index("go"), OUTER[4][0], 1))
    pending = b.gw.dump("acquire-get")
    same("pending", [(p["id"], p["attempts"]) for p in pending], [(number, 1)])
    after = b.gw.stats()
    same("counters", (after["acquires"] - before["acquires"],
                      after["pending"]), (1, 1))
    # More packets of the same rule: no more questions for a second.
    for n in range(3):
        b.inside.send(packet(n, family))
    same("again", b.gw.event("acquire-ntf", 0.1), None)


def held(b):
    """Packets wait and are sent in order when the SA comes."""
    number = b.rule(*NETS[4])
    b.bind()
    for n in range(8):
        b.inside.send(packet(n))
    same("held", b.gw.ask("policy-get", id=number)["held"], 8)
    same("sent", b.outside.collect(1, limit=0.1), [])
    b.expect_drop("out-hold-full", lambda: [b.inside.send(packet(9))
                                            for _ in range(2)], 2)
    stats = b.gw.ask("policy-get", id=number)["stats"]
    same("rule", stats["err-no-sa"], 2)
    same("binding", b.gw.dump("map-get")[0]["no-sa-drops"], 2)
    b.sa_out(T, number)
    same("numbers", sent_numbers(b, 8), list(range(8)))
    same("held", b.gw.ask("policy-get", id=number).get("held", 0), 0)
    b.inside.send(packet(20))
    same("numbers", sent_numbers(b, 1), [20])
    stats = b.gw.ask("policy-get", id=number)["stats"]
    same("rule", stats["out-packets"], 9)


def held6(b):
    """The same for IPv6, and for packets of this host itself."""
    number = b.rule(*NETS[6])
    b.bind()
    b.inside.send(packet(1, 6))
    s = b.g.socket(10, 2)
    s.bind(("fd01::1", 1111))
    s.sendto(b"2", (INNER[6][1], 2222))
    s.close()
    same("held", b.gw.ask("policy-get", id=number)["held"], 2)
    b.sa_out(T, number)
    same("numbers", sent_numbers(b, 2), [1, 2])


def off(b):
    """Nothing is held when the limit is 0."""
    b.gw.ask("conf-set", hold_packets=0)
    number = b.rule(*NETS[4])
    b.bind()
    b.gw.listen()
    b.expect_drop("out-no-sa", lambda: b.inside.send(packet()))
    must(b.gw.event("acquire-ntf"), "no event")
    same("rule", b.gw.ask("policy-get", id=number)["stats"]["err-no-sa"], 1)


def timeout(b):
    """What has waited too long is dropped, and asked for in between."""
    b.gw.ask("conf-set", acquire_timeout=2)
    number = b.rule(*NETS[4])
    b.bind()
    b.gw.listen()
    before = b.gw.stats()["drops"]["out-hold-timeout"]
    begin = time.monotonic()
    for n in range(3):
        b.inside.send(packet(n))
    same("dropped", b.gw.drop_of("out-hold-timeout", before + 3, 8),
         before + 3)
    took = time.monotonic() - begin
    must(1.9 <= took <= 5, "after %.1f s" % took)
    same("attempts", [e[1]["attempts"] for e in b.gw.events(0.1)
                      if e[0] == "acquire-ntf"], [1, 2])
    same("rule", b.gw.ask("policy-get", id=number)["stats"]["err-no-sa"], 3)


def full(b):
    """So many rules may wait, and no more."""
    b.gw.ask("conf-set", max_acquires=2)
    for n in range(4):
        b.rule("10.1.0.0/16", "10.2.%d.0/24" % n, index=n)
    b.bind()
    for n in range(2):
        b.inside.send(udp_packet(INNER[4][0], "10.2.%d.9" % n, 1, 2, b"x"))
    same("pending", b.gw.stats()["pending"], 2)
    b.expect_drop("out-acquire-full", lambda: b.inside.send(
        udp_packet(INNER[4][0], "10.2.3.9", 1, 2, b"x")))


def rule_gone(b):
    """The rule goes: its packets are dropped, none goes in clear."""
    b.rule(*NETS[4])
    b.bind()
    for n in range(4):
        b.inside.send(packet(n))
    b.expect_drop("out-no-sa", lambda: b.gw.ask("policy-flush"), 4)
    same("pending", b.gw.stats()["pending"], 0)
    same("sent", b.outside.collect(1, limit=0.1), [])


def unbound(b):
    """The map comes off: the same."""
    b.rule(*NETS[4])
    b.bind()
    for n in range(4):
        b.inside.send(packet(n))
    before = b.gw.stats()["drops"]["shutdown"]
    b.unbind()
    same("dropped", b.gw.drop_of("shutdown", before + 4), before + 4)
    same("sent", b.outside.collect(1, limit=0.1), [])


def not_fitting(b):
    """An SA that is not for the packet answers the question and carries
    nothing; there is no storm."""
    number = b.rule(*NETS[4])
    b.bind()
    b.gw.listen()
    b.inside.send(packet())
    must(b.gw.event("acquire-ntf"), "no event")
    sel = {"family": 2, "src": "10.1.0.99", "src-mask": b"\xff" * 4,
           "dst": INNER[4][1], "dst-mask": b"\xff" * 4}
    b.sa_out(T, number, selector=sel)
    for n in range(5):
        b.inside.send(packet(n))
    same("sent", b.outside.collect(1, limit=0.2), [])
    seen = [e for e in b.gw.events(0.1) if e[0] == "acquire-ntf"]
    must(len(seen) <= 1, "%d questions" % len(seen))
    # One that fits, beside it.
    b.sa_out(T, number)
    got = sent_numbers(b, 6)
    same("numbers", sorted(got), [0, 1, 1, 2, 3, 4])


CASES = [("asked, IPv4", asked, 4), ("asked, IPv6", asked, 6), ("held", held),
         ("held, IPv6", held6), ("nothing held", off), ("timeout", timeout),
         ("too many", full), ("the rule goes", rule_gone),
         ("the map comes off", unbound),
         ("an SA that does not fit", not_fitting)]
plan(len(CASES))
load_module()
for name, func, *args in CASES:
    bench = Bench()
    case(name, func, bench, *args)
    bench.close()
finish()
