"""The workbench: one DuckDB connection on which a registry's rows of a delivery are read, checked and named.

Its tables: `claims`, rows as their files tell them; `verdicts`, the file, row and reason of those that are not added;
`told`, rows with pseudonyms and the instant they count as known; `held`, what the snapshot has of the registry that
these can touch.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import duckdb

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.cells import quoted
from tayanch.intake.contract import check_types, reading_sql, source_columns
from tayanch.intake.extracts import Extract
from tayanch.intake.pseudonyms import pads, pseudonym_sql
from tayanch.intake.scratch import scratch
from tayanch.intake.shape import value_names
from tayanch.intake.sheets import Sheet, read_sheet
from tayanch.intake.sources import area_in
from tayanch.vocabulary import Kind

MEMORY = 3 * 2**30
"""Bytes that DuckDB may hold unless told otherwise; the rest of a registry lies on disk while it is worked on."""
SLICE_ROWS = 4_000_000
WRONG_WIDTH = "more or fewer fields than the header"
SQL = {Kind.NUMBER: "DOUBLE", Kind.WHOLE: "BIGINT", Kind.CODE: "VARCHAR", Kind.DATE: "DATE"}


@dataclass(frozen=True)
class Slice:
    """One of `count` parts of a registry's rows, by their key: all versions of a row are in the same one."""

    number: int = 0
    count: int = 1

    @property
    def rows(self) -> str:
        """SQL that is true of its rows in `claims`."""
        if self.count == 1:
            return "true"
        return f"('0x' || md5(key_text)[:7])::INTEGER % {self.count} = {self.number}"


