"""Families as they stand when the simulation begins: drafts, of which those are kept that give the country's shares.

A draft is a couple (or who is left of it) at a random age, with its children by the time of its wedding; of the grown
ones those who still live there, up to two of them with a family of their own. More drafts are made than needed; the
weights of least relative entropy that give the shares of sizes and ages choose among them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tayanch.simulate.people.figures import AGE_GROUPS, SIZES, Curve, PeopleFigures, tilted
from tayanch.simulate.people.town import MAN, OF_AGE, WOMAN, YEAR
from tayanch.simulate.world import NOBODY, Array, Block

HUSBAND, WIFE, FIRST_CHILD, CHILDREN = 0, 1, 2, 7
YOUNG, YOUNG_CHILDREN = 2, 5
SLOTS = FIRST_CHILD + CHILDREN + YOUNG * (1 + YOUNG_CHILDREN)
REMEMBERED = 10 * YEAR
"""Months before the span of which births, deaths, marriages and divorces are still told."""
_DRAFTS, _LEAST_DRAFTS = 3, 400
_RIDGE, _STEPS = 1e-4, 12
_YOUNGEST, _OLDEST_MOTHER = 17, 46


@dataclass(frozen=True)
class Drafts:
    """Families by slot: husband, wife, children, then for each of two young couples the child-in-law and the children.

    Each array is [families, slots]; ages and times in months before the span. present: lives there. late: died within
    the remembered time. mother, father, partner: slot or NOBODY. wed, gone (death), parted (divorce): months ago, 0 if
    never. founded: of each family.
    """

    present: Array
    late: Array
    sex: Array
    age: Array
    mother: Array
    father: Array
    partner: Array
    wed: Array
    gone: Array
    parted: Array
    founded: Array

    def at(self, families: Array) -> Drafts:
        """Some of the families, in that order."""
        return replace(self, **{name: values[families] for name, values in vars(self).items()})


def standing_families(block: Block, figures: PeopleFigures, family_size: float) -> tuple[Drafts, Array]:
    """The families of the block when the simulation begins, and the mahalla of each.

    family_size: mean of the region's families.
    """
    urban = np.repeat(block.urban.astype(bool), block.families)
    mahalla = np.repeat(np.arange(len(block.mahallas), dtype=np.int32), block.families)
    means = figures.sizes.mean.of(urban)
    chosen: list[Drafts] = []
    places: list[Array] = []
    for area in (True, False):
        own = np.flatnonzero(urban == area)
        if len(own):
            stream = block.stream(f"people:families:{'urban' if area else 'rural'}")
            mean = family_size * figures.sizes.mean.of(np.array([area]))[0] / means.mean()
            drafts = draft(figures, stream, (max(_DRAFTS * len(own), _LEAST_DRAFTS), area))
            chosen.append(drafts.at(_choose(drafts, _wanted(figures, mean, area), (len(own), stream))))
            places.append(own)
    order = np.argsort(np.concatenate(places))
    together = {name: np.concatenate([getattr(part, name) for part in chosen])[order] for name in vars(chosen[0])}
    return Drafts(**together), mahalla


def draft(figures: PeopleFigures, stream: np.random.Generator, what: tuple[int, bool]) -> Drafts:
    """Drafts of families; what: how many, and whether in a town."""
    count, urban = what
    empty = np.zeros((count, SLOTS), dtype=np.int32)
    nobody = np.full((count, SLOTS), NOBODY, dtype=np.int8)
    there = np.zeros((count, SLOTS), dtype=bool)
    drafts = Drafts(
        present=there,
        late=there.copy(),
        sex=np.zeros((count, SLOTS), dtype=np.int8),
        age=empty,
        mother=nobody,
        father=nobody.copy(),
        partner=nobody.copy(),
        wed=empty.copy(),
        gone=empty.copy(),
        parted=empty.copy(),
        founded=np.ones(count, dtype=np.int32),
    )
    _couples(drafts, figures, stream)
    _own_children(drafts, figures, stream)
    heirs = _grown_children(drafts, figures, (stream, urban))
    for young in range(YOUNG):
        _young_couple(drafts, figures, (stream, young, heirs))
    _alone(drafts, figures, stream)
    drafts.present[~drafts.present[:, [HUSBAND, WIFE]].any(axis=1)] = False
    drafts.late[~drafts.present.any(axis=1)] = False
    return drafts


def _couples(drafts: Drafts, figures: PeopleFigures, stream: np.random.Generator) -> None:
    """The couple: ages, wedding, who of them has died since, who has left."""
    count = len(drafts.age)
    shares = np.array(figures.ages.shares[4:])
    group = np.searchsorted(np.cumsum(shares) / shares.sum(), stream.random(count))
    wife = ((20 + 5 * np.minimum(group, len(shares) - 1) + 5 * stream.random(count)) * YEAR).astype(np.int32)
    married = wed_age(figures.marriage.women, wife, stream)
    wed = np.maximum(wife - married, 1)
    gap = stream.normal(figures.marriage.gap, figures.marriage.spread, count) * YEAR
    husband = np.maximum(wife + gap, OF_AGE + 6 + wed).astype(np.int32)
    drafts.age[:, HUSBAND], drafts.age[:, WIFE] = husband, wife
    drafts.sex[:, WIFE] = WOMAN
    drafts.partner[:, HUSBAND], drafts.partner[:, WIFE] = WIFE, HUSBAND
    drafts.wed[:, [HUSBAND, WIFE]] = wed[:, None]
    drafts.founded[:] = np.maximum(wed - np.minimum(stream.exponential(30, count), 0.9 * wed), 1)
    for slot, curve in ((HUSBAND, figures.deaths.men), (WIFE, figures.deaths.women)):
        drafts.gone[:, slot] = _months_dead(drafts.age[:, slot], wed, (curve, stream))
    drafts.founded[:] = np.maximum(drafts.founded, drafts.gone[:, [HUSBAND, WIFE]].max(axis=1))
    parts = (stream.random(count) < figures.divorce.before) & (drafts.gone[:, [HUSBAND, WIFE]] == 0).all(axis=1)
    drafts.parted[:, WIFE] = np.where(parts, np.ceil(wed * stream.random(count)), 0)
    gone = drafts.gone[:, [HUSBAND, WIFE]]
    drafts.present[:, [HUSBAND, WIFE]] = gone == 0
    drafts.present[parts, HUSBAND] = False
    drafts.partner[parts, WIFE] = NOBODY
    drafts.late[:, [HUSBAND, WIFE]] = (gone > 0) & (gone <= REMEMBERED)


def wed_age(curve: Curve, age: Array, stream: np.random.Generator) -> Array:
    """At what age (months) people married who are of this age (months) and did marry: int32."""
    years = np.arange(0.0, 121.0)
    share = -np.expm1(-curve.summed(years))
    drawn = stream.random(age.shape) * np.interp(age / YEAR, years, share)
    return np.minimum(np.interp(drawn, share, years) * YEAR, age - 1).astype(np.int32)


def _ever_married(curve: Curve, age: Array, stream: np.random.Generator) -> Array:
    """Whether people of this age (months) have married: bool."""
    return stream.random(age.shape) < -np.expm1(-curve.summed(age / YEAR))


def _months_dead(age: Array, wed: Array, what: tuple[Curve, np.random.Generator]) -> Array:
    """How many months ago those died who would be of this age and lived on their wedding day; 0 for who lives."""
    curve, stream = what
    years = np.arange(0.0, 121.0)
    hazard = curve.summed(years)
    met = curve.summed((age - wed) / YEAR) + stream.exponential(1.0, len(age))
    died = np.interp(met, hazard, years, right=200.0) * YEAR
    return np.where(died < age, np.clip(age - died, 1, np.maximum(wed - 1, 0)), 0).astype(np.int32)


def _births(figures: PeopleFigures, stream: np.random.Generator, what: tuple[Array, Array, int]) -> tuple[Array, Array]:
    """Ages of children (months), eldest first, and who is born; what: mother's age, months since the wedding, most."""
    age, wed, most = what
    births = figures.births
    shape = (len(age), most)
    after = 16 + stream.exponential(births.next_after - 16, shape)
    after[:, 0] = 9 + stream.exponential(births.first_after - 9, len(age))
    child = (wed[:, None] - np.cumsum(after, axis=1)).astype(np.int32)
    mean = births.completed.at(2022 - age / YEAR)
    wanted = 1 + stream.poisson(np.maximum(mean - 1, 0))
    wanted[stream.random(len(age)) < births.childless] = 0
    mother = age[:, None] - child
    born = (child >= 1) & (np.arange(most) < wanted[:, None])
    return child, born & (mother <= _OLDEST_MOTHER * YEAR) & (mother >= _YOUNGEST * YEAR)


