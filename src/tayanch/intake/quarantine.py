"""Rows that can't be kept, with the reason: one Parquet file for each file they came in, for their owner's eyes only.

They hold what the source delivered, ids included: the folder is closed to everybody else.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tayanch.intake.disk import parquet_bytes, write_whole
from tayanch.intake.extracts import Extract
from tayanch.intake.sheets import read_sheet

OWN_COLUMNS = ("_row", "_reason", "_line")


@dataclass(frozen=True)
class Quarantine:
    """Where the bad rows of one delivery go: <home>/quarantine/<project>/<delivery>/<registry>/<file>.parquet."""

    folder: Path

    def clear(self) -> None:
        """Removes what a killed intake of the same delivery left."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def path(self, registry: str, name: str) -> Path:
        """The file for the bad rows of an extract."""
        return self.folder / registry / f"{name}.parquet"

    def write(self, registry: str, extract: Extract, *, columns: tuple[str, ...], reasons: Mapping[int, str]) -> Path:
        """Reads the extract again and sets its bad rows aside, by row number: _row, _reason, the columns as delivered.

        `_line` is the whole line of a row that can't be split into fields.
        """
        sheet = read_sheet(extract, columns)
        split = np.isin(sheet.table.column("row").to_numpy(), list(reasons))
        table = sheet.table.filter(pa.array(split))
        rows = [*table.column("row").to_pylist(), *sheet.malformed]
        lines = [*[None] * table.num_rows, *sheet.malformed.values()]
        nothing = len(sheet.malformed)
        values = [
            pa.chunked_array([*column.chunks, pa.nulls(nothing, column.type)])
            for column in (table.column(f"s{place}") for place in range(len(columns)))
        ]
        told = pa.array([reasons[row] for row in rows])
        aside = pa.table([rows, told, pa.array(lines, pa.string()), *values], names=[*OWN_COLUMNS, *columns])
        path = self.path(registry, extract.name)
        write_whole(path, parquet_bytes(aside.sort_by("_row")))
        return path
