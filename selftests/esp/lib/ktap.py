# SPDX-License-Identifier: GPL-2.0-only
"""KTAP results for tests in Python, with the rules of selftests/lib.sh."""
import atexit
import os
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SELFTESTS = os.path.dirname(os.path.dirname(HERE))
TOP = os.path.dirname(SELFTESTS)
# See run_tests.sh.
SCALE = int(os.environ.get("TIMEOUT_SCALE", "1"))

_state = {"plan": 0, "count": 0, "failed": 0, "log": None, "done": False}
_undo = []


def kernel_log():
    """Lines of the kernel log so far."""
    try:
        fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return []
    lines = []
    while True:
        try:
            rec = os.read(fd, 8192)
        except BlockingIOError:
            break
        except BrokenPipeError:
            continue
        except OSError:
            break
        if not rec:
            break
        lines.append(rec.decode("utf-8", "replace").split(";", 1)[-1])
    os.close(fd)
    return lines


def plan(n):
    """This test gives n results."""
    print("TAP version 13\n1..%d" % n, flush=True)
    _state["plan"] = n
    _state["log"] = len(kernel_log())


def diag(text):
    """Lines for the reader, no result."""
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def result(good, name, why=""):
    """One result; why is printed when it is a failure."""
    _state["count"] += 1
    if not good:
        _state["failed"] += 1
    print("%sok %d %s" % ("" if good else "not ", _state["count"], name),
          flush=True)
    if not good and why:
        diag(why)
    return good


def skip(name, why):
    """One result that could not be had; name what is missing."""
    _state["count"] += 1
    print("ok %d %s # SKIP %s" % (_state["count"], name, why), flush=True)


def skip_all(why):
    """Nothing here can run."""
    print("1..0 # SKIP " + why, flush=True)
    _state["done"] = True
    sys.exit(4)


def expect(name, got, want):
    """The two are equal."""
    return result(got == want, name, "got:  %s\nwant: %s" % (got, want))


def failed():
    """How many failed so far."""
    return _state["failed"]


class Problem(Exception):
    """A check inside of a test case did not hold."""


def must(good, why):
    """End the test case when something does not hold."""
    if not good:
        raise Problem(why)


def same(what, got, want):
    """End the test case when two values differ."""
    if got != want:
        raise Problem("%s: got %s, want %s" % (what, show(got), show(want)))


def show(value):
    """Octets in hex, the rest as it is."""
    if isinstance(value, (bytes, bytearray)):
        return "%d octets %s" % (len(value), bytes(value).hex())
    return repr(value)


def case(name, func, *args, **kw):
    """One result: func returns, or says by Problem what is wrong."""
    begin = time.monotonic()
    try:
        func(*args, **kw)
    except Problem as e:
        return result(False, name, str(e))
    except Exception:
        return result(False, name, traceback.format_exc())
    if os.environ.get("VERBOSE"):
        diag("%s: %.2f s" % (name, time.monotonic() - begin))
    return result(True, name)


def wait_for(limit, what):
    """Poll until what() is true, at most limit seconds, or more on slow ones."""
    end = time.monotonic() + limit * SCALE
    pause = 0.0005
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            return value
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


def undo(func, *args):
    """Do this at the end, last one first."""
    _undo.append((func, args))


def _bad_log():
    p = subprocess.run([os.path.join(SELFTESTS, "qemu", "bad_log.sh")],
                       input="\n".join(kernel_log()[_state["log"]:]),
                       stdout=subprocess.PIPE, text=True, check=False)
    if p.returncode > 1:
        return ["(the kernel log cannot be judged)"]
    return p.stdout.splitlines()


def finish():
    """End the test: clean up, judge."""
    while _undo:
        func, args = _undo.pop()
        try:
            func(*args)
        except Exception as e:
            diag("cleaning up: %r" % e)
    bad = _bad_log() if _state["log"] is not None else []
    if bad:
        diag("the kernel complained:\n" + "\n".join(bad))
    if _state["count"] != _state["plan"]:
        diag("planned %d results, gave %d" % (_state["plan"], _state["count"]))
        bad = True
    _state["done"] = True
    sys.stdout.flush()
    sys.exit(1 if bad or _state["failed"] else 0)


def _at_exit():
    # An exception that nobody caught leads here with results missing.
    if not _state["done"] and _state["plan"]:
        while _undo:
            func, args = _undo.pop()
            try:
                func(*args)
            except Exception:
                pass
        diag("planned %d results, gave %d" % (_state["plan"], _state["count"]))
        sys.stdout.flush()
        os._exit(1)


atexit.register(_at_exit)


def run(*args, **kw):
    """A program and what it printed; the test case ends when it fails."""
    p = subprocess.run(args, capture_output=True, text=True, **kw)
    must(p.returncode == 0, "%s: exit status %d\n%s%s" %
         (" ".join(args), p.returncode, p.stdout, p.stderr))
    return p.stdout


def load_module(*params):
    """Load the module, or skip all; unloaded at the end."""
    if os.getuid() != 0:
        skip_all("not root")
    if os.path.isdir("/sys/module/ipsecgw"):
        return
    if subprocess.run(["modprobe", "-n", "-q", "ipsecgw"]).returncode:
        skip_all("missing module: ipsecgw")
    p = subprocess.run(["modprobe", "ipsecgw", *params], capture_output=True,
                       text=True)
    if p.returncode:
        print("Bail out! " + p.stderr.strip(), flush=True)
        _state["done"] = True
        sys.exit(1)
    undo(unload_module)


def unload_module():
    """Unload; the kernel takes namespaces of ours down in its own time."""
    def unused():
        with open("/sys/module/ipsecgw/refcnt") as f:
            return f.read().strip() == "0"
    wait_for(20, unused)
    run("rmmod", "ipsecgw")
