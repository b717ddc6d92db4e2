# SPDX-License-Identifier: GPL-3.0-or-later
"""Taps on counters as fast as a pointer presses, on this disk and on one whose fsync takes 200 ms: the half day in a post
office, tests/journey/post_office.py, with the app of a release build."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

JOURNEY = Path(__file__).resolve().parents[1] / 'journey' / 'post_office.py'


def summarise(bursts):
    """Bursts while which the screen was read, too, are left out: reading it is work for the app."""
    longest = [burst['turns']['longest_ms'] for burst in bursts if not burst['samples']]
    return {'taps': sum(burst['taps'] for burst in bursts), 'syncs': sum(burst['syncs'] for burst in bursts),
            'late_s': max(burst['written_s'] - burst['clicked_s'] for burst in bursts),
            'middle_ms': statistics.median(longest), 'longest_ms': max(longest),
            'processor_ms': max(burst['turns']['longest_processor_ms'] for burst in bursts if not burst['samples']),
            'long': sum(burst['turns']['long'] for burst in bursts if not burst['samples'])}


def measure(build, folder):
    with (folder / 'log').open('w') as log:
        done = subprocess.run([sys.executable, str(JOURNEY), str(folder)], env={**os.environ, 'ALTM_BUILD': str(build)},
                              stdout=log, stderr=subprocess.STDOUT, timeout=1200, check=False)
    if done.returncode != 0:
        raise SystemExit((folder / 'log').read_text()[-2000:])
    bursts = json.loads((folder / 'figures.json').read_text())['taps']
    return {'this disk': summarise([burst for burst in bursts if burst['fsync_ms'] == 0]),
            'a disk of 200 ms an fsync': summarise([burst for burst in bursts if burst['fsync_ms']])}
