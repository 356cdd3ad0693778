"""Rows that end: `ended` is kept, and a version that tells the end later takes the place of the one without."""

from datetime import date
from pathlib import Path

import pytest

from tayanch import Column, dated, registry
from tayanch.declare.registries import Registry
from tayanch.store.engine import evaluate
from tayanch.store.plan import make_plan
from tayanch.vocabulary import Moment
from tests.unit.intake.office import Office


@registry(key="id", purpose="eligibility", owner="Agency")
class benefits:
    """One benefit from a day to a day."""

    happened_on, known_at, ended = "begun", "loaded_at", dated("ended", format="%d.%m.%Y")
    monthly = Column("Amount a month.")


@registry(key="id", links="person", purpose="eligibility", owner="Employment service")
class contracts:
    """One contract from a day to a day."""

    happened_on, known_at, ended = "begun", "loaded_at", "ended"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, buckets=1)


FIRST = """
    id | family_id | begun      | loaded_at  | ended      | monthly
    b1 | A         | 2025-01-01 | 2025-01-02 |            | 400
    b2 | B         | 2025-01-01 | 2025-01-02 | 31.12.2025 | 400
"""
LATER = """
    id | family_id | begun      | loaded_at  | ended      | monthly
    b1 | A         | 2025-01-01 | 2026-03-10 | 31.01.2026 | 400
    b2 | B         | 2025-01-01 | 2025-01-02 | 31.12.2025 | 400
"""


def ends(office: Office, name: str) -> list[date | None]:
    return sorted((row["left"] for row in office.rows(name)), key=str)


def test_the_end_is_kept_and_what_is_told_later_is_a_version(office: Office) -> None:
    office.put("benefits.csv", FIRST)
    office.take("2026-03-01", benefits)
    assert ends(office, "benefits") == [date(2025, 12, 31), None]
    office.put("benefits.csv", LATER)
    (file,) = office.take("2026-04-01", benefits).delivery.files
    assert (file.kept, file.unchanged) == (2, 1)
    plan = make_plan({"now": benefits.current().count()})
    bucket = office.snapshot.bucket(0)
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 10), date(2026, 3, 11)]
    found = evaluate(bucket, plan, [Moment(day, day) for day in days])
    assert sorted(zip(*found.columns["now"].values.tolist(), strict=True)) == [(1, 0, 0, 0), (1, 1, 1, 0)]


@pytest.mark.parametrize(
    ("ended", "reason"),
    [("31.12.2024", "ended lies before begun"), ("soon", "ended is not a date"), ("31.12.9999", "")],
)
def test_an_end_that_can_not_be_is_quarantined(office: Office, ended: str, reason: str) -> None:
    office.put("benefits.csv", FIRST.replace("31.12.2025", ended))
    (file,) = office.take("2026-03-01", benefits).delivery.files
    assert dict(file.reasons) == ({reason: 1} if reason else {})


def test_persons_rows_wait_for_a_family_with_their_end(office: Office) -> None:
    office.put(
        "contracts.csv", "id | person_id | begun | loaded_at | ended\n c1 | p | 2025-01-01 | 2025-01-02 | 2025-06-30"
    )
    office.take("2026-03-01", contracts)
    (waiting,) = office.snapshot.waiting("contracts").to_pylist()
    assert waiting["left"] == date(2025, 6, 30)


def test_rows_taken_in_before_the_end_was_declared_have_none(office: Office) -> None:
    told = {"happened_on": "begun", "known_at": "loaded_at", "monthly": Column("Amount a month.")}
    before: Registry = registry(key="id", purpose="eligibility", owner="Agency")(
        type("benefits", (), {"__doc__": "One benefit.", **told})
    )
    office.put("benefits.csv", FIRST)
    office.take("2026-03-01", before)
    assert "left" not in office.snapshot.bucket(0).tables["benefits"].column_names
    office.put("benefits.csv", LATER)
    office.take("2026-04-01", benefits)
    assert ends(office, "benefits") == [date(2025, 12, 31), date(2026, 1, 31), None, None]
