"""What registers announce goes the whole way: from the extract over intake to the days until it comes."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

from benchmarks.simulated import Country
from tayanch.intake.snapshot import open_snapshot
from tayanch.store.matrix import build_matrix
from tayanch.store.questions import MatrixQuestion

AS_OF, FEATURE = date(2026, 7, 1), "support.until_benefit_ends"


def days_to_the_next_end(path: Path) -> dict[str, int]:
    """By family, the days to the nearest end that was told before AS_OF; read line by line from the extract."""
    ends: dict[str, tuple[datetime, str, date]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["yuklangan_sana"] is None:  # a short row
                continue
            told = datetime.fromisoformat(row["yuklangan_sana"])
            if told.date() < AS_OF and row["muddati"]:
                version = told, row["oila_kodi"], date.fromisoformat(row["muddati"])
                ends[row["nafaqa_id"]] = max(version, ends.get(row["nafaqa_id"], version))
    found: dict[str, int] = {}
    for _, family, day in ends.values():
        if day >= AS_OF:
            found[family] = min((day - AS_OF).days, found.get(family, 10**6))
    return found


def test_days_until_a_benefit_ends_are_those_of_the_extract(country: Country, tmp_path: Path) -> None:
    project = country.work.project
    question = MatrixQuestion(
        cohort=project.cohort("families_with_school_children"),
        as_of=(AS_OF,),
        references=project.references,
        features=project.compiled((FEATURE,)),
    )
    snapshot = open_snapshot(country.work.home, project.settings.name)
    table = build_matrix(snapshot, question, tmp_path).table([FEATURE])
    told = days_to_the_next_end(country.registers / "ijtimoiy" / "nafaqalar.csv")
    expected = {name: told[code] for code, name in country.pseudonyms([*told]).items()}
    found = dict(zip(table.column("family").to_pylist(), table.column(FEATURE).to_pylist(), strict=True))
    known = {family: days for family, days in found.items() if days is not None and days == days}
    assert known == {family: days for family, days in expected.items() if family in found}
    assert 3 <= len(known) < len(found)
    assert len(set(known.values())) > 1
