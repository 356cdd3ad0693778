"""Laws of the measures: what must hold for any scores, outcomes and areas."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from tayanch.declare.experiments import Capacity
from tayanch.learn import metrics
from tayanch.learn.capacity import listing
from tayanch.learn.intervals import draws, figure
from tayanch.learn.ties import counts, precision_orders, recall_orders

AREAS = 6
families = st.lists(
    st.tuples(
        st.integers(-4, 4),
        st.sampled_from((0.0, 1.0, float("nan"))),
        st.integers(0, AREAS - 1),
    ),
    min_size=1,
    max_size=40,
)
capacities = st.one_of(
    st.builds(lambda s: Capacity(share=s), st.floats(0.01, 0.99)),
    st.builds(lambda k: Capacity(per="area", families=k), st.integers(1, 5)),
)


def sheet(told: list[tuple[int, float, int]]) -> tuple[metrics.Sheet, np.ndarray]:
    scores, outcome, cluster = (np.array(column) for column in zip(*told, strict=True))
    return metrics.Sheet(outcome.astype(float), cluster, draws(AREAS, seed=1, replicates=20)), scores.astype(float)


@given(families)
def test_measures_of_every_draw_are_those_of_rows_counted_as_often(told: list) -> None:
    paper, scores = sheet(told)
    auc, precision = metrics.auc(paper, scores), metrics.average_precision(paper, scores)
    known = paper.known
    for number in range(5):
        weight = paper.draws[number][paper.cluster][known]
        label = paper.outcome[known]
        kept = weight > 0
        if len(np.unique(label[kept])) < 2:
            assert np.isnan(auc.replicates[number])
            continue
        rows = {"y_true": label[kept], "y_score": scores[known][kept], "sample_weight": weight[kept]}
        assert np.isclose(auc.replicates[number], roc_auc_score(**rows), atol=1e-12)
        assert np.isclose(precision.replicates[number], average_precision_score(**rows), atol=1e-12)


@given(families, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_measure(told: list, random) -> None:
    turned = list(told)
    random.shuffle(turned)
    for measure in (metrics.auc, metrics.average_precision):
        one, two = (measure(*sheet(rows)) for rows in (told, turned))
        assert np.isclose(one.value, two.value, atol=1e-12, equal_nan=True)
        assert np.allclose(one.replicates, two.replicates, atol=1e-12, equal_nan=True)


@given(families)
def test_turning_the_scores_round_turns_the_area_under_the_curve_round(told: list) -> None:
    paper, scores = sheet(told)
    there, back = metrics.auc(paper, scores).value, metrics.auc(paper, -scores).value
    assert np.isclose(there + back, 1.0, equal_nan=True) or np.isnan(there)


@given(families, capacities)
def test_a_list_fills_its_places_and_no_one_below_is_listed_before_one_above(told: list, capacity: Capacity) -> None:
    paper, scores = sheet(told)
    listed = listing(scores, capacity, areas=paper.cluster)
    assert np.isclose(listed.chance.sum(), listed.places)
    for area in np.unique(listed.area):
        here = listed.area == area
        order = np.argsort(-scores[here])
        assert (np.diff(listed.chance[here][order]) <= 0).all()


@given(families, capacities)
def test_worst_mean_and_best_come_in_this_order_within_hard_bounds(told: list, capacity: Capacity) -> None:
    paper, scores = sheet(told)
    listed = listing(scores, capacity, areas=paper.cluster)
    for orders in (precision_orders(paper.outcome, listed), recall_orders(paper.outcome, listed)):
        if orders.worst is not None and orders.best is not None and orders.mean is not None:
            assert orders.worst - 1e-9 <= orders.mean <= orders.best + 1e-9
    beside = counts(paper.outcome, listed)
    assert beside.low is not None
    assert beside.high is not None
    assert -1e-9 <= beside.low <= beside.high <= 1 + 1e-9
    measured = metrics.precision_at(paper, listed).value
    assert np.isnan(measured) or beside.low - 1e-9 <= measured <= beside.high + 1e-9


@given(families)
def test_no_figure_is_a_nan(told: list) -> None:
    paper, scores = sheet(told)
    probability = 1 / (1 + np.exp(-scores))
    for measured in (
        metrics.auc(paper, scores),
        metrics.brier(paper, probability),
        metrics.calibration_error(paper, probability),
    ):
        shown = figure(measured)
        assert shown.value is None or 0 <= shown.value <= 1
        assert shown.note
