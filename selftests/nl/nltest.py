# SPDX-License-Identifier: GPL-2.0-only
"""Raw generic netlink from the spec, KTAP results, namespaces. No dependency
beyond the standard library and PyYAML."""
import atexit
import ctypes
import errno
import ipaddress
import os
import re
import socket
import struct
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEC = os.path.join(TOP, "Documentation/netlink/specs/ipsecgw.yaml")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "Documentation/netlink"))
try:
    import gen
except ImportError:
    print("1..0 # SKIP missing program: python3-yaml")
    sys.exit(4)

SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NLMSG_ERROR, NLMSG_DONE, GENL_ID_CTRL = 2, 3, 16
F_REQUEST, F_MULTI, F_ACK, F_DUMP = 1, 2, 4, 0x300
F_CAPPED, F_ACK_TLVS = 0x100, 0x200
NESTED = 0x8000
CTRL_GETFAMILY, CTRL_GETPOLICY = 3, 10
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

INTS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q"}

libc = ctypes.CDLL(None, use_errno=True)


# --- results -----------------------------------------------------------------

class Tap:
    """KTAP results; ends the program at exit with the right status."""

    def __init__(self, plan):
        self.plan, self.count, self.failed = plan, 0, 0
        print(f"TAP version 13\n1..{plan}", flush=True)

    def check(self, name, good, why=""):
        self.count += 1
        if not good:
            self.failed += 1
        print(f"{'ok' if good else 'not ok'} {self.count} {name}", flush=True)
        if not good:
            for line in str(why).splitlines()[:40]:
                print(f"# {line}", flush=True)
        return good

    def expect(self, name, got, want):
        return self.check(name, got == want, f"got:  {got}\nwant: {want}")

    def all_good(self, name, complaints):
        """One result for many checks: a list of what is wrong."""
        more = len(complaints) - 30
        shown = complaints[:30] + ([f"and {more} more"] if more > 0 else [])
        return self.check(name, not complaints, "\n".join(shown))

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {why}", flush=True)

    def end(self):
        if self.count != self.plan:
            print(f"# planned {self.plan} results, gave {self.count}")
        sys.exit(self.failed != 0 or self.count != self.plan)


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(4)


def need_module():
    """Load the module; unload it at the end."""
    if os.geteuid():
        skip_all("not root")
    if os.path.isdir("/sys/module/ipsecgw"):
        return
    if subprocess.call(["modprobe", "-n", "-q", "ipsecgw"]):
        skip_all("missing module: ipsecgw")
    subprocess.check_call(["modprobe", "ipsecgw"])
    atexit.register(unload, os.getpid())


def unload(owner):
    """Namespaces that hold sockets of ours may take a while to go."""
    end = time.monotonic() + 60
    while os.getpid() == owner and os.path.isdir("/sys/module/ipsecgw") and \
            subprocess.call(["rmmod", "ipsecgw"], stderr=subprocess.DEVNULL):
        if time.monotonic() > end:
            subprocess.call(["rmmod", "ipsecgw"])
            return
        time.sleep(0.2)


def unshare(flags=CLONE_NEWNET):
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def in_child(func, *args):
    """Run func in a child process; its result must be a string."""
    rd, wr = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.close(rd)
            with os.fdopen(wr, "w") as file:
                file.write(func(*args) or "")
            status = 0
        except BaseException as problem:  # whatever it is, the parent tells
            print(f"# child: {problem!r}", flush=True)
        finally:
            os._exit(status)
    os.close(wr)
    with os.fdopen(rd) as file:
        text = file.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"child failed: {status}")
    return text


# --- attributes ----------------------------------------------------------------

def attr(number, payload, nested=False):
    head = struct.pack("=HH", 4 + len(payload), number | (NESTED if nested else 0))
    return head + payload + bytes(-len(payload) % 4)


def each_attr(data):
    """(number, nested, payload, offset) of each."""
    pos = 0
    while pos + 4 <= len(data):
        size, number = struct.unpack_from("=HH", data, pos)
        if size < 4:
            raise ValueError("attribute shorter than its header")
        yield number & 0x3fff, bool(number & NESTED), data[pos + 4:pos + size], pos
        pos += (size + 3) & ~3


def addr(text):
    return ipaddress.ip_address(text).packed


