# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx in front of a headquarters, with TLS, from the configuration that an administrator gets:
made by the same program, `altm-field-hq-nginx`, with other values for its words."""

import grp
import os
import pwd
import socket
import ssl
import subprocess
import time
from pathlib import Path

import certificates

ROOT = Path(__file__).resolve().parents[2]
FILL = ROOT / 'sync' / 'hq' / 'deploy' / 'altm-field-hq-nginx'
NGINX = '/usr/sbin/nginx'
PATIENCE = 600

# The suite is one address, and does in a minute what a team does in a month.
UNLIMITED = {'TABLET_RATE': '100000r/s', 'TABLET_CONNECTIONS': '400', 'ADDRESS_RATE': '100000r/s',
             'ENROL_RATE': '100000r/s', 'API_RATE': '100000r/s'}

# What Debian's nginx.conf says around conf.d, as far as it matters here. It runs as whoever runs
# the tests, as nobody else can read the test's folder.
AROUND = '''
user {user} {group};
worker_processes 2;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
daemon off;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/altm-field.conf;
}}
'''


def trust(ca=certificates.CA):
    """What a client of the tests' own takes for HQ: this authority, and TLS 1.3."""
    context = ssl.create_default_context(cadata=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def hold_port(port=0):
    """A socket that keeps a port, any that is free if none is named, for whoever asks for just that one and reuses addresses, as HQ
    and nginx do. It does not listen: while nobody else does, callers are refused, and nobody who
    takes any port gets this one between two starts."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(('127.0.0.1', port))
    return place


class Proxy:
    """nginx before the HQ at `hq_port`, in `folder`, which is made; `certificate` is PEM with its
    key, or the words CERTIFICATE and KEY name files. A word that is None is left as it ships."""

    def __init__(self, folder, hq_port, certificate=certificates.HQ, **words):
        self.place = hold_port()
        self.port = self.place.getsockname()[1]
        self.folder = folder
        self.folder.mkdir(mode=0o700)
        self.process = None
        pem = self.folder / 'server.pem'
        pem.write_text(certificate)
        self.words = {'NAME': '127.0.0.1', 'HQ': f'127.0.0.1:{hq_port}', 'CERTIFICATE': pem,
                      'KEY': pem, **words}

    def connect(self):
        """A socket without TLS."""
        return socket.create_connection(('127.0.0.1', self.port), timeout=PATIENCE)

    def start(self):
        """Starts it, on the same port again after close()."""
        self.write()
        self.process = subprocess.Popen(
            [NGINX, '-p', str(self.folder), '-e', str(self.folder / 'error.log'), '-c',
             str(self.folder / 'nginx.conf')], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_port()
        return self

    def write(self):
        words = {**self.words, 'LISTEN': f'127.0.0.1:{self.port}'}
        filled = subprocess.run([FILL, *(f'{word}={value}' for word, value in words.items()
                                        if value is not None)],
                                capture_output=True, text=True, check=True).stdout
        (self.folder / 'altm-field.conf').write_text(filled)
        (self.folder / 'nginx.conf').write_text(AROUND.format(
            user=pwd.getpwuid(os.geteuid()).pw_name, group=grp.getgrgid(os.getegid()).gr_name,
            folder=self.folder))

    def await_port(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                socket.create_connection(('127.0.0.1', self.port)).close()
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    raise AssertionError(f'nginx does not start: {self.errors()}') from None
                time.sleep(0.01)
            else:
                return
        raise AssertionError(f'nginx does not listen: {self.errors()}')

    def errors(self):
        return (self.folder / 'error.log').read_text()[-4000:]

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def leave(self):
        """After close(): its port is free for anyone."""
        self.place.close()
