# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix that is published names tests that exist, and all of them."""

import re
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def cells_of(suite):
    """The tests that are cells, as `module`, `Class.test`."""
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from cells_of(each)
        elif hasattr(getattr(each, each._testMethodName), 'step'):
            module, name = each.id().split('.', 1)
            yield module, name


class Matrix(unittest.TestCase):

    def setUp(self):
        self.rows = [line for line in (FOLDER / 'MATRIX.md').read_text().split('\n')
                     if line.startswith('| **')]
        self.tests = set(cells_of(unittest.TestLoader().discover(str(FOLDER))))

    def named(self):
        """What the page names: each module of a row's head with each of its cells."""
        for row in self.rows:
            head, _, rest = row[2:].partition(' | ')
            modules = re.findall(r'`(test_\w+)`', head)
            for name in re.findall(r'`(\w+\.test_\w+)`', rest):
                yield modules, name

    def test_each_cell_is_a_test(self):
        self.assertTrue(self.rows)
        for modules, name in self.named():
            self.assertTrue(any((module, name) in self.tests for module in modules), (modules, name))

    def test_each_test_is_a_cell(self):
        named = {(module, name) for modules, name in self.named() for module in modules}
        self.assertEqual(self.tests - named, set())
