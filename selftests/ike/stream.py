# SPDX-License-Identifier: GPL-2.0-only
"""Numbered datagrams there and back; which ones were lost.

stream.py echo ADDRESS PORT      sends back what comes
stream.py run ADDRESS PORT RATE SIZE

ADDRESS may be several, with commas: then each has its turn.

Both end on SIGTERM and then print what they have not seen, as ranges; run first
waits for what is still on its way, at most ten seconds.
"""
import selectors
import signal
import socket
import struct
import sys
import time

stopping = False


def stop(*_):
    global stopping
    stopping = True


def ranges(missing):
    out, first, last = [], None, None
    for n in missing + [None]:
        if n is not None and last is not None and n == last + 1:
            last = n
            continue
        if first is not None:
            out.append(f"{first}-{last}" if last > first else str(first))
        first = last = n
    return ",".join(out) or "none"


def report(count, seen):
    missing = [n for n in range(count) if n not in seen]
    print(f"sent {count} lost {len(missing)}: {ranges(missing)}", flush=True)


def opened():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # A slow reader is no loss of the network.
    s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # SO_RCVBUFFORCE
    s.setblocking(False)
    return s


def take(s, seen, answer):
    while True:
        try:
            data, addr = s.recvfrom(65535)
        except BlockingIOError:
            return
        seen.add(struct.unpack_from("!I", data)[0])
        if answer:
            s.sendto(data, addr)


def echo(where):
    seen = set()
    with selectors.DefaultSelector() as sel:
        for to in where:
            s = opened()
            s.bind(to)
            sel.register(s, selectors.EVENT_READ)
        while not stopping:
            for key, _ in sel.select(0.2):
                take(key.fileobj, seen, True)
    report(max(seen, default=-1) + 1, seen)


def run(s, where, rate, size):
    seen, count, began = set(), 0, time.monotonic()
    with selectors.DefaultSelector() as sel:
        sel.register(s, selectors.EVENT_READ)
        while not stopping:
            # Behind its time it does not catch up in a burst.
            if time.monotonic() >= began + 1 / rate:
                began = max(began + 1 / rate, time.monotonic() - 0.05)
                s.sendto(struct.pack("!I", count).ljust(size, b"."),
                         where[count % len(where)])
                count += 1
            sel.select(max(0, began + 1 / rate - time.monotonic()))
            take(s, seen, False)
        end = time.monotonic() + 10
        while len(seen) < count and time.monotonic() < end:
            sel.select(0.2)
            take(s, seen, False)
    report(count, seen)


def main():
    where = [(a, int(sys.argv[3])) for a in sys.argv[2].split(",")]
    signal.signal(signal.SIGTERM, stop)
    if sys.argv[1] == "echo":
        echo(where)
    else:
        run(opened(), where, int(sys.argv[4]), int(sys.argv[5]))


main()
