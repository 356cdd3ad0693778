"""Lines, areas and bars as SVG paths: pure arithmetic on a ground of fixed height, stretched by the page.

A gap stays a gap: where nothing is known nothing is drawn, and a lone point is a dot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeVar

HEIGHT = 100
"""Of the ground, in its own units; the widths are the number of steps times STEP."""
STEP = 10

ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)

Values = Sequence[float | None]
T = TypeVar("T")


@dataclass(frozen=True)
class Scale:
    """What the ground's lower and upper edge stand for."""

    low: float
    high: float

    def up(self, value: float) -> int:
        """How far below the ground's upper edge a value lies, kept on the ground."""
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT * (1 - min(1.0, max(0.0, share))))

    @property
    def middle(self) -> float:
        """What half the height stands for."""
        return (self.low + self.high) / 2


WHOLE = Scale(0, 1)
"""The scale of shares."""


def scale_of(values: Values) -> Scale:
    """A scale with round edges that holds all values, and 0 where it is near."""
    known = [value for value in values if value is not None]
    if not known:
        return WHOLE
    least, most = min(known), max(known)
    least = 0.0 if 0 <= least <= most / 2 else least
    most = 0.0 if most <= 0 and most >= least / 2 else most
    if least == most:
        least, most = (least, least + 1) if least >= 0 else (least, 0.0)
    return next(scale for scale in _round_scales(least, most) if scale.high >= most)


def width_of(values: Sequence[object]) -> int:
    """The width of a ground with a place for each value; a line of one value still has some."""
    return max(1, len(values) - 1) * STEP


def line(values: Values, scale: Scale) -> str:
    """The path through values at even steps."""
    return "".join(
        f"M{x * STEP} {run[0]}{''.join(f'L{(x + n) * STEP} {down}' for n, down in enumerate(run) if n) or 'h0'}"
        for x, run in _runs([None if value is None else scale.up(value) for value in values])
    )


def area(lower: Values, upper: Values, *, scale: Scale) -> str:
    """The path around everything between two lines."""
    both = [
        None if low is None or high is None else (scale.up(low), scale.up(high))
        for low, high in zip(lower, upper, strict=True)
    ]
    return "".join(_around(x, pairs) for x, pairs in _runs(both))


def stacked(shares: Sequence[Values]) -> tuple[str, ...]:
    """Areas of shares on top of each other, the first at the bottom."""
    floors: list[Values] = [[0.0 if value is not None else None for value in shares[0]]] if shares else []
    for layer in shares:
        floors.append([_sum(floor, value) for floor, value in zip(floors[-1], layer, strict=True)])
    return tuple(area(low, high, scale=WHOLE) for low, high in pairwise(floors))


def _sum(floor: float | None, value: float | None) -> float | None:
    return None if floor is None or value is None else floor + value


def _around(x: int, pairs: Sequence[tuple[int, int]]) -> str:
    if len(pairs) == 1:
        (low, high), left = pairs[0], x * STEP
        return f"M{left - 1} {low}h2V{high}h-2z"
    there = [f"{(x + n) * STEP} {high}" for n, (_, high) in enumerate(pairs)]
    back = [f"{(x + n) * STEP} {low}" for n, (low, _) in reversed(list(enumerate(pairs)))]
    return f"M{'L'.join((*there, *back))}z"


def _runs(values: Sequence[T | None]) -> Iterator[tuple[int, list[T]]]:
    """The runs of known values, each with the place it begins at."""
    for known, run in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if known:
            places = list(run)
            yield places[0][0], [value for _, value in places if value is not None]


def _round_scales(least: float, most: float) -> Iterator[Scale]:
    """Scales from a round edge at or below the least value, ever wider: two steps of ROUND times a power of ten."""
    power = 10.0 ** math.floor(math.log10((most - least) / 2))
    for step in (part * times * power for times in (1, 10) for part in ROUND):
        low = math.floor(least / step) * step
        yield Scale(low, low + 2 * step)
