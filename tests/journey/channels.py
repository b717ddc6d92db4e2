# SPDX-License-Identifier: GPL-3.0-or-later
"""A contact in each channel that is recorded by tiles: channels.py DIR [WIDTHxHEIGHT]

With HQ down: a shift in each channel, begun, one contact of three taps, ended. Then the last shift is resumed, people are
counted by age, a contact is recorded like the one before, something out of order is reported, and a contact is taken back
right after it was saved, and saved otherwise. HQ's campaign of the moment is shown, and on every contact. It counts the taps,
lets the app send, and compares HQ's export with what was pressed. Exits non-zero if anything differs."""

import contextlib
import datetime
import json
import sqlite3
import subprocess
import sys

import consent
import screen
import tour

PLACE = "Monod - Baratin - Cacard"
CONTACT_TAPS = 3  # PRODUCT: three taps from the shift to a saved contact
REFERRAL_TAPS = 6
ELSEWHERE = "Minguettes - Clochettes"
MOVED = 7  # lines: the shift, four contacts, a referral and an observation

# The channel, the tile, the one choice, and what HQ is to hold of it besides the channel and one person.
CONTACTS = [
    ("Espace public", "Présence active", "Isolement",
     {"register": "presence_active", "public": "habitant", "themes": ["isolement"], "setting": "rue_place",
      "origin": "aller_vers"}),
    ("École", "Conflit", "Harcèlement",
     {"register": "situations_conflictuelles", "public": "enfant", "school_themes": ["harcelement"],
      "setting": "ecole_college"}),
    ("Habitat", "Conflit", "Voisinage",
     {"register": "situations_conflictuelles", "public": "habitant", "themes": ["conflit_voisinage"],
      "setting": "hall_parties_communes"}),
    ("Chantier", "Sensibiliser", "Cadre de vie",
     {"register": "informer_sensibiliser", "public": "habitant", "themes": ["cadre_de_vie"], "setting": "chantier",
      "campaign": "canicule"}),
    ("Établissement", "Présence active", "Tranquillité",
     {"register": "presence_active", "public": "usager_espace", "themes": ["tranquillite"]}),
    ("Permanence", "Incompréhension", "Numérique",
     {"register": "lever_incomprehensions", "public": "habitant", "themes": ["numerique"],
      "setting": "equipement_public", "origin": "demande_usager"}),
    ("Visite à domicile", "Mise en relation", "Santé",
     {"register": "mise_en_relation", "public": "habitant", "themes": ["sante"], "setting": "domicile"}),
]
CAMPAIGN = "Canicule\u202f: vigilance orange"
CAMPAIGN_CHIP = "Campagne\u202f: " + CAMPAIGN
SAY = "Rappeler l’eau, les lieux frais, les voisins isolés"
NOTE = "banc cassé"
CODES = {"Espace public": "espace_public", "École": "ecole", "Habitat": "habitat", "Chantier": "chantier",
         "Établissement": "etablissement", "Permanence": "permanence", "Visite à domicile": "domicile"}


