"""A small country for the tests of matrices, outcomes and the index."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from tayanch import Column, feature, registry, years_since
from tayanch.declare.expressions import Expression
from tayanch.declare.features import Cohort, Compiled, Group, Outcome, compile_features
from tayanch.store.matrix import RowKeys
from tayanch.store.questions import GroupsQuestion, MatrixQuestion
from tests.worlds import World, world


@registry(key="id", purpose="test", owner="test")
class visits:
    """One visit to a family."""

    happened_on, known_at = "happened_on", "known_at"
    ratio = Column("Income over the line.")
    area = Column("Area.", values=["south", "north", "east"])
    note = Column("Any code.", type="code")


@registry(key="id", purpose="test", owner="test", links="person")
class jobs:
    """A month's work of a person."""

    happened_on, known_at = "happened_on", "known_at"
    wage = Column("Wage.")
    born = Column("Birth date.", type="date")


@registry(key="id", purpose="test", owner="test", links="membership")
class members:
    """A person belongs to a family."""

    happened_on, known_at, left = "happened_on", "known_at", "left"


@feature(theme="income", unit="ratio")
def ratio() -> Expression:
    """Income over the line at the last visit."""
    return visits.latest(visits.ratio)


@feature(theme="income", unit="money", facts=lambda: {"last": jobs.latest(jobs.wage)})
def wages() -> Expression:
    """Wages of the last year."""
    return jobs.last(months=12).sum(jobs.wage)


@feature(theme="family", unit="persons")
def adults() -> Expression:
    """Grown-up members."""
    return jobs.where(years_since(jobs.born) >= 18).count()


@feature(theme="housing")
def area() -> Expression:
    """Area at the last visit."""
    return visits.latest(visits.area)


@feature(theme="data_quality")
def note() -> Expression:
    """Note at the last visit."""
    return visits.latest(visits.note)


@feature(theme="support")
def seen() -> Expression:
    """Whether the family was visited in the last month."""
    return visits.last(months=1).exists()


REGISTRIES = (visits, jobs, members)
COMPILED: Compiled = compile_features((ratio, wages, adults, area, note, seen), REGISTRIES, ())
ABOVE = Cohort("above", visits.latest(visits.ratio) >= 1)
EVERYBODY = Cohort("everybody", visits.last(days=1).count() >= 0)
FALLS = Outcome(
    "falls",
    visits.next(months=12).where(visits.ratio < 1).exists(),
    visits.next(months=12).exists(),
)
DATES = (date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1))

TABLES = {
    "visits": """
        family | key | happened_on | known_at   | ratio | area  | note
        A      | v1  | 2023-06-10  | 2023-06-11 | 2.5   | north | x
        A      | v2  | 2024-06-10  | 2024-06-11 | 0.5   | north |
        A      | v3  | 2025-02-10  | 2025-02-11 | 1.5   | south | y
        B      | v4  | 2023-12-31  | 2023-12-31 | 1     | east  |
        B      | v5  | 2024-06-20  | 2024-08-01 | 3     |       | z
        C      | v6  | 2024-03-01  | 2024-03-02 |       | south |
        D      | v7  | 2024-05-01  | 2024-05-02 | 7     | north | x
        D      | v7  | 2024-05-01  | 2025-03-01 | 0.1   | north | x
        E      | v8  | 2023-11-01  | 2023-11-02 | 1.2   | north | x
    """,
    "jobs": """
        person | happened_on | wage | born
        p      | 2023-05-31  | 100  | 1990-02-28
        p      | 2024-05-31  | 110  | 1990-02-28
        q      | 2024-05-31  | 50   | 2006-07-01
        r      | 2023-10-31  |      |
    """,
    "members": """
        family | person | happened_on | left
        A      | p      | 2020-01-01  | 2024-03-31
        A      | q      | 2020-01-01  |
        B      | p      | 2024-04-01  |
        E      | r      | 2020-01-01  |
    """,
}


def small_world(**more: str) -> World:
    """The small country; `more` gives further lines for a registry's table."""
    tables = {name: "\n".join([text.rstrip(), more.get(name, "")]) for name, text in TABLES.items()}
    return world(REGISTRIES, tables)


def asked(cohort: Cohort = ABOVE, **said: object) -> MatrixQuestion:
    """The question for the small country's features."""
    return MatrixQuestion(**{"cohort": cohort, "features": COMPILED, "as_of": DATES, **said})  # type: ignore[arg-type]


def asked_groups(cohort: Cohort = ABOVE) -> GroupsQuestion:
    """The question for the area as a group."""
    return GroupsQuestion(cohort=cohort, as_of=DATES, groups=(Group("area", visits.latest(visits.area)),))


def keys(*rows: tuple[str, str]) -> RowKeys:
    """Rows told as (as_of, family)."""
    days = np.array([day for day, _ in rows], dtype="datetime64[D]")
    return RowKeys(days, pa.array([family for _, family in rows], pa.string()))
