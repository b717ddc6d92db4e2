# SPDX-License-Identifier: GPL-3.0-or-later
"""200 bad clients at once, slow, endless, stalled and with bombs, directly at HQ; meanwhile good
tablets push, and what they wait and what memory HQ takes is measured."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import rush

BAD_CLIENTS = Path(__file__).resolve().parents[1] / 'protocol' / 'badclients.py'
KINDS = {'slow_head': 40, 'slow_body': 40, 'stalled_body': 60, 'slow_reader': 15,
         'endless_head': 15, 'endless_line': 10, 'endless_body': 15, 'bomb': 5}
LINES = 50
GOOD = 4  # tablets that push one batch after the other
PAUSE = 0.2


async def push_on(each, tablet, week, end, crowd):
    number = 0
    while time.monotonic() < end and crowd.poll() is None:
        tablet.pushes = []
        tablet.prepare(rush.make_lines(week, LINES, number * LINES), LINES)
        await each.run_tablet(tablet, 0)
        number += 1
        await asyncio.sleep(PAUSE)


async def push_all(each, tablets, seconds, crowd):
    end = time.monotonic() + seconds
    await asyncio.gather(*(push_on(each, tablet, week, end, crowd)
                           for tablet, week in zip(tablets, rush.weeks())))


def measure(hq, seconds):
    bad, *good = rush.enrol(hq, 1 + GOOD)
    command = [sys.executable, str(BAD_CLIENTS), str(hq.port), bad.device_id, bad.token,
               str(seconds), *(f'{kind}={count}' for kind, count in KINDS.items())]
    each = rush.Rush(hq.port)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crowd:
        try:
            asyncio.run(push_all(each, good, seconds, crowd))
            said = json.loads(crowd.stdout.read())
        finally:
            crowd.kill()
    return {'clients': sum(KINDS.values()), 'seconds': seconds, 'good': len(each.batch_seconds),
            'p50': rush.quantile(each.batch_seconds, .5),
            'p99': rush.quantile(each.batch_seconds, .99), 'most': max(each.batch_seconds),
            'asked_later': each.asked_later, 'hung_up': said['hung_up'],
            'peak_mib': rush.peak_mib(hq.process)}
