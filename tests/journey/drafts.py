# SPDX-License-Identifier: GPL-3.0-or-later
"""What was begun survives, with nobody watching: drafts.py DIR

It presses the app's own buttons on a handheld's screen. A contact is begun with choices, a note and a
person to refer, and the app is killed with SIGKILL: at the next start it is offered again, its sealed
texts come back with the PIN, and it is saved. What is on the screen goes when the screen is locked. A contact
that is killed right after it was saved is there once, and an incident that was begun can be discarded.
HQ then has each record once. Nothing private is on the tablet in clear. A picture of each step goes to
DIR. Exits non-zero if anything differs."""

import json
import sqlite3
import subprocess
import sys
import time

import consent
import lock
import screen
import tour

# Seconds.
STILL = 5
NOTE = "hall B, porte verte"
MORE = ", rappeler jeudi"
OTHER_NOTE = "autre note, quai 3"
NAME = "Introuvable"
SHELL = "org.gnome.ScreenSaver"
PASSPHRASE = "quatre mots choisis au hasard"
SECRETS = ("porte verte", "rappeler jeudi", "quai 3", NAME)
KEPT = "Votre note est gardée, scellée. Déverrouillez pour la poursuivre, ou remplacez-la."
KEPT_PERSON = "Ce que vous avez saisi sur la personne est gardé, scellé. Déverrouillez pour le poursuivre, ou remplacez-le."


