# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal with nobody watching: journal.py DIR [WIDTHxHEIGHT]

With HQ down, and three contacts recorded of which one has a referral, it presses the app's own buttons. One is searched
for by the beginning of its theme, one is corrected, one is withdrawn, and that is undone. HQ then has what is
left, each record once, in its latest revision. It prints how many taps each took. A picture of each
step goes to DIR. Exits non-zero if anything differs."""

import json
import subprocess
import sys

import screen
import tour

CONFLICT = "Conflit · Voisinage"
REFERRED = "Incompréhension"
WHO = " · Habitant · 3\u00a0personnes · Apaisé"
WITHDRAWN = "retirée · en attente"


class Journal(tour.Tour):
    verdict = "HQ holds what was left, corrected and withdrawn"

    taps = 0

    def tap(self, name, role=None):
        """A tap that is counted."""
        self.taps += 1
        self.app.press(name, role)

    def tap_below(self, name):
        """One at the end of its page."""
        subprocess.run(["xdotool", "mousemove", "100", "300", "click", "--repeat", "40", "--delay", "20", "5"], check=True)
        self.tap(name)

    def tell_taps(self, what):
        print(f"  {what}: {self.taps} taps", flush=True)
        self.taps = 0

    def shown(self):
        return {name for _, name, _ in self.app.controls()}

    def wait_rows(self, wanted, unwanted=()):
        screen.wait_for(f"a journal with {wanted} and without {unwanted}", lambda: (
            self.shown() >= set(wanted) and not self.shown() & set(unwanted)))

    def wait_withdrawn(self, number):
        """So many rows say that their record is withdrawn."""
        screen.wait_for(f"{number} withdrawn records", lambda: sum(
            role == "label" and name.startswith("retirée · ") for role, name, _ in self.app.controls()) == number)

    def add(self, kind, **data):
        """Recorded by the terminal, as the tour shows that the app does it."""
        line = json.dumps({"type": kind, "place": "QN06901M", "data": data})
        return subprocess.run([tour.CTL, "--store", self.tablet, "add"], input=line, check=True, capture_output=True,
                              text=True).stdout.strip()

    def add_contact(self, register, people, **more):
        return self.add("contact", channel="espace_public", register=register, public="habitant", people=people, **more)

    def record(self):
        self.add_contact("presence_active", 1)
        self.add_contact("situations_conflictuelles", 3, themes=["conflit_voisinage"], actions=["mediation_conflit"],
                         result="apaise", minutes=20)
        contact = self.add_contact("lever_incomprehensions", 1, result="oriente")
        self.add("referral", contact=contact, structure_type="ccas", status="proposee", consent=False, reference="K7P")
        self.say("three contacts and a referral")

    def search(self):
        """By the beginning of a theme, without its accents; then by its day."""
        self.app.press("Journal", "page tab")
        self.wait_rows((CONFLICT, "Présence active", "Aujourd’hui"))
        screen.wait_for("who and how many", lambda: any(name.endswith(WHO) for name in self.shown()))
        self.picture("jours")
        self.taps += 1
        self.app.press("Rechercher dans le journal", "push button")
        self.app.write("VOISINAG")
        self.wait_rows((CONFLICT,), ("Présence active", REFERRED))
        self.picture("recherche")
        self.app.write(" hier")
        self.app.see("Rien de trouvé")
        self.picture("rien")
        self.app.press("Rechercher dans le journal", "push button")
        self.wait_rows((CONFLICT, "Présence active"))
        self.tell_taps("search")

    def correct(self):
        """What is not touched stays: the themes, the actions, the result."""
        self.app.press("Saisie", "page tab")
        self.app.press("Journal", "page tab")
        self.taps = 1
        self.tap(CONFLICT)
        self.app.see("Corriger")
        self.picture("fiche")
        self.tap("Corriger")
        self.app.see("Corriger la fiche")
        self.picture("correction")
        self.tell_taps("from the tab to the form, filled")
        self.tap("Une personne de plus")
        self.tap("Enregistrer")
        self.wait_queued(5)
        self.app.see("Corriger")
        self.picture("corrigee")
        self.tell_taps("from there to saved")
        self.go_back()

    def withdraw(self):
        """The contact that somebody was referred in, with its referral; and all of it back again."""
        self.tap(REFERRED)
        self.app.see("Corriger")
        self.tap_below("Retirer cette fiche")
        self.picture("question")
        self.taps += 1
        self.app.answer("Retirer")
        self.see_queue(7, 4)
        self.wait_withdrawn(2)
        self.picture("retiree")
        self.tell_taps("withdraw")
        self.tap("Annuler")
        self.see_queue(9, 4)
        self.wait_withdrawn(0)
        self.picture("annulee")
        self.tell_taps("undo")

    def withdraw_present(self):
        self.app.see("Corriger")
        self.tap_below("Retirer cette fiche")
        self.app.answer("Retirer")

    def withdraw_for_good(self):
        """What was withdrawn is told from the others, and can be brought back from its own page too."""
        self.tap("Présence active")
        self.withdraw_present()
        self.see_queue(10, 4)
        self.wait_withdrawn(1)
        self.tap("Présence active")
        self.app.see("Annuler le retrait")
        self.picture("fiche-retiree")
        self.wait_rows((WITHDRAWN,), ("Corriger", "Retirer cette fiche"))
        self.tap("Annuler le retrait")
        self.wait_queued(11)
        self.withdraw_present()
        self.see_queue(12, 4)
        self.say("one is corrected, one withdrawn and back again, one withdrawn")

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        for name, value in {"interventions": 2, "people": 5, "referrals": 1, "by_theme": {"conflit_voisinage": 1},
                            "by_register": {"situations_conflictuelles": 1, "lever_incomprehensions": 1},
                            "by_result": {"apaise": 1, "oriente": 1}}.items():
            yield from tour.expect(f"HQ's {name}", figures[name], value)
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        yield from tour.expect("revisions", sorted((record["type"], record["rev"], record.get("deleted", False))
                                                   for record in records),
                               [("contact", 2, False), ("contact", 3, False), ("contact", 4, True), ("referral", 3, False)])
        corrected = [record["data"] for record in records if record.get("data") and record["data"].get("people") == 4]
        yield from tour.expect("what was not touched", [(data["themes"], data["actions"], data["result"], data["minutes"])
                                                          for data in corrected],
                               [(["conflit_voisinage"], ["mediation_conflit"], "apaise", 20)])

    def go_through(self):
        self.enrol()
        self.record()
        self.open_app()
        self.search()
        self.correct()
        self.withdraw()
        self.withdraw_for_good()
        self.app.press("Envoi", "page tab")
        self.hq.start()
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        return list(self.compare())


if __name__ == "__main__":
    sys.exit(tour.main(Journal))
