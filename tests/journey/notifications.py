# SPDX-License-Identifier: GPL-3.0-or-later
"""The session's notifications: who shows them, on the session's bus, and presses one."""

import queue
import subprocess
import sys
import threading

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
DESCRIPTION = f"""<node><interface name="{NAME}">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/>
    <arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class Notifications:
    """A process of its own; `said` has the title and the text of each notification."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.hear(60)

    def _listen(self):
        for line in self.process.stdout:
            self.said.put(line.strip())

    def hear(self, patience):
        return self.said.get(timeout=patience)

    def press(self):
        """The notification itself, the last one."""
        self.process.stdin.write("press\n")
        self.process.stdin.flush()

    def close(self):
        self.process.terminate()
        self.process.wait()


def serve():
    from gi.repository import Gio, GLib

    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    loop = GLib.MainLoop()
    answers = {
        "GetCapabilities": lambda told: GLib.Variant("(as)", (["actions"],)),
        "GetServerInformation": lambda told: GLib.Variant("(ssss)", ("journey", "journey", "1", "1.2")),
        "Notify": lambda told: GLib.Variant("(u)", (told,)),
        "CloseNotification": lambda told: None,
    }
    told = 0

    def call_cb(connection, sender, path, interface, method, parameters, invocation):
        nonlocal told
        if method == "Notify":
            told += 1
            print(" ".join(filter(None, parameters.unpack()[3:5])), flush=True)
        invocation.return_value(answers[method](told))

    def word_cb(channel, condition):
        if not sys.stdin.readline():
            loop.quit()
            return False
        bus.emit_signal(None, PATH, NAME, "ActionInvoked", GLib.Variant("(us)", (told, "default")))
        return True

    bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(DESCRIPTION).interfaces[0], call_cb, None, None)
    bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                  GLib.Variant("(su)", (NAME, 0)), None, Gio.DBusCallFlags.NONE, -1, None)
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, word_cb)
    print("ready", flush=True)
    loop.run()


if __name__ == "__main__":
    serve()
