"""Every kind of scorer: what it computes, that it comes back from its files, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tayanch.errors import ReleaseError
from tayanch.release.additive import added_up
from tayanch.release.calibration import AS_IT_IS, Calibration, probability
from tayanch.release.inputs import Input, Inputs
from tayanch.release.scorers import (
    LightGBMScorer,
    LogisticScorer,
    PriorScorer,
    RuleScorer,
    Transform,
    scorer_files,
    scorer_from,
)
from tayanch.vocabulary import Kind, ScorerKind
from tests.unit.release.made_up import IDS, INPUTS, encoded, model_text, scorer

ONE = Inputs((Input("income.a", Kind.NUMBER),))
TWO = Inputs((Input("income.a", Kind.NUMBER), Input("housing.b", Kind.CODE, ("x", "y"))))
KINDS = tuple(ScorerKind)


@pytest.mark.parametrize("kind", KINDS)
def test_comes_back_from_its_files_and_scores_the_same_bytes(kind: ScorerKind) -> None:
    made = scorer(kind)
    files = scorer_files(made)
    back = scorer_from(kind, files)
    assert back == made
    assert scorer_files(back) == files
    assert back.margins(encoded()).tobytes() == made.margins(encoded()).tobytes()
    assert back.contributions(encoded()).tobytes() == made.contributions(encoded()).tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_scores_as_it_does_among_many(kind: ScorerKind) -> None:
    made, x = scorer(kind), encoded()
    np.testing.assert_allclose(made.margins(x[7:8]), made.margins(x)[7:8], rtol=1e-14)
    np.testing.assert_allclose(made.contributions(x[7:8]), made.contributions(x)[7:8], atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_give_no_margins(kind: ScorerKind) -> None:
    nothing = np.zeros((0, len(IDS)))
    assert scorer(kind).margins(nothing).shape == (0,)
    assert scorer(kind).contributions(nothing).shape == (0, len(IDS))


@pytest.mark.parametrize("kind", KINDS)
def test_a_family_of_which_nothing_is_known_has_a_margin(kind: ScorerKind) -> None:
    nothing = np.full((1, len(IDS)), np.nan)
    assert np.isfinite(scorer(kind).margins(nothing)).all()
    assert np.isfinite(scorer(kind).contributions(nothing)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_matrix_of_another_width_is_refused(kind: ScorerKind) -> None:
    with pytest.raises(ReleaseError) as met:
        scorer(kind).margins(np.zeros((3, 2)))
    assert str(met.value) == "a matrix of shape (3, 2) was given for 5 features: encode it with its inputs."


def test_the_rule_is_the_logit_of_the_percentile_ties_counted_half() -> None:
    x = np.array([[1.0], [2.0], [2.0], [3.0]])
    higher = RuleScorer.fitted(ONE, x, feature="income.a", worse="higher", missing=0.7)
    shares = np.array([1 / 8, 1 / 2, 1 / 2, 7 / 8])
    np.testing.assert_allclose(higher.margins(x), np.log(shares / (1 - shares)))
    lower = RuleScorer.fitted(ONE, x, feature="income.a", worse="lower", missing=0.7)
    np.testing.assert_allclose(lower.margins(x), -higher.margins(x))
    assert higher.margins(np.array([[np.nan]]))[0] == 0.7
    assert higher.base == pytest.approx(0)


def test_the_rule_keeps_the_order_between_and_beyond_its_knots() -> None:
    x = np.random.default_rng(1).lognormal(10, 2, (5000, 1))
    rule = RuleScorer.fitted(ONE, x, feature="income.a", worse="higher")
    asked = np.sort(np.random.default_rng(2).lognormal(10, 3, 500))[:, None]
    assert (np.diff(rule.margins(asked)) >= 0).all()
    assert len(rule.values) <= 1001


def test_the_prior_scores_all_alike() -> None:
    assert set(scorer(ScorerKind.PRIOR).margins(encoded())) == {-1.5}


def test_a_number_becomes_a_clipped_standard_value_and_a_column_for_missing() -> None:
    told = Transform(low=0, high=10, centre=5, spread=2)
    np.testing.assert_allclose(told.columns(np.array([3.0, 99.0, np.nan])), [[-1, 0], [2.5, 0], [0, 1]])


def test_a_code_becomes_one_column_for_each_category_and_one_for_missing() -> None:
    found = Transform(categories=2).columns(np.array([1.0, 0.0, np.nan]))
    np.testing.assert_array_equal(found, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])


def test_a_feature_missing_in_every_training_row_weighs_by_being_missing_only() -> None:
    told = Transform.fitted(ONE.items[0], np.full(3, np.nan))
    np.testing.assert_array_equal(told.columns(np.array([np.nan])), [[0, 1]])


def test_contributions_of_the_regression_are_what_differs_from_the_mean_row() -> None:
    x = np.array([[1.0, 0], [3.0, 1], [np.nan, np.nan]])
    made = LogisticScorer.fitted(
        TWO, x, transforms=(Transform(0, 1, 3, 2, 1), Transform(2)), weights=np.array([2, 1, 3, 4, 5.0]), intercept=0.5
    )
    np.testing.assert_allclose(made.margins(x), [0.5 - 2 + 3, 0.5 + 2 + 4, 0.5 + 1 + 5])
    np.testing.assert_allclose(made.contributions(x).mean(axis=0), [0, 0], atol=1e-15)
    assert made.base == pytest.approx(made.margins(x).mean())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: replace(scorer(ScorerKind.RULE), worse="up"),
            'the worse end of a rule is told as "up": known: higher, lower.',
        ),
        (
            lambda: replace(scorer(ScorerKind.RULE), feature="housing.heating"),
            "housing.heating is a code and has no order: give the rule a number.",
        ),
        (
            lambda: replace(scorer(ScorerKind.RULE), values=(1.0, 1.0), shares=(0.1, 0.2)),
            "the rule's knots don't rise, or leave (0, 1): fit the rule again.",
        ),
        (
            lambda: replace(scorer(ScorerKind.RULE), missing=np.nan),
            "the rule holds a value that is no number: fit the rule again.",
        ),
        (
            lambda: RuleScorer.fitted(ONE, np.full((3, 1), np.nan), feature="income.a", worse="lower"),
            "income.a is missing in every training row: take another feature for the rule.",
        ),
        (lambda: PriorScorer(ONE, np.inf), "a prior of log-odds inf is no number: count families of both sorts."),
        (
            lambda: LogisticScorer(ONE, (Transform(),), (1.0,), (1.0,), 0.0),
            "1 weights and 1 means stand for 2 columns of 1 features: fit the regression again.",
        ),
        (
            lambda: LogisticScorer(ONE, (Transform(),), (1.0, np.nan), (1.0, 0.0), 0.0),
            "a weight of the regression is no number: fit it again.",
        ),
        (
            lambda: LogisticScorer(TWO, (Transform(), Transform(3)), (0.0,) * 6, (0.0,) * 6, 0.0),
            "housing.b has 2 categories, its transform 3: fit the regression again.",
        ),
        (
            lambda: Transform(spread=0),
            "the transform Transform(categories=0, low=0.0, high=0.0, centre=0.0, spread=0) can't stand: "
            "fit the regression again.",
        ),
        (
            lambda: Calibration(-0.2, 0),
            "the calibration's slope is -0.2, which turns the order of the families round: look at the scorer: "
            "on the last matured date it ranks no better than chance.",
        ),
        (
            lambda: Calibration(np.nan, 0),
            "a calibration of slope nan and intercept 0 is no line: fit it on families with and without the outcome.",
        ),
        (
            lambda: added_up(np.array([[1.0], [2.0]]), base=0.5, margins=np.array([1.5, 2.6])),
            "the reasons of 1 of 2 families don't add up to the score, off by up to 0.1: don't show them; "
            "report this release with its digest.",
        ),
        (
            lambda: added_up(np.array([[np.nan]]), base=0.5, margins=np.array([1.5])),
            "the reasons of 1 of 1 families don't add up to the score, off by up to nan: don't show them; "
            "report this release with its digest.",
        ),
    ],
)
def test_what_can_t_stand_is_refused(make: Any, said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        make()
    assert str(met.value) == said


def test_calibration_keeps_probabilities_inside_0_and_1_and_the_order() -> None:
    margins = np.array([-1e4, -800.0, -1, 0, 1, 800, 1e4])
    found = Calibration(2.0, 0.5).probabilities(margins)
    assert (np.diff(found) >= 0).all()
    assert found[0] == 0
    assert found[-1] == 1
    assert probability(np.array([0.0]))[0] == 0.5
    np.testing.assert_allclose(AS_IT_IS.log_odds(margins), margins)


def damaged(kind: ScorerKind, **changed: Any) -> dict[str, bytes]:
    files = scorer_files(scorer(kind))
    told = {**json.loads(files["scorer.json"]), **changed}
    return {**files, "scorer.json": json.dumps({k: v for k, v in told.items() if v is not None}).encode()}


@pytest.mark.parametrize(
    ("kind", "files", "said"),
    [
        (ScorerKind.RULE, {}, "scorer.json: the scorer's file is not there: restore it."),
        (
            ScorerKind.RULE,
            {"scorer.json": b"{"},
            "scorer.json: it is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1): "
            "restore the file.",
        ),
        (ScorerKind.RULE, {"scorer.json": b"[]"}, "scorer.json: it holds no settings: restore the file."),
        (
            ScorerKind.LOGISTIC,
            scorer_files(scorer(ScorerKind.RULE)),
            "scorer.json: the scorer is not of the kind logistic: restore the file.",
        ),
        (
            ScorerKind.RULE,
            damaged(ScorerKind.RULE, worse=None),
            "scorer.json: it can't be read: KeyError('worse'): restore the file.",
        ),
        (
            ScorerKind.RULE,
            damaged(ScorerKind.RULE, worse="up"),
            'scorer.json: the worse end of a rule is told as "up": known: higher, lower.',
        ),
        (
            ScorerKind.LIGHTGBM,
            {"scorer.json": scorer_files(scorer(ScorerKind.LIGHTGBM))["scorer.json"]},
            "model.txt: the model text is not there: restore the file.",
        ),
        (
            ScorerKind.LIGHTGBM,
            {**scorer_files(scorer(ScorerKind.LIGHTGBM)), "model.txt": b"tree\n"},
            "model.txt: the model text is cut off or damaged: it has no beginning or no end: restore the file or make "
            "the release again.",
        ),
    ],
)
def test_files_that_hold_no_scorer(kind: ScorerKind, files: dict[str, bytes], said: str) -> None:
    with pytest.raises(ReleaseError) as met:
        scorer_from(kind, files)
    assert str(met.value) == said


def test_threads_change_nothing() -> None:
    one, two = LightGBMScorer(INPUTS, model_text()), LightGBMScorer(INPUTS, model_text(), threads=2)
    assert one.contributions(encoded()).tobytes() == two.contributions(encoded()).tobytes()
