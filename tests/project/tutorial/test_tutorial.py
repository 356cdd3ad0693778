"""The tutorial's features, cohort and outcome on invented families."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project.families import project, values

TUTORIAL = project()
FEATURES = {feature.id: feature.expression for feature in TUTORIAL.features}
MEMBERS = """
    family | person | happened_on | left       | born
    A      | Anvar  | 2015-01-01  |            | 1985-05-05
    A      | Aziza  | 2015-01-01  | 2025-06-30 | 1987-07-07
    A      | Akmal  | 2010-03-01  |            | 2010-03-01
    B      | Bahor  | 2015-01-01  |            | 1950-01-01
    C      | Aziza  | 2025-06-30  |            | 1987-07-07
    C      | Charos | 2025-02-02  |            | 2007-10-01
"""
WAGES = """
    person | happened_on | known_at   | amount
    Anvar  | 2025-07-01  | 2025-08-14 | 2000000
    Anvar  | 2025-08-01  | 2025-09-14 | 2000000
    Anvar  | 2025-09-01  | 2025-10-14 | 2000000
    Aziza  | 2025-07-01  | 2025-08-14 | 1500000
"""
PAYMENTS = """
    family | key | happened_on | known_at   | benefit      | amount | retracted
    A      | p1  | 2024-09-30  | 2024-10-01 | child        | 380000 |
    A      | p2  | 2024-10-01  | 2024-10-02 | child        | 380000 |
    A      | p3  | 2025-09-30  | 2025-09-30 | material_aid | 500000 |
    B      | p4  | 2025-05-01  | 2025-05-02 | child        | 380000 |
    B      | p4  | 2025-05-01  | 2025-07-02 | child        | 380000 | yes
    C      | p5  | 2025-09-30  | 2025-10-01 | child        | 380000 |
"""
ASSESSMENTS = """
    family | happened_on | known_at   | income_per_person | region    | mahalla
    A      | 2025-03-01  | 2025-03-05 | 1430000           | Samarqand | Navroʻz
    A      | 2026-02-01  | 2026-02-05 | 1072500           | Samarqand | Navroʻz
    B      | 2025-09-01  | 2025-09-05 | 669000            | Fargʻona  | Guliston
    C      | 2025-09-20  | 2025-10-05 | 2000000           | Samarqand | Navroʻz
    D      | 2025-08-01  | 2025-08-05 |                   | Samarqand | Navroʻz
    E      | 2025-08-01  | 2025-08-05 | 2000000           | Samarqand | Navroʻz
"""
TABLES = {"members": MEMBERS, "wages": WAGES, "payments": PAYMENTS, "assessments": ASSESSMENTS}


def _at(feature: str, as_of: str = "2025-10-01") -> dict[str, Any]:
    return values(TUTORIAL, FEATURES[feature], TABLES, as_of=as_of)


def test_people_are_those_who_belong_at_the_date() -> None:
    assert _at("family.people") == {"A": 2, "B": 1, "C": 2, "D": 0, "E": 0}
    assert _at("family.people", "2025-06-30")["A"] == 3


def test_children_are_under_18_on_the_day() -> None:
    assert _at("family.children") == {"A": 1, "B": 0, "C": 0, "D": 0, "E": 0}
    assert _at("family.children", "2025-09-30")["C"] == 1


def test_wages_are_of_the_members_of_today_and_known_by_then() -> None:
    assert _at("income.wages_3m") == {"A": 4000000.0, "B": 0.0, "C": 1500000.0, "D": 0.0, "E": 0.0}


def test_days_since_the_last_wage_that_was_filed() -> None:
    assert _at("work.days_since_wage") == {"A": 61, "B": None, "C": 92, "D": None, "E": None}


def test_benefits_of_12_months_leave_out_the_retracted_and_the_not_yet_known() -> None:
    assert _at("support.benefit_income_12m") == {"A": 880000.0, "B": 0.0, "C": 0.0, "D": 0.0, "E": 0.0}
    assert _at("support.benefit_income_12m", "2025-06-01")["B"] == 380000.0
    assert _at("support.child_benefits_12m") == {"A": 1, "B": 0, "C": 0, "D": 0, "E": 0}


def test_income_is_told_as_a_ratio_of_the_minimum_of_the_day() -> None:
    found = _at("income.income_to_minimum")
    assert found["A"] == pytest.approx(1430000 / 669000)
    assert (found["B"], found["C"], found["D"]) == (1.0, None, None)
    assert _at("income.income_to_minimum", "2024-12-31")["A"] is None


def test_the_cohort_is_above_the_line() -> None:
    found = values(TUTORIAL, TUTORIAL.cohort("families_above_line").expression, TABLES, as_of="2025-10-01")
    assert found == {"A": True, "B": False, "C": None, "D": None, "E": True}


def test_who_was_not_assessed_again_is_unknown_not_no() -> None:
    outcome = TUTORIAL.outcome("falls_below_line_12m")
    later = {"as_of": "2025-10-01", "known_by": "2026-10-01"}
    observed = values(TUTORIAL, outcome.observed, TABLES, **later)
    fell = values(TUTORIAL, outcome.expression, TABLES, **later)
    assert (observed["A"], fell["A"]) == (True, True)  # 1 072 500 is 1.5 × the 715 000 of 2026
    assert observed["E"] is False
