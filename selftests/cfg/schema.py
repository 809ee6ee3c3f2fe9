#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
"""What --json prints is what the published schemas say: every transcript of
selftests/unit/show, and commands that need neither module nor daemon."""
import json
import os
import subprocess
import sys

from jsonschema import Draft202012Validator

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../ike"))
import schemas  # pylint: disable=wrong-import-position
TOP = os.path.join(HERE, "../..")
SCHEMAS = os.path.join(TOP, "Documentation/schema")
TRANSCRIPTS = os.path.join(TOP, "selftests/unit/show")
PROGRAM = os.path.join(TOP, "tools/ipsecctl/ipsecctl")
ENV = {**os.environ, "LC_ALL": "C.UTF-8", "IPSECGW_SCHEMAS": SCHEMAS,
       "IPSECGW_CONTROL": "/nonexistent/control"}
validators = {}
done = []


def check(name, ok, why=""):
    """One result."""
    done.append(ok)
    print(("ok" if ok else "not ok"), len(done), name)
    if not ok:
        print("\n".join("# " + line for line in str(why).splitlines()))


def run(*words):
    """The program's status and output."""
    p = subprocess.run([PROGRAM, *words], env=ENV, check=False, capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


def schema_of(command):
    """The validator for a command, as a user gets it."""
    if command not in validators:
        status, out, err = run("--json-schema", *command.split())
        if status:
            return err
        validators[command] = Draft202012Validator(json.loads(out))
    return validators[command]


def wrong(command, documents):
    """What is wrong with a command's documents, None for nothing."""
    v = schema_of(command)
    if isinstance(v, str):
        return v
    for d in documents:
        for e in v.iter_errors(d):
            # Of alternatives the one that came closest.
            e = max(e.context, key=lambda x: len(x.absolute_path)) if e.context else e
            return "%s: %s" % ("/".join(map(str, e.absolute_path)), e.message)
    return None


def other_verdict(command, text):
    """None if the guests' own validator finds the documents good, and broken ones bad."""
    schema = validators[command].schema
    for d in documents_of(text):
        why = schemas.wrong(schema, d, schema)
        if why:
            return "selftests/ike/schemas.py: " + why
        some = d[0] if isinstance(d, list) and d else d
        if isinstance(some, dict):
            some["no such member"] = 1
            good = validators[command].is_valid(d)
            if (schemas.wrong(schema, d, schema) is None) != good:
                return "selftests/ike/schemas.py does not see what is wrong"
    return None


def documents_of(text):
    """All JSON values of a text, one behind the other."""
    decoder, at, found = json.JSONDecoder(), 0, []
    text = text.strip()
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def transcripts(path):
    """The commands with --json of a file, each with what it printed."""
    command, lines = None, []
    with open(path, encoding="utf-8") as f:
        for line in [*f, "$ "]:
            if line[:2] not in ("$ ", "% ", "# ", "=="):
                lines.append(line)
                continue
            if command:
                yield command, "".join(lines)
            lines, command = [], None
            if line.startswith("$ --json "):
                words = line.split()[2:]
                command = " ".join(words[2:] if words[0] == "--count" else words)


def main():
    """All checks."""
    names = run("--json-schema")[1].split()
    files = sorted(n[:-5] for n in os.listdir(SCHEMAS) if n.endswith(".json"))
    check("every schema belongs to a command", files == sorted(names),
          set(files) ^ set(names))
    for name in files:
        with open(os.path.join(SCHEMAS, name + ".json"), encoding="utf-8") as f:
            schema = json.load(f)
        try:
            Draft202012Validator.check_schema(schema)
            why = ""
        except Exception as e:  # pylint: disable=broad-except
            why = e
        check("a schema: " + name, not why, why)
    for name in sorted(os.listdir(TRANSCRIPTS)):
        if not name.endswith(".txt"):
            continue
        for command, text in transcripts(os.path.join(TRANSCRIPTS, name)):
            why = wrong(command, documents_of(text)) or other_verdict(command, text)
            check(f"{name}: {command}", why is None, why)
    for command in ("show version", "show tech-support ipsec"):
        why = wrong(command, documents_of(run("--json", *command.split())[1]))
        check(command, why is None, why)
    line = [{"time": "Nov 21 15:20:33.123", "topic": "isakmp", "line": "ISAKMP: (0):one"}]
    check("debug crypto isakmp", wrong("debug crypto isakmp", line) is None)
    check("a member that is not in the schema is noticed",
          wrong("sa list", [[{"id": 1, "sip": 2}]]))
    check("without parameters", schema_of("sa get") and run("--json-schema", "sa", "get")[0] == 0)
    check("of a command cut short",
          run("--json-schema", "sh", "cry", "isa", "sa")[1] ==
          run("--json-schema", "show", "crypto", "isakmp", "sa")[1])
    check("of a command without JSON",
          run("--json-schema", "show", "running-config") ==
          (2, "", "ipsecctl: this command prints no JSON\n"))
    ENV["IPSECGW_SCHEMAS"] = "/nonexistent"
    check("a schema that is not installed",
          run("--json-schema", "stats") ==
          (1, "", "ipsecctl: cannot read '/nonexistent/stats.json': "
           "No such file or directory\n"))
    stale = subprocess.run([os.path.join(SCHEMAS, "gen.py"), "--check"], check=False,
                           capture_output=True, text=True)
    check("they are what gen.py makes", stale.returncode == 0, stale.stdout + stale.stderr)
    print("1..%d" % len(done))
    sys.exit(not all(done))


print("TAP version 13")
main()
