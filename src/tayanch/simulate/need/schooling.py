"""School: attendance of children of compulsory age, term by term, and leaving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tayanch.simulate.need.strain_rules import School
from tayanch.simulate.world import Array, Block, Events, Incomes, People, Span, joined, sigmoid

STATUS = ("enrolled", "away")
REASONS = ("work", "marriage", "moved", "illness", "unknown")
MOST_ABSENT = 45
LAST_GRADE = 11
SUMMER = 8
"""The first school year's months are those after it: terms from September on belong to the year that begins then."""


@dataclass(frozen=True)
class Term:
    """A school term: its first day, month of the span, number in the school year, and the year that began."""

    day: np.datetime64
    month: int
    number: int
    year: int


def terms(span: Span, rules: School) -> list[Term]:
    """The terms that begin within the span, in order."""
    found: list[Term] = []
    for year in range(span.start.astype("datetime64[Y]").astype(int) + 1970, span.end.astype(object).year + 1):
        for number, (month, day) in enumerate(rules.terms, start=1):
            first = np.datetime64(f"{year}-{month:02}-{day:02}")
            if span.start <= first < span.end:
                place = int((first.astype("datetime64[M]") - span.first).astype(int))
                found.append(Term(first, place, number, year if month > SUMMER else year - 1))
    return sorted(found, key=lambda term: term.month)


def age_on(born: Array, day: np.datetime64) -> Array:
    """Completed years on a day: int64; negative before birth."""
    months = (day.astype("datetime64[M]") - born.astype("datetime64[M]")).astype(np.int64)
    in_month = (born - born.astype("datetime64[M]")).astype(np.int64)
    early = in_month > int((day - day.astype("datetime64[M]")).astype(np.int64))
    return (months - early) // 12


def make_schooling(
    block: Block, rules: School, people: People, *, incomes: Incomes, need: Array
) -> tuple[Events, Events]:
    """Attendance and leavings; need: log of line ÷ consumption, float64[families, months]."""
    draw = block.stream("school")
    count = len(people.born)
    bent = draw.standard_normal((2, count))
    listed = draw.random(count) < rules.listed
    left_year = np.full(count, -1)
    kept_listed = draw.random(count) < rules.away_listed
    custom = rules.places * block.stream("school customs").standard_normal(len(block.mahallas))
    attendance: list[dict[str, Array]] = []
    leavings: list[dict[str, Array]] = []
    for term in terms(block.span, rules):
        age = age_on(people.born, term.day)
        child = (age >= rules.first_age) & (age <= rules.last_age) & (people.family[:, term.month] >= 0) & listed
        child &= (left_year < 0) | ((left_year == term.year) & kept_listed)
        who = np.flatnonzero(child)
        family = people.family[who, term.month]
        home = np.maximum(people.mahalla[family, term.month], 0)
        rural = ~block.urban[home].astype(bool)
        strain = need[family, term.month]
        gone = left_year[who] >= 0
        absent = rules.absent * np.exp(rules.absent_need * strain + rules.absent_spread * bent[0, who])
        absent = absent + rules.cotton * (rural & (term.number == 1) & (age[who] >= rules.cotton_age))
        absent = np.minimum(draw.poisson(np.minimum(absent, 100)), MOST_ABSENT)
        away = gone | (draw.random(len(who)) < rules.away_briefly)
        attendance.append(
            {
                "person": who.astype(np.int32),
                "term": np.full(len(who), term.number, dtype=np.int8),
                "status": away.astype(np.int8),
                "absent": np.where(away, 0, absent).astype(np.int16),
                "happened_on": np.full(len(who), term.day),
            }
        )
        at = _odds(rules, age[who], woman=people.sex[who] == 1, strain=strain, absent=absent)
        leaves = ~away & (draw.random(len(who)) < sigmoid(at + custom[home] + rules.leaves_spread * bent[1, who]))
        rows = _leave(draw, term, who[leaves], age=age[who[leaves]], people=people, ill=incomes.ill[:, term.month])
        leavings.append({name: values[rows["happened_on"] < block.span.end] for name, values in rows.items()})
        left_year[who[leaves]] = term.year
    return Events(joined(attendance), {"status": STATUS}), Events(joined(leavings), {"reason": REASONS})


def _odds(rules: School, age: Array, *, woman: Array, strain: Array, absent: Array) -> Array:
    """Log-odds of leaving school in a term."""
    odds = rules.leaves + rules.leaves_need * strain + rules.leaves_age * (age - 12) + 0.05 * (absent - rules.absent)
    return odds + rules.leaves_girl * (woman & (age >= 16)) + rules.leaves_boy * (~woman & (age >= 15))


def _leave(
    draw: np.random.Generator, term: Term, who: Array, *, age: Array, people: People, ill: Array
) -> dict[str, Array]:
    """Rows of those who leave in a term, with a day and a reason."""
    luck = draw.random(len(who))
    woman = people.sex[who] == 1
    reason = np.full(len(who), REASONS.index("unknown"), dtype=np.int8)
    reason[luck < 0.12] = REASONS.index("moved")
    reason[ill[who].astype(bool)] = REASONS.index("illness")
    reason[woman & (age >= 16) & (luck > 0.55)] = REASONS.index("marriage")
    reason[~woman & (age >= 14) & (luck > 0.4)] = REASONS.index("work")
    return {
        "person": who.astype(np.int32),
        "grade": np.clip(age - 6, 1, LAST_GRADE).astype(np.int8),
        "reason": reason,
        "happened_on": term.day + draw.integers(7, 50, len(who)),
    }