def _own_children(drafts: Drafts, figures: PeopleFigures, stream: np.random.Generator) -> None:
    """The couple's children, whether they still live there or not."""
    places = slice(FIRST_CHILD, FIRST_CHILD + CHILDREN)
    age, born = _births(figures, stream, (drafts.age[:, WIFE], drafts.wed[:, WIFE], CHILDREN))
    no_father = np.maximum(drafts.gone[:, HUSBAND], drafts.parted[:, WIFE])
    born &= (age >= no_father[:, None] - 8) & (age > drafts.gone[:, WIFE][:, None])
    drafts.age[:, places] = age
    drafts.present[:, places] = born
    drafts.sex[:, places] = stream.random(age.shape) >= figures.births.boys
    drafts.mother[:, places] = WIFE
    drafts.father[:, places] = HUSBAND


def _grown_children(drafts: Drafts, figures: PeopleFigures, what: tuple[np.random.Generator, bool]) -> Array:
    """Of the children who are grown, those stay who live with their parents. Returns who of them has married: bool."""
    stream, urban = what
    area = np.array([urban])
    families, places = figures.families, slice(FIRST_CHILD, FIRST_CHILD + CHILDREN)
    age, sex, born = drafts.age[:, places], drafts.sex[:, places], drafts.present[:, places]
    curves = figures.marriage
    drawn = np.where(sex == MAN, _ever_married(curves.men, age, stream), _ever_married(curves.women, age, stream))
    ever = born & drawn & (age >= OF_AGE + 6)
    married = np.where(sex == MAN, wed_age(curves.men, age, stream), wed_age(curves.women, age, stream))
    wed = np.where(ever, np.maximum(age - np.maximum(married, OF_AGE), 1), 0)
    youngest = np.cumsum((born & (sex == MAN))[:, ::-1], axis=1)[:, ::-1] == 1
    stays = families.son_stays.of(area)[0] * 0.5 ** (wed / YEAR / families.half)
    stays = np.where(youngest, families.youngest_stays.of(area)[0], stays)
    stays = np.where(sex == MAN, stays, families.daughter_returns)
    heirs = ever & (stream.random(age.shape) < stays)
    heirs &= np.cumsum(heirs, axis=1) <= YOUNG
    single = ~ever & ((age < OF_AGE) | (stream.random(age.shape) < families.single_stays))
    drafts.wed[:, places] = np.where(heirs, wed, 0)
    drafts.present[:, places] = born & (heirs | single)
    return heirs


