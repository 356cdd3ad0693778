"""Bands: thresholds at capacity, what is observed, and what keeps a band from being given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tayanch.errors import ReleaseError
from tayanch.release.bands import Bands, Observed, importance, missing_share, thresholds
from tayanch.vocabulary import Band

SCORES = np.array([0.9, 0.4, 0.39, 0.3, 0.29, 0.0])
NOTHING_MISSING = np.zeros(6)


def test_inside_capacity_the_next_as_many_and_the_rest() -> None:
    soon, in_turn, usual = Band.SOON, Band.IN_TURN, Band.AS_USUAL
    assert Bands(0.4, 0.3).of(SCORES, NOTHING_MISSING) == [soon, soon, in_turn, in_turn, usual, usual]


def test_too_much_missing_gives_no_band_whatever_the_score() -> None:
    missing = np.array([0.31, 0.30, 0, 1, 0, 0.5])
    found = Bands(0.4, 0.3).of(SCORES, missing)
    assert [band is Band.CHECK_DATA for band in found] == [True, False, False, True, False, True]


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [(100, 0.1, (0.90, 0.80)), (100, 0.6, (0.40, 0.00)), (3, 0.1, (0.99, 0.98)), (1, 0.5, (0.99, 0.99))],
)
def test_thresholds_hold_the_families_inside_capacity(n: int, share: float, expected: tuple[float, float]) -> None:
    scores = np.round(0.99 - np.arange(n) / 100, 2)
    assert thresholds(np.random.default_rng(1).permutation(scores), share) == expected


def test_importance_is_the_share_of_all_contributions_by_size() -> None:
    assert importance(np.array([[3.0, -1.0], [1.0, -3.0]])) == (0.5, 0.5)
    assert importance(np.zeros((2, 2))) == (0.0, 0.0)


def test_missing_share_weighs_by_importance() -> None:
    x = np.array([[1, np.nan], [np.nan, np.nan], [0, 0]])
    np.testing.assert_allclose(missing_share(x, (0.7, 0.3)), [0.3, 1.0, 0.0])


def test_a_frequency_is_shown_when_enough_families_stand_behind_it() -> None:
    enough, few = Observed(0.342, 0.281, 0.409, 100), Observed(0.1, 0.05, 0.2, 99)
    bands = Bands(0.4, 0.3, ((Band.SOON, enough), (Band.IN_TURN, few)))
    assert bands.seen(Band.SOON) is enough
    assert bands.seen(Band.IN_TURN) is None
    assert bands.seen(Band.AS_USUAL) is None
    assert enough.of_100 == (34, 28, 41)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: Bands(0.3, 0.4),
            "bands from the scores 0.3 and 0.4 on can't stand: "
            "give two scores from 0 to 1, the one of `soon` not below the other.",
        ),
        (
            lambda: Bands(0.4, 0.3, missing_limit=0),
            "a limit of 0 missing is no share: give one above 0, up to 1.",
        ),
        (
            lambda: Observed(0.3, 0.4, 0.5, 100),
            "an observed share of 0.3 (0.4 to 0.5) can't stand: "
            "give shares from 0 to 1, the interval around the value.",
        ),
        (
            lambda: thresholds(np.zeros(0), 0.1),
            "a capacity of 0.1 of 0 families gives no bands: give a share between 0 and 1.",
        ),
        (
            lambda: thresholds(SCORES, 1.0),
            "a capacity of 1 of 6 families gives no bands: give a share between 0 and 1.",
        ),
    ],
)
def test_refused(make: Any, said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        make()
    assert str(met.value) == said
