#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""Who may ask: CAP_NET_ADMIN of the namespace's owner, for every command and for
the events; with init_ns_admin_only, that of the initial user namespace."""
import errno
import os

import nltest

SPEC = nltest.Contract()
PARAM = "/sys/module/ipsecgw/parameters/init_ns_admin_only"
NOBODY = 65534


def become(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def own_user_ns():
    """A user without rights makes a user namespace and a network in it."""
    become(NOBODY)
    nltest.unshare(nltest.CLONE_NEWUSER | nltest.CLONE_NEWNET)


def try_all(prepare):
    """Error name of each command and kind, and of joining the group."""
    prepare()
    ctl = nltest.Client(SPEC)
    out = []
    for op in SPEC.ops:
        for kind in ("do", "dump"):
            if kind in op:
                ans = ctl.do_raw(op["name"], b"", kind == "dump")
                out.append(f"{op['name']}/{kind}={errno.errorcode.get(ans.err, 0)}")
    try:
        ctl.join()
        out.append("group=0")
    except OSError as problem:
        out.append(f"group={errno.errorcode[problem.errno]}")
    return " ".join(out)


def results(prepare):
    return dict(w.split("=") for w in nltest.in_child(try_all, prepare).split())


def drop_cap():
    """Still uid 0, but without CAP_NET_ADMIN (12)."""
    import ctypes
    nltest.libc.prctl(24, 12, 0, 0, 0)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    nltest.libc.capget(head, data)
    for word in (0, 1):
        data[word] &= ~(1 << 12)
    if nltest.libc.capset(head, data):
        raise OSError("capset")


def limits_in_user_ns():
    own_user_ns()
    ctl = nltest.Client(SPEC)
    out = []
    for name in ("max-sas", "max-policies", "max-acquires", "hold-packets"):
        ans = ctl.ask("conf-set", {name: 5})
        out.append(f"{ans.err == errno.EPERM and bool(ans.msg)}")
    out.append(str(ctl.ask("conf-set", {"larval-timeout": 5, "exclusive": 1}).err))
    out.append(str(ctl.ask("sa-add", nltest.sa_in()).err))
    out.append(str(len(ctl.dump("sa-get"))))
    return " ".join(out)


def only_says_why():
    own_user_ns()
    ans = nltest.Client(SPEC).ask("stats-get")
    return f"{errno.errorcode.get(ans.err)} {ans.msg}"


def set_param(value):
    with open(PARAM, "w") as file:
        file.write(value)


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(8)
    for who, prepare in (("a plain user", lambda: become(NOBODY)),
                         ("root without CAP_NET_ADMIN", drop_cap)):
        got = results(prepare)
        tap.expect(f"{who} is refused everything",
                   [k for k, v in got.items() if v != "EPERM"], [])
    got = results(own_user_ns)
    tap.expect("the owner of a namespace is refused nothing",
               [k for k, v in got.items() if v == "EPERM"], [])
    tap.expect("but may not lift the limits on memory",
               nltest.in_child(limits_in_user_ns), "True True True True 0 0 1")
    set_param("Y")
    try:
        got = results(own_user_ns)
        tap.expect("init_ns_admin_only: the owner is refused all commands",
                   [k for k, v in got.items() if v != "EPERM" and k != "group"], [])
        tap.check("and told why", nltest.matches(nltest.in_child(only_says_why),
                                                 "EPERM .*init_ns_admin_only"))
        got = results(lambda: None)
        tap.expect("init_ns_admin_only: root in a namespace of its own is not",
                   [k for k, v in got.items() if v == "EPERM"], [])
    finally:
        set_param("N")
    mode = os.stat(PARAM)
    tap.expect("only root writes the parameter", (mode.st_uid, mode.st_mode & 0o777),
               (0, 0o644))
    tap.end()


if __name__ == "__main__":
    main()
