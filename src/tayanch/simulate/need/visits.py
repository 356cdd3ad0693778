"""Visits of mahalla workers: each has habits, and sees hardship through noise, so that what they write is selective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.means import Means
from tayanch.simulate.need.support_rules import Bias, Visits
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import Array, Block, Events, People

DWELLING = ("good", "fair", "poor")
FOOD = ("enough", "sometimes_short", "often_short")
ADVICE = ("no_need", "help", "urgent")


@dataclass(frozen=True)
class Visited:
    """The visits, and whether each family was visited in each month (bool[families, months])."""

    events: Events
    visited: Array


def make_visits(block: Block, people: People, means: Means, *, rules: Visits) -> Visited:
    """Who was visited when, by which worker (index in the block), and what the worker wrote."""
    draw = block.stream("workers")
    places = len(block.mahallas)
    staff = 1 + (draw.random(places) < rules.second_worker)
    first = np.cumsum(staff) - staff
    count = int(staff.sum())
    rate = np.exp(rules.rate_spread * draw.standard_normal(count) - rules.rate_spread**2 / 2)
    poor_taste = rules.poor_taste + rules.poor_spread * draw.standard_normal(count)
    strictness = rules.advice_spread * draw.standard_normal(count)

    families, months = means.lives.shape
    home = np.maximum(people.mahalla, 0)
    worker = first[home] + np.arange(families)[:, None] % staff[home]
    draw = block.stream("visits")
    known = draw.standard_normal(families)[:, None]
    need = np.clip(means.need, -2.5, 1.5) + 1.0
    pull = np.clip(poor_taste[worker] * need + rules.known_taste * known, -3, 3)
    monthly = over_months(rules.yearly, block.span) / 12 * rate[worker] * np.exp(pull)
    biased = in_group(rules.bias, block, people, means=means)
    monthly = monthly * np.where(biased, 1 - over_months(rules.bias.less, block.span), 1.0)
    visited = (draw.random((families, months)) < np.minimum(monthly, 0.6)) & means.lives

    family, month = np.nonzero(visited)
    lived = (means.need - np.log(means.uplift))[family, month]
    seen = lived + rules.noise * draw.standard_normal(len(family))
    home_seen = means.dwelling[family] + 0.7 * draw.standard_normal(len(family))
    who = worker[family, month]
    judged = seen - 0.15 * home_seen - strictness[who]
    advice = (judged > rules.help_at).astype(np.int8) + (judged > rules.urgent_at)
    silent = draw.random(len(family)) < over_months(rules.bias.no_need, block.span)[month]
    advice = np.where(biased[family, month] & silent, 0, advice).astype(np.int8)
    food = (seen > 0.0).astype(np.int8) + (seen > 0.5)
    dwelling = (home_seen < 0.0).astype(np.int8) + (home_seen < -1.2)
    gas = means.gas[family] ^ (draw.random(len(family)) < 0.02)
    day = block.span.starts[month] + draw.integers(0, 28, len(family))
    columns: dict[str, Array] = {
        "family": family.astype(np.int32),
        "worker": who.astype(np.int32),
        "dwelling": dwelling.astype(np.int8),
        "food": food.astype(np.int8),
        "gas": gas,
        "advice": advice,
        "happened_on": day,
    }
    return Visited(Events(columns, {"dwelling": DWELLING, "food": FOOD, "advice": ADVICE}), visited)


def in_group(bias: Bias, block: Block, people: People, *, means: Means) -> Array:
    """Which families belong to the group workers pass by: bool[families, months]."""
    if bias.group == "women_headed":
        return women_headed(people)
    if bias.group == "large":
        return people.members >= 6
    if bias.group in ("rural", "urban"):
        urban = block.urban[np.maximum(people.mahalla, 0)].astype(bool)
        return (urban if bias.group == "urban" else ~urban) & means.lives
    return np.zeros(means.lives.shape, dtype=bool)


def women_headed(people: People) -> Array:
    """Whether a woman heads the family: bool[families, months]."""
    return (people.sex[np.maximum(people.head, 0)] == 1) & (people.head >= 0)


def recently(flags: Array, months: int) -> Array:
    """Whether a flag stood in one of the `months` months before (this month left out): bool, same shape."""
    found = np.zeros_like(flags, dtype=bool)
    for back in range(1, months + 1):
        found[:, back:] |= flags[:, :-back]
    return found
