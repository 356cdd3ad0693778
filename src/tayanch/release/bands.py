"""Bands: a score in words, with how often the outcome was observed among families of the same band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tayanch.errors import ReleaseError
from tayanch.release.columns import Matrix, Vector
from tayanch.vocabulary import Band

MISSING_LIMIT = 0.30
ENOUGH = 100
"""Families that must stand behind an observed frequency before it is shown."""


@dataclass(frozen=True)
class Observed:
    """How often the outcome was observed: a share with its 95 % interval clustered by area, of so many families."""

    value: float
    low: float
    high: float
    families: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.value <= self.high <= 1:
            raise ReleaseError(
                f"an observed share of {self.value:g} ({self.low:g} to {self.high:g}) can't stand",
                do="give shares from 0 to 1, the interval around the value.",
            )

    @property
    def shown(self) -> bool:
        """Whether enough families stand behind it."""
        return self.families >= ENOUGH

    @property
    def of_100(self) -> tuple[int, int, int]:
        """Value, low and high in whole families of 100; the interval rounded outwards."""
        return round(100 * self.value), math.floor(100 * self.low + 1e-9), math.ceil(100 * self.high - 1e-9)


@dataclass(frozen=True)
class Bands:
    """SOON from the score `soon` on, IN_TURN from `in_turn` on, else AS_USUAL; too much missing: CHECK_DATA.

    missing_limit: the share of the features' importance that may be missing before no band is given.
    observed: per band what was observed on a date not used for fitting.
    """

    soon: float
    in_turn: float
    observed: tuple[tuple[Band, Observed], ...] = ()
    missing_limit: float = MISSING_LIMIT

    def __post_init__(self) -> None:
        if not 0 <= self.in_turn <= self.soon <= 1:
            raise ReleaseError(
                f"bands from the scores {self.soon:g} and {self.in_turn:g} on can't stand",
                do="give two scores from 0 to 1, the one of `soon` not below the other.",
            )
        if not 0 < self.missing_limit <= 1:
            raise ReleaseError(
                f"a limit of {self.missing_limit:g} missing is no share", do="give one above 0, up to 1."
            )

    def of(self, scores: Vector, missing: Vector) -> list[Band]:
        """The band of each score; `missing` is the share of importance missing in the family's features."""
        by_score = np.where(scores >= self.soon, 0, np.where(scores >= self.in_turn, 1, 2))
        places = np.where(missing > self.missing_limit, 3, by_score)
        words = (Band.SOON, Band.IN_TURN, Band.AS_USUAL, Band.CHECK_DATA)
        return [words[place] for place in places]

    def seen(self, band: Band) -> Observed | None:
        """What was observed in a band; None when nothing was, or among too few families to be shown."""
        found = dict(self.observed).get(band)
        return found if found is not None and found.shown else None


def thresholds(scores: Vector, capacity: float) -> tuple[float, float]:
    """The lowest score inside capacity (a share of the families), and the lowest of the next as many.

    Raises:
        ReleaseError: when there are no scores or the capacity is no share.
    """
    if not len(scores) or not 0 < capacity < 1:
        raise ReleaseError(
            f"a capacity of {capacity:g} of {len(scores)} families gives no bands", do="give a share between 0 and 1."
        )
    falling = np.sort(scores)[::-1]
    inside = max(1, round(capacity * len(scores)))
    return float(falling[inside - 1]), float(falling[min(2 * inside, len(scores)) - 1])


def importance(contributions: Matrix) -> tuple[float, ...]:
    """Of each feature its share in all contributions by size; they sum to 1, or are all 0 when nothing contributes."""
    sizes = np.abs(contributions).mean(axis=0)
    total = float(sizes.sum())
    return tuple((sizes / total).tolist()) if total else (0.0,) * contributions.shape[1]


def missing_share(x: Matrix, weights: tuple[float, ...]) -> Vector:
    """Of each row of an encoded matrix the share of importance that is missing, in [0, 1]."""
    return np.isnan(x).astype(np.float64) @ np.asarray(weights)
