"""The Argentine project's features, cohort, outcomes and groups on invented households.

In the fourth quarter of 2017 the basket of one adult costs 5,219.20 pesos in Gran Buenos Aires. A woman of 40 needs
0.77 of it, a man of 40 all of it, a baby 0.35: together 2.12 baskets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tayanch.release.wording import read_wording
from tests.project.families import project, values

ARGENTINA = project("examples/argentina")
FEATURES = {feature.id: feature.expression for feature in ARGENTINA.features}
BASKET, NEED = 5219.2, 0.77 + 1 + 0.35
BASKET_BEFORE, NEED_BEFORE = 4932.17, 0.77
TABLES = {name: (Path(__file__).parent / f"{name}.txt").read_text("utf-8") for name in ("households", "persons")}
"""Four households: A of two earners and a baby, B of a pensioner, C who tells no income, D who later tells none."""


OF_A = {
    "income.ratio_to_line": 30000 / (BASKET * NEED),
    "income.ratio_before_to_line": 20000 / (BASKET_BEFORE * NEED_BEFORE),
    "income.lowest_of_two_to_line": 30000 / (BASKET * NEED),
    "income.income_per_person": 10000 / BASKET,
    "income.steady_to_line": 20000 / (BASKET * NEED),
    "income.without_help_to_line": 28000 / (BASKET * NEED),
    "income.without_largest_to_line": 10000 / (BASKET * NEED),
    "income.earned_to_line": 28000 / (BASKET * NEED),
    "income.unregistered_pay_to_line": 8000 / (BASKET * NEED),
    "income.not_earned_to_line": 2000 / (BASKET * NEED),
    "income.smallest_pay": 8000 / BASKET,
    "income.pay_of_partner": 8000 / BASKET,
    "income.share_of_largest": 2 / 3,
    "income.share_with_income": 1.0,
    "income.pay_per_hour": 28000 / BASKET / 60,
    "income.pay_before_to_line": 20000 / (BASKET_BEFORE * NEED_BEFORE),
    "income.usual_income_to_line": (4.1081 + 1.8673) / NEED,
    "income.usual_pay_to_line": (3.5315 + 1.1874) / NEED,
    "income.usual_pay_of_head": 3.5315,
    "work.workers_to_adults": 1.0,
    "work.registered_to_members": 1 / 3,
    "work.wanting_more_hours": 1,
    "work.hours_worked": 60,
    "work.short_in_job": 1,
    "work.long_in_job": 1,
    "work.builders": 1,
    "work.mean_schooling": 4.5,
    "work.graduates_to_members": 1 / 3,
    "family.adult_equivalents": NEED,
    "family.children": 1,
    "family.youngest": 0,
    "family.mean_age": 80 / 3,
    "health.uncovered_to_members": 2 / 3,
    "health.uncovered_adults": 1,
    "health.head_uncovered": False,
    "housing.rooms_per_person": 4 / 3,
    "housing.tenure": "owner",
    "debt.bought_on_credit": True,
    "debt.sold_belongings": False,
    "support.cash_help_share": 2 / 30,
    "support.pensioners": 0,
    "data_quality.interviewed_before": True,
    "data_quality.season": 4,
}
"""Household A on the first day of 2018: two earners and a baby, interviewed in both quarters before."""

OF_B = {
    "income.ratio_to_line": 2000 / (BASKET * 0.83),
    "income.ratio_before_to_line": None,
    "income.mean_of_two_to_line": 2000 / (BASKET * 0.83),
    "income.pensions_to_line": 2000 / (BASKET * 0.83),
    "income.pay_before_to_line": None,
    "income.smallest_pay": None,
    "work.workers_to_adults": None,
    "work.hours_worked": 0,
    "family.old": 1,
    "debt.sold_belongings": True,
    "support.pensioners": 1,
    "data_quality.interviewed_before": False,
}
"""Household B on the same day: a pensioner, interviewed for the first time, with nobody aged 18 to 64."""


@pytest.mark.parametrize("feature", OF_A)
def test_a_household_of_earners(feature: str) -> None:
    assert _at(FEATURES[feature])["A"] == pytest.approx(OF_A[feature])


@pytest.mark.parametrize("feature", OF_B)
def test_a_household_of_one_pensioner(feature: str) -> None:
    assert _at(FEATURES[feature])["B"] == pytest.approx(OF_B[feature])


def test_income_not_told_is_missing_not_zero() -> None:
    assert _at(FEATURES["income.ratio_to_line"])["C"] is None


def test_the_cohort_told_its_income_and_is_not_below_the_line() -> None:
    above = _at(ARGENTINA.cohort("above_the_line").expression)
    assert above == {"A": True, "B": False, "C": None, "D": True}


def test_the_outcome_is_known_of_those_who_told_their_income_a_year_on() -> None:
    outcome = ARGENTINA.outcome("below_a_year_on")
    assert _known(outcome.observed) == {"A": True, "B": True, "C": False, "D": False}
    below = _known(outcome.expression)
    assert (below["A"], below["B"]) == (True, False)


def test_the_lagged_outcome_is_a_quarter_later() -> None:
    outcome = ARGENTINA.outcome("below_five_quarters_on")
    assert _known(outcome.observed, as_of="2017-10-01")["A"] is True
    assert _known(outcome.expression, as_of="2017-10-01")["A"] is True
    assert _known(outcome.observed)["A"] is False


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("region", {"A": "Gran Buenos Aires", "D": "Cuyo"}),
        ("city", {"A": "Gran La Plata", "D": "Gran Mendoza"}),
        ("sex_of_head", {"A": "woman", "B": "man"}),
        ("has_disability", {"A": False, "B": False}),
        ("n_children", {"A": "one or two", "B": "none"}),
    ],
)
def test_groups(group: str, expected: dict[str, Any]) -> None:
    found = _at(ARGENTINA.group(group).expression)
    assert {family: found[family] for family in expected} == expected


def test_a_member_out_of_work_for_disability() -> None:
    assert _at(ARGENTINA.group("has_disability").expression, "2019-01-01")["A"] is True


def test_every_feature_is_worded_in_every_language() -> None:
    wording = read_wording(ARGENTINA.wording_folder, ARGENTINA.settings.languages)
    assert wording.check(ARGENTINA.features, ARGENTINA.settings.languages) == ()


def _at(expression: Any, as_of: str = "2018-01-01") -> dict[str, Any]:
    return values(ARGENTINA, expression, TABLES, as_of=as_of)


def _known(expression: Any, as_of: str = "2018-01-01") -> dict[str, Any]:
    return values(ARGENTINA, expression, TABLES, as_of=as_of, known_by="2019-01-01")
