"""Plots and animals: what they bring, good and bad harvests by district and year, the yearly count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.ground import Ground, whole
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import Array, Events

HARVEST_MONTH = 7
"""August, 0 for January: when a bad year shows."""
FEELS = 0.75
"""The part of farm income that hangs on the harvest, the rest is milk and meat: assumption."""


@dataclass(frozen=True)
class Farm:
    """Farms of families.

    income: float64 soʻm [months, families]. failed: bool[months, families], the harvest failed. events: livestock.
    """

    income: Array
    failed: Array
    events: dict[str, Events]


def make_farm(ground: Ground) -> Farm:
    """The farms of the block's families."""
    rates, draw = ground.rates.farm, ground.stream("farm")
    mahalla = ground.people.mahalla.T
    lives = mahalla >= 0
    count = mahalla.shape[1]
    first = np.take_along_axis(mahalla, np.argmax(lives, axis=0)[None, :], axis=0)[0] if count else mahalla[0]
    rural = ~ground.block.urban[np.maximum(first, 0)]
    has = draw.random(count) < np.where(rural, rates.plot_rural, rates.plot_urban)
    size = np.exp(rates.spread * (0.85 * draw.standard_normal(count) + 0.5 * ground.luck) - rates.spread**2 / 2)
    harvest = _harvests(ground, np.maximum(mahalla, 0), draw)
    level = ground.wage / ground.region.wage * ground.region.income**0.5 * rates.income / rates.plot_rural
    season = np.array(rates.season) / np.mean(rates.season)
    income = (level * season[ground.season])[:, None] * (
        has * size * np.where(rural, 1.0, rates.urban / rates.plot_urban)
    )
    income = whole(income * (1 - FEELS + FEELS * harvest) * lives).astype(np.float64)
    bad = harvest <= 0.6
    begins = bad & (ground.season == HARVEST_MONTH)[:, None] & has & rural & lives
    animals = _livestock(ground, has, np.stack((size * np.where(rural, 1.0, rates.urban), size)))
    return Farm(income, begins, {"livestock": animals})


def _harvests(ground: Ground, mahalla: Array, draw: np.random.Generator) -> Array:
    """The harvest each family lives on, 1 for a fair one: [months, families]. It changes each August, by district."""
    rates = ground.rates.farm
    calendar = ground.starts[:-1].astype("datetime64[M]").astype(np.int64)
    year = (calendar - HARVEST_MONTH) // 12
    year -= year[0]
    worst = over_months(rates.bad_year, ground.block.span)
    chance = np.array([worst[year == number][0] for number in range(year[-1] + 1)])
    codes, place = np.unique(ground.block.districts, return_inverse=True)
    fair = np.empty((len(codes), len(chance)))
    for number, code in enumerate(codes):
        luck = ground.shared_stream(int(code), "harvest")
        fair[number] = np.exp(rates.harvest_spread * luck.standard_normal(len(chance)))
        fair[number, luck.random(len(chance)) < chance] *= rates.bad_harvest
    own = np.exp(0.15 * draw.standard_normal((len(chance), mahalla.shape[1])))
    own[draw.random(own.shape) < rates.own_failure] *= rates.bad_harvest
    return fair[place[mahalla], year[:, None]] * own[year]


def _livestock(ground: Ground, has: Array, size: Array) -> Events:
    """The count of each January, for families with a plot."""
    rates, draw = ground.rates.farm, ground.stream("livestock")
    lives = ground.people.mahalla.T >= 0
    keen = np.minimum(size[0], 4)
    plot = np.clip(np.rint(9 * size[1] ** 0.6), 1, 60).astype(np.int32)
    months = np.flatnonzero(ground.season == 0)
    parts: list[tuple[Array, Array, Array, Array]] = []
    for month in months:
        families = np.flatnonzero(lives[month] & has)
        days = ground.starts[month] + draw.integers(4, 27, len(families))
        cattle = draw.poisson(rates.cattle * keen[families])
        parts.append((families, days, cattle, draw.poisson(rates.sheep * keen[families])))
    if not parts:
        nobody = np.zeros(0, dtype=np.int64)
        parts.append((nobody, nobody.astype("datetime64[D]"), nobody, nobody))
    families, days, cattle, sheep = (np.concatenate(column) for column in zip(*parts, strict=True))
    columns = {
        "family": families.astype(np.int32),
        "happened_on": days,
        "cattle": cattle.astype(np.int32),
        "sheep": sheep.astype(np.int32),
        "plot": plot[families],
    }
    return Events(columns)
