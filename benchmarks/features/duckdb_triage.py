"""DuckDB in the shape of triage's collate: per date a GROUP BY for each register and window, joined to the cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.features import asked, sink, sql
from benchmarks.features.sink import Batch


def work(flat: sql.Flat) -> Iterator[Callable[[], Batch]]:
    """A date after the other."""

    def statement(place: int) -> str:
        day = asked.DATES[place]
        flat.run(f"CREATE OR REPLACE TABLE cohort AS {sql.latest(day)}")
        joins = [_grouped(flat, place, register, days) for register in asked.KINDS for days in asked.WINDOWS]
        columns = [f"{sql.filled(told)} AS {told.name}" for told in asked.WINDOWED]
        latest = [told.name for told in asked.LATEST]
        joined = " ".join(f"LEFT JOIN {name} USING (family)" for name in joins)
        told = f"SELECT family, {', '.join([*latest, *columns])} FROM cohort {joined}"
        return f"SELECT *, {sql.ratios()} FROM ({told})"

    yield from flat.batches(statement)


def _grouped(flat: sql.Flat, place: int, register: str, days: int | None) -> str:
    """Makes the table of a register and window at a date; gives its name."""
    day, name = asked.DATES[place], f"{register}_{days or 'all'}"
    asked_of = [told for told in asked.of(register) if told.days == days]
    columns = ", ".join(f"{sql.aggregate(told, day, windowed=False)} AS {told.name}" for told in asked_of)
    since = f" AND happened >= DATE '{day}' - {days}" if days else ""
    flat.run(
        f"CREATE OR REPLACE TABLE {name} AS "
        f"SELECT family, {columns} FROM {register} WHERE {sql.known_at(day)}{since} GROUP BY family"
    )
    return name


def prepare(folder: Path) -> sql.Flat:
    """The tables, as they come."""
    return sql.Flat(folder)


if __name__ == "__main__":
    sink.run(prepare, work)
