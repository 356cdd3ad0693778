"""Home and bills of the invented families: A is two months behind for electricity, B is cut off."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check, days


def test_housing() -> None:
    check(
        "housing",
        {
            "area_type": {"A": "rural", "B": "urban", "C": None},
            "since_move": {"A": days("2025-01-01"), "B": days("2025-03-02"), "C": None},
            "space_per_person": {"A": 80 / 5, "B": 0.0},
            "cars": {"A": 1, "B": 0},
            "given_up": {"A": 1, "B": 0},
            "cattle": {"A": 1, "B": None, "C": 0},
            "fewer_cattle": {"A": 3, "B": None, "C": 0},
            "dwelling": {"A": "fair", "B": "poor", "C": None},
            "no_gas": {"A": True, "B": False, "C": None},
            "arrears": {"A": 300_000, "B": 400_000, "C": 0},
            "months_behind": {"A": 2, "B": 5, "C": None},
            "more_months_behind": {"A": 2, "B": None},
            "months_in_arrears": {"A": 3, "B": 1},
            "paid_share": {"A": 250 / 550, "B": 0.0, "C": None},
            "bills_to_last_year": {"A": 5.5, "B": None},
            "bills_to_income": {"A": 520_000 / 3 / 3_760_000, "B": 0.0, "C": None},
            "cut_off": {"A": 1, "B": 1, "C": 0},
            "cut_off_now": {"A": False, "B": True},
            "area_arrears": {"A": 1 / 6, "B": None},
            "area_cut_off": {"A": 1 / 6, "B": None},
        },
    )
