# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page has to show, counted again from the lines that were sent; and what it shows, as numbers."""

import re
from collections import Counter
from datetime import datetime, timedelta

import tally

PROCESSES = ('telephone_habitants', 'telephone_familles', 'espace_public', 'bureau_poste')
THEIRS = ('telephone', 'espace_public', 'bureau_poste')
MAXIMA = ('file_max', 'attente_max_min')
# These are numbers on the page that are left out where they are nought.
CODES = ('by_channel', 'by_register', 'by_theme', 'referrals_by_status')


def place_of(line):
    return line['data']['office'] if line['type'] == 'flow' and 'data' in line else line.get('place')


def read(shown):
    """The page's figures as numbers, without what is nought in a week."""
    found = {}
    for name, text in shown.items():
        digits = re.sub(r'\D', '', text)
        number = int(digits) if digits else 0
        if number or not name.startswith('weeks/'):
            found[name] = number
    return found


def as_rounded(part):
    """As it is done in print: halves go up."""
    return int(part + 0.5)


def local(text):
    return datetime.fromisoformat(text).astimezone(tally.PARIS)


def count_codes(figures):
    counted = {f'by_process/{code}': figures['by_process'].get(code, 0) for code in PROCESSES}
    for name in CODES:
        counted.update({f'{name}/{code}': n for code, n in figures[name].items() if n})
    counted.update({f'other/by_channel/{code}': n for code, n in figures['by_channel'].items()
                    if n and code not in THEIRS})
    counted.update({f'flow/{code}': n for code, n in figures['flow'].items()
                    if n and code not in ('entres', *MAXIMA)})
    return counted


def count_clients(slots):
    counted = Counter()
    for line in slots:
        clients, slot = line['data']['counts'].get('entres', 0), local(line['data']['slot'])
        counted[f'clients_by_office/{line["data"]["office"]}'] += clients
        counted[f'clients_by_hour/{24 * slot.weekday() + slot.hour}'] += clients
    # An office to which nobody came is not told; an hour is, where somebody counted.
    return {name: n for name, n in counted.items() if n or name.startswith('clients_by_hour/')}


def is_met(line):
    return line['type'] == 'contact' and line['data']['people'] > 0


def count_weeks(present, first, last):
    """Interventions by week, whole weeks also at the period's edges."""
    counted = Counter()
    for line in filter(is_met, present):
        day = local(line['at']).date()
        monday = day - timedelta(days=day.weekday())
        if monday.isoformat() <= last and (monday + timedelta(days=6)).isoformat() >= first:
            counted[f'weeks/{monday.isoformat()}'] += 1
    return counted


def count_hours(shifts):
    minutes = sum((local(line['data']['ended']) - local(line['at'])).total_seconds() // 60
                  for line in shifts)
    return as_rounded(minutes / 60)


def count_qpv(met):
    inside = sum((line.get('place') or '').startswith('QN') for line in met)
    return as_rounded(100 * inside / len(met)) if met else 0


def count(lines, first, last):
    present = tally.present_state(lines)
    records = [line for line in present if first <= tally.day_of(line) <= last]
    figures = tally.count(lines, first, last)
    of_type = {kind: [line for line in records if line['type'] == kind]
               for kind in ('flow', 'shift')}
    return {
        **{name: figures[name] for name in ('interventions', 'attempts', 'people', 'referrals')},
        'clients': figures['flow'].get('entres', 0),
        'hours': count_hours(of_type['shift']),
        'qpv': count_qpv(list(filter(is_met, records))),
        **count_codes(figures), **count_clients(of_type['flow']),
        **count_weeks(present, first, last),
    }


def narrow(figures, place='', channel=''):
    """Without what can't be there for these choices: clients where there is no post office, and other channels."""
    def may_be(name):
        is_of_clients = name == 'clients' or name.startswith(('flow/', 'clients_by_'))
        if is_of_clients and (place or channel not in ('', 'bureau_poste')):
            return False
        if name.startswith('by_process/'):
            return name.split('/')[1].startswith(channel)
        return not (channel and name.startswith('by_channel/'))
    left = {name: n for name, n in figures.items() if not may_be(name)}
    assert not any(n for name, n in left.items() if not name.startswith('by_channel/')), left
    return {name: n for name, n in figures.items() if name not in left}
