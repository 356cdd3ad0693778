"""Vectors: the values of one expression in many rows or families.

Missing stands in the values themselves: NaN in numbers, NO_WHOLE in wholes, NO_DAY in dates, NO_CODE in codes; a truth
value is 0 (false), 1 (missing) or 2 (true), so that Kleene's and, or, not are minimum, maximum and 2 − x. Numbers are
finite and have one zero. A constant is a vector of length one that numpy broadcasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from tayanch.declare.expressions import Scalar
from tayanch.store.arrow import NO_CODE, NO_DAY, NO_WHOLE, Array, Bools, Floats, Wholes
from tayanch.vocabulary import Kind

FALSE, UNKNOWN, TRUE = 0, 1, 2
MISSING: dict[Kind, float] = {
    Kind.NUMBER: float("nan"),
    Kind.WHOLE: NO_WHOLE,
    Kind.DATE: NO_DAY,
    Kind.TRUTH: UNKNOWN,
    Kind.CODE: NO_CODE,
}
TYPES: dict[Kind, npt.DTypeLike] = {
    Kind.NUMBER: np.float64,
    Kind.WHOLE: np.int64,
    Kind.DATE: np.int32,
    Kind.TRUTH: np.int8,
    Kind.CODE: np.int32,
}
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Vector:
    """Values of one kind; of codes, places in `words`."""

    kind: Kind
    values: Array
    words: tuple[str, ...] = ()

    @property
    def absent(self) -> Bools:
        """Where the value is missing."""
        return np.isnan(self.values) if self.kind is Kind.NUMBER else self.values == MISSING[self.kind]

    def spread(self, length: int) -> Vector:
        """The same as a vector of this length."""
        if len(self.values) == length:
            return self
        return Vector(self.kind, np.full(length, self.values[0]), self.words)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def constant(value: Scalar) -> Vector:
    """A constant as a vector of length one."""
    if isinstance(value, bool):
        return truth(np.array([value]))
    if isinstance(value, int):
        return Vector(Kind.WHOLE, np.array([value], dtype=np.int64))
    if isinstance(value, float):
        return number(np.array([value]))
    if isinstance(value, date):
        return Vector(Kind.DATE, np.array([day_number(value)], dtype=np.int32))
    return Vector(Kind.CODE, np.zeros(1, dtype=np.int32), (value,))


def all_missing(kind: Kind, length: int, words: tuple[str, ...] = ()) -> Vector:
    """A vector of nothing but missing values."""
    return Vector(kind, np.full(length, MISSING[kind], dtype=TYPES[kind]), words)


def number(values: Floats) -> Vector:
    """Numbers: those that are not finite are missing (the one NaN that np.nan is), and minus zero is zero."""
    settled = values + 0.0
    settled[~np.isfinite(settled)] = np.nan
    return Vector(Kind.NUMBER, settled)


def truth(values: Bools, absent: Bools | None = None) -> Vector:
    """Truth values, missing where `absent`."""
    doubled = values.astype(np.int8) * np.int8(TRUE)
    return Vector(Kind.TRUTH, doubled if absent is None else np.where(absent, np.int8(UNKNOWN), doubled))


def word(vector: Vector) -> int:
    """The first value as a whole number of the same 64 bits."""
    wide = vector.values if vector.kind is Kind.NUMBER else vector.values.astype(np.int64)
    return int(wide.view(np.int64)[0])


def of_words(kind: Kind, words: Wholes, texts: tuple[str, ...] = ()) -> Vector:
    """Values told as 64-bit words."""
    return Vector(kind, words.view(np.float64) if kind is Kind.NUMBER else words, texts)


def numbers(vector: Vector) -> Floats:
    """The values as numbers, NaN where missing."""
    if vector.kind is Kind.NUMBER:
        return vector.values
    found = vector.values.astype(np.float64)
    found[vector.absent] = np.nan
    return found
