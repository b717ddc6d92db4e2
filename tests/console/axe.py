# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, which looks for what keeps people out of a page. Debian 12 has no package of it: npm's registry has, and
what was fetched once stays in the build folder."""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from hq import BUILD

PACKAGE = 'axe-core@4.8.4'
KEPT = BUILD / 'axe-core-4.8.4.min.js'
# Everything that axe-core knows, good practice too.
RUN = '''
const done = arguments[arguments.length - 1];
axe.run(document).then((found) => done(found.violations.map(
  (each) => [each.id, each.help, each.nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)])),
  (error) => done([['axe', String(error), []]]));
'''


def fetch():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['npm', 'pack', '--silent', PACKAGE], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, timeout=600)
        with tarfile.open(next(Path(folder).glob('*.tgz'))) as package:
            script = package.extractfile('package/axe.min.js').read()
    KEPT.write_bytes(script)


def keep():
    if not KEPT.exists():
        fetch()


def find(browser):
    """What is wrong with the page that is shown, each with where."""
    keep()
    browser.driver.execute_script(KEPT.read_text())
    browser.driver.set_script_timeout(600)
    return browser.driver.execute_async_script(RUN)


if __name__ == '__main__':
    keep()
