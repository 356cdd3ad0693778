"""What is in an extract: the columns asked for, as an Arrow table, row by row as they stand in the file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tayanch.errors import IntakeError
from tayanch.intake.cells import Given, given_by
from tayanch.intake.extracts import Extract, Format
from tayanch.intake.headers import places
from tayanch.intake.shape import Table
from tayanch.intake.workbooks import read_workbook

DELIMITERS = (",", ";", "\t", "|")
WIDTH_ERRORS = frozenset({"MISSING COLUMNS", "TOO MANY COLUMNS"})
READ_CSV = """
    $path, auto_detect = false, header = true, delim = $delim, quote = '"', escape = '"', nullstr = '',
    columns = $columns, ignore_errors = true, store_rejects = true, rejects_limit = 0
"""
OWN_COLUMNS = ("_row", "_reason", "_line")
"""What a quarantined row has beside the columns it was delivered with."""
LOOSE = b"loose"
"""In the metadata of quarantined rows: their text was read from cells of any sort."""
NOT_CSV = "the file can't be read as CSV: its line ends are mixed, or a quote is not closed"
NOT_PARQUET = "the file is no whole Parquet file: it is truncated or damaged"


@dataclass(frozen=True)
class Sheet:
    """The rows of an extract.

    table: `row` (from 1, the header not counted) and s0, s1, … in the order asked for.
    given: what each column asked for holds.
    malformed: rows that have more or fewer fields than the header, with their line.
    """

    table: Table
    given: Mapping[str, Given]
    malformed: Mapping[int, str]

    @property
    def rows(self) -> int:
        """How many rows the file has, malformed ones too."""
        return self.table.num_rows + len(self.malformed)

    @property
    def trimmed(self) -> Table:
        """The table without blanks around text, of whatever sort: Excel likes those that don't break a line."""
        plain: Any = pc
        columns = [
            plain.utf8_trim_whitespace(column) if given_by(column.type) is Given.TEXT else column
            for column in self.table.columns
        ]
        return pa.table(columns, names=self.table.column_names)


def read_sheet(extract: Extract, columns: Sequence[str]) -> Sheet:
    """The columns of an extract.

    Raises:
        IntakeError: when a column is missing or stands twice, or the file is damaged. It tells no value of the file.
    """
    readers = {Format.CSV: _csv, Format.PARQUET: _parquet, Format.EXCEL: _excel, Format.TABLE: _table}
    try:
        if extract.held:
            return _held(extract.held, columns)
        return readers[extract.format](extract.content, columns)
    except IntakeError as error:
        raise error.at(extract.name) from None


def _csv(path: Path, columns: Sequence[str]) -> Sheet:
    delimiter, header = _header(path, columns)
    found = places(columns, header)
    with duckdb.connect() as reader:
        wanted = ", ".join(f"c{place} AS s{n}" for n, place in enumerate(found))
        options = {"path": str(path), "delim": delimiter, "columns": {f"c{n}": "VARCHAR" for n in range(len(header))}}
        try:
            table = reader.sql(f"SELECT {wanted} FROM read_csv({READ_CSV})", params=options).to_arrow_table()
        except duckdb.Error:
            raise IntakeError(NOT_CSV, do="export it again.") from None
        malformed = _malformed(reader)
    rows = _row_numbers(table.num_rows, malformed)
    return Sheet(table.append_column("row", rows), dict.fromkeys(columns, Given.TEXT), malformed)


def _header(path: Path, columns: Sequence[str]) -> tuple[str, list[str]]:
    """The delimiter that finds the most of the columns asked for in the first line, and the line's fields."""
    found: list[tuple[str, list[str]]] = []
    for delimiter in DELIMITERS:
        with path.open(encoding="utf-8-sig", newline="") as file, suppress(csv.Error):
            # A line of quoted names can't be split at a delimiter that is not its own.
            names = next(csv.reader(file, delimiter=delimiter, strict=True), [])
            found.append((delimiter, [name.strip() for name in names]))
    if not found:
        raise IntakeError(NOT_CSV, do="export it again.")
    return max(found, key=lambda one: len(set(columns) & set(one[1])))


def _malformed(reader: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The rows DuckDB could not split, by number."""
    told = reader.execute("SELECT DISTINCT line - 1, error_type::VARCHAR, csv_line FROM reject_errors").fetchall()
    for row, error, _ in told:
        if error not in WIDTH_ERRORS:
            raise IntakeError(f"row {row} can't be read as CSV: a quote is not closed", do="export the file again.")
    return {int(row): str(line) for row, _, line in sorted(told)}


def _row_numbers(rows: int, malformed: Mapping[int, str]) -> Any:
    """Numbers of the rows that could be read, when the malformed ones stand between them."""
    read = np.arange(1, rows + 1)
    before = np.array([row - place for place, row in enumerate(malformed, start=1)], dtype=np.int64)
    return pa.array(read + np.searchsorted(before, read, side="left"), pa.int64())


def _parquet(path: Path, columns: Sequence[str]) -> Sheet:
    try:
        with pq.ParquetFile(path) as file:
            places(columns, file.schema_arrow.names)
            table = file.read(columns=list(columns), use_threads=True).select(list(columns))
    except (pa.ArrowException, OSError):
        raise IntakeError(NOT_PARQUET, do="deliver it again.") from None
    plain = [_plain(table.column(name)) for name in columns]
    given = {name: _given(name, values.type) for name, values in zip(columns, plain, strict=True)}
    names = [f"s{place}" for place in range(len(columns))]
    rows = pa.array(np.arange(1, table.num_rows + 1), pa.int64())
    return Sheet(pa.table([*plain, rows], names=[*names, "row"]), given, {})


def _table(path: Path, columns: Sequence[str]) -> Sheet:
    """The copy of a table: all its cells are text, whatever they were."""
    return replace(_parquet(path, columns), given=dict.fromkeys(columns, Given.LOOSE))


def _excel(path: Path, columns: Sequence[str]) -> Sheet:
    return Sheet(read_workbook(path, columns), dict.fromkeys(columns, Given.LOOSE), {})


def _held(content: bytes, columns: Sequence[str]) -> Sheet:
    """Quarantined rows, under the numbers they had in their file; those that can't be split are still malformed."""
    rows = pq.read_table(pa.BufferReader(content))
    places(columns, rows.column_names)
    lines = rows.column("_line").to_pylist()
    numbers = rows.column("_row").to_pylist()
    malformed = {row: line for row, line in zip(numbers, lines, strict=True) if line is not None}
    split = rows.filter(pa.array([line is None for line in lines]))
    plain = [_plain(split.column(name)) for name in columns]
    loose = LOOSE in (rows.schema.metadata or {})
    given = {name: Given.LOOSE if loose else _given(name, v.type) for name, v in zip(columns, plain, strict=True)}
    names = [f"s{place}" for place in range(len(columns))]
    return Sheet(pa.table([*plain, split.column("_row")], names=[*names, "row"]), given, malformed)


def _given(name: str, kind: Any) -> Given:
    found = given_by(kind)
    if found is None:
        raise IntakeError(f'the column "{name}" holds {kind}', do="have text, numbers or dates delivered.")
    return found


def _plain(values: Any) -> Any:
    """The same values in a type that DuckDB and our checks know: no dictionaries, times in microseconds."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _plain(values.cast(kind.value_type))
    if pa.types.is_null(kind) or pa.types.is_string_view(kind):
        return values.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return values.cast(pa.timestamp("us", kind.tz), safe=False)
    return values.cast(pa.date32()) if pa.types.is_date64(kind) else values
