"""Homes, cars and land as registers have them, and other income: rents, interest, gifts."""

from __future__ import annotations

import numpy as np

from tayanch.simulate.incomes.ground import NEVER, Ground, Spells, day_in, spells, whole
from tayanch.simulate.world import NOBODY, Array, Events

PROPERTY = ("house", "flat", "car", "land")
HOUSE, FLAT, CAR, LAND = 0, 1, 2, 3


def make_other(ground: Ground) -> Array:
    """Other income of families, float64 soʻm [months, families]."""
    rates, draw = ground.rates.holdings, ground.stream("other")
    lives = ground.people.mahalla.T >= 0
    usual = np.exp(0.9 * draw.standard_normal(lives.shape[1]) + 0.35 * ground.luck)
    usual *= draw.random(lives.shape[1]) < rates.other_share
    # A gift or interest comes now and then, rents every month.
    each = np.where(draw.random(lives.shape) < 0.5, 0.4, 1.6)
    return whole(ground.wage[:, None] * rates.other * usual * each * lives).astype(np.float64)


def make_property(ground: Ground) -> Events:
    """What families' heads own. A thing has an owner while that person heads the family; then the next head owns it."""
    rates, draw = ground.rates.holdings, ground.stream("property")
    heads = ground.people.head.T
    owned = spells(heads, nothing=NOBODY)
    family, owner = owned.person, heads[owned.first, owned.person]
    lives = heads != NOBODY
    first = np.argmax(lives, axis=0)
    rural = ~ground.block.urban[np.maximum(ground.people.mahalla.T[first, np.arange(heads.shape[1])], 0)]
    flat = ~rural & (draw.random(len(rural)) < rates.flat)
    known = draw.random(len(rural)) < rates.registered
    members = ground.people.members.T[first, np.arange(heads.shape[1])]
    size = (
        ground.region.floor
        * np.clip(members, 2, 9)
        * np.exp(0.3 * draw.standard_normal(len(rural)) + 0.1 * ground.luck)
    )
    size = np.clip(np.where(flat, np.minimum(size, 95), size), 18, 400).astype(np.int64)
    wealth = ground.luck * 0.8 + 0.6 * draw.standard_normal(len(rural))
    lands = rural & (draw.random(len(rural)) < rates.land)
    since, until = _owned_days(ground, owned, draw)
    parts = [
        (owner, since, until, np.where(flat[family], FLAT, HOUSE), size[family], known[family]),
        (owner, since, until, np.full(len(owner), LAND), np.full(len(owner), 2500), lands[family]),
    ]
    parts.append(_cars(ground, heads, wealth, draw=draw))
    columns = [np.concatenate([part[place][part[5]] for part in parts]) for place in range(5)]
    named: dict[str, Array] = {
        "person": columns[0].astype(np.int32),
        "happened_on": columns[1],
        "until": columns[2],
        "kind": columns[3].astype(np.int8),
        "size": columns[4],
    }
    return Events(named, {"kind": PROPERTY})


def _cars(
    ground: Ground, heads: Array, wealth: Array, *, draw: np.random.Generator
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Cars, bought and sold over the span: owner, days, kind, size, known, as the rows of property need them."""
    rates = ground.rates.holdings
    bar = float(np.quantile(wealth, 1 - rates.car)) if len(wealth) else 0.0
    has = wealth > bar
    chance = np.where(wealth > bar, rates.car_sold, rates.car_sold * rates.car / (1 - rates.car))
    held = np.empty(heads.shape, dtype=np.int32)
    for month in range(ground.months):
        has ^= draw.random(len(has)) < chance
        held[month] = np.where(has, heads[month], NOBODY)
    owned = spells(held, nothing=NOBODY)
    owner = held[owned.first, owned.person]
    since, until = _owned_days(ground, owned, draw)
    count = len(owner)
    return owner, since, until, np.full(count, CAR), np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)


def _owned_days(ground: Ground, owned: Spells, draw: np.random.Generator) -> tuple[Array, Array]:
    since, until = day_in(ground, owned.first, draw), day_in(ground, owned.last, draw)
    early = owned.first == 0
    since[early] -= (365 * draw.exponential(9.0, int(early.sum()))).astype(np.int64) + 31
    until[owned.last == ground.months - 1] = NEVER
    return np.minimum(since, np.where(np.isnat(until), since, until)), until
