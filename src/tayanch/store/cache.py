"""The cache folder: what can be made again, kept while there is room."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOM = 20 * 2**30
"""Bytes that one folder of the cache may take."""


UNFINISHED = ".making-"
A_DAY = 86_400.0


@contextmanager
def workbench(folder: Path) -> Generator[Path]:
    """A folder beside what is to be made, gone afterwards; those that a killed process left a day ago go too."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as place:
        fresh = Path(place).stat().st_mtime
        for left in folder.glob(f"{UNFINISHED}*"):
            if left.stat().st_mtime < fresh - A_DAY:
                shutil.rmtree(left, ignore_errors=True)
        yield Path(place)


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def bytes_digest(content: Any) -> str:
    """SHA-256 of bytes in memory."""
    return hashlib.sha256(content).hexdigest()


def used(told: Path) -> None:
    """Notes that what the file tells of was used just now."""
    os.utime(told)


def make_room(folder: Path, *, keep: Collection[Path], room: int = ROOM) -> None:
    """Removes what was not used for longest until the rest fits; never `keep`. Each thing is a .json and a .parquet."""
    used_at = {told: told.stat().st_mtime_ns for told in folder.glob("*.json")}
    sizes = {told: _size(told) for told in used_at}
    taken = sum(sizes.values())
    for told in sorted(used_at, key=lambda told: used_at[told]):
        if taken <= room:
            return
        if told not in keep:
            told.unlink(missing_ok=True)
            told.with_suffix(".parquet").unlink(missing_ok=True)
            taken -= sizes[told]


def _size(told: Path) -> int:
    return sum(path.stat().st_size for path in (told, told.with_suffix(".parquet")) if path.is_file())
