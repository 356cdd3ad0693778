"""Loans of the invented families: A pays back one of two, B has a new one and is late."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check, days


def test_debt() -> None:
    check(
        "debt",
        {
            "loans_now": {"A": 1, "B": 1, "C": 0},
            "owed": {"A": 12_000_000, "B": 5_000_000},
            "change_of_owed": {"A": -3_000_000, "B": 5_000_000},
            "due_to_income": {"A": 1_000_000 / 3_760_000, "B": 500_000 / 300_000, "C": None},
            "owed_to_income": {"A": 12_000_000 / 3_760_000, "B": 5_000_000 / 300_000},
            "days_overdue": {"A": 0, "B": 35, "C": None},
            "most_days_overdue": {"A": 40, "B": 35},
            "members_overdue": {"A": 0, "B": 1},
            "new_loans": {"A": 0, "B": 1},
            "since_loan": {"A": days("2024-03-01"), "B": days("2025-02-01")},
            "late_on_both": {"A": False, "B": True},
            "area_overdue": {"A": 1 / 6, "B": None},
        },
    )
