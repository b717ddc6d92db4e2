# SPDX-License-Identifier: GPL-3.0-or-later
"""What Orca, the screen reader, says while the main job is done with keys alone: orca.py DIR [WIDTHxHEIGHT]

Orca runs beside the app, with a voice that writes down what it is given. A shift is started, a contact recorded
with a theme and saved, a client counted, and the queue sent: each time it has to say the control's name, its role and
its state, and that the record is saved. No widget is called by its type. Exits non-zero if anything is said
otherwise, or not at all. It is written for Orca 43, Debian 12's."""

import json
import locale
import re
import subprocess
import sys

import keyboard
import screen
import tour

# What it says goes to a file, a line each.
VOICE = '''import json, os
from orca import speechserver

class SpeechServer(speechserver.SpeechServer):
    @staticmethod
    def getSpeechServer(info=None):
        return SpeechServer()

    def speak(self, text=None, acss=None, interrupt=True):
        with open(os.environ["ALTM_SAID"], "a", encoding="utf-8") as said:
            said.write(json.dumps(text) + "\\n")

    def speakCharacter(self, character, acss=None):
        self.speak(character)

    def speakKeyEvent(self, event, acss=None):
        pass
'''
CUSTOM = '''import orca.settings
orca.settings.speechServerFactory = "altm_voice"
orca.settings.enableBraille = False
'''
# As its own command does, which refuses to start beside another one of the same user's.
START = '''import sys
from orca import orca
manager = orca.getSettingsManager()
manager.activate(None, {})
sys.path.insert(0, manager.getPrefsDir())
sys.exit(orca.main())
'''
TYPE = re.compile(r"\b(?:Gtk|Adw|Altm)[A-Z]\w+")


def find_locale():
    """One under which gettext translates."""
    for name in ("fr_FR.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
            return name
        except locale.Error:
            continue
    raise screen.Missing("a locale in UTF-8")


class Orca(keyboard.Keyboard):
    verdict = "Orca says what there is, what it is and how it stands"
    heard = 0
    reader = None

    def start_reader(self):
        home = self.folder / "reader"
        self.spoken = self.folder / "spoken"
        (home / "orca").mkdir(parents=True)
        (home / "orca" / "altm_voice.py").write_text(VOICE)
        (home / "orca" / "orca-customizations.py").write_text(CUSTOM)
        environment = dict(self.screen.environment, GDK_BACKEND="wayland", GSETTINGS_BACKEND="memory",
                           LANG=find_locale(), LANGUAGE="fr", ALTM_SAID=str(self.spoken), XDG_DATA_HOME=str(home),
                           XDG_CONFIG_HOME=str(home))
        environment.pop("LC_ALL", None)
        with (self.folder / "reader.log").open("w") as log:
            self.reader = subprocess.Popen(["/usr/bin/python3", "-c", START], env=environment, cwd=self.folder,
                                           stdout=log, stderr=subprocess.STDOUT)
        screen.wait_for("Orca", self.spoken.exists)

    def open_app(self):
        self.start_reader()
        super().open_app()

    def said(self):
        """All that it said, each without what a pause leaves of spaces."""
        return [" ".join(json.loads(line).split()) for line in self.spoken.read_text().splitlines()]

    def hear(self, *sentences):
        """Waits until something was said that begins with each of them, since the last one that was waited for."""
        def look():
            return all(any(re.match(rf"{re.escape(sentence)}(?!\w)", told) for told in self.said()[self.heard:])
                       for sentence in sentences)

        try:
            screen.wait_for(f"Orca’s words {sentences}", look, 120)
        except screen.Missing as problem:
            raise screen.Missing(f"{problem}, but {self.said()[self.heard:]}") from None
        self.heard = len(self.said())
        self.say(f"Orca: {' | '.join(sentences)}")

    def reach(self, name, *sentences):
        self.go_to(name)
        self.hear(*sentences)

    def press(self, *sentences):
        self.key("Return")
        self.hear(*sentences)

    def begin(self, channel, words, place):
        self.reach(channel, f"{channel} bouton")
        self.press("Où êtes-vous ?")
        self.reach("Chercher un lieu", "Chercher un lieu zone de saisie")
        self.type(words)
        self.reach(place, "Liste à 1 élément", place)
        self.press(f"{place} {channel}")

    def record(self):
        self.reach("Conflit", "Conflit bouton")
        self.press("Conflit Espace public · Monod - Baratin - Cacard")
        self.reach("Une personne de plus", "Une personne de plus bouton", "1")
        self.press("2")
        self.reach("Habitant", "Public liste déroulante", "Habitant bouton")
        self.reach("Voisinage", "Thème (3 au plus)", "Voisinage case à cocher non cochée")
        self.press("cochée")
        self.picture("fiche")
        self.key("ctrl+Return")
        self.hear("Monod - Baratin - Cacard Espace public", "Fiche enregistrée")
        self.picture("enregistree")

    def count(self):
        self.choose("Terminer le service")
        self.hear("Terminer le service ? boîte de dialogue", "Rester en service bouton")
        self.choose("Terminer")
        self.begin("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.reach("Entrés", "Entrés bouton", "0")
        self.press("1")
        self.picture("comptage")

    def send(self):
        self.key("alt+4")
        self.reach("Envoyer maintenant", "Envoyer maintenant bouton")
        self.hq.start()
        self.press("rien n’attend sur cette tablette")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.picture("envoi")

    def go_through(self):
        self.enrol()
        self.open_app()
        self.app.see("Espace public")
        self.begin("Espace public", "monod", "Monod - Baratin - Cacard")
        self.record()
        self.count()
        self.send()
        called = sorted({found for sentence in self.said() for found in TYPE.findall(sentence)})
        return list(tour.expect("widgets called by their types", called, []))

    def close(self):
        if self.reader is not None:
            self.reader.terminate()
            self.reader.wait()
        super().close()


if __name__ == "__main__":
    sys.exit(tour.main(Orca))
