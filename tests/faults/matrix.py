# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix of faults and steps as a page, from what the tests of a run wrote down."""

import json
from collections import defaultdict

from cells import STEPS

NONE = '–'


def read_cells(files):
    """Cells from files of one cell a line, or of `{"cells": […]}`; those of the same test at the
    same place are added up."""
    cells = {}
    for file in files:
        text = file.read_text(encoding='utf-8')
        if text.startswith('{"cells"'):
            found = json.loads(text)['cells']
        else:
            found = [json.loads(line) for line in text.splitlines()]
        for each in found:
            key = each['fault'], each['step'], each['test']
            before = cells.setdefault(key, {**each, 'runs': 0, 'passed': True})
            before['runs'] += each['runs']
            before['passed'] = before['passed'] and each['passed']
    return list(cells.values())


def describe(cell):
    result = 'passed' if cell['passed'] else '**FAILED**'
    runs = f'{cell["runs"]} run{"" if cell["runs"] == 1 else "s"}'
    # The module stands at the row's head.
    name = cell['test'].partition('.')[2] if cell['test'].startswith('test_') else cell['test']
    return f'`{name}` {result}, {runs}'


def table(cells):
    rows = defaultdict(lambda: defaultdict(list))
    modules = defaultdict(list)
    for cell in cells:
        rows[cell['fault']][cell['step']].append(describe(cell))
        module = cell['test'].partition('.')[0]
        if module not in modules[cell['fault']]:
            modules[cell['fault']].append(module)
    steps = [*STEPS, *sorted({cell['step'] for cell in cells} - set(STEPS))]
    yield f'| fault | {" | ".join(steps)} |'
    yield f'|---|{"---|" * len(steps)}'
    for fault in sorted(rows, key=str.lower):
        names = ', '.join(f'`{module}`' for module in modules[fault])
        texts = ['<br>'.join(rows[fault][step]) or NONE for step in steps]
        yield f'| **{fault}** {names} | {" | ".join(texts)} |'


def write(file, cells, command):
    """Writes the page; `command` is the one that made it."""
    failed = sum(not cell['passed'] for cell in cells)
    runs = sum(cell['runs'] for cell in cells)
    file.write_text('\n'.join((
        '# Faults and steps',
        '',
        f'Made by `{command}`: {len(cells)} tests, {len(cells) - failed} passed, {failed} failed; '
        f'{runs:,} runs.',
        '',
        'A row is what goes wrong, a column the step of a record\'s way at which it does. A cell is one '
        'test (`python3 -m unittest MODULE.NAME` in `tests/faults`; the module stands at the row\'s '
        'head), how it ended, and how often the fault was made. After each run the fault is taken away, '
        'everything is sent, and then each id that was printed as saved is at HQ exactly once with its '
        'bytes, HQ has nothing that was never queued, what could not be taken is in quarantine and '
        'shown, both stores are sound and both sides\' digests agree (`ledger.py`).',
        '',
        *table(cells),
        '')), encoding='utf-8')
