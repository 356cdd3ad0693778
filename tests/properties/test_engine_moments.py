"""Moments, blocks and lags change nothing: whatever is computed together, each value is the definition's.

A chain of moments here is any: in order or not, seen with a lag or (as outcomes are) with what became known later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.store import engine, reference
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Moment
from tests.properties.engine_worlds import DAYS, SLOW, Question, assert_same, moments, packed, questions, worlds
from tests.worlds import World

lags = st.sampled_from((-400, -1, 0, 1, 30, 200))


def _chain(days: list[date], lag: int, ordered: bool) -> list[Moment]:
    found = [Moment(day, day - timedelta(days=lag)) for day in (sorted(set(days)) if ordered else days)]
    return [*found, Moment(found[0].as_of, date.max)]


chains = st.builds(_chain, st.lists(st.sampled_from(DAYS), min_size=1, max_size=6), lags, st.booleans())
blocks = st.fixed_dictionaries(
    {"FAMILIES": st.integers(1, 3), "TILE": st.sampled_from((1, 40, 4096)), "MOST": st.integers(1, 4)}
)


def assert_agree(world: World, question: Question, chain: list[Moment], block: dict[str, int]) -> None:
    """Together, in small blocks of families and moments, the values of the definition; one moment alone, the same."""
    bucket, plan = world.bucket(), make_plan(question.expressions, question.references)
    wanted = reference.evaluate(bucket, question.expressions, chain, references=question.references)
    with mock.patch.multiple(engine, **block):
        found = engine.evaluate(bucket, plan, chain)
    assert found.known.tolist() == wanted.known
    room = engine.Room()
    for name, node in question.expressions.items():
        assert_same(found.columns[name], packed(node, wanted.values[name]))
    for place, moment in enumerate(chain):
        alone = engine.Evaluation(bucket, plan, room=room).at([moment])
        assert alone.known.tobytes() == found.known[place].tobytes()
        for name, column in found.columns.items():
            assert_same(alone.columns[name], replace(column, values=column.values[[place]]))


@settings(max_examples=60, suppress_health_check=SLOW)
@given(worlds(), questions(most=6), chains, blocks)
def test_chains_and_blocks(world: World, question: Question, chain: list[Moment], block: dict[str, int]) -> None:
    """Random worlds, in which persons change families and rows are corrected and taken back."""
    assert_agree(world, question, chain, block)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(worlds(12), questions(depth=4, most=8), chains, blocks)
def test_chains_and_blocks_at_length(
    world: World, question: Question, chain: list[Moment], block: dict[str, int]
) -> None:
    """As above, larger and many times more."""
    assert_agree(world, question, chain, block)


@settings(max_examples=10, suppress_health_check=SLOW)
@given(worlds(), questions(most=3), moments)
def test_more_moments_than_bits(world: World, question: Question, moment: Moment) -> None:
    """Far more moments than a word has bits, each as if asked alone."""
    several = [Moment(moment.as_of + timedelta(days=n % 70 - 35), moment.known_by) for n in range(150)]
    bucket, plan = world.bucket(), make_plan(question.expressions, question.references)
    together = engine.evaluate(bucket, plan, several)
    for name, column in together.columns.items():
        alone = [engine.evaluate(bucket, plan, [one]).columns[name].values for one in several[::11]]
        assert_same(replace(column, values=column.values[::11]), replace(column, values=np.concatenate(alone)))
