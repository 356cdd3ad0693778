"""Trees written out as a tape for the kernel: exact path-dependent Shapley values (TreeSHAP) of LightGBM's trees.

For a leaf of value v whose path tests d different features, let z_j be the share of training rows that pass the tests
of feature j (the product of child ÷ parent counts over its splits) and o_j 1 where the row passes them all, else 0.
Shapley's weights are a Beta integral, so that feature j is given, of this leaf,

    v (o_j − z_j) ∫₀¹ Π_{k≠j} ( z_k (1 − t) + o_k t ) dt.

The integrand is a polynomial of degree d − 1: Gauss and Legendre's rule with d/2 nodes is exact, all its terms are
positive, and nothing is lost to cancelling. With g_k = z_k (1 − t) + o_k t at a node, the product over all features is
shared by the leaves below a branch: going down multiplies by g; what comes back, the sum S of the leaves' v Π g, leaves
S (o_j − z_j) / g_j times the node's weight with the branch's feature. Where a feature is tested again further down, its
g and its share there replace those above: the branch multiplies by their quotient and leaves their difference.
(Lundberg, Erion and Lee 2018 for the values; Yu, Xu, Rosenberg and Zhang 2022, "Linear TreeShap", for sharing along the
tree by polynomials.)

As o is 0 or 1, each factor is one number plus o times another; the kernel multiplies and never branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from tayanch.release.columns import Vector
from tayanch.release.lanes import (
    BY_CODE,
    DECIDE,
    DOWN,
    FACTORS,
    LEAF,
    NAN_LEFT,
    NAN_RIGHT,
    NAN_ZERO,
    UP,
    ZERO_LEFT,
    ZERO_RIGHT,
    Tape,
)
from tayanch.release.tree_text import CATEGORICAL, Tree

DEFAULT_LEFT, MISSING_ZERO, MISSING_NAN = 2, 4, 8
"""Bits of LightGBM's decision_type."""
WORD = 32


@dataclass(frozen=True)
class Above:
    """A branch on the path whose feature is met again. depth: where it begins. passed: the share of rows, its z."""

    depth: int
    passed: float


