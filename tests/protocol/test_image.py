# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a folder finds a planted secret in each disguise, and none that was not planted."""

import base64
import contextlib
import gzip
import json
import os
import random
import socket
import sqlite3
import tempfile
import unicodedata
import unittest
import urllib.parse
import zlib
from pathlib import Path

from image import Key, find_in, find_under

SECRET = 'Désirée Quévrémont'
PHONE = '06 39 98 47 11'
BARE = 'Desiree Quevremont'
SENTENCE = f'chez {SECRET}, 3e étage, elle attend jeudi'
KEY = bytes(range(100, 132))


def noise(length=3000, seed=1):
    return random.Random(seed).randbytes(length)


def planted(data):
    """In the midst of other bytes, as a file has it."""
    return noise() + data + noise(seed=2)


def octal(text):
    return ''.join(chr(byte) if byte < 128 else f'\\{byte:o}' for byte in text.encode())


DISGUISES = {
    'as it is': SENTENCE.encode(),
    'upper case': SENTENCE.upper().encode(),
    'lower case': SENTENCE.lower().encode(),
    'without accents': BARE.encode(),
    'without accents, lower case': BARE.lower().encode(),
    'accents apart': unicodedata.normalize('NFD', SENTENCE).encode(),
    'UTF-16, little end first': SENTENCE.encode('utf-16-le'),
    'UTF-16, big end first': SENTENCE.encode('utf-16-be'),
    'UTF-16, upper case': SENTENCE.upper().encode('utf-16-le'),
    'UTF-32': SENTENCE.encode('utf-32-le'),
    'Latin-1': SENTENCE.encode('latin-1'),
    'JSON': json.dumps({'note': SENTENCE}).encode(),
    'JSON, capital digits': SENTENCE.replace('é', '\\u00E9').encode(),
    'percent': urllib.parse.quote(SENTENCE).encode(),
    'percent, small digits': urllib.parse.quote(SENTENCE).lower().encode(),
    'a form': urllib.parse.quote_plus(SENTENCE).encode(),
    'XML': SENTENCE.replace('é', '&#233;').encode(),
    'octal': octal(SENTENCE).encode(),
    'hexadecimal': SENTENCE.encode().hex().encode(),
    'hexadecimal, capitals': SENTENCE.encode().hex().upper().encode(),
    'hexadecimal, apart': SENTENCE.encode().hex(' ').encode(),
    'base64, wrapped': base64.encodebytes(SENTENCE.encode() * 9),
    'base64 of UTF-16': base64.b64encode(SENTENCE.encode('utf-16-le')),
    'gzip': gzip.compress(SENTENCE.encode()),
    'zlib': zlib.compress(SENTENCE.encode()),
    'gzip in gzip': gzip.compress(gzip.compress(SENTENCE.encode())),
    'gzip in base64': base64.b64encode(gzip.compress(SENTENCE.encode())),
    'gzip of JSON': gzip.compress(json.dumps([SENTENCE]).encode()),
    'gzip cut short': gzip.compress(SENTENCE.encode() + noise())[:-200],
}


