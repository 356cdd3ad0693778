"""The demo on a small simulated country, stopped again and again: it goes on, and ends with the same bytes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.project.whole_way import demo, made, start, stopped

FAMILIES = ("--families", "1000")
STOPS = (
    (3, signal.SIGKILL),
    (5, signal.SIGINT),
    (6, signal.SIGKILL),
    (8, signal.SIGKILL),
    (12, signal.SIGINT),
    (14, signal.SIGKILL),
    (10, signal.SIGKILL),
    (9, signal.SIGKILL),
)
"""Seconds after each new start, and how it is stopped."""


@pytest.mark.long
def test_stopped_at_any_stage_the_demo_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    told = demo(tmp_path / "at once", ".", *FAMILIES)
    hit = [stopped(start(tmp_path / "in pieces", ".", *FAMILIES), after, by) for after, by in STOPS]
    assert sum(hit) >= 4
    again = demo(tmp_path / "in pieces", ".", *FAMILIES)
    first, second = made(tmp_path / "at once"), made(tmp_path / "in pieces")
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert told["experiments"] == again["experiments"]
    assert len(told["experiments"]) == 4
    assert (told["families"], told["rows"], told["quarantined"]) == (
        again["families"],
        again["rows"],
        again["quarantined"],
    )
