"""Long illness, recognised disability, pregnancy and nursing: who, when, and what the registers hear of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.incomes.ground import (
    CHILD_UNDER,
    NEVER,
    Ground,
    Spells,
    chosen_member,
    day_in,
    last_days,
    members_with,
    of_family,
    spells,
)
from tayanch.simulate.incomes.rates import AgeShares
from tayanch.simulate.sections import over_months
from tayanch.simulate.world import NOBODY, Array, Events

CARE = ("pregnancy", "long_illness", "nursing")
GRADES = ("1", "2", "3", "child")
CHILD_GRADE = 4
CARRIED_DAYS = 200
"""From when pregnancy is followed up to birth: from about the tenth week."""
FOREVER = 10_000


@dataclass(frozen=True)
class Health:
    """Health of persons, [months, persons].

    ill, nursing: bool; disabled: int8, 0 none, 1–3 grade, 4 child; since_birth: int16, months since the mother's last
    child was born, a large number for none. events: disability, care.
    """

    ill: Array
    disabled: Array
    nursing: Array
    since_birth: Array
    events: dict[str, Events]


def make_health(ground: Ground) -> Health:
    """The health of everyone in the block."""
    ill, disabling = _illness(ground)
    disabled, assessed = _disability(ground, disabling)
    nursing = _nursing(ground, ill, disabled)
    care = _care(ground, ill, nursing)
    return Health(ill, disabled, nursing, _since_birth(ground), {"disability": assessed, "care": care})


def _illness(ground: Ground) -> tuple[Array, Array]:
    """Who is ill for long (bool) and whose illness ended in disability that month (bool), [months, persons]."""
    rates, draw = ground.rates.health, ground.stream("illness")
    rate = over_months(rates.illness, ground.block.span)
    frail = np.exp(0.5 * ground.people.frailty - 0.125)
    by_age = 0.35 + 0.65 * np.exp((np.arange(121) - 40) / 28)
    chances = by_age[np.clip(ground.ages, 0, 120)] * frail * ground.inside
    left = np.zeros(len(frail))
    there = draw.random(len(frail)) < chances[0] * rate[0] * rates.illness_months
    left[there] = 1 + np.ceil(draw.exponential(rates.illness_months - 1, int(there.sum())))
    ill = np.zeros(ground.inside.shape, dtype=bool)
    disabling = np.zeros_like(ill)
    for month in range(ground.months):
        disabling[month] = (left > 0) & (left <= 1) & (draw.random(len(left)) < rates.disabling)
        left = np.maximum(left - 1, 0)
        fell = (left == 0) & (draw.random(len(left)) < chances[month] * rate[month])
        left[fell] = 1 + np.ceil(draw.exponential(rates.illness_months - 1, int(fell.sum())))
        ill[month] = left > 0
    return (ill | _before_death(ground, draw)) & ground.inside, disabling & ground.inside


def _before_death(ground: Ground, draw: np.random.Generator) -> Array:
    """The last months of some of the dead: bool[months, persons]."""
    found = np.zeros(ground.inside.shape, dtype=bool)
    died = ground.people.died
    known = np.flatnonzero(~np.isnat(died))
    known = known[draw.random(len(known)) < ground.rates.health.before_death]
    end = (died[known].astype("datetime64[M]") - ground.starts[0].astype("datetime64[M]")).astype(np.int64)
    length = 1 + draw.integers(0, 8, len(known))
    month = np.arange(ground.months)[:, None]
    found[:, known] = (month <= end) & (month > end - length)
    return found


def _shares(ages: Array, shares: AgeShares) -> Array:
    bounds = np.array((CHILD_UNDER, 40, 60))
    return np.array((shares.children, shares.grown, shares.older, shares.old))[np.searchsorted(bounds, ages, "right")]


class _Commission:
    """The assessments, one after the other: who has which grade until when."""

    def __init__(self, ground: Ground):
        self.ground, self.draw = ground, ground.stream("disability")
        count = len(ground.people.born)
        self.grade = np.zeros(count, dtype=np.int8)
        self.due = np.full(count, FOREVER)
        """Month in which the grade ends unless assessed again."""
        self.again = np.full(count, FOREVER)
        """Month of an assessment that comes late."""
        self.rows: list[tuple[Array, Array, Array, Array]] = []

    def assess(self, persons: Array, month: int, *, earlier: Array | None = None) -> None:
        """Gives a grade and tells it. earlier: months before `month` at which it was (history before the span)."""
        rates, draw = self.ground.rates.health, self.draw
        count = len(persons)
        months = np.full(count, month) - (0 if earlier is None else earlier)
        chosen = np.searchsorted(np.cumsum(list(rates.grades.values()))[:-1], draw.random(count), "right")
        fresh = np.array(list(rates.grades))[chosen]
        kept = np.isin(self.grade[persons], (1, 2, 3)) & (draw.random(count) < 0.8)
        child = self.ground.ages[month, persons] < CHILD_UNDER
        grade = np.where(child, CHILD_GRADE, np.where(kept, self.grade[persons], fresh))
        lasting = draw.random(count) < np.where(child, 0.5, rates.for_life)
        years = 1 + draw.integers(0, 2, count)
        turning = ((CHILD_UNDER - self.ground.ages[month, persons]) * 12).astype(np.int64)
        term = np.where(
            child, np.where(lasting, turning, np.minimum(24, turning)), np.where(lasting, FOREVER, 12 * years)
        )
        due = months + np.maximum(term, 1)
        due = np.where(due <= month, month + 1 + draw.integers(0, 12, count), due)
        self.grade[persons], self.due[persons] = grade, due
        day = self.ground.starts[0].astype("datetime64[M]") + months
        told = day.astype("datetime64[D]") + draw.integers(0, 27, count)
        told = np.maximum(told, self.ground.people.born[persons] + 1)
        until = (self.ground.starts[0].astype("datetime64[M]") + np.minimum(due, 1200)).astype("datetime64[D]")
        until[due >= FOREVER - 1200] = NEVER
        self.rows.append((persons, grade, told, until))

    def reassess(self, month: int) -> None:
        """Those whose term ends: most come in time, some late, some are found well."""
        rates, draw = self.ground.rates.health, self.draw
        persons = np.flatnonzero((self.due == month) & self.ground.inside[month])
        luck = draw.random(len(persons))
        late = luck < rates.late
        well = ~late & (luck > rates.late + (1 - rates.late) * rates.renewed)
        self.grade[persons[late | well]] = 0
        self.again[persons[late]] = month + draw.integers(1, 5, int(late.sum()))
        back = np.flatnonzero((self.again == month) & self.ground.inside[month])
        self.assess(np.concatenate((persons[~late & ~well], back)), month)

    def events(self) -> Events:
        """All that was told, in order of time."""
        persons, grades, days, until = (np.concatenate(parts) for parts in zip(*self.rows, strict=True))
        order = np.lexsort((persons, days))
        columns = {"person": persons[order].astype(np.int32), "happened_on": days[order]}
        columns |= {"grade": (grades[order] - 1).astype(np.int8), "until": until[order]}
        return Events(columns, {"grade": GRADES})


def _disability(ground: Ground, disabling: Array) -> tuple[Array, Events]:
    rates, commission = ground.rates.health, _Commission(ground)
    draw = commission.draw
    frail = np.exp(0.8 * ground.people.frailty - 0.32)
    level = _shares(ground.ages, rates.disability) * frail * ground.region.disabled
    disabled = np.zeros(ground.inside.shape, dtype=np.int8)
    for month in range(ground.months):
        luck = draw.random(len(frail))
        if month == 0:
            persons = np.flatnonzero(ground.inside[0] & (luck < level[0]))
            age = np.maximum(ground.ages[0, persons].astype(np.int64), 0) * 12
            commission.assess(persons, 0, earlier=np.minimum(draw.integers(0, 48, len(persons)), age))
        else:
            commission.reassess(month)
            waiting = (commission.again > month) & (commission.again < FOREVER)
            struck = disabling[month] | (luck < level[month] * rates.turnover)
            free = ground.inside[month] & (commission.grade == 0) & ~waiting
            commission.assess(np.flatnonzero(free & struck), month)
        disabled[month] = commission.grade * ground.inside[month]
    return disabled, commission.events()


def _nursing(ground: Ground, ill: Array, disabled: Array) -> Array:
    """Who stays home to nurse somebody of the family: bool[months, persons]."""
    draw = ground.stream("nursing")
    grown = (ground.ages >= 20) & (ground.ages < 58) & ground.inside
    needy = (disabled == 1) | (disabled == CHILD_GRADE) | (ground.ages >= 84)
    willing = draw.random(len(ground.luck)) < ground.rates.health.nursing
    women = (ground.people.sex == 1).astype(float)
    order = np.argsort(3 * women - ground.skill + draw.standard_normal(len(women)), kind="stable")
    carer = chosen_member(order, grown & ~ill & (disabled == 0), ground)
    carer[~(members_with(needy, ground) & willing)] = NOBODY
    return (of_family(carer + 1, ground.family) == np.arange(1, len(women) + 1)) & ground.inside


def _since_birth(ground: Ground) -> Array:
    people, first = ground.people, ground.starts[0].astype("datetime64[M]")
    children = np.flatnonzero(people.mother != NOBODY)
    month = (people.born[children].astype("datetime64[M]") - first).astype(np.int64)
    last = np.full(ground.inside.shape, -FOREVER, dtype=np.int32)
    seen = month < ground.months
    np.maximum.at(last, (np.maximum(month[seen], 0), people.mother[children[seen]]), month[seen])
    last = np.maximum.accumulate(last, axis=0)
    return (np.arange(ground.months)[:, None] - last).astype(np.int16)


def _care(ground: Ground, ill: Array, nursing: Array) -> Events:
    draw = ground.stream("care")
    parts = [_pregnancies(ground, draw)]
    for kind, holds in ((1, ill), (2, nursing)):
        found = spells(holds)
        parts.append(
            (
                found.person,
                _began(ground, found, draw),
                last_days(ground, found, day_in(ground, found.last, draw)),
                kind,
            )
        )
    persons, since, until = (np.concatenate([part[place] for part in parts]) for place in range(3))
    kinds = np.concatenate([np.full(len(part[0]), part[3], dtype=np.int8) for part in parts])
    kept = np.flatnonzero(draw.random(len(persons)) < ground.rates.health.recorded)
    since = np.fmin(since, until)
    columns = {"person": persons, "happened_on": since, "kind": kinds, "until": until}
    return Events({name: values[kept] for name, values in columns.items()}, {"kind": CARE})


def _began(ground: Ground, found: Spells, draw: np.random.Generator) -> Array:
    """When a spell began; those there from the span's first month began up to a year before."""
    since = day_in(ground, found.first, draw)
    early = found.first == 0
    since[early] -= draw.integers(30, 360, int(early.sum()))
    return np.maximum(since, ground.people.born[found.person])


def _pregnancies(ground: Ground, draw: np.random.Generator) -> tuple[Array, Array, Array, int]:
    """Of children born in the span, and of those to be born after it: as many as before, to women like the mothers."""
    people, end = ground.people, ground.block.span.end
    born = people.born
    children = np.flatnonzero((people.mother != NOBODY) & (born > ground.starts[0]) & (born < end))
    mothers, until = people.mother[children], born[children]
    likely = (people.sex == 1) & ground.inside[-1] & (ground.ages[-1] >= 20) & (ground.ages[-1] < 36)
    likely[mothers[until > end - 600]] = False
    wives = np.flatnonzero(likely)
    expected = round(len(children) * CARRIED_DAYS / max(int((end - ground.starts[0]).astype(int)), 1))
    coming = draw.permutation(wives)[: min(expected, len(wives))]
    due = end + draw.integers(1, CARRIED_DAYS, len(coming))
    persons = np.concatenate((mothers, coming)).astype(np.int32)
    ends = np.concatenate((until, np.full(len(coming), NEVER)))
    since = np.concatenate((until, due)) - CARRIED_DAYS + draw.integers(-20, 21, len(persons))
    return persons, np.minimum(since, end - 1), ends, 0
