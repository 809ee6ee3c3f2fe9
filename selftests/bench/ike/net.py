# SPDX-License-Identifier: GPL-2.0-or-later
"""Two namespaces of this machine, a cable, and very many addresses of one of them.

The spokes are all in namespace "s": tunnel I has the address SPOKE(I), the hub in
"h" has one. What the host itself has is not touched.
"""
import ctypes
import os
import signal
import subprocess
import time

HUB = "172.31.77.2"
HUB_NET = "10.9.0.0/24"
PR_SET_PDEATHSIG = 1


def spoke(i):
    """The address of peer I, from 1."""
    return "10.200.%d.%d" % (i >> 8, i & 255)


def inner(i):
    """What lies behind it."""
    return "10.100.%d.%d" % (i >> 8, i & 255)


def run(*words, **more):
    """A command that must succeed."""
    return subprocess.run(words, check=True, capture_output=True, text=True,
                          **more).stdout


class Net:
    """The namespaces; leave() removes them."""

    def __init__(self):
        pid = os.getpid()
        self.name = {"s": "spokes-%d" % pid, "h": "hub-%d" % pid}
        for n in self.name.values():
            run("ip", "netns", "add", n)
        try:
            self.cable()
        except subprocess.CalledProcessError as e:
            self.leave()
            raise SystemExit("bench: no network: " + e.stderr) from e

    def cable(self):
        """Addresses and routes."""
        s, h = self.name["s"], self.name["h"]
        mac = "02:00:00:00:00:01", "02:00:00:00:00:02"
        run("ip", "-n", s, "link", "add", "w", "address", mac[0], "type",
            "veth", "peer", "name", "w", "address", mac[1], "netns", h)
        for line, n in (("link set lo up", s), ("link set lo up", h),
                        ("addr add 172.31.77.1/24 dev w", s),
                        ("addr add %s/24 dev w" % HUB, h),
                        # No packet but those of the daemons.
                        ("link set w addrgenmode none", s),
                        ("link set w addrgenmode none", h),
                        ("link set w up", s), ("link set w up", h),
                        ("route add local 10.200.0.0/16 dev lo", s),
                        # It stays when the cable is unplugged at the other end.
                        ("route add 10.200.0.0/16 via 172.31.77.1 dev w", h),
                        # No packet waits for a neighbour to be found.
                        ("neigh replace %s lladdr %s dev w" % (HUB, mac[1]), s),
                        ("neigh replace 172.31.77.1 lladdr %s dev w" % mac[0],
                         h)):
            run("ip", "-n", n, *line.split())
        self.up()

    def up(self):
        """Packets are lost for a moment after a cable is plugged in."""
        run("ip", "-n", self.name["s"], "link", "set", "w", "up")
        ping = ["ip", "netns", "exec", self.name["h"], "ping", "-qc1", "-W1",
                spoke(1)]
        wait_for(20, "the cable", lambda: not subprocess.run(
            ping, check=False, capture_output=True).returncode)

    def down(self):
        """Unplug it."""
        run("ip", "-n", self.name["s"], "link", "set", "w", "down")

    def leave(self):
        """Remove them."""
        for n in self.name.values():
            subprocess.run(["ip", "netns", "del", n], check=False)


def die_with_us():
    """In a child: it must not outlive the bench."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Daemon:
    """A daemon and its children, in one of the namespaces."""

    def __init__(self, net, where, words, log, **env):
        self.net, self.where = net, where
        with open(log, "wb") as f:
            # Not another process between: its number is the daemon's.
            self.child = subprocess.Popen(
                ["ip", "netns", "exec", net.name[where], *words], stdout=f,
                stderr=f, stdin=subprocess.DEVNULL, preexec_fn=die_with_us,
                env={**os.environ, **env})

    def pids(self):
        """It and its children."""
        pid = self.child.pid
        with open("/proc/%d/task/%d/children" % (pid, pid),
                  encoding="ascii") as f:
            return [pid] + [int(w) for w in f.read().split()]

    def ran(self, pid):
        """Milliseconds that the threads of one of them have run."""
        ns = 0
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task),
                      encoding="ascii") as f:
                ns += int(f.read().split()[0])
        return ns / 1e6

    def alive(self):
        """Has it not ended?"""
        return self.child.poll() is None

    def cpu(self):
        """Milliseconds that all of them have run."""
        return sum(self.ran(pid) for pid in self.pids())

    def memory(self):
        """Kilobytes of private memory that are resident."""
        kb = 0
        for pid in self.pids():
            with open("/proc/%d/status" % pid, encoding="ascii") as f:
                kb += sum(int(line.split()[1]) for line in f
                          if line.startswith("RssAnon:"))
        return kb

    def stop(self):
        """End it, and see that it has ended."""
        if self.alive():
            self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def wait_for(limit, what, test):
    """Until TEST holds."""
    end = time.monotonic() + limit
    while not test():
        if time.monotonic() > end:
            raise TimeoutError("%s: not within %d s" % (what, limit))
        time.sleep(0.02)
