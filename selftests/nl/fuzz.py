#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""Fuzz the netlink family: requests made from the spec, mostly sensible so that
they go deep, some wrong in one place, some garbled; in namespaces that come and
go, with listeners, dumps that nobody reads to the end, and a few packets.

environment: FUZZ_SECONDS=60   how long (also SECONDS_TO_RUN)
             FUZZ_SEED=...     repeat a run; the seed is printed

Whatever is sent, the kernel must answer each request, and every refusal by a
command must carry a sentence. That the kernel stays well is for the log to tell.
"""
import errno
import fcntl
import os
import random
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nltest  # noqa: E402
from nltest import attr  # noqa: E402

SPEC = nltest.Contract()
OLD = os.uname().release.startswith("6.1.")
SECONDS = int(os.environ.get("FUZZ_SECONDS", os.environ.get("SECONDS_TO_RUN", "60")))
SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(1 << 32)))
RNG = random.Random(SEED)
HOSTS4 = ["192.0.2.1", "192.0.2.2", "127.0.0.1", "10.1.0.1"]
HOSTS6 = ["2001:db8::1", "2001:db8::2", "::1"]
KEYS = {"null": 0, "des-cbc": 8, "des3-cbc": 24, "aes-cbc": 16, "aes-ctr": 20,
        "aes-gcm": 20, "aes-ccm": 19, "chacha20-poly1305": 36, "aes-gmac": 20}
INTEGS = {"hmac-md5-96": 16, "hmac-sha1-96": 20, "hmac-sha256-128": 32,
          "hmac-sha384-192": 48, "hmac-sha512-256": 64}
COMBINED = ("aes-gcm", "aes-ccm", "chacha20-poly1305", "aes-gmac")
# Errors that need no sentence: memory, and commands that do not exist.
SILENT = {errno.ENOMEM, errno.ENOBUFS, errno.EOPNOTSUPP, errno.EPERM}


def chance(percent):
    return RNG.random() * 100 < percent


def number(bits):
    """Borders, small numbers, bits, anything."""
    top = (1 << bits) - 1
    return RNG.choice([0, 1, 2, 255, 256, top, top - 1, top >> 1, 1 << (bits - 1),
                       RNG.randrange(64), RNG.getrandbits(bits)]) & top


def hosts(six):
    return RNG.choice(HOSTS6 if six else HOSTS4)


class World:
    """One namespace, its sockets, and the names that objects there may have."""

    def __init__(self):
        nltest.unshare()
        self.ctl = nltest.Client(SPEC)
        self.idle = [nltest.Client(SPEC) for _ in range(2)]
        self.ear = nltest.Client(SPEC)
        self.ear.join()
        self.ear.sock.setblocking(False)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setblocking(False)
        self.encap = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.encap.bind(("0.0.0.0", 4500))
        # The loopback device up (SIOCSIFFLAGS), for packets.
        fcntl.ioctl(self.udp, 0x8914, struct.pack("16sH14x", b"lo", 0x49))

    def close(self):
        for sock in (self.ctl, self.ear, *self.idle):
            sock.close()
        self.udp.close()
        self.encap.close()

    def packets(self):
        for _ in range(RNG.randrange(4)):
            try:
                self.udp.sendto(RNG.randbytes(RNG.randrange(100)),
                                ("127.0.0.1", RNG.choice([9, 53, 4500])))
            except OSError:
                pass

    def listen(self):
        try:
            while True:
                self.ear.sock.recv(65536)
        except OSError:
            pass


def selector():
    six = chance(30)
    sel = {"family": 10 if six else 2}
    for side in ("src", "dst"):
        if chance(60):
            sel[side] = hosts(six)
            if chance(60):
                size = 16 if six else 4
                sel[side + "-mask"] = (RNG.randbytes(size) if chance(20) else
                                       bytes([255] * RNG.randrange(size + 1)).ljust(size, b"\0"))
    if chance(50):
        sel["proto"] = RNG.choice([6, 17, 132, 1, 58])
        limit = 255 if sel["proto"] in (1, 58) else 65535
        for side in ("sport", "dport") if chance(50) else ("sport",):
            low = RNG.randrange(limit + 1)
            sel[side + "-min"], sel[side + "-max"] = low, RNG.randrange(low, limit + 1)
            if chance(20) and low:
                sel[side + "-not"] = True
    return sel if chance(90) else {}


def limits():
    return {k: RNG.choice([0, 1, 2, 1000, number(32)]) for k in
            ("bytes", "packets", "seconds") if chance(50)}


def spi():
    return RNG.randrange(0x1000, 0x1040)


def sa():
    six, out = chance(25), chance(50)
    made = {"spi": spi(), "proto": 50, "dir": "out" if out else "in",
            "mode": RNG.choice(["tunnel", "transport"]),
            "local": hosts(six), "remote": hosts(six)}
    # The first use of a transform loads and tests it, which takes long.
    cipher = "aes-gcm" if chance(90) else RNG.choice(list(KEYS))
    if chance(15):
        made["proto"], cipher = 51, None
    else:
        made["cipher"] = cipher
    if cipher and KEYS[cipher]:
        made["cipher-key"] = RNG.randbytes(KEYS[cipher])
    if cipher not in COMBINED:
        integ = RNG.choice(list(INTEGS))
        made.update({"integ": integ, "integ-key": RNG.randbytes(INTEGS[integ])})
    if chance(70):
        made["policy"] = RNG.randrange(1, 20)
    if chance(30):
        made["flags"] = "esn"
    if chance(30):
        made["replay-window"] = RNG.choice([0, 32, 64, 4096, RNG.randrange(4097)])
    if chance(20):
        made.update({"encap-local-port": 4500, "encap-remote-port": RNG.randrange(1, 65536)})
        if out:
            made["keepalive"] = RNG.randrange(5)
    if chance(30):
        made["hard"] = limits()
    if chance(20):
        made["soft"] = limits()
    if chance(20):
        made["idle"] = RNG.randrange(4)
    if chance(20):
        made["seq"] = number(32)
    if chance(40):
        made["selector"] = [selector() for _ in range(RNG.randrange(5))]
    if out and chance(40):
        made["pair"] = spi()
    return made


def sa_name():
    six = chance(25)
    return {"spi": spi(), "proto": 50, "dir": RNG.choice(["in", "out"]),
            "remote": hosts(six)}


def place():
    return {"map": RNG.choice("abc"), "seq": RNG.randrange(1, 4),
            "index": RNG.randrange(1, 6)}


def rule():
    made = place() | {"action": RNG.choice(list(SPEC.enums["action"])),
                      "selector": selector()}
    if chance(60):
        made["id"] = RNG.randrange(1, 20)
    if made["action"] == "protect":
        made["peer"] = RNG.sample(HOSTS4[:3] + HOSTS6[:2], RNG.randrange(4))
    if chance(25):
        made["staged"] = True
    return made


def some(values, percent=50):
    return {k: v for k, v in values.items() if chance(percent)}


def sensible(cmd, world):
    """A request that may well succeed."""
    makers = {
        "sa-add": sa,
        "sa-update": lambda: sa_name() | some(
            {"state": "active", "idle": 3, "keepalive": 2, "soft": limits(),
             "hard": limits(), "encap-remote-port": 4501,
             "new-remote": hosts(chance(25)), "local": hosts(chance(25))}, 30),
        "sa-del": sa_name, "sa-get": sa_name,
        "sa-flush": lambda: some({"dir": "in", "remote": hosts(False),
                                  "policy": RNG.randrange(1, 20)}, 60),
        "sa-alloc-spi": lambda: {"proto": 50} | (
            {"min-spi": 0x1000, "max-spi": 0x103f} if chance(80) else {}) | some(
                {"remote": hosts(chance(25))}, 30),
        "policy-add": rule,
        "policy-del": lambda: ({"id": RNG.randrange(1, 20)} if chance(50)
                               else place()) | some({"staged": True}, 20),
        "policy-get": lambda: {"id": RNG.randrange(1, 20)} if chance(50) else place(),
        "policy-flush": lambda: some({"map": RNG.choice("abc"), "staged": True}, 60),
        "map-bind": lambda: {"name": RNG.choice("abc"), "ifindex": 1} | some(
            {"local4": "127.0.0.1", "local6": "::1"}),
        "map-unbind": lambda: {"ifindex": 1}, "map-get": lambda: {"ifindex": 1},
        "map-commit": lambda: {"name": RNG.choice("abc")},
        "encap-add": lambda: {"fd": world.encap.fileno()},
        "encap-del": lambda: {"fd": world.encap.fileno()},
        "conf-set": lambda: some(
            {"exclusive": RNG.randrange(2), "max-sas": RNG.choice([10, 1000]),
             "max-policies": RNG.choice([5, 100]), "max-acquires": RNG.randrange(20),
             "hold-packets": RNG.randrange(9), "acquire-timeout": RNG.randrange(1, 3),
             "larval-timeout": RNG.randrange(1, 3), "drop-threshold": RNG.randrange(3)}),
    }
    return makers.get(cmd, dict)()


def wrong_value(spec):
    kind = spec["type"]
    if kind in nltest.INTS:
        bits = 8 * struct.calcsize("=" + nltest.INTS[kind])
        return struct.pack("=" + nltest.INTS[kind], number(bits))
    return RNG.randbytes(RNG.choice([0, 1, 3, 4, 5, 15, 16, 17, 63, 64, 65, 200]))


def spoil(cmd, body):
    """Make one thing wrong: an attribute more, a value, a length, some bits."""
    aset = SPEC.op[cmd]["attribute-set"]
    how = RNG.randrange(5)
    if how == 0:
        spec = RNG.choice(list(SPEC.sets[aset].values()))
        return body + attr(spec["number"], wrong_value(spec), chance(30))
    if how == 1:
        return body + attr(RNG.getrandbits(14), RNG.randbytes(RNG.randrange(40)))
    if how == 2:
        return body[:RNG.randrange(len(body) + 1)]
    if how == 3 and body:
        data = bytearray(body)
        for _ in range(RNG.randrange(1, 4)):
            data[RNG.randrange(len(data))] ^= 1 << RNG.randrange(8)
        return bytes(data)
    # Again, nested in itself.
    return body + attr(RNG.randrange(45), body, True)


def weight(cmd):
    """How often; what waits for a grace period, rarely."""
    if cmd in ("sa-add", "policy-add"):
        return 24
    if cmd in ("encap-add", "encap-del", "map-bind", "map-unbind"):
        return 1
    return 3 if "flush" in cmd else 9


class Fuzzer:
    """Sends, checks, counts."""

    def __init__(self):
        self.worlds = [World() for _ in range(3)]
        self.sent = self.accepted = self.lives = 0
        self.odd = []
        self.weights = [weight(op["name"]) for op in SPEC.ops]

    def judge(self, cmd, dump, ans):
        if not ans.err:
            self.accepted += 1
        elif not ans.msg and ans.err not in SILENT and not (dump and OLD):
            self.odd.append(f"{cmd}{' dump' if dump else ''} without a sentence: {ans}")

    def one(self):
        world = RNG.choice(self.worlds)
        op = RNG.choices(SPEC.ops, self.weights)[0]
        cmd = op["name"]
        dump = "dump" in op and ("do" not in op or chance(30))
        values = {} if dump and chance(80) else sensible(cmd, world)
        body = SPEC.encode(op["attribute-set"], values)
        if chance(30):
            body = spoil(cmd, body)
        self.sent += 1
        if dump and chance(30):
            # Begin a dump and look away; the next request finds it unfinished.
            sock = RNG.choice(world.idle)
            sock.sock.setblocking(False)
            try:
                sock.sock.send(sock.message(sock.family, SPEC.cmd[cmd], body,
                                            nltest.F_REQUEST | nltest.F_DUMP))
                sock.sock.recv(65536)
            except OSError:
                pass
            return
        if len(body) > 60000:
            return
        self.judge(cmd, dump, world.ctl.do_raw(cmd, body, dump))

    def step(self):
        self.one()
        if chance(3):
            RNG.choice(self.worlds).packets()
        if chance(3):
            RNG.choice(self.worlds).listen()
        if chance(0.3):
            self.lives += 1
            slot = RNG.randrange(len(self.worlds))
            self.worlds[slot].close()
            self.worlds[slot] = World()

    def run(self):
        begin = time.monotonic()
        while time.monotonic() - begin < SECONDS and len(self.odd) < 20:
            for _ in range(50):
                self.step()
        took = time.monotonic() - begin
        print(f"# {self.sent} messages, {self.sent / took:.0f}/s, "
              f"{100 * self.accepted // max(self.sent, 1)} % accepted, "
              f"{self.lives} namespaces ended")
        for world in self.worlds:
            world.close()


def main():
    nltest.need_module()
    tap = nltest.Tap(2)
    print(f"# FUZZ_SEED={SEED} FUZZ_SECONDS={SECONDS}", flush=True)
    # The namespace to come back to, so that all others can go.
    nltest.unshare()
    fuzzer = Fuzzer()
    try:
        fuzzer.run()
    except TimeoutError:
        fuzzer.odd.append("a request was not answered")
    tap.all_good("every request is answered, every refusal says why", fuzzer.odd)
    tap.check("a good part was accepted", fuzzer.accepted * 5 > fuzzer.sent,
              f"{fuzzer.accepted} of {fuzzer.sent}")
    tap.end()


if __name__ == "__main__":
    main()
