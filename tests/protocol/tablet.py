# SPDX-License-Identifier: GPL-3.0-or-later
"""A tablet: `altm-fieldctl` with a store of its own."""

import json
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from hq import TABLET_PROGRAM, run_program
from records import QPV, contact


def record(**fields):
    """One record as `add` takes it."""
    return {'type': 'contact', 'place': QPV, 'data': contact(), **fields}


def as_input(records):
    return ''.join(json.dumps(each) + '\n' for each in records)


class Tablet:
    """Its commands, each with what it printed and how it ended."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix='altm-tablet-'))
        self.store = self.folder / 'store'
        self.is_leaving = False  # its pushes hand it over

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *arguments):
        return [str(TABLET_PROGRAM), '--store', str(self.store), *map(str, arguments)]

    def run(self, *arguments, data=None):
        return run_program(*self.command(*arguments), data=data)

    def enrol(self, hq):
        """Enrols with a new code of this headquarters, which has to succeed."""
        done = self.run('enrol', hq.address(), hq.code(), *hq.trust())
        if done.returncode != 0:
            raise AssertionError(f'enrol ended with {done.returncode}: {done.stderr}')
        return done

    def add(self, count=1, **fields):
        """Adds contacts; returns their ids as they were printed."""
        return self.add_records([record(**fields) for _ in range(count)])

    def add_records(self, records):
        done = self.run('add', data=as_input(records))
        if done.returncode != 0:
            raise AssertionError(f'add ended with {done.returncode}: {done.stderr}')
        return done.stdout.split()

    def push(self):
        """One push: its exit code, what it printed as an object, its errors, how long it took."""
        start = time.monotonic()
        done = self.run('handover' if self.is_leaving else 'push')
        said = json.loads(done.stdout) if done.stdout.strip() else {}
        return SimpleNamespace(code=done.returncode, said=said, errors=done.stderr,
                               seconds=time.monotonic() - start)

    def status(self):
        done = self.run('status')
        if done.returncode != 0:
            raise AssertionError(f'status ended with {done.returncode}: {done.stderr}')
        return json.loads(done.stdout)

    def counts(self):
        """How many lines wait, are acknowledged, and are in quarantine."""
        status = self.status()
        return tuple(status[name] for name in ('queued', 'acknowledged', 'quarantined'))

    def frozen(self):
        """The bytes of every line in the store, by id and revision, read beside the program."""
        address = f'{(self.store / "field.db").as_uri()}?mode=ro'
        database = sqlite3.connect(address, uri=True)
        try:
            rows = [bytes(row[0]) for row in database.execute('SELECT bytes FROM lines')]
        finally:
            database.close()
        return {(line['id'], line['rev']): row for row, line in
                ((row, json.loads(row)) for row in rows)}
