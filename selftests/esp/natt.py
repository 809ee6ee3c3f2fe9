#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ESP in UDP (RFC 3948): demultiplexing, keepalives, NAT mappings, checksums."""
import os
import socket
import struct
import sys

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import INNER, NEXT, OUTER, Bench, new_spi
from espcodec import Transform
from gnl import Refused
from ktap import (case, finish, load_module, must, plan, run, same, wait_for)
from pkt import UDP, Packet, checksum, forwarded, ip4, ip6, udp, udp_packet

T = Transform("aes-gcm")
SOCKETS = {}
IN_ONLY = ("flags", "replay_window")


def inner(family=4, text=b"inside"):
    """From behind the peer."""
    return udp_packet(*reversed(INNER[family]), 1, 2, text)


def address(octets):
    """As text."""
    return socket.inet_ntop(
        socket.AF_INET if len(octets) == 4 else socket.AF_INET6, octets)


def sas(b, family, remote_port=4500, **kw):
    """A pair of SAs in UDP; SPIs in and out."""
    ports = {"encap_local_port": 4500, "encap_remote_port": remote_port}
    spi = b.sa_in(T, family=family, **ports,
                  **{k: v for k, v in kw.items() if k in IN_ONLY})
    out = b.sa_out(T, b.numbers[4], family=family, pair=spi, **ports,
                   **{k: v for k, v in kw.items() if k not in IN_ONLY})
    return spi, out


def both_ways(b, family):
    """In and out; the UDP header is as it should be."""
    spi, out = sas(b, family, 4501)
    for n, size in enumerate((0, 1, 2, 3, 1000)):
        p = inner(4, bytes(size))
        b.inject(T.seal(spi, n + 1, p, NEXT[4]), family, ports=(4501, 4500))
        b.delivered(p)
        p = udp_packet(*INNER[4], 3, 4, bytes(size))
        b.inside.send(p)
        got = b.sent(proto=UDP)[0]
        sport, dport, length, check, esp = got.udp()
        same("ports", (sport, dport), (4500, 4501))
        same("UDP length", length, len(got.payload))
        same("packet", T.open(esp)[0], forwarded(p))
        same("SPI", struct.unpack_from("!II", esp), (out, n + 1))
        if family == 4:
            same("checksum over IPv4", check, 0)
        else:
            # Done, and not left to the device.
            must(check and got.udp_check_ok(), "UDP checksum over IPv6")
    s = b.gw.sa_get(out, "out", OUTER[family][1])["stats"]
    same("packets", s["out-packets"], 5)


def with_checksum(b):
    """A checksum over IPv4 does not hurt, a wrong one does."""
    spi, _ = sas(b, 4)
    dst, src = OUTER[4]
    for n, check in enumerate((True, False)):
        p = inner()
        esp = T.seal(spi, n + 1, p, NEXT[4])
        b.outside.send(ip4(src, dst, UDP, udp(src, dst, 4500, 4500, esp,
                                              check)))
        b.delivered(p)
    datagram = bytearray(udp(src, dst, 4500, 4500,
                             T.seal(spi, 3, inner(), NEXT[4])))
    datagram[6] ^= 1
    before = b.gw.stats()
    b.outside.send(ip4(src, dst, UDP, bytes(datagram)))
    p = inner()
    b.inject(T.seal(spi, 4, p, NEXT[4]), ports=(4500, 4500))
    b.delivered(p)
    after = b.gw.stats()
    same("packets", after["in-packets"] - before["in-packets"], 1)
    same("drops", after["drops"], before["drops"])


def ike(b, family):
    """Messages with the non-ESP marker reach the socket's owner, with the
    marker; so does what is too short to be ESP."""
    sas(b, family)
    s = SOCKETS[family]
    drain(s)
    dst, src = OUTER[family]
    for data in (bytes(4) + b"an IKE message", bytes(4), b"abc", b"\xff\xff",
                 b"", bytes(4) + os.urandom(3000)):
        datagram = udp(src, dst, 777, 4500, data)
        if family == 4:
            whole = ip4(src, dst, UDP, datagram, ident=len(data))
        else:
            whole = ip6(src, dst, UDP, datagram)
        if len(data) < 1400:
            b.outside.send(whole)
        else:
            from pkt import fragments
            for part in fragments(whole, 1208):
                b.outside.send(part)
        got = wait_for(3, lambda: receive(s))
        must(got, "%d octets did not arrive" % len(data))
        same("message", got[0], data)
        same("from", got[1][:2], (src, 777))
    # And the owner answers through the same socket, in clear.
    s.sendto(bytes(4) + b"answer", (src, 4500))
    same("answer", b.sent(proto=UDP)[0].udp()[4], bytes(4) + b"answer")