@dataclass
class _Writer:
    """A tape being written. codes: one more than the greatest code that is looked up."""

    codes: int
    steps: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    starts: list[int] = field(default_factory=lambda: [0])
    pairs: list[int] = field(default_factory=list[int])
    factors: list[Any] = field(default_factory=list[Any])
    rules: list[int] = field(default_factory=list[int])
    thresholds: list[float] = field(default_factory=list[float])
    sets: list[int] = field(default_factory=list[int])
    lefts: list[Any] = field(default_factory=list[Any])
    place: int = 0
    deepest: int = 0

    def add(self, tree: Tree) -> None:
        """Writes a tree."""
        pairs = -(-most_features(tree) // 4)
        walk = _Walk(self, tree, *nodes(2 * pairs))
        walk.split(0, 0, {})
        self.pairs.append(pairs)
        self.starts.append(len(self.steps))

    def decide(self, tree: Tree, split: int, depth: int) -> None:
        """Writes how a split decides."""
        rule = rule_of(tree.decisions[split])
        self.steps.append((int(DECIDE), depth, len(self.rules), tree.features[split], 0, 0))
        self.rules.append(rule)
        self.thresholds.append(tree.thresholds[split])
        self.sets.append(len(self.lefts) * self.codes)
        if rule == BY_CODE:
            self.lefts.append(codes_left(tree, split, self.codes))
        self.deepest = max(self.deepest, depth)

    def branch(self, factors: Any) -> int:
        """Keeps a branch's factors; gives their place."""
        here = self.place
        self.factors.append(factors)
        self.place += len(factors) // 2 * int(FACTORS)
        return here

    def tape(self) -> Tape:
        """All that was written."""
        number = np.uint64
        return Tape(
            steps=np.array(self.steps, dtype=number).reshape(-1, 6),
            starts=np.array(self.starts, dtype=number),
            pairs=np.array(self.pairs, dtype=number),
            factors=np.concatenate([np.zeros(0), *(told.reshape(-1) for told in self.factors)]),
            rules=np.array(self.rules, dtype=number),
            thresholds=np.array(self.thresholds, dtype=np.float64),
            sets=np.array(self.sets, dtype=number),
            lefts=np.concatenate([*self.lefts, np.zeros(self.codes)]),
            deepest=number(self.deepest + 1),
            widest=number(max(self.pairs, default=0)),
        )


@dataclass(frozen=True)
class _Walk:
    """One tree being walked, with the quadrature's nodes and weights."""

    writer: _Writer
    tree: Tree
    nodes: Vector
    weights: Vector

    def split(self, split: int, depth: int, above: dict[int, Above]) -> None:
        """Writes a split and all below it."""
        tree = self.tree
        self.writer.decide(tree, split, depth)
        feature = tree.features[split]
        before = above.get(feature)
        for right, child in enumerate((tree.left[split], tree.right[split])):
            passed = (before.passed if before else 1.0) * rows_at(tree, child) / tree.inner_counts[split]
            factors = self._factors(passed, before)
            if child < 0:
                factors[:, :3] *= tree.leaf_values[~child]
            place = self.writer.branch(factors)
            told = (depth, place, feature, before.depth + 1 if before else 0, right)
            if child < 0:
                self.writer.steps.append((int(LEAF), *told))
                continue
            self.writer.steps.append((int(DOWN), *told))
            self.split(child, depth + 1, {**above, feature: Above(depth, passed)})
            self.writer.steps.append((int(UP), *told))

    def _factors(self, passed: float, before: Above | None) -> Any:
        """Of each node six numbers: what the branch multiplies by, and what it leaves, each as a number, what passing
        here adds to it, and what passing above (but not here) adds.
        """
        own = self._of(passed)
        nothing = np.zeros_like(self.nodes)
        if before is None:
            return np.column_stack([own.failed, own.met - own.failed, nothing, own.lost, own.won - own.lost, nothing])
        then = self._of(before.passed)
        failed, half, met = own.failed / then.failed, own.failed / then.met, own.met / then.met
        lost, middle, won = own.lost - then.lost, own.lost - then.won, own.won - then.won
        return np.column_stack([failed, met - half, half - failed, lost, won - middle, middle - lost])

    def _of(self, passed: float) -> _Share:
        failed = passed * (1 - self.nodes)
        met = failed + self.nodes
        return _Share(failed, met, -self.weights / (1 - self.nodes), self.weights * (1 - passed) / met)


@dataclass(frozen=True)
class _Share:
    """A feature's g at every node where its tests are failed and met, and what (o − z) / g times the weight is then."""

    failed: Vector
    met: Vector
    lost: Vector
    won: Vector


def write_tape(trees: Sequence[Tree], codes: int) -> Tape:
    """The tape of trees whose codes lie below `codes`."""
    writer = _Writer(codes + 1)
    for tree in trees:
        if tree.features:
            writer.add(tree)
    return writer.tape()


def base_of(trees: Sequence[Tree]) -> float:
    """What the contributions are added to: the mean margin by the trees' counts."""
    return float(sum(_mean(tree) for tree in trees))


def _mean(tree: Tree) -> float:
    if not tree.features:
        return tree.leaf_values[0]
    return float(np.dot(np.array(tree.leaf_counts) / tree.inner_counts[0], tree.leaf_values))


def rows_at(tree: Tree, child: int) -> int:
    """How many training rows came to a split, or to a leaf (below 0)."""
    return tree.leaf_counts[~child] if child < 0 else tree.inner_counts[child]


def most_features(tree: Tree) -> int:
    """How many different features the path with the most of them tests."""
    most, open_paths = 1, [(0, frozenset[int]())]
    while open_paths:
        split, met = open_paths.pop()
        met |= {tree.features[split]}
        most = max(most, len(met))
        open_paths.extend((child, met) for child in (tree.left[split], tree.right[split]) if child >= 0)
    return most


@lru_cache(maxsize=256)
def nodes(count: int) -> tuple[Vector, Vector]:
    """Gauss and Legendre's nodes and weights on [0, 1], exact for polynomials of a degree below 2 · count."""
    found, weights = np.polynomial.legendre.leggauss(count)
    return (found + 1) / 2, weights / 2


def rule_of(decision: int) -> int:
    """How a split decides, told by LightGBM's decision_type."""
    if decision & CATEGORICAL:
        return int(BY_CODE)
    to_left = bool(decision & DEFAULT_LEFT)
    if decision & MISSING_NAN:
        return int(NAN_LEFT if to_left else NAN_RIGHT)
    if decision & MISSING_ZERO:
        return int(ZERO_LEFT if to_left else ZERO_RIGHT)
    return int(NAN_ZERO)


def codes_left(tree: Tree, split: int, codes: int) -> Vector:
    """1 for each code that goes left, the last being no code, which goes right."""
    place = int(tree.thresholds[split])
    bits = tree.category_bits[tree.category_bounds[place] : tree.category_bounds[place + 1]]
    left = np.zeros(codes)
    for code in range(min(codes - 1, len(bits) * WORD)):
        left[code] = bits[code // WORD] >> code % WORD & 1
    return left
