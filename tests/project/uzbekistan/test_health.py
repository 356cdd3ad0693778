"""Health and care in the invented families: in A a grandmother and a boy are disabled, in B the father."""

from __future__ import annotations

from tests.project.uzbekistan.invented import check


def test_health() -> None:
    check(
        "health",
        {
            "with_disability": {"A": 2, "B": 1, "C": 0},
            "heavy_disability": {"A": 1, "B": 1, "E3": 0},
            "children_with_disability": {"A": 1, "B": 0},
            "newly_disabled": {"A": 1, "B": 1, "E3": 0},
            "reassessments_due": {"A": 1, "B": 0},
            "disability_ran_out": {"A": 0, "B": 1},
            "disability_without_help": {"A": False, "B": True, "C": False},
            "long_ill": {"A": 1, "B": 0},
            "nursing": {"A": 1, "B": 0},
            "expecting": {"A": 1, "B": 0},
            "care_per_adult": {"A": 3 / 2, "B": 1.0, "C": None},
            "area_disability": {"A": 1 / 6, "B": None},
        },
    )
