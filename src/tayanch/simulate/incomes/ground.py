"""What every model of incomes starts from: the people month by month, their skill, the levels of money."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tayanch.simulate.incomes.rates import Rates, Region, grown_level, read_rates, read_region
from tayanch.simulate.sections import Figures
from tayanch.simulate.world import NOBODY, Array, Block, Events, People

CHILD_UNDER = 18
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Ground:
    """A block as the models of incomes see it. Arrays over time have months first: [months, persons].

    ages: int16, completed years. inside: bool, lives in a family of the block. family: int32. rural: bool, of the
    family's mahalla. luck: float64[families], standard normal, shared by a family. skill: float64[persons], about
    standard normal: ability, schooling and the luck of the family one grew up in.
    """

    block: Block
    people: People
    rates: Rates
    region: Region
    ages: Array
    inside: Array
    family: Array
    rural: Array
    luck: Array
    skill: Array

    @property
    def months(self) -> int:
        """How many months are simulated."""
        return self.block.span.months

    @property
    def starts(self) -> Array:
        """First day of each month, and the day after the last: datetime64[D]."""
        return self.block.span.starts

    @cached_property
    def season(self) -> Array:
        """The month of the year of each month, 0 for January: int64[months]."""
        return self.starts[:-1].astype("datetime64[M]").astype(np.int64) % 12

    @cached_property
    def wage(self) -> Array:
        """The region's average wage in each month, soʻm: float64[months]."""
        wages = self.rates.wages
        return self.region.wage * grown_level(wages.average, wages.growth, self.block.span)

    @cached_property
    def men(self) -> Array:
        """bool[persons]."""
        return self.people.sex == 0

    def stream(self, purpose: str) -> np.random.Generator:
        """Random numbers of the block for a purpose."""
        return self.block.stream(f"incomes: {purpose}")

    def shared_stream(self, place: int, purpose: str) -> np.random.Generator:
        """Random numbers that all blocks share for a place (a region or district by its code) and purpose."""
        return replace(self.block, number=-place).stream(f"incomes: {purpose}")


def make_ground(block: Block, country: Figures, people: People) -> Ground:
    """The ground of a block.

    Raises:
        SimulationError: when the country's section `income` can't stand or does not tell the region.
    """
    rates = read_rates(country)
    family = np.ascontiguousarray(people.family.T)
    inside = family >= 0
    luck = block.stream("incomes: luck").standard_normal(len(people.mahalla))
    first = np.take_along_axis(family, np.argmax(inside, axis=0)[None, :], axis=0)[0]
    shared = np.where(first >= 0, luck[first], 0.0) if len(luck) else np.zeros(len(first))
    return Ground(
        block=block,
        people=people,
        rates=rates,
        region=read_region(country, rates, block.region),
        ages=np.ascontiguousarray(people.ages(block.span).T),
        inside=inside,
        family=family,
        rural=of_family(_rural(block, people), family),
        luck=luck,
        skill=0.6 * people.ability + 0.65 * shared + 0.4 * (people.schooling - 1.3),
    )


def of_family(values: Array, family: Array) -> Array:
    """Values per month and family ([months, families]) given to each person of the family; the type's zero outside."""
    if not values.shape[1]:
        return np.zeros(family.shape, dtype=values.dtype)
    found = np.take_along_axis(values, np.maximum(family, 0), axis=1)
    found[family < 0] = 0
    return found


def in_families(values: Array, ground: Ground) -> Array:
    """Values per month and person summed over families: float64[months, families]."""
    return np.ascontiguousarray(ground.people.summed(values.T).T)


def members_with(holds: Array, ground: Ground) -> Array:
    """In which families somebody is what `holds` (bool[months, persons]) tells: bool[months, families]."""
    found = np.zeros((ground.months, len(ground.luck)), dtype=bool)
    months, persons = np.nonzero(holds & ground.inside)
    found[months, ground.family[months, persons]] = True
    return found


def chosen_member(order: Array, able: Array, ground: Ground) -> Array:
    """Per month and family the person who comes last in `order` (person indices) of the able (bool[months, persons]).

    Returns int32[months, families], NOBODY where nobody is able.
    """
    found = np.full((ground.months, len(ground.luck)), NOBODY, dtype=np.int32)
    for month in range(ground.months):
        persons = order[able[month, order] & ground.inside[month, order]]
        found[month, ground.family[month, persons]] = persons
    return found


@dataclass(frozen=True)
class Spells:
    """Unbroken stretches of months. person: index; first, last: months, both included."""

    person: Array
    first: Array
    last: Array

    def __len__(self) -> int:
        return len(self.person)

    def kept(self, which: Array) -> Spells:
        """Those at the places or with the truths given."""
        return Spells(self.person[which], self.first[which], self.last[which])


def spells(values: Array, *, nothing: int = 0) -> Spells:
    """The stretches in which a person's value ([months, persons]) stays the same and is not `nothing`, by person."""
    held = np.ascontiguousarray(values.T)
    there = held != nothing
    changed = held[:, 1:] != held[:, :-1]
    begins, ends = there.copy(), there.copy()
    begins[:, 1:] &= changed
    ends[:, :-1] &= changed
    person, first = np.nonzero(begins)
    return Spells(person.astype(np.int32), first, np.nonzero(ends)[1])


def day_in(ground: Ground, month: Array, draw: np.random.Generator) -> Array:
    """A random day from the 2nd to the 27th of each month given: datetime64[D]."""
    return ground.starts[month] + draw.integers(1, 27, len(month))


def last_days(ground: Ground, found: Spells, day: Array) -> Array:
    """When spells of persons ended: the day told, never after death; NaT for those that go on at the span's end."""
    ends = np.minimum(day, lived_until(ground.people, found.person))
    ends[found.last == ground.months - 1] = NEVER
    return ends


def lived_until(people: People, person: Array) -> Array:
    """The day of death, and a day out of all reach for those alive: datetime64[D]."""
    died = people.died[person]
    return np.where(np.isnat(died), np.datetime64("2200-01-01"), died)


def monthly(ground: Ground, amounts: Array, **more: Array) -> Events:
    """A row for each amount above 0 (int64 soʻm [months, persons]), with the values of `more` in the same place."""
    months, persons = np.nonzero(amounts > 0)
    besides = {name: values[months, persons] for name, values in more.items()}
    return Events(
        {
            "person": persons.astype(np.int32),
            "happened_on": ground.starts[months],
            "amount": amounts[months, persons],
            **besides,
        }
    )


def whole(amounts: Array) -> Array:
    """Whole soʻm, int64."""
    return np.rint(amounts).astype(np.int64)


def _rural(block: Block, people: People) -> Array:
    """Whether each family lives in a rural mahalla: bool[months, families]."""
    place = people.mahalla.T
    return ~block.urban[np.maximum(place, 0)] & (place >= 0)
