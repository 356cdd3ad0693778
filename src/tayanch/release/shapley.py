"""Contributions of boosted trees, for many rows or one: exact, and additive on every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tayanch.release.columns import Matrix
from tayanch.release.lanes import Tape, U, run
from tayanch.release.tapes import base_of, write_tape
from tayanch.release.tree_text import CATEGORICAL, Tree

WIDTH = 128
"""Rows side by side: enough to make the loops long, few enough to stay in the nearest memory."""
CHUNK = 1024
"""Rows for which a tree's part of the tape is read once."""


@dataclass(frozen=True)
class Forest:
    """Trees made ready to explain. columns: how many features a row has."""

    trees: tuple[Tree, ...]
    columns: int

    @cached_property
    def base(self) -> float:
        """The mean margin by the trees' counts: what contributions are added to."""
        return base_of(self.trees)

    def contributions(self, x: Matrix, *, threads: int = 1) -> Matrix:
        """Rows × features: the exact path-dependent Shapley values of the margin. The same for a row alone or among
        others, and with any number of threads.
        """
        pieces = [x[first : first + CHUNK] for first in range(0, len(x), CHUNK)]
        if threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(threads) as workers:
                found = [*workers.map(self._explained, pieces)]
        else:
            found = [self._explained(piece) for piece in pieces]
        return np.concatenate([np.zeros((0, self.columns)), *found])

    def _explained(self, x: Matrix) -> Matrix:
        width = min(WIDTH, len(x))
        room = -(-len(x) // width) * width
        values = np.zeros((self.columns, room))
        values[:, : len(x)] = x.T
        found = np.zeros((self.columns, room))
        run(self._tape, values, self._codes(values), found, U(width))
        return np.ascontiguousarray(found[:, : len(x)].T)

    def _codes(self, values: Matrix) -> np.ndarray:
        """The values of coded features as codes; what is no code (missing, negative, too large) is the last number."""
        codes = np.zeros(values.shape, dtype=np.uint32)
        for feature in self._coded:
            column = values[feature]
            known = (column > -1) & (column < self._codes_known)
            codes[feature] = np.where(known, np.where(known, column, 0), self._codes_known)
        return codes

    @cached_property
    def _coded(self) -> tuple[int, ...]:
        return tuple(sorted({feature for tree in self.trees for feature, _ in _coded_splits(tree)}))

    @cached_property
    def _codes_known(self) -> int:
        """One more than the greatest code a split tells of."""
        return max((codes for tree in self.trees for _, codes in _coded_splits(tree)), default=0)

    @cached_property
    def _tape(self) -> Tape:
        return write_tape(self.trees, self._codes_known)


def _coded_splits(tree: Tree) -> Iterator[tuple[int, int]]:
    """The feature of each split by code, and how many codes its set has room for."""
    bounds: Sequence[int] = tree.category_bounds
    for feature, decision, threshold in zip(tree.features, tree.decisions, tree.thresholds, strict=True):
        if decision & CATEGORICAL:
            yield feature, 32 * (bounds[int(threshold) + 1] - bounds[int(threshold)])
