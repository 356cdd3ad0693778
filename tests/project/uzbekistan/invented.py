"""Invented families of the Uzbekistan project on 1 May 2025, and what every feature says of them.

A: Anvar, Aziza, their children Akmal (13) and Barno (2), grandmother Norbibi; Olim has left. B: Bobur, 35, his sons
Bekzod (16) and Bahor (17). C: Chori, 75, alone. E1 to E6: each one adult with a child, in the mahalla where A lives.
Wages of December, January and February are the last that are in; bills and loans are known up to March.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from tayanch.project import Project
from tests.project.families import project, values

AS_OF = "2025-05-01"
MINIMUM = 669_000
NEIGHBOURS = ("E1", "E2", "E3", "E4", "E5", "E6")


def near_by(text: str) -> str:
    """A table with the rows of every neighbour, told once with {n}, after the others."""
    lines = text.strip().splitlines()
    told = [line for line in lines if "{n}" in line]
    return "\n".join(
        [*(line for line in lines if "{n}" not in line), *(t.replace("{n}", e[1]) for e in NEIGHBOURS for t in told)]
    )


TABLES = {
    "members": near_by("""
        family | person  | relation | sex   | born       | happened_on | left       | gone
        A      | Anvar   | head     | man   | 1980-03-10 | 2010-01-01  |            |
        A      | Aziza   | spouse   | woman | 1984-06-01 | 2010-01-01  |            |
        A      | Akmal   | child    | man   | 2011-09-01 | 2011-09-01  |            |
        A      | Barno   | child    | woman | 2023-01-15 | 2023-01-15  |            |
        A      | Norbibi | parent   | woman | 1955-01-01 | 2024-08-01  |            |
        A      | Olim    | sibling  | man   | 1990-01-01 | 2010-01-01  | 2024-12-01 | 2024-12-01
        B      | Bobur   | head     | man   | 1990-01-01 | 2015-01-01  |            |
        B      | Bekzod  | child    | man   | 2008-08-20 | 2015-01-01  |            |
        B      | Bahor   | child    | man   | 2007-12-31 | 2015-01-01  |            |
        C      | Chori   | head     | man   | 1950-01-01 | 2000-01-01  |            |
        E{n}   | Ergash{n} | head   | man   | 1985-01-01 | 2014-01-01  |            |
        E{n}   | Ezoza{n}  | child  | woman | 2013-01-01 | 2014-01-01  |            |
    """),
    "acts": """
        person | act     | happened_on
        Bobur  | divorce | 2024-06-10
        Anvar  | divorce | 2023-04-30
    """,
    "addresses": near_by("""
        family | region | district | mahalla | area_type | happened_on
        A      | 1718   | 1718401  | M1      | rural     | 2025-01-01
        B      | 1718   | 1718401  | M1      | rural     | 2015-01-01
        B      | 1718   | 1718402  | M2      | urban     | 2025-03-02
        E{n}   | 1718   | 1718401  | M1      | rural     | 2014-01-01
    """),
    "property": """
        person | kind  | size | happened_on | ended      | given_up
        Anvar  | house | 80   | 2009-01-01  |            |
        Anvar  | flat  | 40   | 2012-01-01  | 2024-09-01 | 2024-09-01
        Aziza  | car   |      | 2020-05-05  |            |
    """,
    "assessments": """
        family | happened_on | members_counted | per_person | ratio | category | granted | seven   | food_short
        A      | 2025-02-15  | 5               | 802800     | 1.2   | near     | yes     | for     | yes
        B      | 2024-07-01  | 4               | 1003500    | 1.549 | none     | no      | against | no
        B      | 2024-12-20  | 4               | 401400     | 0.619 | poor     | no      | against | no
        E6     | 2025-01-10  | 2               | 133800     | 0.206 | poor     | yes     | none    | no
    """,
    "benefits": near_by("""
        family | kind            | monthly | happened_on | until      | ended      | last_day
        A      | child           | 360000  | 2024-12-01  | 2025-12-01 |            |
        A      | disability_care | 200000  | 2025-03-01  | 2026-03-01 |            |
        B      | child           | 388800  | 2024-06-01  | 2025-06-01 | 2024-11-30 | 2024-11-30
        B      | material        | 380000  | 2023-06-01  | 2023-12-01 |            |
        E6     | child           | 360000  | 2025-04-01  | 2026-04-01 |            |
    """),
    "benefit_ends": """
        family | kind            | known_at   | happened_on
        A      | child           | 2024-12-02 | 2025-12-01
        A      | disability_care | 2025-03-02 | 2026-03-01
        B      | child           | 2024-06-02 | 2025-04-30
    """,
    "payments": """
        family | kind            | amount | happened_on
        A      | child           | 360000 | 2024-12-10
        A      | child           | 360000 | 2025-01-10
        A      | child           | 360000 | 2025-02-10
        A      | child           | 360000 | 2025-03-10
        A      | disability_care | 200000 | 2025-03-12
        A      | child           | 360000 | 2025-04-10
        B      | child           | 388800 | 2024-09-10
        B      | child           | 388800 | 2024-10-10
        B      | child           | 388800 | 2024-11-10
    """,
    "wages": near_by("""
        person | month      | amount  | happened_on
        Anvar  | 2024-04-01 | 3240000 | 2024-04-01
        Anvar  | 2024-07-01 | 3240000 | 2024-07-01
        Anvar  | 2024-09-01 | 3000000 | 2024-09-01
        Anvar  | 2024-10-01 | 3000000 | 2024-10-01
        Anvar  | 2024-11-01 | 3000000 | 2024-11-01
        Anvar  | 2024-12-01 | 2000000 | 2024-12-01
        Anvar  | 2025-01-01 | 2000000 | 2025-01-01
        Anvar  | 2025-02-01 | 2000000 | 2025-02-01
        Anvar  | 2025-03-01 | 1000000 | 2025-03-01
        Aziza  | 2024-09-01 | 1500000 | 2024-09-01
        Aziza  | 2024-10-01 | 1500000 | 2024-10-01
        Aziza  | 2024-11-01 | 1500000 | 2024-11-01
        Bobur  | 2024-02-01 | 2500000 | 2024-02-01
        Ergash1 | 2025-01-01 | 12042000 | 2025-01-01
        Ergash2 | 2025-01-01 | 12042000 | 2025-01-01
        Ergash3 | 2025-01-01 | 12042000 | 2025-01-01
        Ergash4 | 2025-01-01 | 12042000 | 2025-01-01
        Ergash5 | 2025-01-01 | 6021000  | 2025-01-01
    """),
    "jobs": """
        person | sector       | happened_on | ended      | last_day
        Anvar  | construction | 2015-01-01  |            |
        Anvar  | budget       | 2025-04-01  |            |
        Aziza  | budget       | 2020-01-01  | 2024-11-30 | 2024-11-30
        Chori  | services     | 2024-01-01  |            |
    """,
    "selfwork": """
        person | happened_on | ended      | last_day
        Bobur  | 2023-01-01  |            |
        Aziza  | 2020-01-01  | 2024-01-01 | 2024-01-01
    """,
    "declared_income": """
        person | amount | happened_on
        Aziza  | 300000 | 2024-10-01
        Bobur  | 900000 | 2024-10-01
    """,
    "pensions": """
        person  | kind     | amount | happened_on
        Norbibi | old_age  | 900000 | 2024-09-01
        Norbibi | old_age  | 900000 | 2024-10-01
        Norbibi | old_age  | 900000 | 2024-11-01
        Norbibi | old_age  | 900000 | 2024-12-01
        Norbibi | old_age  | 900000 | 2025-01-01
        Norbibi | old_age  | 900000 | 2025-02-01
        Bekzod  | survivor | 400000 | 2025-04-01
    """,
    "migration": """
        person  | happened_on | ended      | returned
        Aziza   | 2023-05-01  | 2024-07-15 | 2024-07-15
        Bobur   | 2025-03-02  |            |
        Ergash1 | 2024-01-01  |            |
    """,
    "remittances": """
        person | amount  | happened_on
        Aziza  | 600000  | 2024-10-01
        Aziza  | 1200000 | 2025-01-01
    """,
    "loans": """
        person | amount   | monthly | happened_on | ended
        Anvar  | 20000000 | 1000000 | 2024-03-01  | 2026-03-01
        Anvar  | 9000000  | 700000  | 2020-01-01  | 2024-01-01
        Bobur  | 5000000  | 500000  | 2025-02-01  | 2026-02-01
    """,
    "loan_states": """
        person  | month      | balance  | overdue | happened_on
        Anvar   | 2024-09-01 | 15000000 | 10      | 2024-09-01
        Anvar   | 2025-01-01 | 13000000 | 40      | 2025-01-01
        Anvar   | 2025-03-01 | 12000000 | 0       | 2025-03-01
        Bobur   | 2025-03-01 | 5000000  | 35      | 2025-03-01
        Ergash5 | 2025-01-01 | 100000   | 5       | 2025-01-01
    """,
    "disability": """
        person  | grade | happened_on | ended      | until
        Norbibi | 1     | 2020-01-01  |            |
        Akmal   | child | 2025-02-01  | 2026-02-01 | 2026-02-01
        Bobur   | 2     | 2023-10-01  | 2024-09-30 | 2024-09-30
        Bobur   | 2     | 2024-10-01  | 2026-09-01 | 2026-09-01
        Ergash3 | 3     | 2024-01-01  | 2027-01-01 | 2027-01-01
    """,
    "care": """
        person | kind         | happened_on | ended
        Aziza  | nursing      | 2024-12-01  |
        Barno  | long_illness | 2025-04-02  |
        Bobur  | long_illness | 2024-12-01  | 2025-04-01
        Aziza  | pregnancy    | 2025-03-01  |
    """,
    "attendance": near_by("""
        person | status   | absent | happened_on | known_at
        Akmal  | enrolled | 2      | 2024-04-01  |
        Akmal  | enrolled | 3      | 2024-09-02  |
        Akmal  | enrolled | 5      | 2024-11-05  |
        Akmal  | enrolled | 10     | 2025-01-13  |
        Akmal  | enrolled | 1      | 2025-04-01  | 2025-06-20
        Bekzod | enrolled | 20     | 2024-09-02  |
        Bekzod | away     | 40     | 2024-11-05  |
        Ezoza1 | enrolled | 4      | 2024-09-02  |
        Ezoza2 | enrolled | 4      | 2024-09-02  |
        Ezoza3 | enrolled | 4      | 2024-09-02  |
        Ezoza4 | enrolled | 4      | 2024-09-02  |
        Ezoza5 | enrolled | 14     | 2024-09-02  |
    """),
    "leavings": """
        person | grade | reason | happened_on
        Akmal  | 7     | moved  | 2024-08-20
        Bahor  | 10    | work   | 2024-09-15
        Ezoza2 | 6     |        | 2025-03-01
    """,
    "bills": """
        person  | month      | service     | billed | paid   | arrears | months_behind | happened_on
        Anvar   | 2024-02-01 | electricity | 100000 | 100000 | 0       | 0             | 2024-02-01
        Anvar   | 2024-12-01 | electricity | 120000 | 120000 | 0       | 0             | 2024-12-01
        Anvar   | 2025-01-01 | electricity | 200000 | 100000 | 100000  | 1             | 2025-01-01
        Anvar   | 2025-02-01 | electricity | 200000 | 0      | 300000  | 2             | 2025-02-01
        Anvar   | 2025-03-01 | electricity | 100000 | 100000 | 300000  | 2             | 2025-03-01
        Anvar   | 2025-03-01 | gas         | 50000  | 50000  | 0       | 0             | 2025-03-01
        Bobur   | 2025-03-01 | electricity | 80000  | 0      | 400000  | 5             | 2025-03-01
        Ergash4 | 2025-02-01 | gas         | 50000  | 0      | 50000   | 1             | 2025-02-01
    """,
    "disconnections": """
        person  | service     | happened_on | ended
        Anvar   | gas         | 2024-05-20  | 2024-05-25
        Bobur   | electricity | 2025-04-10  |
        Ergash4 | gas         | 2025-04-10  |
    """,
    "livestock": """
        family | cattle | sheep | plot | happened_on
        A      | 4      | 6     | 8    | 2023-07-01
        A      | 1      | 6     | 8    | 2024-07-01
        C      | 0      | 2     | 4    | 2024-07-01
    """,
    "visits": """
        family | dwelling | food            | gas | advice  | happened_on
        A      | good     | enough          | yes | no_need | 2024-06-01
        A      | fair     | sometimes_short | no  | help    | 2025-03-10
        B      | poor     | often_short     | yes | urgent  | 2023-01-10
        E6     | fair     | enough          | yes | no_need | 2024-06-01
        E6     | fair     | enough          | yes | no_need | 2024-09-01
        E6     | fair     | enough          | yes | no_need | 2025-02-01
    """,
}


@cache
def uzbekistan() -> Project:
    """The top level's project."""
    return project()


