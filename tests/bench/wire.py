# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes on the wire: a mediator's day of 60 records, made and pushed with altm-fieldctl through a
relay that counts what goes by in each direction, heads and bodies, request by request."""

import json
import random
import socket
import subprocess
import threading
import uuid
from datetime import datetime, timedelta, timezone

QPV = 'QN06913M'
OFFICE = '12945A'
PARIS_WINTER = timezone(timedelta(hours=1))
COUNTS = {'contact': 40, 'flow': 12, 'referral': 4, 'observation': 3}  # and the shift

CHOICES = {
    'register': ['presence_active', 'veille_sociale_technique', 'situations_conflictuelles',
                 'mise_en_relation', 'lever_incomprehensions', 'informer_sensibiliser'],
    'origin': ['aller_vers', 'demande_usager', 'demande_partenaire'],
    'public': ['habitant', 'groupe_jeunes', 'senior', 'parent_famille', 'commercant',
               'client_poste', 'usager_espace'],
    'setting': ['rue_place', 'hall_parties_communes', 'parc_square', 'abords_ecole',
                'bureau_poste', 'commerce'],
    'themes': ['acces_droits', 'numerique', 'logement', 'budget', 'sante', 'conflit_usage',
               'nuisances', 'isolement', 'cadre_de_vie', 'postal_bancaire'],
    'actions': ['ecoute', 'information', 'orientation', 'aide_demarche', 'aide_numerique',
                'rappel_regle', 'mediation_conflit'],
    'result': ['resolu', 'apaise', 'informe', 'oriente', 'en_cours', 'sans_suite'],
    'age': ['12_17', '18_24', '25_39', '40_59', '60_69', '70_plus'],
    'gender': ['femme', 'homme'],
    'structure_type': ['ccas', 'caf', 'cpam', 'france_services', 'bailleur', 'centre_social'],
    'veille': ['eclairage', 'proprete', 'ascenseur', 'mobilier_urbain'],
}


class Day:
    """The records of one day, in the order in which they were made."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.start = datetime(2026, 3, 3, 9, 2, 11, 318000, PARIS_WINTER)
        self.shift = self.uuid7(self.start)

    def uuid7(self, when):
        """As the tablet makes them; the day is made before it, so that records can refer."""
        value = int(when.timestamp() * 1000) << 80 | self.random.getrandbits(80)
        value = value & ~(0xf << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return str(uuid.UUID(int=value))

    def pick(self, name):
        return self.random.choice(CHOICES[name])

    def some(self, name, most):
        return self.random.sample(CHOICES[name], self.random.randint(1, most))

    def contact(self):
        people = self.random.choice([1, 1, 1, 1, 2, 2, 3, 5])
        data = {'channel': 'espace_public', 'register': self.pick('register'),
                'public': self.pick('public'), 'people': people}
        optional = {
            'origin': lambda: self.pick('origin'), 'setting': lambda: self.pick('setting'),
            'themes': lambda: self.some('themes', 3), 'actions': lambda: self.some('actions', 3),
            'result': lambda: self.pick('result'),
            'ages': lambda: {self.pick('age'): people},
            'genders': lambda: {self.pick('gender'): people},
            'minutes': lambda: 5 * self.random.randint(1, 9)}
        chances = {'origin': .6, 'setting': .4, 'themes': .9, 'actions': .8, 'result': .8,
                   'ages': .3, 'genders': .3, 'minutes': .3}
        data.update((name, make()) for name, make in optional.items()
                    if self.random.random() < chances[name])
        return data

    def referral(self):
        data = {'structure_type': self.pick('structure_type'), 'theme': self.pick('themes'),
                'mode': self.random.choice(['information_simple', 'rdv_pris', 'fiche_liaison']),
                'status': 'proposee', 'consent': self.random.random() < .5,
                'reference': ''.join(self.random.choices('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', k=4))}
        return {'contact': self.last_contact, **data} if self.last_contact else data

    def observation(self):
        return {'kind': 'veille', 'subject': self.pick('veille'),
                'urgency': self.random.choice(['jour', 'normale']),
                'where': self.random.choice(['allée 3', 'place Mazagran', 'entrée du parc'])}

    def flow(self, when):
        start = when.astimezone(timezone.utc)
        start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
        counts = {'entres': self.random.randint(8, 60), 'colis': self.random.randint(1, 15),
                  'courrier': self.random.randint(1, 20), 'banque': self.random.randint(0, 9),
                  'file_max': self.random.randint(1, 14)}
        return {'office': OFFICE, 'slot': start.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'counts': {code: count for code, count in counts.items() if count}}

    def records(self):
        """60 inputs of `altm-fieldctl add`, seven hours of them."""
        kinds = [kind for kind, count in COUNTS.items() for _ in range(count)]
        self.random.shuffle(kinds)
        self.last_contact = None
        when = self.start
        yield self.record('shift', when, self.shift, {'channel': 'espace_public'}, shift=None)
        slot = self.start
        for kind in kinds:
            when += timedelta(seconds=self.random.randint(60, 780),
                              milliseconds=self.random.randint(0, 999))
            identity = self.uuid7(when)
            if kind == 'flow':
                data = self.flow(slot)
                slot += timedelta(minutes=15)
            else:
                data = getattr(self, kind)()
            if kind == 'contact':
                self.last_contact = identity
            yield self.record(kind, when, identity, data, shift=self.shift)

    def record(self, kind, when, identity, data, shift):
        record = {'type': kind, 'id': identity, 'at': when.isoformat(timespec='milliseconds'),
                  'by': 'm-17', 'place': OFFICE if kind == 'flow' else QPV, 'data': data}
        return {**record, 'shift': shift} if shift else record


class Relay:
    """Passes one connection after the other on to HQ; notes each exchange with its sizes."""

    def __init__(self, port):
        self.target = ('127.0.0.1', port)
        self.exchanges = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        with client, socket.create_connection(self.target) as hq:
            requests, answers = client.makefile('rb'), hq.makefile('rb')
            while True:
                request = read_message(requests)
                if not request:
                    return
                hq.sendall(request)
                answer = read_message(answers)
                self.exchanges.append((request, answer))
                client.sendall(answer)

    def close(self):
        self.listener.close()


def read_message(stream):
    """One HTTP message, head and body, as its bytes; empty at the end of the connection."""
    head = b''
    length = 0
    while not head.endswith(b'\r\n\r\n'):
        line = stream.readline()
        if not line:
            return b''
        head += line
        name, _, value = line.partition(b':')
        if name.lower() == b'transfer-encoding':
            raise ValueError('a message without a length')
        if name.lower() == b'content-length':
            length = int(value)
    return head + stream.read(length)


def run_fieldctl(program, store, *arguments, data=None):
    done = subprocess.run([program, '--store', store, *arguments], input=data, text=True,
                          capture_output=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f'altm-fieldctl {arguments[0]} ended with {done.returncode}: '
                         f'{done.stderr}')
    return done.stdout


def measure(fieldctl, hq, folder, seed=5):
    """One day, one push. Returns the sizes, in bytes."""
    store = folder / 'tablet'
    relay = Relay(hq.port)
    try:
        run_fieldctl(fieldctl, store, 'enrol', f'http://127.0.0.1:{relay.port}', hq.code())
        # The ids are the day's own; the tablet takes them as those of records made elsewhere.
        day = list(Day(seed).records())
        text = ''.join(json.dumps(record, ensure_ascii=False) + '\n' for record in day)
        run_fieldctl(fieldctl, store, 'add', data=text)
        relay.exchanges.clear()
        said = json.loads(run_fieldctl(fieldctl, store, 'push'))
    finally:
        relay.close()
    if said['stored'] != len(day) or said['queued'] != 0:
        raise SystemExit(f'the push took {said}')
    batches = [each for each in relay.exchanges if each[0].startswith(b'PUT') and b'/batches/' in
               each[0].split(b'\r\n', 1)[0]]
    if len(batches) != 1:
        raise SystemExit(f'{len(batches)} batches instead of one')
    request, answer = batches[0]
    head = request.index(b'\r\n\r\n') + 4
    everything = sum(len(request) + len(answer) for request, answer in relay.exchanges)
    return {'records': len(day), 'request': len(request), 'request_head': head,
            'request_body': len(request) - head, 'answer': len(answer), 'push_all': everything,
            'request_per_record': len(request) / len(day),
            'both_per_record': (len(request) + len(answer)) / len(day)}
