"""Cohorts, the four outcomes and the groups on families of their own: 1 May 2025, told on 1 August 2026."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project.families import values
from tests.project.uzbekistan.invented import TABLES, uzbekistan

LATER = {"as_of": "2025-05-01", "known_by": "2026-08-01"}
MONTHS = tuple(f"{year}-{month:02d}-01" for year in (2024, 2025, 2026) for month in range(1, 13))[11:31]
"""December 2024 to July 2026."""


def alone(*families: str, born: str = "1985-01-01") -> str:
    """A table of members: each family one man, its head, of the family's name."""
    rows = [f"{f} | {f} | head | man | {born} | 2015-01-01 | |" for f in families]
    return "\n".join(["family | person | relation | sex | born | happened_on | left | gone", *rows])


def monthly(columns: str, **persons: tuple[str, str]) -> str:
    """A table of monthly rows: for each person what every month tells, and the months or years that tell nothing."""
    rows = [
        f"{person} | {told} | {month} | {month}"
        for person, (told, silent) in persons.items()
        for month in MONTHS
        if not (silent and month.startswith(tuple(silent.split())))
    ]
    return "\n".join([f"person | {columns} | month | happened_on", *rows])


def asked(outcome: str, tables: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an outcome says of each family, and whether it was observed."""
    told = uzbekistan().outcome(outcome)
    return values(uzbekistan(), told.expression, tables, **LATER), values(uzbekistan(), told.observed, tables, **LATER)


def cohort(name: str, tables: dict[str, str]) -> dict[str, Any]:
    return values(uzbekistan(), uzbekistan().cohort(name).expression, tables, as_of=LATER["as_of"])


NORTH, SOUTH = [f"N{n}" for n in range(6)], [f"S{n}" for n in range(6)]
NOVEMBER_TO_JANUARY = "2025-11 2025-12 2026-01"
POVERTY = {
    "members": alone(*NORTH, *SOUTH, "Keeps", "Stops", "Silent", "Unseen", "Assessed", "Fine"),
    "addresses": "\n".join(
        [
            "family | region | district | mahalla | area_type | happened_on",
            *(
                f"{f} | 1 | 11 | 111 | urban | 2015-01-01"
                for f in (*NORTH, "Keeps", "Stops", "Unseen", "Assessed", "Fine")
            ),
            *(f"{f} | 2 | 22 | 222 | rural | 2015-01-01" for f in (*SOUTH, "Silent")),
        ]
    ),
    "wages": monthly(
        "amount",
        **dict.fromkeys(NORTH, ("5000000", "")),
        **dict.fromkeys(SOUTH, ("5000000", "2025-11")),
        Keeps=("4000000", ""),
        Stops=("4000000", NOVEMBER_TO_JANUARY),
        Silent=("1200000", "2025-11"),
    ),
    "assessments": """
        family   | happened_on | ratio | per_person
        Assessed | 2025-09-01  | 1.5   | 1003500
        Fine     | 2025-03-01  | 2.0   | 1338000
        Fine     | 2025-09-01  | 1.6   | 1070400
    """,
}


def test_the_cohort_is_above_the_line_by_the_laws_formula() -> None:
    found = cohort("above_one_and_a_half", POVERTY)
    assert (found["Keeps"], found["Silent"], found["Fine"]) == (True, True, True)
    assert (found["Unseen"], found["Assessed"]) == (None, None)


def test_who_falls_to_the_line_and_who_was_not_seen() -> None:
    falls, observed = asked("falls_to_poverty_line_12m", POVERTY)
    assert (falls["Stops"], falls["Keeps"], falls["Assessed"], falls["Fine"]) == (True, False, True, False)
    assert [observed[f] for f in ("Stops", "Keeps", "Assessed", "Fine")] == [True] * 4
    assert observed["Unseen"] is False


def test_a_region_that_sent_no_wages_makes_nobody_poor() -> None:
    falls, _ = asked("falls_to_poverty_line_12m", POVERTY)
    assert falls["Silent"] is None  # two months of three would be 1.2 minimums; nobody's November was sent
    assert falls["S0"] is False  # what was sent is enough


def test_the_variant_for_reports_says_no_instead_of_unknown() -> None:
    falls, observed = asked("falls_to_poverty_line_12m_unseen_no", POVERTY)
    assert (falls["Stops"], falls["Unseen"], falls["Silent"]) == (True, False, False)
    assert observed["Unseen"] is True


PUPILS = ("Left", "Moved", "Away", "AwayBefore", "NoWord")
SCHOOL = {
    "members": alone(*PUPILS, born="2012-01-01") + "\n" + "Grown | Grown | head | man | 1990-01-01 | 2015-01-01 | |",
    "attendance": "\n".join(
        [
            "person | status | absent | happened_on",
            *(f"{f} | enrolled | 2 | 2025-01-13" for f in PUPILS),
            "AwayBefore | away | 40 | 2024-11-05",
            *(f"{f} | enrolled | 2 | 2025-09-02" for f in PUPILS[:-1]),
            "Away | away | 40 | 2026-01-13",
            "AwayBefore | away | 40 | 2026-01-13",
            "NoWord | enrolled | 2 | 2026-05-04",
        ]
    ),
    "leavings": """
        person | grade | reason | happened_on
        Left   | 8     |        | 2025-12-01
        Moved  | 8     | moved  | 2025-12-01
    """,
}


def test_a_child_stops_attending() -> None:
    found = cohort("families_with_school_children", SCHOOL)
    assert found == {**dict.fromkeys(PUPILS, True), "Grown": False}
    stops, observed = asked("child_stops_school_12m", SCHOOL)
    assert {f: stops[f] for f in PUPILS[:-1]} == {"Left": True, "Moved": False, "Away": True, "AwayBefore": False}
    assert (observed["Left"], observed["Away"], observed["NoWord"]) == (True, True, False)


UTILITIES = {
    "members": alone("Pays", "Behind", "Cut", "Few", "CutNow", "BehindNow", born="2012-01-01"),
    "bills": monthly(
        "service | months_behind",
        Pays=("gas | 0", ""),
        Behind=("gas | 2", ""),
        Cut=("gas | 1", ""),
        Few=("gas | 0", "2025-05 2025-06 2025-07 2025-08 2025-09 2025-10 2025-11 2025-12"),
        CutNow=("gas | 0", ""),
        BehindNow=("gas | 3", ""),
    )
    + "\nBehind | electricity | 3 | 2026-04-01 | 2026-04-01",
    "disconnections": """
        person | service | happened_on | ended
        Cut    | gas     | 2025-06-10  | 2025-06-20
        CutNow | gas     | 2025-04-10  |
    """,
}


def test_cut_off_or_far_behind() -> None:
    found = cohort("families_with_children_connected", UTILITIES)
    assert found == {"Pays": True, "Behind": True, "Cut": True, "Few": True, "CutNow": False, "BehindNow": False}
    hard, observed = asked("utility_hardship_12m", UTILITIES)
    assert (hard["Pays"], hard["Behind"], hard["Cut"]) == (False, True, True)
    assert (observed["Pays"], observed["Cut"], observed["Few"]) == (True, True, False)


def with_child(*families: str) -> str:
    """The members of families of one man and one child; in Dies the man's membership ends."""
    children = [f"{f} | {f}s child | child | woman | 2015-01-01 | 2015-01-01 | |" for f in families]
    told = "\n".join([alone(*families), *children])
    return told.replace("Dies | Dies | head | man | 1985-01-01 | 2015-01-01 | |", DIES)


DIES = "Dies | Dies | head | man | 1985-01-01 | 2015-01-01 | 2025-09-03 | 2025-09-03"
FROM_AUGUST = " ".join(f"2025-{month:02d}" for month in range(8, 13)) + " 2026"
CARE = {
    "members": with_child("Works", "Stops", "Helped", "Retires", "Dies", "Disabled", "DisabledBefore"),
    "wages": monthly(
        "amount",
        Works=("3000000", ""),
        Stops=("3000000", FROM_AUGUST),
        Helped=("3000000", FROM_AUGUST),
        Retires=("3000000", FROM_AUGUST),
        Disabled=("3000000", ""),
        DisabledBefore=("3000000", ""),
    ),
    "benefits": """
        family | kind  | happened_on | ended
        Helped | child | 2025-11-01  |
    """,
    "pensions": """
        person  | kind    | amount | happened_on
        Retires | old_age | 900000 | 2026-03-01
    """,
    "acts": """
        person | act   | happened_on
        Dies   | death | 2025-09-03
    """,
    "disability": """
        person         | grade | happened_on | ended
        Disabled       | 2     | 2025-10-01  |
        DisabledBefore | 2     | 2023-10-01  | 2025-10-01
        DisabledBefore | 2     | 2025-10-01  |
    """,
}


def test_the_only_earner_or_carer_is_lost_and_no_help_begins() -> None:
    assert all(cohort("families_with_one_earner_or_carer", CARE).values())
    crisis, observed = asked("care_crisis_12m", CARE)
    assert {f for f, hit in crisis.items() if hit} == {"Stops", "Dies", "Disabled"}
    assert {f for f, hit in crisis.items() if hit is None} == set()
    assert all(observed.values())


@pytest.mark.parametrize("outcome", [o.name for o in uzbekistan().outcomes])
def test_an_outcome_waits_until_the_registers_have_told(outcome: str) -> None:
    as_of = uzbekistan().experiment("care_crisis").tests[-1]
    assert uzbekistan().outcome(outcome).known_from(as_of) == uzbekistan().settings.clock


@pytest.mark.parametrize(
    ("group", "of_a", "of_b"),
    [
        ("region", "1718", "1718"),
        ("district", "1718401", "1718402"),
        ("mahalla", "M1", "M2"),
        ("area_type", "rural", "urban"),
        ("sex_of_head", "man", "man"),
        ("age_of_head_band", "45 to 59", "30 to 44"),
        ("has_disability", True, True),
        ("n_children", "one or two", "one or two"),
        ("single_adult_with_children", False, True),
        ("with_elders", True, False),
        ("with_school_children", True, True),
    ],
)
def test_groups_of_the_invented_families(group: str, of_a: Any, of_b: Any) -> None:
    found = values(uzbekistan(), uzbekistan().group(group).expression, TABLES, as_of=LATER["as_of"])
    assert (found["A"], found["B"]) == (of_a, of_b)
