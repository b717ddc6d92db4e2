# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser: Chromium, on a profile of its own, which keeps note of what it asked for and said."""

import base64
import json
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

# No test is decided by how long something takes: seconds after which it counts as never coming.
PATIENCE = 120
ARGUMENTS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
             '--disable-component-update', '--hide-scrollbars', '--no-first-run', '--disable-dev-shm-usage')

# What a profile keeps of the pages that it showed.
FORGET = {
    'Network.clearBrowserCookies': {},
    'Network.clearBrowserCache': {},
    'Storage.clearDataForOrigin': {'origin': '*', 'storageTypes': 'all'},
    'Browser.resetPermissions': {},
}


def find_program(*names):
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise AssertionError(f'none of {names} is installed')
    return found


class Browser:
    """What a test does with a browser."""

    def __init__(self, language='fr'):
        self.folder = Path(tempfile.mkdtemp(prefix='altm-browser-'))
        options = webdriver.ChromeOptions()
        options.binary_location = find_program('chromium')
        for argument in (*ARGUMENTS, f'--user-data-dir={self.folder}', f'--lang={language}'):
            options.add_argument(argument)
        options.add_experimental_option('prefs', {'intl.accept_languages': language})
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        self.driver = webdriver.Chrome(service=Service(find_program('chromedriver')),
                                       options=options)
        self.events = []

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self):
        """As new again: an empty tab, and nothing kept of what was looked at."""
        before = self.driver.current_window_handle
        self.driver.switch_to.new_window('tab')
        after = self.driver.current_window_handle
        self.driver.switch_to.window(before)
        self.driver.close()
        self.driver.switch_to.window(after)
        for command, parameters in FORGET.items():
            self.driver.execute_cdp_cmd(command, parameters)
        for kept in ('performance', 'browser'):
            self.driver.get_log(kept)
        self.events = []

    def resize(self, width, height=900):
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})

    def colour(self, scheme):
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})

    def print_media(self):
        """Shows the page as it would be printed from a dark screen."""
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'media': 'print', 'features': [{'name': 'prefers-color-scheme', 'value': 'dark'}]})

    def wait_until_still(self):
        """Until what changed with the window or the colours has been drawn, two frames later."""
        self.driver.execute_async_script(
            'const done = arguments[0];'
            'requestAnimationFrame(() => requestAnimationFrame(() => done()))')

    def picture(self, path):
        """The whole page, below what the window shows too."""
        shot = self.driver.execute_cdp_cmd('Page.captureScreenshot', {
            'captureBeyondViewport': True, 'fromSurface': True,
            'clip': {'x': 0, 'y': 0, 'scale': 1, **self.size()}})
        Path(path).write_bytes(base64.b64decode(shot['data']))

    def size(self):
        return self.run('const e = document.documentElement;'
                        'return {width: e.clientWidth, height: e.scrollHeight}')

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector='body'):
        return self.find(selector).text

    def wait(self, is_so, what):
        # What is looked at may be drawn anew meanwhile: then it is looked for again.
        patient = WebDriverWait(self.driver, PATIENCE, 0.05, (NoSuchElementException, StaleElementReferenceException))
        return patient.until(lambda _: is_so(), what)

    def wait_for(self, selector):
        self.wait(lambda: self.find_all(selector), f'{selector} never came')
        return self.find(selector)

    def focused(self):
        return self.run('return document.activeElement.id')

    def network(self, method):
        """What was noted under this name since the browser began."""
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            self.events.append((message['method'], message['params']))
        return [params for name, params in self.events if name == method]

    def requests(self):
        """What was asked for over a network, by the request's id; the browser's own pages are not."""
        return {event['requestId']: event['request']['url']
                for event in self.network('Network.requestWillBeSent')
                if event['request']['url'].startswith(('http', 'ws'))}

    def hosts(self):
        return {urlsplit(address).netloc for address in self.requests().values()}

    def transferred(self):
        asked = self.requests()
        return sum(event['encodedDataLength'] for event in self.network('Network.loadingFinished')
                   if event['requestId'] in asked)

    def complaints(self):
        """What the console says; a refused sign-in is an answer like another."""
        return [entry['message'] for entry in self.driver.get_log('browser')
                if 'api/session' not in entry['message']]
