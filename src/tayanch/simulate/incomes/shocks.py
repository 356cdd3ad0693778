"""What befalls families: the newest shock within twelve months."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tayanch.simulate.incomes.ground import Ground, in_families, members_with
from tayanch.simulate.world import NOBODY, SHOCKS, Array

LASTS = 12
"""Months that a shock is told for."""
EARNER = 0.25
"""From this share of the family's income on, somebody is an earner of the family."""
LONG_AGO = -1000


def make_shocks(ground: Ground, begun: Mapping[str, Array]) -> Array:
    """The place in SHOCKS of the newest shock of the last twelve months, int8[months, families].

    begun: for each sort of shock, where it began: bool[months, families]. Of two in one month the later told stands.
    """
    newest = np.full((ground.months, len(ground.luck)), LONG_AGO, dtype=np.int16)
    found = np.zeros(newest.shape, dtype=np.int8)
    month = np.arange(ground.months, dtype=np.int16)[:, None]
    for sort, begins in begun.items():
        last = np.maximum.accumulate(np.where(begins, month, LONG_AGO), axis=0)
        later = (last >= newest) & (last > LONG_AGO)
        found[later] = SHOCKS.index(sort)
        newest = np.where(later, last, newest)
    found[(month - newest >= LASTS) | (ground.people.mahalla.T < 0)] = 0
    return found


def earners(ground: Ground, earned: Array, income: Array) -> Array:
    """Who brought a large share of the family's income the month before: bool[months, persons].

    earned: soʻm [months, persons]; income: of families, soʻm [months, families].
    """
    family = np.maximum(ground.family, 0)
    whole_income = np.take_along_axis(income, family, axis=1) if income.shape[1] else np.zeros(earned.shape)
    large = (earned > 0) & (earned >= EARNER * whole_income)
    found = np.zeros(large.shape, dtype=bool)
    found[1:] = large[:-1]
    return found


def births(ground: Ground) -> Array:
    """In which families a child was born: bool[months, families], the first month it lives in."""
    return members_with(_first_months(ground) & (ground.ages == 0), ground)


def deaths(ground: Ground, earning: Array) -> Array:
    """Which families lost an earner to death: bool[months, families]; told in the first month after."""
    died = ground.people.died.astype("datetime64[M]").astype(np.int64)
    month = died - ground.starts[0].astype("datetime64[M]").astype(np.int64) + 1
    known = np.flatnonzero(~np.isnat(ground.people.died) & (month > 0))
    known = known[month[known] < ground.months]
    found = np.zeros((ground.months, len(ground.luck)), dtype=bool)
    family = ground.family[month[known] - 1, known]
    told = earning[month[known], known] & (family != NOBODY)
    found[month[known[told]], family[told]] = True
    return found


def divorces(ground: Ground) -> Array:
    """Which families were left by a divorce, by either side: bool[months, families]."""
    found = np.zeros((ground.months, len(ground.luck)), dtype=bool)
    acts = ground.people.events.get("acts")
    if acts is None:
        return found
    which = acts.columns["act"] == acts.words["act"].index("divorce")
    months = (
        acts.columns["happened_on"][which].astype("datetime64[M]") - ground.starts[0].astype("datetime64[M]")
    ).astype(int)
    for side in ("person", "other"):
        person = acts.columns[side][which]
        for later in (0, 1):
            told = (months + later >= 0) & (months + later < ground.months) & (person != NOBODY)
            at, who = months[told] + later, person[told]
            family = ground.family[at, who]
            found[at[family != NOBODY], family[family != NOBODY]] = True
    return found


def job_losses(ground: Ground, persons: Array, lost: Array, *, earning: Array) -> Array:
    """Which families lost an earner's work: bool[months, families]. lost: bool[months, persons]."""
    everyone = np.zeros(ground.inside.shape, dtype=bool)
    everyone[:, persons] = lost
    return members_with(everyone & earning, ground)


def illnesses(ground: Ground, ill: Array, disabled: Array) -> Array:
    """In which families a grown member fell ill for long, or anybody was found disabled: bool[months, families]."""
    fell = np.zeros(ill.shape, dtype=bool)
    fell[1:] = (ill[1:] & ~ill[:-1] & (ground.ages[1:] >= 18)) | ((disabled[1:] > 0) & (disabled[:-1] == 0))
    return members_with(fell, ground)


def family_income(ground: Ground, earned: Array, besides: Array) -> Array:
    """What families live on, soʻm [months, families]: of their members and besides."""
    return in_families(earned, ground) + besides


def _first_months(ground: Ground) -> Array:
    found = ground.inside.copy()
    found[1:] &= ~ground.inside[:-1]
    found[0] &= ground.people.born >= ground.starts[0] - 31
    return found
