# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be true after any fault, in one place.

Every id that `add` printed is at HQ exactly once with its frozen bytes; HQ has nothing that no
tablet queued; a tablet takes for acknowledged only what HQ has; what could not be taken is in
quarantine on both sides and visible; both stores are sound, and their digests agree.
"""

import json
import sqlite3
import sys
from collections import Counter, namedtuple
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))
sys.dont_write_bytecode = True

from hq import PATIENCE, sha256  # noqa: E402  (found by the line above)
from tablet import Tablet, as_input, record  # noqa: E402

DONE, NOT_ALL, WRONG_USE, NOT_REACHED, IN_USE = range(5)
KILLED = -9
QUEUED, ACKNOWLEDGED, QUARANTINED = range(3)
LAST_SEQ = 2**62

Line = namedtuple('Line', 'seq id rev state bytes')


class Difference(AssertionError):
    """Something is not as it has to be."""


def expect_none(what, found):
    if found:
        examples = '\n  '.join(map(str, list(found)[:5]))
        raise Difference(f'{len(found)} {what}:\n  {examples}')


def query(file, sql, *values):
    """Rows of a store's file, read beside the program that owns it."""
    with closing(sqlite3.connect(f'{file.as_uri()}?mode=ro', uri=True, timeout=PATIENCE)) as database:
        return database.execute(sql, values).fetchall()


def change(file, *statements):
    """Changes a store's file under a program that does not run, or is idle."""
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as database, database:
        database.execute('PRAGMA wal_autocheckpoint = 0')
        for sql, *values in statements:
            database.execute(sql, values)


class Recorder:
    """One tablet, what it said that it had saved, and every line that it was seen to hold."""

    def __init__(self):
        self.tablet = Tablet()
        self.file = self.tablet.store / 'field.db'
        self.printed = set()
        self.known = {}
        self.device_id = None

    def close(self):
        self.tablet.close()

    def enrol(self, hq, *options):
        done = self.tablet.run('enrol', hq.address(), hq.code(), *options)
        if done.returncode != DONE:
            raise Difference(f'enrol ended with {done.returncode}: {done.stderr}')
        self.device_id = self.setting('device_id')

    def setting(self, name):
        rows = query(self.file, 'SELECT value FROM settings WHERE name = ?', name)
        return rows[0][0] if rows else None

    def saved(self, records, names):
        """Takes the ids that came out as those of the records that went in, in order."""
        for told, name in zip(records, names):
            if told.get('id', name) != name:
                raise Difference(f'add was given {told["id"]} and printed {name}')
            key = name, told.get('rev', 1)
            if key in self.printed:
                raise Difference(f'add printed {key} twice')
            self.printed.add(key)

    def add(self, count=1, **fields):
        """Adds contacts, all of which must be taken; returns their ids."""
        records = [record(**fields) for _ in range(count)]
        names = self.tablet.add_records(records)
        self.saved(records, names)
        return names

    def try_add(self, records):
        """Adds what can be added, and believes only the lines that came out whole."""
        done = self.tablet.run('add', data=as_input(records))
        names = [line[:-1] for line in done.stdout.splitlines(keepends=True) if line.endswith('\n')]
        self.saved(records, names)
        return done

    def lines(self):
        return [Line(seq, name, rev, state, bytes(line)) for seq, name, rev, state, line in
                query(self.file, 'SELECT seq, id, rev, state, bytes FROM lines ORDER BY seq')]

    def acknowledged(self):
        """The seqs of what HQ acknowledged."""
        return {line.seq for line in self.lines() if line.state == ACKNOWLEDGED}

    def remember(self):
        """Writes down the lines that stand in the store now; no line may ever change."""
        for line in self.lines():
            key = line.id, line.rev
            if self.known.setdefault(key, line.bytes) != line.bytes:
                raise Difference(f'the bytes of {key} were changed')

    def forget(self, keys):
        """For what is gone with the disk it stood on."""
        self.printed -= set(keys)
        for key in keys:
            self.known.pop(key, None)


