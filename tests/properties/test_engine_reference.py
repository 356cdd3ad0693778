"""The engine gives what the definition says, to the last bit, whatever the world, the expressions and the moments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.store import engine, reference
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Moment
from tests.properties.engine_worlds import SLOW, Question, assert_same, moments, packed, questions, worlds
from tests.worlds import World


def assert_agree(world: World, question: Question, moments: list[Moment]) -> None:
    """The engine's answers are the reference's."""
    bucket = world.bucket()
    wanted = reference.evaluate(bucket, question.expressions, moments, references=question.references)
    found = engine.evaluate(bucket, make_plan(question.expressions, question.references), moments)
    assert found.known.tolist() == wanted.known
    for name, node in question.expressions.items():
        assert_same(found.columns[name], packed(node, wanted.values[name]))


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(most=8), st.lists(moments, min_size=3, max_size=5))
def test_engine_is_reference(world: World, question: Question, moments: list[Moment]) -> None:
    """Random worlds, expressions and moments."""
    assert_agree(world, question, moments)


@pytest.mark.long
@settings(suppress_health_check=SLOW)
@given(worlds(12), questions(depth=4, most=8), st.lists(moments, min_size=1, max_size=5))
def test_engine_is_reference_at_length(world: World, question: Question, moments: list[Moment]) -> None:
    """As above, larger and many times more."""
    assert_agree(world, question, moments)