def _young_couple(drafts: Drafts, figures: PeopleFigures, what: tuple[np.random.Generator, int, Array]) -> None:
    """A married son's wife and children, or the children of a daughter who came back."""
    stream, young, heirs = what
    own = heirs & (np.cumsum(heirs, axis=1) == young + 1)
    rows, place = np.nonzero(own)
    slot = place + FIRST_CHILD
    son = drafts.sex[rows, slot] == MAN
    age, wed = drafts.age[rows, slot], drafts.wed[rows, slot]
    gap = stream.normal(figures.marriage.gap, figures.marriage.spread, len(rows)) * YEAR
    wife = np.maximum(age - gap, _YOUNGEST * YEAR + 6 + wed).astype(np.int32)
    in_law = FIRST_CHILD + CHILDREN + young * (1 + YOUNG_CHILDREN)
    drafts.age[rows, in_law], drafts.sex[rows, in_law] = wife, WOMAN
    drafts.present[rows, in_law] = son
    drafts.wed[rows, in_law] = wed
    drafts.partner[rows, in_law] = slot
    drafts.partner[rows, slot] = np.where(son, in_law, NOBODY)
    drafts.parted[rows, slot] = np.where(son, 0, np.ceil(wed * stream.random(len(rows))))
    ages, born = _births(figures, stream, (np.where(son, wife, age), wed, YOUNG_CHILDREN))
    born &= ages >= drafts.parted[rows, slot][:, None] - 8
    for child in range(YOUNG_CHILDREN):
        at = in_law + 1 + child
        drafts.age[rows, at], drafts.present[rows, at] = ages[:, child], born[:, child]
        drafts.sex[rows, at] = stream.random(len(rows)) >= figures.births.boys
        drafts.mother[rows, at] = np.where(son, in_law, slot)
        drafts.father[rows, at] = np.where(son, slot, NOBODY)


