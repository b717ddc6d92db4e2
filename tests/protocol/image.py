# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that lies below some folders, read raw, and the planted secrets in it, however disguised.

A secret is a text, such as a name. It is looked for in any case, with its accents or without, composed
or not, in UTF-8, UTF-16, UTF-32 and Latin-1, escaped as JSON, URLs, XML and GVariant escape, in base64
and in hexadecimal at any alignment, broken over lines too, and in whatever gzip and zlib pack up, base64
of it included. The rows of a SQLite file are read through SQLite as well, as a page's end may cut a text
in two. What is encrypted, or packed by anything else, stays closed: a secret key is looked for by its bytes.
"""

import base64
import contextlib
import re
import shutil
import sqlite3
import stat
import tempfile
import unicodedata
import urllib.parse
import zlib
from pathlib import Path
from typing import NamedTuple

UNPACKED_BYTES = 64 << 20
DEPTH = 3
# Where gzip (RFC 1952) and zlib (RFC 1950) may begin.
PACKED = re.compile(rb'\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]')
GZIP, ZLIB = 31, 15
BASE64_OF_GZIP = re.compile(rb'H4sI[A-Za-z0-9+/_\-]{16,}')
WHITE = b' \t\r\n'
SQLITE = b'SQLite format 3\0'


class Found(NamedTuple):
    """A secret that can be read: where it lies, and how it was written there."""
    path: str
    offset: int
    secret: str
    form: str


def without_accents(text):
    return ''.join(c for c in unicodedata.normalize('NFKD', text) if not unicodedata.combining(c))


def spellings(secret):
    """The text as people and programs write it: accents composed, apart or left out, and, of a
    telephone number, without its spaces or in the international form."""
    texts = {unicodedata.normalize(form, secret) for form in ('NFC', 'NFD')} | {without_accents(secret)}
    packed = re.sub(r'[\s.\-]', '', secret)
    if packed.isdigit() and packed != secret:
        texts |= {packed, packed.removeprefix('0'), re.sub(r'[\s.\-]', '.', secret), re.sub(r'[\s.\-]', '-', secret)}
    return {cased for text in texts for cased in (text, text.lower(), text.upper(), text.casefold())}


def escapes(text):
    """The text with what is not ASCII, or all of it, escaped."""
    octal = ''.join(chr(byte) if byte < 128 else f'\\{byte:03o}' for byte in text.encode())
    hexadecimal = ''.join(chr(byte) if byte < 128 else f'\\x{byte:02x}' for byte in text.encode())
    return {
        'JSON': ''.join(c if c.isascii() else f'\\u{ord(c):04x}' for c in text),
        'percent': urllib.parse.quote(text, safe=''),
        'form': urllib.parse.quote_plus(text),
        'percent, whole': ''.join(f'%{byte:02x}' for byte in text.encode()),
        'XML': ''.join(c if c.isascii() else f'&#{ord(c)};' for c in text),
        'XML, hexadecimal': ''.join(c if c.isascii() else f'&#x{ord(c):x};' for c in text),
        'octal': octal,
        'hexadecimal escapes': hexadecimal,
    }


def base64_forms(data):
    """What stands in base64 wherever these bytes lie in what was encoded, at each of three alignments."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data)
        inside = encoded[-(-before * 8 // 6):(before + len(data)) * 8 // 6]
        yield inside
        yield inside.translate(bytes.maketrans(b'+/', b'-_'))


class Secret:
    """One planted text, in each form that may be met: `exact` as it is, `anycase` in lower case; `base64`
    and, in lower case, `hexadecimal` with what is white taken out."""

    def __init__(self, text):
        self.text = text
        self.exact, self.anycase, self.base64, self.hexadecimal = {}, {}, {}, {}
        for spelling in spellings(text):
            self._add(spelling)

    def _add(self, spelling):
        for name, escaped in {'UTF-8': spelling, **escapes(spelling)}.items():
            self.anycase.setdefault(escaped.encode().lower(), name)
        for encoding in ('utf-16-le', 'utf-16-be', 'utf-32-le', 'utf-32-be'):
            self.anycase.setdefault(spelling.encode(encoding).lower(), encoding)
        with contextlib.suppress(UnicodeEncodeError):
            self.anycase.setdefault(spelling.encode('latin-1').lower(), 'Latin-1')
        for encoding in ('utf-8', 'utf-16-le'):
            self.hexadecimal.setdefault(spelling.encode(encoding).hex().encode(), f'hexadecimal of {encoding}')
            for form in base64_forms(spelling.encode(encoding)):
                self.base64.setdefault(form, f'base64 of {encoding}')


class Key(Secret):
    """Secret bytes, such as a key: as they are, in base64, in hexadecimal."""

    def __init__(self, name, data):
        self.text = name
        self.anycase = {}
        self.exact = {data: 'as it is'}
        self.base64 = dict.fromkeys(base64_forms(data), 'base64')
        self.hexadecimal = {data.hex().encode(): 'hexadecimal'}


def find_forms(data, forms, original=None):
    """(offset, form) of each that is there; where what is white was taken out, the offset may be less
    than in the original."""
    for form, name in forms.items():
        at = data.find(form)
        if at >= 0:
            yield at if original is None else max(at, original.find(form)), name


def find_here(data, secrets):
    """(offset, secret, form) of each secret in these bytes as they lie there."""
    if not data.strip(b'\0'):
        return
    lower, narrow = data.lower(), data.translate(None, WHITE)
    narrow_lower = narrow.lower()
    for secret in secrets:
        found = [*find_forms(data, secret.exact), *find_forms(lower, secret.anycase),
                 *find_forms(narrow, secret.base64, data), *find_forms(narrow_lower, secret.hexadecimal, lower)]
        if found:
            yield min(found)[0], secret.text, min(found)[1]


def inflate(data, at, kind):
    """What is packed from there on, as far as it goes; nothing where that is not so."""
    stream = zlib.decompressobj(kind)
    unpacked = b''
    with contextlib.suppress(zlib.error):
        for start in range(at, len(data), 1 << 16):
            unpacked += stream.decompress(data[start:start + (1 << 16)])
            if stream.eof or len(unpacked) > UNPACKED_BYTES:
                break
    return unpacked


def unpack(data):
    """(offset, kind, bytes) of everything packed in these bytes."""
    for match in PACKED.finditer(data):
        kind = GZIP if match[0].startswith(b'\x1f') else ZLIB
        unpacked = inflate(data, match.start(), kind)
        if unpacked:
            yield match.start(), 'gzip' if kind == GZIP else 'zlib', unpacked
    for match in BASE64_OF_GZIP.finditer(data):
        text = match[0].translate(bytes.maketrans(b'-_', b'+/'))
        unpacked = inflate(base64.b64decode(text[:len(text) // 4 * 4]), 0, GZIP)
        if unpacked:
            yield match.start(), 'gzip in base64', unpacked


def find_in(data, secrets, where='', depth=DEPTH):
    """Every secret that can be read in these bytes."""
    secrets = [secret if isinstance(secret, Secret) else Secret(secret) for secret in secrets]
    found = [Found(where, at, text, form) for at, text, form in find_here(data, secrets)]
    for at, kind, unpacked in unpack(data) if depth else ():
        found += [Found(where, at, one.secret, f'{one.form} in {kind}')
                  for one in find_in(unpacked, secrets, where, depth - 1)]
    return found


def rows_of(path):
    """Every value of a SQLite file's tables as text, in UTF-8; of a copy, so that nothing is touched.
    One that is damaged or none says nothing: its bytes are read raw anyway."""
    values = []
    with tempfile.TemporaryDirectory(prefix='altm-image-') as folder:
        for ending in ('', '-wal'):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f'{path}{ending}', f'{folder}/copy{ending}')
        with contextlib.closing(sqlite3.connect(f'{folder}/copy')) as database, \
                contextlib.suppress(sqlite3.Error):
            database.text_factory = bytes
            for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                quoted = name.decode().replace('"', '""')
                for row in database.execute(f'SELECT * FROM "{quoted}"'):
                    values += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b'\n'.join(values)


def files_under(folders):
    """Every file, hidden ones too; links, sockets and pipes hold nothing of their own."""
    for folder in folders:
        for path in sorted(Path(folder).rglob('*')):
            with contextlib.suppress(FileNotFoundError):
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path


def find_under(folders, secrets):
    """Every secret that can be read in any file below these folders, or in a file's name."""
    secrets = [secret if isinstance(secret, Secret) else Secret(secret) for secret in secrets]
    found = []
    for path in files_under(folders):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        found += find_in(str(path).encode(), secrets, f'the name of {path}') + find_in(data, secrets, str(path))
        if data.startswith(SQLITE):
            found += find_in(rows_of(path), secrets, f'the rows of {path}')
    return found