class Channels(consent.Consent):
    verdict = "HQ holds what was recorded in each channel, by as many taps as promised"

    def __init__(self, pictures):
        super().__init__(pictures)
        self.taps = []
        self.lines = 0
        self.waiting = 0
        self.wanted = []

    def enrol(self):
        """HQ has a campaign that runs today; the tablet has fetched it."""
        self.hq.start()
        self.hq.stop()
        today = datetime.date.today()
        campaign = {"code": "canicule", "label_fr": CAMPAIGN, "label_en": "Heat wave", "say_fr": SAY,
                    "from": str(today - datetime.timedelta(days=2)), "to": str(today + datetime.timedelta(days=2))}
        with contextlib.closing(sqlite3.connect(self.folder / "hq" / "hq.db")) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1, '$.campaigns',"
                          " json (?)) FROM lists ORDER BY version DESC LIMIT 1", (json.dumps([campaign]),))
        self.hq.start()
        code = self.hq.ask("code").strip()
        for words in (["enrol", self.hq.address, code], ["push"]):
            subprocess.run([tour.CTL, "--store", self.tablet, *words], check=True)
        self.hq.stop()

    def press(self, *names):
        """Presses one after the other, each found by scrolling, which is no tap; returns how many taps that was."""
        for name in names:
            self.app.scroll_press(name, "push button" if name in CODES else None)
        return len(names)

    def saved(self, records=1, lines=1):
        """What was corrected makes another line, and is one record."""
        self.lines += lines
        self.waiting += records
        self.see_queue(self.lines, self.waiting)

    def save(self, records=1):
        """Saves the form, and puts the offer to take that back away."""
        self.app.press("Enregistrer")
        self.saved(records, records)
        self.app.press("Fermer ce message")
        screen.wait_for("a page without the offer", lambda: self.find_offer() is None)
        self.wait_gone(["Fiche enregistrée"])

    def find_offer(self):
        """Its button; GTK 4.8 names it by its label twice."""
        return self.app.find("Annuler") or self.app.find("Annuler Annuler")

    def count_taps(self, what, taps, most):
        self.say(f"{what}: {taps} taps")
        self.taps.append((what, taps, most))

    def begin(self, channel):
        self.press(channel)
        self.app.press(PLACE)
        self.saved()

    def end(self):
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.saved(records=0)

    def record(self, channel, tile, choice, data):
        taps = self.press(tile, choice)
        self.picture(f"fiche-{CODES[channel]}")
        self.save()
        self.count_taps(f"a contact, {channel}", taps + 1, CONTACT_TAPS)
        self.want(**data, channel=CODES[channel], people=1)

    def want(self, **data):
        self.wanted.append(data)

    def record_all(self):
        self.open_app()
        self.app.see("Espace public")
        self.app.see(SAY)
        self.picture("canaux")
        for number, (channel, *contact) in enumerate(CONTACTS):
            self.begin(channel)
            if number < 2:
                self.picture(f"tuiles-{CODES[channel]}")
            self.record(channel, *contact)
            self.end()

    def resume(self):
        """The last shift once more, by one tap; its people are counted by age, which raises them."""
        taps = self.press("Reprendre")
        self.saved()
        self.count_taps("a shift, resumed", taps, 1)
        self.press("Présence active", CAMPAIGN_CHIP, "Par âge et genre")
        self.press(*["Un de plus\u202f: 12 – 17 ans"] * 2)
        self.picture("ages")
        self.save()
        self.want(channel="domicile", register="presence_active", public="habitant", people=2, ages={"12_17": 2},
                  setting="domicile", campaign="canicule")

    def repeat(self):
        """Like the one before, by one tap and one more."""
        taps = self.press("Comme le précédent")
        self.save()
        self.count_taps("a contact like the one before", taps + 1, 2)
        self.wanted.append(self.wanted[-1])

    def correct(self):
        """The last contact was with one more."""
        taps = self.press("Corriger la dernière fiche", "Une personne de plus")
        self.picture("corriger-la-derniere")
        self.app.press("Enregistrer")
        self.saved(records=0)
        self.count_taps("the last record corrected", taps + 1, 3)
        self.wanted[-1] = self.wanted[-1] | {"people": 3}

    def refer(self):
        taps = self.press("Incompréhension", "Orienter vers une structure")
        self.app.see("Chercher une structure")
        taps += self.press(tour.STRUCTURE, "Ajouter à la fiche")
        self.save(records=2)
        self.count_taps("a contact with a referral", taps + 1, REFERRAL_TAPS)
        self.want(channel="domicile", register="lever_incomprehensions", public="habitant", people=1, actions=["orientation"],
                  result="oriente", setting="domicile")

    def report(self):
        taps = self.press("Problème technique", "Éclairage")
        self.picture("signaler")
        self.save()
        self.count_taps("an observation", taps + 1, CONTACT_TAPS)

    def take_back(self):
        """A contact is saved with a note and taken back: its form is there again, with the note, and is saved otherwise."""
        self.press("Conflit", "Bruit / hygiène", "Temps réel")
        self.type_into(consent.NOTE, NOTE)
        self.app.press("Enregistrer")
        self.saved()
        self.picture("fiche-enregistree")
        x, y, width, height = screen.wait_for("an offer to take that back", self.find_offer)
        self.app.tap(x + width // 2, y + height // 2)
        self.app.see("Enregistrer")
        # The form is in front of what tells of the queue.
        self.lines += 1
        self.wait_queued(self.lines)
        self.picture("reprise")
        self.app.scroll_press("Une personne de plus")
        self.save()
        self.want(channel="domicile", register="situations_conflictuelles", public="habitant", people=2,
                  themes=["nuisances"], conflict_mode="temps_reel", setting="domicile")

    def move(self):
        """The last shift was elsewhere, and so was what was recorded in it."""
        self.app.press("Journal", "page tab")
        self.press("Service · Visite à domicile")
        self.app.scroll_press("Corriger")
        self.app.see("Où était ce service\u202f?")
        self.app.press("Chercher un lieu")
        self.app.write("minguettes")
        self.picture("deplacer")
        self.app.press(ELSEWHERE)
        self.lines += MOVED
        self.wait_queued(self.lines)
        self.go_back()

    def send(self):
        self.hq.start()
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)

    def compare(self):
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        contacts = [record for record in records if record["type"] == "contact"]
        found = [record for record in contacts if not record.get("deleted")]
        yield from tour.expect("contacts withdrawn", len(contacts) - len(found), 1)
        yield from tour.expect("contacts", len(found), len(self.wanted))
        for record, wanted in zip(found, self.wanted):
            yield from tour.expect(f"a contact in {wanted['channel']}", record["data"], wanted)
        shift = max((record for record in records if record["type"] == "shift"), key=lambda record: record["at"])
        moved = [record for record in records if record["place"] == shift["place"]]
        yield from tour.expect("what is elsewhere", sorted(record["type"] for record in moved),
                               ["contact"] * 4 + ["observation", "referral", "shift"])
        yield from tour.expect("who has a note", [record["has_private"] for record in found],
                               [False] * (len(self.wanted) - 1) + [True])
        yield from tour.expect("observations", [record["data"] for record in records if record["type"] == "observation"],
                               [{"kind": "veille", "subject": "eclairage", "setting": "domicile"}])
        for what, taps, most in self.taps:
            if taps > most:
                yield f"{what}: {taps} taps, {most} are promised"

    def go_through(self):
        self.enrol()
        self.record_all()
        self.resume()
        self.repeat()
        self.correct()
        self.refer()
        self.report()
        self.take_back()
        self.move()
        self.send()
        return list(self.compare())


if __name__ == "__main__":
    sys.exit(tour.main(Channels))
