"""The kernel's contributions are Shapley's values: as LightGBM tells them, as exact fractions, as their definition."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.release.columns import Matrix
from tayanch.release.shapley import CHUNK, Forest
from tayanch.release.tree_text import Tree, read_trees
from tests.properties.test_release_additivity import UNHURRIED, World, worlds

CODES = 40
FEATURES_DEEP = 60


def trained(world: World, *, leaves: int, rounds: int, missing: str) -> lightgbm.Booster:
    """A model of the world, missing values handled as told: nan, zero or none."""
    codes = [place for place, item in enumerate(world.inputs.items) if item.categories]
    parameters = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_child_samples": 2,
        "min_data_per_group": 1,
        "cat_smooth": 1.0,
        "max_cat_to_onehot": 2,
        "zero_as_missing": missing == "zero",
        "use_missing": missing != "none",
        "num_threads": 1,
        "verbose": -1,
    }
    data = lightgbm.Dataset(world.train, world.outcomes, categorical_feature=codes)
    return lightgbm.train(parameters, data, rounds)


MISSING = st.sampled_from(["nan", "zero", "none"])


@UNHURRIED
@given(worlds(), st.integers(2, 63), st.integers(1, 12), MISSING)
def test_as_lightgbm_tells_them(world: World, leaves: int, rounds: int, missing: str) -> None:
    check_against_lightgbm(world, trained(world, leaves=leaves, rounds=rounds, missing=missing))


@settings(UNHURRIED, max_examples=3)
@given(worlds(), MISSING)
def test_of_many_trees_too(world: World, missing: str) -> None:
    check_against_lightgbm(world, trained(world, leaves=31, rounds=300, missing=missing))


def check_against_lightgbm(world: World, booster: lightgbm.Booster) -> None:
    odd = np.where(np.random.default_rng(world.seed).random(world.others.shape) < 0.2, 0.0, world.others)
    x = np.vstack([world.others, odd, -odd, np.full((1, odd.shape[1]), np.nan), np.full((1, odd.shape[1]), 1e6)])
    told = np.asarray(booster.predict(x, pred_contrib=True, num_threads=1))
    forest = Forest(read_trees(booster.model_to_string()).trees, x.shape[1])
    found = forest.contributions(x)
    scale = max(1.0, float(np.abs(told).max()))
    assert np.abs(found - told[:, :-1]).max() <= 1e-9 * scale
    assert abs(forest.base - told[0, -1]) <= 1e-9 * scale


@st.composite
def trees(draw: st.DrawFn, *, features: int, leaves: int, deep: bool = False) -> Tree:
    """A tree nobody trained: any shape, any rule, features tested again and again; or, if `deep`, one long path."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    number = draw(st.integers(2, leaves)) if not deep else leaves
    left, right = [0] * (number - 1), [0] * (number - 1)
    hooks: list[tuple[list[int], int]] = [(left, 0), (right, 0)]
    for node in range(1, number - 1):
        side, place = hooks.pop(-1 if deep else int(random.integers(len(hooks))))
        side[place] = node
        hooks += [(left, node), (right, node)]
    for leaf, (side, place) in enumerate(hooks):
        side[place] = ~leaf
    tested = random.permutation(features)[: number - 1] if deep else random.integers(0, features, number - 1)
    decisions = random.choice([1, 0, 2, 4, 6, 8, 10], number - 1)
    sets = int((decisions == 1).sum())
    thresholds = np.where(decisions == 1, np.maximum(np.cumsum(decisions == 1) - 1, 0), random.normal(size=number - 1))
    leaf_counts = random.integers(1, 50, number)
    return Tree(
        features=tuple(tested.tolist()),
        thresholds=tuple(thresholds.tolist()),
        decisions=tuple(decisions.tolist()),
        left=tuple(left),
        right=tuple(right),
        leaf_values=tuple(random.normal(size=number).tolist()),
        leaf_counts=tuple(leaf_counts.tolist()),
        inner_counts=tuple(_counts(left, right, leaf_counts.tolist())),
        category_bounds=tuple(range(0, 2 * sets + 1, 2)) if sets else (),
        category_bits=tuple(random.integers(0, 2**32, 2 * sets).tolist()),
    )


