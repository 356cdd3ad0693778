"""The index: each family's rows in memory-mapped Arrow files, so that one family is computed online as in a matrix.

A folder holds `rows-<registry>.arrow` with a registry's rows family after family (person rows under every family their
person ever belonged to), `families.arrow` with each family's place in them, and `index.json` with every file's digest.
What neighbours have in common at a moment, `add_areas` writes beside it: `areas-<what>.parquet`, told in `areas.json`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from tayanch.declare.expressions import Expression
from tayanch.declare.features import Compiled
from tayanch.declare.forms import canonical, digest_of
from tayanch.declare.rows import reductions
from tayanch.errors import StoreError
from tayanch.intake.bucket import Bucket
from tayanch.intake.disk import write_whole
from tayanch.store import shelves, tables
from tayanch.store.area_tables import find_areas
from tayanch.store.areas import Areas
from tayanch.store.arrow import Array, texts
from tayanch.store.cache import file_digest, workbench
from tayanch.store.laying import lay_out
from tayanch.store.plan import make_plan
from tayanch.store.source import Source
from tayanch.vocabulary import Moment, Progress, no_progress

TOLD, FAMILIES, AREAS = "index.json", "families.arrow", "areas.json"
AGAIN = "write the index again."


@dataclass(frozen=True)
class Index:
    """An open index. digest: of index.json, which names the digest of every file. snapshot: whose rows these are."""

    folder: Path
    digest: str
    snapshot: str
    zone: ZoneInfo
    registries: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path, *, deep: bool = True) -> Index:
        """The index in a folder; `deep` recomputes the digest of every file.

        Raises:
            StoreError: when there is none, or a file is missing or has changed.
        """
        path = folder / TOLD
        if not path.is_file():
            raise StoreError("there is no index here", do=AGAIN, where=str(folder))
        content = path.read_bytes()
        told = json.loads(content)
        added = {area["file"]: area["digest"] for area in _areas_told(folder)}
        for name, digest in {**told["files"], **added}.items():
            file = folder / name
            if not file.is_file() or (deep and file_digest(file) != digest):
                raise StoreError(f"{name} is missing or has changed", do=AGAIN, where=str(folder))
        digest = hashlib.sha256(content).hexdigest()
        return cls(folder, digest, told["snapshot"], ZoneInfo(told["zone"]), tuple(told["registries"]))

    def __len__(self) -> int:
        return len(self._families)

    def bucket_of(self, family: str) -> Bucket | None:
        """The rows of one family, read in place; None when no row tells of it."""
        place = bisect_left(range(len(self._families)), family, key=lambda i: self._families[i].as_py())
        if place == len(self._families) or self._families[place].as_py() != family:
            return None
        number = int(self._numbers[place])
        tables = {name: self._rows(name, number, place) for name in self.registries}
        return Bucket(number, tables, (family,), self.zone)

    @property
    def areas(self) -> Areas:
        """What neighbours have in common, at the moments that were added."""
        return self._areas

    @cached_property
    def _areas(self) -> Areas:
        told = _areas_told(self.folder)
        return Areas({_asked(area): tables.read_totals(self.folder / area["file"]) for area in told})

    def _rows(self, registry: str, number: int, place: int) -> Any:
        first, end = self._places[registry]
        return shelves.piece(self._batches[registry][number], int(first[place]), int(end[place]))

    @cached_property
    def _batches(self) -> dict[str, list[Any]]:
        return {name: shelves.open_batches(shelves.shelf_path(self.folder, name)) for name in self.registries}

    @cached_property
    def _known(self) -> Any:
        return shelves.open_batches(self.folder / FAMILIES)[0]

    @cached_property
    def _families(self) -> Any:
        return self._known.column("family")

    @cached_property
    def _numbers(self) -> Array:
        return shelves.numbers_of(self._known, "bucket")

    @cached_property
    def _places(self) -> dict[str, tuple[Array, Array]]:
        return {
            name: (shelves.numbers_of(self._known, f"{name} first"), shelves.numbers_of(self._known, f"{name} end"))
            for name in self.registries
        }


def write_index(
    snapshot: Source,
    compiled: Compiled,
    folder: Path,
    *,
    also: Sequence[Expression] = (),
    progress: Progress = no_progress,
) -> Index:
    """Writes the index of what compiled features, their facts, and `also` (a cohort, say) read; and opens it.

    An index that is in the folder is replaced as a whole.
    """
    named = {r.name for r in compiled.registries} | {r.registry for e in also for r in reductions(e)}
    with workbench(folder.parent) as place:
        made = place / "index"
        made.mkdir(mode=0o700)
        registries = _write_rows(snapshot, named, made, progress=progress)
        digests = {path.name: file_digest(path) for path in sorted(made.iterdir())}
        told = {"snapshot": snapshot.digest, "zone": snapshot.zone.key, "registries": registries, "files": digests}
        (made / TOLD).write_text(canonical(told), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return Index.open(folder, deep=False)


def add_areas(
    index: Index,
    snapshot: Source,
    compiled: Compiled,
    *,
    moments: Sequence[Moment],
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> Index:
    """The index with what compiled features and their facts need to tell of neighbours at the moments.

    Raises:
        StoreError: when the index is of another snapshot, or the snapshot lacks what they need.
    """
    if index.snapshot != snapshot.digest:
        raise StoreError("the index is of another snapshot", do=AGAIN, where=str(index.folder))
    plan = make_plan({str(n): e for n, e in enumerate(compiled.expressions)}, compiled.references)
    found = find_areas(snapshot, plan, moments, cache=cache, progress=progress)
    told = {area["file"]: area for area in _areas_told(index.folder)}
    for (node, moment), totals in found.totals.items():
        moment_told = {"as_of": moment.as_of.isoformat(), "known_by": moment.known_by.isoformat()}
        name = f"areas-{digest_of([node, moment_told])}.parquet"
        write_whole(index.folder / name, tables.totals_bytes(totals))
        told[name] = {"file": name, "digest": file_digest(index.folder / name), "of": node, **moment_told}
    if told:
        write_whole(index.folder / AREAS, canonical([told[name] for name in sorted(told)]).encode())
    return Index.open(index.folder, deep=False)


def _areas_told(folder: Path) -> list[dict[str, str]]:
    path = folder / AREAS
    return json.loads(path.read_bytes()) if path.is_file() else []


def _asked(told: dict[str, str]) -> tuple[str, Moment]:
    return told["of"], Moment(date.fromisoformat(told["as_of"]), date.fromisoformat(told["known_by"]))


def _write_rows(snapshot: Source, named: set[str], folder: Path, *, progress: Progress) -> list[str]:
    """Writes the files of rows and of families; gives the registries."""
    families: list[str] = []
    registries: list[str] = []
    places: dict[str, list[Array]] = {"bucket": []}
    with shelves.ShelfWriter(folder) as writer:
        for number in range(snapshot.buckets):
            bucket = snapshot.bucket(number)
            layout = lay_out(bucket)
            families.extend(bucket.families)
            places["bucket"].append(np.full(layout.families, number))
            registries = registries or sorted((named | {*layout.memberships}) & {*bucket.tables})
            for name in registries:
                rows, first = shelves.family_by_family(bucket, name)
                writer.write(name, rows)
                places.setdefault(f"{name} first", []).append(first[:-1])
                places.setdefault(f"{name} end", []).append(first[1:])
            progress("index", number + 1, snapshot.buckets)
    joined = {name: np.concatenate(parts) for name, parts in places.items()}
    shelves.write_places(folder / FAMILIES, texts(families), joined)
    return registries
