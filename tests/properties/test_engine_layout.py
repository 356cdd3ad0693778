"""How rows are handed over changes nothing: their order, the buckets they lie in, how many are asked for at once."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.intake.bucket import Bucket
from tayanch.store.engine import Evaluation, evaluate
from tayanch.store.plan import make_plan
from tayanch.store.values import Values
from tayanch.vocabulary import Moment
from tests.properties.engine_worlds import SLOW, Question, assert_same, moments, questions, worlds
from tests.worlds import World

several = st.lists(moments, min_size=1, max_size=3)


def assert_equal(found: Values, wanted: Values) -> None:
    """All columns the same to the last bit."""
    assert found.families == wanted.families
    assert found.known.tobytes() == wanted.known.tobytes()
    for name, column in wanted.columns.items():
        assert_same(found.columns[name], column)


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(), several, st.integers(0, 1000))
def test_order_of_rows_changes_nothing(world: World, question: Question, moments: list[Moment], seed: int) -> None:
    """Not even when a bucket's tables are not sorted as they should be."""
    plan = make_plan(question.expressions, question.references)
    bucket, random = world.bucket(), Random(seed)
    mixed = {
        name: table.take(pa.array(random.sample(range(len(table)), len(table)), pa.int64()))
        for name, table in bucket.tables.items()
    }
    assert_equal(evaluate(replace(bucket, tables=mixed), plan, moments), evaluate(bucket, plan, moments))


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(), several)
def test_buckets_change_nothing(world: World, question: Question, moments: list[Moment]) -> None:
    """Each family alone gives what all together give."""
    plan = make_plan(question.expressions, question.references)
    whole = evaluate(world.bucket(), plan, moments)
    for place, family in enumerate(whole.families):
        alone = evaluate(world.bucket(families=[family]), plan, moments)
        for name, column in whole.columns.items():
            assert_same(alone.columns[name], column.at([place]))
        assert alone.known.tobytes() == whole.known[:, [place]].tobytes()


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(), several)
def test_moments_and_names_change_nothing(world: World, question: Question, moments: list[Moment]) -> None:
    """Each moment and each expression alone gives what all together give."""
    bucket = world.bucket()
    whole = evaluate(bucket, make_plan(question.expressions, question.references), moments)
    for name, node in question.expressions.items():
        work = Evaluation(bucket, make_plan({name: node}, question.references))
        alone = [work.at([moment]).columns[name] for moment in moments]
        joined = replace(alone[0], values=np.concatenate([column.values for column in alone]))
        assert_same(joined, whole.columns[name])


@settings(suppress_health_check=SLOW)
@given(worlds(), questions(), several)
def test_chunks_and_categories_change_nothing(world: World, question: Question, moments: list[Moment]) -> None:
    """Tables in several chunks, with codes as categories, give what plain ones give."""
    plan = make_plan(question.expressions, question.references)
    bucket = world.bucket()
    cut = {name: _cut(table) for name, table in bucket.tables.items()}
    assert_equal(evaluate(Bucket(0, cut, bucket.families, bucket.zone), plan, moments), evaluate(bucket, plan, moments))


def _cut(table: pa.Table) -> pa.Table:
    half = len(table) // 2
    for place, name in enumerate(table.column_names):
        if name in ("sort", "word"):
            table = table.set_column(place, name, table.column(name).dictionary_encode())
    return pa.concat_tables([table.slice(0, half), table.slice(half)])
