"""Matrices: families × features at as_of dates, made bucket by bucket, kept as pieces.

A matrix has a row for each family of the cohort at each as_of date, sorted by (as_of, family). Its pieces, one for each
bucket, are Parquet files; its digest is over theirs. Numbers are float64 (NaN where missing), wholes and truths int64
where they can't be missing and float64 where they can, codes categories in declared order (plain text where no codes
were declared; null where missing). The same question asked of the same snapshot gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tayanch.declare.forms import digest_of
from tayanch.store import tables
from tayanch.store.arrow import Array, Table
from tayanch.store.engine import ENGINE, Room
from tayanch.store.pieces import Making, Piece, make_pieces
from tayanch.store.questions import GroupsQuestion, MatrixQuestion, Question
from tayanch.store.source import Source
from tayanch.vocabulary import Progress, no_progress


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

    digest: over those of its pieces. asked: of the question. snapshot: of the snapshot. names: what was asked, its
    columns beside as_of and family; `beside` are further ones. words: per code column with declared codes, these.
    """

    pieces: tuple[Piece, ...]
    digest: str
    asked: str
    snapshot: str
    engine: str
    as_of: tuple[date, ...]
    names: tuple[str, ...]
    beside: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(sum(piece.rows) for piece in self.pieces)

    def table(self, columns: Sequence[str] | None = None) -> Table:
        """The matrix as an Arrow table: as_of, family, and these columns (default: all that was asked)."""
        return tables.read(self._files, self.names if columns is None else columns, dict(self.words))

    def completeness(self) -> Table:
        """How complete the data are, as an Arrow table: as_of, family, and `linked(registry)` of each registry that the
        features read (1 or 0: whether its rows can reach the family) and, where the registry declares `silent_after`
        and the project has areas, `delivered(registry)` (1 or 0: whether it told of any neighbour so lately; NaN where
        the area or the neighbours are missing).
        """
        return self.table(self.beside)

    def keys(self) -> RowKeys:
        """The rows' as_of and family."""
        return RowKeys(*tables.read_keys(self._files))

    @property
    def _files(self) -> list[tuple[Path, tuple[int, ...]]]:
        return [(piece.path, piece.rows) for piece in self.pieces]


def build_matrix(
    snapshot: Source,
    question: MatrixQuestion,
    cache: Path,
    *,
    memory: int | None = None,
    progress: Progress = no_progress,
) -> Matrix:
    """The matrix of features that answers the question; pieces that `cache` has are not made again.

    Args:
        snapshot: whose rows are read.
        question: what is asked.
        cache: the folder of what can be made again.
        memory: bytes that may be taken by all processes together; half of the machine's if not said.
        progress: is told of each piece.

    Raises:
        StoreError: when the snapshot lacks what the question needs, or memory or disk don't suffice.
    """
    return _answer(snapshot, question, Way(cache / "matrices", memory, progress))


def build_groups(
    snapshot: Source, question: GroupsQuestion, cache: Path, *, progress: Progress = no_progress
) -> Matrix:
    """The matrix of groups that answers the question; files apart, that training never opens.

    Raises:
        StoreError: as `build_matrix`.
    """
    return _answer(snapshot, question, Way(cache / "groups", None, progress))


def batches(
    snapshot: Source,
    question: Question,
    *,
    cache: Path | None = None,
    memory: int | None = None,
    progress: Progress = no_progress,
) -> Iterator[Any]:
    """The rows of a matrix as record batches, bucket by bucket and as_of by as_of; nothing of it is kept.

    A batch is good until the next one is asked for. Laid-out buckets are kept in `cache`, if there is one.

    Raises:
        StoreError: as `build_matrix`.
    """
    making = Making.of(snapshot, question, cache, memory=memory, progress=progress)
    room = Room()
    for number in range(snapshot.buckets):
        yield from making.batches(number, room)
        progress("matrix", number + 1, snapshot.buckets)


@dataclass(frozen=True)
class Way:
    """How a matrix is made: in which folder, one of the cache, with how much memory, and who is told."""

    folder: Path
    memory: int | None
    progress: Progress


def _answer(snapshot: Source, question: Question, way: Way) -> Matrix:
    making = Making.of(snapshot, question, way.folder.parent, memory=way.memory, progress=way.progress)
    pieces = make_pieces(making, way.folder, stage="matrix", progress=way.progress)
    return Matrix(
        pieces=tuple(pieces),
        digest=digest_of([piece.digest for piece in pieces]),
        asked=question.digest,
        snapshot=snapshot.digest,
        engine=ENGINE,
        as_of=question.as_of,
        names=tuple(question.expressions),
        beside=tuple(question.beside),
        words=tuple((name, told.words) for name, told in making.columns.items() if told.words),
    )
