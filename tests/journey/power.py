# SPDX-License-Identifier: GPL-3.0-or-later
"""A system bus with NetworkManager and UPower on it, as far as their D-Bus interfaces say how a tablet stands:
whether there is a network, what it costs, and whether the battery is low. They say what they
are told to."""

import sys

import logind

NETWORK, NETWORK_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
POWER, POWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower/devices/DisplayDevice"
DEVICE = f"{POWER}.Device"
# NMState 20 disconnected, 70 connected; NMConnectivityState 1 none, 4 full; NMMetered 1 yes, 2 no.
# UpDeviceLevel 1 none, 3 low; UpDeviceState 1 charging, 2 discharging.
WORDS = {
    "offline": (NETWORK, {"State": 20, "Connectivity": 1}),
    "online": (NETWORK, {"State": 70, "Connectivity": 4}),
    "metered": (NETWORK, {"Metered": 1}),
    "free": (NETWORK, {"Metered": 2}),
    "low": (DEVICE, {"WarningLevel": 3, "State": 2}),
    "charging": (DEVICE, {"WarningLevel": 3, "State": 1}),
}
PATHS = {NETWORK: NETWORK_PATH, DEVICE: POWER_PATH}
PROPERTIES = {NETWORK: ("State", "Connectivity", "Metered"), DEVICE: ("WarningLevel", "State")}
DESCRIPTION = "<node>" + "".join(
    f'<interface name="{interface}">' + "".join(f'<property name="{name}" type="u" access="read"/>' for name in names) +
    "</interface>" for interface, names in PROPERTIES.items()) + "</node>"


class Power(logind.Service):

    script = __file__

    def say(self, word):
        """Until it is said."""
        super().say(word)
        self.hear(word, 600)


def serve(address):
    from gi.repository import Gio, GLib

    bus = logind.connect(address)
    loop = GLib.MainLoop()
    values = {NETWORK: {"State": 70, "Connectivity": 4, "Metered": 2}, DEVICE: {"WarningLevel": 1, "State": 2}}

    def get_cb(connection, sender, path, interface, name):
        return GLib.Variant("u", values[interface][name])

    def word_cb(channel, condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        interface, changed = WORDS[line.strip()]
        values[interface].update(changed)
        bus.emit_signal(None, PATHS[interface], "org.freedesktop.DBus.Properties", "PropertiesChanged",
                        GLib.Variant("(sa{sv}as)", (interface, {name: GLib.Variant("u", value) for name, value
                                                                in changed.items()}, [])))
        bus.flush_sync()
        print(line.strip(), flush=True)
        return True

    for interface in Gio.DBusNodeInfo.new_for_xml(DESCRIPTION).interfaces:
        bus.register_object(PATHS[interface.name], interface, None, get_cb, None)
    logind.own(bus, NETWORK)
    logind.own(bus, POWER)
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, word_cb)
    print("ready", flush=True)
    loop.run()


if __name__ == "__main__":
    serve(sys.argv[1])