def _counts(left: list[int], right: list[int], leaves: list[int]) -> list[int]:
    counts = [0] * len(left)
    for node in reversed(range(len(left))):
        counts[node] = sum(leaves[~c] if c < 0 else counts[c] for c in (left[node], right[node]))
    return counts


def rows_for(tree: Tree, features: int, seed: int, rows: int = 4) -> Matrix:
    """Rows with values near the thresholds, zeros, missing ones, and codes known and unknown."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, features))
    x[random.random(x.shape) < 0.2] = 0.0
    x[random.random(x.shape) < 0.2] = np.nan
    x[random.random(x.shape) < 0.1] *= 1e-36
    coded = {f for f, decision in zip(tree.features, tree.decisions, strict=True) if decision == 1}
    for feature in coded:
        codes = random.choice([*range(CODES), -1, 70, 10_000], rows).astype(float)
        x[:, feature] = np.where(np.isnan(x[:, feature]), np.nan, codes)
    return x


def goes_left(tree: Tree, split: int, value: float) -> bool:
    """As LightGBM's documentation and text format say."""
    decision, threshold = tree.decisions[split], tree.thresholds[split]
    if decision & 1:
        if math.isnan(value) or value <= -1:
            return False
        start, end = tree.category_bounds[int(threshold)], tree.category_bounds[int(threshold) + 1]
        word, bit = divmod(int(value), 32)
        return word < end - start and bool(tree.category_bits[start + word] >> bit & 1)
    missing = decision >> 2 & 3
    if missing != 2 and math.isnan(value):
        value = 0.0
    if (missing == 2 and math.isnan(value)) or (missing == 1 and abs(value) <= float(np.float32(1e-35))):
        return bool(decision & 2)
    return value <= threshold


def paths(tree: Tree, row: list[float]) -> list[tuple[Fraction, dict[int, tuple[Fraction, bool]]]]:
    """Of each leaf its value, and by feature the share of training rows that pass, and whether the row does."""
    found: list[tuple[Fraction, dict[int, tuple[Fraction, bool]]]] = []
    todo: list[tuple[int, dict[int, tuple[Fraction, bool]]]] = [(0, {})]
    while todo:
        node, met = todo.pop()
        if node < 0:
            found.append((Fraction(tree.leaf_values[~node]), met))
            continue
        feature = tree.features[node]
        left = goes_left(tree, node, row[feature])
        share, passes = met.get(feature, (Fraction(1), True))
        for child, side in ((tree.left[node], True), (tree.right[node], False)):
            count = tree.leaf_counts[~child] if child < 0 else tree.inner_counts[child]
            ratio = Fraction(count, tree.inner_counts[node])
            todo.append((child, {**met, feature: (share * ratio, passes and left is side)}))
    return found


def by_integral(tree: Tree, row: list[float], features: int) -> list[Fraction]:
    """The contributions as exact fractions: of each leaf the integrals of polynomials, coefficient by coefficient."""
    found = [Fraction(0)] * features
    for value, met in paths(tree, row):
        product = [Fraction(1)]
        for z, o in met.values():
            slope = int(o) - z
            product = [a * z + b * slope for a, b in zip([*product, Fraction(0)], [Fraction(0), *product], strict=True)]
        for feature, (z, o) in met.items():
            integral, rest = Fraction(0), Fraction(0)
            for power, coefficient in enumerate(product[:-1]):  # of the product without this feature
                rest = (coefficient - rest * (int(o) - z)) / z
                integral += rest / (power + 1)
            found[feature] += value * (int(o) - z) * integral
    return found


