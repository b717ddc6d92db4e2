# SPDX-License-Identifier: GPL-3.0-or-later
"""The key figures, counted again from the lines that were sent."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from records import MAXIMA

PARIS = ZoneInfo('Europe/Paris')
FAMILIES = ('enfant', 'parent_famille')
PROCESSES = {'espace_public': 'espace_public', 'bureau_poste': 'bureau_poste'}


def present_state(lines):
    """The highest revision of each record, withdrawn ones left out."""
    states = {}
    for line in lines:
        if line['rev'] >= states.get(line['id'], line)['rev']:
            states[line['id']] = line
    return [line for line in states.values() if not line.get('deleted')]


def day_of(line):
    """The day in Paris that a record belongs to, as text; a flow belongs to its slot."""
    when = line['data']['slot'] if line['type'] == 'flow' else line['at']
    return datetime.fromisoformat(when).astimezone(PARIS).date().isoformat()


def process_of(data):
    if data['channel'] == 'telephone':
        return 'telephone_familles' if data['public'] in FAMILIES else 'telephone_habitants'
    return PROCESSES.get(data['channel'], 'autre')


def count_flow(slots):
    """Counters add up over slots and tablets; maxima take the greatest."""
    totals = {}
    for line in slots:
        for code, count in line['data']['counts'].items():
            before = totals.get(code, 0)
            totals[code] = max(before, count) if code in MAXIMA else before + count
    return totals


def count(lines, first=None, last=None):
    """All the figures; `first` and `last` are days in Paris, both counted in."""
    records = [line for line in present_state(lines)
               if (first is None or first <= day_of(line)) and
               (last is None or day_of(line) <= last)]
    by_type = {kind: [line for line in records if line['type'] == kind]
               for kind in ('contact', 'referral', 'flow', 'observation')}
    met = [line['data'] for line in by_type['contact'] if line['data']['people'] > 0]
    return {
        'interventions': len(met),
        'attempts': len(by_type['contact']) - len(met),
        'people': sum(data['people'] for data in met),
        'referrals': len(by_type['referral']),
        'flow': count_flow(by_type['flow']),
        'by_process': Counter(process_of(data) for data in met),
        'by_channel': Counter(data['channel'] for data in met),
        'by_register': Counter(data['register'] for data in met),
        'by_theme': Counter(theme for data in met for theme in data.get('themes', [])),
        'by_result': Counter(data['result'] for data in met if 'result' in data),
        'referrals_by_status': Counter(line['data']['status'] for line in by_type['referral']),
        'observations': len(by_type['observation']),
    }


def comparable(figures):
    """Figures without what is nought, so that a code left out equals a code at nought."""
    return {name: {code: n for code, n in figures[name].items() if n}
            if isinstance(figures[name], dict) else figures[name]
            for name in count([])}
