#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=120
"""Debug lines in a terminal: streamed by the command, between prompts in the shell."""
import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

from shell import Console
from terminal import LIMIT, PROGRAM, Terminal, check, finish


class Daemon(threading.Thread):
    """What ipsecctl asks a daemon for when it debugs."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.streams = []
        self.asked = []
        self.start()

    def run(self):
        while True:
            conn = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    @staticmethod
    def put(conn, obj):
        data = json.dumps(obj).encode()
        conn.sendall(struct.pack(">I", len(data)) + data)

    def serve(self, conn):
        f = conn.makefile("rb")
        while True:
            head = f.read(4)
            if len(head) < 4:
                if conn in self.streams:
                    self.streams.remove(conn)
                return
            request = json.loads(f.read(struct.unpack(">I", head)[0]))
            self.asked.append(request)
            if request["request"] == "debug" and "number" not in request:
                self.put(conn, {"rows": [], "more": True, "key": 7})
                self.streams.append(conn)
                continue
            if request["request"] == "undebug":
                for s in list(self.streams):
                    self.put(s, {"rows": []})
            if request["request"] == "running-config":
                self.put(conn, {"rows": ["hostname gw\n"]})
            else:
                self.put(conn, {"rows": []})

    def say(self, text):
        row = {"time": "Nov 21 15:20:33.123", "topic": "isakmp", "line": text}
        for s in list(self.streams):
            # A client that has got enough may have gone already.
            with contextlib.suppress(BrokenPipeError):
                self.put(s, {"rows": [row], "more": True})

    def has(self, n):
        """Wait until so many streams are open."""
        end = time.monotonic() + LIMIT
        while len(self.streams) != n and time.monotonic() < end:
            time.sleep(0.05)
        return len(self.streams) == n


class Program(Console):
    """One command on a terminal, or the shell."""

    def __init__(self, path, *words):
        Terminal.__init__(self, [PROGRAM, "-s", "/nonexistent", *words],
                          IPSECGW_CONTROL=path)


def in_shell(daemon, path):
    c = Program(path)
    c.until("#")
    t = c.send("debug crypto isakmp\r", "#")
    check("the shell says that it is on", "Crypto ISAKMP debugging is on" in t, t)
    daemon.has(1)
    daemon.say("ISAKMP: (0):one")
    t = c.until(r"one\n\S*#")
    check("a line comes above the prompt", "Nov 21 15:20:33.123: ISAKMP: (0):one" in t, t)
    os.write(c.fd, b"show deb")
    c.until("show deb")
    daemon.say("ISAKMP: (0):evil\x1b[2J\x07")
    t = c.until(r"#\s?show deb")
    check("what is being typed stays", "evil" in t, t)
    check("nothing in a line steers the terminal", "\x07" not in t and "evil?[2J?" in t, t)
    t = c.send("ugging\r", "#")
    check("and is run as typed", daemon.asked[-1]["request"] == "debugging", str(daemon.asked))
    t = c.send("debug crypto ipsec error\r", "#")
    check("another topic goes to the same stream",
          daemon.asked[-1] == {"request": "debug", "text": "ipsec-error", "number": 7},
          str(daemon.asked))
    os.write(c.fd, b"\xc3\xbcber")
    t = c.until("über")
    check("letters of several octets can be typed", "über" in t, t)
    # Ctrl-U draws the prompt once more.
    t = c.send("\x15undebug all\r", r"turned off[^#]*#")
    check("undebug", "All possible debugging has been turned off" in t, t)
    t = c.send("show debugging\r", "#")
    daemon.has(0)
    check("after which the stream is closed", not daemon.streams, str(daemon.streams))
    os.write(c.fd, b"exit\r")
    t = c.until(r"\(never\)")
    check("exit ends it", c.wait() == 0, t)


def one_shot(daemon, path):
    c = Program(path, "debug", "crypto", "isakmp")
    t = c.until("on")
    daemon.has(1)
    daemon.say("ISAKMP: (1001):two")
    t += c.until("two")
    check("the command prints lines as they come",
          t.startswith("Crypto ISAKMP debugging is on\nNov 21 15:20:33.123: ISAKMP: (1001):two"), t)
    os.write(c.fd, b"\x03")
    check("until Ctrl-C", c.wait() == -signal.SIGINT)
    check("which the daemon notices", daemon.has(0))
    c = Program(path, "-c", "2", "--json", "debug", "crypto", "isakmp")
    daemon.has(1)
    for word in ("three", "four", "five"):
        daemon.say(word)
    t = c.until(r"\(never\)")
    lines = [json.loads(x) for x in t.splitlines() if x.startswith("{")]
    check("a count ends it, JSON is one object a line",
          c.wait() == 0 and [x["line"] for x in lines] == ["three", "four"], t)


def main():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "control")
    print("TAP version 13\n1..14")
    try:
        daemon = Daemon(path)
        in_shell(daemon, path)
        one_shot(daemon, path)
    finally:
        shutil.rmtree(folder)
    return finish(14)


if __name__ == "__main__":
    sys.exit(main())