class Contract(gen.Spec):
    """The spec: numbers, and messages as dictionaries."""

    def __init__(self, path=SPEC):
        super().__init__(path)
        ops = self.raw["operations"]["list"]
        self.cmd = {op["name"]: n for n, op in enumerate(ops, 1)}
        self.cmd_name = {n: op["name"] for n, op in enumerate(ops, 1)}
        self.op = {op["name"]: op for op in ops}
        self.enums = {}
        for item in self.raw["definitions"]:
            if item["type"] == "const":
                continue
            value, names = item.get("value-start", 0), {}
            for entry in item["entries"]:
                entry = entry if isinstance(entry, dict) else {"name": entry}
                value = entry.get("value", value)
                names[entry["name"]] = 1 << value if item["type"] == "flags" else value
                value += 1
            self.enums[item["name"]] = names

    def number(self, aset, name):
        return self.sets[aset][name]["number"]

    def attr_name(self, aset, number):
        return next((n for n, a in self.sets[aset].items()
                     if a["number"] == number), None)

    def payload(self, spec, value):
        kind = spec["type"]
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if kind in INTS:
            if isinstance(value, str):
                flags = self.enums[spec["enum"]]
                value = sum(flags[word] for word in value.split("|"))
            return struct.pack("=" + INTS[kind], value)
        if kind == "flag":
            return b""
        if kind == "string":
            return value.encode() + b"\0"
        if kind == "binary":
            return addr(value)
        return self.encode(spec["nested-attributes"], value)

    def encode(self, aset, values):
        """A dictionary of names to values; None leaves an attribute out."""
        out = b""
        for name, value in values.items():
            spec = self.sets[aset][name]
            many = value if isinstance(value, list) else [value]
            for one in many:
                if one is None or one is False:
                    continue
                out += attr(spec["number"], self.payload(spec, one),
                            spec["type"] == "nest")
        return out

    def decode(self, aset, data):
        found = {}
        for number, _, payload, _ in each_attr(data):
            name = self.attr_name(aset, number)
            if name is None:
                raise ValueError(f"attribute {number} is not in {aset}")
            spec = self.sets[aset][name]
            kind = spec["type"]
            if kind == "pad":
                continue
            if kind in INTS:
                value, = struct.unpack("=" + INTS[kind], payload)
            elif kind == "flag":
                value = True
            elif kind == "string":
                value = payload.rstrip(b"\0").decode()
            elif kind == "nest":
                value = self.decode(spec["nested-attributes"], payload)
            else:
                value = (str(ipaddress.ip_address(payload))
                         if len(payload) in (4, 16) else payload)
            if spec.get("multi-attr"):
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found


# --- messages --------------------------------------------------------------------

class Answer:
    """What came back for one request."""

    def __init__(self):
        self.err = 0          # positive error number
        self.msg = None       # sentence
        self.offset = None    # of the bad attribute in the message
        self.miss = None      # number of the missing attribute
        self.quote = b""      # of the request
        self.parts = []       # (command, attributes)

    def __str__(self):
        name = errno.errorcode.get(self.err, self.err)
        return f"{name} '{self.msg}' offset {self.offset} missing {self.miss}"


