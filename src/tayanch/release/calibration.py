"""Calibration: a straight line on the log-odds (Platt), so that a score is a probability and reasons still add up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tayanch.errors import ReleaseError
from tayanch.release.columns import Matrix, Vector


@dataclass(frozen=True)
class Calibration:
    """Log-odds = slope · margin + intercept. The slope is above 0: calibration never turns the order round."""

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept)):
            raise ReleaseError(
                f"a calibration of slope {self.slope} and intercept {self.intercept} is no line",
                do="fit it on families with and without the outcome.",
            )
        if self.slope <= 0:
            raise ReleaseError(
                f"the calibration's slope is {self.slope:g}, which turns the order of the families round",
                do="look at the scorer: on the last matured date it ranks no better than chance.",
            )

    def log_odds(self, margins: Vector) -> Vector:
        """Calibrated log-odds of raw margins."""
        return self.slope * margins + self.intercept

    def probabilities(self, margins: Vector) -> Vector:
        """Scores: calibrated probabilities in [0, 1] of raw margins."""
        return probability(self.log_odds(margins))

    def contributions(self, raw: Matrix) -> Matrix:
        """Contributions to the calibrated log-odds of contributions to the margin."""
        return self.slope * raw

    def base(self, raw: float) -> float:
        """The calibrated log-odds that contributions are added to, of a scorer's raw base."""
        return self.slope * raw + self.intercept


AS_IT_IS = Calibration(1.0, 0.0)
"""The calibration that changes nothing."""


def probability(log_odds: Vector) -> Vector:
    """1 / (1 + exp(−z)), without overflow for any z."""
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0, 1.0, small) / (1.0 + small)
