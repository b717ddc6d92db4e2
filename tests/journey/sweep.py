# SPDX-License-Identifier: GPL-3.0-or-later
"""Every screen of the app, looked at: sweep.py DIR [--all]

It goes through the screens at several sizes of the screen, in French and in English, and at each of
them changes the theme and the scale of the text. A screen fails where a control has no name for a
screen reader, what is pressed is less than 48 px either way, a text is cut, or a text of the French
app is English. Without --all, three of the combinations are looked at. Pictures go to DIR, named by
screen, size, theme, scale and language. Exits non-zero, naming screen and control, if anything is
found.

AT-SPI tells the names. What it does not tell comes from altm-sweep-probe.c, which is preloaded, and
which presses too: where a finger would is looked at by the other journeys."""

import contextlib
import dataclasses
import gettext
import itertools
import json
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

import lock
import people
import screen
import tour

PROBE = screen.BUILD / "tests" / "journey" / "altm-sweep-probe.so"
CATALOG = screen.BUILD / "po" / "fr" / "LC_MESSAGES" / "altm-field.mo"
LISTS = pathlib.Path(__file__).parents[2] / "data" / "reference"
SMALLEST = 48
PASSES = 30  # looks at a screen that does not come to rest
LANGUAGES = {"fr": "fr_FR.UTF-8", "en": "en_GB.UTF-8"}
SIZES = ("360x640", "800x1280", "1280x800")
NOTE = "Note scellée, sans nom ni téléphone"
CALL_LIST = "Noms et numéros, une ligne par personne"
REPLACES = "Ce que vous écrivez remplace la note, s’il y en avait une."
KEPT = "Votre note est gardée, scellée. Déverrouillez pour la poursuivre, ou remplacez-la."
FORGOTTEN = "Code oublié\u202f?"
# GtkInputPurpose, by the fields' titles.
PURPOSES = {"Téléphone": 4, "Nom": 7, "Lien": 5, "Adresse": 5}
PIN, WRONG_PIN, WEAK_PIN = lock.PIN, "401837", "123456"
WRONG_TRIES = 4  # which make one wait long enough to be looked at

# What a person presses, enters or chooses, by AT-SPI's roles.
CONTROLS = {"push button", "toggle button", "radio button", "check box", "entry", "text", "password text", "switch",
            "page tab", "list item", "combo box", "spin button", "link"}


@dataclasses.dataclass(frozen=True)
class Look:
    theme: str
    scale: int  # of the text, in percent

    def __str__(self):
        return f"{self.theme}-{self.scale}"


ALL_LOOKS = [Look(theme, scale) for scale in (100, 200) for theme in ("light", "dark")]
# One start of the app each: the screen's size, the language, and what is changed while it runs.
SAMPLE = [("360x640", "fr", [Look("light", 100), Look("dark", 200)]), ("1280x800", "en", [Look("dark", 100)])]
ALL = [(size, language, ALL_LOOKS) for size in SIZES for language in LANGUAGES]


def load_catalog():
    """English and French, as the app has them; the context of a message is left out."""
    with CATALOG.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    for key, french in catalog.items():
        english = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2]
        if english:
            yield english, french


def load_labels():
    """The same of the lists, in all their lengths."""
    def walk(node):
        if isinstance(node, dict):
            for name, value in node.items():
                english = node.get(f"{name.removesuffix('_fr')}_en") if name.endswith("_fr") else None
                if english:
                    yield english, value
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from walk(child)

    for path in LISTS.glob("*.json"):
        yield from walk(json.loads(path.read_text()))


def as_pattern(text):
    """What is put in for the places of a message can be anything."""
    parts = re.split(r"%(?:\d\$)?[ds]", text)
    return re.compile(".+".join(map(re.escape, parts))) if re.search(r"\w{3}", "".join(parts)) else None


def is_near(box, other):
    return all(abs(one - two) <= 2 for one, two in zip(box, other))


class Probed(screen.App):
    """The app with the probe."""

    def __init__(self, shown, store, language):
        self.socket = shown.folder / "probe"
        self.socket.unlink(missing_ok=True)
        shown.environment.update(ALTM_PROBE=str(self.socket), LD_PRELOAD=str(PROBE))
        super().__init__(shown, store, language)
        screen.wait_for("the probe", self.socket.exists)

    def ask(self, *words):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(("\t".join(map(str, words)) + "\n").encode())
            with connection.makefile() as answer:
                return json.loads(answer.read())


