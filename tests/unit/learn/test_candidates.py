from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tayanch.declare.experiments import Rule
from tayanch.errors import LearnError, ReleaseError
from tayanch.learn.baselines import AS_TOLD, Prior, Regression, best_feature, declared_rule, ridge
from tayanch.learn.lesson import Lesson, check_labels, part_of
from tayanch.learn.train import Trees
from tayanch.release.logistic import design, fit_transforms
from tayanch.release.scorers import scorer_files
from tests.unit.learn.made import lesson

SMALL = (("num_iterations", 20), ("min_data_in_leaf", 5))


def test_a_prior_scores_everyone_the_share_with_the_outcome() -> None:
    told = lesson()
    margins = Prior(told).fit(told.all, AS_TOLD).margins(told.x)
    assert 1 / (1 + np.exp(-margins)) == pytest.approx(np.full(len(told), told.label.mean()))


def test_the_best_single_feature_is_found_with_the_end_that_needs_help() -> None:
    told = lesson()
    found = best_feature(told)
    assert (found.lesson.inputs.features, found.worse) == (("income.n0",), "lower")
    turned = replace(told, x=np.column_stack([told.x[:, 1], -told.x[:, 0], told.x[:, 2:]]))
    assert (best_feature(turned).lesson.inputs.features, best_feature(turned).worse) == (("income.n1",), "higher")


def test_the_declared_rule_reads_its_one_feature() -> None:
    told = lesson()
    rule = declared_rule(told, Rule("income.n0", "lower"))
    margins = rule.fit(told.all, AS_TOLD).margins(rule.lesson.x)
    present = ~np.isnan(told.x[:, 0])
    assert np.corrcoef(margins[present], -told.x[present, 0])[0, 1] > 0.9
    assert (margins[~present] == 0).all()


def test_codes_alone_make_no_single_feature() -> None:
    with pytest.raises(LearnError) as refused:
        best_feature(lesson(numbers=1).only(("family.c0",)))
    assert str(refused.value) == "no feature has an order, so none alone can be a rule: leave single_feature out."


@pytest.mark.parametrize("strength", [0.01, 1.0])
def test_the_regression_is_scikit_learns(strength: float) -> None:
    told = lesson()
    x = design(fit_transforms(told.inputs, told.x), told.x)
    peer = LogisticRegression(C=strength, tol=1e-10, max_iter=1_000).fit(x, told.label)
    found = ridge(np.column_stack([np.ones(len(x)), x]), told.label, penalty=1 / strength)
    assert found[0] == pytest.approx(peer.intercept_[0], abs=1e-4)
    assert found[1:] == pytest.approx(peer.coef_[0], abs=1e-4)
    scorer = Regression(told).fit(told.all, (("C", strength),))
    assert scorer.margins(told.x) == pytest.approx(peer.decision_function(x), abs=1e-3)


def test_a_regression_started_near_ends_where_one_from_nothing_does() -> None:
    told = lesson()
    option = (("C", 0.1),)
    twice = Regression(told)
    twice.fit(told.part != 0, (("C", 1.0),))
    afresh = Regression(told).fit(told.all, option)
    assert twice.fit(told.all, option).weights == pytest.approx(afresh.weights, abs=1e-7)


def test_scores_for_throwing_away_are_those_of_the_scorer() -> None:
    told = lesson()
    rows = told.part != 1
    for candidate in (Prior(told), Regression(told), Trees(told, (SMALL,)), best_feature(told)):
        option, x = candidate.options[0], candidate.lesson.x
        kept = candidate.fit(rows, option).margins(x)
        assert candidate.margins(x, rows, option=option) == pytest.approx(kept, abs=1e-7)


def test_the_regression_stands_perfect_separation_and_columns_of_nothing() -> None:
    x = np.column_stack([np.ones(40), np.linspace(-1, 1, 40), np.zeros(40)])
    found = ridge(x, (x[:, 1] > 0).astype(float), penalty=0.1)
    assert np.isfinite(found).all()
    assert found[1] > 5
    assert found[2] == 0