def receive(s):
    """A message, or None."""
    try:
        return s.recvfrom(70000)
    except BlockingIOError:
        return None


def drain(s):
    """Forget what is there."""
    while receive(s):
        pass


def keepalive_in(b, family):
    """One octet 0xff is counted and gone; the owner never sees it."""
    sas(b, family)
    s = SOCKETS[family]
    drain(s)
    before = b.gw.stats()
    dst, src = OUTER[family]
    for _ in range(3):
        b.outside.send((ip4 if family == 4 else ip6)(
            src, dst, UDP, udp(src, dst, 4500, 4500, b"\xff")))
    must(wait_for(3, lambda: b.gw.stats()["keepalives-in"] ==
                  before["keepalives-in"] + 3), "not counted")
    same("drops", b.gw.stats()["drops"], before["drops"])
    must(receive(s) is None, "the owner got it")


def keepalive_out(b, family):
    """Sent by an idle outbound SA, and only by an idle one."""
    # The socket leaves checksums to the device; they shall be real.
    b.g.checksum_offload("go", False)
    before = b.gw.stats()["keepalives-out"]
    spi, out = sas(b, family, 4502, keepalive=1)
    got = b.sent(2, 5, UDP)
    for p in got:
        same("keepalive", p.udp()[:2] + p.udp()[4:], (4500, 4502, b"\xff"))
        if family == 6:
            must(p.udp_check_ok(), "checksum")
    must(b.gw.stats()["keepalives-out"] >= before + 2, "not counted")
    same("to", got[0].dst, Packet(b.outer(b"", family)).src)
    # Off again.
    b.gw.ask("sa-update", spi=out, proto="esp", dir="out",
             remote=OUTER[family][1], keepalive=0)
    b.clear()
    must(not b.outside.collect(1, lambda p: Packet(p).proto == UDP, 2.2),
         "sent after it was turned off")


def keepalive_busy(b):
    """Traffic makes them unnecessary."""
    _, out = sas(b, 4, 4502, keepalive=2)
    before = b.gw.stats()["keepalives-out"]
    for _ in range(16):
        b.inside.send(udp_packet(*INNER[4], 3, 4, b"x"))
        b.outside.collect(99, limit=0.2)
    same("keepalives", b.gw.stats()["keepalives-out"], before)
    b.gw.sa_del(out, "out", OUTER[4][1])


def from_elsewhere(b, esp, host, port, family=4):
    """The peer behind a NAT that has chosen another mapping."""
    dst = OUTER[family][0]
    make = ip4 if family == 4 else ip6
    b.outside.send(make(host, dst, UDP, udp(host, dst, port, 4500, esp)))


def mapping(b, family):
    """An authentic packet from another address or port raises an event; the
    answers still go to the old one until somebody says otherwise."""
    spi, out = sas(b, family)
    b.gw.listen()
    host = "172.16.0.3" if family == 4 else "fd00::3"
    b.g.neigh("go", host, b"\x02po\0\0\0")
    p = inner()
    from_elsewhere(b, T.seal(spi, 1, p, NEXT[4]), OUTER[family][1], 61000,
                   family)
    b.delivered(p)
    e = b.gw.event("mapping-ntf")
    must(e, "no event")
    same("event", (e["spi"], e["new-remote"], e["new-port"]),
         (spi, OUTER[family][1], 61000))
    # Not a storm: one a second.
    for n in range(5):
        from_elsewhere(b, T.seal(spi, 2 + n, p, NEXT[4]), host, 61001, family)
        b.delivered(p)
    seen = [e for e in b.gw.events(0.3) if e[0] == "mapping-ntf"]
    must(len(seen) <= 1, "%d events at once" % len(seen))
    reply = udp_packet(*INNER[4], 3, 4, b"reply")
    b.inside.send(reply)
    got = b.sent(proto=UDP)[0]
    same("old peer", (got.dst, got.udp()[1]),
         (Packet(b.outer(b"", family)).src, 4500))
    # IKE says where the peer is now.
    b.gw.ask("sa-update", spi=out, proto="esp", dir="out",
             remote=OUTER[family][1], new_remote=host, encap_remote_port=61001)
    b.inside.send(reply)
    got = b.sent(proto=UDP)[0]
    same("new port", got.udp()[1], 61001)
    same("new peer", address(got.dst), host)
    same("number goes on", struct.unpack_from("!II", got.udp()[4]), (out, 2))


