"""The pieces of a matrix: what each bucket adds to it, kept under the digest of all that it is made of.

A piece is a Parquet file sorted by (as_of, family), with a .json that tells its digest and its rows at each date. A
bucket whose registries had no new rows keeps its pieces, and so does a build that is taken up again after a kill.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tayanch.declare.forms import canonical, digest_of
from tayanch.errors import StoreError
from tayanch.intake.disk import write_whole
from tayanch.processes import fresh_processes
from tayanch.store import tables
from tayanch.store.area_tables import find_areas
from tayanch.store.areas import Areas
from tayanch.store.cache import bytes_digest, file_digest, make_room, used, workbench
from tayanch.store.engine import ENGINE, Evaluation, Room
from tayanch.store.layouts import LAYOUT, Layouts
from tayanch.store.plan import Plan, make_plan
from tayanch.store.questions import Question
from tayanch.store.source import Source, read_by, traces
from tayanch.vocabulary import Progress

COHORT = "/cohort"
"""The cohort's name in a plan; no feature or group can be called so."""
SMALL = 2_000_000
"""So many rows are read by one process sooner than others have started."""
PROCESS, ROW, CELL = 300 * 2**20, 250, 24
"""Bytes that a process takes at most, that a row takes beside its columns, and that a value of a column or feature."""


