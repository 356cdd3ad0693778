"""Work of the invented families: in A one wage earner of two is left; B's father works on his own, and is abroad."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check, days


def test_work() -> None:
    check(
        "work",
        {
            "wage_earners_share": {"A": 1 / 2, "B": 0.0, "C": None},
            "change_of_earners": {"A": -1, "B": 0, "E1": 1},
            "without_registered_work": {"A": 1, "B": 0, "C": 0, "E6": 1},
            "people_per_earner": {"A": 5 / 3, "B": 3.0, "C": None},
            "one_earner": {"A": False, "B": True, "C": False},
            "since_wage": {"A": days("2025-03-01"), "B": days("2024-02-01"), "C": None},
            "months_with_wage": {"A": 8, "B": 0},
            "jobs_now": {"A": 2, "B": 0, "C": 1},
            "jobs_ended": {"A": 1, "B": 0},
            "since_job_began": {"A": days("2025-04-01"), "B": None},
            "seasonal_jobs": {"A": 1, "B": 0, "C": 0},
            "budget_jobs": {"A": 1, "B": 0, "C": 0},
            "own_work": {"A": 0, "B": 1},
            "away_for_work": {"A": 0, "B": 1},
            "returned_from_abroad": {"A": 1, "B": 0},
            "away_without_money": {"A": 0, "B": 1, "E1": 1},
            "area_earners": {"A": 5 / 6, "B": None},
            "area_away": {"A": 1 / 6, "C": None},
        },
    )
