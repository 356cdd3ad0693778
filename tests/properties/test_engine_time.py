"""The future changes nothing: what becomes known at or after a moment leaves every value of that moment as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tayanch.store import reference
from tayanch.store.engine import evaluate
from tayanch.store.plan import make_plan
from tayanch.store.reference import start_of_day
from tayanch.vocabulary import Moment
from tests.properties.engine_worlds import (
    CELLS,
    SLOW,
    Question,
    assert_same,
    days,
    in_zone,
    one_version,
    payments,
    questions,
    worlds,
)
from tests.worlds import Told, World, world

LATER = st.fixed_dictionaries({name: st.lists(cells, max_size=3) for name, cells in CELLS.items()})
moments = st.builds(Moment, days, days)


def with_more(world: World, more: dict[str, list[Told]], known_by: date) -> World:
    """The world with more rows, all known at or after the start of the day: versions of its keys, and new keys."""
    start = start_of_day(known_by, world.zone)
    rows = {}
    for name, told in world.rows.items():
        added = [in_zone(cells, world.zone) for cells in more[name]]
        late = [{**row, "known_at": max(row["known_at"], start), "delivery": 3} for row in added]
        rows[name] = [*{one_version(row): row for row in (*told, *late)}.values()]
    return World(world.registries, rows, world.zone)


def assert_no_leak(world: World, more: dict[str, list[Told]], question: Question, moment: Moment) -> None:
    """Of the families that were there, no byte changes; of those that come, nothing is known."""
    grown = with_more(world, more, moment.known_by)
    assume(grown.rows != world.rows)
    plan = make_plan(question.expressions, question.references)
    before, after = evaluate(world.bucket(), plan, [moment]), evaluate(grown.bucket(), plan, [moment])
    places = [after.families.index(family) for family in before.families]
    for name, column in before.columns.items():
        assert_same(after.columns[name].at(places), column)
    assert after.known[:, places].tobytes() == before.known.tobytes()
    newcomers = [place for place, family in enumerate(after.families) if family not in before.families]
    assert not after.known[:, newcomers].any()


@settings(suppress_health_check=SLOW)
@given(worlds(), LATER, questions(), moments)
def test_rows_known_later_change_nothing(
    world: World, more: dict[str, list[Told]], question: Question, moment: Moment
) -> None:
    """Rows that come, and versions of rows that are there."""
    assert_no_leak(world, more, question, moment)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(worlds(12), LATER, questions(depth=4, most=8), moments)
def test_rows_known_later_change_nothing_at_length(
    world: World, more: dict[str, list[Told]], question: Question, moment: Moment
) -> None:
    """As above, larger and many times more."""
    assert_no_leak(world, more, question, moment)


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(), moments)
def test_rows_known_later_may_as_well_not_be_there(world: World, question: Question, moment: Moment) -> None:
    """Nothing of what they say comes in."""
    start = start_of_day(moment.known_by, world.zone)
    known = {name: [row for row in rows if row["known_at"] < start] for name, rows in world.rows.items()}
    assume(known != world.rows)
    plan = make_plan(question.expressions, question.references)
    shortened = World(world.registries, known, world.zone)
    before = evaluate(world.bucket(families=world.families), plan, [moment])
    after = evaluate(shortened.bucket(families=world.families), plan, [moment])
    for name, column in before.columns.items():
        assert_same(after.columns[name], column)
    assert after.known.tobytes() == before.known.tobytes()


def test_what_is_known_at_the_last_instant_is_never_known() -> None:
    """Not even to those who ask for all that is known, in the definition or in the engine."""
    told = world((payments,), {"payments": "family | happened_on | amount\nA | 2024-01-01 | 5\nA | 2024-01-02 | 7"})
    first, second = told.rows["payments"]
    late = {**second, "known_at": datetime.max.replace(tzinfo=UTC)}
    bucket = World(told.registries, {"payments": [first, late]}, told.zone).bucket()
    asked, everything = {"seen": payments.count()}, [Moment(date(2025, 1, 1), date.max)]
    assert reference.evaluate(bucket, asked, everything).values == {"seen": [[1]]}
    assert evaluate(bucket, make_plan(asked), everything).columns["seen"].values.tolist() == [[1]]
