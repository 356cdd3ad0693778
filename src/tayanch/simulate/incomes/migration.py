"""Work abroad: who leaves and returns, what they send home, and how much of it registers see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.ground import (
    Ground,
    chosen_member,
    day_in,
    last_days,
    monthly,
    spells,
    whole,
)
from tayanch.simulate.incomes.health import Health
from tayanch.simulate.incomes.rates import grown_level
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import NOBODY, Array, Events

COUNTRIES = ("RU", "KZ", "TR", "KR", "other")
YOUNGEST, OLDEST = 18, 60


@dataclass(frozen=True)
class Abroad:
    """away: bool[months, persons]. remittances: float64 soʻm [months, families], all that comes. stopped: bool[months,
    families], they stopped this month. events: migration, remittances (what registers see of both).
    """

    away: Array
    remittances: Array
    stopped: Array
    events: dict[str, Events]


def make_migration(ground: Ground, health: Health) -> Abroad:
    """Who is abroad, and what they send."""
    rates = ground.rates.migration
    away = _away(ground, health)
    draw = ground.stream("trips")
    trips = spells(away.astype(np.int8))
    left = day_in(ground, trips.first, draw)
    early = trips.first == 0
    left[early] = ground.starts[0] - draw.integers(5, 600, int(early.sum()))
    shares = np.cumsum([getattr(rates.countries, name) for name in COUNTRIES])[:-1]
    returned = last_days(ground, trips, day_in(ground, trips.last, draw))
    columns = {
        "person": trips.person,
        "happened_on": np.fmin(left, returned),
        "country": np.searchsorted(shares, draw.random(len(trips)), "right").astype(np.int8),
        "returned": returned,
    }
    kept = draw.random(len(trips)) < rates.recorded
    told = Events({name: values[kept] for name, values in columns.items()}, {"country": COUNTRIES})
    sent, stopped, seen = _remittances(ground, away)
    return Abroad(away, sent, stopped, {"migration": told, "remittances": seen})


def _away(ground: Ground, health: Health) -> Array:
    rates, draw = ground.rates.migration, ground.stream("migration")
    span, people = ground.block.span, ground.people
    leaving = over_months(rates.leaving, span) * np.array(rates.season_leave)[ground.season]
    returning = over_months(rates.returning, span) * np.array(rates.season_return)[ground.season]
    fits = (health.disabled == 0) & ~health.nursing & ~health.ill & (health.since_birth > 36)
    able = ground.inside & (ground.ages >= YOUNGEST) & (ground.ages < OLDEST) & fits
    age = np.interp(np.arange(121), (17, 20, 25, 35, 45, 60), (0.3, 1.2, 1.6, 1.2, 0.7, 0.1))
    drawn = np.exp(0.7 * draw.standard_normal(len(people.born)) - 0.245)
    own = drawn * np.where(ground.men, 1.75, 0.28) * np.exp(-0.25 * ground.skill) / ground.region.wage**0.8
    own *= np.where(people.schooling == 3, 0.4, 1.1)
    chance = own * np.where(ground.rural, 1.2, 0.75) * age[np.clip(ground.ages, 0, 120)]
    gone = np.zeros(len(own), dtype=bool)
    away = np.zeros(ground.inside.shape, dtype=bool)
    for month in range(ground.months):
        luck = draw.random(len(own))
        if month == 0:
            gone = able[0] & (luck < rates.abroad * chance[0])
        else:
            back = luck < returning[month]
            gone = np.where(gone, ~back & ground.inside[month], able[month] & (luck < leaving[month] * chance[month]))
        away[month] = gone
    return away & ground.inside


def _remittances(ground: Ground, away: Array) -> tuple[Array, Array, Events]:
    """All that comes to families ([months, families] soʻm), where it stopped, and the rows registers see."""
    rates, draw = ground.rates.migration, ground.stream("remittances")
    persons = np.flatnonzero(away.any(axis=0))
    gone, shape = away[:, persons], (ground.months, len(persons))
    stop, span = over_months(rates.stop, ground.block.span), ground.block.span
    # Drawn for everybody, so that one person more abroad changes nothing for the others.
    count = len(ground.skill)
    chances = draw.random((ground.months, count), dtype=np.float32)[:, persons]
    missed = draw.random((ground.months, count), dtype=np.float32)[:, persons] < 0.15
    change = draw.standard_normal((ground.months, count), dtype=np.float32)[:, persons]
    willing, official = draw.random((2, count))[:, persons]
    lasting = draw.standard_normal(count)[persons]
    sends = willing < rates.sending
    flows = np.zeros(shape, dtype=bool)
    dried = np.zeros(shape, dtype=bool)
    dry = np.zeros(shape[1], dtype=bool)
    for month in range(ground.months):
        luck = chances[month]
        settled = gone[month] & (gone[month - 1] if month else True)
        dries = ~dry & settled & (luck < stop[month])
        dry = (dry & (luck >= rates.resume) | dries) & gone[month]
        dried[month] = dries & sends
        flows[month] = settled & sends & ~dry
    nation = grown_level(ground.rates.wages.average, ground.rates.wages.growth, span)
    usual = rates.sent * np.exp(0.45 * lasting - 0.1 + 0.1 * ground.skill[persons])
    amount = flows * nation[:, None] * usual * np.exp(0.35 * change - 0.06)
    amount[missed] = 0
    receiver = _receivers(ground, away)
    to = np.take_along_axis(receiver, np.maximum(ground.family[:, persons], 0), axis=1)
    amount = whole(amount * (to != NOBODY)).astype(np.float64)
    families = _by_family(ground, persons, amount)
    stopped = _by_family(ground, persons, (dried & (to != NOBODY)).astype(float)) > 0
    return families, stopped & (families == 0), _seen(ground, to, amount * (official < rates.registered))


def _by_family(ground: Ground, persons: Array, values: Array) -> Array:
    """Values of some persons summed over their families: [months, families]."""
    count = len(ground.luck)
    family = ground.family[:, persons]
    place = family + count * np.arange(ground.months, dtype=np.int64)[:, None]
    there = family >= 0
    found = np.bincount(place[there], weights=values[there], minlength=count * ground.months)
    return found.reshape(ground.months, count)


def _receivers(ground: Ground, away: Array) -> Array:
    """Who of each family receives what is sent: its head if at home, else the eldest at home; [months, families]."""
    grown = (ground.ages >= 18) & ~away
    eldest_last = np.argsort(-ground.people.born.astype(np.int64), kind="stable")
    found = chosen_member(eldest_last, grown, ground)
    head = ground.people.head.T
    at_home = (head != NOBODY) & np.take_along_axis(grown, np.maximum(head, 0), axis=1)
    return np.where(at_home, head, found)


def _seen(ground: Ground, to: Array, amount: Array) -> Events:
    """Rows by receiver and month; what several send to one is one row."""
    months, places = np.nonzero(amount > 0)
    sums = np.zeros(ground.inside.shape)
    np.add.at(sums, (months, to[months, places]), amount[months, places])
    return monthly(ground, whole(sums))
