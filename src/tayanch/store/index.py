"""The index: the laid-out rows of a snapshot under a digest, so that one family is computed online as in a matrix.

A folder holds a folder for each bucket with the files of its registries (see `tayanch.store.shelves`), and `index.json`
with every file's digest. What neighbours have in common at a moment, `add_areas` writes beside it:
`areas-<what>.parquet`, told in `areas.json`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tayanch.declare.expressions import Expression
from tayanch.declare.features import Compiled
from tayanch.declare.forms import canonical, digest_of
from tayanch.declare.rows import reductions
from tayanch.errors import StoreError
from tayanch.intake.disk import write_whole
from tayanch.store import tables
from tayanch.store.area_tables import find_areas
from tayanch.store.areas import Areas
from tayanch.store.cache import file_digest, workbench
from tayanch.store.layout import Layout
from tayanch.store.layouts import Layouts, link
from tayanch.store.plan import make_plan
from tayanch.store.shelves import FAMILIES, Shelf
from tayanch.store.source import Source
from tayanch.vocabulary import Moment, Progress, no_progress

TOLD, AREAS = "index.json", "areas.json"
AGAIN = "write the index again."


@dataclass(frozen=True)
class IndexedBucket:
    """The files of a bucket that has families, told by registry. first: the first of its families, in order."""

    first: str
    families: int
    folder: Path
    files: tuple[tuple[str, str], ...]

    @classmethod
    def told(cls, folder: Path, told: dict[str, Any]) -> IndexedBucket:
        """As index.json tells it."""
        return cls(told["first"], told["families"], folder / told["folder"], tuple(told["files"].items()))

    @property
    def shelf(self) -> Shelf:
        """The bucket, open."""
        return _open(self)


@lru_cache(maxsize=24)
def _open(bucket: IndexedBucket) -> Shelf:
    """Every open file takes a descriptor: just some buckets stay open."""
    paths = {name: bucket.folder / file for name, file in bucket.files}
    return Shelf(paths.pop(FAMILIES), paths)


@dataclass(frozen=True)
class Index:
    """An open index. digest: of index.json, which names the digest of every file. snapshot: whose rows these are."""

    folder: Path
    digest: str
    snapshot: str
    zone: ZoneInfo
    registries: tuple[str, ...]
    buckets: tuple[IndexedBucket, ...] = field(repr=False, compare=False)

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
        return cls(
            folder,
            hashlib.sha256(content).hexdigest(),
            told["snapshot"],
            ZoneInfo(told["zone"]),
            tuple(told["registries"]),
            tuple(IndexedBucket.told(folder, bucket) for bucket in told["buckets"]),
        )

    def __len__(self) -> int:
        return sum(bucket.families for bucket in self.buckets)

    def rows_of(self, family: str) -> Layout | None:
        """The rows of one family, read in place; None when no row tells of it."""
        number = bisect_right(self._firsts, family) - 1
        if number < 0:
            return None
        shelf = self.buckets[number].shelf
        names = shelf.names
        place = bisect_left(range(len(names)), family, key=lambda i: names[i].as_py())
        return shelf.family(place) if place < len(names) and names[place].as_py() == family else None

    @cached_property
    def _firsts(self) -> list[str]:
        return [bucket.first for bucket in self.buckets]

    @property
    def areas(self) -> Areas:
        """What neighbours have in common, at the moments that were added."""
        return self._areas

    @cached_property
    def _areas(self) -> Areas:
        told = _areas_told(self.folder)
        return Areas({_asked(area): tables.read_totals(self.folder / area["file"]) for area in told})


def write_index(
    snapshot: Source,
    compiled: Compiled,
    folder: Path,
    *,
    also: Sequence[Expression] = (),
    cache: Path | None = None,
    progress: Progress = no_progress,
) -> Index:
    """Writes the index of what compiled features, their facts, and `also` (a cohort, say) read; and opens it.

    An index that is in the folder is replaced as a whole. Buckets that the cache has are taken from there.

    Raises:
        StoreError: when a part of the snapshot is damaged.
    """
    named = {r.name for r in compiled.registries} | {r.registry for e in also for r in reductions(e)}
    with workbench(folder.parent) as place:
        made = place / "index"
        made.mkdir(mode=0o700)
        layouts = Layouts.of(snapshot, dict.fromkeys(named, ()), cache or place)
        buckets = [bucket for bucket in _write_buckets(layouts, made, progress=progress) if bucket["families"]]
        files = {f"{b['folder']}/{file}": file.split(".")[-2] for b in buckets for file in b["files"].values()}
        told = {"snapshot": snapshot.digest, "zone": snapshot.zone.key, "registries": layouts.registries}
        write_whole(made / TOLD, canonical({**told, "buckets": buckets, "files": files}).encode())
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return Index.open(folder, deep=False)


def _write_buckets(layouts: Layouts, folder: Path, *, progress: Progress) -> list[dict[str, Any]]:
    """Puts the files of all buckets into the folder; gives what index.json tells of each."""
    found: list[dict[str, Any]] = []
    for number in range(layouts.source.buckets):
        own = folder / str(number)
        own.mkdir(mode=0o700)
        files = layouts.files(number)
        for path in files.values():
            link(path, own / path.name)
        names = Shelf(files[FAMILIES], {}).names
        told = {name: path.name for name, path in sorted(files.items())}
        first = names[0].as_py() if len(names) else ""
        found.append({"first": first, "families": len(names), "folder": str(number), "files": told})
        progress("index", number + 1, layouts.source.buckets)
    return found


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
