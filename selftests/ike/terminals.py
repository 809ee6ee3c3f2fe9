# SPDX-License-Identifier: GPL-2.0-only
"""The programs of ipsecctl that own a terminal, against a live daemon and module.

terminals.py GATEWAY HOST CONTROL: monitor, top and the shell, each on a terminal of
its own, while a host pings through the tunnel. GATEWAY and HOST are namespaces.
"""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cfg"))
from terminal import LIMIT, PROGRAM, Terminal, check, finish  # pylint: disable=wrong-import-position

PLAN = 25
PEER = "172.16.0.2"
LEFT = r"(\d+):(\d\d):(\d\d)"
ROW = PEER.replace(".", r"\.") + r"\s+g12\s+%s\s+%s\s+%s\s+%s\s+\S+\s+\S+\s+\d+\s+" + LEFT
NUMBER = r"[1-9][0-9.]*[kM]?"
BUSY = ROW % (NUMBER, NUMBER, NUMBER, NUMBER)
ANY = ROW % (r"\S+", r"\S+", r"\S+", r"\S+")
gateway, host, control = sys.argv[1:4]


def terminal(*words, **size):
    """The program, on a terminal, in the gateway's namespace."""
    return Terminal(["ip", "netns", "exec", gateway, PROGRAM, *words],
                    IPSECGW_CONTROL=control, **size)


def ask(*words):
    """What a command prints."""
    env = {**os.environ, "IPSECGW_CONTROL": control}
    return subprocess.run(["ip", "netns", "exec", gateway, PROGRAM, *words], env=env,
                          check=False, capture_output=True, text=True).stdout


def ping(count, gap):
    return subprocess.Popen(["ip", "netns", "exec", host, "ping", "-nq", "-c", str(count),
                             "-i", str(gap), "10.2.0.2"], stdout=subprocess.DEVNULL)


def left(text):
    """Seconds until the rekey in the last row of a text, -1 without one."""
    found = re.findall(ANY, text)
    return sum(int(n) * s for n, s in zip(found[-1], (3600, 60, 1))) if found else -1


def use_up():
    """The tunnel's outbound SA is at its soft limit: the daemon rekeys."""
    spi = re.search(r"spi (0x[0-9a-f]+)", ask("sa", "list", "dir", "out"))[1]
    ask("sa", "update", "dir", "out", "spi", spi, "remote", PEER, "soft", "packets", "1")


