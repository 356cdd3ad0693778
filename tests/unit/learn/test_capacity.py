from __future__ import annotations

import itertools

import numpy as np
import pytest

from tayanch.declare.experiments import Capacity
from tayanch.learn.capacity import listing
from tayanch.learn.ties import counts, precision_orders, recall_orders


def plain_orders(scores: np.ndarray, outcome: np.ndarray, areas: np.ndarray, places: dict[int, int]) -> list[tuple]:
    """Precision and recall of the list under every order of the families, told by brute force."""
    found = []
    for order in itertools.permutations(range(len(scores))):
        ranked = sorted(order, key=lambda i: -scores[i])
        listed = [i for a, k in places.items() for i in [r for r in ranked if areas[r] == a][:k]]
        known = [i for i in listed if not np.isnan(outcome[i])]
        hits = sum(outcome[i] == 1 for i in known)
        found.append((hits, len(known), hits / (outcome == 1).sum()))
    return found


CASES = [
    ([3, 2, 2, 2, 1, 0], [1, 1, 0, 0, 1, 0], [0] * 6),
    ([2, 2, 2, 2, 2, 2], [1, 0, 0, np.nan, 1, np.nan], [0] * 6),
    ([2, 2, 1, 2, 2, 2], [1, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1]),
    ([5, 4, 3, 2, 1, 0], [1, 0, 1, np.nan, 0, 1], [0, 0, 0, 1, 1, 1]),
]


@pytest.mark.parametrize(("scores", "outcome", "areas"), CASES)
def test_worst_best_and_mean_are_those_of_all_orders(scores: list, outcome: list, areas: list) -> None:
    score, known, area = np.array(scores, float), np.array(outcome, float), np.array(areas)
    listed = listing(score, Capacity(per="area", families=2), areas=area)
    orders = plain_orders(score, known, area, dict.fromkeys(set(areas), 2))
    told, recall = precision_orders(known, listed), recall_orders(known, listed)
    precision = [hits / n for hits, n, _ in orders if n]
    assert told.worst == pytest.approx(min(precision))
    assert told.best == pytest.approx(max(precision))
    assert told.mean == pytest.approx(np.mean([h for h, _, _ in orders]) / np.mean([n for _, n, _ in orders]))
    assert recall.mean == pytest.approx(np.mean([r for *_, r in orders]))
    assert recall.deviation == pytest.approx(np.std([r for *_, r in orders]))
    assert (recall.worst, recall.best) == (min(r for *_, r in orders), max(r for *_, r in orders))
    if not np.isnan(known).any():
        assert told.deviation == pytest.approx(np.std(precision))


def test_a_share_is_rounded_half_up_and_lists_at_least_one() -> None:
    assert listing(np.arange(25.0), Capacity(share=0.1)).places == 3
    assert listing(np.arange(4.0), Capacity(share=0.1)).places == 1


def test_so_many_in_each_area_and_no_more_than_live_there() -> None:
    listed = listing(np.arange(6.0), Capacity(per="area", families=2), areas=np.array([0, 0, 0, 1, 2, 2]))
    assert listed.chance.tolist() == [0, 1, 1, 1, 1, 1]
    assert listed.places == 5


def test_so_many_of_all_without_areas() -> None:
    assert listing(np.arange(6.0), Capacity(families=2)).chance.tolist() == [0, 0, 0, 0, 1, 1]


def test_an_area_number_nobody_lives_in_lists_nobody() -> None:
    listed = listing(np.arange(3.0), Capacity(per="area", families=1), areas=np.array([0, 2, 2]))
    assert listed.chance.tolist() == [1, 0, 1]


def test_no_families_make_an_empty_list() -> None:
    listed = listing(np.zeros(0), Capacity(share=0.1))
    assert listed.places == 0
    assert counts(np.zeros(0), listed).low is None
    assert precision_orders(np.zeros(0), listed).mean is None
    assert recall_orders(np.zeros(0), listed).deviation is None


def test_counts_tell_who_is_unknown_and_what_that_leaves_open() -> None:
    told = counts(np.array([1.0, np.nan, 0.0, np.nan, 1.0]), listing(np.array([5.0, 4, 3, 2, 1]), Capacity(share=0.6)))
    assert (told.families, told.unknown, told.positive, told.listed, told.tied) == (5, 2, 2, 3, 0)
    assert (told.listed_known, told.listed_positive) == (2.0, 1.0)
    assert (told.low, told.high) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
