# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of the bench of IKE as tables."""


def best(rows, **want):
    """Of all turns the highest rate and the least CPU."""
    rows = [r for r in rows if all(r.get(k) == v for k, v in want.items())]
    if not rows:
        return None
    return {"rate": max(r["rate"] for r in rows),
            "initiator_ms": min(r["initiator_ms"] for r in rows),
            "responder_ms": min(r["responder_ms"] for r in rows)}


def line(*cells):
    """One line."""
    print("  %-24s" % cells[0] + "".join("%12s" % c for c in cells[1:]))


def compare(rows, kind, title):
    """Ours and charon's, each the best of its turns."""
    names = list(dict.fromkeys(r["name"] for r in rows if r["row"] == kind))
    if not names:
        return
    print(title)
    line("", "ours /s", "ini ms", "resp ms", "charon /s", "ini ms", "resp ms",
         "CPU ratio")
    for name in names:
        a = best(rows, row=kind, name=name, what="ours")
        b = best(rows, row=kind, name=name, what="charon")
        ours = [a["rate"], a["initiator_ms"], a["responder_ms"]]
        theirs = ["-"] * 4
        if b:
            ratio = ((a["initiator_ms"] + a["responder_ms"]) /
                     (b["initiator_ms"] + b["responder_ms"]))
            theirs = [b["rate"], b["initiator_ms"], b["responder_ms"],
                      "%.2f" % ratio]
        line(name, *ours, *theirs)


def show_sizes(rows):
    """More and more tunnels."""
    rows = [r for r in rows if r["row"] == "size"]
    if rows:
        print("more tunnels (%s), CPU ms and private kB per tunnel" %
              rows[0]["name"])
        line("", "tunnels", "rate /s", "ini ms", "resp ms", "ini kB",
             "resp kB")
    for r in rows:
        line(r["what"], r["tunnels"], r["rate"], r["initiator_ms"],
             r["responder_ms"], r["initiator_kb"], r["responder_kb"])


def show_others(rows):
    """One line each."""
    for r in rows:
        if r["row"] == "crowd":
            print("%(tunnels)d spokes come back at once (%(name)s): up in "
                  "%(seconds)s s, %(rate)s/s; the first time %(first_rate)s/s"
                  "; the engine answered %(asked)d requests in at most "
                  "%(answer_max_ms)s ms, half of them in %(answer_median_ms)s"
                  " ms, 99 %% in %(answer_p99_ms)s ms; it ran for at most "
                  "%(engine_max_ms)s ms before an answer" % r)
        if r["row"] == "config":
            print("configuration of %(lines)d lines, %(entries)d entries: "
                  "started with it in %(start_ms)d ms, taken away and put "
                  "back in %(replace_ms)d ms, one line more in "
                  "%(one_line_ms)d ms; the engine answered meanwhile in at "
                  "most %(replace_answer_ms)s and %(one_line_answer_ms)s ms, "
                  "and ran for at most %(replace_engine_ms)s ms" % r)
        if r["row"] == "keep":
            print("%(tunnels)d tunnels, " % r +
                  ("kept for another run" if r["kept"] else "nothing kept") +
                  ": %(rate)s/s, CPU ms %(initiator_ms)s and "
                  "%(responder_ms)s" % r)
        if r["row"] == "adopt":
            print("killed with %(tunnels)d tunnels and started again: ready "
                  "with all of them in %(seconds)s s, CPU %(cpu_ms)d ms, state"
                  " %(state_mb)s MB, %(packets)d packets sent" % r)
        if r["row"] == "whole":
            print("%(tunnels)d tunnels begun in one moment (%(name)s): up in "
                  "%(seconds)s s, %(rate)s/s, CPU ms %(initiator_ms)s and "
                  "%(responder_ms)s; the engine answered meanwhile in at most "
                  "%(answer_max_ms)s ms; the slowest view of them in "
                  "%(show_max_ms)d ms; cleared by one command in %(clear_ms)d "
                  "ms, gone at both ends after %(gone_ms)d ms; other answers "
                  "meanwhile in at most %(show_answer_ms)s and "
                  "%(clear_answer_ms)s ms; private kB "
                  "%(memory_before)d before, %(memory_full)d with them, "
                  "%(memory_peak)d at most, %(memory_after)d after" % r)
        if r["row"] == "reload":
            print("%(tunnels)d tunnels, a line that is of none of them: in "
                  "%(other_ms)d ms, the engine answered meanwhile in at most "
                  "%(other_answer_ms)s ms and ran for %(other_engine_ms)s; a "
                  "line of all of them: gone at both ends after %(theirs_ms)d "
                  "ms, answers in at most %(theirs_answer_ms)s and "
                  "%(hub_answer_ms)s ms, it ran for %(theirs_engine_ms)s" % r)
        if r["row"] == "failed":
            print("FAILED: %s: %s" % (r["part"], r["error"]))


def show(rows):
    """All of them."""
    m = rows[0]
    print("%(date)s, %(cpu)s, %(processors)d processors, Linux %(linux)s, "
          "load %(load)s" % m +
          (", the bench before all others" if m["realtime"] else ""))
    print("both ends on this machine, in two namespaces; ours over a stand-in "
          "for the module,\n%(charon)s over its userspace ESP (kernel-libipsec)"
          " with OpenSSL" % m)
    compare(rows, "setup", "set-ups: phase 1 and one phase 2, all begun at "
            "once; CPU ms per tunnel and side")
    compare(rows, "rekey", "rekeys of phase 2, all at once")
    show_sizes(rows)
    show_others(rows)
