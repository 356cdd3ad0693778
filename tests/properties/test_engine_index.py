"""Served is recomputed: a family read from the index has the values it has in its bucket."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.declare.features import Compiled
from tayanch.store.engine import evaluate
from tayanch.store.index import write_index
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Moment
from tests.properties.engine_worlds import REGISTRIES, SLOW, Question, assert_same, moments, questions, worlds
from tests.worlds import MemorySnapshot, World


@settings(max_examples=40, suppress_health_check=SLOW)
@given(worlds(), questions(), st.lists(moments, min_size=1, max_size=2))
def test_served_is_recomputed(world: World, question: Question, moments: list[Moment]) -> None:
    """Whatever the world, to the last bit."""
    plan = make_plan(question.expressions, question.references)
    snapshot = MemorySnapshot(world)
    with TemporaryDirectory() as folder:
        index = write_index(snapshot, Compiled((), REGISTRIES, ()), Path(folder) / "index")
        for number in range(snapshot.buckets):
            bucket = snapshot.bucket(number)
            whole = evaluate(bucket, plan, moments)
            for place, family in enumerate(bucket.families):
                rows = index.rows_of(family)
                assert rows is not None
                served = evaluate(rows, plan, moments)
                for name, column in whole.columns.items():
                    assert_same(served.columns[name], column.at([place]))
                assert served.known.tobytes() == whole.known[:, [place]].tobytes()
