#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""Hostile packets, most of them behind valid authentication: a partner that has the
keys and sends what he likes; and noise from everybody else.

environment: FUZZ_SECONDS=60   how long (also SECONDS_TO_RUN)
             FUZZ_SEED=...     repeat a run; the seed is printed (also SEED)
             FUZZ_BATCH=50     packets at a time; 1 names the packet that fails

Each packet must be counted exactly once, as accepted or under a named reason; what
was accepted must come out, each once; nothing may come out that the selectors of its
SA do not allow; and in the end good packets still pass.
"""
import collections
import ctypes
import fcntl
import os
import random
import socket
import struct
import sys
import time

sys.pycache_prefix = "/run/ipsecgw-pyc"
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
from bench import OUTER, Bench, new_spi
from espcodec import Transform
from hostile import Hostile
from ktap import (case, diag, finish, load_module, must, plan, same, wait_for)
from oracle import Selector, taken_again
from pkt import (ESP, IPIP, IPV6, UDP, fragments4, fragments6, icmp, ip4, ip6,
                 ipx, udp, udp_packet)

SECONDS = int(os.environ.get("FUZZ_SECONDS",
                             os.environ.get("SECONDS_TO_RUN", "60")))
SEED = int(os.environ.get("FUZZ_SEED", os.environ.get(
    "SEED", random.SystemRandom().randrange(1 << 32))))
RNG = random.Random(SEED)
BATCH = int(os.environ.get("FUZZ_BATCH", "50"))
# Batches, each for one SA, before all SAs go and others come.
LIFE = 30
V4 = Selector("10.2.0.0/16", "10.1.0.0/16")
V6 = Selector("fd02::/64", "fd01::/64")
NARROW = Selector("10.2.0.0/16", "10.1.0.0/16", UDP, (1000, 1003))
NARROW6 = Selector("fd02::/64", "fd01::/64", UDP, (1000, 1003))
OUTSIDE = Selector("172.16.0.2/32", "172.16.0.1/32")
OUTSIDE_UDP = Selector("172.16.0.2/32", "172.16.0.1/32", UDP, (1000, 1003))
OUTSIDE6 = Selector("fd00::2/128", "fd00::1/128")
# The gateway's own address on the inside, where nested packets end.
OWN = ("10.1.0.1", "10.2.0.2")


def key(cipher, integ="none", key_len=16):
    """A transform whose keys follow from the seed."""
    t = Transform(cipher, integ, key_len)
    return Transform(cipher, integ, key=RNG.randbytes(len(t.key)),
                     integ_key=RNG.randbytes(len(t.integ_key)))


class Sa:
    """An inbound SA and what its owner knows."""

    def __init__(self, b, t, sels, family=4, mode="tunnel", ports=None,
                 ends=None, esn=False, **kw):
        self.b, self.t, self.sels, self.family = b, t, sels, family
        self.mode, self.ports, self.esn = mode, ports, esn
        self.local, self.remote = ends or OUTER[family]
        self.spi = new_spi()
        self.seq, self.last, self.outside_counts = 0, None, 0
        if ports:
            kw.update(encap_local_port=4500, encap_remote_port=ports[0])
        if esn:
            kw["flags"] = "esn"
        if "policy" not in kw:
            kw["selector"] = [s.attributes() for s in sels]
        b.gw.sa_add(spi=self.spi, dir="in", mode=mode, local=self.local,
                    remote=self.remote, **t.attributes(), **kw)

    def number(self):
        """The next sequence number, sometimes one far ahead."""
        self.seq += 1 if RNG.randrange(20) else RNG.randrange(1, 5000)
        return self.seq

    def seal(self, payload, nexthdr, pad=None):
        """Authentic, with right padding unless told otherwise."""
        self.last = self.t.seal(self.spi, self.number(), payload, nexthdr,
                                self.esn, RNG.randbytes(self.t.iv_len), pad)
        return self.last

    def seal_text(self, text):
        """Authentic, around a trailer of the caller's."""
        return self.t.seal_text(self.spi, self.number(), text,
                                RNG.randbytes(self.t.iv_len), self.esn)

    def outer(self, esp, **kw):
        """On the wire."""
        return wrap(esp, self.family, self.ports, (self.remote, self.local), **kw)


