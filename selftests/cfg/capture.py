#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Captures: who may not, files that are there, what is written where; the lines of
keys of all transforms as tshark reads them. Daemon and tcpdump are made up."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "../..")
PROGRAM = os.path.join(TOP, "tools/ipsecctl/ipsecctl")
LINES = os.path.join(TOP, "build/selftests/unit/test_uat")
GREETING = b"# SAs that are negotiated from now on\n"
NOBODY = 65534
LIMIT = 60
done = []


def check(name, ok, why=""):
    """One result."""
    done.append(bool(ok))
    print(("ok" if ok else "not ok"), len(done), name)
    if not ok:
        print("\n".join("# " + line for line in str(why).splitlines()))


def skip(name, why):
    """One that cannot be looked at here."""
    done.append(True)
    print("ok", len(done), name, "# SKIP", why)


def wait_for(what):
    """Until it is true; its last value."""
    end = time.monotonic() + LIMIT
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def listen(path):
    """A socket of the daemon."""
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(8)
    return s


def text_of(path):
    """A file."""
    with open(path, encoding="utf-8") as f:
        return f.read()


class World:
    """A folder with a control socket's place, and a program tcpdump."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="capture-")
        os.chmod(self.dir, 0o755)
        self.control = self.path("ctl")
        with open(self.path("tcpdump"), "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\necho "$*" > "$0.args"\nprintf packets\n'
                    "trap 'printf end; exit' INT\nwhile :; do sleep 0.1; done\n")
        os.chmod(self.path("tcpdump"), 0o755)
        self.env = {**os.environ, "LC_ALL": "C.UTF-8", "IPSECGW_CONTROL": self.control,
                    "PATH": self.dir + ":" + os.environ["PATH"]}

    def path(self, name):
        """A file in it."""
        return os.path.join(self.dir, name)

    def start(self, *words, **more):
        """ipsecctl capture."""
        return subprocess.Popen([PROGRAM, "capture", *words], env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def says(self, *words, **more):
        """What a capture that does not begin says, with its status."""
        p = self.start(*words, **more)
        out, err = p.communicate(timeout=LIMIT)
        return p.returncode, out + err


def refusals(w):
    """Nothing is begun, nothing is touched."""
    name = w.path("cap")
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    check("root only", w.says(name, **as_nobody) ==
          (1, "ipsecctl: capture: run it as root\n"))
    check("no daemon", w.says("keys", name) ==
          (1, "ipsecctl: ikehelper does not run: there are no keys to be had\n"))
    control = listen(w.control)
    check("a daemon that may not", w.says("keys", name) ==
          (1, "ipsecctl: the daemon gives no keys away: start ikehelper with "
           "--allow-key-export, then try again\n"))
    check("no file is left", not os.path.exists(name) and not os.path.exists(name + ".keys"))
    with open(name, "w", encoding="utf-8") as f:
        f.write("mine")
    check("a file that is there", w.says(name) ==
          (1, f"ipsecctl: cannot make '{name}': File exists; name one that is not there\n"))
    check("which stays as it is", text_of(name) == "mine")
    for what in ("mine", "nothing"):
        os.symlink(w.path(what), w.path("link-" + what))
        check("a link to " + what, w.says(w.path("link-" + what)) ==
              (1, f"ipsecctl: cannot make '{w.path('link-' + what)}': File exists; "
               "name one that is not there\n"))
    check("which makes nothing", not os.path.exists(w.path("nothing")))
    os.remove(name)
    return control


def with_keys(w):
    """Two files, each with its own."""
    name = w.path("cap")
    keys = listen(w.control + ".keys")
    os.symlink(w.path("elsewhere"), name + ".keys")
    p = w.start("keys", name)
    conn = keys.accept()[0]
    conn.sendall(GREETING)
    out, err = p.communicate(timeout=LIMIT)
    check("a link in place of the file of keys", p.returncode == 1 and
          err == f"ipsecctl: cannot make '{name}.keys': File exists; "
          "name one that is not there\n", out + err)
    check("after which no file is left", not os.path.exists(name) and
          not os.path.exists(w.path("elsewhere")))
    conn.close()
    os.remove(name + ".keys")

    p = w.start("keys", "interface", "lo", "peer", "10.0.0.2", name)
    conn = keys.accept()[0]
    time.sleep(0.2)
    check("nothing begins before the daemon has greeted", not os.path.exists(name))
    conn.sendall(GREETING)
    wait_for(lambda: os.path.exists(name) and text_of(name) == "packets")
    ours = '"IPv4","10.0.0.1","10.0.0.2","0x00001000","NULL","","X","0x0102"\n'
    other = '"IPv4","10.0.0.1","10.0.0.20","0x00001001","NULL","","X","0x0304"\n'
    conn.sendall((other + ours[:30]).encode())
    time.sleep(0.1)
    conn.sendall((ours[30:] + '"IPv4","10.0.0').encode())
    wait_for(lambda: "0x0102" in text_of(name + ".keys"))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=LIMIT)
    check("a signal ends it", p.returncode == 0 and err == "", err)
    check("the packets, to the last", text_of(name) == "packetsend", text_of(name))
    check("whole lines of the peer", text_of(name + ".keys") == GREETING.decode() + ours,
          text_of(name + ".keys"))
    modes = [os.stat(n).st_mode & 0o7777 for n in (name, name + ".keys")]
    check("readable by the owner only", modes == [0o600, 0o600], modes)
    check("what it tells", out == f"{name}: 10 octets\n{name}.keys: keys of 1 SAs\n", out)
    check("what tcpdump is told", text_of(w.path("tcpdump.args")) ==
          "-n -U -s 0 -i lo -w - (esp or udp port 500 or udp port 4500) "
          "and host 10.0.0.2\n", text_of(w.path("tcpdump.args")))


def tcpdump_ends(w):
    """It says why; the file has what came until then."""
    with open(w.path("tcpdump"), "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\necho no such device >&2\nexit 1\n")
    check("tcpdump that ends", w.says(w.path("none")) ==
          (1, f"{w.path('none')}: 0 octets\nno such device\nipsecctl: tcpdump has ended\n"))


def shark(w):
    """tshark understands every line."""
    if not os.access(LINES, os.X_OK) or not shutil.which("tshark"):
        skip("tshark reads the lines of all transforms", "no tshark, or no unit/test_uat")
        return
    os.mkdir(w.path("shark"))
    subprocess.run([LINES, w.path("shark/esp_sa")], check=False, stdout=subprocess.DEVNULL)
    with open(w.path("empty"), "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    env = {**w.env, "WIRESHARK_CONFIG_DIR": w.path("shark")}

    def said():
        p = subprocess.run(["tshark", "-o", "esp.enable_encryption_decode:TRUE", "-r",
                            w.path("empty")], env=env, check=False, capture_output=True,
                           text=True)
        return [x for x in p.stderr.splitlines() if "esp_sa" in x or "UAT" in x]

    check("tshark reads the lines of all transforms", not said(), "\n".join(said()))
    with open(w.path("shark/esp_sa"), "a", encoding="utf-8") as f:
        f.write('"IPv4","1.1.1.1","1.1.1.2","0x1","AES-XYZ","","NULL",""\n')
    check("and complains of another one", said())


def main():
    """All checks."""
    print("TAP version 13")
    if os.geteuid():
        print("1..0 # SKIP needs root")
        return
    w = World()
    control = refusals(w)
    with_keys(w)
    control.close()
    tcpdump_ends(w)
    shark(w)
    shutil.rmtree(w.dir)
    print("1..%d" % len(done))
    sys.exit(not all(done))


main()