def by_definition(tree: Tree, row: list[float], features: int) -> list[Fraction]:
    """Shapley's values as they are defined: over all sets of features that could be known before."""
    leaves = paths(tree, row)

    def worth(known: frozenset[int]) -> Fraction:
        return sum(
            (v * math.prod((int(o) if f in known else z) for f, (z, o) in met.items()) for v, met in leaves),
            Fraction(0),
        )

    found = [Fraction(0)] * features
    for feature in range(features):
        others = [f for f in range(features) if f != feature]
        for size in range(features):
            weight = Fraction(1, features * math.comb(features - 1, size))
            for known in map(frozenset, combinations(others, size)):
                found[feature] += weight * (worth(known | {feature}) - worth(known))
    return found


@UNHURRIED
@given(st.data(), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_as_they_are_defined(data: st.DataObject, features: int, seed: int) -> None:
    tree = data.draw(trees(features=features, leaves=9))
    x = rows_for(tree, features, seed, rows=2)
    found = Forest((tree,), features).contributions(x)
    for row, told in zip(x.tolist(), found, strict=True):
        exact = by_definition(tree, row, features)
        assert exact == by_integral(tree, row, features)
        np.testing.assert_allclose(told, [float(value) for value in exact], atol=1e-12)


@settings(UNHURRIED, max_examples=25)
@given(st.data(), st.integers(0, 2**32 - 1))
def test_many_tests_of_few_features(data: st.DataObject, seed: int) -> None:
    tree = data.draw(trees(features=7, leaves=40))
    x = rows_for(tree, 7, seed)
    found = Forest((tree,), 7).contributions(x)
    for row, told in zip(x.tolist(), found, strict=True):
        np.testing.assert_allclose(told, [float(v) for v in by_integral(tree, row, 7)], atol=1e-11)


@pytest.mark.parametrize("leaves", [12, 41, pytest.param(FEATURES_DEEP, marks=pytest.mark.long)])
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@settings(UNHURRIED, max_examples=2)
def test_long_paths(leaves: int, data: st.DataObject, seed: int) -> None:
    tree = data.draw(trees(features=FEATURES_DEEP, leaves=leaves, deep=True))
    x = rows_for(tree, FEATURES_DEEP, seed, rows=1)
    (told,) = Forest((tree,), FEATURES_DEEP).contributions(x)
    exact = [float(value) for value in by_integral(tree, x[0].tolist(), FEATURES_DEEP)]
    np.testing.assert_allclose(told, exact, atol=1e-12)


@settings(UNHURRIED, max_examples=25)
@given(st.data(), st.integers(1, 300), st.integers(1, CHUNK + 200))
def test_a_row_alone_or_among_others_by_one_thread_or_more(data: st.DataObject, number: int, rows: int) -> None:
    some = tuple(data.draw(trees(features=6, leaves=9)) for _ in range(min(number, 3)))
    forest = Forest(tuple(some[n % len(some)] for n in range(number)), 6)
    coded = {f for tree in some for f, d in zip(tree.features, tree.decisions, strict=True) if d == 1}
    x = np.random.default_rng(rows).normal(size=(rows, 6))
    x[:, sorted(coded)] = np.abs(np.rint(x[:, sorted(coded)] * 9))
    together = forest.contributions(x)
    assert forest.contributions(x, threads=3).tobytes() == together.tobytes()
    for place in {0, rows // 2, rows - 1}:
        assert forest.contributions(x[place : place + 1]).tobytes() == together[place : place + 1].tobytes()


def test_a_tree_of_one_leaf_adds_to_the_base_alone() -> None:
    leaf = Tree((), (), (), (), (), (0.25,), (), (), (), ())
    forest = Forest((leaf, leaf), 3)
    assert forest.base == 0.5
    assert forest.contributions(np.ones((2, 3))).tolist() == [[0.0] * 3] * 2
    assert forest.contributions(np.ones((0, 3))).shape == (0, 3)
