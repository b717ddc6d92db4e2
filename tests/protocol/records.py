# SPDX-License-Identifier: GPL-3.0-or-later
"""Records that are right, of each of the five types: the least that is allowed, and all of it."""

from datetime import datetime, timedelta, timezone

QPV = 'QN06913M'
OFFICE = '12945A'
OTHER_OFFICE = '12950A'
COMMUNE = 'insee:69266'
STRUCTURE = 'adil-69386-01'

# Values that are the greatest of what several tablets saw; all other counters are added up.
MAXIMA = ('file_max', 'attente_max_min')


def contact(**fields):
    return {'channel': 'espace_public', 'register': 'presence_active', 'public': 'habitant',
            'people': 1, **fields}


def attempt(**fields):
    """A call that nobody answered: no intervention."""
    return contact(**{'channel': 'telephone', 'people': 0, 'result': 'injoignable', **fields})


def referral(**fields):
    data = {'status': 'proposee', 'consent': False, **fields}
    if 'structure' not in data:
        data.setdefault('structure_type', 'ccas')
    return data


def flow(slot='2026-03-02T09:15:00Z', office=OFFICE, **counts):
    return {'office': office, 'slot': slot, 'counts': counts or {'entres': 12}}


def observation(**fields):
    return {'kind': 'veille', 'subject': 'eclairage', **fields}


def shift(**fields):
    return {'channel': 'espace_public', **fields}


def quarter(when):
    """The quarter of an hour that a moment lies in, written as a flow's slot is."""
    when = when.astimezone(timezone.utc)
    start = when.replace(minute=when.minute // 15 * 15, second=0, microsecond=0)
    return start.strftime('%Y-%m-%dT%H:%M:%SZ')


def least(device):
    """One line of each type with nothing but what is required."""
    return [
        device.line('shift', shift(), place=QPV),
        device.line('contact', contact()),
        device.line('referral', referral()),
        device.line('flow', flow()),
        device.line('observation', observation()),
    ]


def whole(device):
    """One line of each type with every field that is known."""
    start = datetime.now(timezone.utc) - timedelta(hours=3)
    opened = device.line('shift', shift(
        ended=start.isoformat(timespec='milliseconds'), partners=['m-12', 'm-nobody']),
        place=QPV, by='m-17', lists=1)
    met = device.line('contact', WHOLE_CONTACT, place=QPV, by='m-17', shift=opened['id'], lists=1)
    return [
        opened, met,
        device.line('referral', {
            'contact': met['id'], 'structure': STRUCTURE, 'theme': 'logement',
            'mode': 'rdv_pris', 'status': 'acceptee', 'due': '2026-12-31', 'consent': True,
            'reference': 'K7F3'}, place=QPV, by='m-17', shift=opened['id']),
        device.line('flow', flow(slot=quarter(start), entres=40, colis=7, file_max=9,
                                 attente_max_min=14), place=OFFICE),
        device.line('observation', {
            'kind': 'incident', 'subject': 'altercation_file', 'what': 'bousculade à l’entrée',
            'where': 'devant le guichet 2', 'setting': 'bureau_poste', 'urgency': 'jour',
            'reported_to': 'police_municipale'}, place=OFFICE),
    ]


WHOLE_CONTACT = {
    'channel': 'espace_public', 'register': 'presence_active', 'origin': 'aller_vers',
    'public': 'groupe_mixte', 'people': 5, 'ages': {'12_17': 3, '40_59': 2},
    'genders': {'femme': 2, 'homme': 3}, 'setting': 'rue_place',
    'themes': ['logement', 'tranquillite', 'autre'],
    'school_themes': ['harcelement', 'decrochage'], 'conflict_mode': 'prevention',
    'actions': ['ecoute', 'information', 'rappel_regle', 'relance'], 'result': 'apaise',
    'minutes': 25,
}
