"""Who belongs to the invented families: five in A, of three generations; B is a father with two sons."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check


def test_family() -> None:
    check(
        "family",
        {
            "members_now": {"A": 5, "B": 3, "C": 1},
            "children": {"A": 2, "B": 2, "C": 0},
            "small_children": {"A": 1, "B": 0},
            "pupils": {"A": 1, "B": 2},
            "oldest_pupil": {"A": 13, "B": 17, "C": None},
            "nearly_grown": {"A": 0, "B": 1},
            "elders": {"A": 1, "B": 0, "C": 1},
            "age_of_head": {"A": 45, "B": 35, "C": 75},
            "dependants_per_adult": {"A": 3 / 2, "B": 2.0, "C": None},
            "one_adult_with_children": {"A": False, "B": True, "C": False},
            "joined": {"A": 1, "B": 0},
            "left": {"A": 1, "B": 0},
            "divorced_lately": {"A": False, "B": True},
            "lost_breadwinner": {"A": False, "B": True},
            "days_missed": {"A": 18, "B": 60, "C": 0},
            "change_in_days_missed": {"A": 6.0 - 2.0, "B": None},
            "away_from_school": {"A": 0, "B": 1},
            "left_school": {"A": 0, "B": 1, "E2": 1},
            "area_days_missed": {"A": 6.0, "B": None},
            "area_left_school": {"A": 1 / 6, "B": None},
        },
    )
