#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""IKEv1 keys and hashes computed a second time, by hashlib and plain numbers.

There are no published vectors for most of RFC 2409. This computes everything
from the text of the RFCs, without the code under test and without its library
where Python has its own: groups from their formulas with digits of pi, HMAC and
hashes by hashlib, exponentiation by pow(). unit/test_ike_keymat.c and
test_ike_dh.c read the result, ikev1.txt.

usage: ikev1.py [--write]   without it: is ikev1.txt still what is computed?
"""
import hashlib
import hmac
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = os.path.join(HERE, "ikev1.txt")

HASHES = {1: "md5", 2: "sha1", 4: "sha256", 5: "sha384", 6: "sha512"}
# encryption, bits in the proposal, octets of key, octets of block
CIPHERS = [(1, 0, 8, 8), (5, 0, 24, 8), (7, 128, 16, 16), (7, 192, 24, 16),
           (7, 256, 32, 16)]
# group: bits, number added (RFC 2409, 6.1 and 6.2; RFC 3526)
GROUPS = {1: (768, 149686), 2: (1024, 129093), 5: (1536, 741804),
          14: (2048, 124476), 15: (3072, 1690314), 16: (4096, 240904)}


def pi_bits(n):
    """floor(2^n * pi), by Machin's formula in integers with spare bits."""
    one = 1 << (n + 64)

    def arctan_inverse(x):
        total = term = one // x
        k, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // k)
            k, sign = k + 2, -sign
        return total

    pi = 4 * (4 * arctan_inverse(5) - arctan_inverse(239))
    return pi >> 64


def prime(group):
    bits, extra = GROUPS[group]
    return (2 ** bits - 2 ** (bits - 64) - 1 +
            2 ** 64 * (pi_bits(bits - 130) + extra))


def octets(label, n):
    """Octets that look random and are always the same."""
    out = b""
    while len(out) < n:
        out += hashlib.sha256(f"{label} {len(out)}".encode()).digest()
    return out[:n]


def prf(h, key, *parts):
    return hmac.new(key, b"".join(parts), HASHES[h]).digest()


def digest(h, *parts):
    return hashlib.new(HASHES[h], b"".join(parts)).digest()


def stretch(h, first, more, n):
    """K1 | K2 | ... with K1 = prf(.., first) up to n octets."""
    out = block = first
    while len(out) < n:
        block = more(block)
        out += block
    return out[:n]


def exchange(h, cipher, sig):
    encr, bits, key_len, block = cipher
    label = f"{h} {encr} {bits} {sig}"
    v = {"type": "phase1", "hash": h, "encr": encr, "bits": bits,
         "sig": int(sig)}

    def rnd(name, n):
        v[name] = octets(label + name, n)
        return v[name]

    size = GROUPS[1][0] // 8
    cki, ckr = rnd("cki", 8), rnd("ckr", 8)
    ni, nr = rnd("ni", 16 + h), rnd("nr", 40 - h)
    gxi, gxr, gxy = rnd("gxi", size), rnd("gxr", size), rnd("gxy", size)
    psk = rnd("psk", 7 + h)
    sai, idi = rnd("sai", 52), rnd("idi", 8)
    if sig:
        skeyid = prf(h, ni + nr, gxy)
    else:
        skeyid = prf(h, psk, ni, nr)
    d = prf(h, skeyid, gxy, cki, ckr, b"\0")
    a = prf(h, skeyid, d, gxy, cki, ckr, b"\1")
    e = prf(h, skeyid, a, gxy, cki, ckr, b"\2")
    if len(e) >= key_len:
        key = e[:key_len]
    else:
        key = stretch(h, prf(h, e, b"\0"), lambda k: prf(h, e, k), key_len)
    v.update(skeyid=skeyid, skeyid_d=d, skeyid_a=a, key=key)
    v["hash_i"] = prf(h, skeyid, gxi, gxr, cki, ckr, sai, idi)
    v["hash_r"] = prf(h, skeyid, gxr, gxi, ckr, cki, sai, idi)
    v["iv1"] = digest(h, gxi, gxr)[:block]

    msgid, last, rest = rnd("msgid", 4), rnd("last", block), rnd("rest", 91)
    v["iv2"] = digest(h, last, msgid)[:block]
    v["hash1"] = prf(h, a, msgid, rest)
    v["hash2"] = prf(h, a, msgid, ni, rest)
    v["hash3"] = prf(h, a, b"\0", msgid, ni, nr)

    spi, qgxy = rnd("spi", 4), rnd("qgxy", size)
    for name, pfs in (("keymat", b""), ("keymat_pfs", qgxy)):
        seed = pfs + b"\3" + spi + ni + nr
        v[name] = stretch(h, prf(h, d, seed),
                          lambda k, s=seed: prf(h, d, k, s), 100)
    ip, port = rnd("ip", 4), rnd("port", 2)
    v["natd"] = digest(h, cki, ckr, ip, port)
    return v


def modp(group):
    p = prime(group)
    size = GROUPS[group][0] // 8
    # 160 bits, as short as anybody would choose an exponent
    x, y = (int.from_bytes(octets(f"{group} {n}", 20), "big") for n in "xy")
    raw = {"p": p, "x": x, "y": y, "gx": pow(2, x, p), "gy": pow(2, y, p),
           "gxy": pow(2, x * y, p)}
    v = {"type": "dh", "group": group}
    v.update({k: n.to_bytes(20 if k in "xy" else size, "big")
              for k, n in raw.items()})
    return v


def text():
    out = ["# Computed by ikev1.py from RFC 2409, RFC 3526 and RFC 3947.\n"]
    vectors = [modp(g) for g in GROUPS]
    for h in HASHES:
        for cipher in CIPHERS:
            vectors += [exchange(h, cipher, sig) for sig in (False, True)]
    for v in vectors:
        out.append("".join(
            f"{k}: {x.hex() if isinstance(x, bytes) else x}\n"
            for k, x in v.items()))
    return "\n".join(out)


def main():
    if "--write" in sys.argv:
        with open(FILE, "w", encoding="ascii") as f:
            f.write(text())
        return 0
    with open(FILE, encoding="ascii") as f:
        good = f.read() == text()
    print("TAP version 13\n1..1")
    print(f"{'' if good else 'not '}ok 1 ikev1.txt is what is computed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
