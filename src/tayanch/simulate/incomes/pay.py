"""What work pays: wages of registered jobs, hired work nobody registers, own businesses and what they declare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.employers import NUMBERS_A_BLOCK, SECTORS
from tayanch.simulate.incomes.ground import NEVER, Ground, Spells, last_days, monthly, spells, whole
from tayanch.simulate.incomes.health import Health
from tayanch.simulate.incomes.work import HIRED, OWN, Work
from tayanch.simulate.world import NOBODY, Array, Events

ACTIVITIES = ("trade", "crafts", "transport", "services", "farming", "construction")
_ACTIVITY_SHARES = (0.34, 0.17, 0.14, 0.20, 0.08, 0.07)
"""Assumption."""
SICK_PAY = 0.7
"""Of the wage while ill: assumption, between 60 and 80 % by law."""
DEAD_LETTERS = 0.4
"""Share of businesses that end without being struck off the register: assumption."""


@dataclass(frozen=True)
class Pay:
    """wage, informal, selfwork: float64 soʻm, working: bool, all [months, persons of the block]. events: jobs, wages,
    selfwork, selfwork_income.
    """

    wage: Array
    informal: Array
    selfwork: Array
    working: Array
    events: dict[str, Events]


def make_pay(ground: Ground, work: Work, health: Health) -> Pay:
    """What everyone's work pays."""
    jobs = spells(work.employer, nothing=NOBODY)
    wage, told = _wages(ground, work, health, jobs=jobs)
    informal, selfwork, business = _earnings(ground, work, health)
    count = len(ground.people.born)

    def everyone(values: Array) -> Array:
        spread = np.zeros((ground.months, count), dtype=values.dtype)
        spread[:, work.persons] = values
        return spread

    every = everyone(whole(wage).astype(np.float64))
    employer = everyone(work.employer + ground.block.number * NUMBERS_A_BLOCK)
    events = {
        "jobs": told,
        "wages": monthly(ground, every.astype(np.int64), employer=employer),
        **business,
    }
    working = everyone((work.state > 0) & ~work.leave)
    return Pay(every, everyone(informal), everyone(selfwork), working, events)


def _wages(ground: Ground, work: Work, health: Health, *, jobs: Spells) -> tuple[Array, Events]:
    """Wages, soʻm [months, work.persons], and the jobs they are paid in."""
    rates, draw = ground.rates.wages, ground.stream("wages")
    persons = work.persons[jobs.person]
    started, ended = _days(ground, work, jobs, draw=draw)
    sector = work.employers.sector[work.employer[jobs.first, jobs.person]]
    sectors = np.array([getattr(rates.sectors, name) for name in SECTORS])
    luck, noise = draw.standard_normal((2, *work.state.shape), dtype=np.float32)
    level = rates.ability * ground.skill[persons] + rates.luck * luck[jobs.first, jobs.person]
    level += sectors[sector] + rates.women * ~ground.men[persons]
    length = jobs.last - jobs.first + 1
    job = np.repeat(np.arange(len(jobs)), length)
    month = np.arange(len(job)) - np.repeat(np.cumsum(length) - length, length) + jobs.first[job]
    amount = rates.scale * ground.wage[month] * np.exp(level[job] + 0.04 * noise[month, jobs.person[job]])
    amount *= 1 + rates.december * (ground.season[month] == 11)
    amount *= work.employers.paid[month, work.employer[month, jobs.person[job]]]
    amount *= np.where(health.ill[month, persons[job]], SICK_PAY, 1.0)
    amount *= _part_of_month(ground, month, started=started[job], ended=ended[job])
    amount[work.leave[month, jobs.person[job]]] = 0
    wage = np.zeros(work.state.shape)
    wage[month, jobs.person[job]] = amount
    columns = {
        "person": persons.astype(np.int32),
        "happened_on": started,
        "job": np.arange(1, len(jobs) + 1, dtype=np.int32),
        "employer": (work.employer[jobs.first, jobs.person] + ground.block.number * NUMBERS_A_BLOCK).astype(np.int32),
        "sector": sector.astype(np.int8),
        "ended": ended,
    }
    return wage, Events(columns, {"sector": SECTORS})


def _days(ground: Ground, work: Work, found: Spells, *, draw: np.random.Generator) -> tuple[Array, Array]:
    """When spells of work began and ended; those of the first month years ago, from 17 years of age on.

    Random numbers are drawn for every person and month, here and for wages: what changes later changes nothing before.
    """
    person = work.persons[found.person]
    day = draw.integers(1, 27, (2, *work.state.shape), dtype=np.int8)
    started = ground.starts[found.first] + day[0, found.first, found.person]
    early = found.first == 0
    years_ago = ground.starts[0] - 1 - (365 * draw.exponential(4.0, int(early.sum()))).astype(np.int64)
    of_age = ground.people.born[person[early]] + 17 * 365
    started[early] = np.minimum(np.maximum(years_ago, of_age), ground.starts[0] - 1)
    last = ground.starts[found.last] + day[1, found.last, found.person]
    ended = last_days(ground, Spells(person, found.first, found.last), last)
    return np.fmin(started, ended), ended


