# SPDX-License-Identifier: GPL-2.0-only
"""Numbered datagrams there and back; which ones were lost.

stream.py echo ADDRESS PORT      sends back what comes
stream.py run ADDRESS PORT RATE SIZE
stream.py watch DEVICE PORT      those that pass in clear

ADDRESS may be several, with commas: then each has its turn.

All end on SIGTERM. The first two then print what they have not seen, as ranges;
run first waits for what is still on its way, at most ten seconds. watch looks at
what leaves the device (what comes in is seen once more when it has been decrypted):
it prints the second and the SPI of each ESP packet, the second, kind and message id
of each IKE message, and at the end the numbers of those in clear.
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


def look(data, port, clear):
    """One IPv4 packet that leaves."""
    at, now = (data[0] & 15) * 4, time.monotonic()
    if data[9] == 50:
        print(f"{now:.3f} esp {data[at:at + 4].hex()}")
    # A later fragment has no ports; our packets are never so long.
    if data[9] != socket.IPPROTO_UDP or len(data) < at + 12:
        return
    ports = struct.unpack_from("!HH", data, at)
    if port in ports:
        number = struct.unpack_from("!I", data, at + 8)[0]
        clear.add(number)
        print(f"{now:.3f} clear {number}")
    elif 500 in ports and len(data) >= at + 36:
        name = {2: "main", 5: "info", 32: "quick"}.get(data[at + 26], "other")
        print(f"{now:.3f} {name} {data[at + 28:at + 32].hex()}")


def watch(device, port):
    clear = set()
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # SO_RCVBUFFORCE
    s.bind((device, 3))
    s.settimeout(0.2)
    print("watching", flush=True)
    while True:
        try:
            data, addr = s.recvfrom(65535)
        except TimeoutError:
            # Not before all that waits has been read.
            if stopping:
                break
            continue
        if addr[1] == 0x800 and addr[2] == 4 and len(data) >= 20:
            look(data, port, clear)
    print(f"clear {len(clear)}: {ranges(sorted(clear))}", flush=True)


def main():
    signal.signal(signal.SIGTERM, stop)
    if sys.argv[1] == "watch":
        watch(sys.argv[2], int(sys.argv[3]))
        return
    where = [(a, int(sys.argv[3])) for a in sys.argv[2].split(",")]
    if sys.argv[1] == "echo":
        echo(where)
    else:
        run(opened(), where, int(sys.argv[4]), int(sys.argv[5]))


main()
