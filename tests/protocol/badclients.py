#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A crowd of bad clients, all at once, for so many seconds:

    badclients.py PORT DEVICE_ID TOKEN SECONDS KIND=COUNT…

Each does one thing, and does it again from the beginning when it is hung up on. Prints, as JSON,
how often each kind was hung up on or answered. With 0 for SECONDS they go on until they are killed,
and that is printed again and again.
"""

import asyncio
import contextlib
import json
import random
import socket
import sys
import uuid
import zlib

MIB = 1 << 20
PAUSE = 0.02  # between the pieces of what has no end


def head(device, token, *fields):
    lines = [f'PUT /v1/devices/{device}/batches/{uuid.uuid4()} HTTP/1.1', 'Host: hq',
             f'Authorization: Bearer {token}', 'Content-Type: application/x-ndjson', *fields]
    return '\r\n'.join([*lines, '', '']).encode()


def slow_head(device, token):
    yield head(device, token)[:-2] + b'X-Slow: ', 1
    while True:
        yield b'a', 1


def slow_body(device, token):
    yield head(device, token, 'Content-Length: 900000'), 1
    while True:
        yield b'a', 1


def stalled_body(device, token):
    """Nearly all that HQ takes, at once, and then a byte a second."""
    yield head(device, token, f'Content-Length: {MIB}') + bytes(MIB - 900), 1
    while True:
        yield b'a', 1


def endless_head(device, token):
    yield head(device, token)[:-2], 0
    while True:
        yield b'X-More: ' + b'a' * 4000 + b'\r\n', PAUSE


def endless_line(device, token):
    yield b'GET /', 0
    while True:
        yield b'a' * 4000, PAUSE


def endless_body(device, token):
    yield head(device, token, 'Transfer-Encoding: chunked'), 0
    while True:
        yield b'10000\r\n' + bytes(0x10000) + b'\r\n', PAUSE


def bomb(device, token, packed={}):
    """Of 256 MiB, in less than HQ takes at once; its answer is waited for."""
    if not packed:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed['body'] = b''.join(packer.compress(bytes(MIB)) for _ in range(256)) + packer.flush()
    body = packed['body']
    yield head(device, token, 'Content-Encoding: gzip', f'Content-Length: {len(body)}') + body, None


def slow_reader(device, token):
    """Asks for the lists without end, and never reads them."""
    while True:
        yield (f'GET /v1/reference HTTP/1.1\r\nHost: hq\r\nAuthorization: Bearer {token}\r\n\r\n'
               .encode()), 1


KINDS = {each.__name__: each for each in (slow_head, slow_body, stalled_body, endless_head,
                                          endless_line, endless_body, bomb, slow_reader)}


class Crowd:

    def __init__(self, port, device, token):
        self.port = port
        self.device = device
        self.token = token
        self.hung_up = dict.fromkeys(KINDS, 0)
        self.answered = dict.fromkeys(KINDS, 0)

    async def live_once(self, kind):
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, ('127.0.0.1', self.port))
            for data, pause in KINDS[kind](self.device, self.token):
                await loop.sock_sendall(connection, data)
                if pause is None:
                    self.answered[kind] += bool(await loop.sock_recv(connection, 65536))
                else:
                    await asyncio.sleep(pause)

    async def live(self, kind):
        await asyncio.sleep(random.random())
        while True:
            try:
                await self.live_once(kind)
            except OSError:
                self.hung_up[kind] += 1
            await asyncio.sleep(0.1)

    def tell(self):
        print(json.dumps({'hung_up': self.hung_up, 'answered': self.answered}), flush=True)

    async def keep_telling(self):
        while True:
            await asyncio.sleep(0.5)
            self.tell()

    async def gather(self, seconds, counts):
        clients = [self.live(kind) for kind, count in counts.items() for _ in range(count)]
        if not seconds:
            clients.append(self.keep_telling())
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*clients), seconds or None)


def main():
    port, device, token, seconds, *rest = sys.argv[1:]
    counts = {name: int(count) for name, _, count in (each.partition('=') for each in rest)}
    crowd = Crowd(int(port), device, token)
    asyncio.run(crowd.gather(float(seconds), counts))
    crowd.tell()


if __name__ == '__main__':
    main()
