#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=120
"""Completion in a real bash, on a real terminal."""
import os
import shutil
import sys
import tempfile

from terminal import FOLDER, Terminal, check, finish

PLAN = 9


def run(folder):
    with open(os.path.join(folder, "rc"), "w", encoding="utf-8") as f:
        f.write("PS1='ready> '\nbind 'set bell-style none'\n"
                "bind 'set show-all-if-ambiguous on'\n"
                "bind 'set enable-bracketed-paste off'\n"
                "cd '%s'\ntouch only-file\n"
                "PATH='%s':$PATH\n. '%s/completion.bash'\n" % (folder, FOLDER, FOLDER))
    t = Terminal(["bash", "--noprofile", "--rcfile", os.path.join(folder, "rc"), "-i"])
    t.until("ready> ")

    def tab(line, pattern):
        return t.send("\x15" + line + "\t", pattern)

    s = tab("ipsecctl met", "metrics ")
    check("a word", "metrics " in s, s)
    s = tab("ipsecctl sh cry ips tr", "transform-set ")
    check("behind words that were cut short", "transform-set " in s, s)
    s = tab("ipsecctl show crypto ", r"session[\s\S]*ready> ")
    check("several are listed", all(w in s for w in ("dynamic-map", "ipsec", "isakmp",
                                                      "session")), s)
    s = tab("ipsecctl -n red --json show run", "running-config ")
    check("behind options", "running-config " in s, s)
    s = tab("ipsecctl --verb", "verbose ")
    check("an option", "verbose " in s, s)
    s = tab("ipsecctl sa add cipher aes-g", r"aes-gcm[\s\S]*ready> ")
    check("names of values", "aes-gcm" in s and "aes-gmac" in s, s)
    s = tab("ipsecctl -f only", "only-file ")
    check("a file where one is wanted", "only-file " in s, s)
    s = tab("ipsecctl sa delete dir in remote 2001:db8::1 sp", "spi ")
    check("behind an address with colons", "spi " in s, s)
    s = tab("ipsecctl nonsense more wo", "wo")
    s = t.send("\x15echo none\r", r"\nnone\n[\s\S]*ready> ")
    check("nothing for what is no command", "more word" not in s, s)
    os.write(t.fd, b"exit\r")
    t.wait()


def main():
    folder = tempfile.mkdtemp()
    print("TAP version 13\n1..%d" % PLAN)
    try:
        run(folder)
    finally:
        shutil.rmtree(folder)
    return finish(PLAN)


if __name__ == "__main__":
    sys.exit(main())
