# SPDX-License-Identifier: GPL-3.0-or-later
"""Private parts, sealed and opened with libsodium itself; the padding is worked out here."""

import base64
import ctypes
import hashlib
import json

BLOCK = 64
PUBLIC_BYTES = 32
SECRET_BYTES = 32
SEAL_BYTES = 48

sodium = ctypes.CDLL('libsodium.so.23')
if sodium.sodium_init() < 0:
    raise OSError('libsodium could not be started')


def key_id(public):
    return hashlib.sha256(public).hexdigest()[:16]


def pad(text):
    """ISO/IEC 7816-4: one byte 0x80, then zeros up to the next block; always at least one byte."""
    padded = text + b'\x80'
    return padded + bytes(-len(padded) % BLOCK)


def unpad(padded):
    if not padded or len(padded) % BLOCK:
        raise ValueError(f'{len(padded)} bytes are no whole number of blocks')
    text = padded.rstrip(b'\0')
    if not text.endswith(b'\x80') or len(padded) - len(text) >= BLOCK:
        raise ValueError('the padding is broken')
    return text[:-1]


def split(sealed):
    """`KEYID.BASE64` as its two parts; base64 that is not RFC 4648 section 4 raises."""
    name, dot, text = sealed.partition('.')
    if not dot:
        raise ValueError(f'no key id in {sealed!r}')
    return name, base64.b64decode(text, validate=True)


def seal(seal_key, record_id, rev, private):
    """Seals to a key as `hello` gives it."""
    name, public = split(seal_key)
    text = pad(json.dumps({'id': record_id, 'rev': rev, 'private': private}).encode())
    cipher = ctypes.create_string_buffer(len(text) + SEAL_BYTES)
    if sodium.crypto_box_seal(cipher, text, ctypes.c_ulonglong(len(text)), public) != 0:
        raise ValueError('crypto_box_seal failed')
    return f'{name}.{base64.b64encode(cipher.raw).decode()}'


class KeyPair:
    """A headquarters' own pair of keys."""

    def __init__(self):
        public = ctypes.create_string_buffer(PUBLIC_BYTES)
        secret = ctypes.create_string_buffer(SECRET_BYTES)
        sodium.crypto_box_keypair(public, secret)
        self.public, self._secret = public.raw, secret.raw
        self.text = f'{key_id(self.public)}.{base64.b64encode(self.public).decode()}'

    @classmethod
    def from_secret(cls, secret):
        """The pair of a secret half that is known."""
        self = cls.__new__(cls)
        public = ctypes.create_string_buffer(PUBLIC_BYTES)
        sodium.crypto_scalarmult_base(public, secret)
        self.public, self._secret = public.raw, secret
        self.text = f'{key_id(self.public)}.{base64.b64encode(self.public).decode()}'
        return self

    def open(self, sealed):
        """What was sealed, as an object; anything that is not exactly as agreed raises."""
        name, cipher = split(sealed)
        if name != key_id(self.public):
            raise ValueError(f'sealed to {name}, not to this key')
        text = ctypes.create_string_buffer(max(len(cipher) - SEAL_BYTES, 1))
        if sodium.crypto_box_seal_open(text, cipher, ctypes.c_ulonglong(len(cipher)),
                                       self.public, self._secret) != 0:
            raise ValueError('the seal does not open')
        return json.loads(unpad(text.raw[:len(cipher) - SEAL_BYTES]))
