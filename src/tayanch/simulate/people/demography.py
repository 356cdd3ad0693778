"""What changes families month by month: deaths, births, divorces, weddings, couples who leave their parents, moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tayanch.simulate.people.figures import ByArea, PeopleFigures
from tayanch.simulate.people.town import (
    CHILD,
    CHILD_IN_LAW,
    FAR,
    MAN,
    OF_AGE,
    OTHER,
    SIBLING,
    WOMAN,
    YEAR,
    Town,
    settle,
)
from tayanch.simulate.world import NOBODY, Array, Block

_MOST = 2.5
"""Hazards are raised at most so many times to give the country's figure for a thousand people."""
_MATURE = 17 * YEAR


@dataclass
class Diary:
    """What happened, by month: lists of arrays, one for each month in which something did.

    weddings, divorces: (husband, wife, month, day). moves: (family, month, day), new families among them.
    families, relations, heads, mahallas: as they stood at the start of each month and at the end of the last (relations
    and families so, heads and mahallas without the end). days: of each month's changes of family or relation.
    """

    weddings: list[Array] = field(default_factory=list[Array])
    divorces: list[Array] = field(default_factory=list[Array])
    moves: list[Array] = field(default_factory=list[Array])
    families: list[Array] = field(default_factory=list[Array])
    relations: list[Array] = field(default_factory=list[Array])
    heads: list[Array] = field(default_factory=list[Array])
    mahallas: list[Array] = field(default_factory=list[Array])
    days: list[Array] = field(default_factory=list[Array])


