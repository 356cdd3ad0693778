"""What the two DuckDB tools share: the flat files as tables, and each of the sixty as SQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.features import asked
from benchmarks.features.sink import Batch, families_of


class Flat:
    """An open database with a table for each register, and the families' digits."""

    def __init__(self, folder: Path, *, order: str = "") -> None:
        self.families = families_of(folder)
        self.open = duckdb.connect(config={"threads": len(os.sched_getaffinity(0))})
        for register in (*asked.KINDS, "profile"):
            files = folder / "flat" / register / "*.parquet"
            sorting = f"ORDER BY {order}" if order else ""
            self.open.execute(f"CREATE TABLE {register} AS FROM read_parquet('{files}') {sorting}")

    def run(self, statement: str) -> None:
        """Carries a statement out."""
        self.open.execute(statement)

    def batches(self, statements: Callable[[int], str]) -> Iterator[Callable[[], Batch]]:
        """Of every date what the statement made for it gives, as an Arrow table that holds `family`."""
        for place in range(len(asked.DATES)):
            table = self.open.sql(statements(place)).to_arrow_table()
            yield lambda place=place, table=table: self._numbers(place, table)

    def _numbers(self, place: int, table: Any) -> Batch:
        columns = {name: table.column(name).to_numpy() for name in table.column_names if name != "family"}
        return place, self.families[table.column("family").to_numpy()], columns


def known_at(day: date) -> str:
    """The condition under which a row counts at a date."""
    return f"known < DATE '{day}' AND replaced >= DATE '{day}'"


def aggregate(told: asked.Windowed, day: date, *, windowed: bool = True) -> str:
    """One of the aggregates over a register's rows; with its window as a condition, or (False) where that is met."""
    kept = [f"happened >= DATE '{day}' - {told.days}"] if told.days and windowed else []
    if told.kind:
        kept.append(f"kind = {asked.KINDS[told.register].index(told.kind)}")
    verbs = {"count": "count(*)", "mean": "avg(amount)", "days_since": "max(happened)"}
    verb = verbs.get(told.verb, f"{told.verb}(amount)") + (f" FILTER ({' AND '.join(kept)})" if kept else "")
    if told.verb == "days_since":
        return f"DATE '{day}' - {verb}"
    return f"({verb})::DOUBLE" if told.verb == "sum" else verb


def filled(told: asked.Windowed) -> str:
    """The column, as it is told of a family without rows."""
    return f"coalesce({told.name}, 0)" if told.verb in ("count", "sum") else told.name


def latest(day: date) -> str:
    """The newest profile of every family."""
    columns = ", ".join(f"arg_max({column}, happened) AS latest_{column}" for column in asked.PROFILE)
    return f"SELECT family, {columns} FROM profile WHERE {known_at(day)} GROUP BY family"


def ratios() -> str:
    """The quotients of columns there are."""
    return ", ".join(f"{told.above} / nullif({told.below}, 0) AS {told.name}" for told in asked.RATIOS)
