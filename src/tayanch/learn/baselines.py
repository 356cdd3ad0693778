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
STEPS, SMALL, CLOSE = 50, 0.05, 1e-5


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

    def margins(self, x: Matrix, rows: Truths, *, option: Parameters) -> Floats:
        """Raw scores of an encoded matrix by what was learned from `rows`."""
        return self.fit(rows, option).margins(x)


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

    def margins(self, x: Matrix, rows: Truths, *, option: Parameters) -> Floats:
        """Raw scores of an encoded matrix by what was learned from `rows`."""
        return self.fit(rows, option).margins(x)


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


@dataclass
class Regression:
    """Logistic regression with ridge: every feature clipped, standardised, with a column for missing; codes one by one.

    The transforms look at no outcome, so they are fitted once to all rows of the lesson. Each fit begins where the
    last one ended; there is one best point, and a near start finds it sooner.
    """

    lesson: Lesson
    options: tuple[Parameters, ...] = STRENGTHS
    name: str = "logistic"
    _weights: Floats | None = None

    def fit(self, rows: Truths, option: Parameters) -> LogisticScorer:
        """The weights learned from `rows`."""
        x, used = (self._design if rows.all() else self._design[rows]), self._used
        found = ridge(x, self.lesson.label[rows], penalty=1.0 / float(dict(option)["C"]), start=self._weights)
        self._weights = found
        weights, means = np.zeros(len(used)), np.zeros(len(used))
        weights[used], means[used] = found[1:], x[:, 1:].mean(axis=0)
        return LogisticScorer(
            self.lesson.inputs,
            self._transforms,
            weights=tuple(weights.tolist()),
            means=tuple(means.tolist()),
            intercept=float(found[0]),
        )

    def margins(self, x: Matrix, rows: Truths, *, option: Parameters) -> Floats:
        """Raw scores of an encoded matrix by what was learned from `rows`."""
        return self.fit(rows, option).margins(x)

    @cached_property
    def _transforms(self) -> tuple[Transform, ...]:
        return fit_transforms(self.lesson.inputs, self.lesson.x)

    @cached_property
    def _whole_design(self) -> Matrix:
        return design(self._transforms, self.lesson.x)

    @cached_property
    def _used(self) -> Truths:
        """Which columns are not 0 throughout; the others weigh nothing."""
        return np.any(self._whole_design != 0, axis=0)

    @cached_property
    def _design(self) -> Matrix:
        """A column of ones, and the columns used."""
        return np.column_stack([np.ones(len(self.lesson)), self._whole_design[:, self._used]])


def ridge(x: Matrix, label: Floats, *, penalty: float, start: Floats | None = None) -> Floats:
    """The weights that minimise the logistic loss plus penalty ÷ 2 × Σ weights², the first (of the ones) let free.

    Newton's method; a step that would go uphill is halved.
    """
    loss = _Loss(x, label, np.r_[0.0, np.full(x.shape[1] - 1, penalty)])
    found = np.zeros(x.shape[1]) if start is None else start
    for _ in range(STEPS):
        step = loss.newton(found)
        while np.abs(step).max() > SMALL and loss.at(found - step) > loss.at(found):
            step = step / 2
        found = found - step
        if np.abs(step).max() <= CLOSE:
            break
    return found


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
        scaled = self.x * np.sqrt(chance * (1 - chance))[:, None]
        return np.asarray(np.linalg.solve(scaled.T @ scaled + np.diag(self.held), slope), dtype=np.float64)
