"""The index: one family online has the values of its row in the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.errors import StoreError
from tayanch.store.engine import evaluate
from tayanch.store.index import Index, write_index
from tayanch.store.laying import lay_out
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
        rows_of = index.rows_of(row["family"])
        assert rows_of is not None
        moment = question.moments[question.as_of.index(row["as_of"])]
        served = evaluate(rows_of, plan, [moment])
        for name, column in served.columns.items():
            value = column.values[0][0]
            if column.words is not None:
                value = None if value < 0 else column.words[value]
            assert repr(row[name]) == repr(value if value is None or isinstance(value, str) else value.item())


def test_it_holds_the_families_rows_and_no_others(index: Index) -> None:
    layout = index.rows_of("B")
    whole = lay_out(small_world().bucket(families=["B"]))
    assert layout is not None
    assert layout.names == whole.names == ("B",)
    assert layout.registries.keys() == whole.registries.keys()
    for name, rows in whole.registries.items():
        found = layout.registries[name]
        assert [*found.columns] == [*rows.columns]
        assert len(found.columns) == len(rows.columns)
        for own in ("starts", "happened", "known", "replaced", "ended", "pair"):
            assert repr(getattr(found, own)) == repr(getattr(rows, own))
    assert index.registries == tuple(sorted(registry.name for registry in REGISTRIES))
    assert len(index) == 5


def test_a_family_without_rows_of_a_registry_has_none(index: Index) -> None:
    layout = index.rows_of("C")
    assert layout is not None
    assert layout.rows("jobs") is None


@pytest.mark.parametrize("family", ["", "0", "AA", "Z"])
def test_an_unknown_family_has_none(index: Index, family: str) -> None:
    assert index.rows_of(family) is None


def test_the_same_rows_make_the_same_index(index: Index, tmp_path: Path) -> None:
    again = write_index(SNAPSHOT, COMPILED, tmp_path / "again", also=[ABOVE.expression])
    assert again.digest == index.digest
    assert Index.open(tmp_path / "again").digest == index.digest
    assert index.snapshot == SNAPSHOT.digest


def test_it_is_the_same_from_the_cache(index: Index, tmp_path: Path) -> None:
    """And its files are those of the cache under another name: the rows lie on the disk once."""
    folder, cache = tmp_path / "again" / "index", tmp_path / "cache"
    again = write_index(SNAPSHOT, COMPILED, folder, also=[ABOVE.expression], cache=cache)
    assert again.digest == index.digest
    assert {path.stat().st_nlink for path in folder.glob("*/*.arrow")} == {2}
    assert [path.name for path in folder.parent.iterdir()] == ["index"]


def test_it_is_replaced_as_a_whole(index: Index) -> None:
    other = MemorySnapshot(
        small_world(visits="        F | v9 | 2024-01-01 | 2024-01-01 | 1 | north |"), digest="1" * 64
    )
    fresh = write_index(other, COMPILED, index.folder)
    assert fresh.rows_of("F") is not None
    assert fresh.snapshot == "1" * 64
    assert [path.name for path in index.folder.parent.iterdir()] == ["index"]


@pytest.mark.parametrize("name", ["families", "visits", "jobs"])
def test_a_changed_byte_is_met(index: Index, name: str) -> None:
    (file,) = (index.folder / "1").glob(f"{name}.*.arrow")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreError, match=rf"1/{name}\..*\.arrow is missing or has changed: write the index again."):
        Index.open(index.folder)


def test_a_missing_file_and_a_missing_index_are_met(index: Index, tmp_path: Path) -> None:
    next((index.folder / "0").glob("jobs.*")).unlink()
    with pytest.raises(StoreError, match=r"0/jobs\..*\.arrow is missing or has changed"):
        Index.open(index.folder, deep=False)
    with pytest.raises(StoreError, match=r"there is no index here: write the index again\."):
        Index.open(tmp_path / "elsewhere")
