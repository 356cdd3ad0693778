"""Areas: what the families of an area have together, so that each can be compared with the others.

Values are added up as whole numbers of units of 2^-20. Such sums are exact, so whatever buckets the families lie in,
and in whatever order they come, a family's neighbours have the same mean to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tayanch.errors import StoreError
from tayanch.store.arrow import NO_CODE, Bools, Codes, Floats, Wholes
from tayanch.store.vectors import TRUE, UNKNOWN, Vector
from tayanch.vocabulary import Kind, Moment

FEWEST = 5
"""How many other families must have a value for there to be a mean."""
UNIT_BITS, FARTHEST = 20, 2**42
FEW = 8
"""So few areas are faster looked up than it is found which of them are met."""
LOW_BITS = 31
"""A sum of units is kept in two: `high` times 2^31 plus `low`; each stays within 64 bits for four billion families."""


@dataclass(frozen=True)
class Shares:
    """What each family of a bucket adds to its area.

    area: place in `words`, NO_CODE where it is missing. counted: whether it adds anything. units: its value, 0 where it
    is not counted.
    """

    area: Codes
    words: tuple[str, ...]
    counted: Bools
    units: Wholes

    @classmethod
    def of(cls, value: Vector, area: Vector, *, known: Bools) -> Shares:
        """The shares of the families of a bucket, of which just the known ones are counted."""
        place = area.spread(len(known)).values
        units, present = _in_units(value.spread(len(known)))
        counted = known & present & (place != NO_CODE)
        return cls(place, area.words, counted, np.where(counted, units, 0))


def _in_units(vector: Vector) -> tuple[Wholes, Bools]:
    """The values in units, the even one of two equally near; and which are present and not too far from zero."""
    if vector.kind is Kind.TRUTH:
        return (vector.values == TRUE).astype(np.int64) << UNIT_BITS, vector.values != UNKNOWN
    present = (vector.values >= -FARTHEST) & (vector.values <= FARTHEST)  # neither NaN nor NO_WHOLE
    near = np.where(present, vector.values, 0)
    if vector.kind is Kind.WHOLE:
        return near << UNIT_BITS, present
    return np.rint(near * 2.0**UNIT_BITS).astype(np.int64), present


@dataclass(frozen=True)
class AreaTotals:
    """Per area, sorted by name: how many families are counted, and the sum of their units as `high` and `low`."""

    names: tuple[str, ...]
    families: Wholes
    high: Wholes
    low: Wholes

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _padded(self) -> tuple[Wholes, Wholes, Wholes]:
        """With zeros at the end, for families of no area."""
        return np.append(self.families, 0), np.append(self.high, 0), np.append(self.low, 0)

    def mean_of_others(self, shares: Shares) -> Vector:
        """Of each family the mean over the others of its area; missing of fewer than FEWEST."""
        place = self._places_of(shares)[shares.area]
        families, high, low = (sums[place] for sums in self._padded)
        others = families - shares.counted
        enough = others >= FEWEST
        sums = _as_numbers((high - (shares.units >> LOW_BITS))[enough], (low - _low(shares.units))[enough])
        mean = np.full(len(others), np.nan)
        mean[enough] = sums / others[enough] / 2.0**UNIT_BITS
        return Vector(Kind.NUMBER, mean)

    def _places_of(self, shares: Shares) -> Wholes:
        """Of each code its area's place, −1 where there is none, and at last of no code; codes not met may have −1."""
        place = np.full(len(shares.words) + 1, -1)
        few = len(shares.words) < FEW
        met = range(len(shares.words)) if few else np.unique(shares.area[shares.area != NO_CODE]).tolist()
        for code in met:
            place[code] = self._places.get(shares.words[code], -1)
        return place


@dataclass
class AreaSums:
    """Totals being added up, bucket after bucket."""

    places: dict[str, int] = field(default_factory=dict[str, int])
    sums: Wholes = field(default_factory=lambda: np.zeros((3, 0), dtype=np.int64))

    def add(self, shares: Shares) -> None:
        """Adds what a bucket's families have."""
        area, units = shares.area[shares.counted], shares.units[shares.counted]
        met, nth = np.unique(area, return_inverse=True)
        place = np.array([self._place(shares.words[code]) for code in met.tolist()], dtype=np.int64)[nth]
        new = len(self.places) - self.sums.shape[1]
        self.sums = np.pad(self.sums, ((0, 0), (0, new))) if new else self.sums
        for row, added in enumerate((1, units >> LOW_BITS, _low(units))):
            np.add.at(self.sums[row], place, added)

    def totals(self) -> AreaTotals:
        """The totals of all areas that were met."""
        names = sorted(self.places)
        families, high, low = self.sums[:, [self.places[name] for name in names]]
        return AreaTotals(tuple(names), families, high, low)

    def _place(self, name: str) -> int:
        return self.places.setdefault(name, len(self.places))


@dataclass(frozen=True)
class Areas:
    """Totals by the digest of a mean over neighbours and the moment."""

    totals: Mapping[tuple[str, Moment], AreaTotals]

    def at(self, digest: str, moment: Moment) -> AreaTotals:
        """The totals at a moment.

        Raises:
            StoreError: when they are not at hand.
        """
        found = self.totals.get((digest, moment))
        if found is None:
            raise StoreError(
                f"what neighbours have in common as of {moment.as_of} is not at hand",
                do="publish a list as of that day: tayanch score.",
            )
        return found


NO_AREAS = Areas({})


def _low(units: Wholes) -> Wholes:
    return units & (2**LOW_BITS - 1)


def _as_numbers(high: Wholes, low: Wholes) -> Floats:
    """high · 2^31 + low as the nearest numbers."""
    if not len(high) or int(np.abs(high).max()) < 2**LOW_BITS:
        return ((high << LOW_BITS) + low).astype(np.float64)
    exact = [(more << LOW_BITS) + rest for more, rest in zip(high.tolist(), low.tolist(), strict=True)]
    return np.array([float(whole) for whole in exact], dtype=np.float64)
