"""The index: one family online has the values of its row in the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.errors import StoreError
from tayanch.store.engine import evaluate
from tayanch.store.index import Index, write_index
from tayanch.store.matrix import build_matrix
from tayanch.store.plan import make_plan
from tests.unit.store.small import ABOVE, COMPILED, EVERYBODY, REGISTRIES, asked, small_world
from tests.worlds import MemorySnapshot

SNAPSHOT = MemorySnapshot(small_world(), buckets=3)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """The small country's index."""
    return write_index(SNAPSHOT, COMPILED, tmp_path / "index", also=[ABOVE.expression])


def test_served_equals_recomputed(index: Index, tmp_path: Path) -> None:
    question = asked(EVERYBODY)
    plan = make_plan(question.expressions)
    rows = build_matrix(SNAPSHOT, question, tmp_path).table().to_pylist()
    assert len(rows) == 13
    for row in rows:
        bucket = index.bucket_of(row["family"])
        assert bucket is not None
        moment = question.moments[question.as_of.index(row["as_of"])]
        served = evaluate(bucket, plan, [moment])
        for name, column in served.columns.items():
            value = column.values[0][0]
            if column.words is not None:
                value = None if value < 0 else column.words[value]
            assert repr(row[name]) == repr(value if value is None or isinstance(value, str) else value.item())


def test_it_holds_the_families_rows_and_no_others(index: Index) -> None:
    bucket = index.bucket_of("B")
    assert bucket is not None
    assert bucket.families == ("B",)
    assert set(bucket.tables["visits"].column("family").to_pylist()) == {"B"}
    assert bucket.tables["jobs"].column("person").to_pylist() == ["p", "p"]
    assert index.registries == tuple(sorted(registry.name for registry in REGISTRIES))
    assert len(index) == 5


def test_a_family_without_rows_of_a_registry_has_an_empty_table(index: Index) -> None:
    bucket = index.bucket_of("C")
    assert bucket is not None
    assert bucket.tables["jobs"].num_rows == 0


@pytest.mark.parametrize("family", ["", "0", "AA", "Z"])
def test_an_unknown_family_has_none(index: Index, family: str) -> None:
    assert index.bucket_of(family) is None


def test_the_same_rows_make_the_same_index(index: Index, tmp_path: Path) -> None:
    again = write_index(SNAPSHOT, COMPILED, tmp_path / "again", also=[ABOVE.expression])
    assert again.digest == index.digest
    assert Index.open(tmp_path / "again").digest == index.digest
    assert index.snapshot == SNAPSHOT.digest


def test_it_is_replaced_as_a_whole(index: Index) -> None:
    other = MemorySnapshot(
        small_world(visits="        F | v9 | 2024-01-01 | 2024-01-01 | 1 | north |"), digest="1" * 64
    )
    fresh = write_index(other, COMPILED, index.folder)
    assert fresh.bucket_of("F") is not None
    assert fresh.snapshot == "1" * 64
    assert [path.name for path in index.folder.parent.iterdir()] == ["index"]


@pytest.mark.parametrize("name", ["families.arrow", "rows-visits.arrow", "rows-jobs.arrow"])
def test_a_changed_byte_is_met(index: Index, name: str) -> None:
    content = bytearray((index.folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (index.folder / name).write_bytes(content)
    with pytest.raises(StoreError, match=f"{name} is missing or has changed: write the index again."):
        Index.open(index.folder)


def test_a_missing_file_and_a_missing_index_are_met(index: Index, tmp_path: Path) -> None:
    (index.folder / "rows-jobs.arrow").unlink()
    with pytest.raises(StoreError, match=r"rows-jobs\.arrow is missing or has changed"):
        Index.open(index.folder, deep=False)
    with pytest.raises(StoreError, match=r"there is no index here: write the index again\."):
        Index.open(tmp_path / "elsewhere")
