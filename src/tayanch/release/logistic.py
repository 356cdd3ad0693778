"""Logistic regression as a scorer: each feature becomes a few columns the same way in training and in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tayanch.errors import ReleaseError
from tayanch.release.additive import added_up
from tayanch.release.columns import Matrix, Vector
from tayanch.release.inputs import Input, Inputs
from tayanch.vocabulary import Kind, ScorerKind

LOW, HIGH = 0.01, 0.99


@dataclass(frozen=True)
class Transform:
    """How one feature becomes columns of the design.

    A number or truth: (value clipped to [low, high] − centre) ÷ spread, 0 where missing; then 1 where missing, else 0.
    A code: one column for each of its `categories` (their number), 1 where it is this; then 1 where missing, else 0.
    """

    categories: int = 0
    low: float = 0.0
    high: float = 0.0
    centre: float = 0.0
    spread: float = 1.0

    def __post_init__(self) -> None:
        numbers = (self.low, self.high, self.centre, self.spread)
        if not np.isfinite(numbers).all() or self.spread <= 0 or self.low > self.high or self.categories < 0:
            raise ReleaseError(f"the transform {self} can't stand", do="fit the regression again.")

    @classmethod
    def fitted(cls, item: Input, column: Vector) -> Transform:
        """The transform with the 1st and 99th percentile, mean and deviation of the present training values."""
        if item.kind is Kind.CODE:
            return cls(categories=len(item.categories))
        present = column[~np.isnan(column)]
        if not len(present):
            return cls()
        low, high = np.quantile(present, (LOW, HIGH))
        clipped = np.clip(present, low, high)
        return cls(0, float(low), float(high), float(clipped.mean()), float(clipped.std()) or 1.0)

    @property
    def width(self) -> int:
        """How many columns it makes."""
        return (self.categories or 1) + 1

    def columns(self, column: Vector) -> Matrix:
        """Rows × width."""
        absent = np.isnan(column)
        if self.categories:
            places = np.where(absent, self.categories, column).astype(np.int64)
            return np.eye(self.width)[places]
        value = (np.clip(column, self.low, self.high) - self.centre) / self.spread
        return np.column_stack([np.where(absent, 0.0, value), absent.astype(np.float64)])


def fit_transforms(inputs: Inputs, x: Matrix) -> tuple[Transform, ...]:
    """One transform per feature, fitted to an encoded training matrix."""
    inputs.check(x)
    return tuple(Transform.fitted(item, x[:, place]) for place, item in enumerate(inputs.items))


def design(transforms: tuple[Transform, ...], x: Matrix) -> Matrix:
    """Rows × columns of all transforms: what the regression is fitted to."""
    return np.column_stack([told.columns(x[:, place]) for place, told in enumerate(transforms)])


@dataclass(frozen=True)
class LogisticScorer:
    """Margin = intercept + Σ weight · column. A feature's contribution: what its columns add to their mean.

    weights, means: one per column of the design, in its order.
    """

    inputs: Inputs
    transforms: tuple[Transform, ...]
    weights: tuple[float, ...]
    means: tuple[float, ...]
    intercept: float

    kind = ScorerKind.LOGISTIC

    def __post_init__(self) -> None:
        width = sum(told.width for told in self.transforms)
        if len(self.transforms) != len(self.inputs.items) or not width == len(self.weights) == len(self.means):
            raise ReleaseError(
                f"{len(self.weights)} weights and {len(self.means)} means stand for {width} columns "
                f"of {len(self.inputs.items)} features",
                do="fit the regression again.",
            )
        if not np.isfinite([*self.weights, *self.means, self.intercept]).all():
            raise ReleaseError("a weight of the regression is no number", do="fit it again.")
        for item, told in zip(self.inputs.items, self.transforms, strict=True):
            if told.categories != len(item.categories):
                raise ReleaseError(
                    f"{item.feature} has {len(item.categories)} categories, its transform {told.categories}",
                    do="fit the regression again.",
                )

    @classmethod
    def fitted(
        cls, inputs: Inputs, x: Matrix, *, transforms: tuple[Transform, ...], weights: Vector, intercept: float
    ) -> LogisticScorer:
        """The scorer of fitted weights; the means are those of the training matrix `x`."""
        means = design(transforms, x).mean(axis=0)
        return cls(inputs, transforms, tuple(np.ravel(weights).tolist()), tuple(means.tolist()), float(intercept))

    @property
    def base(self) -> float:
        """The margin of the mean training row."""
        return self.intercept + float(np.dot(self.weights, self.means))

    def margins(self, x: Matrix) -> Vector:
        """Raw log-odds, one per row."""
        self.inputs.check(x)
        return self.intercept + self._by_feature(x, np.zeros(len(self.means))).sum(axis=1)

    def contributions(self, x: Matrix) -> Matrix:
        """Rows × features, exact: the model is a sum."""
        return added_up(self._by_feature(x, np.asarray(self.means)), base=self.base, margins=self.margins(x))

    def to_plain(self) -> dict[str, Any]:
        """Its settings as JSON values."""
        return {
            "transforms": [vars(told) for told in self.transforms],
            "weights": list(self.weights),
            "means": list(self.means),
            "intercept": self.intercept,
        }

    @classmethod
    def from_plain(cls, inputs: Inputs, plain: dict[str, Any]) -> LogisticScorer:
        """The scorer that `to_plain` told."""
        transforms = tuple(Transform(**told) for told in plain["transforms"])
        weights, means = (tuple(map(float, plain[name])) for name in ("weights", "means"))
        return cls(inputs, transforms, weights, means, float(plain["intercept"]))

    def _by_feature(self, x: Matrix, means: Vector) -> Matrix:
        weights = np.asarray(self.weights)
        found = np.empty(x.shape)
        start = 0
        for place, told in enumerate(self.transforms):
            mine = slice(start, start + told.width)
            found[:, place] = ((told.columns(x[:, place]) - means[mine]) * weights[mine]).sum(axis=1)
            start += told.width
        return found
