# SPDX-License-Identifier: GPL-3.0-or-later
"""A morning on the telephone, with nobody watching: calls.py DIR [WIDTHxHEIGHT]

It presses the app's own buttons on a handheld's screen. A PIN is set, a list of nine is pasted, and ten calls are
made: three reach nobody, and one of these is made again. Whom a call is
for stays above what is scrolled. The app is killed with SIGKILL in a call, which goes on at the
next start; the screen is locked in another, which is recorded all the same. The taps of each call are counted. With the
last call the list is gone. Then HQ's figures and export are compared with what was pressed, and no file of the tablet
holds a name or a number. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import json
import sys

import drafts
import lock
import screen
import tour

NAMES = ("Aubrac", "Belkacem", "Cordier", "Delmas", "Estrade", "Fonzalec", "Guerin", "Hamidou", "Ivanov")
NUMBERS = tuple(f"06 39 98 12 {10 + 7 * i}" for i in range(len(NAMES)))
LIST = "\n".join(f"Mme {name} {number}" for name, number in zip(NAMES, NUMBERS))
SECRETS = (*NAMES, *NUMBERS, *(number.replace(" ", "") for number in NUMBERS))
TAPS = 3
STRIP = 64  # pixels below the header that say who is called
TIME, CALL = ("Démarrer le chrono", "Relancer le chrono"), ("Appeler", "Appeler encore")
FINISHED = "Liste terminée : 9 personnes appelées"

# Whom, what came of it, and whether to try again: in the order in which the list brings them up.
CALLS = (
    ("Aubrac", "Personne informée", None), ("Belkacem", "Injoignable", True), ("Cordier", "Orienté", None),
    ("Delmas", "Injoignable", False), ("Estrade", "En cours", None), ("Fonzalec", "Personne informée", None),
    ("Guerin", "Injoignable", False), ("Hamidou", "Résolu", None), ("Ivanov", "Personne informée", None),
    ("Belkacem", "Personne informée", None),
)
KILLED, FAMILIES, LOCKED = "Estrade", "Fonzalec", "Hamidou"
RESULTS = {"informe": 4, "oriente": 1, "en_cours": 1, "resolu": 1}


class Calls(drafts.Drafts):
    verdict = "HQ holds each call once, and no file of the tablet whom it called"
    # Nothing is locked before it is told to, however slow the machine is.
    settings = "[org/altm/Field]\nlock-after=60\n"

    taps = 0
    call_words = TIME

    def must_not_hold(self):
        """No file of the tablet, of its settings or its log holds whom it calls."""
        for path in self.folder.rglob("*"):
            held = path.read_bytes() if path.is_file() else b""
            for secret in SECRETS:
                if secret.encode() in held:
                    raise screen.Missing(f"a tablet without {secret!r} in clear: {path} holds it")

    def set_pin(self):
        self.open_settings()
        self.app.press("Choisir un code PIN")
        self.press_pin(self.pin)
        self.app.see("Le même code, encore une fois")
        self.press_pin(self.pin)
        self.app.see("Déverrouillé")

    def paste_list(self):
        """All lines at once, as they are pasted from a list that somebody sent."""
        self.app.press("Noms et numéros, une ligne par personne")
        field = screen.wait_for("a field with the focus", self.app.find_focus)
        field.queryEditableText().setTextContents(LIST)

    def enter_list(self):
        self.app.press("Saisir la liste d’appels")
        self.picture("liste-vide")
        self.paste_list()
        self.wait_drafts({"calls": True})
        self.picture("liste-saisie")
        self.app.scroll_press("Ajouter à la liste")
        self.app.see(f"Mme {NAMES[0]}")
        self.picture("liste")
        self.must_not_hold()
        self.go_back()
        self.say("a list of nine is pasted, and sealed")

    def tap(self, name, role=None):
        self.app.press(name, role)
        self.taps += 1

    def begin(self, name, result):
        """Two of the three taps."""
        self.app.see(f"Mme {name}")
        self.tap(self.call_words[0])
        self.app.see(self.call_words[1])
        self.tap(result)

    def install_dialler(self):
        """From the next start on, something on the tablet makes calls: it notes what it was asked to dial."""
        folder = self.folder / "share" / "applications"
        folder.mkdir(parents=True, exist_ok=True)
        dialler = self.folder / "dialler"
        dialler.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >'{self.folder}/dialled.new'\n"
                           f"mv '{self.folder}/dialled.new' '{self.folder}/dialled'\n")
        dialler.chmod(0o755)
        (folder / "dialler.desktop").write_text("[Desktop Entry]\nType=Application\nName=Dialler\n"
                                                f"Exec={dialler} %u\nMimeType=x-scheme-handler/tel;\n")
        (folder / "mimeapps.list").write_text("[Default Applications]\nx-scheme-handler/tel=dialler.desktop\n")
        self.call_words = CALL

    def see_dialled(self, number):
        """The dialler was given this number, which is not kept."""
        dialled = self.folder / "dialled"
        screen.wait_for("a number dialled", dialled.exists)
        found = dialled.read_text().strip()
        dialled.unlink()
        if found != "tel:" + number.replace(" ", ""):
            raise screen.Missing(f"{number} dialled: {found}")

    def scroll_away(self, name):
        """However far the page is scrolled, whom the result is for stays where it is, with the number."""
        shown = [f"Mme {name}", NUMBERS[NAMES.index(name)]]
        before = [self.app.see(text) for text in shown]
        if before[0][1] < screen.HEAD or before[1][1] + before[1][3] > screen.HEAD + STRIP:
            raise screen.Missing(f"{name} in a strip of {STRIP} pixels: {before}")
        self.app.scroll_to("Rappeler plus tard")
        if [self.app.see(text) for text in shown] != before:
            raise screen.Missing(f"{name} above what is scrolled")

    def die_in_call(self, name):
        """The call was begun, and its result chosen: both are there again, and the list with the PIN."""
        self.wait_drafts({"calls": True, "contact": False})
        self.install_dialler()
        self.die()
        self.app.see("La liste est scellée")
        self.must_not_tell(*SECRETS)
        self.picture("appel-apres-sigkill")
        self.app.press("Déverrouiller pour voir qui appeler")
        self.app.see("Saisissez votre code PIN")
        self.press_pin(lock.PIN)
        self.app.see(f"Mme {name}")
        self.picture("appel-poursuivi")
        self.say(f"killed in a call with {name}, which goes on")

    def close_lock(self):
        self.lock_screen()
        self.app.see("La liste est scellée")
        self.must_not_tell(*SECRETS)
        self.picture("appel-verrouille")

    def open_lock(self):
        self.app.press("Déverrouiller pour voir qui appeler")
        self.app.see("Saisissez votre code PIN")
        self.press_pin(lock.PIN)
        self.say("a call was recorded while it was locked")

    def call(self, number, name, result, is_again):
        self.taps = 0
        if name == FAMILIES:
            self.app.press("Qui est appelé : Habitant")
            self.picture("qui")
            self.app.press("Parent / famille")
            self.app.see("Qui est appelé : Parent / famille")
            self.picture("familles")
        self.begin(name, result)
        if self.call_words == CALL:
            self.see_dialled(NUMBERS[NAMES.index(name)])
        if number == 1:
            self.picture("appel")
        if is_again is not None:
            self.scroll_away(name)
            self.picture("injoignable")
        if is_again is False:
            self.tap("Rappeler plus tard")
        if name == KILLED:
            self.die_in_call(name)
        if name == LOCKED:
            self.close_lock()
        self.tap("Enregistrer et suivant")
        screen.wait_for(f"{number} calls on the disk", lambda: self.status()["queued"] == number + 1)
        self.say(f"call {number}, {name}: {result}, {self.taps} taps")
        if name == LOCKED:
            self.open_lock()
        return self.taps

    def make_calls(self):
        for number, (name, result, is_again) in enumerate(CALLS, 1):
            taps = self.call(number, name, result, is_again)
            if taps != TAPS + (is_again is False):
                raise screen.Missing(f"{TAPS} taps for a call: {taps}")
        self.app.see(FINISHED)
        self.app.see("Appel hors liste")
        self.wait_drafts({})
        self.must_not_hold()
        self.picture("liste-finie")
        self.say("the last call is made, and the list is gone")

    def close_list(self):
        """A list that is not called to its end is deleted by its button."""
        self.app.press("Nouvelle liste")
        self.paste_list()
        self.app.scroll_press("Ajouter à la liste")
        self.app.see(f"Mme {NAMES[0]}")
        self.app.scroll_press("Fermer la liste")
        self.picture("fermer")
        self.app.answer("Oui, fermer")
        self.app.see("Saisir la liste d’appels")
        if self.app.find(FINISHED):
            raise screen.Missing("a list that was closed, and not finished")
        self.wait_drafts({})
        self.must_not_hold()
        self.say("a list is closed, and gone")

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        calls = [record["data"] for record in records if record["type"] == "contact"]
        wanted = {
            "interventions": 7, "attempts": 3, "people": 7, "by_result": RESULTS, "by_channel": {"telephone": 7},
            "by_process": {"telephone_habitants": 3, "telephone_familles": 4, "espace_public": 0, "bureau_poste": 0,
                           "autre": 0},
        }
        for name, value in wanted.items():
            yield from tour.expect(f"HQ's {name}", figures[name], value)
        yield from tour.expect("people", [call["people"] for call in calls],
                               [0 if result == "Injoignable" else 1 for _, result, _ in CALLS])
        yield from tour.expect("whom", [call["public"] for call in calls], ["habitant"] * 5 + ["parent_famille"] * 5)
        yield from tour.expect("minutes", [call.get("minutes", 0) >= 1 for call in calls], [True] * len(CALLS))
        yield from tour.expect("what is private", [record["has_private"] for record in records], [False] * len(records))
        self.must_not_hold()

    def go_through(self):
        self.enrol()
        self.open_app()
        self.set_pin()
        self.go_back()
        self.start_shift("Téléphone", "monod", "Monod - Baratin - Cacard")
        self.app.see("Appel hors liste")
        self.picture("sans-liste")
        self.enter_list()
        self.make_calls()
        self.close_list()
        self.send()
        return list(self.compare())


if __name__ == "__main__":
    sys.exit(tour.main(Calls))
