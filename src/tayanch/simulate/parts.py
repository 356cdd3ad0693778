"""Files that are there whole or not at all, and a run's unfinished parts."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq

from tayanch.errors import SimulationError
from tayanch.simulate.block_run import Made
from tayanch.simulate.extracts import Table

PARTS, UNFINISHED = ".parts", ".unfinished"
COMPRESSION = "zstd"
CHUNK = 1 << 20


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
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


@dataclass(frozen=True)
class Parts:
    """The parts of a run in a folder: of each register and table of truth one for each block."""

    folder: Path

    def of(self, name: str, block: int) -> Path:
        """Where the part of a register or `truth.<table>` lies."""
        return self.folder / name / f"{block}.parquet"

    def done(self, block: int) -> bool:
        """Whether all parts of a block were written."""
        return self._mark(block).is_file()

    def keep(self, block: int, made: Made) -> None:
        """Writes all parts of a block, and then that they are there."""
        with room_on_disk(self.folder):
            for name, table in made.registers.items():
                _write(self.of(name, block), table)
            for name, table in made.truth.items():
                _write(self.of(f"truth.{name}", block), table)
            write_json(self._mark(block), sorted(made.truth))

    def truths(self) -> list[str]:
        """The tables of truth that there are parts of."""
        return sorted(path.name.removeprefix("truth.") for path in self.folder.glob("truth.*"))

    def read(self, name: str, blocks: range) -> Iterator[Table]:
        """The parts of a register or table of truth, in order of blocks."""
        for block in blocks:
            yield pq.read_table(self.of(name, block), use_threads=False)

    def _mark(self, block: int) -> Path:
        return self.folder / "blocks" / f"{block}.json"


def _write(path: Path, table: Table) -> None:
    with whole(path) as file:
        pq.write_table(table, file, compression=COMPRESSION)