class Drafts(consent.Consent, lock.Locked):
    verdict = "HQ holds what was begun, once, and the tablet nothing private in clear"
    # Nothing is locked before it is told to, however slow the machine is.
    settings = "[org/altm/Field]\nlock-after=60\n"

    def see_begun(self):
        screen.wait_for("what was begun", lambda: any("\u202f: commencé à " in name for name in self.shown()))

    def drafts(self):
        """The forms that have a draft, and whether something sealed belongs to it."""
        with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
            return {form.partition("-")[0]: has_private for form, has_private in
                    store.execute("SELECT form, private IS NOT NULL FROM drafts")}

    def wait_drafts(self, wanted):
        screen.wait_for(f"drafts {wanted} on the disk", lambda: self.drafts() == wanted)

    def wait_still(self):
        """Until the last of what was typed is on the disk too: nothing was kept for a while, however slow the machine is."""
        def age():
            with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
                return time.time() - store.execute("SELECT MAX(updated_at) FROM drafts").fetchone()[0] / 1e6

        screen.wait_for("a draft that rests", lambda: age() > STILL)

    def die(self):
        self.app.kill()
        self.must_not_hold()
        self.open_app()

    def must_not_hold(self):
        """The tablet's files hold none of what is private."""
        for path in self.tablet.rglob("*"):
            held = path.read_bytes() if path.is_file() else b""
            for secret in SECRETS:
                if secret.encode() in held:
                    raise screen.Missing(f"a tablet without {secret!r} in clear: {path.name} holds it")

    def type(self, text):
        """Types into the field that was pressed: the keys come after the press."""
        subprocess.run(["xdotool", "type", "--delay", "30", text], check=True)

    def unlock(self):
        self.app.scroll_press("Déverrouiller")
        self.app.see("Saisissez votre code PIN")
        self.press_pin(lock.PIN)

    def leave(self):
        """A form in which nothing is entered leaves nothing behind; of another, all is offered again until somebody
        discards it."""
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.wait_drafts({"contact": False})
        self.app.press("Une personne de moins")
        self.go_back()
        self.wait_drafts({})
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.wheel(5)
        self.type_into(consent.NOTE, NOTE)
        self.go_back()
        self.see_begun()
        self.wait_drafts({"contact": True})
        self.picture("garde-pour-plus-tard")
        self.app.press("Poursuivre")
        self.wheel(5)
        self.app.see(consent.NOTE)
        self.go_back()
        self.see_begun()
        self.app.press("Abandonner")
        self.app.answer("Oui, abandonner")
        self.wait_drafts({})
        self.say("a form that was left was kept, and then discarded")

    def begin_contact(self):
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.wait_drafts({"contact": False})
        self.app.scroll_press("Médiation")
        self.wheel(5)
        self.type_into(consent.NOTE, NOTE)
        self.wait_drafts({"contact": True})
        self.wheel(4)
        self.choose_structure()
        self.agree("La personne")
        self.app.scroll_press("Nom")
        self.type(NAME)
        self.wait_drafts({"contact": True, "details": True})
        self.wait_still()
        self.say("a contact is begun, with a note and a person's name")

    def go_on(self):
        """What was killed goes on: the person's name comes back with the PIN, and so does the note."""
        self.see_begun()
        self.picture("propose")
        self.app.press("Poursuivre")
        self.app.scroll_to(KEPT_PERSON)
        self.wait_gone(("Nom",))
        self.picture("personne-gardee")
        self.unlock()
        self.app.scroll_to("Nom")
        self.wait_gone((KEPT_PERSON,))
        self.picture("personne-ouverte")
        self.add()
        self.wheel(5)
        self.app.see(consent.NOTE)
        self.wait_drafts({"contact": True, "referral": True})
        self.say("it goes on, unlocked")

    def lock_screen(self):
        """Says what the shell says when it locks the screen."""
        from gi.repository import Gio, GLib  # only inside the session bus

        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                      GLib.Variant("(su)", (SHELL, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
        bus.emit_signal(None, "/org/gnome/ScreenSaver", SHELL, "ActiveChanged", GLib.Variant("(b)", (True,)))
        bus.flush_sync()

    def close_lock(self):
        """The screen is locked, which takes what is on it; it goes on with the PIN."""
        self.lock_screen()
        self.app.scroll_to(KEPT)
        self.wait_gone((consent.NOTE,))
        self.must_not_tell(NOTE, NAME)
        self.picture("note-gardee")
        self.unlock()
        self.app.scroll_press(consent.NOTE)
        self.press_keys("ctrl+End")
        self.app.write(MORE)
        self.picture("note-poursuivie")
        self.say("the lock took the note off the screen, and gave it back")

    def save_and_die(self):
        """Killed in the moment in which the record is on the disk."""
        self.app.press("Enregistrer")
        screen.wait_for("the contact and its referral on the disk", lambda: self.status()["queued"] == 3)
        self.die()
        self.app.see("3 en attente. Ouvrir l’envoi.")
        self.wait_drafts({})
        self.wait_gone(("Poursuivre",))
        self.say("saved and killed: no draft is left")

    def replace_note(self):
        """A note that was begun gives way to another, without the PIN."""
        self.app.press("Présence active")
        self.wheel(5)
        self.type_into(consent.NOTE, NOTE)
        self.wait_drafts({"contact": True})
        self.die()
        self.app.press("Poursuivre")
        self.wheel(5)
        self.app.scroll_to(KEPT)
        self.picture("note-a-remplacer")
        self.app.press("Remplacer")
        self.wait_drafts({"contact": False})
        self.type_into(consent.NOTE, OTHER_NOTE)
        self.app.press("Enregistrer")
        self.app.see("4 en attente. Ouvrir l’envoi.")
        self.wait_drafts({})

    def replace_saved_note(self):
        """A saved record's note is half replaced when the battery is dead: it is offered again too."""
        self.app.press("Journal", "page tab")
        self.app.press("Présence active")
        self.app.scroll_press("Remplacer la note")
        self.app.press(consent.NOTE)
        self.app.write(OTHER_NOTE)
        self.wait_drafts({"private": True})
        self.wait_still()
        self.die()
        self.see_begun()
        self.picture("note-proposee")
        self.app.press("Poursuivre")
        self.unlock()
        self.app.press(consent.NOTE)
        self.press_keys("ctrl+End")
        self.app.write(MORE)
        self.app.press("Enregistrer")
        self.wait_drafts({})
        screen.wait_for("the new note on the disk", lambda: self.status()["queued"] == 5)
        self.wait_gone(("Poursuivre",))
        self.say("a note that was half replaced goes on")

    def discard_incident(self):
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.start_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.app.press("Incident")
        self.app.press("Menaces")
        self.wait_drafts({"incident": False})
        self.die()
        self.see_begun()
        self.picture("incident-propose")
        self.app.press("Abandonner")
        self.app.answer("Oui, abandonner")
        self.wait_drafts({})
        self.wait_gone(("Poursuivre",))
        self.say("an incident that was begun is discarded")

    def compare(self):
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        contacts = [record for record in records if record["type"] == "contact"]
        referrals = [record for record in records if record["type"] == "referral"]
        yield from tour.expect("contacts", [record["data"]["register"] for record in contacts],
                               ["situations_conflictuelles", "presence_active"])
        yield from tour.expect("referrals", len(referrals), 1)
        yield from tour.expect("observations", [record for record in records if record["type"] == "observation"], [])
        if len(contacts) != 2 or len(referrals) != 1:
            return
        yield from tour.expect("what was chosen", {name: contacts[0]["data"].get(name) for name in ("people", "actions")},
                               {"people": 2, "actions": ["mediation_conflit"]})
        yield from tour.expect("the referral's contact", referrals[0]["data"].get("contact"), contacts[0]["id"])
        for record, wanted in ((contacts[0], {"note": NOTE + MORE}), (contacts[1], {"note": OTHER_NOTE + MORE}),
                               (referrals[0], {"name": NAME})):
            yield from tour.expect(f"the private part of a {record['type']}", self.open_private(record["id"]), wanted)
        self.must_not_hold()

    def speak_to_hq(self, *words):
        """As its administrator, who types the passphrase."""
        return subprocess.run([tour.HQ, *words, "--store", self.hq.store], check=True, capture_output=True, text=True,
                              input=f"{PASSPHRASE}\n").stdout

    def open_private(self, record):
        return json.loads(self.speak_to_hq("open", record, "--as", "Claire", "--why", "suivi"))

    def go_through(self):
        self.enrol()
        self.open_app()
        self.set_pin()
        self.go_back()
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.leave()
        self.begin_contact()
        self.die()
        self.go_on()
        self.close_lock()
        self.save_and_die()
        self.replace_note()
        self.replace_saved_note()
        self.discard_incident()
        self.send()
        self.speak_to_hq("keys", "protect", "Claire")
        return list(self.compare())


if __name__ == "__main__":
    sys.exit(tour.main(Drafts))
