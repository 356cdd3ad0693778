"""What a block is like, in sums that add up over blocks: the truth that published figures are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tayanch.simulate.world import Array, Block, Events, Lives, People, Strain

MEASURES = "measures"
"""Their table in the truth."""
LARGE = 6
YEAR = 365
WORKING_AGE, PENSION_AGE = 16, (60, 55)
"""Completed years: working age is from 16 to below pension age, of men and of women. Who works abroad is employed."""


@dataclass(frozen=True)
class Sum:
    """One sum: a share, mean or rate is `above` ÷ `below`, added up over blocks. when: as figures.csv tells dates."""

    indicator: str
    when: str
    above: float
    below: float


def measure(block: Block, lives: Lives, strain: Strain) -> Events:
    """The sums of a block, as a table of truth: indicator and when (words), region, above, below, happened_on."""
    found = [*_Measures(block, lives, strain).sums()]
    names, dates = (tuple(dict.fromkeys(words)) for words in zip(*((s.indicator, s.when) for s in found), strict=True))
    return Events(
        {
            "indicator": np.array([names.index(s.indicator) for s in found], dtype=np.int8),
            "when": np.array([dates.index(s.when) for s in found], dtype=np.int8),
            "region": np.full(len(found), block.region, dtype=np.int64),
            "above": np.array([s.above for s in found]),
            "below": np.array([s.below for s in found]),
            "happened_on": np.full(len(found), block.span.start),
        },
        {"indicator": names, "when": dates},
    )


@dataclass(frozen=True)
class _Measures:
    """A lived block, looked at year by year."""

    block: Block
    lives: Lives
    strain: Strain

    @property
    def people(self) -> People:
        return self.lives.people

    def sums(self) -> Iterator[Sum]:
        """All that can be measured in the months simulated."""
        years = np.unique(self._month_years())
        for year in years[1:].tolist():
            yield from self._of_year(str(year), self._months(f"{year}-01", f"{year + 1}-01"))
        yield from self._poverty("2023-06", self._months("2023-01", "2023-07"))
        for year in years.tolist():
            yield from self._poverty(str(year), self._months(f"{year}-01", f"{year + 1}-01"))

    def _month_years(self) -> Array:
        return self.block.span.starts[:-1].astype("datetime64[Y]").astype(np.int64) + 1970

    def _months(self, since: str, until: str) -> Array:
        starts = self.block.span.starts[:-1]
        return np.flatnonzero((starts >= np.datetime64(since, "D")) & (starts < np.datetime64(until, "D")))

    def _of_year(self, year: str, months: Array) -> Iterator[Sum]:
        yield from self._sizes(year, int(months[0]))
        yield from self._changes(year, months)
        yield from self._incomes(year, months)
        yield from self._persons(year, months)
        yield from self._helped(year, int(months[-1]))

    def _sizes(self, year: str, month: int) -> Iterator[Sum]:
        members = self.people.members[:, month]
        sizes = members[members > 0]
        families = float(len(sizes))
        yield Sum("families", year, families, 0)
        yield Sum("population", year, float(sizes.sum()), 0)
        yield Sum("family_size", year, float(sizes.sum()), families)
        for size in range(1, LARGE):
            yield Sum(f"family_size_share_{size}", year, float((sizes == size).sum()), families)
        yield Sum("family_size_share_6_or_more", year, float((sizes >= LARGE).sum()), families)

    def _changes(self, year: str, months: Array) -> Iterator[Sum]:
        """Births and marriages of a year per person at its beginning."""
        acts = self.people.events["acts"]
        persons = float(self.people.members[:, months[0]].sum())
        days = acts.columns["happened_on"]
        there = (days >= self.block.span.starts[months[0]]) & (days < self.block.span.starts[months[-1] + 1])
        for act, share in (("birth", 1.0), ("marriage", self._per_marriage())):
            count = (there & (acts.columns["act"] == acts.words["act"].index(act))).sum()
            yield Sum(f"{act}s", year, float(count) * share, persons)

    def _per_marriage(self) -> float:
        """Marriages for each act: a half where both spouses have one."""
        acts = self.people.events["acts"]
        married = acts.columns["act"] == acts.words["act"].index("marriage")
        person, other = acts.columns["person"][married], acts.columns["other"][married]
        both = np.isin(person * len(self.people.sex) + other, other * len(self.people.sex) + person)
        return 1.0 - 0.5 * float(both.mean()) if len(both) else 1.0

    def _incomes(self, year: str, months: Array) -> Iterator[Sum]:
        incomes = self.lives.incomes
        sources = {
            "wages": incomes.wage[:, months].sum() + incomes.informal[:, months].sum(),
            "enterprise": incomes.selfwork[:, months].sum(),
            "transfers": incomes.pension[:, months].sum() + self.lives.support.benefits[:, months].sum(),
            "farm": incomes.farm[:, months].sum(),
            "remittances": incomes.remittances[:, months].sum(),
            "other": incomes.other[:, months].sum(),
        }
        total = float(sum(sources.values()))
        for name, amount in sources.items():
            yield Sum(f"income_share_{name}", year, float(amount), total)
        yield Sum("income_per_person", year, total, float(self.people.members[:, months].sum()))

    def _persons(self, year: str, months: Array) -> Iterator[Sum]:
        people, incomes, month = self.people, self.lives.incomes, int(months[0])
        here = people.family[:, month] >= 0
        disabled = here & (incomes.disabled[:, month] > 0)
        ages = people.ages(self.block.span)[:, month]
        yield Sum("disability_rate", year, float(disabled.sum()), float(here.sum()))
        for name, which in (("women", people.sex == 1), ("children", ages < 18), ("rural", ~self._urban(month))):
            yield Sum(f"disabled_{name}", year, float((disabled & which).sum()), float(disabled.sum()))
        grown = here & (ages >= WORKING_AGE) & (ages < np.where(people.sex == 1, PENSION_AGE[1], PENSION_AGE[0]))
        works = (incomes.working | incomes.away)[:, months][grown]
        yield Sum("employment_rate", year, float(works.mean(1).sum()), float(grown.sum()))
        for name, amounts in (("wage", incomes.wage), ("pension", incomes.pension)):
            yield Sum(name, year, float(amounts[:, months].sum()), float((amounts[:, months] > 0).sum()))

    def _urban(self, month: int) -> Array:
        family = np.maximum(self.people.family[:, month], 0)
        return self.block.urban[np.maximum(self.people.mahalla[family, month], 0)]

    def _helped(self, year: str, month: int) -> Iterator[Sum]:
        """Families on the register, paid in the month, and assessed within a year, per family, at a year's end."""
        families = float((self.people.members[:, month] > 0).sum())
        support = self.lives.support
        yield Sum("families_registered", year, float(support.registered[:, month].sum()), families)
        yield Sum("families_paid", year, float((support.benefits[:, month] > 0).sum()), families)
        told = support.events["assessments"].columns
        end = self.block.span.starts[month + 1]
        within = (told["happened_on"] < end) & (told["happened_on"] >= end - np.timedelta64(YEAR, "D"))
        yield Sum("families_assessed", year, float(len(np.unique(told["family"][within]))), families)

    def _poverty(self, when: str, months: Array) -> Iterator[Sum]:
        """Persons in families in hardship, of all, month by month."""
        if len(months):
            members = self.people.members[:, months]
            poor = members * self.strain.hardship[:, months]
            yield Sum("poverty_rate", when, float(poor.sum()), float(members.sum()))
