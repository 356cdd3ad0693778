"""LightGBM's boosted trees as a scorer. Weights are text; LightGBM predicts; one function gives the contributions."""

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
from tayanch.release.tree_text import check_trees, read_trees
from tayanch.vocabulary import ScorerKind


@dataclass(frozen=True)
class LightGBMScorer:
    """Boosted trees for a yes/no outcome. `text` is LightGBM's own model text; `threads` are used per call."""

    inputs: Inputs
    text: str = field(repr=False)
    threads: int = 1

    kind = ScorerKind.LIGHTGBM

    def __post_init__(self) -> None:
        check_trees(read_trees(self.text), self.inputs)
        self._booster  # noqa: B018  built here, so that what LightGBM refuses is refused now

    @property
    def base(self) -> float:
        """The mean margin by the trees' covers: what contributions are added to."""
        return self._base

    @cached_property
    def _base(self) -> float:
        nothing_known = np.full((1, len(self.inputs.items)), np.nan)
        return float(self._shapley(nothing_known)[0, -1])

    def margins(self, x: Matrix) -> Vector:
        """Raw log-odds, one per row."""
        self.inputs.check(x)
        if not len(x):
            return np.zeros(0)
        return np.asarray(self._booster.predict(x, raw_score=True, num_threads=self.threads), dtype=np.float64)

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features: exact path-dependent Shapley values of the margin."""
        margins = self.margins(x)
        if not len(x):
            return np.zeros(x.shape)
        return added_up(self._shapley(x)[:, :-1], base=self.base, margins=margins)

    def to_plain(self) -> dict[str, Any]:
        """Nothing: all is in the model text."""
        return {}

    @cached_property
    def _booster(self) -> lightgbm.Booster:
        try:
            return lightgbm.Booster(model_str=self.text)
        except (lightgbm.basic.LightGBMError, ValueError) as error:
            raise ReleaseError(
                f"LightGBM can't read the model text: {error}", do="restore the file or make the release again."
            ) from None

    def _shapley(self, x: Matrix) -> Matrix:
        """Rows × (features, then the base). The one place where contributions of trees come from."""
        return np.asarray(self._booster.predict(x, pred_contrib=True, num_threads=self.threads), dtype=np.float64)