class Demography:
    """Lives a town's months. Every kind of change draws from a stream of its own."""

    def __init__(self, town: Town, block: Block, figures: PeopleFigures) -> None:
        self.town, self.block, self.figures = town, block, figures
        self.diary = Diary()
        self.levels: dict[str, float] = {}
        self.streams: dict[str, np.random.Generator] = {}
        self.month, self.month_days = 0, 31

    def live(self) -> Diary:
        """Every month of the span, one after the other; the town is changed."""
        town, diary = self.town, self.diary
        lengths = np.diff(self.block.span.starts).astype(np.int64)
        self._note()
        for month in range(self.block.span.months):
            self.month, self.month_days = month, int(lengths[month])
            diary.heads.append(town.head.copy())
            diary.mahallas.append(town.mahalla.copy())
            before = town.family.copy()
            town.begin_month()
            for change in (self._die, self._bear, self._part, self._marry, self._leave_parents, self._move):
                change()
            settle(town, month)
            self._note()
            diary.days.append(self._changed_on(before))
        return diary

    def _note(self) -> None:
        self.diary.families.append(self.town.family.copy())
        self.diary.relations.append(self.town.relation.copy())

    def _changed_on(self, before: Array) -> Array:
        """Day of the month on which each person's family or relation changed, if it did."""
        town = self.town
        turned = np.where(town.here, town.turned[town.family], -1)
        moved = np.ones(len(town.sex), dtype=bool)
        moved[: len(before)] = town.family[: len(before)] != before
        return np.where(moved | (turned < 0), np.maximum(town.day, 0), turned).astype(np.int8)

    def _stream(self, purpose: str) -> np.random.Generator:
        if purpose not in self.streams:
            self.streams[purpose] = self.block.stream(f"people:{purpose}")
        return self.streams[purpose]

    def _days(self, purpose: str, count: int) -> Array:
        return self._stream(purpose).integers(0, self.month_days, count).astype(np.int8)

    def _drawn(self, purpose: str, hazard: Array, per_thousand: float) -> Array:
        """To whom it happens this month: indices in `hazard`, which tells chances within a year.

        Hazards are raised or lowered alike so that in the first month so many of a thousand people a year are expected.
        """
        if purpose not in self.levels:
            wanted = per_thousand / 1000 * self.town.here.sum()
            self.levels[purpose] = float(min(wanted / max(hazard.sum(), 1e-9), _MOST))
        return self._happens(purpose, hazard * self.levels[purpose])

    def _happens(self, purpose: str, hazard: Array) -> Array:
        return np.flatnonzero(self._stream(purpose).random(len(hazard)) * YEAR < hazard)

    def _area(self, told: ByArea, families: Array) -> Array:
        """A figure for the area in which each of these families lives."""
        return told.of(self.block.urban.astype(bool)[self.town.mahalla[families]])

    def _free(self) -> Array:
        """Who lives here and has done nothing yet this month: bool."""
        return self.town.here & (self.town.day < 0)

    def _die(self) -> None:
        town, told = self.town, self.figures.deaths
        here = np.flatnonzero(town.here)
        months = self.month - town.born[here]
        age = np.maximum(months, 0) / YEAR
        hazard = np.where(town.sex[here] == MAN, told.men.at(age), told.women.at(age))
        hazard *= np.where(age < 1, 1.0, np.exp(told.frailty * town.frailty[here] - told.frailty**2 / 2))
        dead = here[self._drawn("deaths", hazard, told.per_thousand)]
        day = self._days("deaths", len(dead))
        town.died[dead], town.died_on[dead] = self.month, day
        left = town.partner[dead]
        widowed = left[town.married[dead] & (left >= 0)]
        town.married[dead] = False
        town.married[widowed] = False
        town.move(dead, np.full(len(dead), NOBODY), day)

    def _bear(self) -> None:
        town, told = self.town, self.figures.births
        age = self.month - town.born
        able = self._free() & (town.sex == WOMAN) & town.married & (self.month - town.last_birth >= told.apart)
        able &= (age >= _MATURE) & (age < 49 * YEAR)
        women = np.flatnonzero(able)
        factor = np.array(told.by_children)[np.minimum(town.children[women], len(told.by_children) - 1)]
        mothers = women[self._drawn("births", told.by_age.at(age[women] / YEAR) * factor, told.per_thousand)]
        fathers = town.partner[mothers]
        stream, count = self._stream("births"), len(mothers)
        day = self._days("births", count)
        ability, frailty = (
            inherited(values, (mothers, fathers), (self.figures.latent.family, stream))
            for values in (town.ability, town.frailty)
        )
        town.children[mothers] += 1
        town.last_birth[mothers] = self.month
        town.day[mothers] = day
        town.add_people(
            sex=stream.random(count) >= told.boys,
            born=np.full(count, self.month),
            mother=mothers,
            father=fathers,
            family=town.family[mothers],
            last_birth=np.full(count, -FAR),
            ability=ability,
            frailty=frailty,
            day=day,
        )

    def _part(self) -> None:
        """Divorces. The id stays with the registered head; the other goes to the parents or forms a new family."""
        town, told, stream = self.town, self.figures.divorce, self._stream("divorces")
        free = self._free()
        men = np.flatnonzero(free & (town.sex == MAN) & town.married)
        wives = town.partner[men]
        both = free[wives] & (town.family[wives] == town.family[men])
        men, wives = men[both], wives[both]
        years = (self.month - town.wed[men]) / YEAR
        drawn = self._drawn("divorces", told.by_years.at(years), told.per_thousand)
        men, wives = men[drawn], wives[drawn]
        day = self._days("divorces", len(men))
        hers = (town.head[town.family[men]] == wives) | (town.relation[wives] == CHILD)
        leaver = np.where(hers, men, wives)
        home = self._parents_home(leaver)
        alone = (home < 0) | (stream.random(len(men)) >= told.to_parents)
        home[alone] = self._found(leaver[alone], day[alone], stream)
        takes = ~hers & (stream.random(len(men)) < told.children_with_mother)
        town.married[men] = town.married[wives] = False
        town.partner[men] = town.partner[wives] = NOBODY
        town.day[np.where(hers, wives, men)] = day
        self._follow(leaver[takes], home[takes], day[takes])
        town.move(leaver, home, day)
        self._write(self.diary.divorces, (men, wives), day)

    def _parents_home(self, people: Array) -> Array:
        """The family in which each one's mother, else father, lives, if it is not their own; else NOBODY."""
        town = self.town
        found = np.full(len(people), NOBODY, dtype=np.int64)
        for parent in (town.father[people], town.mother[people]):
            family = np.where(parent >= 0, town.family[parent], NOBODY)
            found = np.where((family >= 0) & (family != town.family[people]), family, found)
        return found

    def _marry(self) -> None:
        """Weddings. Most wives move to the husband's family; some couples form one of their own."""
        town, told, stream = self.town, self.figures.marriage, self._stream("weddings")
        age = self.month - town.born
        single = np.flatnonzero(self._free() & ~town.married & (age >= OF_AGE) & (age < 60 * YEAR))
        again = np.where(town.wed[single] < FAR, told.again, 1.0)
        woman = town.sex[single] == WOMAN
        brides, grooms = single[woman], single[~woman]
        brides = brides[self._drawn("weddings", told.women.at(age[brides] / YEAR) * again[woman], told.per_thousand)]
        wish = np.log(told.men.at(age[grooms] / YEAR) * again[~woman] + 1e-12) + stream.gumbel(size=len(grooms))
        grooms = grooms[np.argsort(-wish, kind="stable")[: len(brides)]]
        brides = stream.permutation(brides)[: len(grooms)]
        jitter = told.spread * YEAR / 2
        brides = brides[np.argsort(age[brides] + stream.normal(0, jitter, len(brides)), kind="stable")]
        grooms = grooms[np.argsort(age[grooms] + stream.normal(0, jitter, len(grooms)), kind="stable")]
        fits = self._may_marry(grooms, brides)
        self._wed(grooms[fits], brides[fits], stream)

    def _may_marry(self, grooms: Array, brides: Array) -> Array:
        """Not kin or of one family, and no more than 6 years younger or 16 older than the wife (assumption)."""
        town = self.town
        older = town.born[brides] - town.born[grooms]
        fits = (older >= -6 * YEAR) & (older <= 16 * YEAR) & (town.family[grooms] != town.family[brides])
        fits &= (town.mother[grooms] != town.mother[brides]) | (town.mother[brides] < 0)
        return fits & ((town.father[grooms] != town.father[brides]) | (town.father[brides] < 0))

    def _wed(self, grooms: Array, brides: Array, stream: np.random.Generator) -> None:
        town = self.town
        day = self._days("weddings", len(grooms))
        home = town.family[grooms].astype(np.int64)
        stays = stream.random(len(grooms)) < self._area(self.figures.marriage.to_husband, home)
        stays |= town.head[home] == grooms
        home[~stays] = self._found(grooms[~stays], day[~stays], stream)
        self._follow(brides, home, day)
        self._follow(grooms[~stays], home[~stays], day[~stays])
        town.move(np.concatenate([grooms, brides]), np.tile(home, 2), np.tile(day, 2))
        town.partner[grooms], town.partner[brides] = brides, grooms
        for people in (grooms, brides):
            town.married[people] = True
            town.wed[people] = self.month
        self._write(self.diary.weddings, (grooms, brides), day)

    def _leave_parents(self) -> None:
        """Couples who live with parents form a family of their own."""
        town, told, stream = self.town, self.figures.families, self._stream("leaving")
        free = self._free()
        younger = np.isin(town.relation, (CHILD, CHILD_IN_LAW, SIBLING, OTHER))
        men = np.flatnonzero(free & (town.sex == MAN) & town.married & younger)
        wives = town.partner[men]
        both = free[wives] & (town.family[wives] == town.family[men])
        men, wives = men[both], wives[both]
        grown = np.bincount(town.family[town.here & (self.month - town.born >= OF_AGE)], minlength=len(town.head))
        hazard = self._area(told.split_off, town.family[men])
        hazard = np.where(grown[town.family[men]] <= 4, hazard * told.last_couple, hazard)
        drawn = self._happens("leaving", hazard)
        # Of two couples in one family only one leaves within a month: the other must not be left without the elders.
        drawn = drawn[np.unique(town.family[men[drawn]], return_index=True)[1]]
        men, wives = men[drawn], wives[drawn]
        day = self._days("leaving", len(men))
        home = self._found(men, day, stream)
        self._follow(men, home, day)
        self._follow(wives, home, day)
        town.move(np.concatenate([men, wives]), np.tile(home, 2), np.tile(day, 2))

    def _move(self) -> None:
        """Families move to another mahalla."""
        town, places = self.town, len(self.block.mahallas)
        standing = np.flatnonzero(self.diary.mahallas[-1] >= 0)
        standing = standing[town.sizes[standing] > 0]
        moving = standing[self._happens("moving", self._area(self.figures.families.moves, standing))]
        if places > 1 and len(moving):
            step = self._stream("moving").integers(1, places, len(moving))
            town.mahalla[moving] = (town.mahalla[moving] + step) % places
            self._write(self.diary.moves, (moving,), self._days("moving", len(moving)))

    def _found(self, people: Array, day: Array, stream: np.random.Generator) -> Array:
        """New families for these people, near where they live or in another mahalla."""
        town = self.town
        mahalla = town.mahalla[town.family[people]]
        away = stream.random(len(people)) < self.figures.families.elsewhere
        mahalla = np.where(away, stream.integers(0, len(self.block.mahallas), len(people)), mahalla)
        families = town.add_families(mahalla)
        self._write(self.diary.moves, (families,), day)
        return families

    def _follow(self, parents: Array, home: Array, day: Array) -> None:
        """Their children under age who live with them go with them."""
        town = self.town
        leads = np.full(len(town.sex) + 1, NOBODY, dtype=np.int64)
        leads[parents] = np.arange(len(parents))
        young = np.flatnonzero(self._free() & (self.month - town.born < OF_AGE))
        for kin in (town.mother, town.father):
            parent = kin[young]
            follows = (leads[parent] >= 0) & (town.family[young] == town.family[parent]) & (town.day[young] < 0)
            children, who = young[follows], leads[parent[follows]]
            town.move(children, home[who], day[who])

    def _write(self, page: list[Array], who: tuple[Array, ...], day: Array) -> None:
        page.append(np.stack([*who, np.full(len(day), self.month), day]).astype(np.int64))


def inherited(values: Array, parents: tuple[Array, Array], how: tuple[float, np.random.Generator]) -> Array:
    """A child's value from its parents' (standard normal, correlated c with each other), correlated c with each.

    how: c, and the stream of the child's own part. With m the parents' mean, the child has 2c/(1 + c) · m and a normal
    part that makes the variance 1.
    """
    alike, stream = how
    mother, father = parents
    weight = 2 * alike / (1 + alike)
    own = np.sqrt(1 - weight * alike)
    return weight * (values[mother] + values[father]) / 2 + own * stream.standard_normal(len(mother))
