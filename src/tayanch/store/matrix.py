"""Matrices: families × features at as_of dates, made bucket by bucket, kept under the digest of what was asked.

A matrix is a Parquet file with a row for each family of the cohort at each as_of date, sorted by (as_of, family).
Numbers are float64 (NaN where missing), wholes and truths int64 where they can't be missing and float64 where they can,
codes categories in declared order (plain text where no codes were declared; null where missing). The same question
asked of the same snapshot gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tayanch.declare.forms import canonical, digest_of
from tayanch.intake.disk import write_whole
from tayanch.store import tables
from tayanch.store.area_tables import find_areas
from tayanch.store.arrow import Array, Bools, Table
from tayanch.store.cache import file_digest, make_room, used, workbench
from tayanch.store.engine import ENGINE, Evaluation
from tayanch.store.layouts import Layouts
from tayanch.store.plan import make_plan
from tayanch.store.questions import GroupsQuestion, MatrixQuestion, Question
from tayanch.store.source import Source, read_by
from tayanch.store.values import Values
from tayanch.vocabulary import Progress, no_progress

COHORT = "/cohort"
"""The cohort's name in a plan; no feature or group can be called so."""


@dataclass(frozen=True)
class RowKeys:
    """The rows of a matrix: as_of (datetime64[D]) and family (an Arrow array of texts), in its order."""

    as_of: Array
    family: Any

    def __len__(self) -> int:
        return len(self.as_of)


@dataclass(frozen=True)
class Matrix:
    """A matrix on disk.

    digest: SHA-256 of the file. asked: of the question. snapshot: of the snapshot. names: its columns beside as_of and
    family. words: per code column with declared codes, these.
    """

    path: Path
    digest: str
    asked: str
    snapshot: str
    engine: str
    as_of: tuple[date, ...]
    names: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]
    rows: int

    def table(self, columns: Sequence[str] | None = None) -> Table:
        """The matrix as an Arrow table: as_of, family, and these columns (default: all)."""
        return tables.read(self.path, self.names if columns is None else columns, dict(self.words))

    def keys(self) -> RowKeys:
        """The rows' as_of and family."""
        return RowKeys(*tables.read_keys(self.path))


def build_matrix(
    snapshot: Source, question: MatrixQuestion, cache: Path, *, progress: Progress = no_progress
) -> Matrix:
    """The matrix of features that answers the question, from `cache` when it was made before.

    Raises:
        StoreError: when the snapshot lacks what the question needs.
    """
    return _answer(snapshot, question, cache / "matrices", progress=progress)


def build_groups(
    snapshot: Source, question: GroupsQuestion, cache: Path, *, progress: Progress = no_progress
) -> Matrix:
    """The matrix of groups that answers the question; a file apart, that training never opens.

    Raises:
        StoreError: when the snapshot lacks what the question needs.
    """
    return _answer(snapshot, question, cache / "groups", progress=progress)


def _answer(snapshot: Source, question: Question, folder: Path, *, progress: Progress) -> Matrix:
    key = digest_of([snapshot.digest, question.digest, ENGINE])
    path, told = folder / f"{key}.parquet", folder / f"{key}.json"
    found = _kept(path, told)
    if found is not None:
        used(told)
        return found
    found = _make(snapshot, question, path, progress=progress)
    write_whole(told, canonical(_told(found)).encode())
    make_room(folder, keep=told)
    return found


def _make(snapshot: Source, question: Question, path: Path, *, progress: Progress) -> Matrix:
    plan = make_plan({COHORT: question.cohort.expression, **question.expressions}, question.tables)
    columns = {name: tables.ColumnType.of(node) for name, node in question.expressions.items()}
    areas = find_areas(snapshot, plan, question.moments, cache=path.parent.parent, progress=progress)
    with workbench(path.parent) as folder:
        pieces = [folder / f"{number}.arrow" for number in range(snapshot.buckets)]
        layouts = Layouts.of(snapshot, read_by(plan), path.parent.parent)
        for number, piece in enumerate(pieces):
            _write_piece(Evaluation(layouts.bucket(number), plan, areas), question, piece)
            progress("matrix", number + 1, snapshot.buckets)
        made = folder / "matrix.parquet"
        rows = tables.merge(pieces, made, as_of=question.as_of, columns=columns)
        digest = file_digest(made)
        made.replace(path)
    words = tuple((name, told.words) for name, told in columns.items() if told.words)
    return Matrix(
        path=path,
        digest=digest,
        asked=question.digest,
        snapshot=snapshot.digest,
        engine=ENGINE,
        as_of=question.as_of,
        names=tuple(columns),
        words=words,
        rows=rows,
    )


def _write_piece(work: Evaluation, question: Question, piece: Path) -> None:
    """Writes the rows of one bucket, one batch for each as_of date."""
    columns = {name: tables.ColumnType.of(node) for name, node in question.expressions.items()}
    with tables.PieceWriter(piece, columns) as writer:
        for moment in question.moments:
            values = work.at([moment])
            writer.write(values, _chosen(values))


def _chosen(values: Values) -> Bools:
    """Which families are in the cohort and known, at the only moment there is."""
    return values.known[0] & (values.columns[COHORT].values[0] == 1)


def _kept(path: Path, told: Path) -> Matrix | None:
    """The matrix made before, unless its file is gone or changed."""
    if not (path.is_file() and told.is_file()):
        return None
    found = _from_told(path, json.loads(told.read_bytes()))
    return found if file_digest(path) == found.digest else None


def _told(matrix: Matrix) -> dict[str, Any]:
    return {
        "digest": matrix.digest,
        "asked": matrix.asked,
        "snapshot": matrix.snapshot,
        "engine": matrix.engine,
        "as_of": [day.isoformat() for day in matrix.as_of],
        "names": list(matrix.names),
        "words": [[name, list(words)] for name, words in matrix.words],
        "rows": matrix.rows,
    }


def _from_told(path: Path, told: dict[str, Any]) -> Matrix:
    return Matrix(
        path=path,
        digest=told["digest"],
        asked=told["asked"],
        snapshot=told["snapshot"],
        engine=told["engine"],
        as_of=tuple(date.fromisoformat(day) for day in told["as_of"]),
        names=tuple(told["names"]),
        words=tuple((name, tuple(words)) for name, words in told["words"]),
        rows=told["rows"],
    )
