from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tayanch.errors import ReleaseError
from tayanch.learn.baselines import AS_TOLD, OneFeature, Prior, Regression
from tayanch.learn.calibrate import calibration, choose, fitted, platt
from tayanch.learn.train import Trees
from tayanch.release.calibration import AS_IT_IS
from tests.unit.learn.made import lesson


def _calibrated(candidate, chosen):
    return calibration(candidate, chosen, scorer=candidate.fit(candidate.lesson.all, chosen))


def test_the_line_is_that_of_a_regression_on_the_margin() -> None:
    rng = np.random.default_rng(1)
    margins = rng.normal(100, 7, 5_000)
    label = (rng.random(5_000) < 1 / (1 + np.exp(1 - 0.3 * (margins - 100)))).astype(float)
    found = platt(margins, label)
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit((margins - 100)[:, None], label)
    assert found.slope == pytest.approx(peer.coef_[0, 0], rel=5e-3)
    assert found.slope * 100 + found.intercept == pytest.approx(peer.intercept_[0], rel=5e-3)


def test_scores_twice_too_bold_are_brought_back() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(-1, 1, 20_000)
    label = (rng.random(20_000) < 1 / (1 + np.exp(-truth))).astype(float)
    found = platt(2 * truth, label)
    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.intercept == pytest.approx(0.0, abs=0.06)


def test_a_line_that_would_turn_the_order_round_is_refused() -> None:
    with pytest.raises(ReleaseError, match="turns the order of the families round"):
        platt(np.arange(40.0), (np.arange(40) < 20).astype(float))


def test_equal_scores_have_no_line() -> None:
    with pytest.raises(ReleaseError, match="all scores are equal"):
        platt(np.full(40, 1.5), np.arange(40) % 2.0)


def test_perfect_order_still_gives_a_finite_line() -> None:
    found = platt(np.arange(40.0), (np.arange(40) >= 20).astype(float))
    assert 0 < found.slope < 10


def test_a_learner_that_knows_nothing_ranks_but_has_no_probability() -> None:
    told = lesson()
    backwards = fitted(OneFeature(told.only(("income.n0",)), worse="higher"), AS_TOLD)
    assert backwards.calibration is None
    assert backwards.note.startswith("not calibrated: the calibration's slope is -")
    stump = Trees(told, ((("num_iterations", 1), ("min_data_in_leaf", 900)),))
    assert fitted(stump, stump.options[0]).note == "not calibrated: all scores are equal"


def test_too_few_outcomes_on_the_last_date_make_no_line() -> None:
    told = lesson()
    rare = replace(told, label=np.where(told.last, 0.0, told.label))
    with pytest.raises(ReleaseError) as refused:
        _calibrated(Regression(rare), (("C", 0.1),))
    assert str(refused.value) == "0 families with the outcome on the last date; 10 are needed: widen the cohort."


def test_a_prior_is_a_probability_as_it_is() -> None:
    assert _calibrated(Prior(lesson()), AS_TOLD) is AS_IT_IS


def test_no_familys_own_outcome_stands_behind_its_calibration() -> None:
    told = lesson(rows=600, families=60)
    seen: list[tuple[set[int], set[int]]] = []

    class Watched(Regression):
        def margins(self, x, rows, *, option):
            seen.append((set(told.part[rows]), {0, 1} - set(told.part[rows])))
            return super().margins(x, rows, option=option)

    _calibrated(Watched(told), (("C", 0.1),))
    assert [(len(learned), len(scored)) for learned, scored in seen] == [(1, 1)] * 2


def test_settings_are_chosen_by_what_earlier_dates_teach_of_the_last() -> None:
    told = lesson(rows=3_000)
    good, bad = (("num_iterations", 40),), (("num_iterations", 1), ("min_data_in_leaf", 1_400))
    assert choose(Trees(told, (bad, good))) == good
    one_date = replace(told, date=np.zeros(len(told), dtype=np.int64))
    assert choose(Trees(one_date, (bad, good))) == bad
    assert choose(Trees(replace(told, label=np.where(told.last, 1.0, told.label)), (bad, good))) == bad
