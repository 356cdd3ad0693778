"""Who lives in a block, with whom, and how that changes month by month over the span."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country
from tayanch.simulate.papers.numbers import allot
from tayanch.simulate.people.beginnings import Past, begin, days_in
from tayanch.simulate.people.demography import Demography, Diary
from tayanch.simulate.people.events import act_events, address_events, died_on, member_events, padded
from tayanch.simulate.people.figures import LEVELS, Cohort, PeopleFigures
from tayanch.simulate.people.population import standing_families
from tayanch.simulate.people.town import Town
from tayanch.simulate.sections import read_section
from tayanch.simulate.world import Array, Block, People


def make_people(block: Block, country: Country) -> People:
    """Everyone who lives in the block during the span (and husbands and wives who died in the ten years before).

    Raises:
        DeclarationError: when the section `people` of the country can't stand.
        SimulationError: when the country's table of regions lacks the block's region.
    """
    figures = read_section(country, "people", PeopleFigures)
    standing = standing_families(block, figures, _family_size(country, block.region))
    town, past = begin(block, figures, standing)
    diary = Demography(town, block, figures).live()
    stream = block.stream("people:born")
    drawn = days_in(block.span, town.born, stream.random(len(town.born)) * 28)
    newborn = town.born >= 0
    drawn[newborn] = days_in(block.span, town.born[newborn], _birth_days(diary, town)[newborn])
    number, born = allot(town.sex, drawn, block)
    return _people(block, figures, (town, past, diary, number, born))


def _family_size(country: Country, region: int) -> float:
    regions = country.table("regions")
    place = np.flatnonzero(regions["code"] == region)
    if not len(place):
        raise SimulationError(f"there is no region {region}", do="add its row.", where="regions.csv")
    return float(regions["family_size"][place[0]])


def _birth_days(diary: Diary, town: Town) -> Array:
    """Day of the month on which those born in the span were, as their mothers' month was written."""
    days = padded(diary.days, len(town.sex))
    return days[np.arange(len(days)), np.maximum(town.born, 0)]


def _people(block: Block, figures: PeopleFigures, made: tuple[Town, Past, Diary, Array, Array]) -> People:
    town, past, diary, number, born = made
    months, families = block.span.months, len(town.head)
    family = padded(diary.families, len(town.sex))
    mahalla = padded([*diary.mahallas, town.mahalla], families)
    lives = np.ascontiguousarray(family[:, :months])
    members = np.zeros((families, months), dtype=np.int16)
    for month in range(months):
        there = lives[:, month]
        members[:, month] = np.bincount(there[there >= 0], minlength=families)
    who = (town, past, born)
    return People(
        sex=town.sex.astype(np.int8),
        born=born,
        died=died_on(block, town),
        mother=town.mother.astype(np.int32),
        father=town.father.astype(np.int32),
        schooling=_schooling(block, figures, (town, family, mahalla)),
        frailty=town.frailty,
        ability=town.ability,
        number=number,
        family=lives,
        mahalla=np.ascontiguousarray(mahalla[:, :months]),
        head=padded(diary.heads, families),
        members=members,
        events={
            "members": member_events(block, diary, who),
            "acts": act_events(block, diary, who),
            "addresses": address_events(block, diary, past, mahalla=mahalla),
        },
    )


def _schooling(block: Block, figures: PeopleFigures, lives: tuple[Town, Array, Array]) -> Array:
    """What each person reaches, by year of birth, place and ability: int8."""
    town, family, mahalla = lives
    first = np.argmax(family >= 0, axis=1)
    place = mahalla[np.maximum(family[np.arange(len(family)), first], 0), first]
    urban = block.urban.astype(bool)[place]
    like, noise = figures.latent.schooling, block.stream("people:schooling").standard_normal(len(town.sex))
    bent = like * town.ability + np.sqrt(1 - like**2) * noise
    year = (block.span.first.astype(np.int64) + town.born) // 12 + 1970
    reached = np.zeros(len(town.sex), dtype=np.int8)
    for area, cohorts in ((True, figures.schooling.urban), (False, figures.schooling.rural)):
        marks, cohort = _marks(cohorts), _cohort(cohorts, year)
        reached = np.where(urban == area, (bent[:, None] > marks[cohort]).sum(axis=1), reached)
    return reached.astype(np.int8)


def _cohort(cohorts: list[Cohort], year: Array) -> Array:
    begins = np.array([cohort.from_ for cohort in cohorts])
    return np.maximum(np.searchsorted(begins, year, side="right") - 1, 0)


def _marks(cohorts: list[Cohort]) -> Array:
    """Of each cohort the values of a standard normal between the levels of schooling: float64[cohorts, levels − 1]."""
    normal = NormalDist()
    shares = np.array([cohort.shares for cohort in cohorts])
    below = np.cumsum(shares, axis=1)[:, : LEVELS - 1] / shares.sum(axis=1, keepdims=True)
    return np.array([[normal.inv_cdf(share) for share in row] for row in below])
