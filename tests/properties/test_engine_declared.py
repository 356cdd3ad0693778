"""Whatever is declared: registries of every sort, announced or ended or both, with features of every verb over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tayanch import neighbours
from tayanch.declare.features import Group
from tayanch.declare.neighbours import MEAN_OF
from tayanch.declare.registries import Registry
from tayanch.store import reference
from tayanch.store.area_tables import find_areas
from tayanch.store.engine import evaluate
from tayanch.store.plan import make_plan
from tayanch.store.values import Values
from tayanch.vocabulary import Kind, Moment
from tests.properties.engine_worlds import (
    DAYS,
    FAMILIES,
    SLOW,
    Question,
    Speaker,
    assert_same,
    cells,
    days,
    declared,
    made,
    moments,
    packed,
    questions,
    zones,
)
from tests.properties.test_engine_time import with_more
from tests.worlds import UTC_ZONE, OneBucket, Told, World

OTHERS = tuple(
    declared(
        links, announced, f"{links}_{'announced' if announced else 'told'}_{'ended' if ends else 'open'}", ends=ends
    )
    for links in ("family", "person")
    for announced in (False, True)
    for ends in (False, True)
)
belongs = declared("membership", False, "belongs")
ROWS = {told.name: st.lists(cells(told), max_size=5) for told in (*OTHERS, belongs)}
EARLY = date(2020, 1, 1)
CROWD = tuple("STUVWXYZ")
"""Families that live in one area, so that there are neighbours enough."""


@dataclass(frozen=True)
class Country:
    """A country that nobody thought of: its rows, rows that come later, what is asked, and when."""

    world: World
    later: dict[str, list[Told]]
    question: Question
    moments: list[Moment]

    @property
    def crowded(self) -> World:
        """With a crowd of families that are known from early on."""
        first, *_ = self.world.registries
        crowd = [_row(first, family, n) for n, family in enumerate((*CROWD, *FAMILIES))] if first.family else []
        return World(
            self.world.registries,
            {**self.world.rows, first.name: [*self.world.rows[first.name], *crowd]},
            self.world.zone,
        )


def _row(told: Registry, family: str, number: int) -> Told:
    row = {
        "family": family,
        "person": None,
        "key": f"crowd{number}",
        "happened_on": DAYS[number % 5],
        "known_at": (EARLY, 0),
    }
    row |= {"delivery": 1, "retracted": False, "left": None}
    columns = {"amount": number / 4, "number": number, "sort": "x", "word": "n", "born": EARLY}
    return {**made({told.name: [{**row, **columns}]}, UTC_ZONE, (told,)).rows[told.name][0]}


@st.composite
def countries(draw: st.DrawFn, *, depth: int = 2, most: int = 3) -> Country:
    """Two to four registries, their rows, expressions over them (one of neighbours), and moments."""
    chosen = draw(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=3, unique_by=lambda told: told.name))
    registries = (*chosen, belongs)
    rows, later = ({told.name: draw(ROWS[told.name]) for told in registries} for _ in range(2))
    world = made(rows, draw(zones), registries)
    asked = draw(questions(depth=depth, most=most, registries=registries))
    speaker = Speaker(draw, asked.references, registries)
    area = Group("area", chosen[0].latest(chosen[0].word).fill("n"))
    usual = neighbours(speaker.reduction(speaker.pick(*MEAN_OF), 1), by=area)
    expressions = {**asked.expressions, "usual": usual, "unlike": usual > speaker.say(Kind.NUMBER, None, 1)}
    at = draw(st.lists(moments, min_size=1, max_size=3))
    return Country(world, later, Question(expressions, asked.references), at)


def answers(world: World, country: Country, at: list[Moment]) -> Values:
    """What the engine says."""
    plan = make_plan(country.question.expressions, country.question.references)
    bucket = world.bucket()
    return evaluate(bucket, plan, at, areas=find_areas(OneBucket(bucket), plan, at))


def assert_agree(country: Country) -> None:
    """The engine's answers are the reference's."""
    world, asked = country.crowded, country.question
    wanted = reference.evaluate(world.bucket(), asked.expressions, country.moments, references=asked.references)
    found = answers(world, country, country.moments)
    assert found.known.tolist() == wanted.known
    for name, node in asked.expressions.items():
        assert_same(found.columns[name], packed(node, wanted.values[name]))


def assert_no_leak(country: Country, known_by: date) -> None:
    """Rows known at or after a moment, new ones and versions of those there are, change nothing of it."""
    world = country.crowded
    grown = with_more(world, country.later, known_by)
    assume(grown.rows != world.rows)
    at = [Moment(moment.as_of, known_by) for moment in country.moments]
    before, after = answers(world, country, at), answers(grown, country, at)
    places = [after.families.index(family) for family in before.families]
    for name, column in before.columns.items():
        assert_same(after.columns[name].at(places), column)


@settings(max_examples=60, suppress_health_check=SLOW)
@given(countries())
def test_engine_is_reference(country: Country) -> None:
    assert_agree(country)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(countries(depth=4, most=8))
def test_engine_is_reference_at_length(country: Country) -> None:
    assert_agree(country)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(countries(), days)
def test_rows_known_later_change_nothing(country: Country, known_by: date) -> None:
    assert_no_leak(country, known_by)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(countries(depth=4, most=8), days)
def test_rows_known_later_change_nothing_at_length(country: Country, known_by: date) -> None:
    assert_no_leak(country, known_by)


def test_every_sort_of_registry_is_among_them() -> None:
    assert len({(told.links, told.announced, told.left is None) for told in OTHERS}) == len(OTHERS) == 8
