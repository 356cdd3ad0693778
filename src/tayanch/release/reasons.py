"""Reasons: contributions summed by theme, and of these the few that are worth telling. Words come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from tayanch.declare.features import Feature
from tayanch.errors import ReleaseError
from tayanch.release.columns import Vector
from tayanch.vocabulary import Theme

MOST_RAISING, MOST_LOWERING = 4, 2
HIDDEN_UNDER = 0.05
CLEAR_FROM = 0.50
STRONG_FROM, MEDIUM_FROM = 0.30, 0.15


class Direction(StrEnum):
    """Which way a theme moves the score."""

    RAISES = "raises"
    LOWERS = "lowers"


class Strength(StrEnum):
    """How much of all contributions a theme has: strong from 30 %, medium from 15 %, weak below."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


@dataclass(frozen=True)
class Reason:
    """A theme that raises or lowers the score, told by its leading feature in that direction.

    share: of the sum of all contributions by size, for the length of a bar; never a percentage of risk.
    """

    theme: Theme
    feature: str
    direction: Direction
    share: float

    @property
    def strength(self) -> Strength:
        """The share in a word."""
        if self.share >= STRONG_FROM:
            return Strength.STRONG
        return Strength.MEDIUM if self.share >= MEDIUM_FROM else Strength.WEAK


@dataclass(frozen=True)
class Reasons:
    """Of one family: at most 4 raising and 2 lowering, largest first. `clear`: they cover half or more of all."""

    raising: tuple[Reason, ...]
    lowering: tuple[Reason, ...]
    clear: bool


class _Contribution(NamedTuple):
    feature: Feature
    value: float


def choose_reasons(features: Sequence[Feature], contributions: Vector) -> Reasons:
    """The reasons of one family.

    A theme is told by its sum; where both directions in it are above 5 % of all contributions, both are told. What is
    under 5 % is hidden. Ties keep the order of the themes.

    Args:
        features: in the order of the contributions.
        contributions: of the family, to its calibrated (or raw) log-odds.

    Raises:
        ReleaseError: when their numbers differ.
    """
    if len(features) != len(contributions):
        raise ReleaseError(
            f"{len(contributions)} contributions were given for {len(features)} features", do="give one for each."
        )
    told: dict[Theme, list[_Contribution]] = {theme: [] for theme in Theme}
    for feature, value in zip(features, contributions.tolist(), strict=True):
        told[feature.theme].append(_Contribution(feature, value))
    total = float(np.abs(contributions).sum())
    found = [reason for mine in told.values() for reason in _of_theme(mine, total=total)] if total else []
    raising = _largest(found, Direction.RAISES, most=MOST_RAISING)
    lowering = _largest(found, Direction.LOWERS, most=MOST_LOWERING)
    return Reasons(raising, lowering, clear=sum(r.share for r in (*raising, *lowering)) >= CLEAR_FROM)


def _of_theme(mine: Sequence[_Contribution], *, total: float) -> list[Reason]:
    up = sum(c.value for c in mine if c.value > 0) / total
    down = -sum(c.value for c in mine if c.value < 0) / total
    if up > HIDDEN_UNDER and down > HIDDEN_UNDER:
        return [_led(mine, Direction.RAISES, share=up), _led(mine, Direction.LOWERS, share=down)]
    share, direction = (up - down, Direction.RAISES) if up >= down else (down - up, Direction.LOWERS)
    return [_led(mine, direction, share=share)] if share >= HIDDEN_UNDER else []


def _led(mine: Sequence[_Contribution], direction: Direction, *, share: float) -> Reason:
    sign = 1 if direction is Direction.RAISES else -1
    leading = max(mine, key=lambda c: sign * c.value).feature
    return Reason(leading.theme, leading.id, direction, share)


def _largest(found: Sequence[Reason], direction: Direction, *, most: int) -> tuple[Reason, ...]:
    mine = [reason for reason in found if reason.direction is direction]
    return tuple(sorted(mine, key=lambda reason: -reason.share)[:most])
