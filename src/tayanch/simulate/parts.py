"""A run's unfinished parts: of each block, what each register tells of it, and each table of truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from tayanch.simulate.block_run import Made
from tayanch.simulate.files import COMPRESSION, room_on_disk, whole, write_json
from tayanch.simulate.papers.extracts import Table

PARTS = ".parts"


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
