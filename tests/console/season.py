# SPDX-License-Identifier: GPL-3.0-or-later
"""Two years of a team's work, drawn from a seed, as tablets send it."""

from datetime import datetime, time, timedelta

from hq import as_moment, now
import records
from tally import PARIS
from test_figures import Chance

DAYS = 760
PLACES = (records.QPV, 'QN06934M', 'QN06933I', records.COMMUNE)


class Season(Chance):
    """The lines of tests/protocol, but at places and hours where mediators work, until yesterday."""

    def moment(self):
        today = now().astimezone(PARIS).date()
        # Every other line lies in the last ten weeks, so that no period is bare.
        most = self.random.choice((DAYS, 70))
        day = today - timedelta(days=self.random.randint(1, most))
        minutes = self.random.randint(8 * 60 + 30, 17 * 60)
        return datetime.combine(day, time(minutes // 60, minutes % 60), PARIS)

    def fields(self):
        return {'at': as_moment(self.moment()), 'place': self.random.choice(PLACES)}

    def shift(self):
        begin = self.moment()
        ended = begin + timedelta(minutes=self.random.randint(60, 240))
        return self.device.line('shift', records.shift(ended=as_moment(ended)),
                                at=as_moment(begin), place=self.random.choice(PLACES))


def push(hq, count=300, shifts=40, seed=1):
    """The lines of a tablet, once HQ has them."""
    device = hq.device(f'Tablette {seed}')
    season = Season(device, seed)
    lines = season.season(count) + [season.shift() for _ in range(shifts)]
    for start in range(0, len(lines), 200):
        device.push(lines[start:start + 200])
    return lines
