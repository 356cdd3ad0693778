"""Feast: only the join of ready-made values, from the repository that `features export --feast` writes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from feast import FeatureStore, FeatureView

from benchmarks.features import asked, sink
from benchmarks.features.sink import Batch

VIEW, ZONE = "income", "Asia/Tashkent"


def prepare(folder: Path) -> tuple[Any, Any]:
    """The repository with its definitions registered, and who is asked about when: every family at every date."""
    repository = folder / "feast"
    settings = repository / "feature_store.yaml"
    settings.write_text(settings.read_text().replace("type: duckdb", f"type: {sys.argv[2]}"))
    told = importlib.util.spec_from_file_location("definitions", repository / "definitions.py")
    assert told is not None
    assert told.loader is not None
    told.loader.exec_module(definitions := importlib.util.module_from_spec(told))
    store = FeatureStore(str(repository))
    views = [value for value in vars(definitions).values() if isinstance(value, FeatureView)]
    store.apply([definitions.ENTITY, *views])
    families = pq.read_table(repository / "data" / f"{VIEW}.parquet", columns=["family"]).column("family").unique()
    dates = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)) for day in asked.DATES]
    rows = pd.MultiIndex.from_product([families.to_pylist(), dates], names=["family", "event_timestamp"])
    return store, rows.to_frame(index=False)


def work(prepared: tuple[Any, Any]) -> Iterator[Callable[[], Batch]]:
    """All at once."""
    store, rows = prepared
    found = store.get_historical_features(rows, [f"{VIEW}:{name}" for name in asked.NAMES]).to_df()
    days = found["event_timestamp"].dt.tz_convert(ZONE).dt.date
    for place, day in enumerate(asked.DATES):
        yield lambda place=place, chosen=found[days == day]: _numbers(place, chosen)


def _numbers(place: int, found: Any) -> Batch:
    digits = np.array([int(family[:16], 16) for family in found["family"]], dtype=np.uint64)
    columns = {name: found[name].to_numpy() for name in asked.NAMES}
    columns["latest_district"] = found["latest_district"].map(asked.DISTRICTS.index).to_numpy()
    return place, digits, columns


if __name__ == "__main__":
    sink.run(prepare, work)