@contextmanager
def workbench(zone: ZoneInfo, memory: int = MEMORY) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection whose time zone is the project's. What is beyond its memory (bytes) goes to a folder of its own.

    Raises:
        IntakeError: when even that folder has no room.
    """
    with scratch("spill") as spill, duckdb.connect() as bench:
        bench.execute(f"SET GLOBAL TimeZone = {quoted(zone.key)}")
        bench.execute(f"SET temp_directory = {quoted(str(spill))}")
        bench.execute(f"SET memory_limit = '{memory}B'")
        bench.execute("SET preserve_insertion_order = false")
        bench.execute("SET autoinstall_known_extensions = false")
        try:
            yield bench
        except duckdb.OutOfMemoryException:
            do = "make room there, or name a larger folder for temporary files: TMPDIR."
            raise IntakeError("there is no room for temporary files", do=do, where=tempfile.gettempdir()) from None


def slices(bench: duckdb.DuckDBPyConnection) -> int:
    """Into how many slices the rows of `claims` go, that one is worked on at a time: one for each so many rows."""
    ((rows,),) = bench.execute("SELECT count(*) FROM claims").fetchall()
    return max(1, -(-rows // SLICE_ROWS))


def families_claimed(bench: duckdb.DuckDBPyConnection) -> int:
    """How many families the rows of `claims` tell of."""
    ((families,),) = bench.execute("SELECT count(DISTINCT family_text) FROM claims").fetchall()
    return families


def clear(bench: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    """Makes `claims` and `verdicts` anew and empty, and sees that the registry's date formats can be used.

    Raises:
        IntakeError: when one can't.
    """
    _check_formats(bench, registry)
    values = [f"v{place} {SQL[column.kind]}" for place, column in enumerate(registry.columns)]
    bench.execute(f"CREATE OR REPLACE TABLE claims ({', '.join([*CLAIMED, *values])})")
    bench.execute("CREATE OR REPLACE TABLE verdicts (file INTEGER, row BIGINT, reason VARCHAR)")


CLAIMED = (
    "file INTEGER",
    "row BIGINT",
    *(f"{name}_text VARCHAR" for name in ("key", "family", "person")),
    *("happened_on DATE", "claimed TIMESTAMPTZ", "gone DATE", "retracted BOOLEAN", "area VARCHAR", "reason VARCHAR"),
)


def _check_formats(bench: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    rules = [rule for rule in (registry.happened_on, registry.known_at, registry.left) if rule]
    for pattern in filter(None, [*(rule.format for rule in rules), *(column.format for column in registry.columns)]):
        try:
            bench.execute(f"SELECT try_strptime('', {quoted(pattern)})")
        except duckdb.Error:
            raise IntakeError(
                f'the date format "{pattern}" can\'t be used', do='write one like "%d.%m.%Y".', where=registry.name
            ) from None


def read_rows(bench: duckdb.DuckDBPyConnection, registry: Registry, *, extract: Extract, file: int, by: date) -> int:
    """Adds the rows of an extract to `claims` as those of that file, each bad one with its reason.

    Several extracts may be read side by side, each by a cursor of the workbench.

    Args:
        bench: the workbench.
        registry: whose rows they are.
        extract: what is read.
        file: its number among the registry's files.
        by: the day it was delivered.

    Returns:
        how many rows came.

    Raises:
        IntakeError: when the file can't be read for the registry.
    """
    try:
        sheet = read_sheet(extract, source_columns(registry))
        check_types(registry, sheet.given)
        reading = reading_sql(registry, sheet.given, delivered=by, area=area_in(registry, extract.name))
        _claim(bench, sheet, file=file, reading=reading, values=value_names(registry))
    except IntakeError as error:
        raise error.at(extract.name) from None
    except duckdb.Error:
        # DuckDB's own message would quote the row.
        raise IntakeError("its rows can't be read as declared", do="see to its types.", where=extract.name) from None
    return sheet.rows


def _claim(bench: duckdb.DuckDBPyConnection, sheet: Sheet, *, file: int, reading: str, values: list[str]) -> None:
    bench.register("raw", sheet.trimmed)
    columns = ", ".join([*(told.split()[0] for told in CLAIMED[1:]), *values])
    bench.execute(f"INSERT INTO claims SELECT {file}, {columns} FROM ({reading})")
    bench.unregister("raw")
    if sheet.malformed:
        malformed = [(file, row, WRONG_WIDTH) for row in sheet.malformed]
        bench.executemany("INSERT INTO verdicts VALUES (?, ?, ?)", malformed)


def set_bad_aside(bench: duckdb.DuckDBPyConnection) -> None:
    """Puts the bad rows of `claims` into `verdicts`."""
    bench.execute("INSERT INTO verdicts SELECT file, row, reason FROM claims WHERE reason IS NOT NULL")


@dataclass(frozen=True)
class Naming:
    """How rows are named: under which key, and when they were delivered, this time and the last."""

    linkage_key: bytes = field(repr=False)
    delivered: date
    last: date | None


def name_rows(bench: duckdb.DuckDBPyConnection, registry: Registry, naming: Naming, *, part: Slice) -> None:
    """Makes `told` of the good rows of a slice of `claims`, with pseudonyms and the instant they count as known from.

    After a registry's first delivery (`naming.last` is its last one), a row that claims to have been known before it
    was delivered last counts as known from this delivery on; else answers about the past would change.
    """
    since = f"(DATE '{naming.delivered}')::TIMESTAMPTZ"
    backdated = f"claimed < (DATE '{naming.last}')::TIMESTAMPTZ" if naming.last else "false"
    values = ", ".join(["happened_on", "gone", "retracted", *value_names(registry)])
    bench.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE told AS
        WITH good AS (SELECT * FROM claims WHERE reason IS NULL AND {part.rows}),
            families AS ({_named("family")}), persons AS ({_named("person")})
        SELECT
            file, row, area, {pseudonym_sql("key", "key_text")} AS key, family, person, {values},
            claimed, {backdated} AS backdated, CASE WHEN {backdated} THEN {since} ELSE claimed END AS known_at
        FROM good LEFT JOIN families USING (family_text) LEFT JOIN persons USING (person_text)
        """,
        pads(naming.linkage_key),
    )


def _named(kind: Literal["family", "person"]) -> str:
    """Each id once: a family of many rows is named once."""
    name = pseudonym_sql(kind, f"{kind}_text")
    return f"SELECT {kind}_text, {name} AS {kind} FROM (SELECT DISTINCT {kind}_text FROM good)"
