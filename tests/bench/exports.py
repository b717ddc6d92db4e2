# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ's exports: how long a year's workbook takes, and how much memory, beside a year of a tenth and of ten times as much."""

import os
import subprocess
import time

import network

YEAR = 35_000
FORMATS = (('xlsx',), ('csv', '--type', 'contact'), ('ndjson',))


def fill(program, hq, interventions):
    client = network.Hq(program, hq.store, hq.port)
    client.enrol()
    network.fill(client, network.Network(interventions, days=365))


def export(program, store, folder, *arguments):
    """Seconds and the most memory that it took, in MiB, of the command alone, and how many bytes came out."""
    path = folder / 'export'
    start = time.perf_counter()
    with path.open('wb') as output:
        command = subprocess.Popen([program, '--store', store, 'export', '--format', *arguments], stdout=output)
        _, status, usage = os.wait4(command.pid, 0)
    seconds = time.perf_counter() - start
    command.returncode = os.waitstatus_to_exitcode(status)
    if command.returncode != 0:
        raise SystemExit(f'export ended with {command.returncode}')
    return seconds, usage.ru_maxrss / 1024, path.stat().st_size


def measure(program, make_hq, folder, year=YEAR):
    """By the number of interventions, and the format."""
    found = {}
    for count in (year // 10, year, year * 10):
        work = folder / f'exports-{count}'
        work.mkdir()
        with make_hq(work) as hq:
            fill(program, hq, count)
            for arguments in FORMATS:
                found[count, arguments[0]] = export(program, hq.store, work, *arguments)
    return found