def wrap(esp, family, ports, ends, **kw):
    """The outer packet around ESP."""
    if ports:
        return ipx(*ends, UDP, udp(*ends, *ports, esp, check=family == 6), **kw)
    return ipx(*ends, ESP, esp, **kw)


class Fuzzer:
    """Sends, counts, compares."""

    def __init__(self, b):
        self.b = b
        self.hostile = Hostile(RNG)
        self.ident, self.kind, self.of_sas = 1, "", 0
        self.policy = b.rule("10.1.0.0/16", "10.2.0.0/16", seq=4)
        b.rule("fd01::/64", "fd02::/64", seq=6)
        b.bind()
        b.encap_socket()
        b.gw.ask("conf-set", exclusive=1)
        self.sas = []
        self.packets = self.accepted = self.inside = 0
        self.seen = collections.Counter()
        self.reasons = collections.Counter()
        self.base = self.counters()

    # --- the module's view ---------------------------------------------------------

    def counters(self):
        """What may become of a packet that comes in, by name."""
        s = self.b.gw.stats()
        out = collections.Counter({k: v for k, v in s["drops"].items()
                                   if k.startswith("in-")})
        out["accepted"] = s["in-packets"]
        out["keepalive"] = s["keepalives-in"]
        return out

    def new_sas(self):
        """A set of SAs, of every sort."""
        gcm = key("aes-gcm")
        cbc = key("aes-cbc", "hmac-sha256-128")
        nothing = key("null", "hmac-sha1-96")
        b = self.b
        self.nested = Sa(b, gcm, [Selector("10.2.0.0/16", "10.1.0.0/16")],
                         ends=OWN)
        self.sas = [
            Sa(b, gcm, [V4]), Sa(b, gcm, [V6]), Sa(b, cbc, [V4, V6]),
            Sa(b, nothing, [NARROW]), Sa(b, gcm, [NARROW, NARROW6], family=6),
            Sa(b, key("aes-ctr", "hmac-sha512-256"), [V6], family=6),
            Sa(b, key("aes-gmac"), [NARROW6]),
            Sa(b, cbc, [V4], policy=self.policy),
            Sa(b, key("aes-cbc", "hmac-sha1-96"), [V4], esn=True),
            Sa(b, gcm, [V4], ports=(4500, 4500), replay_window=4096),
            Sa(b, gcm, [V4], replay_window=0),
            Sa(b, gcm, [OUTSIDE], mode="transport"),
            Sa(b, nothing, [OUTSIDE_UDP], mode="transport"),
            Sa(b, gcm, [OUTSIDE6], family=6, mode="transport"),
            Sa(b, gcm, [OUTSIDE], mode="transport", ports=(4501, 4500))]

    def end_sas(self):
        """Their counters agree with those of the namespace; then they go."""
        got = sum(self.b.gw.sa_get(s.spi)["stats"]["in-packets"]
                  for s in (*self.sas, self.nested))
        same("packets of the SAs", got, self.of_sas)
        self.b.gw.flush()

    # --- packets: lists of (outer packet, how often the module shall count) --------

    def authentic(self, sa):
        """The heart: hostile contents, right ICV."""
        if sa.mode == "transport":
            return [(sa.outer(self.transport(sa)), 1)]
        inner, nexthdr = RNG.choice(self.hostile.shapes)(RNG.choice(sa.sels))
        if len(inner) > 1200:
            return self.fragmented(sa, sa.seal(inner, nexthdr))
        if RNG.randrange(8):
            return [(sa.outer(sa.seal(inner, nexthdr)), 1)]
        return [(sa.outer(sa.seal(inner, nexthdr), tos=RNG.randrange(256)), 1)]

    def transport(self, sa):
        """Any next header; what it leads to is the stack's own."""
        nexthdr = RNG.choice((UDP, UDP, UDP, RNG.randrange(256)))
        if nexthdr == UDP and RNG.randrange(3):
            body = udp(sa.remote, sa.local, RNG.choice((1000, 999, 1003)),
                       9, self.hostile.octets(100))
        elif nexthdr in (0, 43, 44, 51, 60, 135, 139, 140):
            # Led by no chance to ESP: what follows is nothing.
            body = bytes((59,)) + bytes(15)
        elif nexthdr == UDP:
            body = self.hostile.octets(7)
        else:
            body = self.hostile.octets(100)
        return sa.seal(body, nexthdr)

    def padding(self, sa):
        """Every length of padding, true or not, and octets that are wrong."""
        inner, nexthdr = self.hostile.shape_good(sa.sels[0])
        n = RNG.randrange(256)
        if RNG.randrange(2):
            return [(sa.outer(sa.seal(inner, nexthdr, pad=n)), 1)]
        unit = max(sa.t.block, 4)
        text = inner + bytes(-(len(inner) + 2) % unit) + bytes((n, nexthdr))
        if RNG.randrange(4) == 0:
            text = RNG.randbytes(unit * RNG.randrange(4))
        return [(sa.outer(sa.seal_text(text)), 1)]

    def nesting(self, sa):
        """ESP in ESP in ESP, at the end something hostile."""
        if V4 not in sa.sels or sa.mode != "tunnel":
            return self.authentic(sa)
        inner, nexthdr = RNG.choice(self.hostile.shapes)(V4)
        for _ in range(RNG.randrange(1, 6)):
            if len(inner) > 1000:
                break
            esp = self.nested.seal(inner, nexthdr)
            if not RNG.randrange(6):
                esp = esp[:-1] + bytes((esp[-1] ^ 1,))
            ports = (4500, 4500) if not RNG.randrange(4) else None
            inner = wrap(esp, 4, ports, (OWN[1], OWN[0]))
            nexthdr = IPIP
        return [(sa.outer(sa.seal(inner[:1300], nexthdr)), 1)]

    def loop(self, sa):
        """Its own outer packet, inside."""
        inner = sa.outer(sa.seal(b"x" * 20, IPIP))
        return [(sa.outer(sa.seal(inner, IPV6 if sa.family == 6 else IPIP)), 1)]

    def fragmented(self, sa, esp):
        """In pieces, in any order, sometimes not all of them."""
        size = 1280 if sa.family == 6 else 8 * RNG.randrange(16, 180)
        self.ident += 1
        whole = sa.outer(esp) if sa.family == 6 else \
            sa.outer(esp, ident=self.ident & 0xffff)
        if len(whole) > 65000:
            return []
        if sa.family == 6 and len(whole) <= 1400:
            return [(whole, 1)]
        parts = fragments4(whole, size) if sa.family == 4 else \
            fragments6(whole, size, self.ident)
        RNG.shuffle(parts)
        if len(parts) > 1 and not RNG.randrange(5):
            del parts[-1]
            return [(p, 0) for p in parts]
        return [(p, int(n == 0)) for n, p in enumerate(parts)]

    def some_fragments(self, sa):
        """A packet that would have fitted, in pieces."""
        if sa.mode == "transport":
            return self.fragmented(sa, self.transport(sa))
        inner, nexthdr = RNG.choice(self.hostile.shapes)(sa.sels[0])
        return self.fragmented(sa, sa.seal(inner, nexthdr))

    def forged(self, sa):
        """Not authentic: bits, lengths, numbers, other people's packets."""
        how = RNG.randrange(8)
        esp = bytearray(sa.seal(*self.hostile.shape_good(sa.sels[0])))
        if how == 0:
            esp[RNG.randrange(8, len(esp))] ^= 1 << RNG.randrange(8)
        elif how == 1:
            # Shorter than the octets that tell ESP from IKE: not for us.
            del esp[RNG.randrange(8 if sa.ports else 0, len(esp)):]
        elif how == 2:
            esp += RNG.randbytes(RNG.randrange(1, 60))
        elif how == 3:
            esp[4:8] = struct.pack("!I", self.hostile.number(32))
        elif how == 4:
            esp[:4] = struct.pack("!I", self.hostile.number(32) or 1)
        elif how == 5:
            esp = RNG.randbytes(RNG.choice((8, 9, 33, 500)))
            esp = b"\1" + esp[1:]
        elif how == 6:
            other = RNG.choice(self.sas)
            esp[:4] = struct.pack("!I", other.spi)
        else:
            # As if from elsewhere, or in UDP when it should not be.
            if sa.family == 4:
                ports = None if sa.ports else (RNG.randrange(1, 65536), 4500)
                return [(wrap(bytes(esp), 4, ports, (sa.remote, sa.local)), 1)]
        return [(sa.outer(bytes(esp)), 1)]

    def replayed(self, sa):
        """The last packet again, and again."""
        if not sa.last or len(sa.last) > 1300:
            return []
        return [(sa.outer(sa.last), 1)] * RNG.randrange(1, 4)

    def in_udp(self, sa):
        """UDP that lies about its length, keepalives, IKE."""
        dst, src = OUTER[4]
        esp = sa.seal(*self.hostile.shape_good(sa.sels[0]))
        how = RNG.randrange(4)
        if how == 0:
            return [(ip4(src, dst, UDP, udp(src, dst, 4500, 4500, b"\xff")), 1)]
        if how == 1:
            data = bytes(4) + self.hostile.octets(60)
            return [(ip4(src, dst, UDP, udp(src, dst, 4500, 4500, data)), 0)]
        if how == 2:
            data = self.hostile.octets(3)
            return [(ip4(src, dst, UDP, udp(src, dst, 4500, 4500, data)),
                     int(data == b"\xff"))]
        length = self.hostile.number(16)
        head = struct.pack("!HHHH", 4500, 4500, length, 0)
        # Too long or shorter than its header: IP's affair. Else cut.
        counts = 12 <= length <= 8 + len(esp)
        if 8 <= length < 12:
            return []
        return [(ip4(src, dst, UDP, head + esp), int(counts))]

    def noise(self, _):
        """From anybody: errors about ESP, clear text of the tunnel."""
        dst, src = OUTER[4]
        how = RNG.randrange(3)
        if how == 0:
            quoted = ip4(dst, src, ESP, RNG.randbytes(8))
            return [(ip4(src, dst, 1, icmp(3, 4, RNG.getrandbits(16), quoted)), 0)]
        if how == 1:
            return [(udp_packet("10.2.0.9", "10.1.0.2", 1, 2, b"clear"), 1)]
        return [(ip6("fd02::9", "fd01::2", 17, self.hostile.octets(30)), 1)]

    # --- rounds ----------------------------------------------------------------------

    def make(self):
        """The packets of a round, and their SA."""
        sa = RNG.choice(self.sas)
        kinds = [self.authentic] * 10 + [
            self.padding, self.padding, self.nesting, self.nesting, self.loop,
            self.some_fragments, self.forged, self.forged, self.replayed,
            self.in_udp, self.noise]
        lot = []
        while len(lot) < BATCH:
            kind = RNG.choice(kinds)
            lot += kind(sa)
            self.kind = kind.__name__
        return sa, lot

    def look(self, sa):
        """What came out; the outer packets are those that we sent."""
        out = []
        for p in self.b.came.take():
            if self.seen[p] > 0:
                self.seen[p] -= 1
                continue
            must(any(s.allows(p) for s in sa.sels), "%s let in %s" %
                 ([s.text + (s.proto, s.sport) for s in sa.sels], p.hex()))
            out.append(p)
        for p in self.b.inside.take():
            self.inside += 1
            must(any(s.allows(p) for s in (V4, V6)),
                 "the host got %s" % p.hex())
        return out

    def round(self):
        """Send, wait until all is counted, compare."""
        sa, lot = self.make()
        want = sum(n for _, n in lot)
        for p, _ in lot:
            self.seen[p] += 1
            self.b.outside.send(p)
        self.packets += len(lot)
        came = []

        def settled():
            came.extend(self.look(sa))
            now = self.counters()
            again = sum(taken_again(p) for p in came)
            return sum((now - self.base).values()) >= want + again and \
                len(came) >= now["accepted"] - self.base["accepted"]
        wait_for(20, settled)
        time.sleep(0.005)
        came += self.look(sa)
        grew = self.counters() - self.base
        want += sum(taken_again(p) for p in came)
        must(sum(grew.values()) == want,
             "%d packets (last: %s), %d to count, counted: %s\n%s" %
             (len(lot), self.kind, want, dict(grew),
              "\n".join(p.hex() for p, _ in lot) if len(lot) < 5 else ""))
        same("packets that came out", len(came), grew["accepted"])
        self.accepted += len(came)
        self.of_sas += len(came)
        self.reasons += grew
        self.base += grew
        self.seen = +self.seen

    def run(self):
        """Until the time is over."""
        begin = time.monotonic()
        rounds = 0
        while time.monotonic() - begin < SECONDS:
            if rounds % LIFE == 0:
                if rounds:
                    self.end_sas()
                self.of_sas = 0
                self.new_sas()
            self.round()
            rounds += 1
        took = time.monotonic() - begin
        diag("%d packets, %.0f/s, in %d rounds; %d came out, %d reached the host"
             % (self.packets, self.packets / took, rounds, self.accepted,
                self.inside))
        diag(", ".join("%s %d" % x for x in sorted(self.reasons.items())))

    def variety(self):
        """The rounds did not all end at the first check."""
        want = {"accepted", "in-auth", "in-padding", "in-next-header",
                "in-inner-header", "in-inner-length", "in-selector",
                "in-replay-seen", "in-length", "in-alignment", "in-clear"}
        must(want <= set(self.reasons) or self.packets < 5000,
             "never seen: %s" % sorted(want - set(self.reasons)))
        must(self.accepted * 12 > self.packets, "only %d of %d came out" %
             (self.accepted, self.packets))

    def still_good(self):
        """Each SA, new, passes what it is for."""
        self.b.gw.flush()
        self.new_sas()
        for sa in self.sas:
            sel = sa.sels[0]
            p = udp_packet(sel.src[:-1] + b"\2", sel.dst[:-1] + b"\2"
                           if sa.mode == "tunnel" else sel.dst, 1000, 9, b"good")
            if sa.mode == "tunnel":
                esp = sa.seal(p, self.hostile.next_of(p))
            else:
                esp = sa.seal(p[40 if sa.family == 6 else 20:], UDP)
            before = self.counters()["accepted"]
            self.b.outside.send(sa.outer(esp))
            wait_for(5, lambda: self.counters()["accepted"] > before)
            same("accepted by SA %x" % sa.spi,
                 self.counters()["accepted"], before + 1)


def no_merging(ns, dev):
    """No GRO: each packet comes out by itself."""
    value = ctypes.create_string_buffer(struct.pack("=II", 0x2c, 0))
    req = struct.pack("=16sQ", dev.encode(), ctypes.addressof(value))
    with ns.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8946, req + bytes(16))


def main():
    """All."""
    plan(3)
    load_module()
    print("# FUZZ_SEED=%d FUZZ_SECONDS=%d" % (SEED, SECONDS), flush=True)
    b = Bench()
    no_merging(b.g, "go")
    for name in ("ipv4/ipfrag_time", "ipv6/ip6frag_time"):
        b.g.sysctl(name, 2)
    fuzzer = Fuzzer(b)
    case("each packet is counted once, none is let in that should not",
         fuzzer.run)
    case("of every sort there were some", fuzzer.variety)
    case("good packets still pass", fuzzer.still_good)
    finish()


main()
