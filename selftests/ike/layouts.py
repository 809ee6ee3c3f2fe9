# SPDX-License-Identifier: GPL-2.0-only
"""Lines of live views, without their values, against those of the transcripts in
selftests/unit/show, which have the layouts of the specification.

layouts.py commands      the commands, one a line
layouts.py check FOLDER  holds a file for each, blanks as hyphens
"""
import os
import re
import sys

SHOWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../unit/show")
# The part of the transcripts with all that a live tunnel has; with a number: so many of
# its first lines, for there are values without labels in the others.
VIEWS = {
    "show crypto isakmp sa": ("live.txt", "up", 3),
    "show crypto isakmp sa detail": ("live.txt", "states", 7),
    "show crypto isakmp sa count": ("live.txt", "states"),
    "show crypto isakmp peers": ("live.txt", "up"),
    "show crypto ipsec sa": ("live.txt", "up"),
    "show crypto session": ("sessions.txt", "guide"),
    "show crypto session detail": ("sessions.txt", "guide"),
    "show crypto session brief": ("sessions.txt", "guide", 4),
    "show crypto engine connections dropped-packet": ("live.txt", "up"),
    "show crypto mib isakmp flowmib global": ("mib.txt", "mib"),
    "show crypto mib isakmp flowmib history": ("mib.txt", "mib"),
    "show crypto mib isakmp flowmib peer": ("mib.txt", "mib"),
    "show crypto mib isakmp flowmib tunnel": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib endpoint": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib global": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib history": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib spi": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib tunnel": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib history failure size": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib history tunnel size": ("mib.txt", "mib"),
    "show crypto mib ipsec flowmib version": ("mib.txt", "none"),
    "show processes cpu": ("tech.txt", "tech", 2),
    "show logging": ("live.txt", "up", 3),
}


def kinds(lines):
    """Each kind of line once, in order: the label, or the words without their values."""
    seen = []
    for line in lines:
        line = " ".join(line.split())
        label = line.split(":")[0]
        label = " ".join("#" if re.search(r"\d", w) else w for w in label.split())
        if label and label not in seen:
            seen.append(label)
    return seen


def transcript(name, part, command):
    lines, here, at = [], False, ""
    with open(os.path.join(SHOWS, name), encoding="utf-8") as f:
        for line in f:
            if line.startswith("==="):
                here = line[3:].strip() == part
            elif line[:2] == "$ ":
                at = line[2:].strip()
            elif here and at == command and line[0] not in "%#":
                lines.append(line)
    return lines


def check(folder):
    for command, (name, part, *first) in VIEWS.items():
        want = kinds(transcript(name, part, command))
        with open(os.path.join(folder, command.replace(" ", "-")), encoding="utf-8") as f:
            have = kinds(f)
        rest = iter(want)
        if not want or not have:
            print(f"{command}: nothing")
        elif not first and have != want:
            print(f"{command}: {[k for k in want if k not in have]} are missing, "
                  f"{[k for k in have if k not in want]} are new, or in another order")
        elif first and not all(k in rest for k in have[:first[0]]):
            print(f"{command}: {have[:first[0]]} is not part of {want}")


if __name__ == "__main__":
    if sys.argv[1] == "commands":
        print("\n".join(VIEWS))
    else:
        check(sys.argv[2])
