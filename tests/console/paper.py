# SPDX-License-Identifier: GPL-3.0-or-later
"""What a browser makes of a page when it is printed: a PDF, its pages as pictures, its text."""

import base64
import re
import subprocess

# A4 in points, as pdfinfo writes it, to the whole point.
A4 = (595, 842)


def run(*arguments):
    return subprocess.run([str(each) for each in arguments], check=True, capture_output=True, text=True).stdout


class Paper:

    def __init__(self, browser, path):
        """Printed as the browser's own dialog does where nobody changes anything, but for the size, which the page says."""
        done = browser.driver.execute_cdp_cmd('Page.printToPDF', {'preferCSSPageSize': True})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(done['data']))
        self.path = path

    def pictures(self):
        """A picture of each page beside the PDF."""
        run('pdftoppm', '-r', 80, '-png', self.path, self.path.with_suffix(''))

    def text(self):
        return run('pdftotext', '-layout', self.path, '-')

    def pages(self):
        """The text of each page."""
        return self.text().split('\f')[:-1]

    def sizes(self):
        """Of each page, in points."""
        said = run('pdfinfo', '-f', 1, '-l', 999, self.path)
        return [(round(float(width)), round(float(height)))
                for width, height in re.findall(r'^Page +\d+ size: +([\d.]+) x ([\d.]+) pts', said, re.M)]

    def fonts(self):
        """Each font's name, and whether it is embedded."""
        lines = run('pdffonts', self.path).splitlines()[2:]
        return [(line.split()[0], line.split()[-5] == 'yes') for line in lines]
