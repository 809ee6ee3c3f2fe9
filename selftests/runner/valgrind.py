#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""A whole session of the daemon under valgrind, over the stand-in for the module.

Two daemons bring tunnels up, show what they have, read their configuration again,
take lines, rekey, clear, hand over to another run, and stop. No role of them may
read what was not written, free twice, or lose memory.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../esp/lib"),
                os.path.join(HERE, "../bench/ike")]
import ktap
from net import Net, wait_for
from ours import Ours

PROGRAM = os.path.join(ktap.TOP, "build/bench/ikehelper-valgrind")
ROW = {"name": "light", "encryption": "aes", "hash": "sha256", "group": 19,
       "transform": "esp-aes esp-sha-hmac"}
TUNNELS = 3
LIMIT = 60
SHOWN = ("isakmp-sa", "ipsec-sa", "session", "failures", "isakmp-history",
         "isakmp-global", "mib-failures", "ipsec-tunnel", "ipsec-history",
         "running-config", "log", "processes", "kept-lines")
ROLES = "parent", "engine", "keys", "control"


class Watched(Ours):
    """One of them, under valgrind."""

    def __init__(self, net, where, folder):
        super().__init__(net, where, folder, ROW, PROGRAM)
        self.logs = os.path.join(folder, "valgrind-" + where)
        self.under = ("valgrind", "--trace-children=yes", "--vgdb=no",
                      "--child-silent-after-fork=yes", "--leak-check=full",
                      "--show-leak-kinds=definite",
                      "--log-file=%s-%%p" % self.logs)

    def summaries(self):
        """Of each process: which role, errors, octets lost; what was said."""
        found = []
        for path in sorted(glob.glob(self.logs + "-*")):
            with open(path, encoding="utf-8", errors="replace") as f:
                text = f.read()
            errors = re.search(r"ERROR SUMMARY: ([\d,]+) errors", text)
            lost = re.search(r"definitely lost: ([\d,]+) bytes", text)
            role = re.search(r"Command: \S+ --role (\w+)", text)
            if "no leaks are possible" in text:
                lost = re.match("(0)", "0")
            found.append((role.group(1) if role else "parent",
                          errors and int(errors.group(1).replace(",", "")),
                          lost and int(lost.group(1).replace(",", "")), text))
        return found


def both_have(both, pairs):
    """So many pairs have ever been added, by either."""
    wait_for(LIMIT, "%d pairs" % pairs,
             lambda: all(one.made() >= pairs for one in both))


def active(one):
    """The pairs that its flows go by."""
    return {row["in_spi"] for row in one.request("ipsec-sa")["rows"]
            if row["active"]}


def others(both, old):
    """All flows go by other pairs, which the daemons know, not the kernel alone."""
    def done():
        now = [active(one) for one in both]
        return all(len(n) == TUNNELS and not n & o for n, o in zip(now, old))
    wait_for(LIMIT, "other pairs", done)


def session(net, folder):
    """All of it; the daemons."""
    hub, spokes = both = [Watched(net, w, folder) for w in "hs"]
    try:
        for one in both:
            one.load(TUNNELS)
        spokes.begin(1, TUNNELS)
        both_have(both, TUNNELS)
        for one in both:
            for what in SHOWN:
                one.request(what)
            one.request("reload")
            one.request("apply", text="access-list 199 permit ip any any\n"
                        "crypto isakmp keepalive 10\nno crypto map NONE\nbad")
        old = [active(one) for one in both]
        spokes.rekey(TUNNELS)
        others(both, old)
        spokes.request("clear-sa")
        # A packet that comes before the SA has gone wants none.
        wait_for(LIMIT, "no SA", lambda: not spokes.counted()[0])
        spokes.begin(1, TUNNELS)
        both_have(both, 3 * TUNNELS)
        ktap.result(not spokes.leave(), "one leaves its tunnels behind")
        spokes.run()
        ktap.result(len(spokes.request("isakmp-sa")["rows"]) == TUNNELS,
                    "and goes on with them")
        spokes.request("clear-isakmp")
        hub.request("clear-session")
    finally:
        for one in both:
            one.stop()
    return both


def main():
    """One result for each role of each daemon."""
    if os.geteuid() or not shutil.which("valgrind"):
        ktap.skip_all("needs root, for namespaces, and valgrind")
    ktap.plan(2 + 2 * len(ROLES))
    subprocess.run(["make", "-s", "--no-print-directory", "-C",
                    os.path.join(HERE, "../bench/ike"), "valgrind"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        os.environ["STANDIN_PROGRAM"] = PROGRAM
        net = Net()
        try:
            both = session(net, folder)
        finally:
            net.leave()
        for one in both:
            found = one.summaries()
            for role in ROLES:
                mine = [f for f in found if f[0] == role]
                ktap.result(mine and all(f[1] == 0 and f[2] == 0 for f in mine),
                            "%s of %s: no error, nothing lost, %d runs" %
                            (role, one.where, len(mine)),
                            "\n".join(f[3][-3000:] for f in mine) or one.log())


if __name__ == "__main__":
    main()
    ktap.finish()
