"""One delivery on its way from files to parts, a registry at a time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from threading import Lock

import duckdb

from tayanch.declare.registries import Registry
from tayanch.intake.arrivals import add_arrivals, arrived, missing_values, start_arrivals
from tayanch.intake.bench import Naming, Slice, clear, families_claimed, name_rows, read_rows, set_bad_aside, slices
from tayanch.intake.contract import delivered_columns
from tayanch.intake.disk import SnapshotFiles, new_part, write_whole
from tayanch.intake.extracts import Extract
from tayanch.intake.findings import Missing
from tayanch.intake.held import held_links, hold
from tayanch.intake.manifest import ARRIVALS, FileTaken, RegistryParts, SnapshotManifest, SnapshotPart
from tayanch.intake.noting import Noted
from tayanch.intake.place import (
    WAITING,
    add_links,
    buckets_with_versions,
    fresh_links,
    place,
    placed_rows,
    start_links,
    still_waiting,
)
from tayanch.intake.quarantine import Aside
from tayanch.intake.refused import ERASED, NOBODY, Refused, refuse, start_refused
from tayanch.intake.shape import Table
from tayanch.intake.snapshot import read_parts
from tayanch.intake.versions import UNCHANGED, judge
from tayanch.vocabulary import Links, Progress

_Placed = list[tuple[SnapshotPart, ...]]
A_DAY = timedelta(days=1)
ORDER = (Links.MEMBERSHIP, Links.FAMILY, Links.PERSON)


def in_order(registries: Sequence[Registry]) -> list[Registry]:
    """Memberships first: they say into which buckets a person's rows go."""
    return sorted(registries, key=lambda registry: (ORDER.index(registry.links), registry.name))


@dataclass
class Steps:
    """Tells how far a delivery has come: a step for every file read and every registry written."""

    tell: Progress
    total: int
    done: int = 0

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        self.tell("taking in", self.done, self.total)


FAMILIES, FEWEST = 40_000, 16
"""How many families a bucket is to have, and how many buckets there are at least."""


