"""polars, per date, lazy: one group_by for each register over the pruned year, one over all time, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.features import asked, sink
from benchmarks.features.sink import Batch, families_of

LONGEST = max(days for days in asked.WINDOWS if days)


def prepare(folder: Path) -> tuple[dict[str, Any], Any]:
    """The registers as frames sorted by the day rows became known; and the families' digits."""
    frames = {name: pl.read_parquet(folder / "flat" / name / "*.parquet") for name in (*asked.KINDS, "profile")}
    return {name: frame.sort("known") for name, frame in frames.items()}, families_of(folder)


def work(prepared: tuple[dict[str, Any], Any]) -> Iterator[Callable[[], Batch]]:
    """A date after the other."""
    frames, digits = prepared
    for place, day in enumerate(asked.DATES):
        found = _at(frames, day).collect()
        yield lambda place=place, found=found: _numbers(place, digits, found)


def _numbers(place: int, digits: Any, found: Any) -> Batch:
    columns = {
        name: found[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in found.columns
        if name != "family"
    }
    return place, digits[found["family"].to_numpy()], columns


def _at(frames: dict[str, Any], day: date) -> Any:
    found = _latest(frames["profile"], day)
    for register in asked.KINDS:
        rows = _current(frames[register], day)
        year = rows.filter(pl.col("happened") >= day - timedelta(LONGEST))
        for part, windowed in ((year, True), (rows, False)):
            made = [_aggregate(told, day) for told in asked.of(register, windowed=windowed)]
            found = found.join(part.group_by("family").agg(made), on="family", how="left")
    counted = [told.name for told in asked.WINDOWED if told.verb in ("count", "sum")]
    found = found.with_columns(pl.col(counted).fill_null(0))
    return found.with_columns(_ratio(told) for told in asked.RATIOS)


def _current(rows: Any, day: date) -> Any:
    return rows.lazy().filter((pl.col("known") < day) & (pl.col("replaced") >= day))


def _latest(profile: Any, day: date) -> Any:
    last = [pl.col(column).get(pl.col("happened").arg_max()).alias(f"latest_{column}") for column in asked.PROFILE]
    return _current(profile, day).group_by("family").agg(last)


def _aggregate(told: asked.Windowed, day: date) -> Any:
    kept = pl.lit(value=True)
    if told.days:
        kept &= pl.col("happened") >= day - timedelta(told.days)
    if told.kind:
        kept &= pl.col("kind") == asked.KINDS[told.register].index(told.kind)
    if told.verb == "count":
        return kept.sum().alias(told.name) if told.days or told.kind else pl.len().alias(told.name)
    if told.verb == "days_since":
        return (day - pl.col("happened").filter(kept).max()).dt.total_days().alias(told.name)
    amount = pl.col("amount").cast(pl.Int64)
    amount = amount.filter(kept) if told.days or told.kind else amount
    return getattr(amount, told.verb)().alias(told.name)


def _ratio(told: asked.Ratio) -> Any:
    below = pl.col(told.below)
    return (pl.col(told.above) / pl.when(below != 0).then(below)).alias(told.name)


if __name__ == "__main__":
    sink.run(prepare, work)
