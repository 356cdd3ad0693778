"""A whole country at one date, ours alone: made bucket by bucket and computed bucket by bucket; minutes and memory."""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks import simulated
from benchmarks.features import bucketwise, data, ours

DEFAULT, GIB = 9_000_000, 8.0
"""Families, and the memory that all processes together may take."""


def main(folder: Path) -> int:
    """Makes TAYANCH_FAMILIES families (else nine million) and computes the sixty at the last date; 1 above 8 GiB."""
    families, processes = simulated.asked_families(DEFAULT), len(os.sched_getaffinity(0))
    print(f"{families:,} families × 60 features at one date by {processes} processes", flush=True)
    began = bucketwise.Cost.now()
    order = data.Order(folder, families, flat=False)
    data.make(order, processes=processes)
    made = bucketwise.Cost.now() - began
    print(f"  made in {made.wall / 60:.1f} minutes, {order.buckets} buckets", flush=True)
    taken = bucketwise.over_buckets(ours.at_one_date, folder, buckets=order.buckets, processes=processes, check=False)
    peak = round(taken.peak / 2**20, 2)
    print(f"  computed in {taken.cost.wall / 60:.1f} minutes, {taken.cost.cpu:.0f} s CPU, {peak} GiB all processes")
    told = {"families": families, "rows": taken.sink.rows, "peak_gib": peak, **taken.cost.plain()}
    print(json.dumps({"benchmark": "features --country", **told}))
    return 1 if peak > GIB else 0