class Ledger:
    """Holds each side's own account against the other's. HQ must be serving."""

    def __init__(self, hq, recorders):
        self.hq = hq
        self.recorders = recorders
        self.file = hq.store / 'hq.db'

    def journal(self):
        return Counter(bytes(row[0]) for row in query(self.file, 'SELECT bytes FROM journal'))

    def quarantine(self):
        return {bytes(row[0]) for row in query(self.file, 'SELECT bytes FROM quarantine')}

    def check_promises(self):
        """What must hold at any moment, while a fault lasts too: nothing printed has gone, nothing
        is acknowledged that HQ lacks, and HQ has nothing that nobody queued."""
        for recorder in self.recorders:
            recorder.remember()
        journal = self.journal()
        known = {line for recorder in self.recorders for line in recorder.known.values()}
        expect_none('at HQ twice', [line for line, count in journal.items() if count > 1])
        expect_none('at HQ and never queued', set(journal) - known)
        for recorder in self.recorders:
            expect_none('printed by add and not in the store',
                        recorder.printed - set(recorder.known))
            expect_none('acknowledged and not at HQ',
                        [line for line in recorder.lines()
                         if line.state == ACKNOWLEDGED and line.bytes not in journal])
        return journal, known

    def check(self, quarantined=0, forks=False):
        """What must hold once the fault has gone and all was pushed. `quarantined`: how many lines
        HQ could not take; `forks`: whether a tablet may have become another device."""
        journal, known = self.check_promises()
        aside = self.quarantine()
        expect_none('queued and not at HQ', known - set(journal) - aside)
        lines = [line for recorder in self.recorders for line in recorder.lines()]
        expect_none('waiting still', [line for line in lines if line.state == QUEUED])
        refused = [line for line in lines if line.state == QUARANTINED]
        expect_none('in quarantine here and not at HQ',
                    [line for line in refused if line.bytes not in aside])
        if len(refused) != quarantined:
            raise Difference(f'{len(refused)} in quarantine instead of {quarantined}: {refused[:5]}')
        for recorder in self.recorders:
            if not forks and recorder.setting('device_id') != recorder.device_id:
                raise Difference(f'{recorder.device_id} became {recorder.setting("device_id")}')
            self.check_digest(recorder)

    def check_digest(self, recorder):
        """HQ's digest is that of the tablet's notes, and the notes are those of its lines."""
        notes = query(recorder.file, 'SELECT seq, sha256 FROM notes WHERE NOT is_lost ORDER BY seq')
        bytes_of = {line.seq: line.bytes for line in recorder.lines()}
        expect_none('noted otherwise than they are',
                    [seq for seq, noted in notes
                     if seq in bytes_of and sha256(bytes_of[seq]) != noted.hex()])
        reply = self.hq.request(
            'GET', f'/v1/devices/{recorder.setting("device_id")}/digest?from=1&to={LAST_SEQ}',
            headers={'Authorization': f'Bearer {recorder.setting("token")}'})
        own = {'epoch': recorder.setting('epoch'), 'count': len(notes),
               'high_seq': max((seq for seq, _ in notes), default=0),
               'sha256': sha256(b''.join(noted for _, noted in notes))}
        if reply.json() != own:
            raise Difference(f'the digests differ: {reply.json()} at HQ, {own} on the tablet')

    def check_whole(self, quarantined=0, forks=False):
        """The same, and what each side's own commands say."""
        self.check(quarantined, forks)
        self.hq.must('verify')
        self.check_export(forks)
        for recorder in self.recorders:
            done = recorder.tablet.run('verify')
            if done.returncode != DONE:
                raise Difference(f'the tablet is not sound: {done.stderr}')
            self.check_shown(recorder)

    def check_export(self, forks):
        """HQ's export has each record once, as its highest revision; `export` raises where an id
        stands there twice."""
        rows = query(self.file, 'SELECT id, MAX (rev), device_id FROM journal'
                                ' JOIN devices ON devices.n = journal.device GROUP BY id')
        exported = {(name, each['rev'], each['device_id']) for name, each in self.hq.export().items()}
        expect_none('not exported as they are held', set(rows) ^ exported)
        if forks:
            return
        owners = {key[0]: recorder.device_id for recorder in self.recorders
                  for key in recorder.known}
        expect_none('exported as another tablet\'s',
                    [row for row in rows if owners[row[0]] != row[2]])

    def check_shown(self, recorder):
        """`journal` shows every line with what became of it, and why HQ could not take it."""
        done = recorder.tablet.run('journal')
        shown = [json.loads(line) for line in done.stdout.split('\n')[:-1]]
        states = Counter(each['state'] for each in shown)
        names = 'queued', 'acknowledged', 'quarantined'
        held = Counter(names[line.state] for line in recorder.lines())
        if states != held:
            raise Difference(f'journal shows {states}, and the store holds {held}')
        expect_none('in quarantine without a reason',
                    [each for each in shown
                     if each['state'] == 'quarantined' and not each.get('reason')])
