"""Every measure against a plain second implementation, on the rows as they are and on the areas of a draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from tayanch.declare.experiments import Capacity
from tayanch.learn import metrics
from tayanch.learn.capacity import listing
from tayanch.learn.intervals import draws

AREAS = 24


def sheet_of(*, n: int = 600, unknown: float = 0.3, seed: int = 1, steps: int = 40) -> tuple[metrics.Sheet, np.ndarray]:
    """Scores with many ties, outcomes that follow them, areas, and some outcomes unknown."""
    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=n) * steps) / steps
    outcome = (rng.random(n) < 1 / (1 + np.exp(1.5 - scores))).astype(float)
    outcome[rng.random(n) < unknown] = np.nan
    return metrics.Sheet(outcome, rng.integers(0, AREAS, n), draws(AREAS, seed=seed, replicates=50)), scores


def plain_auc(outcome: np.ndarray, scores: np.ndarray, weight: np.ndarray) -> float:
    above = below = 0.0
    for i in np.flatnonzero(outcome == 1):
        for j in np.flatnonzero(outcome == 0):
            pair = weight[i] * weight[j]
            above += pair * (1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0)
            below += pair
    return above / below


def plain_calibration_error(outcome: np.ndarray, probability: np.ndarray, weight: np.ndarray) -> float:
    known = ~np.isnan(outcome)
    bin_of = np.full(len(outcome), -1)
    bin_of[known] = metrics.bins(probability[known])
    error = families = 0.0
    for b in range(10):
        rows = bin_of == b
        count = weight[rows].sum()
        if not count:
            continue
        observed = (weight[rows] * outcome[rows]).sum() / count
        gap = (weight[rows] * probability[rows]).sum() / count - observed
        noise = math.sqrt(observed * (1 - observed) / count)
        folded = abs(gap)
        if noise:
            upper = 0.5 * math.erfc(gap / noise / math.sqrt(2))
            folded = noise * math.sqrt(2 / math.pi) * math.exp(-((gap / noise) ** 2) / 2) + gap * (1 - 2 * upper)
        error += count * (2 * abs(gap) - folded)
        families += count
    return max(0.0, error / families)


def test_the_area_under_the_curve_counts_pairs_and_halves_ties() -> None:
    sheet, scores = sheet_of()
    found, known = metrics.auc(sheet, scores), sheet.known
    assert found.value == pytest.approx(plain_auc(sheet.outcome, scores, np.ones(len(scores))), abs=1e-12)
    assert found.value == pytest.approx(roc_auc_score(sheet.outcome[known], scores[known]), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_replicates_of_auc_and_average_precision_are_those_of_weighted_rows(seed: int) -> None:
    sheet, scores = sheet_of(seed=seed)
    known = sheet.known
    auc, precision = metrics.auc(sheet, scores), metrics.average_precision(sheet, scores)
    for number in (0, 7, 49):
        weight = sheet.draws[number][sheet.cluster]
        told = {"y_true": sheet.outcome[known], "y_score": scores[known], "sample_weight": weight[known]}
        assert auc.replicates[number] == pytest.approx(roc_auc_score(**told), abs=1e-12)
        assert precision.replicates[number] == pytest.approx(average_precision_score(**told), abs=1e-12)
    assert precision.value == pytest.approx(average_precision_score(sheet.outcome[known], scores[known]), abs=1e-12)


def test_average_precision_is_the_same_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet, scores = sheet_of()
    whole = metrics.average_precision(sheet, scores)
    monkeypatch.setattr(metrics, "BLOCK", 3 * 50)
    parts = metrics.average_precision(sheet, scores)
    assert parts.value == pytest.approx(whole.value, abs=1e-12)
    assert np.allclose(parts.replicates, whole.replicates, atol=1e-12)


def test_brier_and_calibration_error_are_those_of_weighted_rows() -> None:
    sheet, scores = sheet_of()
    probability, known = 1 / (1 + np.exp(1.2 - scores)), sheet.known
    brier, error = metrics.brier(sheet, probability), metrics.calibration_error(sheet, probability)
    ones = np.ones(len(scores))
    assert brier.value == pytest.approx(np.mean((probability - sheet.outcome)[known] ** 2), abs=1e-12)
    assert error.value == pytest.approx(plain_calibration_error(sheet.outcome, probability, ones), abs=1e-12)
    weight = sheet.draws[5][sheet.cluster]
    told = np.average((probability - sheet.outcome)[known] ** 2, weights=weight[known])
    assert brier.replicates[5] == pytest.approx(told, abs=1e-12)
    assert error.replicates[5] == pytest.approx(plain_calibration_error(sheet.outcome, probability, weight), abs=1e-12)


def test_the_calibration_error_of_a_true_probability_is_near_nothing_and_of_a_wrong_one_is_not() -> None:
    rng = np.random.default_rng(3)
    probability = rng.uniform(0.02, 0.5, 20_000)
    outcome = (rng.random(20_000) < probability).astype(float)
    sheet = metrics.Sheet(outcome, rng.integers(0, AREAS, 20_000), draws(AREAS, seed=1, replicates=2))
    plug_in = np.mean([abs((probability - outcome)[metrics.bins(probability) == b].mean()) for b in range(10)])
    assert metrics.calibration_error(sheet, probability).value < plug_in
    assert metrics.calibration_error(sheet, probability).value < 0.005
    assert metrics.calibration_error(sheet, probability + 0.1).value == pytest.approx(0.1, abs=0.01)


def test_precision_and_recall_at_capacity_by_hand() -> None:
    #                     listed listed tied  tied  tied  below
    scores = np.array([9.0, 8.0, 5.0, 5.0, 5.0, 1.0])
    outcome = np.array([1.0, np.nan, 1.0, 0.0, 0.0, 1.0])
    sheet = metrics.Sheet(outcome, np.zeros(6, dtype=np.int64), np.ones((1, 1)))
    listed = listing(scores, Capacity(share=0.5))
    assert listed.places == 3
    assert listed.chance.tolist() == pytest.approx([1, 1, 1 / 3, 1 / 3, 1 / 3, 0])
    assert metrics.precision_at(sheet, listed).value == pytest.approx((1 + 1 / 3) / 2)
    assert metrics.recall_at(sheet, listed).value == pytest.approx((1 + 1 / 3) / 3)


def test_equal_values_share_a_bin_and_the_rest_are_of_equal_count() -> None:
    assert metrics.bins(np.full(7, 0.3)).tolist() == [5] * 7
    assert np.bincount(metrics.bins(np.arange(100.0))).tolist() == [10] * 10


@pytest.mark.parametrize("outcome", [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [np.nan] * 3, []])
def test_what_does_not_exist_is_not_a_number_and_never_a_warning(outcome: list[float]) -> None:
    n = len(outcome)
    sheet = metrics.Sheet(np.array(outcome), np.zeros(n, dtype=np.int64), np.ones((5, 1)))
    scores = np.linspace(0.1, 0.2, n)
    assert math.isnan(metrics.auc(sheet, scores).value)
    assert np.isnan(metrics.auc(sheet, scores).replicates).all()
    if not (sheet.outcome == 1).any():
        assert math.isnan(metrics.average_precision(sheet, scores).value)
        assert math.isnan(metrics.recall_at(sheet, listing(scores, Capacity(share=0.5))).value)
    for told in (metrics.brier, metrics.calibration_error):
        assert math.isnan(told(sheet, scores).value) == (not sheet.known.any())


def test_one_row() -> None:
    sheet = metrics.Sheet(np.array([1.0]), np.array([0]), np.ones((5, 1)))
    listed = listing(np.array([0.0]), Capacity(share=0.1))
    assert metrics.precision_at(sheet, listed).value == 1.0
    assert metrics.average_precision(sheet, np.array([0.0])).value == 1.0
