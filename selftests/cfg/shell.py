#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=120
"""The shell of ipsecctl on a real terminal: prompts, help, completion, keys."""
import os
import re
import shutil
import socket
import sys
import tempfile

from terminal import LIMIT, PROGRAM, Terminal, check, finish

PLAN = 20


class Console(Terminal):
    """One shell; cursor movements are not looked at, and what is waited for is the end."""

    def __init__(self, startup, control):
        super().__init__([PROGRAM, "-s", startup], IPSECGW_CONTROL=control)

    @staticmethod
    def plain(text):
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b=|\x1b>", "", Terminal.plain(text))

    def until(self, pattern):
        return super().until(pattern + r"\s*$")


def hang(listener):
    """The connection that asks something; it will get no answer."""
    while True:
        conn = listener.accept()[0]
        if conn.recv(1):
            return conn
        conn.close()


def interrupt(c, control):
    """Ctrl-C while a view waits: its end, not that of the shell."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.settimeout(LIMIT)
        listener.bind(control)
        listener.listen()
        for _ in range(2):
            os.write(c.fd, b"show crypto isakmp sa\r")
            conn = hang(listener)
            t = c.send("\x03", r"\^C\s*east#")
            check("Ctrl-C stops a view, the prompt comes back", t.endswith("east#"), t)
            conn.settimeout(LIMIT)
            while conn.recv(4096):
                pass
            conn.close()
    os.unlink(control)
    t = c.send("show running-config | include hostname\r", r"hostname east\s+east#")
    check("the next one works", "hostname east" in t, t)


def run(folder):
    startup = os.path.join(folder, "start")
    with open(startup, "w", encoding="utf-8") as f:
        f.write("hostname west\n")
    control = os.path.join(folder, "control")
    c = Console(startup, control)
    t = c.until("west#")
    check("the prompt has the name of the router", "west#" in t, t)
    t = c.send("conf t\r", r"west\(config\)#")
    check("the configuration mode says that no daemon runs", "ikehelper does not run" in t, t)
    t = c.send("crypto isakmp policy ?", r"<1-10000>[^\n]*\n[\s\S]*policy")
    check("a question mark is answered at once",
          "<1-10000>  Priority of protection suite" in t, t)
    t = c.send("\x15cry\tisak\tpol\t10\r", r"west\(config-isakmp\)#")
    check("words are completed", "west(config-isakmp)#" in t, t)
    t = c.send("group 3\r", r"west\(config-isakmp\)#")
    check("the marker stands under the wrong word",
          "\n" + " " * (len("west(config-isakmp)#") + 6) + "^\n% Invalid input" in t, t)
    t = c.send("encr aes 256\r", r"west\(config-isakmp\)#")
    t = c.send("exit\r", r"west\(config\)#")
    check("exit leads to the mode above", "west(config)#" in t, t)
    t = c.send("crypto map outer 10 ipsec-isakmp\r", r"west\(config-crypto-map\)#")
    check("the note on a new map", "% NOTE: This new crypto map will remain" in t, t)
    t = c.send("hostname east\r", r"east\(config\)#")
    check("a line of the mode above, and the new name", "east(config)#" in t, t)
    t = c.send("crypto isakmp key Hush123 address 192.0.2.1\r", r"east\(config\)#")
    t = c.send("\x10", "hostname east")
    check("a line with a key is not remembered", "hostname east" in t and "Hush" not in t, t)
    t = c.send("\x15do show running-config | include key\r",
               r"key <removed>[^\n]*\n[\s\S]*east\(config\)#")
    check("do runs a command of the other level", "key <removed> address" in t, t)
    t = c.send("interface fa0/0\r", r"east\(config-if\)#")
    t = c.send("shut\x03", "east#")
    check("Ctrl-C forgets the line and leaves", "^C" in t, t)
    t = c.send("conf t\r", r"east\(config\)#")
    t = c.send("interface fa0/0\r", r"east\(config-if\)#")
    t = c.send("\x1a", "east#")
    check("Ctrl-Z leaves the modes", "^Z" in t, t)
    t = c.send("frobnicate\r", "east#")
    check("an unknown word", "% Unknown command or computer name" in t, t)
    interrupt(c, control)
    t = c.send("disable\r", "east>")
    check("the unprivileged prompt", "east>" in t, t)
    t = c.send("write memory\r", "east>")
    check("the configuration is saved", "[OK]" in t, t)
    os.write(c.fd, b"exit\r")
    t = c.until(r"\(never\)")
    check("exit ends it", c.wait() == 0, t)
    with open(startup, encoding="utf-8") as f:
        saved = f.read()
    check("what is saved", saved == (
        "hostname east\n!\ncrypto isakmp policy 10\n encr aes 256\n!\n"
        "crypto isakmp key Hush123 address 192.0.2.1\n!\n"
        "crypto map outer 10 ipsec-isakmp\n!\ninterface FastEthernet0/0\n!\nend\n"), saved)


def main():
    folder = tempfile.mkdtemp()
    print(f"TAP version 13\n1..{PLAN}")
    try:
        run(folder)
    finally:
        shutil.rmtree(folder)
    return finish(PLAN)


if __name__ == "__main__":
    sys.exit(main())
