"""The laid-out buckets of a snapshot: made from its parts, and kept in the cache while there is room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tayanch.declare.forms import digest_of
from tayanch.store import shelves
from tayanch.store.cache import ROOM, used
from tayanch.store.laying import lay_out
from tayanch.store.layout import Layout
from tayanch.store.shelves import FAMILIES, Shelf
from tayanch.store.source import Source, Wanted

LAYOUT = "1"
"""Changes whenever a file of laid-out rows could."""


@dataclass(frozen=True)
class Layouts:
    """The buckets of a snapshot with what is wanted of them.

    kept: the folder for laid-out buckets, or None to make them anew each time. room: bytes that it may take.
    """

    source: Source
    wanted: Wanted
    kept: Path | None = None
    room: int = field(default=ROOM, kw_only=True)

    @classmethod
    def of(cls, source: Source, wanted: Wanted, cache: Path | None) -> Layouts:
        """Those in a cache folder."""
        return cls(source, wanted, None if cache is None else cache / "layouts")

    @cached_property
    def registries(self) -> tuple[str, ...]:
        """What is wanted of what there is, and the memberships."""
        return tuple(sorted({*self.source.columns} & {*self.wanted, *self.source.memberships}))

    def bucket(self, number: int) -> Layout:
        """A bucket. From the cache where it was laid out before; a damaged file is made again.

        Raises:
            StoreError: when a part of the snapshot is damaged.
        """
        if self.kept is None:
            return lay_out(self.source.bucket(number, self.wanted))
        folder = self._folder(number)
        files = _found(folder, self.registries)
        if files is not None:
            used(folder)
            return Shelf(files[FAMILIES], {name: files[name] for name in self.registries}).layout()
        layout = self._laid(number, self.registries)
        if self._make_room(sum(rows.nbytes for rows in layout.registries.values())):
            with suppress(OSError):  # a full disk keeps nothing, and stops nothing
                self._keep(folder, layout)
        return _narrowed(layout, self.registries)

    def files(self, number: int) -> dict[str, Path]:
        """The files of a bucket by registry, `families` among them; made when they are not kept, room or not."""
        folder = self._folder(number)
        found = _found(folder, self.registries)
        return found or self._keep(folder, self._laid(number, self.registries))

    def _folder(self, number: int) -> Path:
        assert self.kept is not None
        told = {**self.source.made_of(number)}
        return self.kept / digest_of([LAYOUT, self.source.zone.key, sorted(told.items())])

    def _laid(self, number: int, registries: Collection[str]) -> Layout:
        bucket = self.source.bucket(number, {name: self.source.columns[name] for name in registries})
        return lay_out(replace(bucket, families=self.source.families(number)))

    def _keep(self, folder: Path, layout: Layout) -> dict[str, Path]:
        files = {name: shelves.find(folder, name) for name in self.registries}
        written = {name: path or shelves.write_rows(folder, name, layout) for name, path in files.items()}
        return {**written, FAMILIES: shelves.find(folder, FAMILIES) or shelves.write_families(folder, layout)}

    def _make_room(self, needed: int) -> bool:
        """Whether so many bytes fit, when buckets of other snapshots that were not used for longest have gone."""
        assert self.kept is not None
        own = {self._folder(number).name for number in range(self.source.buckets)}
        folders = sorted(self.kept.glob("*/"), key=lambda folder: folder.stat().st_mtime_ns)
        sizes = {folder: sum(file.stat().st_size for file in folder.iterdir()) for folder in folders}
        taken = needed + sum(sizes.values())
        for folder in (folder for folder in folders if folder.name not in own):
            if taken <= self.room:
                break
            shutil.rmtree(folder, ignore_errors=True)
            taken -= sizes[folder]
        return taken <= self.room


def link(path: Path, to: Path) -> None:
    """The file under another name, too; as a copy where it can't be linked."""
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def _found(folder: Path, registries: Collection[str]) -> dict[str, Path] | None:
    """The whole files of a bucket, if all are there."""
    found = {name: path for name in (FAMILIES, *registries) if (path := shelves.find(folder, name)) is not None}
    return found if len(found) == len(registries) + 1 else None


def _narrowed(layout: Layout, registries: Collection[str]) -> Layout:
    return replace(layout, registries={name: rows for name, rows in layout.registries.items() if name in registries})
