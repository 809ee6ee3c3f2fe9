# SPDX-License-Identifier: GPL-2.0-only
"""Ciphers of libcrypto through ctypes: nothing in here is the module's code."""
import ctypes
import ctypes.util
import hashlib
import hmac

_lib = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
_P, _I = ctypes.c_void_p, ctypes.c_int
for _n, _r, _a in (
        ("EVP_CIPHER_CTX_new", _P, []),
        ("EVP_CIPHER_fetch", _P, [_P, ctypes.c_char_p, _P]),
        ("EVP_CIPHER_CTX_reset", _I, [_P]),
        ("EVP_CIPHER_CTX_set_padding", _I, [_P, _I]),
        ("EVP_CIPHER_CTX_ctrl", _I, [_P, _I, _I, _P]),
        ("EVP_CipherInit_ex", _I, [_P, _P, _P, _P, _P, _I]),
        ("EVP_CipherUpdate", _I, [_P, _P, _P, _P, _I]),
        ("EVP_CipherFinal_ex", _I, [_P, _P, _P])):
    getattr(_lib, _n).restype = _r
    getattr(_lib, _n).argtypes = _a

_SET_IVLEN, _GET_TAG, _SET_TAG = 9, 16, 17
_ctx = _lib.EVP_CIPHER_CTX_new()
_fetched = {}
_len = ctypes.c_int()
_len_p = ctypes.byref(_len)


class BadTag(Exception):
    """The integrity check failed."""


def _cipher(name):
    if name not in _fetched:
        _fetched[name] = _lib.EVP_CIPHER_fetch(None, name.encode(), None)
        if not _fetched[name]:
            raise RuntimeError("libcrypto has no " + name)
    return _fetched[name]


def _ok(value):
    if value != 1:
        raise RuntimeError("libcrypto refused")


def _update(data):
    out = ctypes.create_string_buffer(len(data) + 32)
    _ok(_lib.EVP_CipherUpdate(_ctx, out, _len_p, data, len(data)))
    return out.raw[:_len.value]


def plain(name, key, iv, data, encrypt=True):
    """A mode without integrity and without padding: aes-128-cbc ..."""
    _lib.EVP_CIPHER_CTX_reset(_ctx)
    _ok(_lib.EVP_CipherInit_ex(_ctx, _cipher(name), None, key, iv or None,
                               int(encrypt)))
    _lib.EVP_CIPHER_CTX_set_padding(_ctx, 0)
    return _update(data) if data else b""


def aead(name, key, nonce, aad, data, tag_len=16, tag=None):
    """Seal, or open when there is a tag: text, and the tag after sealing."""
    ccm = name.endswith("ccm")
    encrypt = tag is None
    _lib.EVP_CIPHER_CTX_reset(_ctx)
    _ok(_lib.EVP_CipherInit_ex(_ctx, _cipher(name), None, None, None,
                               int(encrypt)))
    _ok(_lib.EVP_CIPHER_CTX_ctrl(_ctx, _SET_IVLEN, len(nonce), None))
    if ccm:
        _ok(_lib.EVP_CIPHER_CTX_ctrl(_ctx, _SET_TAG, tag_len, tag))
    _ok(_lib.EVP_CipherInit_ex(_ctx, None, None, key, nonce, int(encrypt)))
    if ccm:
        _ok(_lib.EVP_CipherUpdate(_ctx, None, _len_p, None, len(data)))
    if aad:
        _ok(_lib.EVP_CipherUpdate(_ctx, None, _len_p, aad, len(aad)))
    out = ctypes.create_string_buffer(len(data) + 32)
    text = b""
    if data or ccm:
        if _lib.EVP_CipherUpdate(_ctx, out, _len_p, data or b"", len(data)) < 1:
            raise BadTag()
        text = out.raw[:_len.value]
    if not encrypt and not ccm:
        _ok(_lib.EVP_CIPHER_CTX_ctrl(_ctx, _SET_TAG, len(tag), tag))
    if not ccm or encrypt:
        if _lib.EVP_CipherFinal_ex(_ctx, out, _len_p) < 1:
            raise BadTag()
    if not encrypt:
        return text
    _ok(_lib.EVP_CIPHER_CTX_ctrl(_ctx, _GET_TAG, tag_len, out))
    return text, out.raw[:tag_len]


def mac(name, key, data, size):
    """HMAC, cut to size octets."""
    return hmac.new(key, data, getattr(hashlib, name)).digest()[:size]
