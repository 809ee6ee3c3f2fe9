#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""Every allocation of every command fails once: the command is refused and has
changed nothing, or succeeds. Needs a kernel with fault injection (the debug
kernel)."""
import errno
import os

import nltest
from nltest import rule, sa_in, sa_key, sa_out

SPEC = nltest.Contract()
NTH = "/proc/thread-self/fail-nth"
LIMIT = 400
CBC = {"cipher": "aes-cbc", "cipher_key": bytes(16), "integ": "hmac-sha256-128",
       "integ_key": bytes(32)}
RULE, STAGED = ("policy-add", rule(id=1)), ("policy-add", rule(id=2, seq=20, staged=True))
BIND = ("map-bind", {"name": "m", "ifindex": 1, "local4": "192.0.2.1"})
IN, OUT = ("sa-add", sa_in(policy=1)), ("sa-add", sa_out(policy=1))
SPI = ("sa-alloc-spi", {"proto": 50, "min-spi": 0x900, "max-spi": 0x900})
# What, command, attributes, and what must be there before it.
STEPS = [
    ("rule", *RULE, []),
    ("rule of a bound map", "policy-add", rule(id=3, index=3), [RULE, BIND]),
    ("staged rule", *STAGED, [RULE]),
    ("commit", "map-commit", {"name": "m"}, [RULE, STAGED, BIND]),
    ("binding", *BIND, [RULE]),
    ("inbound sa", "sa-add", sa_in(policy=1, replay_window=4096), [RULE]),
    ("outbound sa", "sa-add", sa_out(policy=1, selector=[nltest.SELECTOR] * 4), [RULE]),
    ("hmac sa", "sa-add", sa_in(spi=0x1001, **CBC), []),
    ("esn hmac sa", "sa-add", sa_out(spi=0x1001, flags="esn", **CBC), []),
    ("reserved spi", *SPI, []),
    ("completion", "sa-add", sa_in(spi=0x900), [SPI]),
    ("update", "sa-update", sa_key(sa_out()) | {"new-remote": "192.0.2.9"}, [RULE, OUT]),
    ("get of an sa", "sa-get", sa_key(sa_in()), [RULE, IN]),
    ("get of a rule", "policy-get", {"id": 1}, [RULE, IN, OUT]),
    ("get of a binding", "map-get", {"ifindex": 1}, [RULE, BIND]),
    ("settings", "conf-set", {"drop-threshold": 5}, []),
    ("get of settings", "conf-get", {}, []),
    ("counters", "stats-get", {}, []),
    ("deletion of an sa", "sa-del", sa_key(sa_in()), [RULE, IN, OUT]),
    ("flush of sas", "sa-flush", {"dir": "out"}, [RULE, IN, OUT]),
    ("unbinding", "map-unbind", {"ifindex": 1}, [RULE, BIND]),
    ("deletion of a rule", "policy-del", {"id": 1}, [RULE, IN, OUT, BIND]),
    ("flush of rules", "policy-flush", {}, [RULE, STAGED, IN, OUT, BIND]),
]
DUMPS = ("sa-get", "policy-get", "map-get", "encap-get", "acquire-get")


def setup():
    """Fault injection on for this task only, without traces in the log."""
    base = "/sys/kernel/debug/failslab"
    if not os.path.exists(NTH) or not os.path.isdir(base):
        nltest.skip_all("CONFIG_FAILSLAB is not set in this kernel; "
                        "\"make check-debug\" has it")
    for name, value in (("ignore-gfp-wait", "N"), ("verbose", "0"),
                        ("task-filter", "N"), ("probability", "0"),
                        ("times", "-1")):
        with open(os.path.join(base, name), "w") as file:
            file.write(value)


def one_try(ctl, fd, n, cmd, values, dump):
    """(error, whether its answer was lost, whether an allocation failed)."""
    message = ctl.message(ctl.family, SPEC.cmd[cmd],
                          SPEC.encode(ctl.set_of(cmd), values),
                          nltest.F_REQUEST | (nltest.F_DUMP if dump else nltest.F_ACK))
    err = 0
    os.pwrite(fd, str(n).encode(), 0)
    try:
        ctl.sock.send(message)
    except OSError as problem:
        err = problem.errno
    hit = int(os.pread(fd, 16, 0)) == 0
    os.pwrite(fd, b"0", 0)
    if err:
        return err, False, hit
    try:
        return ctl.collect(dump).err, False, hit
    except OSError as problem:
        return problem.errno, True, hit


def sizes(ctl):
    stats = ctl.do("stats-get")
    return [stats[k] for k in ("sas", "policies", "maps")]


def prepare(ctl, before):
    """The same state for each try."""
    for cmd, values in (("sa-flush", {}), ("map-unbind", {"ifindex": 1}),
                        ("policy-flush", {})):
        ctl.ask(cmd, values)
    for cmd, values in before:
        ctl.do(cmd, values)
    return sizes(ctl)


def sweep(ctl, cmd, values, before, dump=False):
    """Fail each allocation in turn until the command runs without a failure."""
    odd = []
    fd = os.open(NTH, os.O_RDWR)
    try:
        for n in range(1, LIMIT):
            state = prepare(ctl, before)
            one = nltest.Client(SPEC)
            err, lost, hit = one_try(one, fd, n, cmd, values, dump)
            one.close()
            if not hit:
                if err:
                    odd.append(f"without a failure: {errno.errorcode[err]}")
                return n - 1, odd
            if err not in (0, errno.ENOMEM, errno.ENOBUFS):
                odd.append(f"allocation {n}: {errno.errorcode.get(err, err)}")
            if err and not lost and sizes(ctl) != state:
                odd.append(f"allocation {n}: refused, but {state} became {sizes(ctl)}")
    finally:
        os.close(fd)
    return LIMIT, odd + ["there is no end"]


def main():
    nltest.need_module()
    nltest.unshare()
    setup()
    tap = nltest.Tap(len(STEPS) + len(DUMPS) + 1)
    # What is loaded and cached once is not to fail here.
    ctl = nltest.Client(SPEC)
    for sa in (sa_in(), sa_in(spi=0x1001, **CBC), sa_out(flags="esn", **CBC)):
        ctl.do("sa-add", sa)
    ctl.do("sa-flush")
    for what, cmd, values, before in STEPS:
        tries, odd = sweep(ctl, cmd, values, before)
        tap.all_good(f"{what}: {tries} allocations failed", odd)
    for dump in DUMPS:
        tries, odd = sweep(ctl, dump, {}, [RULE, STAGED, BIND, IN, OUT, SPI], True)
        tap.all_good(f"dump {dump}: {tries} allocations failed", odd)
    prepare(ctl, [])
    ctl.do("sa-flush")
    left = [ctl.dump(c) for c in DUMPS] + [ctl.do("stats-get")[k]
                                           for k in ("sas", "policies", "maps")]
    tap.expect("nothing is left", left, [[]] * len(DUMPS) + [0, 0, 0])
    tap.end()


if __name__ == "__main__":
    main()