@dataclass(frozen=True)
class Piece:
    """A piece on disk. rows: how many at each as_of date."""

    path: Path
    digest: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Making:
    """A matrix being made: its question, and where its rows come from.

    memory: bytes that all processes may take together.
    """

    question: Question
    plan: Plan
    layouts: Layouts
    areas: Areas
    memory: int

    @classmethod
    def of(
        cls, snapshot: Source, question: Question, cache: Path | None, *, memory: int | None, progress: Progress
    ) -> Making:
        """The answer to a question, with what neighbours have in common."""
        plan = make_plan({COHORT: question.cohort.expression, **question.columns}, question.tables)
        areas = find_areas(snapshot, plan, question.moments, cache=cache, progress=progress)
        layouts = Layouts.of(snapshot, read_by(plan), cache)
        return cls(question, plan, layouts, areas, memory or _half_of_the_machine())

    @cached_property
    def columns(self) -> dict[str, tables.ColumnType]:
        """How its columns are kept."""
        return {name: tables.ColumnType.of(node) for name, node in self.question.columns.items()}

    def key(self, number: int) -> str:
        """The digest of all that the piece of a bucket is made of."""
        told = traces(self.layouts.source, number, self.layouts.registries)
        return digest_of([self._made_with, sorted(told.items())])

    @cached_property
    def _made_with(self) -> list[Any]:
        asked = sorted(self.areas.totals, key=repr)
        totals = [bytes_digest(tables.totals_bytes(self.areas.totals[one])) for one in asked]
        return [self.question.digest, ENGINE, LAYOUT, self.layouts.source.zone.key, totals]

    def batches(self, number: int, room: Room) -> Iterator[Any]:
        """The rows of a bucket as record batches, one for each as_of date, good until the next one is asked for."""
        work = Evaluation(self.layouts.bucket(number), self.plan, self.areas, room=room)
        families = tables.texts(work.layout.names)
        moments = self.question.moments
        for first in range(0, len(moments), self.at_once(number)):
            values = work.at(moments[first : first + self.at_once(number)])
            cohort = values.known & (values.columns[COHORT].values == 1)
            for place, chosen in enumerate(cohort):
                yield tables.batch(values, families, columns=self.columns, place=place, chosen=chosen)

    def piece(self, number: int, folder: Path, room: Room) -> Piece:
        """Makes the piece of a bucket in a folder.

        Raises:
            StoreError: when a part of the snapshot is damaged, or the disk is full.
        """
        path = folder / f"{self.key(number)}.parquet"
        with _room_on_disk(folder), workbench(folder) as place:
            made = place / path.name
            with tables.PieceWriter(made, self.columns) as writer:
                rows = [writer.write(batch) for batch in self.batches(number, room)]
            found = Piece(path, file_digest(made), tuple(rows))
            made.replace(path)
            told = {"digest": found.digest, "rows": rows}
            write_whole(path.with_suffix(".json"), canonical(told).encode())
        return found

    def rows(self, number: int) -> int:
        """How many rows of a bucket are read."""
        return sum(self.layouts.source.rows_in(number).get(name, 0) for name in self.layouts.registries)

    def _room(self, number: int) -> int:
        """Bytes that a bucket's rows take while they are laid out."""
        rows, columns = self.layouts.source.rows_in(number), self.layouts.wanted
        return sum(rows.get(name, 0) * (ROW + CELL * len(columns.get(name, ()))) for name in self.layouts.registries)

    def _values(self, number: int) -> int:
        """Bytes that a bucket's values take at one moment. There are no more families than rows of a registry."""
        rows = self.layouts.source.rows_in(number)
        return max((rows.get(name, 0) for name in self.layouts.registries), default=0) * CELL * len(self.columns)

    def at_once(self, number: int) -> int:
        """At how many moments a bucket is looked at at once."""
        left = self.memory // self.processes - PROCESS - self._room(number)
        return max(1, min(len(self.question.moments), left // max(self._values(number), 1)))

    @cached_property
    def processes(self) -> int:
        """How many processes fit into the memory, at most one for each processor; one for little work.

        Raises:
            StoreError: when not even one fits.
        """
        numbers = range(self.layouts.source.buckets)
        largest = PROCESS + max(self._room(number) + self._values(number) for number in numbers)
        if largest > self.memory:
            raise StoreError(
                f"the largest bucket takes {largest / 2**20:,.0f} MiB, and {self.memory / 2**20:,.0f} MiB are allowed",
                do="allow more with --memory.",
            )
        if sum(self.rows(number) for number in numbers) < SMALL:
            return 1
        return min(self.memory // largest, len(os.sched_getaffinity(0)), len(numbers))


def make_pieces(making: Making, folder: Path, *, stage: str, progress: Progress) -> list[Piece]:
    """The pieces of all buckets, in order; those that the folder has are not made again.

    Raises:
        StoreError: when the snapshot lacks what the question needs, or memory or disk don't suffice.
    """
    buckets = range(making.layouts.source.buckets)
    found = {number: piece for number in buckets if (piece := kept(folder, making.key(number))) is not None}
    missing = [number for number in buckets if number not in found]
    for number, piece in _made(making, missing, folder):
        found[number] = piece
        progress(stage, len(found), len(buckets))
    pieces = [found[number] for number in buckets]
    if missing:
        make_room(folder, keep={piece.path.with_suffix(".json") for piece in pieces})
    return pieces


def kept(folder: Path, key: str) -> Piece | None:
    """The piece made before, unless its file is gone or changed."""
    path = folder / f"{key}.parquet"
    told = path.with_suffix(".json")
    if not (path.is_file() and told.is_file()):
        return None
    content = json.loads(told.read_bytes())
    if file_digest(path) != content["digest"]:
        return None
    used(told)
    return Piece(path, content["digest"], tuple(content["rows"]))


def _made(making: Making, numbers: Sequence[int], folder: Path) -> Iterator[tuple[int, Piece]]:
    """The pieces of some buckets, as they are ready."""
    count = min(making.processes, len(numbers))
    if count < 2:
        room = Room()
        yield from ((number, making.piece(number, folder, room)) for number in numbers)
        return
    with fresh_processes(count) as pool:
        asked = {pool.submit(_piece, making, number, folder): number for number in numbers}
        try:
            yield from ((asked[ready], ready.result()) for ready in as_completed(asked))
        except BrokenProcessPool:
            raise StoreError(
                "a process that made a part of the matrix was ended from outside",
                do="ask again: what was made stays. If memory was short, allow less with --memory.",
            ) from None


def _piece(making: Making, number: int, folder: Path) -> Piece:
    """A piece, made in a process of its own."""
    return making.piece(number, folder, _room())


@cache
def _room() -> Room:
    """What a process writes values into, bucket after bucket: fresh memory takes time."""
    return Room()


@contextmanager
def _room_on_disk(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreError(
            "the disk is full", do="make room and ask again: what was made stays.", where=str(folder)
        ) from None


def _half_of_the_machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