def not_moved(b, out, family):
    """No event, and the answers go where they went."""
    must(not b.gw.event("mapping-ntf", 0.3), "an event")
    same("port", b.gw.sa_get(out, "out", OUTER[family][1])["encap-remote-port"],
         4500)
    b.clear()
    b.inside.send(udp_packet(*INNER[4], 3, 4, b"reply"))
    got = b.sent(proto=UDP)[0]
    same("peer", (got.dst, got.udp()[1]),
         (Packet(b.outer(b"", family)).src, 4500))


def not_mapping(b, family, window):
    """A packet that is not authentic, or that was sent before, or is late, moves
    nothing, with a replay window or without one."""
    host = "172.16.0.3" if family == 4 else "fd00::3"
    spi, out = sas(b, family, flags="roam", replay_window=window)
    b.gw.listen()
    esp = bytearray(T.seal(spi, 9, inner(), NEXT[4]))
    esp[-1] ^= 1
    b.expect_drop("in-auth", lambda: from_elsewhere(b, bytes(esp), host, 9999,
                                                    family))
    esp = T.seal(spi, 9, inner(), NEXT[4])
    b.inject(esp, family, ports=(4500, 4500))
    b.delivered(inner())
    b.clear()
    if window:
        b.expect_drop("in-replay-seen", lambda: from_elsewhere(
            b, esp, host, 9999, family))
    else:
        from_elsewhere(b, esp, host, 9999, family)
        b.delivered(inner())
    not_moved(b, out, family)
    # Authentic and new, but behind what has come: the peer was there before.
    p = inner(4, b"late")
    from_elsewhere(b, T.seal(spi, 8, p, NEXT[4]), host, 9999, family)
    b.delivered(p)
    not_moved(b, out, family)


def roam(b, family):
    """With flag roam the outbound SA of the pair follows at once."""
    host = "172.16.0.4" if family == 4 else "fd00::4"
    spi, out = sas(b, family, flags="roam")
    b.gw.listen()
    b.g.neigh("go", host, b"\x02po\0\0\0")
    p = inner()
    from_elsewhere(b, T.seal(spi, 1, p, NEXT[4]), host, 62000, family)
    b.delivered(p)
    e = b.gw.event("mapping-ntf")
    must(e, "no event")
    same("event", (e["spi"], e["new-remote"], e["new-port"]),
         (spi, host, 62000))

    def moved():
        try:
            return b.gw.sa_get(out, "out", host)
        except Refused:
            return None
    must(wait_for(3, moved), "it did not follow")
    b.inside.send(udp_packet(*INNER[4], 3, 4, b"reply"))
    got = b.sent(proto=UDP)[0]
    same("peer", (address(got.dst), got.udp()[1]), (host, 62000))
    same("number", struct.unpack_from("!II", got.udp()[4])[1], 1)
    same("inbound", [b.gw.sa_get(spi)[k] for k in
                     ("remote", "encap-remote-port")], [host, 62000])


def mobile(b, family):
    """IKE gives an SA of ours another address (RFC 4555): what is sent comes from
    there, and what comes has to go there."""
    new = "172.16.0.9" if family == 4 else "fd00::9"
    near, far = OUTER[family]
    spi, out = sas(b, family)
    b.g.addr("go", new + ("/24" if family == 4 else "/64"))
    b.gw.ask("sa-update", spi=out, proto="esp", dir="out", remote=far,
             local=new)
    b.gw.ask("sa-update", spi=spi, proto="esp", dir="in", local=new)
    b.inside.send(udp_packet(*INNER[4], 3, 4, b"x"))
    got = b.sent(proto=UDP)[0]
    same("from", (address(got.src), address(got.dst)), (new, far))
    must(family == 4 or got.udp_check_ok(), "checksum")
    b.expect_drop("in-address", lambda: b.inject(
        T.seal(spi, 1, inner(), NEXT[4]), family, ports=(4500, 4500)))
    p = inner(4, b"to the new one")
    b.outside.send((ip4 if family == 4 else ip6)(far, new, UDP, udp(
        far, new, 4500, 4500, T.seal(spi, 2, p, NEXT[4]))))
    b.delivered(p)
    same("shown", [b.gw.sa_get(out, "out", far)[k] for k in
                   ("local", "remote")], [new, far])


