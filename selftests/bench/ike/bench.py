#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What IKE costs: our daemon beside strongSwan's, in namespaces of this machine.

usage: bench.py PROGRAM PEERS OUT.json

PROGRAM is the daemon linked with the stand-in for the module, PEERS the folder
of the unpacked packages, or "-". Environment:
  PARTS="rows size crowd config adopt whole reload"
                                   what is measured, all by default; the rows of
                                   other parts in OUT.json are kept
  BENCH_TUNNELS=500  BENCH_REPEAT=3  BENCH_SIZES="100 1000 10000"
  BENCH_CROWD=2000   BENCH_LINES=10000   BENCH_ROWS="aes128-sha1-modp1536 ..."
  BENCH_WHOLE=10000  BENCH_WHOLE_ROW=aes128-sha256-ecp256  BENCH_RELOAD=10000
  BENCH_REALTIME=1   before all else that runs on this machine, for busy ones
"""
import json
import os
import platform
import re
import select
import shutil
import statistics
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from charon import Charon
from net import Net, wait_for
from ours import Ours, config
from table import show

ROWS = {
    "aes128-sha1-modp1536": ("aes", "sha", 5),
    "aes128-sha256-modp2048": ("aes", "sha256", 14),
    "aes128-sha256-ecp256": ("aes", "sha256", 19),
    "3des-sha1-modp1024": ("3des", "sha", 2),
}
# What a command prints: one such line for all, or one for each tunnel.
SHOWN = (
    ("show crypto isakmp sa count", r"^Active ISAKMP SA's: {}$"),
    ("show crypto isakmp sa", r"^\S+ +\S+ +QM_IDLE +\d+ +\d+ ACTIVE$"),
    ("show crypto ipsec sa count", r"^IPsec SA total: {1}, active: {1},"),
    # The stand-in does not know which flow its SAs are for.
    ("show crypto session brief", r"^ +10\.200\.\d+\.\d+ .* U[AI]$"),
    ("show crypto session", r"^Session status: UP-"),
    # Nobody is in a group.
    ("show crypto session summary", r"\A"),
)
WAVE = 1000  # tunnels begun at once where there are more
TRAFFIC = 10.0  # seconds between packets of a flow
TIDY = 25  # seconds until the daemon gives back memory
QUIET = 1.0  # seconds without a packet: nothing is under way
LIMIT = int(os.environ.get("BENCH_LIMIT", 240))


def number(name, otherwise):
    """Of the environment."""
    return int(os.environ.get("BENCH_" + name, otherwise))


def row_of(name):
    """What both daemons need to know of a row."""
    encryption, hash_, group = ROWS[name]
    return {"name": name, "encryption": encryption, "hash": hash_,
            "group": group, "transform": "esp-aes esp-sha-hmac",
            "charon": name, "charon_esp": "aes128-sha1"}


class Bench:
    """One run of it."""

    def __init__(self, program, peers, folder):
        self.program, self.peers, self.folder = program, peers, folder
        self.net = Net()
        self.rows = []
        self.running = []

    def add(self, **row):
        """A row of the result."""
        self.rows.append(row)
        print("# " + " ".join("%s=%s" % p for p in row.items()), flush=True)

    def start(self, what, where, row, count):
        """A daemon with the configuration of COUNT tunnels."""
        if what == "ours":
            side = Ours(self.net, where, self.folder, row, self.program)
        else:
            side = Charon(self.net, where, self.folder, row, self.peers)
        self.running.append(side)
        side.load(count)
        return side

    def pair(self, what, row, count):
        """Hub and spokes."""
        return self.start(what, "h", row, count), self.start(what, "s", row,
                                                             count)

    def stop(self):
        """All that run."""
        while self.running:
            self.running.pop().stop()

    def packets(self, side):
        """A number that changes when a datagram crosses the cable."""
        with open("/proc/%d/net/dev" % side.daemon.child.pid,
                  encoding="ascii") as f:
            words = [x.split() for x in f if x.strip().startswith("w:")][0]
        return int(words[2]), int(words[10])

    def measure(self, hub, spokes, count, begin, every=LIMIT):
        """Time and CPU from BEGIN, EVERY so often, until COUNT more pairs are there."""
        had = hub.made(), spokes.made()
        sides = spokes, hub
        cpu = [s.daemon.cpu() for s in sides]
        start = last = time.monotonic()
        begin()
        seen, asked, again = self.packets(hub), [0, 0], start + every
        while True:
            time.sleep(0.01)
            now, packets = time.monotonic(), self.packets(hub)
            if now > again:
                begin()
                again = now + every
            if packets != seen:
                seen, last = packets, now
            if now - last < QUIET:
                continue
            used = [s.daemon.cpu() for s in sides]
            made = spokes.made() - had[1], hub.made() - had[0]
            if min(made) >= count:
                break
            # What it cost to ask is not what the tunnels cost.
            asked = [a + s.daemon.cpu() - u
                     for a, s, u in zip(asked, sides, used)]
            if now - start > LIMIT:
                raise TimeoutError("%d and %d of %d" % (*made, count))
            time.sleep(0.5)
        took = last - start
        ms = [(u - c - a) / count for u, c, a in zip(used, cpu, asked)]
        return {"seconds": round(took, 2), "rate": round(count / took, 1),
                "initiator_ms": round(ms[0], 3),
                "responder_ms": round(ms[1], 3)}

    # --- parts ---------------------------------------------------------------

    def both(self):
        """The daemons that there are."""
        return ["ours"] + ["charon"] * (self.peers != "-")

    def rows_part(self):
        """Set-ups and rekeys, one daemon after the other."""
        count = number("TUNNELS", 500)
        for name in os.environ.get("BENCH_ROWS", " ".join(ROWS)).split():
            for turn in range(number("REPEAT", 3)):
                for what in self.both():
                    self.one_row(what, row_of(name), count, turn)

    def one_row(self, what, row, count, turn):
        """One daemon, once."""
        hub, spokes = self.pair(what, row, count)
        up = self.measure(hub, spokes, count, lambda: spokes.begin(1, count))
        self.add(row="setup", what=what, name=row["name"], tunnels=count,
                 turn=turn, **up)
        again = self.measure(hub, spokes, count, lambda: spokes.rekey(count))
        self.add(row="rekey", what=what, name=row["name"], tunnels=count,
                 turn=turn, **again)
        self.stop()

    def size_part(self):
        """Cost and memory with more and more tunnels."""
        row = row_of("aes128-sha256-ecp256")
        most = number("CHARON_MOST", 1000)
        for count in os.environ.get("BENCH_SIZES", "100 1000 10000").split():
            count = int(count)
            for what in self.both():
                if what == "ours" or count <= most:
                    self.one_size(what, row, count)

    def begin_all(self, spokes, count):
        """No more at once than a hub has room for that are half-way up."""
        for first in range(1, count + 1, WAVE):
            last = min(first + WAVE - 1, count)
            if first > 1:
                wait_for(LIMIT, "the wave before",
                         lambda: spokes.made() > first - WAVE // 2)
            spokes.begin(first, last)

    def one_size(self, what, row, count):
        """So many tunnels."""
        hub, spokes = self.pair(what, row, count)
        before = spokes.daemon.memory(), hub.daemon.memory()
        up = self.measure(hub, spokes, count,
                          lambda: self.begin_all(spokes, count))
        kb = [s.daemon.memory() - b for s, b in zip((spokes, hub), before)]
        self.add(row="size", what=what, name=row["name"], tunnels=count, **up,
                 initiator_kb=round(kb[0] / count, 2),
                 responder_kb=round(kb[1] / count, 2))
        self.stop()

    def crowd_part(self):
        """All spokes are gone and come back at once, the hub has not noticed."""
        count = number("CROWD", 2000)
        row = row_of("aes128-sha256-modp2048")
        hub, spokes = self.pair("ours", row, count)
        first = self.measure(hub, spokes, count,
                             lambda: spokes.begin(1, count))
        self.net.down()
        self.running.remove(spokes)
        spokes.stop()
        self.net.up()
        spokes = self.start("ours", "s", row, count)
        with Asking(hub) as asking:
            back = self.measure(hub, spokes, count,
                                lambda: spokes.begin(1, count))
        self.add(row="crowd", what="ours", name=row["name"], tunnels=count,
                 first_rate=first["rate"], **back, **asking.result())
        self.stop()

    def adopt_part(self):
        """The hub is killed and started again, and goes on."""
        count = number("ADOPT", 10000)
        row = row_of("aes128-sha256-ecp256")
        for state in "/nowhere/state", ".state":
            hub = Ours(self.net, "h", self.folder, row, self.program)
            hub.state = state
            self.running.append(hub)
            hub.load(count)
            spokes = self.start("ours", "s", row, count)
            up = self.measure(hub, spokes, count,
                              lambda s=spokes: s.begin(1, count))
            self.add(row="keep", what="ours", name=row["name"], tunnels=count,
                     kept=state == ".state", **up)
            if state == ".state":
                self.restart(hub)
                self.adopt(hub, count)
            self.stop()

    def whole_part(self):
        """Very many tunnels, all begun in one moment: up, shown, cleared."""
        count = number("WHOLE", 10000)
        row = row_of(os.environ.get("BENCH_WHOLE_ROW", "aes128-sha256-ecp256"))
        hub, spokes = self.pair("ours", row, count)
        before = hub.daemon.memory()
        with Asking(hub) as asking:
            up = self.measure(hub, spokes, count,
                              lambda: spokes.begin(1, count), TRAFFIC)
        full = hub.daemon.memory()
        with Asking(hub) as showing:
            shown = self.show_all(hub, count)
        with Asking(hub) as clearing:
            cleared = self.clear_all(hub, spokes)
        peak = hub.daemon.memory()
        meanwhile = {"show_answer_ms": showing.result()["answer_max_ms"],
                     "clear_answer_ms": clearing.result()["answer_max_ms"]}
        # The same once more needs no more memory.
        self.measure(hub, spokes, count, lambda: spokes.begin(1, count),
                     TRAFFIC)
        self.clear_all(hub, spokes)
        after = hub.daemon.memory()
        if after > peak * 1.1 + 1024:
            raise RuntimeError("memory grows: %d, then %d" % (peak, after))
        # What was freed is given back later; a few tunnels are not worth it.
        if count >= 1000:
            time.sleep(TIDY)
        self.add(row="whole", what="ours", name=row["name"], tunnels=count,
                 **up, **asking.result(), **shown, **cleared, **meanwhile,
                 memory_before=before, memory_full=full, memory_peak=peak,
                 memory_after=hub.daemon.memory())
        self.stop()

    def show_all(self, hub, count):
        """Each command that counts or lists them, and how long it took."""
        slowest = 0
        for words, want in SHOWN:
            start = time.monotonic()
            text = hub.ipsecctl(*words.split())
            slowest = max(slowest, time.monotonic() - start)
            if len(re.findall(want.format(count, 2 * count), text, re.M)) not in (1, count):
                raise RuntimeError("%s shows: %s" % (words, text[:500]))
        return {"show_max_ms": round(slowest * 1000)}

    def clear_all(self, hub, spokes):
        """One command; then neither end has anything."""
        start = time.monotonic()
        hub.ipsecctl("clear", "crypto", "session")
        took = time.monotonic() - start
        wait_for(LIMIT, "everything to be gone",
                 lambda: not (hub.counted()[0] or spokes.counted()[0]))
        gone = time.monotonic() - start
        # The deletes of the last ones may still be under way.
        for side in hub, spokes:
            for what in "isakmp-sa", "ipsec-sa":
                wait_for(LIMIT, "%s of %s to be gone" % (what, side.where),
                         lambda s=side, w=what: not s.request(w)["rows"])
        return {"clear_ms": round(took * 1000), "gone_ms": round(gone * 1000)}

    def reload_part(self):
        """The configuration of many tunnels changes: not theirs, then theirs."""
        count = number("RELOAD", 10000)
        row = row_of("aes128-sha256-ecp256")
        hub, spokes = self.pair("ours", row, count)
        self.measure(hub, spokes, count, lambda: spokes.begin(1, count),
                     TRAFFIC)
        other, other_ms = self.change(
            spokes, "access-list 199 permit ip any any")
        if spokes.counted()[2] or spokes.counted()[0] != 2 * count:
            raise RuntimeError("a line of no tunnel has ended some")
        with Asking(hub) as asking:
            theirs, theirs_ms = self.change(
                spokes, "no crypto isakmp enable",
                lambda: not (spokes.counted()[0] or hub.counted()[0]))
        at_hub = asking.result()
        self.add(row="reload", what="ours", tunnels=count,
                 other_ms=other_ms, other_answer_ms=other["answer_max_ms"],
                 other_engine_ms=other["engine_max_ms"],
                 theirs_ms=theirs_ms, theirs_answer_ms=theirs["answer_max_ms"],
                 theirs_engine_ms=theirs["engine_max_ms"],
                 hub_answer_ms=at_hub["answer_max_ms"],
                 hub_engine_ms=at_hub["engine_max_ms"])
        self.stop()

    def change(self, side, text, done=lambda: True):
        """Lines of its configuration; how its engine answers until DONE."""
        with Asking(side) as asking:
            start = time.monotonic()
            side.request("apply", text=text)
            wait_for(LIMIT, "the end of tunnels", done)
            took = time.monotonic() - start
            time.sleep(1)
        return asking.result(), round(took * 1000)

    def restart(self, hub):
        """End it; another run shows what this one has shown."""
        had = hub.tables()
        if hub.leave():
            raise RuntimeError("SIGUSR2 does not end it well")
        hub.run()
        for old, new in zip(had, hub.tables()):
            if old != new:
                raise RuntimeError("it shows %s, not %s" % (new[:1],
                                                            old[:1]))

    def adopt(self, hub, count):
        """Kill it; how long is there none?"""
        had, sent = hub.counted(), self.packets(hub)
        size = os.path.getsize(hub.base + ".state")
        start = time.monotonic()
        hub.kill()
        hub.run()
        took = time.monotonic() - start
        cpu = hub.daemon.cpu()
        time.sleep(2)
        if "took over %d ISAKMP SAs and %d tunnels" % (count, count) not in \
                hub.log() or hub.counted()[:3] != had[:3]:
            raise RuntimeError("not all were taken over: " + hub.log()[-500:])
        self.add(row="adopt", what="ours", tunnels=count,
                 seconds=round(took, 2), cpu_ms=round(cpu),
                 state_mb=round(size / 1e6, 1),
                 packets=self.packets(hub)[1] - sent[1])

    def config_part(self):
        """A large configuration: read at the start, replaced, changed by a line."""
        lines = number("LINES", 10000)
        row = row_of("aes128-sha256-ecp256")
        fixed = [x for x in config("s", row, 0).splitlines() if x]
        count = (lines - len(fixed)) // 6
        start = time.monotonic()
        spokes = self.start("ours", "s", row, count)
        loaded = time.monotonic() - start
        text = config("s", row, count)
        with Asking(spokes) as asking:
            start = time.monotonic()
            spokes.request("replace", text=config("s", row, 1))
            spokes.request("replace", text=text)
            replaced = time.monotonic() - start
            time.sleep(0.5)
        gaps = asking.result()
        with Asking(spokes) as asking:
            start = time.monotonic()
            spokes.request("apply", text="access-list 199 permit ip any any")
            changed = time.monotonic() - start
            time.sleep(0.5)
        self.add(row="config", what="ours",
                 lines=len([x for x in text.splitlines() if x]),
                 entries=count, start_ms=round(loaded * 1000),
                 replace_ms=round(replaced * 1000),
                 replace_answer_ms=gaps["answer_max_ms"],
                 replace_engine_ms=gaps["engine_max_ms"],
                 one_line_ms=round(changed * 1000),
                 one_line_answer_ms=asking.result()["answer_max_ms"])
        self.stop()


class Asking:
    """A client of the control socket that asks the engine all the time.

    It is a process of its own: what the bench does besides must not keep it.
    """

    def __init__(self, side):
        self.side = side
        self.daemon, self.engine = side.daemon, side.engine()
        self.took, self.ran = [], []
        self.pid = self.stop = self.said = 0

    def ask(self, stop, said):
        """Until told to end."""
        client = self.side.asker()
        while not select.select([stop], [], [], 0.005)[0]:
            before = self.daemon.ran(self.engine)
            self.took.append(client.ask() * 1000)
            self.ran.append(self.daemon.ran(self.engine) - before)
        with os.fdopen(said, "w", encoding="ascii") as f:
            json.dump([self.took, self.ran], f)

    def __enter__(self):
        stop, self.stop = os.pipe()
        self.said, said = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            try:
                self.ask(stop, said)
            finally:
                os._exit(0)
        os.close(stop)
        os.close(said)
        return self

    def __exit__(self, *_):
        os.write(self.stop, b".")
        os.close(self.stop)
        with os.fdopen(self.said, encoding="ascii") as f:
            text = f.read()
        os.waitpid(self.pid, 0)
        if not text:
            raise RuntimeError("the client of the control socket has failed")
        self.took, self.ran = json.loads(text)

    def result(self):
        """How long the answers took."""
        took = sorted(self.took)
        return {"asked": len(took),
                "answer_median_ms": round(statistics.median(took), 2),
                "answer_p99_ms": round(took[len(took) * 99 // 100], 2),
                "answer_max_ms": round(took[-1], 2),
                # However long others had the processor.
                "engine_max_ms": round(max(self.ran), 2)}


def machine(peers):
    """What it ran on."""
    with open("/proc/cpuinfo", encoding="ascii") as f:
        model = [x.split(":")[1].strip() for x in f if "model name" in x][0]
    return {"row": "machine", "cpu": model, "processors": os.cpu_count(),
            "linux": platform.release(), "charon": peers,
            "load": round(os.getloadavg()[0], 1),
            "realtime": number("REALTIME", 0),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}


def before_others():
    """What it starts has nearly all of the processors, and shares them fairly."""
    if os.getpid() != os.getsid(0):
        os.setsid()
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    # Where each session has its share, that of this one counts.
    if os.path.exists("/proc/self/autogroup"):
        with open("/proc/self/autogroup", "w", encoding="ascii") as f:
            f.write("-20")


def charon_version(peers):
    """Of the packages that were unpacked."""
    with open(os.path.join(os.path.dirname(peers), "ready"),
              encoding="ascii") as f:
        return [x.strip() for x in f if x.startswith("charon-systemd")][0]


def main():
    """All parts; one that fails leaves the others."""
    program, peers, out = sys.argv[1:]
    parts = os.environ.get("PARTS", "rows size crowd config adopt "
                           "whole reload").split()
    # All that the bench starts: what else runs here disturbs it less.
    os.nice(-10)
    if number("REALTIME", 0):
        before_others()
    folder = tempfile.mkdtemp(prefix="bench-ike-")
    bench = Bench(program, peers, folder)
    failed = False
    try:
        for part in parts:
            have = len(bench.rows)
            try:
                getattr(bench, part + "_part")()
            except (OSError, RuntimeError, AttributeError) as e:
                traceback.print_exc()
                bench.add(row="failed", error=str(e))
                failed = True
            bench.stop()
            for row in bench.rows[have:]:
                row["part"] = part
    finally:
        bench.stop()
        bench.net.leave()
        if not failed:
            shutil.rmtree(folder)
    rows = [machine("-" if peers == "-" else charon_version(peers))]
    if os.path.exists(out):
        with open(out, encoding="ascii") as f:
            rows += [r for r in json.load(f)
                     if r["row"] != "machine" and r["part"] not in parts]
    rows += bench.rows
    with open(out, "w", encoding="ascii") as f:
        json.dump(rows, f, indent=1)
        f.write("\n")
    show(rows)
    return failed


sys.exit(main())
