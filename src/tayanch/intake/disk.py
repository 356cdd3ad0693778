"""A project's snapshots on disk. Every file is written whole or not at all, and is named after its content.

<home>/snapshots/<project>/parts/<registry>/<sha256>.parquet
<home>/snapshots/<project>/manifests/<sha256>.json
<home>/snapshots/<project>/current        digest of the newest manifest, replaced last
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tayanch.declare.forms import canonical, from_plain, to_plain
from tayanch.errors import DeclarationError, IntakeError, StoreError
from tayanch.intake.manifest import SnapshotManifest, SnapshotPart
from tayanch.intake.shape import Table

UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class SnapshotFiles:
    """The files of one project's snapshots, in `folder`."""

    folder: Path

    @classmethod
    def of(cls, home: Path, project: str) -> SnapshotFiles:
        """Those of a project under the work folder."""
        return cls(home / "snapshots" / project)

    @property
    def current(self) -> str:
        """Digest of the newest snapshot; "" when there is none."""
        path = self.folder / "current"
        return path.read_text().strip() if path.is_file() else ""

    def part_path(self, registry: str, part: SnapshotPart) -> Path:
        """Where a part lies."""
        return self.folder / "parts" / registry / f"{part.sha256}.parquet"

    def manifest_path(self, digest: str) -> Path:
        """Where a manifest lies."""
        return self.folder / "manifests" / f"{digest}.json"

    def read_part(
        self, registry: str, part: SnapshotPart, *, columns: Sequence[str] | None = None, texts: Sequence[str] = ()
    ) -> Table:
        """The rows of a part: all columns or those of these names that it has; `texts` among them as categories.

        Raises:
            StoreError: when the file is missing or damaged.
        """
        path = self.part_path(registry, part)
        try:
            with pq.ParquetFile(path, read_dictionary=texts) as file:
                return file.read(columns)
        except (OSError, pa.ArrowException):
            raise _damaged(path) from None

    def verify_part(self, registry: str, part: SnapshotPart) -> None:
        """Recomputes a part's digest.

        Raises:
            StoreError: when the file is missing or its bytes have changed.
        """
        path = self.part_path(registry, part)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != part.sha256:
            raise _damaged(path)

    def write_manifest(self, manifest: SnapshotManifest) -> str:
        """Writes a manifest and makes it the current one; gives its digest."""
        self.point_to(self.keep_manifest(manifest))
        return manifest.digest

    def keep_manifest(self, manifest: SnapshotManifest) -> str:
        """Writes a manifest that is not the current one yet; gives its digest."""
        content = canonical(to_plain(manifest, meaning_only=True)).encode()
        write_whole(self.manifest_path(manifest.digest), content)
        return manifest.digest

    def point_to(self, digest: str) -> None:
        """Makes a manifest that is written the current one."""
        write_whole(self.folder / "current", digest.encode())

    def manifests(self) -> tuple[SnapshotManifest, ...]:
        """All of them, each after the one it follows.

        Raises:
            StoreError: when one is damaged.
        """
        left = [self.read_manifest(path.stem) for path in sorted(self.folder.glob("manifests/*.json"))]
        known, ordered = {manifest.digest for manifest in left}, list[SnapshotManifest]()
        while left:
            told = {manifest.digest for manifest in ordered}
            ordered += [one for one in left if one.parent in told or one.parent not in known]
            left = [one for one in left if one not in ordered]
        return tuple(ordered)

    def read_manifest(self, digest: str) -> SnapshotManifest:
        """The manifest of that digest.

        Raises:
            StoreError: when there is none, its bytes have changed, or another version wrote it.
        """
        path = self.manifest_path(digest)
        if not path.is_file():
            raise StoreError(f'there is no snapshot "{digest}"', do="name one that `tayanch intake` made.")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise _damaged(path)
        try:
            manifest = from_plain(json.loads(content))
        except DeclarationError as error:
            raise StoreError(error.met, do=error.do, where=path.name) from None
        assert isinstance(manifest, SnapshotManifest)
        return manifest

    @contextmanager
    def locked(self) -> Generator[None]:
        """Keeps other intakes of the project out, and clears what a killed one left unfinished.

        Raises:
            IntakeError: when another intake is at work.
        """
        make_private(self.folder)
        path = self.folder / "lock"
        path.touch(mode=0o600)
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise IntakeError(
                    "another intake of this project is at work", do="wait until it has ended.", where=str(self.folder)
                ) from None
            for left in self.folder.rglob(f"*{UNFINISHED}"):
                left.unlink()
            yield


def new_part(table: Table, *, versioned: bool) -> tuple[SnapshotPart, bytes]:
    """Rows as a part, and its bytes; the same rows give the same bytes."""
    content = parquet_bytes(table)
    return SnapshotPart(hashlib.sha256(content).hexdigest(), table.num_rows, versioned), content


def parquet_bytes(table: Table) -> bytes:
    """The table as Parquet; the same table gives the same bytes."""
    sink = pa.BufferOutputStream()
    by_value: Any = [name for name in table.column_names if name != "key"]
    pq.write_table(
        table, sink, compression="zstd", compression_level=1, use_dictionary=by_value, row_group_size=1 << 17
    )
    return sink.getvalue().to_pybytes()


def make_private(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, for its owner only."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that only its owner can read; a kill at any moment leaves the old file or the new one."""
    make_private(path.parent)
    unfinished = path.with_name(f"{path.name}{UNFINISHED}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Makes the renames in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "the file is missing, or its bytes are not those it was written with",
        do="bring it back from a copy, or take the extracts in afresh.",
        where=str(path),
    )
