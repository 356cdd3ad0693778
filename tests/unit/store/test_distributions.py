"""What a column looks like, beside a plain second calculation; and that nothing of a few families can be told."""

from __future__ import annotations

import math
import statistics
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tayanch.store.catalogue import EVERYWHERE, FEW, NO, OTHERS, QUANTILES, YES, CodeShare
from tayanch.store.distributions import (
    SHOWN,
    Places,
    Seen,
    coverages,
    distributions,
    freshness,
    hidden,
    newest,
    seen,
)
from tayanch.vocabulary import Kind

NAN = math.nan
DAY, LATER = date(2025, 1, 1), date(2025, 4, 1)


def _all(column: Seen) -> list[tuple[date, slice]]:
    return [(DAY, slice(0, len(column.numbers)))]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_what_is_hidden_can_not_be_told_from_the_rest(counts: list[int]) -> None:
    found = hidden(counts)
    told_apart = [count for count, no in zip(counts, found, strict=True) if no]
    assert all(no or count == 0 or count >= FEW for count, no in zip(counts, found, strict=True))
    assert not any(no and count == 0 for count, no in zip(counts, found, strict=True))
    if told_apart:
        assert sum(told_apart) >= FEW or sum(counts) < FEW  # else what is hidden is the total less the rest


@pytest.mark.parametrize(
    ("counts", "hides"),
    [
        ([0, 100], [False, False]),
        ([9, 100], [True, True]),
        ([10, 100], [False, False]),
        ([9, 100, 50], [True, False, True]),
        ([5, 5, 100], [True, True, False]),
        ([4, 5, 100], [True, True, True]),
        ([9], [True]),
        ([9, 0], [True, False]),
    ],
)
def test_the_smallest_of_the_others_is_hidden_too(counts: list[int], hides: list[bool]) -> None:
    assert hidden(counts).tolist() == hides


def test_numbers_are_told_by_their_quantiles() -> None:
    draw = np.random.default_rng(1)
    values = draw.lognormal(size=300).tolist() + [0.0] * 40 + [NAN] * 60
    (told,) = distributions(Seen(np.array(values)), _all(Seen(np.array(values))))
    present = [value for value in values if value == value]
    assert (told.as_of, told.families, told.codes, told.constant) == (DAY, 400, (), False)
    assert told.missing == round(60 / 400, 4)
    assert told.zero == round(40 / 400, 4)
    cut = statistics.quantiles(present, n=20, method="inclusive")
    expected = [cut[round(20 * at) - 1] for at in QUANTILES]
    assert told.quantiles == pytest.approx(expected)


@pytest.mark.parametrize(
    ("families", "shown"), [(19, ""), (20, "m"), (39, "m"), (40, "qmQ"), (99, "qmQ"), (100, "dqmQD")]
)
def test_a_quantile_has_ten_families_on_either_side(families: int, shown: str) -> None:
    column = Seen(np.arange(families, dtype=float) + 1)
    (told,) = distributions(column, _all(column))
    assert "".join(mark for mark, value in zip("dqmQD", told.quantiles, strict=True) if value is not None) == shown


def test_truths_and_codes_are_told_by_their_shares() -> None:
    truth = Seen(np.array([1.0] * 30 + [0.0] * 50 + [NAN] * 20), (NO, YES))
    (told,) = distributions(truth, _all(truth))
    assert told.codes == (CodeShare(YES, 0.3), CodeShare(NO, 0.5))
    assert (told.missing, told.zero, told.quantiles) == (0.2, None, ())
    codes = Seen(np.array([0.0] * 60 + [1.0] * 37 + [2.0] * 3), ("a", "b", "c"))
    (told,) = distributions(codes, _all(codes))
    assert told.codes == (CodeShare("a", 0.6), CodeShare("b", None), CodeShare("c", None))
    assert told.missing == 0