class Genl:
    """A generic netlink socket."""

    def __init__(self, cap_ack=True, family="ipsecgw"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        if cap_ack:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)  # RCVBUFFORCE
        except PermissionError:
            pass
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.seq = 0
        self.raw = b""        # everything that was ever received
        self.keep_raw = False
        self.resolve(family)

    def close(self):
        self.sock.close()

    def resolve(self, family):
        ans = self.talk(GENL_ID_CTRL, CTRL_GETFAMILY,
                        attr(2, family.encode() + b"\0"))
        if ans.err:
            raise OSError(ans.err, f"family {family}: {ans}")
        self.groups = {}
        for number, _, payload, _ in each_attr(ans.parts[0][1]):
            if number == 1:
                self.family, = struct.unpack("=H", payload)
            elif number == 7:
                for _, _, group, _ in each_attr(payload):
                    got = {n: p for n, _, p, _ in each_attr(group)}
                    self.groups[got[1].rstrip(b"\0").decode()] = \
                        struct.unpack("=I", got[2])[0]

    def join(self, group="events"):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def message(self, family, cmd, body, flags, version=1):
        self.seq += 1
        return struct.pack("=IHHIIBBH", 20 + len(body), family, flags, self.seq,
                           0, cmd, version, 0) + body

    def receive(self):
        data = self.sock.recv(1 << 20)
        if self.keep_raw:
            self.raw += data
        pos = 0
        while pos + 16 <= len(data):
            size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data, pos)
            yield kind, flags, seq, data[pos + 16:pos + size]
            pos += (size + 3) & ~3

    def tlvs(self, ans, data):
        for number, _, payload, _ in each_attr(data):
            if number == 1:
                ans.msg = payload.rstrip(b"\0").decode()
            elif number == 2:
                ans.offset, = struct.unpack("=I", payload)
            elif number == 5:
                ans.miss, = struct.unpack("=I", payload)

    def collect(self, dump):
        ans = Answer()
        while True:
            for kind, flags, seq, body in self.receive():
                if seq != self.seq:
                    continue
                if kind == NLMSG_ERROR or (kind == NLMSG_DONE and dump):
                    code, = struct.unpack_from("=i", body)
                    ans.err = -code
                    rest = body[4:]
                    if kind == NLMSG_ERROR:
                        size, = struct.unpack_from("=I", rest)
                        size = 16 if flags & F_CAPPED or not code else size
                        ans.quote, rest = rest[:size], rest[(size + 3) & ~3:]
                    if flags & F_ACK_TLVS:
                        self.tlvs(ans, rest)
                    return ans
                if kind > 15:
                    ans.parts.append((body[0], body[4:]))

    def talk(self, family, cmd, body, flags=F_ACK):
        self.sock.send(self.message(family, cmd, body, F_REQUEST | flags))
        return self.collect(flags & F_DUMP == F_DUMP)

    def events(self, limit=5):
        """Messages of a group, until none comes for a while."""
        self.sock.settimeout(limit)
        try:
            while True:
                for kind, _, seq, body in self.receive():
                    if kind == self.family and seq == 0:
                        yield body[0], body[4:]
        except TimeoutError:
            pass
        finally:
            self.sock.settimeout(60)


class Client(Genl):
    """Commands of the family by name."""

    def __init__(self, spec, **kw):
        super().__init__(**kw)
        self.spec = spec

    def set_of(self, cmd):
        return self.spec.op[cmd]["attribute-set"]

    def do_raw(self, cmd, body, dump=False):
        return self.talk(self.family, self.spec.cmd[cmd], body,
                         F_DUMP if dump else F_ACK)

    def ask(self, cmd, values=None, dump=False):
        """Answer; its parts decoded."""
        ans = self.do_raw(cmd, self.spec.encode(self.set_of(cmd), values or {}),
                          dump)
        ans.parts = [self.spec.decode(self.set_of(cmd), body)
                     for _, body in ans.parts]
        return ans

    def do(self, cmd, values=None):
        """The one answer, or {}; an error is an exception."""
        ans = self.ask(cmd, values)
        if ans.err:
            raise OSError(ans.err, f"{cmd}: {ans}")
        return ans.parts[0] if ans.parts else {}

    def dump(self, cmd, values=None):
        ans = self.ask(cmd, values, True)
        if ans.err:
            raise OSError(ans.err, f"{cmd}: {ans}")
        return ans.parts


# --- valid objects ------------------------------------------------------------------

KEY = bytes(range(0xa0, 0xb4))            # AES-128 and 4 octets of salt
SELECTOR = {"family": socket.AF_INET, "src": "10.1.0.0",
            "src-mask": "255.255.0.0", "dst": "10.2.0.0",
            "dst-mask": "255.255.0.0"}


def sa_in(**more):
    sa = {"spi": 0x1000, "proto": 50, "dir": "in", "mode": "tunnel",
          "local": "192.0.2.1", "remote": "192.0.2.2", "cipher": "aes-gcm",
          "cipher-key": KEY}
    sa.update({k.replace("_", "-"): v for k, v in more.items()})
    return sa


def sa_out(**more):
    return sa_in(**{"dir": "out", **more})


def sa_key(sa):
    return {k: sa[k] for k in ("spi", "proto", "dir", "remote")}


def rule(**more):
    pol = {"map": "m", "seq": 10, "index": 1, "action": "protect",
           "selector": SELECTOR, "peer": ["192.0.2.2"]}
    pol.update({k.replace("_", "-"): v for k, v in more.items()})
    return pol


def matches(text, pattern):
    return re.search(pattern, text or "") is not None