class Sweep(people.People):
    def __init__(self, pictures, size, language, looks):
        super().__init__(pictures)
        self.size, self.language, self.looks = size, language, looks
        self.findings = {}
        catalog = list(load_catalog())
        self.english = {}
        for english, french in itertools.chain(catalog, load_labels()):
            self.english.setdefault(french, []).append(english)
        self.untranslated = [pattern for english, french in catalog if english != french
                             if (pattern := as_pattern(english)) is not None]

    def find_words(self, text):
        """What the app calls that, which is named in French here."""
        return [text] if self.language == "fr" else self.english.get(text, [text])

    def open_app(self):
        self.app = Probed(self.screen, self.tablet, LANGUAGES[self.language])
        self.wear(self.looks[0])

    def wear(self, look):
        self.app.ask("theme", look.theme)
        self.app.ask("scale", look.scale / 100)

    def press(self, name):
        screen.wait_for(f"“{name}”", lambda: self.app.ask("press", *self.find_words(name)))

    def write(self, text, *name):
        words = [word for part in name for word in self.find_words(part)]
        screen.wait_for(f"a field {name}", lambda: self.app.ask("write", text, *words))

    def labels(self):
        return {seen["text"] for seen in self.app.ask("look") if seen["kind"] == "label"}

    def see(self, name):
        patterns = [as_pattern(word) or re.compile(re.escape(word)) for word in self.find_words(name)]
        screen.wait_for(f"“{name}”", lambda: any(pattern.fullmatch(text) for text in self.labels()
                                                 for pattern in patterns))

    def rest(self):
        """What is on the screen, once it stays as it is."""
        before = None
        for _ in range(PASSES):
            time.sleep(0.3)
            seen = self.app.ask("look")
            if seen == before:
                break
            before = seen
        return before

    def report(self, name, what, look):
        self.findings.setdefault(f"{name}: {what}", []).append(str(look))

    def check_look(self, name, seen, look):
        for thing in seen:
            if thing["kind"] == "label" and thing["cut"]:
                self.report(name, f"the text “{thing['text']}” is {thing['cut']}", look)
            if thing["kind"] == "target" and min(thing["box"][2:]) < SMALLEST:
                width, height = thing["box"][2:]
                self.report(name, f"{thing['type']} “{thing['text']}” is {width:.0f} × {height:.0f} px", look)
            if thing["kind"] == "field":
                self.check_field(name, thing)
            if thing["kind"] == "window" and (thing["width"] > self.screen.size[0] or
                                              thing["height"] > self.screen.size[1]):
                wide = self.app.ask("wide", self.screen.size[0])
                self.report(name, f"a window of {thing['width']} × {thing['height']} px is larger than the screen: "
                                  f"{wide['type']} “{wide['text']}”", look)

    def check_field(self, name, field):
        """The on-screen keyboard's keys are those for what is entered."""
        wanted = next((purpose for title, purpose in PURPOSES.items() if set(self.find_words(title)) & set(field["text"].split(" / "))), None)
        if not field["purpose"] and not field["hints"]:
            self.report(name, f"the field “{field['text']}” does not tell the keyboard what it is for", self.looks[0])
        if wanted is not None and field["purpose"] != wanted:
            self.report(name, f"the field “{field['text']}” has the purpose {field['purpose']}, not {wanted}", self.looks[0])

    def check_names(self, name):
        """AT-SPI tells of pages that are not shown, too: only what has the place of a target counts."""
        targets = [thing for thing in self.app.ask("look") if thing["kind"] == "target"]
        for role, its_name, box in self.app.controls():
            target = next((thing for thing in targets if is_near(thing["box"], box)), None)
            if role in CONTROLS and not its_name.strip() and target is not None:
                self.report(name, f"the {role} “{target['text']}” has no name", self.looks[0])
            if target is not None:
                self.check_language(name, its_name)

    def check_language(self, name, text):
        if self.language == "fr" and any(pattern.fullmatch(text) for pattern in self.untranslated):
            self.report(name, f"“{text}” is English", self.looks[0])

    def stop(self, name, part=""):
        """Looks at a screen in all ways; a part of one that is longer than the display has pictures alone."""
        for look in self.looks:
            self.wear(look)
            seen = self.rest()
            self.app.ask("scroll", "down" if part else "up")
            self.rest()
            self.screen.picture(self.pictures / f"{name}{part}-{self.size}-{look}-{self.language}.png")
            if part:
                continue
            self.check_look(name, seen, look)
            for thing in seen:
                self.check_language(name, thing.get("text", ""))
        self.wear(self.looks[0])
        self.app.ask("scroll", "up")
        if not part:
            self.check_names(name)
            self.say(f"{name} ({self.size}, {self.language})")

    def stop_long(self, name):
        self.stop(name)
        self.stop(name, "-bas")

    def press_pin(self, pin):
        """How many records wait is told in digits, too."""
        for key in [*pin, "OK"]:
            screen.wait_for(f"the key {key}", lambda key=key: self.app.ask("press-in", "AltmPinPad", key))

    def enrol_here(self):
        self.see("Enrôler cette tablette")
        self.stop("enrolement")
        self.hq.start()
        self.write(self.hq.address, "Adresse")
        self.write(self.hq.ask("code").strip(), "Code")
        self.press("Enrôler cette tablette")
        self.see("Bonjour")
        self.hq.stop()

    def begin_shift(self, channel, words, place):
        self.press(channel)
        self.write(words)
        self.rest()
        self.stop(f"lieu-{words}")
        self.press(place)

    def go_back(self):
        self.press("Retour")

    def set_pin(self):
        self.press("Réglages")
        self.see("Aucun code PIN")
        self.stop_long("reglages-sans-code")
        self.press("Ce qu’un code PIN peut, et ne peut pas")
        self.stop_long("aide-verrou")
        self.go_back()
        self.press("Choisir un code PIN")
        self.press_pin(WEAK_PIN)
        self.rest()
        self.stop("code-faible")
        self.press_pin(PIN)
        self.see("Le même code, encore une fois")
        self.press_pin(PIN)
        self.see("Déverrouillé")
        self.stop("reglages")
        self.press("Numéros d’urgence")
        self.stop_long("urgence")
        self.go_back()
        self.press("Transmettre la tablette à une autre équipe")
        self.stop_long("transmettre")
        self.go_back()
        self.go_back()

    def fill_contact(self):
        self.press("Conflit")
        self.stop_long("contact")
        self.press("Orienter vers une structure")
        self.stop("orienter")
        self.write("pimms")
        self.press(tour.STRUCTURE)
        self.see("Ajouter à la fiche")
        self.press("La personne")
        self.stop_long("orientation")
        self.press("Retour")
        self.stop("quitter")
        self.press("Rester")
        self.press("Ajouter à la fiche")
        self.write("hall B, porte verte", NOTE)
        self.press("Retour")
        self.stop("garde-pour-plus-tard")
        self.press("Poursuivre")
        self.see("Enregistrer")

    def unlock_badly(self):
        lock_screen()
        self.see(KEPT)
        self.stop("note-gardee", "-bas")
        self.press("Déverrouiller")
        self.stop("code-demande")
        for left in range(9, 9 - WRONG_TRIES, -1):
            self.press_pin(WRONG_PIN)
            told = re.compile(rf"\b{left} (essais|tries)")
            screen.wait_for(f"{left} tries", lambda: any(told.search(text) for text in self.labels()))
        self.stop("attente")
        self.press(FORGOTTEN)
        self.stop_long("code-oublie")
        self.go_back()
        self.press_pin(PIN)
        self.see("Enregistrer")
        self.press("Enregistrer")

    def replace_note(self):
        """What was begun in a note's place is kept when the lock closes."""
        self.press("Remplacer la note")
        self.stop("remplacer")
        self.write("hall C, porte bleue", NOTE)
        self.wait_drafts(1)
        lock_screen()
        self.see(KEPT)
        self.stop("remplacer-gardee")
        self.press("Déverrouiller")
        self.press_pin(PIN)
        self.see(REPLACES)
        screen.wait_for("the note", lambda: self.labels().isdisjoint(self.find_words(KEPT)))
        self.press("Enregistrer")
        self.see("Afficher la note")
        self.wait_drafts(0)

    def follow_up(self):
        self.press(tour.STRUCTURE)
        self.see("Où en est l’orientation\u202f?")
        self.press("Un autre jour…")
        self.stop_long("suivi-orientation")
        self.press("Montrer à la personne")
        self.see("Pour vous")
        self.stop_long("carte")
        self.go_back()
        self.press("Une autre structure…")
        self.stop("autre-structure")
        self.go_back()
        self.go_back()

    def telephone(self):
        self.begin_shift("Téléphone", "monod", "Monod - Baratin - Cacard")
        self.see("Appel hors liste")
        self.stop_long("telephone-sans-liste")
        self.press("Saisir la liste d’appels")
        self.write("Mme Aubrac 06 39 98 12 10", CALL_LIST)
        self.stop_long("telephone-saisie")
        self.press("Ajouter à la liste")
        self.see("Mme Aubrac")
        self.stop("telephone-liste")
        self.go_back()
        self.see("Mme Aubrac")
        self.stop_long("telephone-appel")
        self.press("Démarrer le chrono")
        self.press("Injoignable")
        self.stop_long("telephone-en-appel")
        self.press("Rappeler plus tard")
        self.press("Enregistrer et suivant")
        self.see("Nouvelle liste")
        self.stop_long("telephone-liste-terminee")
        self.press("Terminer le service")
        self.press("Terminer")

    def look_back(self):
        self.press("Journal")
        self.rest()
        self.stop("journal")
        self.press("Conflit")
        self.see("Afficher la note")
        self.stop_long("fiche")
        self.replace_note()
        self.go_back()
        self.press("Suivi")
        self.rest()
        self.stop_long("suivi")
        self.follow_up()
        self.press("Envoi")
        self.rest()
        self.stop_long("envoi-attente")
        self.hq.start()
        self.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.rest()
        self.stop("envoi-vide")
        self.hq.stop()

    def count(self):
        self.press("Saisie")
        self.press("Terminer le service")
        self.stop("terminer")
        self.press("Terminer")
        self.see("Bureau de poste")
        self.stop("service-suivant")
        self.telephone()
        self.see("Bureau de poste")
        self.begin_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.see("Entrés")
        self.stop_long("bureau")
        self.press("Incident")
        self.stop_long("incident")
        self.press("Menaces")
        self.wait_drafts(1)

    def wait_drafts(self, number):
        def look():
            with contextlib.closing(sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True)) as store:
                return store.execute("SELECT COUNT(*) FROM drafts").fetchone()[0] == number
        screen.wait_for(f"{number} drafts on the disk", look)

    def spend_tries(self):
        """All but one, as if hours had gone by."""
        with contextlib.closing(sqlite3.connect(self.tablet / "field.db")) as store, store:
            for name, value in (("lock_tries", 9), ("lock_tried_at", 1)):
                store.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, str(value)))

    def destroy_keys(self):
        self.app.kill()
        self.spend_tries()
        self.open_app()
        self.see("Poursuivre")
        self.stop("brouillon")
        self.press("Journal")
        self.press("Conflit")
        self.press("Afficher la note")
        self.press_pin(WRONG_PIN)
        self.see("Il n’y a plus de code PIN")
        self.stop("cles-detruites")
        if not self.labels().isdisjoint(self.find_words(FORGOTTEN)):
            self.report("cles-detruites", "a code that is no more may have been forgotten", self.looks[0])
        self.go_back()
        self.rest()
        self.stop_long("fiche-sans-cles")
        self.withdraw()
        self.go_back()
        self.press("Réglages")
        self.stop("reglages-cles-detruites")
        self.go_back()

    def withdraw(self):
        self.press("Retirer cette fiche")
        self.press("Retirer")
        self.see("Fiche retirée")
        self.rest()
        self.stop("journal-retiree")
        self.press("Conflit")
        self.see("Annuler le retrait")
        self.stop_long("fiche-retiree")

    def train(self):
        self.press("Réglages")
        self.press("Mode entraînement")
        self.see("S’entraîner\u202f?")
        self.stop("entrainement-question")
        self.press("S’entraîner")
        self.see("Entraînement\u202f: rien n’est envoyé ni compté")
        self.see("Bonjour")
        self.stop("entrainement")
        self.press("Réglages")
        self.rest()
        self.stop_long("entrainement-reglages")
        self.go_back()
        self.press("Envoi")
        self.see("Rien n’est envoyé pendant l’entraînement")
        self.stop("entrainement-envoi")
        self.press("Quitter l’entraînement")
        self.see("Quitter l’entraînement\u202f?")
        self.stop("entrainement-quitter")
        self.press("Effacer et quitter")
        self.see("Poursuivre")

    def begin_as(self, who, partner):
        self.see("Qui êtes-vous\u202f?")
        self.rest()
        self.stop(f"qui-{who.split()[0].lower()}")
        self.press(who)
        self.see("Avec qui\u202f?")
        self.stop(f"avec-qui-{who.split()[0].lower()}")
        self.press(partner)
        self.see("Conflit")

    def choose_pin(self, pin):
        self.see("Un code de 6 chiffres ou plus, que personne ne devinerait")
        self.press_pin(pin)
        self.see("Le même code, encore une fois")
        self.press_pin(pin)
        self.see("Déverrouillé")

    def end_shift(self):
        self.press("Terminer le service")
        self.press("Terminer")

    def take_turns(self):
        """Two mediators on one tablet, each with a PIN."""
        self.app.kill()
        self.bring_mediators()
        self.hq.stop()
        self.open_app()
        self.see("Poursuivre")
        self.end_shift()
        self.begin_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.begin_as("Amina Diallo", "Karim Benali")
        self.press("Réglages")
        self.press("Choisir un code PIN")
        self.choose_pin(people.PINS["m-1"])
        self.stop_long("reglages-amina")
        self.go_back()
        self.end_shift()
        self.see("Reprendre")
        self.stop("reprendre")
        self.press("Quelqu’un d’autre…")
        self.begin_as("Karim Benali", "Sans binôme")
        self.press("Réglages")
        self.see("Verrouillé")
        self.stop_long("reglages-karim")
        self.press("Ajouter votre propre code")
        self.see("Saisissez votre code PIN")
        self.stop("code-d-abord")
        self.press_pin(people.PINS["m-1"])
        self.choose_pin(people.PINS["m-2"])
        self.press("Verrouiller maintenant")
        self.see("Verrouillé")
        self.press("Changer le code PIN")
        self.see("Saisissez votre code PIN")
        self.stop("qui-deverrouille")
        self.go_back()
        self.go_back()

    def be_wiped(self):
        self.hq.start()
        self.hq.ask("wipe", json.loads(self.hq.ask("devices").splitlines()[0])["device_id"], "--why", "essai")
        screen.wait_for("an empty tablet", self.is_emptied)
        self.stop("videe")

    def is_emptied(self):
        """It may have heard of it by itself, as soon as HQ was there."""
        if not self.labels().isdisjoint(self.find_words("Cette tablette est vide")):
            return True
        for name in ("Envoi", "Envoyer maintenant"):
            self.app.ask("press", *self.find_words(name))
        return False

    def go_through(self):
        self.open_app()
        self.enrol_here()
        self.stop("bonjour")
        self.begin_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.see("Conflit")
        self.stop("tuiles")
        self.set_pin()
        self.fill_contact()
        self.unlock_badly()
        self.look_back()
        self.count()
        self.destroy_keys()
        self.train()
        self.take_turns()
        self.be_wiped()

    def run(self):
        self.screen = screen.Screen(self.folder)
        try:
            self.go_through()
        except (screen.Missing, subprocess.CalledProcessError, OSError) as problem:
            self.screen.picture(self.pictures / f"ici-{self.size}-{self.language}.png")
            yield f"it ends there: {problem}"
        finally:
            self.close()
        for what, looks in self.findings.items():
            yield f"{what} ({self.size}, {self.language}, {', '.join(looks)})"


