"""The Social Register's rules as figures and as functions: the income test, the categories, amounts by kind."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tayanch.simulate.sections import Figures, Section, Steps, dated
from tayanch.simulate.world import Array, Block, Incomes, People

CATEGORIES = ("none", "supported", "poor", "near")
SEVEN = ("for", "against", "none")
KINDS = ("child", "material", "disability_care", "utility_aid", "state_support")


class Apply(Section):
    """Log-odds a month that a family outside the register applies, and what moves them."""

    odds: Steps
    need: float
    any_reason: float
    children: float
    rural: float
    man_headed: float
    unaware: float
    unaware_share: float
    visited: float
    renewal_odds: float
    renewal_need: float


class Test(Section):
    """The income test: share of unregistered income that families declare, what counts as near, who can work."""

    declared: float
    declared_spread: float
    near: float
    work_from: int
    work_to: int


class Pay(Section):
    """Lengths of support in months, last day for this month's payment, days of payment, shares for the near."""

    supported: int
    poor: int
    near: int
    last_day: int
    first_pay: int
    last_pay: int
    near_line: float
    near_lower: float
    near_upper: float
    heating_months: list[str]


class Seven(Section):
    """The Mahalla Seven's word: log of need seen with noise, above `in_favour` for, below `against` against."""

    in_favour: float
    against: float
    noise: float


class Ends(Section):
    """Chances a month that support ends early: registered income above the near line, any other reason."""

    above_line: float
    other: float


class Bias(Section):
    """Workers visit one group less (share of visits left out) and write "no_need" where they saw need (share)."""

    group: Literal["none", "rural", "urban", "women_headed", "large"]
    less: Steps
    no_need: Steps


class Visits(Section):
    """Visits a family and year; how workers differ in number, taste for the poor and the known, and in generosity."""

    yearly: Steps
    rate_spread: float
    poor_taste: float
    poor_spread: float
    known_taste: float
    noise: float
    advice_spread: float
    help_at: float
    urgent_at: float
    second_worker: float
    bias: Bias


class Programme(Section):
    """A programme rolled out by district: from `start` (YYYY-MM) on, wave by wave, consumption is 1 + effect times."""

    districts_share: float
    start: str
    effect: float
    waves: int
    months_between: int


class SupportRules(Section):
    """All of support.yaml."""

    apply: Apply
    test: Test
    pay: Pay
    seven: Seven
    ends: Ends
    visits: Visits
    programme: Programme


def income_per_person(income: Array, members: Array) -> Array:
    """Income of the past 3 months ÷ members ÷ 3, whole soʻm (int64). Source: Cabinet Resolution 35 of 2026-01-29."""
    return np.floor(income / np.maximum(members, 1) / 3).astype(np.int64)


def categories(per_person: Array, minimum: Array, *, able: Array, left: Array, word: Array, near: float) -> Array:
    """Category of each family: int8 places in CATEGORIES.

    per_person: soʻm a month; minimum: dated minimum consumption; able: somebody can work in full; left: support as
    `supported` or `poor` has just ended; word: the mahalla's word for a family in hardship; near: 1.5.
    Below the minimum: `supported` when nobody can work in full, else `poor`. From the minimum to `near` × it (both
    included), or after leaving the first two, or on the mahalla's word: `near`.
    """
    below = per_person < minimum
    close = (per_person <= near * minimum) | left | word
    found = np.where(close, CATEGORIES.index("near"), CATEGORIES.index("none"))
    found = np.where(below & able, CATEGORIES.index("poor"), found)
    return np.where(below & ~able, CATEGORIES.index("supported"), found).astype(np.int8)


def registered_income(block: Block, people: People, incomes: Incomes) -> Array:
    """What registers show a family to earn each month, soʻm: wages, pensions and the self-employed's declarations."""
    shown = people.summed(incomes.wage + incomes.pension)
    declared = incomes.events.get("selfwork_income")
    if declared is None or not len(declared):
        return shown
    first = (declared.columns["happened_on"].astype("datetime64[M]") - block.span.first).astype(np.int64)
    for step in range(3):
        month = first + step
        inside = (month >= 0) & (month < block.span.months)
        person, month = declared.columns["person"][inside], month[inside]
        family = people.family[person, month]
        held = family >= 0
        np.add.at(shown, (family[held], month[held]), declared.columns["amount"][inside][held] / 3)
    return shown


def able_to_work(people: People, incomes: Incomes, *, ages: Array, rules: Test) -> Array:
    """Whether somebody in the family can work in full: of working age, no grade 1–3 and no long illness; bool."""
    working_age = (ages >= rules.work_from) & (ages < rules.work_to)
    able = working_age & (incomes.disabled == 0) & ~incomes.ill.astype(bool)
    return people.summed(able) > 0


class Amounts:
    """Monthly amount of each kind by family and month, soʻm (float64[families, months]); zero where it does not fit."""

    def __init__(self, block: Block, country: Figures, people: People, *, ages: Array, incomes: Incomes) -> None:
        def som(kind: str) -> Array:
            return dated(country, "benefit_amounts", block.span, kind=kind)

        born = ages >= 0
        children = people.summed(born & (ages < 18))
        youngest = people.summed(born & (ages < 3))
        first = np.where(youngest > 0, som("child_first_under_3"), som("child_first_3_to_18"))
        more = (children >= 2) * som("child_second") + np.maximum(children - 2, 0) * som("child_further")
        cared = people.summed((incomes.disabled == 1) | (incomes.disabled == 4))
        self.children = children
        self.by_kind = {
            "child": np.where(children > 0, first + more, 0.0),
            "material": np.where(children > 0, 0.0, som("material")),
            "disability_care": np.where(cared > 0, som("disability_care"), 0.0),
            "state_support": np.broadcast_to(som("state_support"), children.shape),
            "utility_aid": np.broadcast_to(som("utility_aid"), children.shape),
        }
