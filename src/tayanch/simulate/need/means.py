"""What families live on before any social help, and what their homes are like: no register tells it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.strain_rules import StrainRules
from tayanch.simulate.need.support_rules import Programme, SupportRules
from tayanch.simulate.sections import Figures, dated, over_months, read_section
from tayanch.simulate.world import NOBODY, Array, Block, Events, Incomes, People


@dataclass(frozen=True)
class Means:
    """Money per family and month before help, float64[families, months] unless told.

    income: soʻm, all sources. present: members who are not abroad, at least 1. level: what a soʻm is worth (scale ×
    region). treated: bool, lives in a district of the programme. uplift: 1 or 1 + effect. need: log of line ÷ smoothed
    income per present member (above 0: below the line), the programme left out. line: soʻm, float64[months]. lives:
    bool, the family exists. gas: bool[families]. dwelling: standard normal[families], the worse the lower.
    """

    income: Array
    present: Array
    level: Array
    treated: Array
    uplift: Array
    need: Array
    line: Array
    lives: Array
    gas: Array
    dwelling: Array


def make_means(block: Block, country: Figures, people: People, *, incomes: Incomes) -> Means:
    """What the block's families live on before help."""
    strain = read_section(country, "strain", StrainRules)
    homes, level = strain.homes, strain.level
    programme = read_section(country, "support", SupportRules).programme
    line = dated(country, "minimum_consumption", block.span)
    lives = people.mahalla >= 0
    money = people.summed(incomes.wage + incomes.informal + incomes.selfwork + incomes.pension)
    income = money + incomes.farm + incomes.remittances + incomes.other
    present = np.maximum(people.members - people.summed(incomes.away), 1.0)
    worth = over_months(level.scale, block.span) * level.regions.get(block.region, 1.0)
    treated = treated_families(block, programme, people)
    uplift = 1 + programme.effect * treated
    per_head = smoothed(income / present, lives, 0.35) * worth
    need = np.log(line / np.maximum(per_head, 0.05 * line))
    lasting = _mean_where(need, lives)
    count = len(lives)
    urban = _at_place(block.urban, people.mahalla)
    gas = block.stream("gas").random(count) < np.where(urban, homes.gas_urban, homes.gas_rural)
    dwelling = -lasting + homes.dwelling_noise * block.stream("dwelling").standard_normal(count)
    spread = dwelling.std() or 1.0
    return Means(
        income=income,
        present=present,
        level=worth,
        treated=treated,
        uplift=uplift,
        need=need,
        line=line,
        lives=lives,
        gas=gas,
        dwelling=(dwelling - dwelling.mean()) / spread,
    )


def treated_families(block: Block, programme: Programme, people: People) -> Array:
    """Which families live in a district of the programme once it has begun there: bool[families, months]."""
    begins = district_starts(block, programme)
    month = block.span.first.astype("datetime64[M]") + np.arange(block.span.months)
    started = begins[:, None] <= month[None, :]
    inside = people.mahalla >= 0
    place = np.where(inside, people.mahalla, 0)
    return started[place, np.arange(block.span.months)[None, :]] & inside


def district_starts(block: Block, programme: Programme) -> Array:
    """The month in which the programme begins in the district of each mahalla: datetime64[M], NaT for never.

    Drawn by the district's code and the country's seed, so that all blocks of a district agree.
    """
    begins = np.full(len(block.districts), np.datetime64("NaT"), dtype="datetime64[M]")
    if programme.start == "none":
        return begins
    for code in np.unique(block.districts):
        told = hashlib.sha256(f"{block.seed}:programme:{int(code)}".encode()).digest()
        if int.from_bytes(told[:4], "big") / 2**32 < programme.districts_share:
            wave = int.from_bytes(told[4:8], "big") % max(programme.waves, 1)
            first = np.datetime64(programme.start, "M") + wave * programme.months_between
            begins[block.districts == code] = first
    return begins


def programme_truth(block: Block, country: Figures) -> Events | None:
    """District (code) and effect of the programme in this block's districts, on the day it begins there.

    None when there is no programme in the whole country.
    """
    programme = read_section(country, "support", SupportRules).programme
    if programme.start == "none":
        return None
    begins = district_starts(block, programme)
    codes, first = np.unique(block.districts, return_index=True)
    days = begins[first].astype("datetime64[D]")
    told = ~np.isnat(days)
    return Events(
        {
            "district": codes[told].astype(np.int64),
            "effect": np.full(int(told.sum()), programme.effect),
            "happened_on": days[told],
        }
    )


def smoothed(values: Array, lives: Array, weight: float) -> Array:
    """Exponential mean over months, begun anew where a family begins: the newest month counts `weight`."""
    found = np.array(values, dtype=np.float64)
    for month in range(1, values.shape[1]):
        fresh = ~lives[:, month - 1]
        mixed = weight * found[:, month] + (1 - weight) * found[:, month - 1]
        found[:, month] = np.where(fresh, found[:, month], mixed)
    return found


def _mean_where(values: Array, holds: Array) -> Array:
    return np.where(holds, values, 0).sum(axis=1) / np.maximum(holds.sum(axis=1), 1)


def _at_place(values: Array, places: Array) -> Array:
    """A mahalla's value for each family: of the first place where it lives."""
    first = np.argmax(places >= 0, axis=1)
    place = places[np.arange(len(places)), first]
    return np.where(place != NOBODY, values[np.maximum(place, 0)], values[0])
