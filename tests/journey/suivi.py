# SPDX-License-Identifier: GPL-3.0-or-later
"""Referrals are followed up, with nobody watching: suivi.py DIR [WIDTHxHEIGHT]

It presses the app's own buttons. A contact with a referral is recorded and sent, the structure's card is
shown with its QR code, which is read from the picture of the screen; HQ sets a status, the tablet tells
it; the mediator sets another one with two taps, moves the day and chooses another structure. HQ's export is
then compared with what was pressed: the person's sealed name and the agreement are as they were. The app is
started again on the day on which the referral is due: it counts one, on its tab, on the start page and in one
notification. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import datetime
import json
import pathlib
import re
import sqlite3
import subprocess
import sys

import consent
import screen
import tour

NAME = "Introuvable"
NOTICE_HOUR = 8
OTHER = "Mairie - Villeurbanne"
LISTS = pathlib.Path(__file__).parents[2] / "data" / "reference"


def find_structure(name=tour.STRUCTURE):
    structures = json.loads((LISTS / "structures.json").read_text())["structures"]
    return next(structure for structure in structures if structure["name"] == name)


def make_vcard(structure):
    """The vCard (RFC 2426) of a structure, made by itself from the lists."""
    def escape(text):
        return re.sub(r"([\\;,])", r"\\\1", text)
    digits = re.sub(r"\D", "", structure["phone"])
    lines = ["BEGIN:VCARD", "VERSION:3.0", "N:;;;;", f"FN:{escape(structure['name'])}", f"ORG:{escape(structure['name'])}",
             f"ADR;TYPE=WORK:;;{escape(structure['address'])};{escape(structure['commune'])};;{structure['postcode']};",
             f"TEL;TYPE=WORK,VOICE:+33{digits[1:]}", "END:VCARD"]
    return "\n".join(lines)


def in_words(day):
    days = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    months = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
              "décembre")
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]}"


class Suivi(consent.Consent):
    verdict = "HQ and the tablet say the same of a referral, and its card can be read"

    def refer(self):
        """The taps of a contact with a referral, then the person's agreement and name."""
        self.app.press("Incompréhension")
        self.choose_structure()
        self.agree("La personne")
        self.type_into("Nom", NAME)
        self.show_card("carte-dans-la-fiche")
        self.add()
        self.app.press("Enregistrer")
        self.app.see("3 en attente. Ouvrir l’envoi.")
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.say("a contact with a referral")

    def show_card(self, picture):
        """The card before the person's eyes: its QR code says the structure's name, address and telephone."""
        self.app.scroll_press("Montrer à la personne")
        self.app.see("Pour vous")
        self.see_beginning(f"Code QR\u202f: nom, adresse et téléphone de {tour.STRUCTURE}")
        self.wheel(5)
        self.picture(picture)
        self.read_qr(self.pictures / f"{self.steps:02}-{picture}.png")
        self.app.press("Retour")

    def read_qr(self, picture):
        read = subprocess.run(["zbarimg", "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", picture],
                              check=False, capture_output=True, text=True).stdout
        found = read.replace("\r\n", "\n").strip()
        if found != make_vcard(find_structure()):
            raise screen.Missing(f"the structure's card in the QR code of {picture.name}: {found!r}")
        self.say("the QR code is read from the screen")

    def set_status(self, status):
        """What HQ's follow-up says to the tablet (PROTOCOL.md, news of kind referral)."""
        self.hq.ask("referral", self.referral(), status)
        self.say(f"HQ says {status}")

    def lines(self, query="SELECT bytes FROM lines WHERE type = 'referral' ORDER BY rev"):
        with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
            return [json.loads(row[0]) for row in store.execute(query)]

    def referral(self):
        return self.lines()[0]["id"]

    def code(self):
        return self.lines()[0]["data"]["reference"]

    def send_all(self):
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)

    def see_beginning(self, beginning):
        screen.wait_for(f"“{beginning}…”", lambda: any(name.startswith(beginning) for name in self.shown()))

    def hear(self):
        self.send_all()
        self.app.press("Suivi", "page tab")
        self.see_beginning("Siège\u202f: prise en charge (")
        self.app.see("Plus rien à faire")
        self.picture("suivi-siege")
        self.say("the tablet tells what HQ said")

    def change(self):
        """Two taps: the referral, and its new status. Then it is asked again in a week."""
        self.app.press(tour.STRUCTURE)
        self.app.see("Où en est l’orientation\u202f?")
        self.picture("orientation")
        self.app.scroll_press("Non honorée")
        self.app.see("Enregistré")
        screen.wait_for("a second revision", lambda: len(self.lines()) == 2)
        self.app.scroll_press("Dans une semaine")
        screen.wait_for("a third revision", lambda: len(self.lines()) == 3)
        self.see_beginning("à relancer le " + in_words(self.week()))
        self.wheel(4)
        self.picture("statut-change")
        self.app.press("Un autre jour…")
        self.see_beginning("Relancer le " + in_words(self.week()))
        self.app.scroll_press("Un jour plus tard")
        self.see_beginning("Relancer le " + in_words(self.week() + datetime.timedelta(days=1)))
        self.picture("un-autre-jour")
        self.app.scroll_press("Un autre jour…")
        self.show_card("carte")
        self.app.scroll_to("Une autre structure…")
        self.choose_another()
        self.app.press("Retour")
        self.app.see("Plus tard")
        self.picture("suivi-plus-tard")
        self.say("the status is changed, and the day moved")

    def choose_another(self):
        """The structure was the wrong one; HQ's word on the status stays."""
        self.app.press("Une autre structure…")
        self.app.press("Chercher une structure")
        self.app.write(OTHER)
        self.app.press(OTHER)
        screen.wait_for("a fourth revision", lambda: len(self.lines()) == 4)
        self.app.see(OTHER)
        self.picture("autre-structure")

    def today_in_words(self):
        today = datetime.date.today()
        days = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
        months = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
                  "décembre")
        return f"{days[today.weekday()]} {today.day} {months[today.month - 1]}"

    def see_due(self):
        """The day comes: the queue is empty, so that only what is due is told."""
        self.app.close()
        with sqlite3.connect(self.tablet / "field.db") as store:
            # What the store holds is of a week ago, by its day.
            store.execute("UPDATE lines SET bytes = CAST (replace (CAST (bytes AS TEXT), ?, ?) AS BLOB), sha256 = NULL"
                          " WHERE type = 'referral'", (self.week().isoformat(), datetime.date.today().isoformat()))
        self.open_app()
        self.app.see("Aujourd’hui à suivre")
        self.see_beginning("à relancer aujourd’hui")
        self.picture("bonjour-a-suivre")
        self.app.press("Suivi", "page tab")
        self.app.see("1 orientation à relancer aujourd’hui")
        self.picture("suivi-aujourd-hui")
        self.must_not_name()
        if datetime.datetime.now().hour >= NOTICE_HOUR:
            screen.wait_for("the day of the notification on the disk", lambda: self.told() == datetime.date.today().isoformat())
        self.say("what is due today is told")

    def told(self):
        with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
            return (store.execute("SELECT value FROM settings WHERE name = 'due_told'").fetchone() or [None])[0]

    def week(self):
        return datetime.date.today() + datetime.timedelta(days=7)

    def must_not_name(self):
        if any(NAME in name for name in self.shown()):
            raise screen.Missing("a page of referrals that names nobody")

    def compare(self):
        record = next(record for record in map(json.loads, self.hq.ask("export", "--format", "ndjson").splitlines())
                      if record["type"] == "referral")
        wanted = {"status": "non_honoree", "due": self.week().isoformat(), "consent": True, "consent_of": "personne",
                  "reference": self.code(), "structure": find_structure(OTHER)["id"]}
        yield from tour.expect("the referral", {name: record["data"].get(name) for name in wanted}, wanted)
        yield from tour.expect("its revision", record["rev"], 4)
        yield from tour.expect("a private part", record["has_private"], True)
        yield from tour.expect("private parts in the lines", ["private" in line for line in self.lines()],
                               [True, False, False, False])

    def go_through(self):
        self.enrol()
        self.open_app()
        self.app.press("Suivi", "page tab")
        self.app.see("Aucune orientation")
        self.picture("suivi-vide")
        self.app.press("Saisie", "page tab")
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.refer()
        self.hq.start()
        self.send_all()
        self.set_status("prise_en_charge")
        self.hear()
        self.change()
        self.send_all()
        differences = list(self.compare())
        self.see_due()
        return differences


if __name__ == "__main__":
    sys.exit(tour.main(Suivi))
