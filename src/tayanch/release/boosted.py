"""LightGBM's boosted trees as a scorer. Weights are text; LightGBM predicts; our own kernel gives the contributions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import lightgbm
import numpy as np

from tayanch.errors import ReleaseError
from tayanch.release.additive import added_up
from tayanch.release.columns import Matrix, Vector
from tayanch.release.inputs import Inputs
from tayanch.release.shapley import Forest
from tayanch.release.tree_text import TreeText, check_trees, read_trees
from tayanch.vocabulary import ScorerKind


@dataclass(frozen=True)
class LightGBMScorer:
    """Boosted trees for a yes/no outcome. `text` is LightGBM's own model text; `threads` are used per call."""

    inputs: Inputs
    text: str = field(repr=False)
    threads: int = 1

    kind = ScorerKind.LIGHTGBM

    def __post_init__(self) -> None:
        check_trees(self._model, self.inputs)
        self._booster  # noqa: B018  built here, so that what LightGBM refuses is refused now

    @property
    def base(self) -> float:
        """The mean margin by the trees' covers: what contributions are added to."""
        return self._forest.base

    def margins(self, x: Matrix) -> Vector:
        """Raw log-odds, one per row."""
        self.inputs.check(x)
        if not len(x):
            return np.zeros(0)
        return np.asarray(self._booster.predict(x, raw_score=True, num_threads=self.threads), dtype=np.float64)

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features: exact path-dependent Shapley values of the margin."""
        margins = self.margins(x)
        return added_up(self._forest.contributions(x, threads=self.threads), base=self.base, margins=margins)

    def to_plain(self) -> dict[str, Any]:
        """Nothing: all is in the model text."""
        return {}

    @cached_property
    def _model(self) -> TreeText:
        return read_trees(self.text)

    @cached_property
    def _forest(self) -> Forest:
        return Forest(self._model.trees, len(self.inputs.items))

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        try:
            return lightgbm.Booster(model_str=self.text)
        except (lightgbm.basic.LightGBMError, ValueError) as error:
            raise ReleaseError(
                f"LightGBM can't read the model text: {error}", do="restore the file or make the release again."
            ) from None
