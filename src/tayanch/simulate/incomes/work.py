"""Who works, month by month: a Markov chain of registered jobs, hired work nobody registers, and own businesses.

How likely somebody is to work in the long run follows from what they are (age, sex, schooling, ability, region, small
children, illness); rates of finding are such that the chain keeps to it while rates of losing work are the usual ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.employers import Employers, make_employers
from tayanch.simulate.incomes.ground import Ground
from tayanch.simulate.incomes.health import Health
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import NOBODY, Array, sigmoid

NONE, FORMAL, HIRED, OWN = 0, 1, 2, 3
YOUNGEST, OLDEST = 16, 74
MOST_FOUND = 0.6
"""Highest chance of finding work in a month."""


@dataclass(frozen=True)
class Work:
    """Working lives.

    persons: indices of those who are ever of an age to work. For them, [months, persons]: state (int8, NONE, FORMAL,
    HIRED, OWN), employer (int32, NOBODY unless FORMAL), lost (bool: lost work that month against their will), leave
    (bool: a registered job without a wage after a birth).
    """

    persons: Array
    state: Array
    employer: Array
    lost: Array
    leave: Array
    employers: Employers


def make_work(ground: Ground, health: Health, away: Array) -> Work:
    """The working lives of the block. away: bool[months, persons], abroad."""
    of_age = ground.inside & (ground.ages >= YOUNGEST) & (ground.ages <= OLDEST)
    persons = np.flatnonzero(of_age.any(axis=0))
    employers = make_employers(ground)
    leave = _on_leave(ground, health, persons)
    walk = _Walk(ground, persons, employers)
    odds = np.exp(np.clip(_log_odds(ground, health, persons), -6, 3.5))
    state = np.zeros((ground.months, len(persons)), dtype=np.int8)
    employer = np.full(state.shape, NOBODY, dtype=np.int32)
    lost = np.zeros(state.shape, dtype=bool)
    chance = odds / (1 + odds)
    can = (of_age & ~away)[:, persons]
    family = np.maximum(ground.family[:, persons], 0)
    walk.begin(chance[0], can[0], family[0])
    for month in range(ground.months):
        if month:
            in_need = _without_worker(family[month], walk.state)
            lost[month] = walk.go(month, np.stack((chance[month - 1], chance[month], in_need)), can[month])
        state[month], employer[month] = walk.state, walk.employer
    leave &= state == FORMAL
    return Work(persons, state, employer, lost, leave, employers)


class _Walk:
    """The chain at one month: state and employer of each person."""

    def __init__(self, ground: Ground, persons: Array, employers: Employers):
        rates = ground.rates.work
        self.draw, self.employers = ground.stream("work"), employers
        self.schooling = ground.people.schooling[persons]
        self.skill = ground.skill[persons]
        self.usual = np.array((0.0, rates.loss.formal, rates.loss.hired, rates.loss.own))
        span = ground.block.span
        shock = _region_shock(ground)
        self.losing = over_months(rates.job_loss, span) * np.array(rates.season_loss)[ground.season] * shock
        self.finding = over_months(rates.finding, span) * np.array(rates.season_find)[ground.season] / np.sqrt(shock)
        self.moves, self.need, self.rising = rates.moves, rates.need, rates.rising
        self.fragile = np.exp(-0.3 * self.skill)
        informal = over_months(rates.informal_share, span)
        own = sigmoid(
            _log(rates.own_share) + 0.25 * ground.men[persons] + 0.3 * self.draw.standard_normal(len(persons))
        )
        lean = 0.9 * self.draw.standard_normal(len(persons)) - 0.75 * (self.schooling - 1.3) - 0.35 * self.skill
        lean += 0.35 * ground.rural[0, persons]
        self.hired = {share: (1 - own) * sigmoid(1.35 * _log(share) + lean) for share in set(informal.tolist())}
        self.informal, self.own = informal.tolist(), own
        self.state = np.zeros(len(persons), dtype=np.int8)
        self.employer = np.full(len(persons), NOBODY, dtype=np.int32)

    def begin(self, chance: Array, can: Array, family: Array) -> None:
        """The state in the first month: as in the long run. family: index of each person's."""
        luck, kind, other = self.draw.random((3, len(chance)))
        hired = self.hired[self.informal[0]]
        found = np.where(kind < hired, HIRED, np.where(kind < hired + self.own, OWN, FORMAL))
        self.state = np.where(can & (luck < chance), found, NONE).astype(np.int8)
        in_need = _without_worker(family, self.state) > 0
        self.state[can & in_need & (other < 0.6 * chance)] = HIRED
        self._employ(self.state == FORMAL)

    def go(self, month: int, chance: Array, can: Array) -> Array:
        """One month on; who lost work against their will.

        chance: of working in the long run, the month before and this, and whether nobody of the family works.
        """
        luck, other, kind = self.draw.random((3, len(can)))
        before, now, in_need = chance
        eager = self.finding[month] * now / (1 - now)
        losing = self.usual[self.state] * self.losing[month] * self.fragile
        formal = self.state == FORMAL
        losing[formal] *= self.employers.layoffs[month, self.employer[formal]]
        lost = can & (luck < losing)
        leaving = np.maximum(1 - now / before, 0) * np.where(formal, 0.25, 1.0)
        ends = (self.state != NONE) & (lost | ~can | (other < leaving))
        hired = self.hired[self.informal[month]]
        shares = np.stack((hired, self.own, 1 - hired - self.own))
        rates = shares * self.usual[[HIRED, OWN, FORMAL], None] * (eager * self.fragile)
        rates[0] += self.need * self.usual[HIRED] * np.minimum(eager, 2) * in_need
        total = rates.sum(axis=0)
        fresh = np.maximum((now - before) / (1 - before), 0)
        begins = (self.state == NONE) & can & (luck < np.minimum(total + fresh, MOST_FOUND))
        place = kind * total
        found = np.where(place < rates[0], HIRED, np.where(place < rates[0] + rates[1], OWN, FORMAL))
        self.state = np.where(begins, found, np.where(ends, NONE, self.state)).astype(np.int8)
        off_books = self._off_books(month, other)
        self.employer[self.state != FORMAL] = NOBODY
        settled = ~begins & ~off_books
        risen = (self.state == HIRED) & settled & (kind < self.rising * shares[2] * now)
        self.state[risen] = FORMAL
        moved = (self.state == FORMAL) & settled & (kind < self.moves)
        self._employ((begins & (self.state == FORMAL)) | moved | risen)
        return lost & ends

    def _off_books(self, month: int, luck: Array) -> Array:
        """Where the informal share has risen, registered jobs go on without being registered."""
        before, now = self.informal[month - 1], self.informal[month]
        if now <= before:
            return np.zeros(len(luck), dtype=bool)
        gone = (self.state == FORMAL) & (luck < (now - before) / (1 - before))
        self.state[gone] = HIRED
        return gone

    def _employ(self, who: Array) -> None:
        """Gives an employer, another than before, to those who begin."""
        self.employer[who] = self.employers.chosen(self.schooling[who], self.draw)


