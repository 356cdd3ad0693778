"""Matrices: which rows, which types, the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tayanch.errors import StoreError
from tayanch.store.matrix import batches, build_groups, build_matrix
from tayanch.vocabulary import Length
from tests.unit.store.small import DATES, EVERYBODY, asked, asked_groups, small_world
from tests.worlds import MemorySnapshot

SNAPSHOT = MemorySnapshot(small_world())


def test_rows_are_the_cohort_at_each_date_sorted_by_date_and_family(tmp_path: Path) -> None:
    matrix = build_matrix(SNAPSHOT, asked(), tmp_path)
    table = matrix.table(["income.ratio"])
    assert table.column_names == ["as_of", "family", "income.ratio"]
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (DATES[0], "A", 2.5),
        (DATES[0], "B", 1.0),
        (DATES[0], "E", 1.2),
        (DATES[1], "B", 1.0),
        (DATES[1], "D", 7.0),
        (DATES[1], "E", 1.2),
        (DATES[2], "B", 3.0),
        (DATES[2], "D", 7.0),
        (DATES[2], "E", 1.2),
    ]
    assert matrix.rows == 9
    assert len(matrix.keys()) == 9
    assert matrix.keys().family.to_pylist() == table.column("family").to_pylist()
    assert matrix.keys().as_of.tolist() == table.column("as_of").to_pylist()


def test_columns_have_one_type_each_whatever_the_rows(tmp_path: Path) -> None:
    for cohort in (asked().cohort, EVERYBODY):
        table = build_matrix(SNAPSHOT, asked(cohort), tmp_path).table()
        words = pa.dictionary(pa.int32(), pa.string())
        assert {field.name: field.type for field in table.schema} == {
            "as_of": pa.date32(),
            "family": pa.string(),
            "income.ratio": pa.float64(),
            "income.wages": pa.float64(),
            "family.adults": pa.int64(),
            "housing.area": words,
            "data_quality.note": pa.string(),
            "support.seen": pa.int64(),
        }
        for chunk in table.column("housing.area").chunks:
            assert chunk.dictionary.to_pylist() == ["south", "north", "east"]


def test_missing_is_nan_in_numbers_and_null_in_codes(tmp_path: Path) -> None:
    table = build_matrix(SNAPSHOT, asked(EVERYBODY), tmp_path).table()
    row = next(row for row in table.to_pylist() if row["family"] == "C" and row["as_of"] == DATES[1])
    assert str(row["income.ratio"]) == "nan"
    assert row["housing.area"] == "south"
    assert row["data_quality.note"] is None
    assert table.column("income.ratio").null_count == 0


def test_a_family_of_which_nothing_was_known_is_in_no_cohort(tmp_path: Path) -> None:
    rows = build_matrix(SNAPSHOT, asked(EVERYBODY), tmp_path).table([]).to_pylist()
    assert [row["family"] for row in rows if row["as_of"] == DATES[0]] == ["A", "B", "E"]
    assert [row["family"] for row in rows if row["as_of"] == DATES[1]] == ["A", "B", "C", "D", "E"]


def test_asked_again_it_comes_from_the_cache(tmp_path: Path) -> None:
    first = build_matrix(SNAPSHOT, asked(), tmp_path)
    made = [piece.path.stat().st_mtime_ns for piece in first.pieces]
    told: list[str] = []
    again = build_matrix(SNAPSHOT, asked(), tmp_path, progress=lambda stage, done, total: told.append(stage))
    assert (again, [piece.path.stat().st_mtime_ns for piece in again.pieces], told) == (first, made, [])


def test_made_elsewhere_it_has_the_same_bytes(tmp_path: Path) -> None:
    first = build_matrix(SNAPSHOT, asked(), tmp_path / "here")
    again = build_matrix(MemorySnapshot(small_world()), asked(), tmp_path / "there")
    assert again.digest == first.digest
    assert [piece.path.read_bytes() for piece in again.pieces] == [piece.path.read_bytes() for piece in first.pieces]


def test_buckets_change_no_value(tmp_path: Path) -> None:
    first = build_matrix(SNAPSHOT, asked(), tmp_path)
    for buckets in (1, 5):
        other = build_matrix(MemorySnapshot(small_world(), buckets=buckets), asked(), tmp_path)
        assert len(other.pieces) == buckets
        assert repr(other.table().to_pylist()) == repr(first.table().to_pylist())
        assert other.keys().family.equals(first.keys().family)


def test_without_a_file_the_rows_come_bucket_by_bucket(tmp_path: Path) -> None:
    matrix = build_matrix(SNAPSHOT, asked(), tmp_path)
    whole = matrix.table([*matrix.names, *matrix.beside]).to_pylist()
    found = [batch.to_pylist() for batch in batches(SNAPSHOT, asked())]
    assert [len(rows) for rows in found] == [2, 1, 1, 1, 2, 2]
    rows = [row for batch in found for row in batch]
    assert repr(sorted(rows, key=lambda row: (row["as_of"], row["family"]))) == repr(whole)


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    first = build_matrix(SNAPSHOT, asked(), tmp_path)
    path = first.pieces[1].path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert build_matrix(SNAPSHOT, asked(), tmp_path) == first
    assert path.read_bytes() != content
    path.unlink()
    assert build_matrix(SNAPSHOT, asked(), tmp_path) == first


def test_another_question_makes_other_pieces_and_another_snapshot_with_the_same_rows_none(tmp_path: Path) -> None:
    first = build_matrix(SNAPSHOT, asked(), tmp_path)
    other = build_matrix(replace(SNAPSHOT, digest="1" * 64), asked(), tmp_path)
    assert (other.pieces, other.snapshot) == (first.pieces, "1" * 64)
    others = [
        build_matrix(SNAPSHOT, asked(lag=Length(months=1)), tmp_path),
        build_matrix(SNAPSHOT, asked(EVERYBODY), tmp_path),
        build_matrix(SNAPSHOT, asked(as_of=DATES[:1]), tmp_path),
    ]
    assert len({piece.path for matrix in (first, *others) for piece in matrix.pieces}) == 8


def test_rows_known_later_leave_every_byte_as_it_was(tmp_path: Path) -> None:
    before = build_matrix(MemorySnapshot(small_world(), buckets=1), asked(EVERYBODY), tmp_path / "before")
    later = small_world(
        visits="""
        A      | v1  | 2023-06-10  | 2025-01-01 | 9     | east  | new
        A      | v9  | 2024-12-31  | 2025-01-01 | 9     | east  | new
        F      | v9  | 2020-01-01  | 2025-01-01 | 9     | east  | new
        """,
        members="F      | q      | 2025-01-01  |",
    )
    snapshot = MemorySnapshot(later, buckets=1, digest="1" * 64)
    after = build_matrix(snapshot, asked(EVERYBODY), tmp_path / "after")
    assert after.digest == before.digest
    assert after.pieces[0].path.read_bytes() == before.pieces[0].path.read_bytes()


def test_a_lag_looks_at_what_was_known_so_much_earlier(tmp_path: Path) -> None:
    rows = build_matrix(SNAPSHOT, asked(EVERYBODY, lag=Length(months=3)), tmp_path).table(["income.ratio"]).to_pylist()
    found = {(str(row["as_of"]), row["family"]): row["income.ratio"] for row in rows}
    assert found["2024-07-01", "A"] == 2.5
    assert found["2025-01-01", "A"] == 0.5
    assert ("2024-07-01", "D") not in found


def test_groups_are_a_file_apart(tmp_path: Path) -> None:
    matrix, groups = build_matrix(SNAPSHOT, asked(), tmp_path), build_groups(SNAPSHOT, asked_groups(), tmp_path)
    assert {piece.path.parent for piece in groups.pieces}.isdisjoint(piece.path.parent for piece in matrix.pieces)
    assert groups.names == ("area",)
    assert groups.keys().family == matrix.keys().family
    assert pq.read_schema(groups.pieces[0].path).names == ["as_of", "family", "area"]


def test_progress_is_told_bucket_by_bucket(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build_matrix(SNAPSHOT, asked(), tmp_path, progress=lambda *step: told.append(step))
    assert told == [("matrix", 1, 2), ("matrix", 2, 2)]


def test_nothing_unfinished_is_left_behind(tmp_path: Path) -> None:
    matrix = build_matrix(SNAPSHOT, asked(), tmp_path)
    assert sorted(path.suffix for path in (tmp_path / "matrices").iterdir()) == [".json"] * 2 + [".parquet"] * 2
    for piece in matrix.pieces:
        assert json.loads(piece.path.with_suffix(".json").read_text())["digest"] == piece.digest


@pytest.mark.parametrize("dates", [(), (DATES[1], DATES[0]), (DATES[0], DATES[0])])
def test_dates_out_of_order_are_refused(dates: tuple[date, ...]) -> None:
    with pytest.raises(
        StoreError, match=r"the as_of dates of a matrix are not in order: give each once, the first first\."
    ):
        asked(as_of=dates)


def test_a_group_may_not_be_called_as_the_keys_are() -> None:
    groups = asked_groups()
    with pytest.raises(StoreError, match=r"a column can't be called family: it names the rows: call it otherwise\."):
        replace(groups, groups=(replace(groups.groups[0], name="family"),))
