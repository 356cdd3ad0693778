"""What registers do not tell of the invented families: everything tells of A, hardly anything of C."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check, days


def test_data_quality() -> None:
    check(
        "data_quality",
        {
            "registers_seen": {"A": 9, "B": 6, "C": 1},
            "since_bill": {"A": days("2025-03-01"), "B": days("2025-03-01"), "C": None},
            "since_school_report": {"A": days("2025-01-13"), "B": days("2024-11-05"), "C": None},
            "since_change_of_members": {"A": days("2024-08-01"), "B": days("2015-01-01")},
            "no_account": {"A": False, "B": False, "C": True},
            "no_address": {"A": False, "B": False, "C": True},
            "jobs_without_wage": {"A": 0, "B": 0, "C": 1},
            "pupils_unseen": {"A": 0, "B": 1, "E6": 1},
            "counted_otherwise": {"A": 0, "B": 1, "C": None},
            "never_applied": {"A": False, "B": False, "C": True},
            "area_wages_seen": {"A": 5 / 6, "B": None},
        },
    )
