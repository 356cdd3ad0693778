"""featuretools: of each date what is known then as an entity set, and a matrix of features for each window.

It has one time for a row, so what was known at a date is chosen before it sees them; it can tell forty of the sixty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import featuretools
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from featuretools.primitives import Count, Max, Mean, Sum

from benchmarks.features import asked, sink
from benchmarks.features.sink import Batch, families_of

EPOCH = date(1970, 1, 1)
VERBS = {"sum": Sum, "mean": Mean, "max": Max}
TOLD = tuple(
    told for told in asked.WINDOWED if told.verb != "days_since" and (told.register != "visits" or told.kind is None)
)


def prepare(folder: Path) -> tuple[dict[str, Any], Any]:
    """The registers as frames; and the families' digits."""
    return {name: _frame(folder / "flat" / name) for name in asked.KINDS}, families_of(folder)


def _frame(files: Path) -> Any:
    table = pq.read_table(files)
    days = {name: table.column(name).cast("int32").to_numpy() for name in ("known", "replaced")}
    happened = table.column("happened").cast("timestamp[ns]").to_numpy()
    rest = {name: table.column(name).to_numpy() for name in ("family", "kind", "amount")}
    amount = {"amount": rest["amount"].astype(np.float64)}
    return pd.DataFrame(rest | amount | days | {"happened": happened, "row": np.arange(len(happened))})


def work(prepared: tuple[dict[str, Any], Any]) -> Iterator[Callable[[], Batch]]:
    """A date after the other."""
    frames, digits = prepared
    for place, day in enumerate(asked.DATES):
        known = _known(frames, (day - EPOCH).days, families=len(digits))
        found = pd.concat([_window(known, day, days) for days in asked.WINDOWS], axis=1)
        yield lambda place=place, found=found: (place, digits[found.index], {c: found[c] for c in found.columns})


def _known(frames: dict[str, Any], today: int, *, families: int) -> Any:
    """What counts at a date."""
    known = featuretools.EntitySet("known")
    known.add_dataframe(pd.DataFrame({"family": np.arange(families)}), "families", index="family")
    for register, rows in frames.items():
        current = rows[(rows["known"] < today) & (rows["replaced"] >= today)].drop(columns=["known", "replaced"])
        known.add_dataframe(current, register, index="row", time_index="happened")
        known.add_relationship("families", "family", register, "family")
    return known


def _window(known: Any, day: date, days: int | None) -> Any:
    asked_of = [told for told in TOLD if told.days == days]
    found = featuretools.calculate_feature_matrix(
        [_feature(known, told) for told in asked_of],
        known,
        cutoff_time=pd.Timestamp(day),
        training_window=f"{days} days" if days else None,
        include_cutoff_time=False,
    )
    counted = [told.name for told in asked_of if told.verb in ("count", "sum")]
    found[counted] = found[counted].fillna(0)
    return found


def _feature(known: Any, told: asked.Windowed) -> Any:
    rows = known[told.register].ww
    where = None
    if told.kind:
        where = featuretools.Feature(rows["kind"]) == asked.KINDS[told.register].index(told.kind)
    of = rows["row"] if told.verb == "count" else rows["amount"]
    made = featuretools.Feature(
        of, parent_dataframe_name="families", primitive=VERBS.get(told.verb, Count), where=where
    )
    return made.rename(told.name)


if __name__ == "__main__":
    sink.run(prepare, work)
