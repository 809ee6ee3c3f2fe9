# SPDX-License-Identifier: GPL-2.0-or-later
"""Our daemon as hub and as spokes, over the stand-in for the module."""
import json
import os
import signal
import socket
import struct
import subprocess
import time

from net import HUB, Daemon, inner, spoke, wait_for

ISAKMP = """
crypto isakmp policy 10
 encryption %(encryption)s
 hash %(hash)s
 authentication pre-share
 group %(group)s
crypto isakmp key secret-of-both address 0.0.0.0
crypto ipsec transform-set TS %(transform)s
"""
INTERFACE = """
interface FastEthernet0/0
 device w
 crypto map M
"""
ENTRY = """
ip access-list extended T%(i)d
 permit ip host %(inner)s 10.9.0.0 0.0.0.255
crypto map M %(i)d ipsec-isakmp
 set peer %(hub)s
 set transform-set TS
 match address T%(i)d
"""
DYNAMIC = """
crypto dynamic-map D 10
 set transform-set TS
crypto map M 10 ipsec-isakmp dynamic D
"""


# Times go on.
PASSING = "age", "up", "left", "seconds"


def config(where, row, count):
    """Of the hub, or of spokes with so many tunnels."""
    text = ISAKMP % row
    if where == "h":
        return text + DYNAMIC + INTERFACE
    return text + "".join(ENTRY % {"i": i, "inner": inner(i), "hub": HUB}
                          for i in range(1, count + 1)) + INTERFACE


class Control:
    """A client of the control socket."""

    def __init__(self, path):
        self.sk = socket.socket(socket.AF_UNIX)
        self.sk.settimeout(60)
        self.sk.connect(path)

    def request(self, what, **more):
        """The last frame of an answer."""
        text = json.dumps({"request": what, **more}).encode()
        self.sk.sendall(struct.pack(">I", len(text)) + text)
        while True:
            n, = struct.unpack(">I", self.exactly(4))
            answer = json.loads(self.exactly(n))
            if "error" in answer:
                raise RuntimeError(answer["error"])
            if not answer.get("more"):
                return answer

    def exactly(self, n):
        """So many octets."""
        data = b""
        while len(data) < n:
            part = self.sk.recv(n - len(data))
            if not part:
                raise ConnectionError("ikehelper: it has gone")
            data += part
        return data

    def ask(self):
        """Seconds for an answer of the engine."""
        start = time.monotonic()
        self.request("isakmp-global")
        return time.monotonic() - start


class Ours:
    """One of them."""
    what = "ours"
    under = ()  # what runs the program, if that is not the system

    def __init__(self, net, where, folder, row, program):
        self.base = os.path.join(folder, "ours-" + where)
        self.net, self.where, self.row = net, where, row
        self.program = program
        self.daemon = self.control = None
        self.state = ".state"
        for end in (".counts", ".events", ".history", ".state"):
            if os.path.exists(self.base + end):
                os.unlink(self.base + end)

    def load(self, count):
        """Start it with the configuration of COUNT tunnels."""
        path = self.base + ".conf"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                  "w", encoding="ascii") as f:
            f.write(config(self.where, self.row, count))
        self.run()

    def run(self):
        """Start it, again if it was killed."""
        words = [*self.under, self.program, "--foreground", "--user", "nobody", "--group",
                 "nogroup", "--config", self.base + ".conf", "--socket",
                 self.base + ".ctl", "--root", self.base + ".root",
                 "--history", self.base + ".history",
                 "--state", self.base + self.state]
        self.daemon = Daemon(self.net, self.where, words, self.base + ".log",
                             STANDIN=self.base)
        wait_for(60, "ikehelper", self.is_ready)
        self.events = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.events.connect(self.base + ".events")
        self.control = Control(self.base + ".ctl")
        self.counts = os.open(self.base + ".counts", os.O_RDONLY)

    def is_ready(self):
        """Has it said so? It may say why not instead."""
        text = self.log()
        if not self.daemon.alive():
            raise RuntimeError(text)
        return ": ready\n" in text

    def begin(self, first, last):
        """Packets want these tunnels."""
        for i in range(first, last + 1):
            self.events.send(b"a %d %s" % (i, spoke(i).encode()))

    def rekey(self, count):
        """Phase 2 of all of them is at its soft limit."""
        for i in range(1, count + 1):
            self.events.send(b"e %d" % i)

    def counted(self):
        """There now, added, deleted, rules, refused."""
        return struct.unpack("=5Q", os.pread(self.counts, 40, 0))

    def made(self):
        """Pairs of SAs that have ever been added."""
        return self.counted()[1] // 2

    def request(self, what, **more):
        """The last frame of an answer of the control socket."""
        return self.control.request(what, **more)

    def ipsecctl(self, *words):
        """What that command prints."""
        return subprocess.run(
            ["ip", "netns", "exec", self.net.name[self.where],
             os.path.join(os.path.dirname(self.program), "ipsecctl-standin"),
             *words], check=True, capture_output=True, text=True,
            env={**os.environ, "STANDIN": self.base,
                 "IPSECGW_CONTROL": self.base + ".ctl"}).stdout

    def ask(self):
        """Seconds for an answer of its engine through the control socket."""
        return self.control.ask()

    def engine(self):
        """The process that speaks IKE."""
        for pid in self.daemon.pids():
            with open("/proc/%d/cmdline" % pid, encoding="ascii") as f:
                if "engine" in f.read().split("\0"):
                    return pid
        raise RuntimeError("there is no engine")

    def asker(self):
        """Another client, for a thread of its own."""
        return Control(self.base + ".ctl")

    def kill(self):
        """No chance to do anything more."""
        self.control.sk.close()
        self.control = None
        self.daemon.child.kill()
        self.daemon.child.wait()

    def leave(self):
        """End, so that another run goes on; the exit status."""
        self.control.sk.close()
        self.control = None
        self.daemon.child.send_signal(signal.SIGUSR2)
        return self.daemon.child.wait()

    def tables(self):
        """What it shows of what it has and had, without what time changes."""
        return [[{k: v for k, v in row.items()
                  if k not in PASSING or isinstance(v, bool)}
                 for row in self.request(what)["rows"]]
                for what in ("isakmp-sa", "ipsec-sa", "session", "ipsec-tunnel",
                             "ipsec-history", "isakmp-global")]

    def log(self):
        """What its last run has said."""
        with open(self.base + ".log", encoding="utf-8") as f:
            return f.read()

    def stop(self):
        """End it."""
        if self.control:
            self.control.sk.close()
        if self.daemon:
            self.daemon.stop()
