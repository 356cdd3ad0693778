"""What the engine can't compute it refuses, and says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from tayanch.errors import StoreError
from tayanch.intake.bucket import Bucket
from tayanch.store.engine import evaluate
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Kind, Moment
from tests.spec.telling import table
from tests.unit.store.small import REGISTRIES, small_world, visits

NOW = [Moment(date(2025, 1, 1), date(2025, 1, 1))]
AREA = make_plan({"area": visits.latest(visits.area)})


def with_table(registry: str, changed: pa.Table) -> Bucket:
    """The small country with one table changed."""
    bucket = small_world().bucket()
    return replace(bucket, tables={**bucket.tables, registry: changed})


def test_a_column_the_snapshot_has_not() -> None:
    bucket = with_table("visits", small_world().bucket().tables["visits"].drop_columns("area"))
    with pytest.raises(StoreError, match=r"the snapshot has no column visits\.area: run `tayanch intake` again"):
        evaluate(bucket, AREA, NOW)


def test_a_snapshot_that_does_not_tell_when_rows_ended() -> None:
    bucket = with_table("members", small_world().bucket().tables["members"].drop_columns("left"))
    plan = make_plan({"it": REGISTRIES[2].current().count()})
    with pytest.raises(StoreError, match="the snapshot does not tell when rows of members ended: run `tayanch intake`"):
        evaluate(bucket, plan, NOW)


def test_a_code_that_is_not_declared() -> None:
    rows = small_world().bucket().tables["visits"]
    changed = rows.set_column(rows.column_names.index("area"), "area", pa.array(["west"] * len(rows)))
    with pytest.raises(StoreError, match=r"the snapshot has codes in visits\.area that are not declared") as refused:
        evaluate(with_table("visits", changed), AREA, NOW)
    assert "west" not in str(refused.value)


def test_a_family_the_bucket_does_not_list() -> None:
    bucket = replace(small_world().bucket(), families=("A", "B"))
    with pytest.raises(StoreError, match="bucket 0 has rows of members for families it does not list"):
        evaluate(bucket, AREA, NOW)


def test_a_reference_table_that_is_not_at_hand() -> None:
    line = table("line", "area | value\nnorth | 1")
    looked_up = {"line": line.lookup(visits.latest(visits.area))}
    other = replace(line, rows=(replace(line.rows[0], value=2.0),))
    with pytest.raises(StoreError, match="the reference table line is not at hand as it was declared"):
        make_plan(looked_up, [other])


def test_a_registry_that_was_never_delivered_has_no_rows() -> None:
    bucket = small_world().bucket()
    without = replace(bucket, tables={"members": bucket.tables["members"]})
    asked = {
        "count": visits.count(),
        "sum": visits.where(visits.ratio > 1).sum(visits.ratio + 1),
        "area": visits.latest(visits.area),
        "people": REGISTRIES[1].count(),
        "persons": REGISTRIES[1].persons(),
    }
    found = evaluate(without, make_plan(asked), NOW)
    assert found.columns["count"].values.tolist() == [[0] * 5]
    assert found.columns["sum"].values.tolist() == [[0.0] * 5]
    assert found.columns["area"].values.tolist() == [[-1] * 5]
    assert found.columns["area"].kind is Kind.CODE
    assert found.columns["people"].values.tolist() == [[0] * 5]
    assert found.columns["persons"].values.tolist() == [[0] * 5]
    assert found.known.tolist() == [[True, True, False, False, True]]


def test_no_families_and_no_moments_are_no_error() -> None:
    empty = replace(small_world().bucket(families=()), families=())
    assert evaluate(empty, AREA, NOW).columns["area"].values.shape == (1, 0)
    assert evaluate(small_world().bucket(), AREA, []).columns["area"].values.shape == (0, 5)
