"""From extracts to a matrix, through the real intake: the order of rows changes nothing, no delivery changes the past,
and what comes out is what the definition says of what went in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch import neighbours
from tayanch.declare.expressions import Constant, Expression
from tayanch.declare.features import Cohort, Feature, Group, compile_features
from tayanch.store import reference
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Theme
from tests.unit.intake.office import Office, members, wages
from tests.unit.intake.office import payments as told_payments

payments = replace(told_payments, silent_after=1)
REGISTRIES = (payments, members, wages)
FIRST, SECOND = date(2026, 3, 1), date(2026, 4, 1)
DATES = (date(2026, 2, 1), date(2026, 2, 28), FIRST)
"""All lie before what a second delivery can tell of: it was known from the first delivery on, or later."""
area = Group("area", payments.latest(payments.benefit))
ASKED: dict[str, Expression] = {
    "paid": payments.last(months=1).sum(payments.amount),
    "often": payments.last(days=20, ending=5).count(),
    "benefit": payments.latest(payments.benefit),
    "since": payments.where(payments.amount > 1).days_since(),
    "wages": wages.last(months=2).sum(wages.amount),
    "most": wages.max(wages.amount),
    "members": members.current().persons(),
    "usual": neighbours(wages.sum(wages.amount) + payments.count(), by=area),
}
FEATURES = tuple(Feature(name, Theme.INCOME, node) for name, node in ASKED.items())
QUESTION = MatrixQuestion(
    cohort=Cohort("everybody", Constant(True)),
    as_of=DATES,
    features=compile_features(FEATURES, REGISTRIES, ()),
    area=area,
)
HEADS = {
    "payments": "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until",
    "members": "id,family_id,person_id,joined,left_on,loaded_at",
    "wages": "person_id,month,filed_on,amount",
}
Rows = dict[str, list[str]]
"""Lines of each register's extract."""


def _days(first: date, last: date) -> st.SearchStrategy[date]:
    return st.dates(first, last)


families, persons = st.sampled_from("ABCDEFG"), st.sampled_from("PQRS")


def _rows(known: st.SearchStrategy[date]) -> st.SearchStrategy[Rows]:
    """Extracts whose rows were known on such days: back-dated ones, corrections, retractions, people who move."""
    happened = _days(date(2025, 12, 20), date(2026, 2, 27))
    gone = st.sampled_from(("", "", "1"))
    left = st.sampled_from(("", "", "2026-01-31", "2026-02-27"))
    lines = {
        "payments": st.builds(
            lambda n, family, day, at, gone, kind, paid: f"{n},{family},{day},{max(day, at)},{gone},{kind},{paid},,",
            *(st.integers(1, 9), families, happened, known, gone, st.sampled_from("112"), st.integers(1, 4)),
        ),
        "members": st.builds(
            lambda n, family, person, at, left: f"{n},{family},{person},2025-06-01,{left},{at}",
            *(st.integers(1, 6), families, persons, known, left),
        ),
        "wages": st.builds(
            lambda person, month, at, paid: f"{person},01.{month}.2026,{at},{paid}",
            *(persons, st.sampled_from(("01", "02")), known, st.integers(0, 9)),
        ),
    }
    return st.fixed_dictionaries({name: st.lists(line, max_size=12) for name, line in lines.items()})


SOUND: Rows = {
    "payments": [f"s{family},{family},2026-01-15,2026-01-16,,1,1,," for family in "ABCDEFG"],
    "members": ["s1,A,P,2025-06-01,,2025-06-02"],
    "wages": ["P,01.12.2025,2026-01-10,5"],
}
"""So that each register has a first delivery, and areas enough neighbours."""
deliveries = st.tuples(
    _rows(_days(date(2026, 1, 1), date(2026, 2, 27))), _rows(_days(date(2026, 1, 1), date(2026, 3, 31)))
)


@contextmanager
def _office(buckets: int) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        yield Office(Path(folder), buckets=buckets)


def _take(office: Office, day: date, rows: Rows) -> Matrix:
    """The matrix after one more delivery."""
    for name, lines in rows.items():
        office.put_raw(f"{name}.csv", "\n".join([HEADS[name], *lines]) + "\n")
    office.take(str(day), *REGISTRIES)
    return build_matrix(office.snapshot, QUESTION, office.home / "cache")


def _values(matrix: Matrix) -> dict[tuple[str, str], list[str]]:
    """Every cell as text, by as_of and family."""
    told = [*matrix.table().to_pylist()]
    beside = matrix.completeness().to_pylist()
    return {
        (str(row["as_of"]), row["family"]): [_said(value) for value in [*row.values(), *other.values()][2:]]
        for row, other in zip(told, beside, strict=True)
    }


def _said(value: object) -> str:
    if value is None or value != value:
        return "missing"
    return repr(float(value)) if isinstance(value, (bool, int, float)) else str(value)


def _defined(office: Office) -> dict[tuple[str, str], list[str]]:
    """What the definition says of an office with one bucket."""
    bucket = office.snapshot.bucket(0)
    told = reference.evaluate(bucket, {**QUESTION.columns}, QUESTION.moments)
    return {
        (str(day), family): [
            *(_said(told.values[f"income.{name}"][n][place]) for name in ASKED),
            *(str(day), family),
            *(_said(told.values[name][n][place]) for name in QUESTION.beside),
        ]
        for n, day in enumerate(DATES)
        for place, family in enumerate(bucket.families)
        if told.known[n][place]
    }


def assert_lawful(told: Sequence[Rows], seed: int) -> None:
    """All three laws of two deliveries."""
    first = {name: [*SOUND[name], *lines] for name, lines in told[0].items()}
    shuffled = {name: Random(seed).sample(lines, len(lines)) for name, lines in first.items()}
    with _office(3) as office, _office(1) as other:
        before, mixed = _take(office, FIRST, first), _take(other, FIRST, shuffled)
        assert mixed.digest == before.digest
        assert _values(before) == _defined(other)
        after = _take(office, SECOND, told[1])
        assert after.snapshot != before.snapshot or not any(told[1].values())
        assert after.path.read_bytes() == before.path.read_bytes()


@settings(max_examples=6)
@given(deliveries, st.integers(0, 99))
def test_extracts_become_a_matrix_lawfully(told: tuple[Rows, Rows], seed: int) -> None:
    assert_lawful(told, seed)


@pytest.mark.long
@settings(max_examples=300)
@given(deliveries, st.integers(0, 99))
def test_extracts_become_a_matrix_lawfully_at_length(told: tuple[Rows, Rows], seed: int) -> None:
    assert_lawful(told, seed)


def test_the_days_asked_about_lie_before_the_second_delivery_can_tell_of_them() -> None:
    assert max(DATES) <= FIRST < FIRST + timedelta(days=1) <= SECOND