@dataclass
class Division:
    """Into how many buckets families are dealt; 0 until the first registry was read that tells of any."""

    buckets: int

    def settle(self, families: int) -> None:
        """Fits the number of buckets to the number of families."""
        self.buckets = max(FEWEST, -(-families // FAMILIES))

    def of(self, parts: RegistryParts) -> RegistryParts:
        """The parts of a registry, with a place for each bucket."""
        return parts if parts.buckets else replace(parts, buckets=((),) * self.buckets)


@dataclass(frozen=True)
class Work:
    """The delivery of a day, to be added to the snapshot `before`. Registries must be added `in_order`.

    missing: of each registry of which files came, the good rows that lack a value there should be.
    noted: who people are, as far as it is kept. released: whether its rows come out of quarantine and count from today.
    refused: who was erased.
    door: one part is written at a time.
    """

    bench: duckdb.DuckDBPyConnection
    files: SnapshotFiles
    before: SnapshotManifest
    delivered: date
    linkage_key: bytes
    quarantine: Aside
    steps: Steps
    noted: Noted | None = None
    released: bool = False
    refused: Refused = NOBODY
    written: list[Path] = field(default_factory=list)
    missing: dict[str, Missing] = field(default_factory=dict[str, Missing])
    door: Lock = field(default_factory=Lock)
    division: Division = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "division", Division(self.before.bucket_count))
        start_links(self.bench)
        start_arrivals(self.bench)
        start_refused(self.bench, self.refused)

    @property
    def number(self) -> int:
        """Of the delivery, from 1."""
        return len(self.before.deliveries) + 1

    def undo(self) -> None:
        """Removes what was written for the delivery; parts of the snapshots before stay."""
        self.quarantine.clear()
        for path in self.written:
            path.unlink(missing_ok=True)

    def add(self, registry: Registry, extracts: Sequence[Extract]) -> tuple[RegistryParts, tuple[FileTaken, ...]]:
        """Writes what the extracts add to the registry; gives all its parts and what became of each extract."""
        held = replace(self.before.registry(registry.name) or RegistryParts(registry, ()), declared=registry)
        follows = registry.links is Links.PERSON and fresh_links(self.bench)
        if registry.links is Links.MEMBERSHIP:
            held_links(self.bench, self.files, held)
        if not extracts and not follows:
            return held, ()
        clear(self.bench, registry)
        rows = self._rows(registry, extracts)
        if not self.division.buckets:
            self.division.settle(families_claimed(self.bench))
        held = self.division.of(held)
        set_bad_aside(self.bench)
        if extracts:
            self.missing[registry.name] = missing_values(self.bench, registry)
        count, added, backdated = slices(self.bench), list[_Placed](), Counter[int]()
        for part in (Slice(number, count) for number in range(count)):
            added.append(self._add(held, part))
            backdated.update(self._backdated())
        if self.noted:
            self.noted.note(self.bench, registry, extracts=extracts)
        return self._with(held, added), self._taken(registry, extracts, rows=rows, backdated=backdated)

    def _add(self, held: RegistryParts, part: Slice) -> _Placed:
        """Writes what a slice of `claims` adds: parts of each bucket, at last of those who wait for a family."""
        registry, first = held.declared, part.number == 0
        last = self.delivered + A_DAY if self.released else self.before.last_delivered(registry.name)
        naming = Naming(self.linkage_key, self.delivered, last)
        name_rows(self.bench, registry, naming, part=part)
        refuse(self.bench, registry)
        hold(self.bench, self.files, held, followers=first)
        judge(self.bench, registry, number=self.number)
        add_arrivals(self.bench, registry)
        if registry.links is Links.MEMBERSHIP:
            add_links(self.bench, buckets=self.division.buckets)
        place(self.bench, registry, buckets=self.division.buckets, followers=first)
        versioned = buckets_with_versions(self.bench, number=self.number)
        with ThreadPoolExecutor(os.cpu_count()) as writers:
            buckets = [*range(self.division.buckets), WAITING]
            return list(writers.map(lambda bucket: self._part(registry, bucket, bucket in versioned), buckets))

    def _rows(self, registry: Registry, extracts: Sequence[Extract]) -> list[int]:
        """Reads the extracts into `claims`, as many side by side as there are processors; gives each one's rows."""
        found: list[int] = []
        with ThreadPoolExecutor(os.cpu_count()) as readers:
            for rows in readers.map(lambda told: self._count(registry, told[1], file=told[0]), enumerate(extracts)):
                found.append(rows)
                self.steps.step()
        return found

    def _count(self, registry: Registry, extract: Extract, *, file: int) -> int:
        with self.bench.cursor() as reader:
            return read_rows(reader, registry, extract=extract, file=file, by=self.delivered)

    def _reasons(self, file: int) -> dict[int, str]:
        """Why each quarantined row of a file can't be kept, by its number."""
        told = "SELECT row, reason FROM verdicts WHERE file = ? AND reason <> ? ORDER BY row"
        return dict(self.bench.execute(told, [file, UNCHANGED]).fetchall())

    def _backdated(self) -> dict[int, int]:
        """How many rows of each file, of the slice at work, came later than they claim."""
        late = "SELECT file, count(*) FROM told ANTI JOIN verdicts USING (file, row) WHERE backdated GROUP BY file"
        return dict(self.bench.execute(late).fetchall())

    def _taken(
        self, registry: Registry, extracts: Sequence[Extract], *, rows: Sequence[int], backdated: Mapping[int, int]
    ) -> tuple[FileTaken, ...]:
        """What became of each extract; its bad rows are set aside."""
        reasons = [self._reasons(file) for file in range(len(extracts))]
        for extract, bad in zip(extracts, reasons, strict=True):
            if bad:
                kept = {row: reason for row, reason in bad.items() if reason != ERASED}
                self.quarantine.write(registry.name, extract, columns=delivered_columns(registry), reasons=kept)
        told = f"SELECT file, count(*) FROM verdicts WHERE reason = '{UNCHANGED}' GROUP BY file"
        unchanged = dict(self.bench.execute(told).fetchall())
        found: list[FileTaken] = []
        for file, extract in enumerate(extracts):
            counts = Counter(reasons[file].values())
            taken = FileTaken(
                registry.name,
                extract.name,
                extract.sha256,
                registry.reading,
                rows=rows[file],
                kept=rows[file] - counts.total(),
                unchanged=unchanged.get(file, 0),
                backdated=backdated.get(file, 0),
                reasons=tuple(sorted(counts.items(), key=lambda told: (-told[1], told[0]))),
                released=extract.released,
            )
            found.append(taken)
        return tuple(found)

    def _with(self, held: RegistryParts, added: Sequence[_Placed]) -> RegistryParts:
        """All parts of the registry: those it had, and those of each slice."""
        *buckets, waiting = ([part for parts in slot for part in parts] for slot in zip(*added, strict=True))
        together = tuple((*parts, *new) for parts, new in zip(held.buckets, buckets, strict=True))
        return replace(held, buckets=together, waiting=(*self._waiting(held), *waiting))

    def _part(self, registry: Registry, bucket: int, versioned: bool) -> tuple[SnapshotPart, ...]:
        """What is added to a bucket: a part, or nothing."""
        with self.bench.cursor() as reader:
            return self._write(registry.name, placed_rows(reader, registry, bucket=bucket), versioned=versioned)

    def _waiting(self, held: RegistryParts) -> tuple[SnapshotPart, ...]:
        """The parts of those who waited and wait on: the same ones, or one in their place when some were placed."""
        if not held.waiting or not fresh_links(self.bench):
            return held.waiting
        waiting = read_parts(self.files, held.declared, parts=held.waiting)
        left = still_waiting(self.bench, held.declared, waiting=waiting)
        return (
            held.waiting if left.num_rows == waiting.num_rows else self._write(held.declared.name, left, versioned=True)
        )

    def write_arrivals(self) -> tuple[Table, SnapshotPart | None]:
        """The table of what came when, and its part; None when nothing new came."""
        told = arrived(self.bench)
        return told, next(iter(self._write(ARRIVALS, told, versioned=False)), None)

    def _write(self, folder: str, rows: Table, *, versioned: bool) -> tuple[SnapshotPart, ...]:
        if not rows.num_rows:
            return ()
        part, content = new_part(rows, versioned=versioned)
        path = self.files.part_path(folder, part)
        with self.door:  # two buckets may hold the same rows, and so the same part
            if not path.exists():
                self.written.append(path)
            write_whole(path, content)
        return (part,)
