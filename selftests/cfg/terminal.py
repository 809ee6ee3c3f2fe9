# SPDX-License-Identifier: GPL-2.0-only
"""A program on a real terminal, and the results of a test, as KTAP."""
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(TOP, "tools/ipsecctl")
PROGRAM = os.path.join(FOLDER, "ipsecctl")
LIMIT = 60  # seconds for one answer, on a busy machine
results = []


class Terminal:
    def __init__(self, argv, rows=24, columns=100, **env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8",
                               "IPSECGW_CONTROL": "/nonexistent/control", **env})
            os.execvp(argv[0], argv)
        self.resize(rows, columns)
        self.raw = ""

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    @staticmethod
    def plain(text):
        """What of it is looked at."""
        return text.replace("\r", "")

    def until(self, pattern):
        """Wait for a regular expression; all text since the last one."""
        end = time.monotonic() + LIMIT
        text = ""
        while time.monotonic() < end:
            if re.search(pattern, text):
                return text
            if not select.select([self.fd], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            self.raw += data.decode("utf-8", "replace")
            text += self.plain(data.decode("utf-8", "replace"))
        return text + "\n(nothing more came)"

    def send(self, keys, pattern):
        os.write(self.fd, keys.encode())
        return self.until(pattern)

    def settings(self):
        """Those of the terminal that a program may change."""
        return termios.tcgetattr(self.fd)[:4]

    def wait(self):
        """Its exit status; what it still prints is read."""
        self.until(r"\(never\)")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def check(name, good, text=""):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} {name}", flush=True)
    if not good:
        for line in text.splitlines():
            print("#  |" + repr(line))


def finish(plan):
    return 0 if all(results) and len(results) == plan else 1
