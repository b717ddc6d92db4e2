# SPDX-License-Identifier: GPL-3.0-or-later
"""A day without network and a dead battery, with nobody watching: deadbattery.py DIR [WIDTHxHEIGHT]

With HQ down and no network it presses the app's own buttons: a shift on the street with three contacts and a
referral, and a fourth contact that is begun when the tablet dies: the app is killed with SIGKILL. At the next start it is
offered again, and saved. Then clients are counted at a post office, and the tablet dies once more right after the last tap.
The window is closed with everything queued; the app stays without it. The network returns: all is sent by itself, and the
app ends. HQ holds exactly what was pressed. The taps are counted. A picture of each step goes to DIR. Exits non-zero
if anything differs."""

import contextlib
import json
import sqlite3
import sys

import power
import screen
import tour


class DeadBattery(tour.Tour):

    verdict = "HQ holds exactly what was pressed, though the tablet died twice"

    def run(self):
        self.power = power.Power(self.folder)
        self.power.hear("ready", screen.PATIENCE)
        return super().run()

    def close(self):
        super().close()
        self.power.close()

    def drafts(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True)) as store:
            return [form.partition("-")[0] for form, in store.execute("SELECT form FROM drafts")]

    def die(self, name):
        before = self.status()["queued"]
        self.app.kill()
        self.say(f"the battery is dead, {before} lines queued")
        self.open_app()
        self.app.see("Envoi", "page tab")
        if self.status()["queued"] < before:
            raise screen.Missing("something that was queued is gone")
        self.picture(name)

    def begin_and_die(self):
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.app.scroll_press("Voisinage")
        screen.wait_for("a draft on the disk", lambda: self.drafts() == ["contact"])
        self.picture("commence")
        self.die("propose")
        self.app.press("Poursuivre")
        self.app.see("Enregistrer")
        self.picture("poursuivi")
        self.app.press("Enregistrer")
        self.app.see("6 en attente. Ouvrir l’envoi.")
        yield from tour.expect("drafts once it is saved", self.drafts(), [])
        self.say("what was begun is offered again, and saved")

    def end_shift(self):
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.app.see("Bureau de poste")

    def count_and_die(self):
        self.start_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.app.see("Entrés")
        self.count_clients()
        self.die("compte-apres")
        self.await_counts()
        self.say("each client is counted still")

    def return_home(self):
        """The window is closed: the app stays for what is queued."""
        self.end_shift()
        queued = self.status()["queued"]
        self.app.press("Fermer", "push button")
        self.say(f"the window is closed with {queued} lines queued, after {self.screen.taps} taps")
        self.hq.start()
        self.power.say("online")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        yield from tour.expect("how the app ends once all is sent", self.app.process.wait(), 0)
        self.say("the network is back: all is sent by itself, and the app has ended")

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        wanted = {"interventions": 4, "people": 7, "referrals": 1,
                  "flow": {code: number for code, number in tour.TAPS.values()},
                  "by_register": {"presence_active": 1, "situations_conflictuelles": 2, "lever_incomprehensions": 1},
                  "by_theme": {"conflit_voisinage": 2}}
        for name, value in wanted.items():
            yield from tour.expect(f"HQ's {name}", figures[name], value)
        sent = self.lines(self.tablet / "field.db", "SELECT id, rev, bytes FROM lines")
        held = self.lines(self.folder / "hq" / "hq.db", "SELECT id, rev, bytes FROM journal")
        yield from tour.expect("HQ's journal, byte for byte the tablet's lines", held == sent, True)

    def go_through(self):
        self.screen.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.power.address
        self.power.say("offline")
        self.enrol()
        self.open_app()
        self.app.see("Espace public")
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.see("Conflit")
        self.record_contacts()
        yield from self.begin_and_die()
        self.end_shift()
        self.count_and_die()
        yield from self.return_home()
        yield from self.compare()


if __name__ == "__main__":
    sys.exit(tour.main(DeadBattery))
