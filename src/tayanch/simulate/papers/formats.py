"""Extracts as files: CSV, Parquet and Excel, written part by part, the same bytes for the same rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from tayanch.errors import SimulationError
from tayanch.simulate.files import COMPRESSION
from tayanch.simulate.papers.extracts import CELLS, Table
from tayanch.simulate.papers.registers import Register

_compute: Any = pc
"""Functions that Arrow makes when it loads, unknown to its types."""
EXCEL_ROWS = 1_048_576
"""Of a sheet, the header among them."""
EXCEL_MADE = datetime(2026, 11, 1, tzinfo=UTC)
"""The day that workbooks say they were made on, so that the same rows are the same bytes."""


def write_extract(register: Register, parts: Iterable[Table], file: Path) -> int:
    """Writes an extract in its format; parts are read one at a time. Returns how many rows there are.

    Raises:
        SimulationError: when the rows do not fit in a sheet of Excel.
    """
    writers = {"csv": _write_csv, "parquet": _write_parquet, "excel": _write_excel}
    return writers[register.format](register, parts, file)


def write_parquet(parts: Iterable[Table], file: Path) -> int:
    """Writes tables as one Parquet file, a row group or more for each. Returns how many rows there are."""
    rows, (first, rest) = 0, _first(parts)
    with pq.ParquetWriter(file, first.schema, compression=COMPRESSION) as writer:
        for table in chain([first], rest):
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _write_parquet(register: Register, parts: Iterable[Table], file: Path) -> int:
    return write_parquet(parts, file)


def _write_csv(register: Register, parts: Iterable[Table], file: Path) -> int:
    rows, head = 0, True
    with file.open("wb") as out:
        for table in parts:
            out.writelines(_lines(register, table, head=head))
            head, rows = False, rows + table.num_rows
    return rows


def _lines(register: Register, table: Table, *, head: bool) -> Iterator[bytes]:
    """The table as CSV in the register's encoding, in pieces; short rows end after their cells."""
    cells = table.column(CELLS).to_numpy()
    table = _in_seconds(table.drop_columns([CELLS]))
    short, start = np.flatnonzero(cells), 0
    if head:
        yield (register.delimiter.join(table.column_names) + "\n").encode(register.encoding)
    for row in short.tolist():
        yield _csv(register, table.slice(start, row - start))
        yield _csv(register, table.slice(row, 1).select(range(int(cells[row]))))
        start = row + 1
    yield _csv(register, table.slice(start))


def _in_seconds(table: Table) -> Table:
    """Instants without thousandths, which Parquet keeps and no register tells."""
    kinds = [pa.timestamp("s") if pa.types.is_timestamp(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))


def _csv(register: Register, table: Table) -> bytes:
    if not table.num_rows:
        return b""
    out = io.BytesIO()
    # Nothing we write holds a delimiter or a quote (Arrow would refuse it), so nothing is quoted.
    options = pa_csv.WriteOptions(include_header=False, delimiter=register.delimiter, quoting_style="none")
    pa_csv.write_csv(table, out, options)
    told = out.getvalue()
    return told if register.encoding == "utf-8" else told.decode().encode(register.encoding)


def _write_excel(register: Register, parts: Iterable[Table], file: Path) -> int:
    """One sheet; days and instants are Excel's own, all else is text or a number."""
    options = {"constant_memory": True, "tmpdir": str(file.parent), "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(file), options)
    book.set_properties({"created": EXCEL_MADE})
    sheet = book.add_worksheet(file.name.partition(".")[0][:31])
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    row = 0
    try:
        for table in parts:
            if not row:
                sheet.write_row(0, 0, table.column_names)
            if row + table.num_rows >= EXCEL_ROWS:
                raise SimulationError(
                    f"{register.file} has more rows than a sheet of Excel", do="simulate fewer families."
                )
            row = _rows(sheet, table, after=row, formats=formats)
    finally:
        book.close()
    return row


def _rows(sheet: Any, table: Table, *, after: int, formats: dict[str, Any]) -> int:
    kinds = [_kind(field.type) for field in table.schema]
    columns = [column.to_pylist() for column in table.columns]
    for row, values in enumerate(zip(*columns, strict=True), start=after + 1):
        for place, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if value is None:
                continue
            if kind in formats:
                sheet.write_datetime(row, place, value, formats[kind])
            elif kind == "text":
                sheet.write_string(row, place, value)
            else:
                sheet.write_number(row, place, value)
    return after + table.num_rows


def _kind(told: Any) -> str:
    if pa.types.is_timestamp(told):
        return "time"
    if pa.types.is_date(told):
        return "day"
    return "text" if pa.types.is_string(told) else "number"


def _first(parts: Iterable[Table]) -> tuple[Table, Iterator[Table]]:
    """The first part, whose columns are all parts', and the others."""
    rest = iter(parts)
    return next(rest), rest


def plain_rows(table: Table) -> Iterator[tuple[Any, ...]]:
    """The rows as tuples of Python values, days and instants as ISO text."""
    table = _in_seconds(table)
    columns = [
        (_compute.strftime(column, format="%Y-%m-%d %H:%M:%S" if pa.types.is_timestamp(field.type) else "%Y-%m-%d"))
        if pa.types.is_temporal(field.type)
        else column
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return zip(*(column.to_pylist() for column in columns), strict=True)
