"""DuckDB in the best form found: tables by the day rows became known, per date one pass over the pruned slice.

Windows look at the slice that a year can reach. What looks at all time is a running state of the rows that are never
replaced, to which each date adds what became known since the last; the few that are replaced are summed up afresh.
Values are chosen before they are grouped, which is quicker than FILTER; a mean is a sum by a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from benchmarks.features import asked, sink, sql
from benchmarks.features.sink import Batch

NEVER, BEFORE = "DATE '9999-12-31'", date(1, 1, 1)
LONGEST = max(days for days in asked.WINDOWS if days)
PARTS = {"count": ("n",), "sum": ("total",), "mean": ("total", "n"), "max": ("most",), "days_since": ("newest",)}
"""What each verb is told by."""
GROUPED = {"n": "count({})", "total": "sum({})::DOUBLE", "most": "max({})", "newest": "max({})"}
MERGED = {"n": "sum({})::BIGINT", "total": "sum({})", "most": "max({})", "newest": "max({})"}
JOINED = {
    "n": "coalesce({0}, 0) + coalesce({1}, 0)",
    "total": "coalesce({0}, 0) + coalesce({1}, 0)",
    "most": "greatest({0}, {1})",
    "newest": "greatest({0}, {1})",
}


def _stem(told: asked.Windowed) -> str:
    """The rows that it looks at, as the name of a column."""
    return f"{told.kind or 'all'}_{told.days or 'ever'}"


def _parts(register: str, *, windowed: bool) -> dict[str, tuple[str, asked.Windowed]]:
    """The columns that what is asked of a register is made of: each with its part and one that asks for it."""
    return {
        f"{part}_{_stem(told)}": (part, told)
        for told in asked.of(register, windowed=windowed)
        for part in PARTS[told.verb]
    }


def _grouped(register: str, day: date, *, windowed: bool, kept: str, table: str = "") -> str:
    """The parts of every family, of the rows for which the condition is true."""
    parts = _parts(register, windowed=windowed)
    chosen = {f"{_value(part)}_{_stem(told)}": (part, told) for part, told in parts.values()}
    values = ", ".join(f"{_chosen(told, day, _value(part))} AS {name}" for name, (part, told) in chosen.items())
    made = ", ".join(
        f"{GROUPED[part].format(f'{_value(part)}_{_stem(told)}')} AS {name}" for name, (part, told) in parts.items()
    )
    return f"SELECT family, {made} FROM (SELECT family, {values} FROM {table or register} WHERE {kept}) GROUP BY family"


def _value(part: str) -> str:
    return "happened" if part == "newest" else "amount"


def _chosen(told: asked.Windowed, day: date, value: str) -> str:
    """A value where the row is in the window and of the kind."""
    kept = [f"happened >= DATE '{day}' - {told.days}"] if told.days and told.days < LONGEST else []
    if told.kind:
        kept.append(f"kind = {asked.KINDS[told.register].index(told.kind)}")
    return f"CASE WHEN {' AND '.join(kept)} THEN {value} END" if kept else value


def work(flat: sql.Flat) -> Iterator[Callable[[], Batch]]:
    """A date after the other."""
    for register in asked.KINDS:
        empty = _grouped(register, BEFORE, windowed=False, kept="false")
        flat.run(f"CREATE TABLE {register}_ever AS {empty}")
    yield from flat.batches(lambda place: _statement(flat, place))


def _statement(flat: sql.Flat, place: int) -> str:
    day, before = asked.DATES[place], asked.DATES[place - 1] if place else BEFORE
    joins, columns = "", [told.name for told in asked.LATEST]
    for register in asked.KINDS:
        _advance(flat, register, since=before, day=day)
        start = f"DATE '{day}' - {LONGEST}"
        kept = f"{sql.known_at(day)} AND known >= {start} AND happened >= {start}"
        sliced = _grouped(register, day, windowed=True, kept=kept)
        again = _grouped(register, day, windowed=False, kept=sql.known_at(day), table=f"{register}_replaced")
        joins += f" LEFT JOIN ({sliced}) AS {register}_year USING (family)"
        joins += f" LEFT JOIN {register}_ever USING (family) LEFT JOIN ({again}) AS {register}_again USING (family)"
        columns += [f"{_told(told, day)} AS {told.name}" for told in asked.of(register)]
    return f"SELECT *, {sql.ratios()} FROM (SELECT family, {', '.join(columns)} FROM ({sql.latest(day)}){joins})"


def _advance(flat: sql.Flat, register: str, *, since: date, day: date) -> None:
    """Adds to the state what became known from one date to the next."""
    kept = f"known >= DATE '{since}' AND known < DATE '{day}' AND replaced = {NEVER}"
    fresh = _grouped(register, day, windowed=False, kept=kept)
    parts = _parts(register, windowed=False)
    merged = ", ".join(f"{MERGED[part].format(name)} AS {name}" for name, (part, _) in parts.items())
    flat.run(
        f"CREATE OR REPLACE TABLE {register}_ever AS "
        f"SELECT family, {merged} FROM (FROM {register}_ever UNION ALL {fresh}) GROUP BY family"
    )


def _told(told: asked.Windowed, day: date) -> str:
    """One of the sixty, told by its parts."""
    values = [_part(told, f"{part}_{_stem(told)}", part) for part in PARTS[told.verb]]
    if told.verb == "mean":
        return f"{values[0]} / nullif({values[1]}, 0)"
    return f"DATE '{day}' - {values[0]}" if told.verb == "days_since" else values[0]


def _part(told: asked.Windowed, name: str, part: str) -> str:
    if told.days:
        column = f"{told.register}_year.{name}"
        return f"coalesce({column}, 0)" if part in ("n", "total") else column
    return f"({JOINED[part].format(f'{told.register}_ever.{name}', f'{told.register}_again.{name}')})"


def prepare(folder: Path) -> sql.Flat:
    """The tables by the day rows became known; apart, the few rows that are ever replaced."""
    flat = sql.Flat(folder, order="known")
    for register in asked.KINDS:
        flat.run(f"CREATE TABLE {register}_replaced AS FROM {register} WHERE replaced <> {NEVER}")
    return flat


if __name__ == "__main__":
    sink.run(prepare, work)