def listens(pid):
    """The command that a shell runs has its two sockets: of the module, of the daemon."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = f.read().split()
        try:
            fds = [os.readlink(f"/proc/{c}/fd/{fd}")
                   for c in children for fd in os.listdir(f"/proc/{c}/fd")]
        except OSError:
            fds = []
        if sum(fd.startswith("socket:") for fd in fds) >= 2:
            return
        time.sleep(0.05)


def watch():
    """monitor: what happens to the tunnel, from both sources."""
    m = terminal("-v", "monitor")
    before = m.settings()
    t = m.until("listening")
    ping(3, 0.3).wait()
    t = m.until(r" tunnel-up .*\n")
    check("monitor: the module asks for SAs", " acquire " in t, t)
    check("monitor: an IKE SA, then the tunnel",
          re.search(r" isakmp-up [^\n]*remote 172\.16\.0\.2 [\s\S]* tunnel-up [^\n]*"
                    r"in-spi 0x[0-9a-f]+ out-spi 0x", t), t)
    return m, before


def look(m):
    """top: rates and clocks that move, keys, another size."""
    traffic = ping(100000, 0.05)
    p = terminal("top", "interval", "1", rows=24, columns=130)
    before = p.settings()
    t = p.until(BUSY)
    check("top: rates in both directions", re.search(BUSY, t), t)
    first = left(t)
    t = p.until(BUSY)
    t += p.until(BUSY)
    check("top: the clock runs down", 0 < left(t) < first, f"{first}\n{t}")
    check("top: it has the screen, and keys are not echoed",
          "\x1b[?1049h" in p.raw and p.settings() != before)
    t = p.send("d", r"\[d\]")
    t += p.send("r", r"\[d, reversed\]")
    check("top: keys change the order at once", "[d, reversed]" in t, t)
    p.resize(3, 40)
    p.raw = ""
    p.until(r"\x1b\[J[\s\S]*\x1b\[J")
    screen = re.findall(r"\x1b\[H([^\x1b]*(?:\x1b\[K[^\x1b]*)*)\x1b\[J", p.raw)[-1]
    lines = [len(line.strip("\r")) for line in screen.replace("\x1b[K", "").split("\n")]
    check("top: a small terminal", len(lines) <= 3 and max(lines) == 40, screen)
    p.resize(24, 130)
    p.until(BUSY)
    low = left(p.until(BUSY))
    use_up()
    t = m.until(r" tunnel-rekey .*\n")
    check("monitor: a rekey, and which pair it replaces",
          re.search(r" expire [\s\S]* tunnel-rekey [^\n]* replaces 0x", t), t)
    for _ in range(20):
        t = p.until(BUSY)
        if left(t) > low:
            break
    check("top: with the new pair the clock begins again", left(t) > low, f"{low}\n{t}")
    os.write(p.fd, b"q")
    check("top: q ends it", p.wait() == 0, p.raw[-300:])
    check("top: the terminal is as before", p.settings() == before and
          p.raw.rstrip().endswith("\x1b[?25h\x1b[?1049l"), repr(p.raw[-80:]))
    traffic.terminate()
    traffic.wait()


def talk(m):
    """The shell: words of the table, views, programs within it, debug lines."""
    s = terminal("shell")
    before = s.settings()
    t = s.until(r"#\s*(\x1b\[K)?$")
    name = re.search(r"(\S+)#", t)[1]
    prompt = re.escape(name) + r"#\s*(\x1b\[K)?$"
    t = s.send("show crypto isakmp ?", prompt.replace("$", "") + r"show crypto isakmp ")
    check("shell: what may follow", re.search(r"policy .*\n[\s\S]*sa  ", t), t)
    t = s.send("\x15sh\tcry\tses\t| include status\r", r"status: \S+\s[\s\S]*" + prompt)
    check("shell: words are completed, a live view", "Session status: UP-ACTIVE" in t, t)
    t = s.send("top interval 1\r", BUSY.replace(NUMBER, r"\S+"))
    check("shell: top", "flows, every 1 s" in t, t)
    t = s.send("q", prompt)
    t = s.send("show crypto isakmp sa count | include Active\r", r"SA's: 1\s[\s\S]*" + prompt)
    check("shell: behind it the prompt, with echo",
          "include Active" in t and "Active ISAKMP SA's: 1" in t, t)
    s.send("monitor\r", r"monitor\n")
    listens(s.pid)
    t = s.send("\x03", prompt)
    check("shell: Ctrl-C ends a monitor, not the shell", re.search(prompt, t), t)
    t = s.send("debug crypto isakmp\r", prompt)
    check("shell: debugging", "Crypto ISAKMP debugging is on" in t, t)
    s.send("clear crypto session remote 172.16.0.2\r", r"Death by tree-walk")
    check("shell: debug lines between the prompts",
          "deleting SA reason \"Death by tree-walk\" state (I) QM_IDLE" in s.raw, s.raw[-2000:])
    t = s.send("undebug all\r", r"turned off\s[\s\S]*#")
    check("shell: the end of it", "All possible debugging has been turned off" in t, t)
    t = m.until(r" isakmp-down .*\n")
    t = t if " tunnel-down " in t else t + m.until(r" tunnel-down .*\n")
    check("monitor: the tunnel is cleared", re.search(
        r" tunnel-down [^\n]* reason cleared", t), t)
    s.send("configure terminal\r", r"\(config\)#")
    s.send("hostname edge\r", r"edge\(config\)#")
    t = s.send("end\r", r"edge#")
    t = s.send("show logging | include CONFIG_I|Syslog\r", r"CONFIG_I: [\s\S]*edge#")
    check("shell: the end of configuring is logged, once", t.count("%SYS-5-CONFIG_I: "
          "Configured from console by console") == 1 and "Syslog logging: enabled" in t, t)
    os.write(s.fd, b"exit\r")
    check("shell: exit", s.wait() == 0, s.raw[-300:])
    check("shell: the terminal is as before", s.settings() == before)


def main():
    print(f"TAP version 13\n1..{PLAN}")
    m, before = watch()
    look(m)
    talk(m)
    os.write(m.fd, b"\x03")
    check("monitor: Ctrl-C ends it", m.wait() == 0, m.raw[-300:])
    check("monitor: the terminal is as before", m.settings() == before)
    return finish(PLAN)


sys.exit(main())