@cache
def told(feature: str) -> dict[str, Any]:
    """What a feature (theme.name) says of every invented family."""
    expressions = {f.id: f.expression for f in uzbekistan().features}
    return values(uzbekistan(), expressions[feature], TABLES, as_of=AS_OF)


def check(theme: str, expected: dict[str, dict[str, Any]]) -> None:
    """That every feature of a theme is expected of two families or more, and says what is expected."""
    names = {f.name for f in uzbekistan().features if f.theme.value == theme}
    assert set(expected) == names
    assert not [name for name, families in expected.items() if len(families) < 2]
    wrong = {
        f"{theme}.{name} of {family}": (found, value)
        for name, families in expected.items()
        for family, value in families.items()
        if not same(found := told(f"{theme}.{name}")[family], value)
    }
    assert not wrong, "found, expected"


def same(found: Any, expected: Any) -> bool:
    """Whether two values are one: of one type of truth, and a number to nine digits."""
    if found is None or expected is None or isinstance(expected, bool | str):
        return found is expected or (type(found) is type(expected) and found == expected)
    return found == pytest.approx(expected, rel=1e-9)


def days(since: str) -> int:
    """Days from a date to 1 May 2025."""
    return (date.fromisoformat(AS_OF) - date.fromisoformat(since)).days
