"""Scorers without a learner: the simple rule of one feature, and the prior that scores all alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tayanch.errors import ReleaseError, nearest
from tayanch.release.additive import added_up
from tayanch.release.columns import Matrix, Vector
from tayanch.release.inputs import Inputs
from tayanch.vocabulary import Kind, ScorerKind

WORSE = {"higher": 1.0, "lower": -1.0}
KNOTS = 1001


@dataclass(frozen=True)
class RuleScorer:
    """One feature orders the families. Margin = ± logit of the value's percentile among the training rows.

    worse: "higher" or "lower", which end needs help.
    values, shares: knots, both increasing: a value and the share of training rows below it, ties counted half.
    missing: the margin where the feature is missing. base: the mean margin in training.
    """

    inputs: Inputs
    feature: str
    worse: str
    values: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float
    base: float

    kind = ScorerKind.RULE

    def __post_init__(self) -> None:
        if self.worse not in WORSE:
            raise ReleaseError(f'the worse end of a rule is told as "{self.worse}"', do=nearest(self.worse, WORSE))
        if self.inputs.items[self.place].kind is Kind.CODE:
            raise ReleaseError(f"{self.feature} is a code and has no order", do="give the rule a number.")
        rising = bool(np.all(np.diff(self.values) > 0) and np.all(np.diff(self.shares) > 0))
        inside = all(0 < share < 1 for share in self.shares)
        if not (self.values and len(self.values) == len(self.shares) and rising and inside):
            raise ReleaseError("the rule's knots don't rise, or leave (0, 1)", do="fit the rule again.")
        if not np.isfinite([*self.values, self.missing, self.base]).all():
            raise ReleaseError("the rule holds a value that is no number", do="fit the rule again.")

    @classmethod
    def fitted(cls, inputs: Inputs, x: Matrix, *, feature: str, worse: str, missing: float = 0.0) -> RuleScorer:
        """The rule with percentiles among the rows of an encoded training matrix.

        Raises:
            ReleaseError: when the feature is nowhere present there.
        """
        column = x[:, inputs.place(feature)]
        present = np.sort(column[~np.isnan(column)])
        if not len(present):
            raise ReleaseError(f"{feature} is missing in every training row", do="take another feature for the rule.")
        values = np.unique(np.quantile(present, np.linspace(0, 1, KNOTS), method="nearest"))
        shares = (np.searchsorted(present, values) + np.searchsorted(present, values, "right")) / (2 * len(present))
        made = cls(inputs, feature, worse, tuple(values.tolist()), tuple(shares.tolist()), missing, 0.0)
        return cls(inputs, feature, worse, made.values, made.shares, missing, float(made.margins(x).mean()))

    @cached_property
    def place(self) -> int:
        """The column of the feature."""
        return self.inputs.place(self.feature)

    def margins(self, x: Matrix) -> Vector:
        """Raw log-odds, one per row."""
        self.inputs.check(x)
        column = x[:, self.place]
        share = np.interp(column, self.values, self.shares)
        return np.where(np.isnan(column), self.missing, WORSE[self.worse] * np.log(share / (1.0 - share)))

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features: all that differs from the base stands with the one feature."""
        margins = self.margins(x)
        found = np.zeros(x.shape)
        found[:, self.place] = margins - self.base
        return added_up(found, base=self.base, margins=margins)

    def to_plain(self) -> dict[str, Any]:
        """Its settings as JSON values."""
        return {
            "feature": self.feature,
            "worse": self.worse,
            "values": list(self.values),
            "shares": list(self.shares),
            "missing": self.missing,
            "base": self.base,
        }

    @classmethod
    def from_plain(cls, inputs: Inputs, plain: dict[str, Any]) -> RuleScorer:
        """The scorer that `to_plain` told."""
        knots = tuple(map(float, plain["values"])), tuple(map(float, plain["shares"]))
        return cls(inputs, plain["feature"], plain["worse"], *knots, float(plain["missing"]), float(plain["base"]))


@dataclass(frozen=True)
class PriorScorer:
    """Every family has the same margin: the log-odds of the share with the outcome. A baseline, and a floor."""

    inputs: Inputs
    base: float

    kind = ScorerKind.PRIOR

    def __post_init__(self) -> None:
        if not np.isfinite(self.base):
            raise ReleaseError(f"a prior of log-odds {self.base} is no number", do="count families of both sorts.")

    def margins(self, x: Matrix) -> Vector:
        """The same raw log-odds for every row."""
        self.inputs.check(x)
        return np.full(len(x), self.base)

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features, all 0."""
        self.inputs.check(x)
        return np.zeros(x.shape)

    def to_plain(self) -> dict[str, Any]:
        """Its settings as JSON values."""
        return {"base": self.base}

    @classmethod
    def from_plain(cls, inputs: Inputs, plain: dict[str, Any]) -> PriorScorer:
        """The scorer that `to_plain` told."""
        return cls(inputs, float(plain["base"]))
