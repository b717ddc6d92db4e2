#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every figure of HQ's, counted again from its NDJSON export alone.

    altm-field-hq --store DIR export | tests/protocol/recount.py [FROM TO]

prints what `figures --json` and the console's figures have to say of these days. It knows nothing of HQ's code: what it
goes by are PRODUCT's words, as tally.py has them, and the export's own fields.
"""

import json
import sys
from collections import Counter
from datetime import date, datetime, timedelta

import tally
from tally import PARIS

LONGEST_SHIFT = 12 * 60
# Figures by the codes of a field, of interventions and of observations.
OF_MET = {
    'by_origin': 'origin', 'by_public': 'public', 'by_setting': 'setting', 'by_school_theme': 'school_themes',
    'by_action': 'actions', 'by_conflict_mode': 'conflict_mode', 'by_campaign': 'campaign', 'by_age': 'ages',
    'by_gender': 'genders',
}
OF_OBSERVATIONS = {'by_kind': 'kind', 'by_subject': 'subject'}


def read(lines):
    """The records of an export that count. A referral's status is the one that HQ knows."""
    records = [json.loads(line) for line in lines if line.strip()]
    for record in records:
        if 'counted_at' in record:
            record['at'] = record['counted_at']
        if 'status' in record:
            record['data'] = {**record['data'], 'status': record['status']}
    return [record for record in records if not record.get('uncounted')]


def moment(text):
    return datetime.fromisoformat(text).astimezone(PARIS)


def time_of(record):
    return moment(record['data']['slot'] if record['type'] == 'flow' else record['at'])


def place_of(record):
    return record['data'].get('office') or record.get('place') or ''


def channel_of(record, contacts):
    """Of a referral, that of the contact that it came out of."""
    if record['type'] == 'flow':
        return 'bureau_poste'
    if record['type'] == 'referral':
        record = contacts.get(record['data'].get('contact'), {'data': {}})
    return record['data'].get('channel', '')


def choose(records, place=None, channel=None, team=None):
    """Those of a place, a channel, a team. Withdrawn ones say when a shift was still going on, no more."""
    present = tally.present_state(records)
    contacts = {record['id']: record for record in present if record['type'] == 'contact'}
    return [record for record in present
            if (place is None or place_of(record) == place) and
            (channel is None or channel_of(record, contacts) == channel) and
            (team is None or record.get('team', '') == team)]


def codes_of(value):
    """A field's codes, each with how much it counts."""
    if isinstance(value, dict):
        return value
    return {code: 1 for code in (value if isinstance(value, list) else [value])}


def by_codes(datas, field):
    counted = Counter()
    for data in datas:
        if field in data:
            counted.update(codes_of(data[field]))
    return counted


def count_shifts(shifts, ends):
    """Minutes by the clock; a forgotten shift ends with its last record."""
    figures = Counter(number=0, minutes=0, mediator_minutes=0)
    for shift in shifts:
        began, data = time_of(shift), shift['data']
        ended = moment(data['ended']) if 'ended' in data else ends.get(shift['id'], began)
        minutes = int((ended - began).total_seconds() // 60)
        minutes = max(0, min(LONGEST_SHIFT, minutes))
        figures.update(number=1, minutes=minutes, mediator_minutes=minutes * (1 + len(data.get('partners', []))))
    return figures


def find_ends(records):
    ends = {}
    for record in records:
        if 'shift' in record:
            when = moment(record['at']) if 'data' not in record else time_of(record)
            ends[record['shift']] = max(ends.get(record['shift'], when), when)
    return ends


def count_clients(slots):
    """An hour of the week in which nobody counted has no number: it is not nought."""
    offices, hours = Counter(), [None] * (7 * 24)
    for slot in slots:
        clients, when = slot['data']['counts'].get('entres', 0), time_of(slot)
        offices[place_of(slot)] += clients
        hour = 24 * when.weekday() + when.hour
        hours[hour] = (hours[hour] or 0) + clients
    return offices, hours


def monday_of(day):
    return day - timedelta(days=day.weekday())


def count_weeks(met, first, last):
    """Whole weeks that the days touch, each beside the same week 52 weeks earlier; weeks with nothing are left out."""
    weeks = Counter(monday_of(time_of(record).date()) for record in met)
    begin, end = monday_of(date.fromisoformat(first)), date.fromisoformat(last)
    found = {}
    while begin <= end:
        pair = (weeks[begin], weeks[begin - timedelta(weeks=52)])
        if any(pair):
            found[begin.isoformat()] = pair
        begin += timedelta(weeks=1)
    return found


def is_met(record):
    return record['type'] == 'contact' and record['data'].get('result') != 'injoignable'


def is_within(record, first, last):
    day = time_of(record).date().isoformat()
    return (first is None or first <= day) and (last is None or day <= last)


def count(records, first=None, last=None, **choice):
    """All that the console says of these days, but for what is of tablets."""
    ends = find_ends(records)
    chosen = choose(records, **choice)
    inside = [record for record in chosen if is_within(record, first, last)]
    of_type = {kind: [record for record in inside if record['type'] == kind] for kind in ('shift', 'flow', 'observation')}
    met = [record for record in inside if is_met(record)]
    offices, hours = count_clients(of_type['flow'])
    places = Counter(place_of(record) for record in met)
    figures = {
        **tally.count(inside, first, last),
        **{name: by_codes([record['data'] for record in met], field) for name, field in OF_MET.items()},
        **{name: by_codes([record['data'] for record in of_type['observation']], field)
           for name, field in OF_OBSERVATIONS.items()},
        'minutes': sum(record['data'].get('minutes', 0) for record in met),
        'slots': len(of_type['flow']),
        'shifts': count_shifts(of_type['shift'], ends),
        # A neighbourhood's code begins so; no other place's does.
        'qpv': {'in': sum(n for place, n in places.items() if place.startswith('QN')), 'of': len(met)},
        'by_place': places, 'clients_by_office': offices, 'clients_by_hour': hours,
    }
    if first and last:
        figures['weeks'] = count_weeks(list(filter(is_met, chosen)), first, last)
    return figures


def comparable(figures):
    """Without what is nought, of what HQ says and of what is counted here alike."""
    kept = {}
    for name in (*count([]), *(['weeks'] if 'weeks' in figures else [])):
        value = figures[name]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            value = {week['from']: (week['interventions'], week['before']) for week in value
                     if week['interventions'] or week['before']}
        kept[name] = {code: n for code, n in value.items() if n} if isinstance(value, dict) else value
    return kept


if __name__ == '__main__':
    print(json.dumps(count(read(sys.stdin), *sys.argv[1:3]), ensure_ascii=False, default=str))
