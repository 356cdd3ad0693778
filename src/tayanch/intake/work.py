"""One delivery on its way from files to parts, a registry at a time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Lock

import duckdb

from tayanch.declare.registries import Registry
from tayanch.intake.bench import clear, hold, name_rows, read_rows
from tayanch.intake.contract import source_columns
from tayanch.intake.disk import SnapshotFiles, new_part, write_whole
from tayanch.intake.extracts import Extract
from tayanch.intake.manifest import FileTaken, RegistryParts, SnapshotManifest, SnapshotPart
from tayanch.intake.place import WAITING, add_links, fresh_links, place, placed_rows, start_links, still_waiting
from tayanch.intake.quarantine import Quarantine
from tayanch.intake.shape import Table
from tayanch.intake.snapshot import read_parts
from tayanch.intake.versions import UNCHANGED, judge
from tayanch.vocabulary import Links, Progress

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


@dataclass(frozen=True)
class Work:
    """The delivery of a day, to be added to the snapshot `before`. Registries must be added `in_order`.

    door: one part is written at a time.
    """

    bench: duckdb.DuckDBPyConnection
    files: SnapshotFiles
    before: SnapshotManifest
    delivered: date
    linkage_key: bytes
    quarantine: Quarantine
    steps: Steps
    written: list[Path] = field(default_factory=list)
    door: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        start_links(self.bench)

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
        held = self.before.registry(registry.name) or RegistryParts(registry, ((),) * self.before.bucket_count)
        held = replace(held, declared=registry)
        follows = registry.links is Links.PERSON and fresh_links(self.bench)
        if not extracts and not follows and registry.links is not Links.MEMBERSHIP:
            return held, ()
        stored = [*held.waiting, *(part for parts in held.buckets for part in parts)]
        hold(self.bench, registry, table=read_parts(self.files, registry, parts=stored))
        self._link(registry, "held")
        taken = self._read(registry, extracts)
        self._link(registry, "fresh")
        place(self.bench, registry, buckets=self.before.bucket_count)
        return self._written(held), taken

    def _link(self, registry: Registry, memberships: str) -> None:
        if registry.links is Links.MEMBERSHIP:
            add_links(self.bench, memberships, buckets=self.before.bucket_count, fresh=memberships == "fresh")

    def _read(self, registry: Registry, extracts: Sequence[Extract]) -> tuple[FileTaken, ...]:
        """Makes `fresh` of the extracts' rows, and sets the bad ones aside."""
        clear(self.bench, registry)
        rows = self._rows(registry, extracts)
        last = self.before.last_delivered(registry.name)
        name_rows(self.bench, registry, linkage_key=self.linkage_key, last=last, delivered=self.delivered)
        judge(self.bench, registry, number=self.number)
        reasons = [self._reasons(file) for file in range(len(extracts))]
        for extract, bad in zip(extracts, reasons, strict=True):
            if bad:
                self.quarantine.write(registry.name, extract, columns=source_columns(registry), reasons=bad)
        return tuple(self._taken(registry, extracts, rows=rows, reasons=reasons))

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

    def _taken(
        self, registry: Registry, extracts: Sequence[Extract], *, rows: Sequence[int], reasons: Sequence[dict[int, str]]
    ) -> Iterator[FileTaken]:
        told = f"SELECT file, count(*) FROM verdicts WHERE reason = '{UNCHANGED}' GROUP BY file"
        unchanged = dict(self.bench.execute(told).fetchall())
        late = "SELECT file, count(*) FROM told ANTI JOIN verdicts USING (file, row) WHERE backdated GROUP BY file"
        backdated = dict(self.bench.execute(late).fetchall())
        for file, extract in enumerate(extracts):
            counts = Counter(reasons[file].values())
            yield FileTaken(
                registry.name,
                extract.name,
                extract.sha256,
                registry.digest,
                rows=rows[file],
                kept=rows[file] - counts.total(),
                unchanged=unchanged.get(file, 0),
                backdated=backdated.get(file, 0),
                reasons=tuple(sorted(counts.items(), key=lambda told: (-told[1], told[0]))),
            )

    def _written(self, held: RegistryParts) -> RegistryParts:
        with ThreadPoolExecutor(os.cpu_count()) as writers:
            *added, waiting = writers.map(
                lambda bucket: self._part(held.declared, bucket), [*range(len(held.buckets)), WAITING]
            )
        buckets = tuple((*parts, *new) for parts, new in zip(held.buckets, added, strict=True))
        return replace(held, buckets=buckets, waiting=(*self._waiting(held), *waiting))

    def _part(self, registry: Registry, bucket: int) -> tuple[SnapshotPart, ...]:
        """What is added to a bucket: a part, or nothing."""
        with self.bench.cursor() as reader:
            return self._write(registry, placed_rows(reader, registry, bucket=bucket))

    def _waiting(self, held: RegistryParts) -> tuple[SnapshotPart, ...]:
        """The parts of those who waited and wait on: the same ones, or one in their place when some were placed."""
        if not held.waiting:
            return ()
        waiting = read_parts(self.files, held.declared, parts=held.waiting)
        left = still_waiting(self.bench, held.declared, waiting=waiting)
        return held.waiting if left.num_rows == waiting.num_rows else self._write(held.declared, left)

    def _write(self, registry: Registry, rows: Table) -> tuple[SnapshotPart, ...]:
        if not rows.num_rows:
            return ()
        part, content = new_part(rows)
        path = self.files.part_path(registry.name, part)
        with self.door:  # two buckets may hold the same rows, and so the same part
            if not path.exists():
                self.written.append(path)
            write_whole(path, content)
        return (part,)
