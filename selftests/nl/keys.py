#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=180
"""No key ever comes out: not in answers, dumps, events, nor in the quote of a
request that an error carries, nor in the log."""
import os
import subprocess

import nltest
from nltest import attr, sa_in, sa_key, sa_out

SPEC = nltest.Contract()
CIPHER = bytes.fromhex("c0ffee11d00dfeed5ca1ab1e0ddba115deadc0de")
INTEG = bytes.fromhex("f00dfacebaadf00dcafed00dbadc0ffee0ddf00d")


def leaks(data):
    """Any 4 octets in a row of either key."""
    return sorted({key[i:i + 4].hex() for key in (CIPHER, INTEG)
                   for i in range(len(key) - 3) if key[i:i + 4] in data})


def transforms():
    yield sa_in(cipher_key=CIPHER)
    yield sa_out(cipher_key=CIPHER)
    yield sa_in(spi=0x2000, cipher="aes-cbc", cipher_key=CIPHER[:16],
                integ="hmac-sha1-96", integ_key=INTEG)
    yield sa_out(spi=0x2001, cipher="null", cipher_key=None, integ="hmac-sha1-96",
                 integ_key=INTEG)


def refused():
    """Requests with a key that fail in the module, early and late."""
    yield "exists", sa_in(cipher_key=CIPHER)
    yield "key length", sa_in(spi=0x5000, cipher_key=CIPHER[:19])
    yield "two keys", sa_in(spi=0x5000, cipher_key=CIPHER, integ_key=INTEG)
    yield "window", sa_in(spi=0x5000, cipher_key=CIPHER, replay_window=5)
    yield "rule", sa_in(spi=0x5000, cipher_key=CIPHER, policy=99)
    yield "no mode", sa_in(spi=0x5000, cipher_key=CIPHER, mode=None)
    yield "selector", sa_in(spi=0x5000, cipher_key=CIPHER, selector=[{"family": 7}])
    yield "no integrity", sa_in(spi=0x5000, cipher="aes-cbc", cipher_key=CIPHER[:16],
                                integ_key=INTEG)


def answers(tap, ctl):
    ctl.keep_raw = True
    for sa in transforms():
        ctl.do("sa-add", sa)
        ctl.do("sa-get", sa_key(sa))
    ctl.dump("sa-get")
    tap.expect("answers and dumps", leaks(ctl.raw), [])
    tap.check("(they were heard)", b"gcm" in ctl.raw and len(ctl.raw) > 2000)


def quotes(tap):
    """Without NETLINK_CAP_ACK an error answer holds the whole request."""
    ctl = nltest.Client(SPEC, cap_ack=False)
    odd = []
    for what, sa in refused():
        body = SPEC.encode("sa", sa)
        ans = ctl.do_raw("sa-add", body)
        if not ans.err or len(ans.quote) < len(body):
            odd.append(f"{what}: not quoted: {ans}")
        if leaks(ans.quote):
            odd.append(f"{what}: quotes {leaks(ans.quote)}")
    tap.all_good("quotes of refused requests", odd)
    twice = SPEC.encode("sa", sa_in(cipher_key=CIPHER)) + \
        attr(SPEC.number("sa", "cipher-key"), CIPHER[::-1] + CIPHER[:12])
    ans = ctl.do_raw("sa-add", twice)
    tap.check("quote of a request with two copies of a key",
              ans.err and not leaks(ans.quote) and CIPHER[::-1] not in ans.quote, ans)


def events(tap, ctl, ear):
    for sa in transforms():
        ctl.do("sa-update", sa_key(sa) | {"idle": 100})
        ctl.do("sa-del", sa_key(sa))
    heard = b"".join(body for _, body in ear.events(2))
    tap.check("events", heard and not leaks(heard), leaks(heard))


def main():
    nltest.need_module()
    nltest.unshare()
    tap = nltest.Tap(7)
    ctl, ear = nltest.Client(SPEC), nltest.Client(SPEC)
    ear.join()
    answers(tap, ctl)
    quotes(tap)
    events(tap, ctl, ear)
    log = subprocess.run(["dmesg"], capture_output=True, check=False).stdout
    text = log + b"".join(k.hex().encode() for k in ())
    hexes = [k[i:i + 4].hex().encode() for k in (CIPHER, INTEG) for i in range(17)]
    tap.expect("the log", [h for h in hexes if h in text] + leaks(text), [])
    found = []
    for folder, _, files in os.walk("/sys/module/ipsecgw"):
        for name in files:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    found += leaks(file.read(65536))
            except OSError:
                pass
    tap.expect("sysfs", found, [])
    tap.end()


if __name__ == "__main__":
    main()
