"""Outcomes: true, false or unknown, as known at one day or another."""

from __future__ import annotations

from datetime import date

import numpy as np

from tayanch.store.outcomes import Outcomes, find_outcomes
from tests.unit.store.small import FALLS, keys, small_world
from tests.worlds import MemorySnapshot

ROWS = keys(
    ("2024-01-01", "A"),
    ("2024-01-01", "B"),
    ("2024-01-01", "D"),
    ("2024-01-01", "E"),
    ("2024-01-01", "nobody"),
    ("2024-07-01", "A"),
    ("2024-07-01", "D"),
)


def told(found: Outcomes) -> str:
    """The outcomes as y, n and ?."""
    return "".join("?" if not known else "yn"[not value] for known, value in zip(found.known, found.value, strict=True))


def outcomes(*known_by: date | None, buckets: int = 2) -> list[str]:
    """The outcomes of the rows as known by each day."""
    snapshot = MemorySnapshot(small_world(), buckets=buckets)
    return [told(found) for found in find_outcomes(snapshot, FALLS, ROWS, known_by=known_by)]


def test_an_outcome_is_unknown_until_its_horizon_has_passed() -> None:
    assert outcomes(date(2024, 12, 31), date(2025, 1, 1)) == ["???????", "ynn????"]


def test_not_seen_again_is_unknown_never_no() -> None:
    [found] = outcomes(date(2025, 7, 1))
    assert found[3] == "?"


def test_a_family_the_snapshot_has_not_is_unknown() -> None:
    [found] = outcomes(None)
    assert found[4] == "?"


def test_it_is_told_as_it_was_known_then() -> None:
    assert [found[2] for found in outcomes(date(2025, 3, 1), date(2025, 3, 2), None)] == ["n", "y", "y"]


def test_known_by_none_is_all_the_snapshot_knows_up_to_its_last_row() -> None:
    assert outcomes(None) == ["yny????"]


def test_a_row_known_later_ends_more_horizons() -> None:
    more = small_world(visits="        E      | v9  | 2025-06-30  | 2025-06-30 | 5 | north |")
    [found] = find_outcomes(MemorySnapshot(more), FALLS, ROWS, known_by=[None])
    assert told(found) == "yny??n?"


def test_buckets_and_company_change_nothing() -> None:
    days = (date(2025, 1, 1), None, date(2025, 3, 2), date(2025, 7, 1))
    together = outcomes(*days)
    assert together == [outcomes(day, buckets=buckets)[0] for day, buckets in zip(days, (1, 3, 4, 5), strict=True)]


def test_what_is_unknown_has_no_value() -> None:
    for found in find_outcomes(MemorySnapshot(small_world()), FALLS, ROWS, known_by=[date(2025, 1, 1), None]):
        assert not np.any(found.value & ~found.known)
        assert len(found) == len(ROWS)
