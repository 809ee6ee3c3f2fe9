#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""Commands in the README and the manual pages are commands: they parse."""
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PROGRAM = os.path.join(TOP, "tools/ipsecctl/ipsecctl")
FILES = ["README", "Documentation/man/ipsecctl.8"]


def examples(path):
    """Its lines that begin with the program, continued ones joined."""
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        text = re.sub(r"\\e\n", " ", f.read())
    for line in text.splitlines():
        found = re.match(r"(?: {4}|\.Dl )?ipsecctl ([a-z-].*)", line)
        if found:
            # What is behind two blanks explains it.
            yield (found[1].split("  ")[0] if path == "README"
                   else re.sub(" +", " ", found[1]))


def is_known(command):
    """It has a schema or prints no JSON; anything else is an error of syntax."""
    words = shlex.split(re.split(r" [|] ", command)[0])
    while words and words[0].startswith("-"):
        words.pop(0)
    words = ["/dev/null" if w == "FILE" else w for w in words]
    p = subprocess.run([PROGRAM, "--json-schema", *words], check=False, capture_output=True,
                       text=True, env={**os.environ, "IPSECGW_SCHEMAS":
                                       os.path.join(TOP, "Documentation/schema")})
    if not p.returncode or "this command prints no JSON" in p.stderr:
        return None
    return p.stderr


def main():
    """One result for each."""
    n = bad = 0
    print("TAP version 13")
    for path in FILES:
        for command in examples(path):
            why = is_known(command)
            n += 1
            bad += bool(why)
            print(f"{'not ok' if why else 'ok'} {n} {path}: {command}")
            if why:
                print("\n".join("# " + line for line in why.splitlines()))
    n += 1
    bad += n < 18
    print(f"{'not ok' if n < 18 else 'ok'} {n} there are some")
    print(f"1..{n}")
    return bool(bad)


sys.exit(main())
