"""Pensions: of old age, of disability, and of children who lost a parent."""

from __future__ import annotations

import numpy as np

from tayanch.simulate.incomes.ground import CHILD_UNDER, Ground, monthly, whole
from tayanch.simulate.incomes.health import Health
from tayanch.simulate.incomes.rates import grown_level
from tayanch.simulate.world import NOBODY, Array, Events

KINDS = ("old_age", "disability", "survivor")
OLD_AGE, DISABILITY, SURVIVOR = 1, 2, 3
RAISED = 7
"""Pensions are raised in July."""


def make_pensions(ground: Ground, health: Health) -> tuple[Array, Events]:
    """Pensions, float64 soʻm [months, persons], and a row for each month of each pension. Nobody draws two."""
    rates, draw, span = ground.rates.pensions, ground.stream("pensions"), ground.block.span
    kind = _kinds(ground, health, draw)
    average = ground.region.pension * grown_level(rates.average, rates.growth, span, raised=RAISED)
    least = grown_level(rates.least, rates.growth, span, raised=RAISED)
    least_disabled = grown_level(rates.least_disability, rates.growth, span, raised=RAISED)
    luck = 0.8 * draw.standard_normal(len(ground.skill)) + 0.6 * ground.skill
    own = np.exp(rates.spread * luck - 0.06)
    months, persons = np.nonzero(kind)
    sort = kind[months, persons]
    grade = health.disabled[months, persons]
    earned = np.maximum(average[months] * own[persons], least[months])
    disabled = least_disabled[months] * np.array((1.0, 1.25, 1.0, 0.7, 1.0))[grade] * np.maximum(own[persons], 1)
    amount = np.choose(sort - 1, (earned, disabled, rates.survivor * least[months]))
    pension = np.zeros(kind.shape)
    pension[months, persons] = np.rint(amount / 1000) * 1000
    rows = monthly(ground, whole(pension), kind=(kind - 1).astype(np.int8))
    return pension, Events(rows.columns, {"kind": KINDS})


def _kinds(ground: Ground, health: Health, draw: np.random.Generator) -> Array:
    """The kind of pension each person draws each month, 0 none: int8[months, persons]."""
    rates, people = ground.rates.pensions, ground.people
    entitled = draw.random(len(people.born)) < rates.entitled
    first = ground.starts[0].astype("datetime64[M]").astype(np.int64)
    months_old = first + np.arange(ground.months)[:, None] - people.born.astype("datetime64[M]").astype(np.int64)
    begins = 12 * np.where(ground.men, rates.men_from, rates.women_from) + rates.wait
    kind = np.zeros(ground.inside.shape, dtype=np.int8)
    kind[_orphans(ground)] = SURVIVOR
    # Grade 3 gives a right to a pension only to those who worked long enough.
    worked = (health.disabled != 3) | (ground.skill > -0.3)
    kind[(health.disabled > 0) & worked] = DISABILITY
    kind[(months_old >= begins) & entitled] = OLD_AGE
    kind[~ground.inside] = 0
    return kind


def _orphans(ground: Ground) -> Array:
    """Children a parent of whom has died, from the told wait on: bool[months, persons]."""
    people, wait = ground.people, ground.rates.pensions.wait
    never = np.iinfo(np.int64).max // 2
    died = people.died.astype("datetime64[M]").astype(np.int64)
    died = np.where(np.isnat(people.died), never, died - ground.starts[0].astype("datetime64[M]").astype(np.int64))
    lost = np.minimum(_of_parent(died, people.mother, never), _of_parent(died, people.father, never))
    child = (ground.ages >= 0) & (ground.ages < CHILD_UNDER)
    return child & (np.arange(ground.months)[:, None] >= lost + wait)


def _of_parent(values: Array, parent: Array, unknown: int) -> Array:
    return np.where(parent != NOBODY, values[np.maximum(parent, 0)], unknown)
