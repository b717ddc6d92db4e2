# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests need of npm's registry, as Debian 12 has no package of it: a file of a package, which stays in the build
folder once it was fetched. As a program it fetches them all."""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from hq import BUILD

# axe-core looks for what keeps people out of a page; the other package carries the official schema of OpenAPI 3.1.
FILES = {
    'axe': ('axe-core@4.8.4', 'axe.min.js'),
    'openapi': ('@seriousme/openapi-schema-validator@2.4.1', 'schemas/v3.1/schema.json'),
}


def fetch(package, member):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['npm', 'pack', '--silent', package], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, timeout=600)
        with tarfile.open(next(Path(folder).glob('*.tgz'))) as archive:
            return archive.extractfile(f'package/{member}').read()


def read(name):
    """The text of one of FILES."""
    package, member = FILES[name]
    kept = BUILD / f'npm-{package}-{member}'.replace('/', '-')
    if not kept.exists():
        kept.write_bytes(fetch(package, member))
    return kept.read_text()


if __name__ == '__main__':
    for each in FILES:
        read(each)