def _without_worker(family: Array, state: Array) -> Array:
    """1.0 for each person whose family (index) has nobody with work, else 0.0."""
    workers = np.bincount(family[state != NONE], minlength=int(family.max(initial=0)) + 1)
    return (workers[family] == 0).astype(np.float64)


def _log_odds(ground: Ground, health: Health, persons: Array) -> Array:
    """Log-odds of working in the long run: [months, persons]."""
    rates = ground.rates.work
    man = ground.men[persons]
    lasting = rates.lasting * ground.stream("lasting work").standard_normal(len(persons))
    own = rates.level + _log(ground.region.employed) + rates.ability * ground.skill[persons] + lasting
    odds = own + _by_age()[man.astype(np.int8), np.clip(ground.ages[:, persons], 0, 120)] + rates.women * ~man
    odds += rates.small_child * (health.since_birth[:, persons] < 36)
    odds -= 2.5 * health.ill[:, persons] + 3.0 * health.nursing[:, persons]
    odds -= np.array((0.0, 5.0, 2.5, 0.8, 2.0))[health.disabled[:, persons]]
    student = (ground.people.schooling[persons] == 3) & (ground.ages[:, persons] < 22)
    return odds - 1.5 * student


def _by_age() -> Array:
    """Added log-odds by sex (0 woman, 1 man) and age: assumption, near the shape of labour force surveys."""
    age = np.arange(121)
    shape = np.interp(
        age, (15, 17, 19, 22, 27, 50, 56, 59, 61, 66, 74), (-4, -3, -1.3, -0.5, 0.3, 0.5, 0.2, 0, -1.8, -3.2, -5)
    )
    women = np.interp(
        age, (15, 17, 19, 22, 27, 50, 54, 56, 61, 66, 74), (-4, -3, -1.5, -0.8, 0, 0.5, 0.3, -1.6, -2.6, -3.6, -5)
    )
    return np.stack((women, shape))


def _on_leave(ground: Ground, health: Health, persons: Array) -> Array:
    """Mothers without a wage: from the third month after a birth on, for about the told time; bool[months, persons]."""
    length = ground.rates.work.leave_months * (0.4 + 1.2 * ground.stream("leave").random(len(persons)))
    since = health.since_birth[:, persons]
    return (since >= 3) & (since < length)


def _region_shock(ground: Ground) -> Array:
    """How many times the usual rate work is lost in the region, float64[months]: the same in all its blocks."""
    draw = ground.shared_stream(ground.block.region, "region")
    steps = ground.rates.work.region_shock * draw.standard_normal(ground.months)
    level = steps.copy()
    for month in range(1, len(level)):
        level[month] = 0.8 * level[month - 1] + 0.6 * steps[month]
    return np.exp(level)


def _log(share: float) -> float:
    """Log-odds of a share, kept from 0 and 1."""
    kept = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(kept / (1 - kept)))
