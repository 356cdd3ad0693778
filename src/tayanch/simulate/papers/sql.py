"""Extracts as tables of a database: SQLite in a file of one's own, or any other by its URL. SQLAlchemy's door here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Column, Date, DateTime, Engine, Float, MetaData, String, create_engine
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from tayanch.errors import SimulationError
from tayanch.simulate.papers.extracts import Table
from tayanch.simulate.papers.formats import plain_rows

BATCH = 10_000
_KINDS = (
    (pa.types.is_integer, BigInteger),
    (pa.types.is_floating, Float),
    (pa.types.is_timestamp, DateTime),
    (pa.types.is_date, Date),
)


def write_sqlite(tables: Mapping[str, Iterable[Table]], file: Path) -> int:
    """Writes tables, given in parts, as an SQLite database, days and instants as ISO text. Returns how many rows."""
    return _write(create_engine(f"sqlite:///{file}"), tables)


def write_database(tables: Mapping[str, Iterable[Table]], url: str) -> int:
    """Writes tables to a database in one transaction; tables of those names are replaced. Returns how many rows.

    Raises:
        SimulationError: when the database does not answer or can't take them. It does not tell the URL: it may hold
            a password.
    """
    try:
        return _write(create_engine(url), tables)
    except (ArgumentError, NoSuchModuleError):
        raise SimulationError(
            "the URL of the database can't be understood",
            do="write it as postgresql+psycopg://user@host/name.",
            where="--sql",
        ) from None
    except OperationalError:
        raise SimulationError(
            "the database does not answer", do="see that it runs and lets you in.", where="--sql"
        ) from None
    except DBAPIError as error:
        raise SimulationError(
            f"the database can't take the rows ({type(error.orig).__name__})",
            do="see to its permissions.",
            where="--sql",
        ) from None


def _write(engine: Engine, tables: Mapping[str, Iterable[Table]]) -> int:
    rows = 0
    try:
        with engine.begin() as connection:
            for name, parts in tables.items():
                told = iter(parts)
                first = next(told)
                made = _made(name, first)
                made.drop(connection, checkfirst=True)
                made.create(connection)
                mark = "?" if engine.dialect.name == "sqlite" else "%s"
                insert = f"INSERT INTO {name} VALUES ({', '.join([mark] * first.num_columns)})"
                for table in chain([first], told):
                    for start in range(0, table.num_rows, BATCH):
                        batch = list(plain_rows(table.slice(start, BATCH)))
                        connection.exec_driver_sql(insert, batch)
                    rows += table.num_rows
    finally:
        engine.dispose()
    return rows


def _made(name: str, table: Table) -> SqlTable:
    columns = [Column(field.name, _kind(field.type)) for field in table.schema]
    return SqlTable(name, MetaData(), *columns)


def _kind(told: Any) -> Any:
    return next((kind() for holds, kind in _KINDS if holds(told)), String())
