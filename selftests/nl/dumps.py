#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
"""Dumps of many SAs while others come and go: each SA that lives throughout
appears exactly once, and the time for one does not grow with their number.

environment: TEST_SAS=100000   how many; a fifth has keys, the rest is reserved
             (20000 on the debug kernel, where each takes its time)
"""
import os
import signal
import struct
import time

import nltest
from nltest import sa_in, sa_out

SPEC = nltest.Contract()
DEBUG = os.environ.get("IPSECGW_GUEST") == "debug"
COUNT = int(os.environ.get("TEST_SAS", "20000" if DEBUG else "100000"))
BATCH = 64


class Pipe(nltest.Client):
    """Many requests at once; none of the answers is looked at closely."""

    def flood(self, cmd, bodies):
        """Ids of the answers; an error is an exception."""
        ids, number = [], self.spec.cmd[cmd]
        for first in range(0, len(bodies), BATCH):
            part = bodies[first:first + BATCH]
            self.sock.send(b"".join(self.message(self.family, number, b,
                                                 nltest.F_REQUEST) for b in part))
            left = len(part)
            while left:
                for kind, _, _, body in self.receive():
                    left -= 1
                    if kind != self.family:
                        raise OSError(-struct.unpack_from("=i", body)[0], cmd)
                    found = {n: p for n, _, p, _ in nltest.each_attr(body[4:])}
                    ids.append(struct.unpack("=I", found[1])[0])
        return ids

    def dump_ids(self):
        """Connection numbers in the order of the dump; they come first."""
        self.sock.send(self.message(self.family, self.spec.cmd["sa-get"], b"",
                                    nltest.F_REQUEST | nltest.F_DUMP))
        ids = []
        while True:
            for kind, _, _, body in self.receive():
                if kind == nltest.NLMSG_DONE:
                    return ids
                ids.append(struct.unpack_from("=I", body, 8)[0])


def keyed(first, count):
    bodies = []
    for spi in range(first, first + count):
        sa = sa_out(spi=spi) if spi & 1 else sa_in(spi=spi)
        bodies.append(SPEC.encode("sa", sa))
    return bodies


def churn():
    """Add and delete others until killed."""
    ctl = nltest.Client(SPEC)
    spi = 0x40000000
    while True:
        for step in range(20):
            ctl.do("sa-add", sa_in(spi=spi + step))
        for step in range(20):
            ctl.do("sa-del", nltest.sa_key(sa_in(spi=spi + step)))
        spi += 20


def judge(ids, stay):
    odd = []
    if len(set(ids)) != len(ids):
        odd.append(f"{len(ids) - len(set(ids))} appear twice")
    if not stay <= set(ids):
        odd.append(f"{len(stay - set(ids))} are missing")
    if ids != sorted(ids):
        odd.append("not in the order of their numbers")
    return odd


def timed(func, times=1):
    """Result and the shortest time: other load only adds to it."""
    best = None
    for _ in range(times):
        begin = time.monotonic()
        result = func()
        took = time.monotonic() - begin
        best = took if best is None else min(best, took)
    return result, best


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(7)
    ctl = Pipe(SPEC)
    ctl.do("conf-set", {"max-sas": COUNT + 1000, "larval-timeout": 3600})
    # Not among those that are added by number: that would complete them.
    request = SPEC.encode("sa", {"proto": 50, "min-spi": 0x100000,
                                 "max-spi": 0x3fffffff})

    # A tenth first, to compare the cost of one.
    few, many = COUNT // 10, COUNT - COUNT // 10
    stay = set(ctl.flood("sa-add", keyed(0x1000, few // 5)))
    stay |= set(ctl.flood("sa-alloc-spi", [request] * (few - few // 5)))
    ids, few_time = timed(ctl.dump_ids, 5)
    tap.all_good(f"dump of {len(stay)}", judge(ids, stay))

    more, add_time = timed(lambda: (
        ctl.flood("sa-add", keyed(0x1000 + few // 5, many // 5)) +
        ctl.flood("sa-alloc-spi", [request] * (many - many // 5))))
    stay |= set(more)
    tap.expect("every one has a number of its own", len(stay), COUNT)
    ids, many_time = timed(ctl.dump_ids, 3)
    tap.all_good(f"dump of {COUNT}", judge(ids, stay))
    ratio = (many_time / COUNT) / (few_time / few)
    print(f"# {1e6 * few_time / few:.0f} us each of {few}, "
          f"{1e6 * many_time / COUNT:.0f} us each of {COUNT}; "
          f"added at {many / add_time:.0f}/s")
    # Were each step a walk from the start, it would be ten times as long.
    tap.check("the time for one does not grow with the number", ratio < 5, ratio)

    pid = os.fork()
    if not pid:
        try:
            churn()
        finally:
            os._exit(1)
    odd = []
    try:
        for _ in range(5):
            odd += judge(ctl.dump_ids(), stay)
    finally:
        alive, _ = os.waitpid(pid, os.WNOHANG)
        if not alive:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    tap.all_good("dumps while others come and go", odd + (["churn died"] if alive else []))

    # Half a dump, then the rest after much of it was deleted.
    ctl.sock.send(ctl.message(ctl.family, SPEC.cmd["sa-get"], b"",
                              nltest.F_REQUEST | nltest.F_DUMP))
    ids = [struct.unpack_from("=I", b, 8)[0] for k, _, _, b in ctl.receive()]
    nltest.Client(SPEC).do("sa-flush", {"dir": "in"})
    done = False
    while not done:
        for kind, _, _, body in ctl.receive():
            done = kind == nltest.NLMSG_DONE
            if not done:
                ids.append(struct.unpack_from("=I", body, 8)[0])
    tap.all_good("a dump goes on behind what is deleted meanwhile",
                 judge(ids, {i for i in stay if i & 1}))
    count, flush_time = timed(lambda: ctl.do("sa-flush")["count"])
    print(f"# the rest of {count} flushed in {flush_time:.2f} s")
    tap.expect("nothing is left", (ctl.do("stats-get")["sas"], ctl.dump_ids()), (0, []))
    tap.end()


if __name__ == "__main__":
    main()