def test_trees_learned_twice_are_the_same_bytes_and_another_seed_gives_others() -> None:
    told = lesson()
    option = (*SMALL, ("feature_fraction", 0.5))

    def text(seed: int) -> dict[str, bytes]:
        return scorer_files(Trees(told, (option,), seed=seed).fit(told.all, option))

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_trees_of_some_rows_are_those_of_a_lesson_of_just_these_rows_up_to_their_bins() -> None:
    told = lesson(rows=3_000)
    rows = told.part != 0
    part = Lesson(told.inputs, told.x[rows], told.label[rows], told.date[rows], told.part[rows])
    shared = Trees(told, (SMALL,)).fit(rows, SMALL).margins(told.x)
    alone = Trees(part, (SMALL,)).fit(part.all, SMALL).margins(told.x)
    assert np.corrcoef(shared, alone)[0, 1] > 0.95


def test_a_monotone_direction_holds_for_every_row() -> None:
    told = lesson()
    option = (*SMALL, ("min_data_in_leaf", 5))
    scorer = Trees(told, (option,), monotone=(("income.n0", "decreasing"),)).fit(told.all, option)
    x = np.repeat(told.x[:50], 30, axis=0)
    x[:, 0] = np.tile(np.linspace(-3, 3, 30), 50)
    assert (np.diff(scorer.margins(x).reshape(50, 30), axis=1) <= 1e-12).all()


@pytest.mark.parametrize("broken", ["constant", "all missing", "one row each"])
def test_features_that_say_nothing_are_stood_by_every_candidate(broken: str) -> None:
    told = lesson(rows=6 if broken == "one row each" else 300)
    if broken == "constant":
        told = replace(told, x=np.full(told.x.shape, 1.0))
    elif broken == "all missing":
        told = replace(told, x=np.full(told.x.shape, np.nan))
    told = replace(told, label=np.arange(len(told)) % 2.0)
    for candidate in (Prior(told), Regression(told), Trees(told, (SMALL,))):
        margins = candidate.fit(told.all, candidate.options[0]).margins(told.x)
        assert np.isfinite(margins).all(), candidate.name
    one = best_feature(told)
    if broken == "all missing":
        with pytest.raises(ReleaseError, match="missing in every training row"):
            one.fit(told.all, AS_TOLD)
    else:
        assert np.isfinite(one.fit(told.all, AS_TOLD).margins(one.lesson.x)).all()


def test_a_matrix_of_one_row_is_scored() -> None:
    told = lesson()
    for candidate in (Prior(told), Regression(told), Trees(told, (SMALL,))):
        scorer = candidate.fit(told.all, candidate.options[0])
        assert scorer.margins(told.x[:1]) == pytest.approx(scorer.margins(told.x)[:1], abs=1e-12)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ([], "fold 2022-01-01: the fold 2022-01-01 has no family with a known outcome to learn from"),
        ([0.0] * 8, "fold 2022-01-01: of 8 rows to learn from, 0 are with the outcome; 2 are needed"),
        ([1.0] * 8, "fold 2022-01-01: of 8 rows to learn from, 0 are without the outcome; 2 are needed"),
        ([1.0] + [0.0] * 8, "fold 2022-01-01: of 9 rows to learn from, 1 are with the outcome; 2 are needed"),
    ],
)
def test_a_lesson_nothing_can_be_learned_from_is_refused(label: list[float], expected: str) -> None:
    with pytest.raises(LearnError) as refused:
        check_labels(np.array(label), "2022-01-01")
    assert str(refused.value) == f"{expected}: widen the cohort, or test later."


def test_a_familys_part_never_changes_and_parts_are_of_like_size() -> None:
    parts = [part_of(f"{number:032x}") for number in range(3_000)]
    assert parts[:6] == [part_of(f"{number:032x}") for number in range(6)]
    assert min(parts.count(p) for p in range(2)) > 1_400
