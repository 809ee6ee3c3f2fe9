# SPDX-License-Identifier: GPL-2.0-only
"""ESP, written from the RFCs and independent of the module: seal and open."""
import os
import struct
import crypto
from crypto import BadTag
from pkt import ESP

# name: (libcrypto name without key size, salt, IV, block, kind)
_CIPHERS = {
    "null": ("", 0, 0, 1, "plain"),
    "des-cbc": ("des-ede3-cbc", 0, 8, 8, "plain"),
    "des3-cbc": ("des-ede3-cbc", 0, 8, 8, "plain"),
    "aes-cbc": ("aes-%d-cbc", 0, 16, 16, "plain"),
    "aes-ctr": ("aes-%d-ctr", 4, 8, 1, "plain"),
    "aes-gcm": ("aes-%d-gcm", 4, 8, 1, "aead"),
    "aes-ccm": ("aes-%d-ccm", 3, 8, 1, "aead"),
    "chacha20-poly1305": ("chacha20-poly1305", 4, 8, 1, "aead"),
    "aes-gmac": ("aes-%d-gcm", 4, 8, 1, "gmac"),
}
_KEYS = {"null": [0], "des-cbc": [8], "des3-cbc": [24],
         "chacha20-poly1305": [32]}
_INTEGS = {
    "none": ("", 0, 0),
    "hmac-md5-96": ("md5", 16, 12),
    "hmac-sha1-96": ("sha1", 20, 12),
    "hmac-sha256-128": ("sha256", 32, 16),
    "hmac-sha384-192": ("sha384", 48, 24),
    "hmac-sha512-256": ("sha512", 64, 32),
}
# XFRM's names.
_XFRM_AEAD = {"aes-gcm": "rfc4106(gcm(aes))", "aes-ccm": "rfc4309(ccm(aes))",
              "aes-gmac": "rfc4543(gcm(aes))",
              "chacha20-poly1305": "rfc7539esp(chacha20,poly1305)"}
_XFRM_CRYPT = {"null": "ecb(cipher_null)", "des-cbc": "cbc(des)",
               "des3-cbc": "cbc(des3_ede)", "aes-cbc": "cbc(aes)",
               "aes-ctr": "rfc3686(ctr(aes))"}
HEADER, TAIL = 8, 2