def test_beyond_a_dozen_codes_are_told_together_at_every_date() -> None:
    words = tuple(f"w{place:02d}" for place in range(20))
    early = [place for place in range(20) for _ in range(10 + place)]
    late = [place for place in range(20) for _ in range(30 - place)] + [19] * 1000
    column = Seen(np.array([*early, *late], dtype=float), words)
    first, second = distributions(column, [(DAY, slice(0, len(early))), (LATER, slice(len(early), None))])
    names = [code.code for code in first.codes]
    assert names == [code.code for code in second.codes]
    assert (len(names), names[-1]) == (SHOWN + 1, OTHERS)
    assert sum(code.share or 0 for code in first.codes) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("values", "constant"), [([3.0] * 10, True), ([3.0] * 9, False), ([3.0] * 9 + [4.0], False), ([NAN] * 20, False)]
)
def test_values_that_are_all_the_same_are_called_constant(values: list[float], constant: bool) -> None:
    column = Seen(np.array(values))
    assert distributions(column, _all(column))[0].constant is constant


def test_of_few_families_nothing_is_told() -> None:
    for column in (Seen(np.array([1.0, 2.0, NAN])), Seen(np.array([0.0, 1.0]), (NO, YES)), Seen(np.array([]))):
        (told,) = distributions(column, _all(column))
        assert (told.families, told.missing, told.zero) == (None, None, None)
        assert not [code for code in told.codes if code.share is not None]
        assert not [value for value in told.quantiles if value is not None]


AREAS = ("East", "North", "West")


def test_coverage_is_counted_area_by_area() -> None:
    place = np.array([0] * 50 + [1] * 100 + [2] * 5)
    there = np.array([True] * 20 + [False] * 30 + [True] * 97 + [False] * 3 + [True] * 5)
    told = coverages(there, Places(place, AREAS))
    assert [one.area for one in told] == [EVERYWHERE, *AREAS]
    assert (told[0].families, told[0].share) == (155, round(122 / 155, 4))
    assert [one.families for one in told[1:]] == [None, 100, None]  # West and, not to be told from it, East
    assert [one.share for one in told[1:]] == [
        None,
        None,
        None,
    ]  # three without a value in the North, thirty in the East
    plain = coverages(there[:150], Places(place[:150], AREAS))
    assert [one.families for one in plain[1:]] == [50, 100, 0]


def test_freshness_is_told_of_families_with_rows() -> None:
    ages = np.array([5.0, *[40.0] * 19, *[7.0] * 3, *[NAN] * 37])
    place = np.array([0] * 20 + [1] * 40)
    everywhere, east, north = freshness(ages, Places(place, AREAS[:2]))
    assert (everywhere.share, everywhere.newest, everywhere.median) == (round(23 / 60, 4), 5, 40)
    assert (east.newest, east.median) == (5, 40)
    assert (north.share, north.newest, north.median) == (None, None, None)


def test_the_newest_of_several_registers_counts() -> None:
    found = newest([np.array([1.0, NAN, NAN]), np.array([2.0, 3.0, NAN])])
    assert np.array_equal(found, np.array([1.0, 3.0, NAN]), equal_nan=True)


def test_a_column_of_a_matrix_is_read_as_numbers() -> None:
    table = pa.table(
        {
            "number": pa.array([1.5, None]),
            "truth": pa.array([1.0, 0.0]),
            "code": pa.array(["b", None]).dictionary_encode(),
            "open": pa.array(["z", "a"]),
        }
    )
    assert np.array_equal(seen(table, "number", Kind.NUMBER).numbers, [1.5, NAN], equal_nan=True)
    assert seen(table, "truth", Kind.TRUTH).words == (NO, YES)
    assert seen(table, "truth", Kind.TRUTH).word(1.0) == YES
    code = seen(table, "code", Kind.CODE)
    assert code.words == ("b",)
    assert code.there.tolist() == [True, False]
    assert seen(table, "open", Kind.CODE).numbers.tolist() == [1.0, 0.0]
    assert seen(table, "number", Kind.NUMBER).word(1.5) == "1.5"
