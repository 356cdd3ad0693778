"""The intake is right: poor persons, weighted, half-year by half-year, through our own declarations and snapshot.

On the full panel (TAYANCH_DATA) the rates are INDEC's within 0.3 points; on the bundled sample they are those that were
computed from its files apart from the engine (in SQL) and recorded here.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tayanch.declare.features import Cohort, Feature
from tayanch.intake.delivery import Intake, take_in
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store.matrix import build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Length, Theme
from tests.project.families import project

ARGENTINA = project("examples/argentina")
BUNDLED = ARGENTINA.folder / "data"
OFFICIAL = ARGENTINA.folder / "features" / "reference" / "official_poverty.csv"
HalfYear = tuple[int, int]
RECORDED: Mapping[HalfYear, float] = {
    (2016, 2): 0.315136,
    (2017, 1): 0.282701,
    (2017, 2): 0.256084,
    (2018, 1): 0.296580,
    (2018, 2): 0.325660,
    (2019, 1): 0.378082,
    (2019, 2): 0.363456,
}
DAYS = tuple(Length(months=3 * n).after(date(2016, 10, 1)) for n in range(14))
"""The days after the ends of 2016T3 to 2019T4."""


@pytest.mark.skipif(not os.environ.get("TAYANCH_DATA"), reason="the full panel is not here: TAYANCH_DATA is not set")
def test_the_panel_has_the_official_poverty_rates(tmp_path: Path) -> None:
    found = _rates(_snapshot(Path(os.environ["TAYANCH_DATA"]), tmp_path), tmp_path)
    assert found == pytest.approx(_official(), abs=0.003)


def test_the_sample_has_its_recorded_poverty_rates(tmp_path: Path) -> None:
    found = _rates(_snapshot(BUNDLED, tmp_path), tmp_path)
    assert found == pytest.approx(RECORDED, abs=1e-6)


def _snapshot(folder: Path, home: Path) -> Snapshot:
    into = Intake(home, ARGENTINA.settings.name, ARGENTINA.zone, b"a key for a test")
    take_in(ARGENTINA.registries, folder, into=into, delivered=date(2022, 4, 1))
    return open_snapshot(home, ARGENTINA.settings.name)


def _rates(snapshot: Snapshot, home: Path) -> dict[HalfYear, float]:
    """Per half-year the share of persons, weighted for income, in households below the line."""
    table = build_matrix(snapshot, _question(), home / "cache").table().to_pydict()
    poor: dict[HalfYear, float] = defaultdict(float)
    everyone: dict[HalfYear, float] = defaultdict(float)
    columns = [table["as_of"], *(table[name] for name in table if name not in ("as_of", "family"))]
    for as_of, ratio, people in zip(*columns, strict=True):
        interviewed = Length(months=3).before(as_of)
        half = (interviewed.year, 1 if interviewed.month <= 6 else 2)
        everyone[half] += people
        poor[half] += people * (ratio < 1)
    return {half: poor[half] / everyone[half] for half in everyone}


def _question() -> MatrixQuestion:
    households = next(r for r in ARGENTINA.registries if r.name == "households")
    ratio = next(f for f in ARGENTINA.features if f.id == "income.ratio_to_line")
    now = households.last(months=3)
    weighted = now.latest(households.income_weight * households.members)
    told = (ratio, Feature("weighted_members", Theme.DATA_QUALITY, weighted))
    compiled = ARGENTINA.compiled((ratio.id,))
    return MatrixQuestion(
        cohort=Cohort("income_told", ~ratio.expression.missing()),
        as_of=DAYS,
        references=ARGENTINA.references,
        features=type(compiled)(told, ARGENTINA.registries, ARGENTINA.references),
    )


def _official() -> dict[HalfYear, float]:
    with OFFICIAL.open(encoding="utf-8", newline="") as lines:
        return {(int(row["year"]), int(row["half"])): float(row["poor"]) for row in csv.DictReader(lines)}