def transport(b):
    """Transport mode in UDP: the checksum inside is that of other addresses
    and must not matter (RFC 3948, 3.1.2)."""
    spi = b.sa_in(T, mode="transport", encap_local_port=4500,
                  encap_remote_port=4500)
    s = b.g.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", 5555))
    s.settimeout(3)
    segment = udp("192.168.1.1", "203.0.113.1", 6, 5555, b"through a nat")
    must(checksum(segment) != 0, "the checksum is right by chance")
    b.inject(T.seal(spi, 1, segment, UDP), ports=(4500, 4500))
    same("data", s.recvfrom(100), (b"through a nat", (OUTER[4][1], 6)))
    s.close()


def no_socket(b):
    """No SA without a socket; when the socket goes, its ESP is for others."""
    try:
        b.sa_in(T, encap_local_port=5678, encap_remote_port=4500)
    except Refused as e:
        must("socket" in str(e), str(e))
    else:
        must(False, "taken")
    s = b.encap_socket(5678)
    spi = b.sa_in(T, encap_local_port=5678, encap_remote_port=4500)
    p = inner()
    dst, src = OUTER[4]
    b.outside.send(ip4(src, dst, UDP, udp(src, dst, 4500, 5678, T.seal(
        spi, 1, p, NEXT[4]))))
    b.delivered(p)
    b.gw.ask("encap-del", fd=s.fileno())
    before = b.gw.stats()
    esp = T.seal(spi, 2, p, NEXT[4])
    b.outside.send(ip4(src, dst, UDP, udp(src, dst, 4500, 5678, esp)))
    same("owner gets it", wait_for(3, lambda: receive(s))[0], esp)
    same("counters", b.gw.stats(), before)


def closed(b):
    """A socket that its owner closes is forgotten."""
    s = b.encap_socket(5679)
    must(5679 in [e["port"] for e in b.gw.dump("encap-get")], "not listed")
    s.close()
    must(wait_for(3, lambda: 5679 not in
                  [e["port"] for e in b.gw.dump("encap-get")]), "still listed")
    b.encap_socket(5679).close()


def unload_refused(b):
    """The module stays while it has a socket; no map holds it any more."""
    must(b.gw.dump("encap-get"), "no socket")
    b.unbind()
    same("bindings", [m for m in b.gw.dump("map-get") if m.get("ifindex")], [])
    try:
        run("rmmod", "ipsecgw")
    except Exception as e:
        must("in use" in str(e), str(e))
    else:
        must(False, "unloaded")


CASES = [("both ways, IPv4", both_ways, 4), ("both ways, IPv6", both_ways, 6),
         ("checksums over IPv4", with_checksum),
         ("IKE, IPv4", ike, 4), ("IKE, IPv6", ike, 6),
         ("keepalives in, IPv4", keepalive_in, 4),
         ("keepalives in, IPv6", keepalive_in, 6),
         ("keepalives out, IPv4", keepalive_out, 4),
         ("keepalives out, IPv6", keepalive_out, 6),
         ("no keepalives among traffic", keepalive_busy),
         ("another mapping, IPv4", mapping, 4),
         ("another mapping, IPv6", mapping, 6),
         ("nothing moves, IPv4", not_mapping, 4, 64),
         ("nothing moves, no window, IPv4", not_mapping, 4, 0),
         ("nothing moves, IPv6", not_mapping, 6, 64),
         ("nothing moves, no window, IPv6", not_mapping, 6, 0),
         ("roam, IPv4", roam, 4), ("roam, IPv6", roam, 6),
         ("another address of ours, IPv4", mobile, 4),
         ("another address of ours, IPv6", mobile, 6),
         ("transport mode", transport), ("no socket", no_socket),
         ("a socket is closed", closed), ("unload is refused", unload_refused)]
plan(len(CASES))
load_module()
bench = Bench()
SOCKETS = {4: bench.encap_socket(), 6: bench.encap_socket(family=6)}
bench.numbers = bench.rules()
for name, func, *args in CASES:
    bench.clear()
    case(name, func, bench, *args)
    bench.gw.flush()
finish()