def lock_screen():
    """Says what the shell says when it locks the screen."""
    from gi.repository import Gio, GLib  # only inside the session bus

    shell = "org.gnome.ScreenSaver"
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                  GLib.Variant("(su)", (shell, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
    bus.emit_signal(None, "/org/gnome/ScreenSaver", shell, "ActiveChanged", GLib.Variant("(b)", (True,)))
    bus.flush_sync()


def go_once(pictures, size, language, looks):
    """Inside a display of that size."""
    screen.enter(*map(int, size.split("x")))
    screen.SETTINGS["glib-2.0/settings/keyfile"] += "[org/altm/Field]\nlock-after=60\n"
    sweep = Sweep(pictures, size, language, looks)
    findings = list(sweep.run())
    for finding in findings:
        print(f"FOUND: {finding}")
    if not findings:
        shutil.rmtree(sweep.folder)
    return 1 if findings else 0


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    plans = ALL if "--all" in sys.argv else SAMPLE
    if len(words) not in (1, 2):
        print("sweep.py DIR [--all]: a folder for the pictures", file=sys.stderr)
        return 2
    pictures = pathlib.Path(words[0]).resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    if len(words) == 2:
        return go_once(pictures, *plans[int(words[1])])
    failures = [subprocess.run([sys.executable, __file__, *sys.argv[1:], str(i)], check=False).returncode
                for i in range(len(plans))]
    if not any(failures):
        print("Every screen is whole, named and translated")
    return 1 if any(failures) else 0


if __name__ == "__main__":
    sys.exit(main())
