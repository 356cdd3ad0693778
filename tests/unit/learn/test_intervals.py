from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from tayanch.learn.intervals import Figure, Measured, draws, figure, mean_of


def test_each_draw_takes_as_many_areas_as_there_are_and_the_same_seed_the_same() -> None:
    told = draws(30, seed=5)
    assert told.shape == (2_000, 30)
    assert (told.sum(axis=1) == 30).all()
    assert np.array_equal(told, draws(30, seed=5))
    assert not np.array_equal(told, draws(30, seed=6))


def test_an_interval_is_t_times_the_deviation_of_the_replicates_cut_at_the_bounds() -> None:
    replicates = np.random.default_rng(1).normal(0.5, 0.1, 2_000)
    told = figure(Measured(0.5, replicates, 25))
    half = t.ppf(0.975, 24) * replicates.std(ddof=1)
    assert (told.low, told.high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))
    assert figure(Measured(0.02, replicates, 25)).low == 0.0
    assert figure(Measured(-0.1, replicates - 0.6, 25), low=-1.0).low == pytest.approx(-0.1 - half)


def test_under_twenty_areas_there_is_a_value_and_no_interval() -> None:
    told = figure(Measured(0.5, np.full(9, 0.5), 19))
    assert told == Figure(0.5, note="insufficient: 19 areas, 20 are needed")


def test_what_does_not_exist_is_told_in_words_never_as_nan() -> None:
    assert figure(Measured(math.nan, np.full(9, math.nan), 30)) == Figure(note="not measurable")
    often = np.r_[np.full(10, np.nan), np.full(90, 0.5)]
    assert figure(Measured(0.5, often, 30)) == Figure(0.5, note="insufficient: not measurable in many draws of areas")


def test_differences_and_means_are_taken_draw_by_draw() -> None:
    one, two = Measured(0.5, np.array([0.4, 0.6]), 30), Measured(0.3, np.array([0.2, 0.4]), 25)
    gain = one.less(two)
    assert (gain.value, gain.clusters) == (pytest.approx(0.2), 25)
    assert gain.replicates.tolist() == pytest.approx([0.2, 0.2])
    mean = mean_of([one, two, Measured(math.nan, np.full(2, np.nan), 0)])
    assert (mean.value, mean.replicates.tolist()) == (pytest.approx(0.4), pytest.approx([0.3, 0.5]))
    assert math.isnan(mean_of([]).value)


@pytest.mark.parametrize("areas", [20, 60])
def test_intervals_of_a_mean_cover_the_truth(areas: int) -> None:
    rng, weights = np.random.default_rng(areas), draws(areas, seed=1, replicates=400)
    covered = 0
    for _ in range(300):
        value = rng.normal(0.5, 0.05, areas)
        told = figure(Measured(value.mean(), weights @ value / areas, areas))
        assert told.low is not None
        assert told.high is not None
        covered += told.low <= 0.5 <= told.high
    assert 0.91 <= covered / 300 <= 0.985
