# SPDX-License-Identifier: GPL-3.0-or-later
"""What is preloaded into the programs: failing calls (fault.c), and a clock that is wrong (libfaketime).

A program that is started within `with fault.preloaded():` carries fault.so. What it does then is
said, and may be changed while the program runs, with `arm` and `trace`.
"""

import errno
import glob
import os
import shutil
import struct
import tempfile
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from hq import BUILD

LIBRARY = BUILD / 'tests' / 'faults' / 'fault.so'
LAYOUT = struct.Struct('=qqqiiii256s256s')
NONE, KILL_BEFORE, KILL_AFTER, FAIL_ONCE, FAIL_ON, SHORT, SLOW = range(7)
NO_SPACE, BROKEN = errno.ENOSPC, errno.EIO

# The calls that change a file, and those by which a program hears and speaks.
WRITES = ('write', 'pwrite64', 'ftruncate64', 'fdatasync', 'fsync', 'unlink', 'rename', 'open64')
READS = ('read', 'pread64')
SOCKETS = ('connect', 'accept', 'send', 'sendmsg', 'recv', 'recvmsg')

Call = namedtuple('Call', 'number name target head')


class Fault:
    """What fault.so is to do to one program."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix='altm-fault-'))
        self.file = self.folder / 'control'
        self.disarm()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def preloaded(self):
        """Within it, programs are started with fault.so."""
        with mock.patch.dict(os.environ, {'LD_PRELOAD': str(LIBRARY), 'ALTM_FAULT': str(self.file)}):
            yield

    def arm(self, at, action, functions=(), targets=(), error=0, traced=False, memory=False):
        """From now on calls are counted, and at the one with this number it happens."""
        names = ''.join(f' {name} ' for name in functions).encode()
        parts = ''.join(f'{part}\n' for part in targets).encode()
        data = LAYOUT.pack(at, 0, 0, action, error, traced, memory, names, parts)
        with self.file.open('r+b' if self.file.exists() else 'w+b') as file:
            file.write(data.ljust(4096, b'\0'))

    def disarm(self):
        self.arm(0, NONE)

    def count(self, functions=(), targets=(), memory=False):
        """Nothing happens, and calls are counted from now on."""
        self.arm(0, NONE, functions, targets, memory=memory)

    def trace(self, functions=(), targets=()):
        """Nothing happens, and each call is written down from now on."""
        self._trace().write_bytes(b'')
        self.arm(0, NONE, functions, targets, traced=True)

    def _trace(self):
        return self.folder / 'control.trace'

    def _field(self, number):
        return LAYOUT.unpack(self.file.read_bytes()[:LAYOUT.size])[number]

    @property
    def seen(self):
        return self._field(1)

    @property
    def happened(self):
        return self._field(2)

    def calls(self):
        """What was traced, in the order of the calls' numbers."""
        lines = self._trace().read_text(errors='replace').split('\n')[:-1]
        return sorted(Call(int(number), name, target, head) for number, name, target, head in
                      (line.split('\t', 3) for line in lines))


@contextmanager
def clock(offset, **environment):
    """Within it, programs are started with a clock that is wrong by so much (`+20y`, `-3d`), or
    that began to run at a given time (`@2038-01-19 03:14:00`, of the program's zone)."""
    library = next(iter(glob.glob('/usr/lib/*/faketime/libfaketimeMT.so.1')))
    with mock.patch.dict(os.environ, {
            'LD_PRELOAD': library, 'FAKETIME': offset, 'FAKETIME_DONT_FAKE_MONOTONIC': '1',
            'DONT_FAKE_MONOTONIC': '1', **environment}):
        yield


def spread(total, most):
    """Numbers from 1 to `total`: all of them, or so many spread evenly, both ends included."""
    if total <= most:
        return list(range(1, total + 1))
    return sorted({1 + round(step * (total - 1) / (most - 1)) for step in range(most)})
