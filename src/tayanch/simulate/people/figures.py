"""What a country tells of its people: the section `people`, checked."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
import pydantic

from tayanch.simulate.sections import Section
from tayanch.simulate.world import Array

SIZES = 8
"""Families are told by size: 1, 2 … 7, and 8 or more."""
AGE_GROUPS = 17
"""Persons are told by age: 0–4, 5–9 … 75–79, and 80 or more."""
LEVELS = 4
"""Of schooling: basic, secondary, vocational, higher."""

Chance = Annotated[float, pydantic.Field(ge=0, le=1)]
Amount = Annotated[float, pydantic.Field(ge=0)]
Positive = Annotated[float, pydantic.Field(gt=0)]


class ByArea(Section):
    """A figure for towns and one for villages."""

    urban: Amount
    rural: Amount

    def of(self, urban: Array) -> Array:
        """The figure of each place, float64; urban: bool."""
        return np.where(urban, self.urban, self.rural)


class Curve(Section):
    """Values at some ages (or years), straight between them and level beyond them."""

    ages: list[Amount] = pydantic.Field(min_length=2)
    values: list[Amount]

    @pydantic.model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.ages) != len(self.values):
            raise ValueError(f"{len(self.ages)} ages and {len(self.values)} values")
        if np.any(np.diff(self.ages) <= 0):
            raise ValueError("ages must grow")
        return self

    def at(self, ages: Array) -> Array:
        """The value at each age, float64."""
        return np.interp(ages, self.ages, self.values)

    def summed(self, ages: Array) -> Array:
        """The values added up year by year from age 0 to each age, float64: of hazards, the cumulative hazard."""
        years = np.arange(121.0)
        return np.interp(ages, years, np.concatenate([[0.0], np.cumsum(self.at(years[:-1] + 0.5))]))


class SizeShares(Section):
    """Families by size, in %."""

    urban: list[Positive] = pydantic.Field(min_length=SIZES, max_length=SIZES)
    rural: list[Positive] = pydantic.Field(min_length=SIZES, max_length=SIZES)


class Sizes(Section):
    """Sizes of families: shares, mean against the region's, and the mean of the largest."""

    shares: SizeShares
    mean: ByArea
    largest: float = pydantic.Field(gt=SIZES)


class Ages(Section):
    """Persons by age, in %."""

    shares: list[Positive] = pydantic.Field(min_length=AGE_GROUPS, max_length=AGE_GROUPS)


class Marriage(Section):
    """How people marry."""

    per_thousand: Amount
    women: Curve
    men: Curve
    again: Chance
    gap: float
    spread: Amount
    to_husband: ByArea


class Births(Section):
    """How children come."""

    per_thousand: Amount
    boys: Chance
    by_age: Curve
    by_children: list[Amount] = pydantic.Field(min_length=1)
    apart: int = pydantic.Field(ge=10)
    first_after: float = pydantic.Field(gt=9)
    next_after: float = pydantic.Field(gt=16)
    childless: Chance
    completed: Curve


class Deaths(Section):
    """How people die."""

    per_thousand: Amount
    men: Curve
    women: Curve
    frailty: Amount


class Divorce(Section):
    """How couples part."""

    per_thousand: Amount
    by_years: Curve
    children_with_mother: Chance
    to_parents: Chance
    before: Chance


class Families(Section):
    """Who lives with whom."""

    son_stays: ByArea
    half: Positive
    youngest_stays: ByArea
    daughter_returns: Chance
    single_stays: Chance
    alone: Chance
    split_off: ByArea
    last_couple: Chance
    moves: ByArea
    elsewhere: Chance
    kin_near: Chance


class Latent(Section):
    """What ability and frailty have in common."""

    family: Chance
    mahalla: Chance
    schooling: Chance

    @pydantic.model_validator(mode="after")
    def _fits(self) -> Self:
        if self.family + self.mahalla > 1:
            raise ValueError("family and mahalla can't share more than all of the variance")
        return self


class Cohort(Section):
    """Schooling of those born from a year on, in %."""

    from_: int = pydantic.Field(alias="from")
    shares: list[Positive] = pydantic.Field(min_length=LEVELS, max_length=LEVELS)


class Schooling(Section):
    """Schooling by year of birth, in order of time."""

    urban: list[Cohort] = pydantic.Field(min_length=1)
    rural: list[Cohort] = pydantic.Field(min_length=1)


class PeopleFigures(Section):
    """The section `people`."""

    sizes: Sizes
    ages: Ages
    marriage: Marriage
    births: Births
    deaths: Deaths
    divorce: Divorce
    families: Families
    latent: Latent
    schooling: Schooling


def tilted(shares: list[float], mean: float, largest: float) -> Array:
    """Shares of families by size (summing to 1) that are nearest to those given and have the mean: float64[8].

    Nearest in relative entropy: each share times exp(t · size). largest: mean size of those with 8 or more.
    """
    size = np.append(np.arange(1.0, SIZES), largest)
    given = np.asarray(shares, dtype=np.float64)
    low, high, found = -5.0, 5.0, given / given.sum()
    for _ in range(60):
        middle = (low + high) / 2
        found = given * np.exp(middle * (size - size.mean()))
        found /= found.sum()
        low, high = (middle, high) if float(np.sum(found * size)) < mean else (low, middle)
    return found
