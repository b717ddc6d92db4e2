# SPDX-License-Identifier: GPL-3.0-or-later
"""What is queued waits for a network that costs nothing and for a charged battery: hold.py DIR [WIDTHxHEIGHT]

NetworkManager and UPower stand on a bus of the journey's own. It presses the app's own buttons: what is recorded
on a metered network waits, the page says why, HQ hears from the tablet all the same; it is sent when asked to, when the
network costs nothing again, when a low battery is charged, and when the user allows it in the settings. What has
waited for three days is told by a notification, which opens the page. A tablet that waits still hears that HQ wipes
it. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import contextlib
import datetime
import json
import sqlite3
import sys

import notifications
import power
import screen
import tour

METERED = "Forfait mobile limité\u202f: l’envoi attend le Wi-Fi."
BATTERY = "Batterie faible\u202f: l’envoi attend que la tablette soit en charge."
ANYWAY = "Envoyer maintenant quand même"
SWITCH = "Aussi par un réseau mobile compté"
LATE = "1 fiche attend l’envoi depuis trois jours. Ouvrez l’envoi pour voir pourquoi."
FOUR_DAYS = 4 * 24 * 3600 * 10**6


class Hold(tour.Tour):

    verdict = "What waits says why, is sent when that ends, and HQ is heard all the same"
    recorded = 0

    def run(self):
        self.power = power.Power(self.folder)
        self.power.hear("ready", screen.PATIENCE)
        self.notifications = notifications.Notifications()
        return super().run()

    def close(self):
        super().close()
        self.power.close()
        self.notifications.close()

    def record(self):
        self.app.press("Saisie", "page tab")
        self.app.press("Présence active")
        self.app.press("Enregistrer")
        self.app.see("Comme le précédent")
        self.recorded += 1

    def see_waiting(self, why, button, name):
        self.app.press("Envoi", "page tab")
        self.app.see(why)
        self.app.see(button, "push button")
        self.picture(name)

    def await_sent(self, what):
        screen.wait_for(f"an empty queue: {what}", lambda: self.status()["queued"] == 0)
        self.say(f"sent: {what}")

    def ask_store(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'hq' / 'hq.db'}?mode=ro", uri=True)) as store:
            return store.execute(query).fetchone()[0]

    def wait_on_metered(self):
        self.power.say("metered")
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.record()
        self.see_waiting(METERED, ANYWAY, "compte")
        self.change_network()
        screen.wait_for("HQ to hear what waits", lambda: self.ask_store("SELECT pending FROM devices") == 2)
        yield from tour.expect("what HQ holds while it waits", self.ask_store("SELECT COUNT(*) FROM journal"), 0)
        self.say("on a metered network HQ hears from the tablet, and what is recorded waits")
        self.app.press(ANYWAY)
        self.await_sent("someone asked to")
        self.record()
        self.see_waiting(METERED, ANYWAY, "compte-de-nouveau")
        self.power.say("free")
        self.await_sent("the network costs nothing again")

    def wait_on_battery(self):
        self.power.say("low")
        self.record()
        self.see_waiting(BATTERY, ANYWAY, "batterie")
        self.power.say("charging")
        self.await_sent("the battery is being charged")

    def allow_in_settings(self):
        self.power.say("metered")
        self.record()
        self.see_waiting(METERED, ANYWAY, "compte-reglage")
        self.open_settings()
        self.app.scroll_to(SWITCH)
        self.picture("reglages-envoi")
        self.app.press(SWITCH)
        self.await_sent("the settings allow it")
        self.picture("reglages-envoi-permis")
        self.app.press(SWITCH)
        self.go_back()

    def make_late(self):
        """As if it had waited for four days."""
        self.record()
        self.app.close()
        with contextlib.closing(sqlite3.connect(self.tablet / "field.db")) as store, store:
            store.execute("UPDATE lines SET queued_at = queued_at - ? WHERE state = 0", [FOUR_DAYS])

    def tell_late(self):
        self.make_late()
        self.open_app()
        told = self.notifications.hear(screen.PATIENCE)
        yield from tour.expect("what is told", told, LATE)
        self.notifications.press()
        self.see_waiting(METERED, ANYWAY, "trois-jours")
        self.say("what waited for three days is told, and the notification opens the page")
        self.app.close()
        self.open_app()
        self.app.press("Envoi", "page tab")
        self.app.see(METERED)
        yield from tour.expect("what is told once more the same day", self.notifications.said.qsize(), 0)

    def change_network(self):
        """The tablet asks for news then, and not only within a quarter of an hour."""
        self.power.say("offline")
        self.power.say("online")

    def hear_of_wipe(self):
        self.power.say("low")
        self.hq.ask("wipe", json.loads(self.hq.ask("devices").splitlines()[0])["device_id"], "--why", "volée")
        self.change_network()
        self.app.see("Cette tablette est vide")
        self.picture("effacee")
        yield from tour.expect("what HQ set aside of a tablet that it revoked", self.ask_store(
            "SELECT COUNT(*) FROM quarantine"), 1)
        self.say("a tablet that waits hears of its wipe, and sends what it has first")

    def go_through(self):
        self.screen.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.power.address
        # It is told from 8 o'clock on, wherever that is.
        hour = datetime.datetime.now(datetime.timezone.utc).hour
        self.screen.environment["TZ"] = f"JOURNEY{hour - 12}"
        self.enrol()
        self.hq.start()
        self.open_app()
        self.app.see("Espace public")
        yield from self.wait_on_metered()
        self.wait_on_battery()
        self.allow_in_settings()
        yield from self.tell_late()
        yield from self.hear_of_wipe()
        figures = json.loads(self.hq.ask("figures", "--json"))
        yield from tour.expect("contacts that HQ took", figures["interventions"], self.recorded - 1)


if __name__ == "__main__":
    sys.exit(tour.main(Hold))
