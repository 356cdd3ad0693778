"""What the form of an expression says of its values, before any row is seen."""

from __future__ import annotations

import pytest

from tayanch import when, years_since
from tayanch.declare.expressions import Expression
from tayanch.store.values import never_missing, words_of
from tests.spec.registries import jobs, payments

LATEST = payments.latest(payments.amount)
BENEFIT = payments.latest(payments.benefit)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (payments.count(), True),
        (payments.exists(), True),
        (payments.distinct(payments.benefit), True),
        (payments.sum(payments.parcels), False),
        (payments.days_since(), False),
        (LATEST.missing(), True),
        (LATEST.fill(0), True),
        (payments.count() > 2, True),
        (LATEST > 2, False),
        ((payments.count() > 2) & payments.exists(), True),
        ((LATEST > 2) | payments.exists(), False),
        (~payments.exists(), True),
        (payments.count().isin([1, 2]), True),
        (when(payments.exists(), payments.count(), 0), True),
        (when(LATEST > 2, 1, 0), False),
        (payments.count() + payments.count(), False),
        (jobs.latest(years_since(jobs.born)), False),
    ],
)
def test_never_missing(node: Expression, expected: bool) -> None:
    assert never_missing(node) is expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (BENEFIT, ("child", "aid", "old_age")),
        (BENEFIT.fill("none"), ("child", "aid", "old_age", "none")),
        (BENEFIT.fill("aid"), ("child", "aid", "old_age")),
        (when(payments.exists(), "some", BENEFIT), ("some", "child", "aid", "old_age")),
        (payments.latest(payments.office), None),
        (when(payments.exists(), payments.latest(payments.office), "none"), None),
    ],
)
def test_words(node: Expression, expected: tuple[str, ...] | None) -> None:
    assert words_of(node) == expected
