"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tayanch.errors import SimulationError

UNFINISHED = ".unfinished"
COMPRESSION = "zstd"
"""Of Parquet files."""


@contextmanager
def whole(path: Path, *, bench: Path | None = None) -> Generator[Path]:
    """A path to write a file at; it gets its own name when it is whole, and none when something goes wrong.

    bench: the folder on the same disk where it is written, default its own; its writer may put more beside it.
    """
    bench = bench or path.parent
    for folder in (path.parent, bench):
        folder.mkdir(parents=True, exist_ok=True)
    unfinished = bench / (path.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def room_on_disk(folder: Path) -> Generator[None]:
    """Tells of a full disk in the house's words.

    Raises:
        SimulationError: when there is no room to write.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise SimulationError(
            "there is no room left on the disk",
            do="make room; the same command goes on where it was.",
            where=str(folder),
        ) from None


def write_json(path: Path, told: Any) -> None:
    """Writes plain values as a file that is whole or not there."""
    with whole(path) as file:
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any] | None:
    """What `write_json` wrote; None when there is no such file."""
    if not path.is_file():
        return None
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))


def sha256(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal characters."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