class Disguises(unittest.TestCase):

    def assert_finds(self, data, secret=SECRET):
        found = find_in(planted(data), [secret, 'Brindavoine'], 'here')
        self.assertEqual({one.secret for one in found}, {secret})
        self.assertTrue(all(one.path == 'here' and one.form for one in found))

    def test_each_is_found(self):
        for name, data in DISGUISES.items():
            with self.subTest(name):
                self.assert_finds(data)

    def test_base64_at_each_alignment_in_both_alphabets(self):
        for before in range(7):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                with self.subTest(before=before, encode=encode.__name__):
                    self.assert_finds(encode(b'?' * before + SENTENCE.encode()))

    def test_a_telephone_number_is_found_as_it_is_written(self):
        for text in (PHONE, '0639984711', '+33639984711', '06.39.98.47.11', '06-39-98-47-11', 'tel:0639984711'):
            with self.subTest(text):
                self.assert_finds(text.encode(), PHONE)

    def test_where_it_lies_is_said(self):
        (found,) = find_in(noise() + SENTENCE.encode(), [SECRET])
        self.assertEqual((found.offset, found.form), (3000 + len('chez '), 'UTF-8'))
        (found,) = find_in(noise() + gzip.compress(SENTENCE.encode()), [SECRET])
        self.assertEqual(found.offset, 3000)
        self.assertIn('gzip', found.form)

    def test_what_was_not_planted_is_not_found(self):
        others = ['Brindavoine', 'Quévrémond', 'Désirée  Quévrémont', '06 39 98 47 12']
        for name, data in DISGUISES.items():
            with self.subTest(name):
                self.assertEqual(find_in(planted(data + PHONE.encode()), others), [])

    def test_a_key_is_found(self):
        for data in (KEY, KEY.hex().encode(), KEY.hex().upper().encode(), base64.b64encode(KEY),
                     base64.urlsafe_b64encode(b'x' + KEY), gzip.compress(KEY)):
            with self.subTest(data):
                self.assertEqual(find_in(planted(data), [Key('key', KEY)])[0].secret, 'key')
        self.assertEqual(find_in(planted(KEY[1:]), [Key('key', KEY)]), [])


class Folders(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='altm-image-test-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def paths(self):
        return {Path(one.path.split(' of ')[-1]).name for one in find_under([self.folder], [SECRET])}

    def test_hidden_files_and_names_of_files(self):
        (self.folder / '.cache' / 'deep').mkdir(parents=True)
        (self.folder / '.cache' / 'deep' / '.core').write_bytes(planted(SENTENCE.encode()))
        (self.folder / SECRET).touch()
        (self.folder / 'other').write_bytes(noise())
        self.assertEqual(self.paths(), {'.core', SECRET})

    def test_links_sockets_and_pipes_are_passed_over(self):
        (self.folder / 'link').symlink_to(self.folder)
        os.mkfifo(self.folder / 'pipe')
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(self.folder / 'socket'))
            self.assertEqual(self.paths(), set())

    def database(self, name, *statements):
        database = sqlite3.connect(self.folder / name, isolation_level=None)
        self.addCleanup(database.close)
        for statement in statements:
            database.execute(statement)
        return database

    def test_a_write_ahead_log_and_removed_rows(self):
        database = self.database('a.db', 'PRAGMA journal_mode = WAL', 'CREATE TABLE t (x)')
        database.execute('INSERT INTO t VALUES (?)', (SENTENCE,))
        self.assertIn('a.db-wal', self.paths())
        self.assertIn('a.db', self.paths())  # through its rows
        removed = self.database('b.db', 'PRAGMA secure_delete = OFF', 'CREATE TABLE t (x)')
        removed.execute('INSERT INTO t VALUES (?)', (SENTENCE,))
        removed.execute('DELETE FROM t')
        self.assertIn('b.db', self.paths())

    def test_a_text_that_the_pages_end_cuts(self):
        database = self.database('c.db', 'PRAGMA page_size = 512', 'CREATE TABLE t (x)')
        for before in range(400, 1000, 7):
            database.execute('INSERT INTO t VALUES (?)', ('y' * before + SECRET,))
        (rows,) = [one for one in find_under([self.folder], [SECRET]) if one.path.startswith('the rows of')]
        self.assertEqual(rows.secret, SECRET)

    def test_a_damaged_database_is_read_raw(self):
        self.database('d.db', 'CREATE TABLE t (x)').execute('INSERT INTO t VALUES (?)', (SENTENCE,))
        path = self.folder / 'd.db'
        path.write_bytes(path.read_bytes()[:16] + bytes(84) + path.read_bytes()[100:])
        self.assertEqual(self.paths(), {'d.db'})


if __name__ == '__main__':
    unittest.main()
