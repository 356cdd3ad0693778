"""Is the learner worth its price? Its gain over the best simple baseline, chosen without looking ahead.

In each fold the learner meets the baseline that was best on the earlier folds. The first fold has no earlier one: there
it meets the best of that very fold, which can only make the gain smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tayanch.learn.arrays import Floats, divided
from tayanch.learn.evaluate import Hits, Judged
from tayanch.learn.intervals import Figure, Measured, figure, mean_of
from tayanch.vocabulary import Length

POOLED = {"precision_at_capacity": "known", "recall_at_capacity": "positive"}
"""Measures of which all folds' lists can be counted together, with what they are a share of."""


@dataclass(frozen=True)
class JudgedFold:
    """One fold with every candidate judged."""

    name: str
    candidates: Mapping[str, Judged]


@dataclass(frozen=True)
class Rival:
    """One fold's comparison: the baseline met there, and the gain over it."""

    fold: str
    baseline: str
    gain: Figure


@dataclass(frozen=True)
class Comparison:
    """The learner against the baselines.

    by: the measure judged by. best_baseline: the best by its mean over all folds. gain: over the baselines met fold by
    fold; all lists counted together where the measure is a share of lists, else the mean over folds.
    """

    learner: str
    by: str
    best_baseline: str
    gain: Figure
    rivals: tuple[Rival, ...]
    caution: str


@dataclass(frozen=True)
class Contest:
    """Who competes, judged by what, under which draws of areas."""

    learner: str
    baselines: tuple[str, ...]
    by: str
    draws: Floats

    def compared(self, folds: Sequence[JudgedFold], overlap: Length) -> Comparison:
        """The comparison over all folds."""
        met = [self.best(folds[: max(1, number)]) for number in range(len(folds))]
        return Comparison(
            learner=self.learner,
            by=self.by,
            best_baseline=self.best(folds),
            gain=_gain(self.over_all(folds, [self.learner] * len(folds)).less(self.over_all(folds, met))),
            rivals=tuple(self._rival(fold, name) for fold, name in zip(folds, met, strict=True)),
            caution=caution(overlap, len(folds)),
        )

    def best(self, folds: Sequence[JudgedFold]) -> str:
        """The baseline with the best mean over these folds, the first declared among equals."""
        means = [float(np.mean([self._measured(fold, name).value for fold in folds])) for name in self.baselines]
        return self.baselines[int(np.argmax([mean if np.isfinite(mean) else -np.inf for mean in means]))]

    def over_all(self, folds: Sequence[JudgedFold], names: Sequence[str]) -> Measured:
        """The measure over all folds, of one candidate in each: pooled where that can be, else the mean."""
        if self.by not in POOLED:
            return mean_of([self._measured(fold, name) for fold, name in zip(folds, names, strict=True)])
        return pooled(
            [fold.candidates[name].hits for fold, name in zip(folds, names, strict=True)], self.by, draws=self.draws
        )

    def _rival(self, fold: JudgedFold, name: str) -> Rival:
        return Rival(fold.name, name, _gain(self._measured(fold, self.learner).less(self._measured(fold, name))))

    def _measured(self, fold: JudgedFold, name: str) -> Measured:
        return fold.candidates[name].marks.of(self.by)


def pooled(lists: Sequence[Hits], by: str, *, draws: Floats) -> Measured:
    """Precision or recall over all lists counted together."""
    together = lists[0].and_(lists[1:])
    found, among = together.found, together.known if POOLED[by] == "known" else together.positive
    replicates = divided(draws @ found, draws @ among)
    return Measured(float(divided(found.sum(), among.sum())), replicates, int((among > 0).sum()))


def caution(overlap: Length, folds: int) -> str:
    """What to keep in mind beside every interval."""
    fixed = "Intervals hold lists and models fixed: they leave out what another training would have given."
    if overlap.empty or folds < 2:
        return fixed
    return (
        f"Outcomes of neighbouring folds overlap by {overlap.months} months: folds are not independent, and a gain in "
        f"each of several proves less than it seems to. {fixed}"
    )


def _gain(measured: Measured) -> Figure:
    return figure(measured, low=-1.0)
