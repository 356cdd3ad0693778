"""The baselines: what a learner must beat to be worth its price. Each could itself be released, but for chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tayanch.declare.experiments import Rule
from tayanch.errors import LearnError
from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.candidates import Parameters
from tayanch.learn.lesson import Lesson
from tayanch.release.calibration import probability
from tayanch.release.columns import Matrix
from tayanch.release.logistic import LogisticScorer, Transform, design, fit_transforms
from tayanch.release.rule import PriorScorer, RuleScorer
from tayanch.vocabulary import Kind

AS_TOLD: Parameters = ()
STRENGTHS: tuple[Parameters, ...] = ((("C", 0.1),), (("C", 0.01),), (("C", 1.0),))
"""How weakly the logistic regression's weights are held back; the first where there is nothing to choose on."""
STEPS, CLOSE = 50, 1e-8


@dataclass(frozen=True)
class Prior:
    """Every family scores the share with the outcome among the rows learned from."""

    lesson: Lesson
    name: str = "prior"
    options: tuple[Parameters, ...] = (AS_TOLD,)

    def fit(self, rows: Truths, option: Parameters) -> PriorScorer:
        """The share as log-odds."""
        share = float(self.lesson.label[rows].mean())
        return PriorScorer(self.lesson.inputs, float(np.log(share / (1 - share))))


@dataclass(frozen=True)
class OneFeature:
    """One feature orders the families. Where it is missing a family stands in the middle."""

    lesson: Lesson
    worse: str
    name: str = "rule"
    options: tuple[Parameters, ...] = (AS_TOLD,)

    def fit(self, rows: Truths, option: Parameters) -> RuleScorer:
        """The rule with its percentiles among `rows`."""
        feature = self.lesson.inputs.features[0]
        return RuleScorer.fitted(self.lesson.inputs, self.lesson.x[rows], feature=feature, worse=self.worse)


def declared_rule(lesson: Lesson, rule: Rule) -> OneFeature:
    """The rule an experiment declares."""
    return OneFeature(lesson.only((rule.feature,)), rule.worse)


def best_feature(lesson: Lesson) -> OneFeature:
    """The feature that alone puts the rows learned from in the best order, and the end that needs help.

    Raises:
        LearnError: when no feature has an order.
    """
    ordered = [item.feature for item in lesson.inputs.items if item.kind is not Kind.CODE]
    if not ordered:
        raise LearnError("no feature has an order, so none alone can be a rule", do="leave single_feature out.")
    shares = [_pairs_in_order(column, lesson.label) for column in lesson.columns(ordered).T]
    best = int(np.argmax(np.abs(np.array(shares) - 0.5)))
    worse = "higher" if shares[best] >= 0.5 else "lower"
    return OneFeature(lesson.only((ordered[best],)), worse, name="single_feature")


def _pairs_in_order(column: Floats, label: Floats) -> float:
    """Area under the ROC curve, ties half; missing values stand at the median. 0.5 for a column that is all missing."""
    present = column[~np.isnan(column)]
    filled = np.where(np.isnan(column), np.median(present) if len(present) else 0.0, column)
    high, low = filled[label == 1], np.sort(filled[label == 0])
    won = (np.searchsorted(low, high) + np.searchsorted(low, high, "right")).sum() / 2
    return float(won / (len(high) * len(low)))


@dataclass(frozen=True)
class Regression:
    """Logistic regression with ridge: every feature clipped, standardised, with a column for missing; codes one by one.

    The transforms look at no outcome, so they are fitted once to all rows of the lesson.
    """

    lesson: Lesson
    options: tuple[Parameters, ...] = STRENGTHS
    name: str = "logistic"

    def fit(self, rows: Truths, option: Parameters) -> LogisticScorer:
        """The weights learned from `rows`."""
        x, label = self._design[rows], self.lesson.label[rows]
        weights = ridge(x, label, penalty=1.0 / float(dict(option)["C"]))
        return LogisticScorer(
            self.lesson.inputs,
            self._transforms,
            weights=tuple(weights[1:].tolist()),
            means=tuple(x.mean(axis=0).tolist()),
            intercept=float(weights[0]),
        )

    @cached_property
    def _transforms(self) -> tuple[Transform, ...]:
        return fit_transforms(self.lesson.inputs, self.lesson.x)

    @cached_property
    def _design(self) -> Matrix:
        return design(self._transforms, self.lesson.x)


def ridge(x: Matrix, label: Floats, *, penalty: float) -> Floats:
    """Intercept and weights that minimise the logistic loss plus penalty ÷ 2 × Σ weights², the intercept free.

    Newton's method; a step that would go uphill is halved. Columns that are 0 throughout have the weight 0.
    """
    used = np.flatnonzero(np.any(x != 0, axis=0))
    held = np.r_[0.0, np.full(len(used), penalty)]
    loss = _Loss(np.column_stack([np.ones(len(x)), x[:, used]]), label, held)
    found = np.zeros(len(held))
    for _ in range(STEPS):
        step = loss.newton(found)
        while np.abs(step).max() > CLOSE and loss.at(found - step) > loss.at(found):
            step = step / 2
        found = found - step
        if np.abs(step).max() <= CLOSE:
            break
    weights = np.zeros(x.shape[1] + 1)
    weights[np.r_[0, used + 1]] = found
    return weights


@dataclass(frozen=True)
class _Loss:
    """The logistic loss of weights, each held back by its own penalty."""

    x: Matrix
    label: Floats
    held: Floats

    def at(self, weights: Floats) -> float:
        margin = self.x @ weights
        return float((np.logaddexp(0, margin) - self.label * margin).sum() + (self.held * weights**2).sum() / 2)

    def newton(self, weights: Floats) -> Floats:
        chance = probability(self.x @ weights)
        slope = self.x.T @ (chance - self.label) + self.held * weights
        curve = (self.x * (chance * (1 - chance))[:, None]).T @ self.x + np.diag(self.held)
        return np.asarray(np.linalg.solve(curve, slope), dtype=np.float64)
