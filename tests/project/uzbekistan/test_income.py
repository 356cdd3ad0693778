"""Income of the invented families: wages fell from 13.5 to 6 million in a quarter in A; B lives from own work.

A in December to February: wages 6,000,000, own work 300,000, pension 2,700,000, child benefit 1,080,000, from abroad
1,200,000; together 11,280,000, a month 3,760,000, for each of five 752,000. B: 900,000 from own work, for each of three
100,000 a month.
"""

from __future__ import annotations

from tests.project.uzbekistan.invented import MINIMUM, check, days

A_QUARTER, A_PERSON, B_PERSON = 11_280_000, 752_000, 100_000
A_THEN = [
    (4_000_000 + 300_000 + 1_800_000 + 1_080_000 * 2 / 3 + 1_200_000) / 648_000,
    (2_000_000 + 900_000 + 360_000) / MINIMUM,
]
A_QUARTERS = [sum(A_THEN) / 15, 16_800_000 / 648_000 / 15, 5 / 15, 3_240_000 / 621_000 / 15]
B_QUARTERS = [900_000 / 648_000 / 9, 0.2, 0.0, 0.0]


def test_income() -> None:
    check(
        "income",
        {
            "ratio_to_minimum": {"A": 1.2, "B": 0.6, "C": None, "E1": 3.0},
            "registered_to_minimum": {"A": A_PERSON / MINIMUM, "B": B_PERSON / MINIMUM, "C": None, "E5": 1.5},
            "change_in_quarter": {"A": A_PERSON / MINIMUM - A_QUARTERS[1], "B": B_PERSON / MINIMUM - 0.2, "E1": None},
            "change_in_year": {"A": A_PERSON / MINIMUM - A_QUARTERS[3], "B": B_PERSON / MINIMUM},
            "lowest_in_year": {"A": 1 / 3, "B": 0.0},
            "spread_in_year": {
                "A": (A_QUARTERS[1] - 1 / 3) / (sum(A_QUARTERS) / 4),
                "B": 0.2 / (sum(B_QUARTERS) / 4),
                "C": None,
            },
            "assessed_to_minimum": {"A": 1.2, "B": 0.6, "C": None},
            "assessed_beyond_registers": {"A": 802_800 - A_PERSON, "B": 401_400 - B_PERSON, "C": None},
            "wages_of_quarter": {"A": 6_000_000, "B": 0},
            "wages_of_last_month": {"A": 1_000_000, "B": 0},
            "wages_to_before": {"A": 6 / 13.5, "B": None},
            "wage_spread": {"A": (3.24 - 1.5) / (25.98 / 11), "B": None, "E1": 0.0},
            "pensions_share": {"A": 2_700_000 / A_QUARTER, "B": 0.0, "C": None},
            "help_share": {"A": 1_080_000 / A_QUARTER, "B": 0.0},
            "share_of_highest_wage": {"A": 2_000_000 / 3_760_000, "B": None},
            "declared_of_year": {"A": 300_000, "B": 900_000, "C": 0},
            "remittances_of_quarter": {"A": 1_200_000, "B": 0},
            "since_remittance": {"A": days("2025-01-01"), "B": None},
            "sources": {"A": 5, "B": 1, "C": 0},
            "without_help": {"A": 10_200_000 / 15 / MINIMUM, "B": B_PERSON / MINIMUM},
            "area_income": {"A": 2.7, "B": None},
            "income_to_area": {"A": A_PERSON / MINIMUM / 2.7, "B": None},
        },
    )