class Transform:
    """Algorithms and keys of one SA."""
    proto = ESP

    def __init__(self, cipher, integ="none", key_len=16, icv=None, key=None,
                 integ_key=None):
        self.cipher, self.integ = cipher, integ
        name, self.salt_len, self.iv_len, self.block, self.kind = \
            _CIPHERS[cipher]
        if key is None:
            key_len = _KEYS.get(cipher, [key_len])[0]
            key = os.urandom(key_len + self.salt_len)
        self.key_len = len(key) - self.salt_len
        self.name = name % (self.key_len * 8) if "%" in name else name
        self.key = key
        self.hash, want, size = _INTEGS[integ]
        self.integ_key = os.urandom(want) if integ_key is None else integ_key
        self.icv = size or icv or 16
        if self.kind != "plain":
            self.salt = key[self.key_len:]
        else:
            self.salt = key[self.key_len:] if self.salt_len else b""
        self.cipher_key = key[:self.key_len]
        if cipher == "des-cbc":
            self.cipher_key = self.cipher_key * 3

    def __str__(self):
        text = self.cipher
        if self.key_len and self.cipher not in _KEYS:
            text += "-%d" % (self.key_len * 8)
        if self.kind == "aead":
            text += "-icv%d" % self.icv
        return text if self.integ == "none" else text + "+" + self.integ

    def attributes(self):
        """As attributes of sa-add."""
        out = {"cipher": self.cipher}
        if self.integ != "none":
            out.update(integ=self.integ, integ_key=self.integ_key)
        elif self.kind == "aead":
            out["icv_len"] = self.icv
        if self.cipher != "null":
            out["cipher_key"] = self.key
        return out

    def xfrm(self):
        """As XFRM names it: (kind, name, key, bits of ICV) each."""
        if self.kind != "plain":
            return [("aead", _XFRM_AEAD[self.cipher], self.key, self.icv * 8)]
        return [("crypt", _XFRM_CRYPT[self.cipher], self.key, 0),
                ("auth", "hmac(%s)" % self.hash, self.integ_key, self.icv * 8)]

    def random_iv(self):
        """Fresh octets for the IV."""
        return os.urandom(self.iv_len)

    def _nonce(self, iv):
        return self.salt + iv

    def _text(self, iv, data, encrypt):
        if self.cipher == "null":
            return data
        if self.cipher == "aes-ctr":
            iv = self.salt + iv + b"\0\0\0\1"
        return crypto.plain(self.name, self.cipher_key, iv, data, encrypt)

    def seal_text(self, spi, seq, text, iv, esn=False, icv=None):
        """An ESP packet around text that has its trailer already."""
        head = struct.pack("!II", spi, seq & 0xffffffff)
        high = struct.pack("!I", seq >> 32) if esn else b""
        aad = head[:4] + high + head[4:]
        if self.kind == "aead":
            text, tag = crypto.aead(self.name, self.cipher_key,
                                    self._nonce(iv), aad, text, self.icv)
        elif self.kind == "gmac":
            _, tag = crypto.aead(self.name, self.cipher_key, self._nonce(iv),
                                 aad + iv + text, b"", self.icv)
        else:
            text = self._text(iv, text, True)
            tag = crypto.mac(self.hash, self.integ_key,
                             head + iv + text + high, self.icv)
        return head + iv + text + (tag if icv is None else icv)

    def trailer(self, size, nexthdr, pad=None):
        """Padding, its length, the next header for so much payload."""
        if pad is None:
            pad = -(size + TAIL) % max(self.block, 4)
        return bytes(range(1, pad + 1)) + bytes((pad, nexthdr))

    def seal(self, spi, seq, payload, nexthdr, esn=False, iv=None, pad=None):
        """An ESP packet around a payload."""
        text = payload + self.trailer(len(payload), nexthdr, pad)
        return self.seal_text(spi, seq, text, self.random_iv()
                              if iv is None else iv, esn)

    def open_text(self, esp, high=None):
        """The text with its trailer; high: upper half of the ESN."""
        head, iv = esp[:HEADER], esp[HEADER:HEADER + self.iv_len]
        body = esp[HEADER + self.iv_len:-self.icv]
        tag = esp[-self.icv:]
        esn = b"" if high is None else struct.pack("!I", high)
        aad = head[:4] + esn + head[4:]
        if self.kind == "aead":
            return crypto.aead(self.name, self.cipher_key, self._nonce(iv),
                               aad, body, self.icv, tag)
        if self.kind == "gmac":
            crypto.aead(self.name, self.cipher_key, self._nonce(iv),
                        aad + iv + body, b"", self.icv, tag)
            return body
        if crypto.mac(self.hash, self.integ_key, head + iv + body + esn,
                      self.icv) != tag:
            raise BadTag()
        return self._text(iv, body, False)

    def open(self, esp, high=None):
        """Payload and next header; the trailer is checked."""
        text = self.open_text(esp, high)
        if len(esp) < HEADER + self.iv_len + self.icv + TAIL:
            raise ValueError("too short")
        pad, nexthdr = text[-2], text[-1]
        if pad + TAIL > len(text) or \
                text[len(text) - TAIL - pad:-TAIL] != bytes(range(1, pad + 1)):
            raise ValueError("padding %s" % text[-TAIL - pad:].hex())
        if len(text) % max(self.block, 4):
            raise ValueError("alignment")
        return text[:len(text) - TAIL - pad], nexthdr

    def overhead(self, size):
        """Octets of the ESP packet around size octets of payload."""
        return HEADER + self.iv_len + size + \
            len(self.trailer(size, 0)) + self.icv


def all_transforms():
    """Every transform there is, with random keys."""
    out = []
    for cipher in _CIPHERS:
        for key_len in _KEYS.get(cipher, [16, 24, 32]):
            if _CIPHERS[cipher][4] == "plain":
                out += [Transform(cipher, i, key_len)
                        for i in _INTEGS if i != "none"]
            elif cipher in ("aes-gcm", "aes-ccm"):
                out += [Transform(cipher, "none", key_len, n)
                        for n in (16, 12, 8)]
            else:
                out.append(Transform(cipher, "none", key_len))
    return out
