"""Every impossible row that the simulation planted is found by intake, and nothing sound is set aside."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import faults
from benchmarks.simulated import Country
from tayanch.simulate.papers.faults import IMPOSSIBLE, PLAUSIBLE


@pytest.fixture(scope="module")
def found(country: Country) -> faults.Compared:
    return faults.compared(country)


def test_every_impossible_row_is_quarantined_for_what_is_wrong_with_it(found: faults.Compared) -> None:
    assert found.missed == ()
    impossible = [kind for kind in found.kinds if kind.impossible]
    assert {kind.kind for kind in impossible} >= IMPOSSIBLE - {"changed_code"}  # of one region: 1,000 may have none
    assert [kind for kind in impossible if kind.quarantined != kind.planted] == []


def test_the_plausible_ones_are_kept_but_for_copies_of_a_row(found: faults.Compared) -> None:
    kept = {kind.kind: kind.planted - kind.quarantined for kind in found.kinds if not kind.impossible}
    assert kept.keys() == PLAUSIBLE
    assert kept.pop("duplicate") == 0
    assert all(count > 0 for count in kept.values())


def test_nothing_is_quarantined_that_nobody_planted(found: faults.Compared) -> None:
    assert found.beyond == {}


def test_each_kind_is_planted_in_many_registers(country: Country) -> None:
    told = pq.read_table(country.truth / "faults.parquet", columns=["register", "kind"]).to_pylist()
    registers = Counter(kind for _, kind in {(fault["register"], fault["kind"]) for fault in told})
    assert len({fault["register"] for fault in told}) >= 15
    assert registers["mistyped_number"] >= 8
    assert registers["short_row"] >= 3


def test_a_kept_impossible_row_would_be_told() -> None:
    row = {"register": "acts", "file": "a.csv", "key": "1"}
    planted = pa.Table.from_pylist(
        [
            {**row, "kind": "negative", "impossible": True},
            {**row, "kind": "negative", "impossible": True},
            {**row, "kind": "duplicate", "impossible": False},
        ]
    )
    seen = Counter({(("acts", "a.csv", "1"), "is below 0"): 1, (("acts", "a.csv", "2"), "is missing"): 3})
    found = faults.matched(planted, seen, names={"acts"})
    assert found.missed == ((("acts", "a.csv", "1"), "negative"),)
    assert found.beyond == {("acts", "is missing"): 3}
    assert [(kind.kind, kind.planted, kind.quarantined) for kind in found.kinds] == [
        ("negative", 2, 1),
        ("duplicate", 1, 0),
    ]
