"""Tables of SQL databases: some columns of one, copied row by row into a Parquet file in an order of their own.

The copy is read from then on, so that a table that goes on changing is taken in as it was at one moment.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Engine, column, create_engine, false, func, inspect, literal_column, select, table
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from tayanch.errors import IntakeError, nearest
from tayanch.intake.headers import places
from tayanch.intake.loose import texts

CHUNK = 50_000
"""Rows that are held at once."""
SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class TableSource:
    """A table, or a view: of the SQLite file at `path`, or at a URL that the environment holds as `variable`."""

    name: str
    variable: str = ""
    url: str = field(default="", repr=False)
    path: Path | None = None


def copy_table(
    source: TableSource,
    columns: Sequence[str],
    *,
    to: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Copies columns of a table to a Parquet file, all as text; gives the digest of the rows, which are in order.

    `tell` is told how many rows are copied, of how many.

    Raises:
        IntakeError: when the database can't be reached or read, or has no such table or column. It tells no value.
    """
    with _told(source), _opened(source) as connection:
        query = _query(connection, source, columns)
        total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        tell(0, total)
        return _copied(connection, query, columns=columns, to=to, tell=lambda done: tell(min(done, total), total))


def _query(connection: Connection, source: TableSource, columns: Sequence[str]) -> Any:
    """All rows of the columns asked for, in order."""
    dotted, _, name = source.name.rpartition(".")
    schema, there = dotted or None, inspect(connection)
    if not there.has_table(name, schema=schema):
        known = [*there.get_table_names(schema=schema), *there.get_view_names(schema=schema)]
        raise IntakeError(f'the database has no table "{source.name}"', do=nearest(name, known))
    chosen = [column(told) for told in columns]
    rows = table(name, *chosen, schema=schema)
    places(columns, [*connection.execute(select(literal_column("*")).select_from(rows).where(false())).keys()])
    return select(*chosen).select_from(rows).order_by(*chosen)


def _copied(
    connection: Connection, query: Any, *, columns: Sequence[str], to: Path, tell: Callable[[int], None]
) -> str:
    digest = hashlib.sha256(json.dumps([*columns]).encode())
    schema = pa.schema([(name, pa.string()) for name in columns])
    done = 0
    with pq.ParquetWriter(to, schema, compression="zstd", compression_level=1) as out:
        result = connection.execution_options(yield_per=CHUNK).execute(query)
        for rows in result.partitions():
            values = [texts(name, [*map(itemgetter(place), rows)]) for place, name in enumerate(columns)]
            # The same rows give the same digest however many are held at once.
            digest.update(json.dumps([*zip(*values, strict=True)], ensure_ascii=False)[1:-1].encode() + b", ")
            out.write_batch(pa.record_batch([pa.array(one, pa.string()) for one in values], schema=schema))
            done += len(rows)
            tell(done)
    return digest.hexdigest()


@contextmanager
def _opened(source: TableSource) -> Generator[Connection]:
    """A connection that can't write."""
    engine = _engine(source)
    try:
        with engine.connect() as plain:
            yield plain.execution_options(**_reading(plain))
    finally:
        engine.dispose()


def _engine(source: TableSource) -> Engine:
    if source.path is None:
        return create_engine(source.url, hide_parameters=True)
    with source.path.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            raise IntakeError("the file is no SQLite database", do="deliver it again, or name a file without #table.")
    uri = f"file:{quote(str(source.path.resolve()))}?mode=ro"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), hide_parameters=True)


def _reading(connection: Connection) -> dict[str, Any]:
    return {"postgresql_readonly": True} if connection.dialect.name == "postgresql" else {}


@contextmanager
def _told(source: TableSource) -> Generator[None]:
    """Errors of the database as ours: its own words may quote a row or a password."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError):
        raise IntakeError(
            f"the URL in {source.variable} can't be read", do="write it as postgresql://user@host/name."
        ) from None
    except ImportError:
        raise IntakeError(
            f"the driver for the URL in {source.variable} is not installed",
            do='for PostgreSQL: pip install "tayanch[postgresql]".',
        ) from None
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        if source.variable:
            do = f"see that it runs, that the URL in {source.variable} is right and that it may read the table."
            raise IntakeError(f"the database refused ({cause})", do=do) from None
        raise IntakeError(
            f"the file can't be read as SQLite ({cause}): it is truncated, damaged or locked, or its text is not UTF-8",
            do="deliver it again.",
        ) from None
