# SPDX-License-Identifier: GPL-3.0-or-later
"""A tablet whose store was damaged: what was saved goes on to HQ, once, and it is said."""

import unittest

from hq import Headquarters
from tablet import Tablet, as_input, record

PAGE = 4096
DONE, NOT_ALL = 0, 1


class Damage(unittest.TestCase):

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)
        self.tablet.enrol(self.hq)
        self.file = self.tablet.store / 'field.db'

    def spoil(self, at, length):
        content = bytearray(self.file.read_bytes())
        content[at:at + length] = bytes(length)
        self.file.write_bytes(content)
        return bytes(content)

    def spoil_page_of(self, key):
        """Zeroes the page in which this record's line lies."""
        self.spoil(self.file.read_bytes().index(b'"id":"' + key.encode()) // PAGE * PAGE, PAGE)

    def aside(self):
        return sorted(self.tablet.store.glob('damaged-*'))

    def add(self):
        done = self.tablet.run('add', data=as_input([record()]))
        self.assertEqual(done.returncode, DONE, done.stderr)
        return done.stdout.strip(), done.stderr

    def assert_at_hq(self, keys):
        """Each of these, and each once; export() refuses one that stands there twice."""
        self.assertLessEqual(set(keys), set(self.hq.export()))
        self.assertEqual(self.hq.figures()['interventions'], len(self.hq.export()))

    def test_goes_on_with_every_record(self):
        keys = self.tablet.add(30)
        self.assertEqual(self.tablet.push().code, DONE)
        keys += self.tablet.add(20)
        found = self.spoil(0, 100)
        frozen = self.tablet.run('journal')
        self.assertEqual(frozen.returncode, NOT_ALL)  # reading mends nothing

        key, said = self.add()
        self.assertRegex(said, r'damaged.* 50 lines taken over, 0 lost')
        self.assertIn(str(self.aside()[0]), said)
        self.assertEqual((self.aside()[0] / 'field.db').read_bytes(), found)
        self.assertEqual(self.tablet.counts(), (21, 30, 0))
        done = self.tablet.push()
        self.assertEqual((done.code, done.said['stored'], done.said['duplicate']), (DONE, 21, 0))
        self.assert_at_hq(keys + [key])
        self.assertEqual(len(self.hq.export()), 51)

    def test_is_said_once_and_by_verify_until_it_is_removed(self):
        self.tablet.add(3)
        self.spoil(0, 100)
        self.assertIn('damaged', self.add()[1])
        self.assertEqual(self.add()[1], '')
        verdict = self.tablet.run('verify')
        self.assertEqual(verdict.returncode, NOT_ALL)
        self.assertIn(self.aside()[0].name, verdict.stderr)

    def spoil_notes_of(self, key):
        """Zeroes the page in which this record's note lies: one of a table, with no line in it."""
        content = self.file.read_bytes()
        pages = [at for at in range(0, len(content), PAGE)
                 if key.encode() in content[at:at + PAGE] and content[at] == 0x0d
                 and b'contact' not in content[at:at + PAGE]]
        self.assertEqual(len(pages), 1)
        self.spoil(pages[0], PAGE)

    def test_lines_and_notes_that_are_gone_make_another_device(self):
        """HQ holds what this tablet no longer knows of: all is offered again, nothing doubled."""
        keys = self.tablet.add(60)
        self.assertEqual(self.tablet.push().code, DONE)
        device = self.tablet.status()['device_id']
        late = self.tablet.add(40)
        for spoil, key in ((self.spoil_page_of, keys[3]), (self.spoil_page_of, late[30]), (self.spoil_notes_of, keys[3])):
            spoil(key)
        key, said = self.add()
        self.assertRegex(said, r'[1-9]\d* lost')
        there = {line for line, _ in self.tablet.frozen()}
        self.assertNotIn(keys[3], there)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertNotEqual(self.tablet.status()['device_id'], device)
        self.assertEqual(self.tablet.counts()[0], 0)
        self.assert_at_hq({*keys, key} | there)

    def test_without_its_token_it_asks_to_be_enrolled(self):
        """Settings that are gone: recording goes on, and a new code sends everything."""
        keys = self.tablet.add(5)
        self.spoil(self.file.read_bytes().rindex(b'device_id') // PAGE * PAGE, PAGE)
        key, said = self.add()
        self.assertIn('damaged', said)
        self.assertIsNone(self.tablet.status()['device_id'])
        self.assertEqual(self.tablet.push().code, NOT_ALL)
        self.tablet.enrol(self.hq)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assert_at_hq(keys + [key])


if __name__ == '__main__':
    unittest.main()
