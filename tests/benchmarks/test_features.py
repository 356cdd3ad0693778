"""The sixty features: every tool that runs here gives what the definition gives, and the sums would tell if not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.features import asked, bucketwise, data, declared, duckdb_best, duckdb_triage, ours, pandas_dates, race
from benchmarks.features.environments import UnavailableError
from benchmarks.features.sink import Sink, summed
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store import reference
from tayanch.vocabulary import Moment

TOP = Path(__file__).parents[2]
FAMILIES = 48
LIMIT = """
import json, sys
from pathlib import Path
from benchmarks.features import bucketwise, limit
pieces = [bucketwise.computed(limit.batches, Path(sys.argv[1]), bucket) for bucket in range(int(sys.argv[2]))]
print(json.dumps([piece.sums for piece in pieces]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few families in a snapshot, and flat."""
    made = tmp_path_factory.mktemp("features")
    data.make(data.Order(made, FAMILIES), processes=1)
    return made


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    """The snapshot there."""
    return open_snapshot(folder, data.PROJECT)


@pytest.fixture(scope="module")
def defined(snapshot: Snapshot) -> dict[str, int]:
    """The sums of the values that the definition gives."""
    question, sums = declared.question(), defaultdict[str, int](int)
    for bucket in (snapshot.bucket(number) for number in range(snapshot.buckets)):
        digits = np.array([int(family[:16], 16) for family in bucket.families], dtype=np.uint64)
        moments = [Moment(day, day) for day in asked.DATES]
        for name, values in reference.evaluate(bucket, question.expressions, moments).values.items():
            for place, told in enumerate(values):
                key = f"{place} {name.removeprefix(declared.PREFIX)}"
                sums[key] = (sums[key] + summed(digits, np.array([_number(value) for value in told]))) % 2**64
    return dict(sums)


def _number(value: Any) -> float:
    if isinstance(value, str):
        return asked.DISTRICTS.index(value)
    return float("nan") if value is None else float(value)


def test_there_are_sixty_each_with_a_name_of_its_own() -> None:
    assert len(asked.NAMES) == len({*asked.NAMES}) == len(declared.FEATURES) == 60
    assert [feature.name for feature in declared.FEATURES] == [*asked.NAMES]


def test_the_snapshot_is_one_and_has_corrections_and_retractions(snapshot: Snapshot) -> None:
    snapshot.verify()
    tables = [snapshot.bucket(number).tables for number in range(snapshot.buckets)]
    assert sum(len(snapshot.bucket(number).families) for number in range(snapshot.buckets)) == FAMILIES
    rows = [row for told in tables for name in asked.KINDS for row in told[name].to_pylist()]
    assert any(row["retracted"] for row in rows)
    keys = [row["key"] for row in rows]
    assert len(keys) > len({*keys})
    lags = {(row["known_at"].date() - row["happened_on"]).days for row in rows}
    assert min(lags) >= 0
    assert max(lags) > 30


def test_made_again_it_is_the_same_snapshot(snapshot: Snapshot, tmp_path: Path) -> None:
    assert data.make(data.Order(tmp_path, FAMILIES, flat=False), processes=1).digest == snapshot.digest


def test_ours_gives_what_is_defined(folder: Path, snapshot: Snapshot, defined: dict[str, int]) -> None:
    taken = Sink()
    for bucket in range(snapshot.buckets):
        piece = bucketwise.computed(ours.batches, folder, bucket)
        taken.add(piece.rows, piece.sums)
    assert (taken.sums, taken.rows) == (defined, FAMILIES * len(asked.DATES))


@pytest.mark.parametrize("tool", [duckdb_best, duckdb_triage, pandas_dates], ids=lambda tool: tool.__name__)
def test_a_peer_gives_what_is_defined(folder: Path, defined: dict[str, int], tool: Any) -> None:
    taken = Sink()
    for batch in tool.work(tool.prepare(folder)):
        taken.take(batch)
    assert (taken.sums, taken.rows) == (defined, FAMILIES * len(asked.DATES))


def test_the_limit_gives_what_is_defined(folder: Path, snapshot: Snapshot, defined: dict[str, int]) -> None:
    paths = os.pathsep.join(str(TOP / name) for name in ("", "src", "serving"))
    environment = {**os.environ, "PYTHONPATH": paths, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-c", LIMIT, str(folder), str(snapshot.buckets)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    taken = Sink()
    for sums in json.loads(done.stdout):
        taken.add(0, sums)
    assert taken.sums == defined


def test_the_sum_tells_every_change_but_not_the_order() -> None:
    families, values = np.arange(5, dtype=np.uint64), np.array([1.0, 2.0, 2.0, np.nan, 0.0])
    told, order = summed(families, values), np.array([3, 1, 4, 0, 2])
    assert summed(families[order], values[order]) == told
    assert summed(families, values[order]) != told
    assert summed(families, np.nextafter(values, 9.0)) != told
    assert summed(families, values.astype(object).astype(np.float32) * -1.0 * -1.0) == told


def test_values_that_are_not_ours_are_named() -> None:
    ours_told = {"sums": {"0 a": 1, "1 a": 2, "0 b": 3, "1 b": 4}}
    assert race.disagreement(ours_told, {"sums": {"0 a": 1, "1 a": 2}}) == ""
    assert race.disagreement(ours_told, {"sums": {"0 a": 1, "1 a": 2, "0 b": 3, "1 b": 5}}) == "b"
    assert race.disagreement(ours_told, {"sums": {"0 c": 1}}) == "c"


def test_a_tool_that_cant_be_installed_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def none(tool: str) -> Path:
        raise UnavailableError(f"pip can't install {tool}: no network")

    monkeypatch.setattr(race, "python_of", none)
    assert race.ran(race.Tool("polars, per date", "polars_dates", "polars", "polars"), tmp_path) is None
    assert capsys.readouterr().err == "left out: polars, per date: pip can't install polars: no network\n"


@pytest.mark.long
def test_all_tools_agree_in_one_go(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TAYANCH_FAMILIES", "200")
    monkeypatch.setattr(race, "TIMES", 1)
    assert race.main([]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["rows"], told["differ"]) == (200 * 12, [])
