"""The workbench: one DuckDB connection on which a registry's rows of a delivery are read, checked and named.

Its tables: `claims`, rows as their files tell them; `verdicts`, the file, row and reason of those that are not added;
`told`, rows with pseudonyms and the instant they count as known; `held`, what the snapshot has of the registry.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
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
from tayanch.intake.shape import Table, on_bench, value_names
from tayanch.intake.sheets import Sheet, read_sheet
from tayanch.vocabulary import Kind, Links

WRONG_WIDTH = "more or fewer fields than the header"
SQL = {Kind.NUMBER: "DOUBLE", Kind.WHOLE: "BIGINT", Kind.CODE: "VARCHAR", Kind.DATE: "DATE"}


@contextmanager
def workbench(zone: ZoneInfo) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection whose time zone is the project's. What does not fit into memory goes to a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tayanch-intake-") as spill, duckdb.connect() as bench:
        bench.execute(f"SET GLOBAL TimeZone = {quoted(zone.key)}")
        bench.execute(f"SET temp_directory = {quoted(spill)}")
        bench.execute("SET autoinstall_known_extensions = false")
        yield bench


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
    *("happened_on DATE", "claimed TIMESTAMPTZ", "gone DATE", "retracted BOOLEAN", "reason VARCHAR"),
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
        reading = reading_sql(registry, sheet.given, delivered=by)
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


def name_rows(
    bench: duckdb.DuckDBPyConnection, registry: Registry, *, linkage_key: bytes, last: date | None, delivered: date
) -> None:
    """Makes `told` of the good rows of `claims`, with pseudonyms and the instant from which they count as known.

    The bad ones go to `verdicts`.

    After a registry's first delivery (`last` is its last one), a row that claims to have been known before it was
    delivered last counts as known from this delivery on; else answers about the past would change.
    """
    bench.execute("INSERT INTO verdicts SELECT file, row, reason FROM claims WHERE reason IS NOT NULL")
    since = f"(DATE '{delivered}')::TIMESTAMPTZ"
    backdated = f"claimed < (DATE '{last}')::TIMESTAMPTZ" if last else "false"
    values = ", ".join(["happened_on", "gone", "retracted", *value_names(registry)])
    bench.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE told AS
        WITH families AS ({_named("family")}), persons AS ({_named("person")})
        SELECT
            file, row, {pseudonym_sql("key", "key_text")} AS key, family, person, {values},
            claimed, {backdated} AS backdated, CASE WHEN {backdated} THEN {since} ELSE claimed END AS known_at
        FROM claims LEFT JOIN families USING (family_text) LEFT JOIN persons USING (person_text)
        WHERE reason IS NULL
        """,
        pads(linkage_key),
    )


def _named(kind: Literal["family", "person"]) -> str:
    """Each id once: a family of many rows is named once."""
    name = pseudonym_sql(kind, f"{kind}_text")
    return f"SELECT {kind}_text, {name} AS {kind} FROM (SELECT DISTINCT {kind}_text FROM claims)"


def hold(bench: duckdb.DuckDBPyConnection, registry: Registry, *, table: Table) -> None:
    """Makes `held` of the registry's rows in the snapshot, each once (a person's stand in several buckets)."""
    bench.register("stored", on_bench(registry, table))
    distinct = "DISTINCT" if registry.links is Links.PERSON else ""
    bench.execute(f"CREATE OR REPLACE TEMP TABLE held AS SELECT {distinct} * FROM stored")
    bench.unregister("stored")
