"""The last stage: parts of blocks become the files that agencies hand over, each whole or not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tayanch.simulate.files import room_on_disk, sha256, whole
from tayanch.simulate.papers.formats import write_extract, write_parquet
from tayanch.simulate.papers.registers import REGION, Registers
from tayanch.simulate.papers.sql import write_database, write_sqlite
from tayanch.simulate.parts import Parts
from tayanch.simulate.world import Block

REGISTERS, TRUTH, BENCH = "registers", "truth", "bench"


@dataclass(frozen=True)
class File:
    """A file to make: its name in the folder, the names of the parts that it holds, and of which blocks."""

    name: str
    holds: tuple[str, ...]
    first: int
    after: int

    @property
    def blocks(self) -> range:
        """The blocks whose parts it holds."""
        return range(self.first, self.after)


@dataclass(frozen=True)
class Delivered:
    """A file that was made. sha256 and size are "" and 0 of what went to a database."""

    name: str
    sha256: str
    size: int
    rows: int


def files(registers: Registers, blocks: Sequence[Block], truths: Sequence[str]) -> list[File]:
    """All files of a country, in order of names."""
    regions = {region: [b.number for b in blocks if b.region == region] for region in {b.region for b in blocks}}
    holds: dict[str, tuple[list[str], int, int]] = {}
    for name, register in registers.registers.items():
        whole_country = {0: [0, len(blocks) - 1]}
        for region, numbers in (regions if REGION in register.file else whole_country).items():
            path = f"{REGISTERS}/{register.file_in(region)}"
            holds.setdefault(path, ([], numbers[0], numbers[-1] + 1))[0].append(name)
    for table in truths:
        holds[f"{TRUTH}/{table}.parquet"] = ([f"{TRUTH}.{table}"], 0, len(blocks))
    return [File(path, tuple(names), first, after) for path, (names, first, after) in sorted(holds.items())]


def deliver(file: File, folder: Path, registers: Registers, *, parts: Parts, database: str = "") -> Delivered:
    """Makes a file from its parts; tables of a database go there instead when its URL is given.

    Raises:
        SimulationError: when there is no room on the disk, or the format or the database can't take the rows.
    """
    path = folder / file.name
    kept = registers.registers.get(file.holds[0])
    with room_on_disk(folder):
        if kept and kept.format == "sql":
            tables = {registers.registers[name].table: parts.read(name, file.blocks) for name in file.holds}
            if database:
                return Delivered(file.name, "", 0, write_database(tables, database))
            with whole(path, bench=parts.folder / BENCH) as unfinished:
                rows = write_sqlite(tables, unfinished)
        else:
            with whole(path, bench=parts.folder / BENCH) as unfinished:
                told = parts.read(file.holds[0], file.blocks)
                rows = write_extract(kept, told, unfinished) if kept else write_parquet(told, unfinished)
        return Delivered(file.name, sha256(path), path.stat().st_size, rows)
