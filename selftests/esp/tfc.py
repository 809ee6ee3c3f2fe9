#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Padding that hides how long packets are (RFC 4303, 2.7), and marks.

The peer is the kernel's own XFRM, and what is on the wire is opened by hand.
"""
import os
import socket
import subprocess
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import xfrm
from bench import INNER, NETS, OUTER, Bench
from espcodec import Transform
from ktap import case, finish, load_module, must, plan, same
from netlink import Refused
from pkt import Packet, forwarded, udp_packet
from xfrm import IN, OUT, Xfrm

TRANSFORMS = [Transform("aes-gcm"), Transform("aes-cbc", "hmac-sha256-128")]
# Longest inner packets over IPv4 with these and 1500 octets.
FITS = dict(zip(TRANSFORMS, (1446, 1438)))
ENDS = {4: ("10.1.0.1", "10.2.0.1"), 6: ("fd01::1", "fd02::1")}


def padded(b, t):
    """Packets below the size are padded to it with zeros, others not; whatever
    is configured, what went out whole before does so still."""
    for size in (200, 1400, 65535):
        for f in (4, 6):
            b.sa_out(t, b.numbers[f], tfc_pad=size)
        want = min(size, FITS[t])
        for family in (4, 6):
            for length in (60, want - 1, want, min(want + 1, FITS[t]),
                           FITS[t]):
                inner = udp_packet(*INNER[family], 1, 2, os.urandom(
                    length - (28 if family == 4 else 48)))
                b.inside.send(inner)
                p = b.sent()[0]
                must(p.is_whole() and p.length <= 1500, "too long")
                got = t.open(p.payload)[0]
                same("length", len(got), max(length, want))
                same("packet", got[:length], forwarded(inner))
                must(not any(got[length:]), "padding is not zero")
        b.gw.flush()


def refused(b):
    """Where nothing says where padding begins, and where nothing is sent."""
    t = TRANSFORMS[0]
    for call, kw in ((b.sa_in, {"tfc_pad": 100}), (b.sa_in, {"out_mark": 1}),
                     (lambda *a, **k: b.sa_out(*a, b.numbers[4], **k),
                      {"tfc_pad": 100, "mode": "transport"})):
        try:
            call(t, **kw)
        except Refused as e:
            must("outbound" in str(e), e)
        else:
            must(False, "%s is accepted" % kw)


def marked(b):
    """The route of ESP is that of its mark, not that of the inner packet's."""
    t = TRANSFORMS[0]

    def run(*words):
        with b.g:
            subprocess.run(("ip", *words), check=True)
    run("rule", "add", "fwmark", "7", "unreachable")
    run("-6", "rule", "add", "fwmark", "7", "unreachable")
    for outer in (4, 6):
        for mark, reason in ((0, None), (8, None), (7, "out-no-route")):
            spi = b.sa_out(t, b.numbers[4], family=outer, out_mark=mark)
            inner = udp_packet(*INNER[4], 1, 2, b"marked")
            if reason:
                b.expect_drop(reason, lambda p=inner: b.inside.send(p))
            else:
                b.inside.send(inner)
                b.sent()
            same("mark", b.gw.sa_get(spi, "out", OUTER[outer][1])
                 .get("out-mark", 0), mark)
            b.gw.flush()


def talk(b, t, x):
    """With XFRM, which pads too: datagrams there and back are unchanged."""
    ours, theirs = OUTER[4]
    b.sa_out(t, b.numbers[4], spi=0x5001, tfc_pad=700)
    b.sa_out(t, b.numbers[6], spi=0x5002, tfc_pad=700)
    b.sa_in(t, spi=0x6001, policy=b.numbers[4])
    b.sa_in(t, spi=0x6002, policy=b.numbers[6])
    x.batch([Xfrm.flush_policy(), Xfrm.flush_sa()])
    for family, n in ((4, 1), (6, 2)):
        near, far = NETS[family]
        x.batch([Xfrm.sa(0x5000 + n, ours, theirs, t, inbound=True),
                 Xfrm.sa(0x6000 + n, theirs, ours, t, tfc=900),
                 Xfrm.policy(OUT, far, near, theirs, ours),
                 Xfrm.policy(IN, near, far, theirs, ours)])
        # Policies are for one family; a state would do for both.
        af = socket.AF_INET if family == 4 else socket.AF_INET6
        a, z = (ns.socket(af, socket.SOCK_DGRAM) for ns in (b.g, b.p))
        a.bind((ENDS[family][0], 5000))
        z.bind((ENDS[family][1], 5000))
        for s in (a, z):
            s.settimeout(5)
        for size in (1, 500, 1200):
            data = os.urandom(size)
            b.clear()
            a.sendto(data, (ENDS[family][1], 5000))
            same("there", z.recv(9000), data)
            must(b.sent()[0].length > 700, "not padded")
            z.sendto(data, (ENDS[family][0], 5000))
            same("back", a.recv(9000), data)
            p = Packet(b.came.wait(lambda p: Packet(p).src ==
                                   socket.inet_aton(theirs)))
            must(p.length > 900, "XFRM has not padded")
        a.close()
        z.close()
    same("errors of XFRM", xfrm.stats(b.p), {})
    must(not any(b.gw.drops().values()), b.gw.drops())
    x.batch([Xfrm.flush_policy(), Xfrm.flush_sa()])


def fresh():
    """Nothing has been counted yet; the peer has addresses behind it."""
    b = Bench(peer_addresses=True)
    b.p.dummy("pi")
    for address in ("10.2.0.1/24", "fd02::1/64"):
        b.p.addr("pi", address)
    b.numbers = b.rules()
    return b


plan(2 * len(TRANSFORMS) + 2)
load_module()
bench = fresh()
for tr in TRANSFORMS:
    case("padded, %s" % tr, padded, bench, tr)
    bench.gw.flush()
case("refused", refused, bench)
case("marked", marked, bench)
bench.close()
for tr in TRANSFORMS:
    bench = fresh()
    with bench.p:
        peer = Xfrm()
    case("with XFRM, %s" % tr, talk, bench, tr, peer)
    bench.close()
finish()
