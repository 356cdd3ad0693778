"""A register's extract as rows of cells, read from a simulated country and written again in its own format."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from python_calamine import CalamineWorkbook

from tayanch.declare.registries import Registry

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Extract:
    """Some rows of a file of a registry. name: of the file, in its folder. delimiter: of a CSV file."""

    registry: Registry
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ""

    def of(self, rows: Sequence[Row]) -> Extract:
        """The same file with other rows."""
        return replace(self, rows=tuple(rows))

    def put(self, folder: Path) -> Path:
        """Writes it into a folder as the agency would."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        WRITERS[path.suffix](self, path)
        return path


def extract_of(registry: Registry, registers: Path, *, rows: int) -> Extract:
    """The first so many rows of the registry's largest file."""
    pattern, _, table = registry.files.replace("{area}", "*").partition("#")
    path = max(registers.glob(pattern), key=lambda found: (found.stat().st_size, found.name))
    name = path.relative_to(registers).as_posix()
    if path.suffix == ".csv":
        return _csv(registry, path, name, rows=rows)
    if path.suffix == ".parquet":
        read = pq.read_table(path).slice(0, rows)
        return Extract(registry, name, tuple(read.column_names), tuple(read.to_pylist()))
    if path.suffix == ".xlsx":
        names, *cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        columns = tuple(str(cell) for cell in names)
        return Extract(registry, name, columns, tuple(dict(zip(columns, one, strict=True)) for one in cells[:rows]))
    with closing(sqlite3.connect(path)) as database:
        found = database.execute(f"SELECT * FROM {table} LIMIT {rows}")
        columns = tuple(told[0] for told in found.description)
        return Extract(registry, name, columns, tuple(dict(zip(columns, one, strict=True)) for one in found))


def _csv(registry: Registry, path: Path, name: str, *, rows: int) -> Extract:
    lines = path.read_text(encoding=registry.encoding).splitlines()[: rows + 1]
    delimiter = next(mark for mark in ";\t," if mark in lines[0])
    read = list(csv.DictReader(lines, delimiter=delimiter))
    return Extract(registry, name, tuple(read[0]), tuple(read), delimiter)


def _put_csv(extract: Extract, path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, extract.columns, delimiter=extract.delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(extract.rows)
    path.write_bytes(text.getvalue().encode(extract.registry.encoding))


def _put_parquet(extract: Extract, path: Path) -> None:
    kinds: dict[type, Any] = {int: pa.int64(), str: pa.string(), date: pa.date32(), datetime: pa.timestamp("ms")}

    def column(name: str) -> Any:
        cells = [row.get(name) for row in extract.rows]
        return pa.array(cells, kinds[next((type(cell) for cell in cells if cell is not None), str)])

    pq.write_table(pa.table({name: column(name) for name in extract.columns}), path)


def _put_excel(extract: Extract, path: Path) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, extract.columns)
        for place, row in enumerate(extract.rows, start=1):
            sheet.write_row(place, 0, [row.get(name, "") for name in extract.columns])


def _put_sqlite(extract: Extract, path: Path) -> None:
    table = extract.registry.files.partition("#")[2]
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE TABLE {table} ({', '.join(extract.columns)})")
        marks = ", ".join("?" * len(extract.columns))
        cells = [[row.get(name) for name in extract.columns] for row in extract.rows]
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", cells)
        database.commit()


WRITERS = {".csv": _put_csv, ".parquet": _put_parquet, ".xlsx": _put_excel, ".sqlite": _put_sqlite}
