"""pandas, per date: filter, one groupby for each register and window (and kind), join."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.features import asked, sink
from benchmarks.features.sink import Batch, families_of

EPOCH = date(1970, 1, 1)


def prepare(folder: Path) -> tuple[dict[str, Any], Any]:
    """The registers as frames sorted by family, days as numbers; and the families' digits."""
    return {name: _frame(folder / "flat" / name) for name in (*asked.KINDS, "profile")}, families_of(folder)


def _frame(files: Path) -> Any:
    table = pq.read_table(files)
    days = {name: table.column(name).cast("int32").to_numpy() for name in ("happened", "known", "replaced")}
    rest = {name: table.column(name).to_numpy() for name in table.column_names if name not in days}
    return pd.DataFrame(rest | days)


def work(prepared: tuple[dict[str, Any], Any]) -> Iterator[Callable[[], Batch]]:
    """A date after the other."""
    frames, digits = prepared
    for place, day in enumerate(asked.DATES):
        today = (day - EPOCH).days
        found = pd.concat([_latest(frames["profile"], today), *_registers(frames, today)], axis=1)
        _fill(found)
        for told in asked.RATIOS:
            found[told.name] = found[told.above] / found[told.below].where(found[told.below] != 0)
        yield lambda place=place, found=found: (place, digits[found.index], {c: found[c] for c in found.columns})


def _registers(frames: dict[str, Any], today: int) -> Iterator[Any]:
    for register in asked.KINDS:
        rows = _current(frames[register], today)
        for days in asked.WINDOWS:
            inside = rows[rows["happened"] >= today - days] if days else rows
            for kind in dict.fromkeys(told.kind for told in asked.of(register) if told.days == days):
                yield _grouped(
                    inside, [told for told in asked.of(register) if (told.days, told.kind) == (days, kind)], today
                )


def _current(rows: Any, today: int) -> Any:
    return rows[(rows["known"] < today) & (rows["replaced"] >= today)]


def _latest(profile: Any, today: int) -> Any:
    """The last row of each family: the frame is sorted by family and day."""
    last = _current(profile, today).groupby("family", sort=True)[list(asked.PROFILE)].last()
    return last.rename(columns={column: f"latest_{column}" for column in asked.PROFILE})


def _grouped(rows: Any, asked_of: list[asked.Windowed], today: int) -> Any:
    kind = asked_of[0].kind
    if kind:
        rows = rows[rows["kind"] == asked.KINDS[asked_of[0].register].index(kind)]
    groups = rows.groupby("family", sort=True)
    verbs = [told.verb for told in asked_of if told.verb not in ("count", "days_since")]
    found = groups["amount"].agg(verbs) if verbs else pd.DataFrame(index=groups.size().index)
    named = {told.name: found[told.verb] for told in asked_of if told.verb in verbs}
    named |= {told.name: groups.size() for told in asked_of if told.verb == "count"}
    named |= {told.name: today - groups["happened"].max() for told in asked_of if told.verb == "days_since"}
    return pd.DataFrame(named)


def _fill(found: Any) -> None:
    counted = [told.name for told in asked.WINDOWED if told.verb in ("count", "sum")]
    found[counted] = found[counted].fillna(0).astype(np.float64)


if __name__ == "__main__":
    sink.run(prepare, work)
