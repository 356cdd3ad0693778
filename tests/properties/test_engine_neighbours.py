"""Neighbours have one mean to the last bit: in the definition, in any buckets, and for one family online."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.declare.expressions import FAMILY, Expression
from tayanch.declare.features import Compiled, Feature
from tayanch.declare.neighbours import MEAN_OF, Neighbours
from tayanch.store import reference
from tayanch.store.area_tables import find_areas
from tayanch.store.engine import Evaluation, evaluate
from tayanch.store.index import add_areas, write_index
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Kind, Moment, Theme
from tests.properties.engine_worlds import (
    DAYS,
    NUMBERS,
    REGISTRIES,
    SLOW,
    WHOLES,
    Question,
    Speaker,
    assert_same,
    both_tables,
    in_zone,
    moments,
    packed,
    payments,
    worlds,
)
from tests.properties.test_engine_time import LATER, with_more
from tests.worlds import MemorySnapshot, Told, World

STREET = tuple("ABCDEFGH")
EARLY = date(2020, 1, 1)
EDGES = (2.0**42, -(2.0**42), 2.0**42 + 2.0**-8, 2.0**-21, 3 * 2.0**-21, -(2.0**-21), 1234.56, 4.35)

homes = st.fixed_dictionaries(
    {
        "known_at": st.tuples(st.sampled_from((EARLY, EARLY, EARLY, DAYS[0])), st.just(-1)),
        "happened_on": st.sampled_from((EARLY, EARLY, DAYS[1])),
        "left": st.sampled_from((None, None, DAYS[3])),
        "amount": st.sampled_from((None, *EDGES, *NUMBERS)),
        "number": st.sampled_from((None, 1, 2, 2**42, 2**42 + 1, -(2**42), *WHOLES)),
        "sort": st.sampled_from((None, "x", "x", "x", "x", "y")),
        "word": st.sampled_from((None, "n", "n", "n", "n", "s")),
    }
)


@st.composite
def streets(draw: st.DrawFn) -> World:
    """A world whose families live in a few areas; of some of them nothing else is known."""
    world = draw(worlds())
    own = {"person": None, "key": "home", "delivery": 1, "retracted": False, "born": None}
    told: list[Told] = [in_zone({**own, "family": family, **draw(homes)}, world.zone) for family in STREET]
    return World(world.registries, {**world.rows, "payments": [*world.rows["payments"], *told]}, world.zone)


@st.composite
def asked(draw: st.DrawFn) -> Question:
    """Some means over neighbours, and values made of them."""
    references = draw(both_tables)
    speaker = Speaker(draw, references)

    def said(kind: Kind) -> Expression:
        columns = {Kind.NUMBER: payments.amount, Kind.WHOLE: payments.number, Kind.CODE: payments.word}
        plain = payments.exists() if kind is Kind.TRUTH else payments.latest(columns[kind])
        found = speaker.pick(plain, speaker.say(kind, None, 2))
        return found if found.level == FAMILY else plain

    expressions: dict[str, Expression] = {}
    for n in range(speaker.pick(1, 2, 3)):
        of = said(speaker.pick(*MEAN_OF))
        by = speaker.pick(payments.latest(payments.sort), payments.latest(payments.sort).fill("x"), said(Kind.CODE))
        node = Neighbours(of, by)
        more = (node / of) if of.kind.numeric else (of & (node > 0))
        expressions |= {f"e{n}": node, f"more{n}": more, f"known{n}": node.fill(0.25)}
    return Question(expressions, references)


@dataclass(frozen=True)
class Dealt(MemorySnapshot):
    """A world as a snapshot: as many families in each bucket as there are `places` with its number."""

    places: Sequence[int] = ()

    def families(self, number: int) -> tuple[str, ...]:
        every = self.world.families
        return tuple(f for f, place in zip(every, sorted(self.places[: len(every)]), strict=True) if place == number)


dealings = st.lists(st.integers(0, 2), min_size=len(STREET), max_size=len(STREET))
several = st.lists(moments, min_size=1, max_size=3)


def assert_agree(world: World, question: Question, moments: list[Moment], places: Sequence[int]) -> None:
    """The engine's answers, bucket by bucket, are the reference's."""
    whole = world.bucket()
    wanted = reference.evaluate(whole, question.expressions, moments, references=question.references)
    plan, dealt = make_plan(question.expressions, question.references), Dealt(world, 3, places=places)
    areas = find_areas(dealt, plan, moments)
    for number in range(dealt.buckets):
        found = evaluate(dealt.bucket(number), plan, moments, areas=areas)
        own = [whole.families.index(family) for family in found.families]
        assert found.known.tolist() == [[line[place] for place in own] for line in wanted.known]
        for name, node in question.expressions.items():
            assert_same(found.columns[name], packed(node, wanted.values[name]).at(own))


@settings(suppress_health_check=SLOW)
@given(streets(), asked(), several, dealings)
def test_engine_is_reference_in_any_buckets(
    world: World, question: Question, moments: list[Moment], places: list[int]
) -> None:
    """Random worlds, expressions, moments and buckets."""
    assert_agree(world, question, moments, places)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(streets(), asked(), several, dealings)
def test_engine_is_reference_in_any_buckets_at_length(
    world: World, question: Question, moments: list[Moment], places: list[int]
) -> None:
    """As above, many times more."""
    assert_agree(world, question, moments, places)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(streets(), asked(), several, dealings)
def test_served_is_recomputed(world: World, question: Question, moments: list[Moment], places: Any) -> None:
    """From the index, one family at a time, to the last bit; totals kept in a cache are those made now."""
    wanted = reference.evaluate(world.bucket(), question.expressions, moments, references=question.references)
    plan, dealt = make_plan(question.expressions, question.references), Dealt(world, 3, places=places)
    features = tuple(Feature(name, Theme.FAMILY, node) for name, node in question.expressions.items())
    compiled = Compiled(features, REGISTRIES, tuple(question.references))
    with TemporaryDirectory() as folder:
        index = write_index(dealt, compiled, Path(folder) / "index")
        for known in (moments[:1], moments):
            index = add_areas(index, dealt, compiled, moments=known, cache=Path(folder) / "cache")
        for place, family in enumerate(world.families):
            rows = index.rows_of(family)
            assert rows is not None
            served = evaluate(rows, plan, moments, areas=index.areas)
            for name, node in question.expressions.items():
                assert_same(served.columns[name], packed(node, wanted.values[name]).at([place]))


@settings(suppress_health_check=SLOW)
@given(streets(), LATER, asked(), moments)
def test_rows_known_later_change_nothing(
    world: World, more: dict[str, list[Told]], question: Question, moment: Moment
) -> None:
    """Neither rows of the family itself nor of its neighbours."""
    grown = with_more(world, more, moment.known_by)
    plan = make_plan(question.expressions, question.references)
    before, after = (_at(made, plan, moment) for made in (world, grown))
    places = [grown.families.index(family) for family in world.families]
    for name, column in before.items():
        assert_same(after[name].at(places), column)


def _at(world: World, plan: Any, moment: Moment) -> Any:
    areas = find_areas(Dealt(world, places=[0] * 99), plan, [moment])
    return Evaluation(world.bucket(), plan, areas).columns_at([moment])
