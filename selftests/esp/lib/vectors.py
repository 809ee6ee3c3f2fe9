# SPDX-License-Identifier: GPL-2.0-only
"""Published test vectors: read them, check the independent implementation."""
import glob
import os
import crypto
from espcodec import Transform
from ktap import SELFTESTS, same

_WORDS = {"type", "source", "name", "cipher", "integ", "mode"}


def read_all():
    """Vectors of all files, as dictionaries."""
    out = []
    for path in sorted(glob.glob(os.path.join(SELFTESTS, "vectors", "*.txt"))):
        with open(path) as f:
            lines = [x for x in f.read().splitlines() if x[:1] != "#"]
        for block in "\n".join(lines).split("\n\n"):
            v = _block(block)
            if v:
                out.append(v)
    return out


def _block(text):
    fields = {}
    last = None
    for line in text.splitlines():
        if line.startswith(" "):
            fields[last] += line.replace(" ", "")
        elif line:
            last, value = line.split(":", 1)
            fields[last] = value.strip()
    return {k: v if k in _WORDS else bytes.fromhex(v.replace(" ", ""))
            for k, v in fields.items()}


def transform(v):
    """The transform of an ESP vector; SHA-256 where it has no integrity."""
    cipher = v["cipher"]
    integ = v.get("integ", "none")
    if integ == "none" and cipher not in ("aes-gcm", "aes-ccm", "aes-gmac",
                                          "chacha20-poly1305"):
        integ = "hmac-sha256-128"
    return Transform(cipher, integ, key=v["key"],
                     integ_key=v.get("integ-key"))


def esn(v):
    """An ESP vector has extended sequence numbers."""
    return len(v["seq"]) == 8


def packet(v):
    """The ESP packet of a vector; an ICV is added if the document has none."""
    t = transform(v)
    p = t.seal_text(int.from_bytes(v["spi"], "big"),
                    int.from_bytes(v["seq"], "big"), v["text"], v["iv"], esn(v))
    if len(p) != len(v["packet"]):
        same("packet", p[:-t.icv], v["packet"])
    else:
        same("packet", p, v["packet"])
    return t, p


def check(v):
    """The independent implementation agrees with the vector."""
    if v["type"] == "mac":
        same("mac", crypto.mac(v["name"], v["key"], v["data"], len(v["mac"])),
             v["mac"])
    elif v["type"] == "cipher":
        same("sealed", crypto.plain(v["name"], v["key"], v["iv"], v["text"]),
             v["sealed"])
        same("text", crypto.plain(v["name"], v["key"], v["iv"], v["sealed"],
                                  False), v["text"])
    elif v["type"] == "aead":
        args = v["name"], v["key"], v["nonce"], v["aad"]
        size = len(v["tag"])
        same("sealed", crypto.aead(*args, v["text"], size),
             (v["sealed"], v["tag"]))
        same("text", crypto.aead(*args, v["sealed"], size, v["tag"]), v["text"])
    else:
        t, p = packet(v)
        high = int.from_bytes(v["seq"], "big") >> 32 if esn(v) else None
        same("text", t.open_text(p, high), v["text"])