def _alone(drafts: Drafts, figures: PeopleFigures, stream: np.random.Generator) -> None:
    """Some drafts become one person without a spouse: never married when young, divorced long ago when older."""
    rows = np.flatnonzero(stream.random(len(drafts.age)) < figures.families.alone)
    slot = stream.integers(0, 2, len(rows))
    drafts.present[rows], drafts.late[rows] = False, False
    drafts.present[rows, slot] = True
    drafts.partner[rows, slot] = NOBODY
    drafts.gone[rows, slot] = 0
    since = np.minimum(drafts.age[rows, slot] - 20 * YEAR + 1, 10 * YEAR)
    drafts.founded[rows] = np.maximum(since * stream.random(len(rows)), 1)
    young = drafts.age[rows, slot] < 40 * YEAR
    drafts.wed[rows[young], slot[young]] = 0
    drafts.parted[rows, slot] = np.where(young, 0, np.maximum(drafts.wed[rows, slot] // 2, 1))


def _wanted(figures: PeopleFigures, mean: float, urban: bool) -> Array:
    """What a family should have on average: a share of each size, and persons of each age group."""
    told = figures.sizes.shares.urban if urban else figures.sizes.shares.rural
    shares = tilted(told, mean, figures.sizes.largest)
    ages = np.array(figures.ages.shares)
    return np.concatenate([shares, mean * ages / ages.sum()])


def _choose(drafts: Drafts, wanted: Array, what: tuple[int, np.random.Generator]) -> Array:
    """Which drafts are kept (some twice) so that families are on average as wanted: indices, in random order."""
    count, stream = what
    usable = np.flatnonzero(drafts.present.any(axis=1))
    present = drafts.present[usable]
    size = np.minimum(present.sum(axis=1), SIZES)
    found = np.zeros((len(usable), SIZES + AGE_GROUPS))
    found[np.arange(len(usable)), size - 1] = 1
    group = np.minimum(drafts.age[usable] // (5 * YEAR), AGE_GROUPS - 1)
    for number in range(AGE_GROUPS):
        found[:, SIZES + number] = (present & (group == number)).sum(axis=1)
    share = np.cumsum(_weights(found, wanted))
    places = np.searchsorted(share / share[-1], (np.arange(count) + stream.random()) / count)
    return stream.permutation(usable[np.minimum(places, len(usable) - 1)])


def _weights(found: Array, wanted: Array) -> Array:
    """Weights (summing to 1) of least relative entropy under which the mean of `found` is about `wanted`.

    They are exp(found · t); Newton's method with a small ridge, so that there is always an answer. Sums are einsum's,
    not the algebra library's, whose bytes depend on how many threads it takes.
    """
    slope = np.zeros(found.shape[1])
    weights = np.full(len(found), 1 / len(found))
    for _ in range(_STEPS):
        mean = np.einsum("f,fi->i", weights, found)
        spread = np.einsum("fi,fj->ij", found * weights[:, None], found) - np.outer(mean, mean)
        step = np.linalg.solve(spread + _RIDGE * np.eye(len(slope)), wanted - mean - _RIDGE * slope)
        slope += step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        power = np.einsum("fi,i->f", found, slope)
        weights = np.exp(power - power.max())
        weights /= weights.sum()
    return weights
