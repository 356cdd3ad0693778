"""Help for the invented families: A is near the line and has two benefits; B was refused twice."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check, days


def test_support() -> None:
    check(
        "support",
        {
            "register_category": {"A": "near", "B": "supported", "C": None, "E1": "none", "E6": "poor"},
            "paid_in_year": {"A": 2_000_000, "B": 3 * 388_800},
            "benefits_now": {"A": 2, "B": 0},
            "until_benefit_ends": {"A": 214, "B": None},
            "benefits_ended": {"A": 0, "B": 1},
            "since_payment": {"A": days("2025-04-10"), "B": days("2024-11-10"), "C": None},
            "help_stopped": {"A": False, "B": True, "C": False},
            "applications": {"A": 1, "B": 2, "C": 0},
            "refused_in_year": {"A": 0, "B": 2},
            "since_application": {"A": days("2025-02-15"), "B": days("2024-12-20"), "C": None},
            "last_category": {"A": "near", "B": "poor", "C": None},
            "told_food_short": {"A": True, "B": False, "C": None},
            "below_minimum_without_help": {"A": False, "B": True, "C": None},
            "visits_in_year": {"A": 2, "B": 0, "E6": 3},
            "since_visit": {"A": days("2025-03-10"), "B": days("2023-01-10"), "C": None},
            "food_seen": {"A": "sometimes_short", "B": "often_short"},
            "advice": {"A": "help", "B": "urgent", "C": None},
            "area_helped": {"A": 1 / 6, "B": None},
            "area_visits": {"A": 0.5, "B": None},
        },
    )
