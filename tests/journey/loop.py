# SPDX-License-Identifier: GPL-3.0-or-later
"""What altm-loop-probe.c, preloaded into the app, saw of its main loop."""

import json
import socket

import screen

PROBE = screen.BUILD / "tests" / "journey" / "altm-loop-probe.so"


def ask(path, *words):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(("\t".join(map(str, words)) + "\n").encode())
        with connection.makefile() as answer:
            return json.loads(answer.read())
