"""Who counts as in hardship in truth, month by month; and that every family of the registers is found there."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow.parquet as pq

from benchmarks.simulated import Country
from benchmarks.truth import Hardship
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn.arrays import Floats

AS_OF = date(2024, 2, 1)
MONTHS = {
    #              before  the twelve months from February 2024 on   after
    "three":      "0       111000000000                              0",
    "two":        "0       110000000000                              1",
    "apart":      "0       100001000001                              0",
    "before too": "1       111111000000                              0",
    "later":      "0       000000000000                              1",
    "gone soon":  "0       111---------                              -",
    "gone":       "1       ------------                              -",
    "begun":      "-       000111000000                              0",
}  # fmt: skip


def test_three_months_of_twelve_are_hardship() -> None:
    told = ["".join(months.split()) for months in MONTHS.values()]
    state = np.array([[-1 if month == "-" else int(month) for month in row] for row in told], dtype=np.int8)
    hardship = Hardship({}, state, np.datetime64("2024-01"), np.zeros(len(told), dtype=np.int64))
    every = np.arange(len(told))
    assert _by_name(hardship.within_a_year(every, AS_OF, entry=False)) == {
        **dict.fromkeys(("three", "apart", "before too", "gone soon", "begun"), 1),
        **dict.fromkeys(("two", "later"), 0),
        "gone": None,
    }
    assert _by_name(hardship.within_a_year(every, AS_OF, entry=True)) == {
        **dict.fromkeys(("three", "apart", "gone soon", "begun"), 1),
        **dict.fromkeys(("two", "later"), 0),
        **dict.fromkeys(("before too", "gone"), None),
    }


def _by_name(found: Floats) -> dict[str, float | None]:
    return {name: None if np.isnan(one) else one for name, one in zip(MONTHS, found.tolist(), strict=True)}


def test_every_family_of_the_registers_is_one_of_the_truth(country: Country) -> None:
    hardship = Hardship.of(country)
    snapshot = open_snapshot(country.work.home, country.work.project.settings.name)
    known = {family for number in range(snapshot.buckets) for family in snapshot.bucket(number).families}
    assert known <= hardship.row.keys()
    assert len(known) > 0.98 * len(hardship.row)
    told = pq.read_table(country.truth / "hardship.parquet", columns=["hardship"]).column("hardship").to_numpy()
    assert (hardship.state >= 0).sum() == len(told)
    assert (hardship.state == 1).sum() == told.sum()
