# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, which looks for what keeps people out of a page."""

import npm

# Everything that axe-core knows, good practice too.
RUN = '''
const done = arguments[arguments.length - 1];
axe.run(document).then((found) => done(found.violations.map(
  (each) => [each.id, each.help, each.nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)])),
  (error) => done([['axe', String(error), []]]));
'''


def find(browser):
    """What is wrong with the page that is shown, each with where."""
    if not browser.run('return "axe" in window'):
        browser.run(npm.read('axe'))
    browser.driver.set_script_timeout(600)
    return browser.driver.execute_async_script(RUN)
