"""95 % intervals by a bootstrap of whole areas.

Families of one area share their offices, prices and luck, so areas are drawn, not families. Every figure of a run is
computed again under the same draws; differences between candidates are therefore paired. An interval is the value plus
and minus t(areas − 1) times the deviation of the replicates, which covers better than percentiles where areas are few.
Lists and models stay as they are: the interval does not tell what another training would have given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from tayanch.learn.arrays import Floats

REPLICATES = 2_000
FEWEST_CLUSTERS = 20
LEAST_DEFINED = 0.95
"""Share of replicates in which a figure must exist for its interval to be told."""


@dataclass(frozen=True)
class Figure:
    """A measured value with its 95 % interval. `note` says why a value or an interval is not there."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """A value and what it became under each draw of areas; NaN where it does not exist.

    clusters: how many areas it was measured in.
    """

    value: float
    replicates: Floats
    clusters: int

    def less(self, other: Measured) -> Measured:
        """The difference, under the same draws."""
        return Measured(
            self.value - other.value, self.replicates - other.replicates, min(self.clusters, other.clusters)
        )


def draws(clusters: int, *, seed: int, replicates: int = REPLICATES) -> Floats:
    """How often each area is drawn in each replicate: replicates × clusters, rows summing to `clusters`."""
    chances = np.full(clusters, 1.0 / max(clusters, 1))
    return np.random.default_rng([seed, clusters]).multinomial(clusters, chances, size=replicates).astype(float)


def figure(measured: Measured, *, low: float = 0.0, high: float = 1.0) -> Figure:
    """The value with its interval, clipped to [low, high]."""
    if not np.isfinite(measured.value):
        return Figure(note="not measurable")
    value = float(measured.value)
    if measured.clusters < FEWEST_CLUSTERS:
        return Figure(value, note=f"insufficient: {measured.clusters} areas, {FEWEST_CLUSTERS} are needed")
    defined = measured.replicates[np.isfinite(measured.replicates)]
    if len(defined) < LEAST_DEFINED * len(measured.replicates):
        return Figure(value, note="insufficient: not measurable in many draws of areas")
    half = float(stdtrit(measured.clusters - 1, 0.975) * defined.std(ddof=1))
    return Figure(value, max(low, value - half), min(high, value + half))


def mean_of(parts: list[Measured]) -> Measured:
    """The mean over folds of the same measure, fold by fold in each replicate; NaN when there is none."""
    kept = [part for part in parts if np.isfinite(part.value)]
    if not kept:
        return Measured(float("nan"), np.full(1, np.nan), 0)
    replicates = np.mean([part.replicates for part in kept], axis=0)
    return Measured(float(np.mean([part.value for part in kept])), replicates, max(part.clusters for part in kept))