def _part_of_month(ground: Ground, month: Array, *, started: Array, ended: Array) -> Array:
    """The part of each month that lies between two days."""
    first, after = ground.starts[month], ground.starts[month + 1]
    begin = np.maximum(first, started)
    end = np.where(np.isnat(ended), after, np.minimum(after, ended + 1))
    return np.clip((end - begin).astype(np.int64), 1, None) / (after - first).astype(np.int64)


def _earnings(ground: Ground, work: Work, health: Health) -> tuple[Array, Array, dict[str, Events]]:
    """Informal and own earnings, soʻm [months, work.persons], and what registers hear of own businesses."""
    rates, draw = ground.rates.earnings, ground.stream("earnings")
    persons, shape = work.persons, work.state.shape
    skill, lasting = ground.skill[persons], rates.lasting * draw.standard_normal(shape[1])
    place = ground.region.income**rates.region_power / ground.region.wage
    woman = np.where(ground.men[persons], 1.0, 0.75)
    usual = np.exp(lasting) * woman * place
    change = _drifting(shape, draw)
    hired, own = work.state == HIRED, work.state == OWN
    ill = np.where(health.ill[:, persons], 0.3, 1.0)
    season = np.array((0.75, 0.8, 0.95, 1.05, 1.1, 1.1, 1.1, 1.1, 1.15, 1.05, 0.95, 0.9))[ground.season]
    level = ground.wage[:, None] * ill
    informal = hired * level * season[:, None] * rates.hired * (usual * np.exp(rates.hired_ability * skill))
    informal *= np.exp(0.6 * rates.spread * change)
    business = own * level * rates.own * (usual * np.exp(rates.own_ability * skill)) * np.exp(rates.spread * change)
    active = spells(own.astype(np.int8))
    known = draw.random(shape[1]) < rates.registered * np.exp(0.15 * skill - 0.02)
    selfwork = whole(business * known).astype(np.float64)
    informal = whole(informal + business * ~known).astype(np.float64)
    listed = active.kept(known[active.person])
    told = {
        "selfwork": _registered(ground, work, listed, draw=draw),
        "selfwork_income": _declared(ground, work, selfwork),
    }
    return informal, selfwork, told


def _drifting(shape: tuple[int, ...], draw: np.random.Generator) -> Array:
    """Standard normal numbers that stay near the month before's (correlation 0.8)."""
    found = draw.standard_normal(shape, dtype=np.float32)
    for month in range(1, shape[0]):
        found[month] = 0.8 * found[month - 1] + 0.6 * found[month]
    return found


def _registered(ground: Ground, work: Work, listed: Spells, *, draw: np.random.Generator) -> Events:
    started, ended = _days(ground, work, listed, draw=draw)
    ended[draw.random(len(listed)) < DEAD_LETTERS] = NEVER
    kinds = np.searchsorted(np.cumsum(_ACTIVITY_SHARES)[:-1], draw.random(len(listed)), "right")
    columns = {
        "person": work.persons[listed.person].astype(np.int32),
        "happened_on": started,
        "activity": kinds.astype(np.int8),
        "ended": ended,
    }
    return Events(columns, {"activity": ACTIVITIES})


def _declared(ground: Ground, work: Work, selfwork: Array) -> Events:
    """What is declared for each quarter that has ended before the span does."""
    rates, draw = ground.rates.earnings, ground.stream("declared")
    calendar = ground.starts[:-1].astype("datetime64[M]").astype(np.int64)
    quarter = calendar // 3 - calendar[0] // 3
    # The quarter's months before the span are taken to be like those inside.
    share = np.array([3 / (quarter == number).sum() for number in range(quarter[-1] + 1)])
    if calendar[-1] % 3 != 2:
        share = share[:-1]
    earned = np.stack([selfwork[quarter == number].sum(axis=0) for number in range(len(share))]) * share[:, None]
    honest = np.clip(rates.declared * np.exp(0.6 * draw.standard_normal(earned.shape[1]) - 0.18), 0, 1)
    told = earned * honest * np.exp(0.15 * draw.standard_normal(earned.shape))
    told[draw.random(earned.shape) >= rates.filed] = 0
    quarters, persons = np.nonzero(told >= 1000)
    columns = {
        "person": work.persons[persons].astype(np.int32),
        "happened_on": ((calendar[0] // 3 + quarters) * 3).astype("datetime64[M]").astype("datetime64[D]"),
        "amount": np.rint(told[quarters, persons] / 1000).astype(np.int64) * 1000,
    }
    return Events(columns)
