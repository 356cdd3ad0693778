"""Vectors: the values of one expression in many rows or families, and what operators do to them.

Missing stands in the values themselves: NaN in numbers, NO_WHOLE in wholes, NO_DAY in dates, NO_CODE in codes; a truth
value is 0 (false), 1 (missing) or 2 (true), so that Kleene's and, or, not are minimum, maximum and 2 − x. Numbers are
finite and have one zero. A constant is a vector of length one that numpy broadcasts.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tayanch.declare.expressions import Arithmetic, Scalar
from tayanch.store.arrow import NO_CODE, NO_DAY, NO_WHOLE, Array, Bools, Codes, Floats, Wholes
from tayanch.vocabulary import Kind

FALSE, UNKNOWN, TRUE = 0, 1, 2
MANY = 256
"""Declared codes are fewer than this, and are met again and again."""
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
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


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

    def at(self, places: Array) -> Vector:
        """The values at these places; a constant has its value everywhere."""
        values = np.full(len(places), self.values[0]) if len(self.values) == 1 else self.values[places]
        return Vector(self.kind, values, self.words)

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


def numbers(vector: Vector) -> Floats:
    """The values as numbers, NaN where missing."""
    if vector.kind is Kind.NUMBER:
        return vector.values
    found = vector.values.astype(np.float64)
    found[vector.absent] = np.nan
    return found


def arithmetic(node: Arithmetic, left: Vector, right: Vector) -> Vector:
    """left + - * / right."""
    if node.kind is Kind.WHOLE:
        return _whole_arithmetic(node.operator, left, right)
    return _number_arithmetic(node.operator, numbers(left), numbers(right))


def _number_arithmetic(sign: str, a: Floats, b: Floats) -> Vector:
    """As `number` of the result, in fewer steps: of finite numbers only / makes NaN, and only * and / minus zero."""
    with np.errstate(all="ignore"):
        if sign == "/":
            found = np.full(np.broadcast(a, b).shape, np.nan)
            np.divide(a, b, out=found, where=b != 0)
        else:
            found = OPERATORS[sign](a, b)
    if sign in "*/":
        found += 0.0
    too_large = np.isinf(found)
    if too_large.any():
        found[too_large] = np.nan
    return Vector(Kind.NUMBER, found)


def _whole_arithmetic(sign: str, left: Vector, right: Vector) -> Vector:
    a, b = left.values, right.values
    with np.errstate(all="ignore"):
        found: Wholes = OPERATORS[sign](a, b)
        near = np.abs(OPERATORS[sign](a.astype(np.float64), b.astype(np.float64)))
    found = np.where(left.absent | right.absent, NO_WHOLE, found)
    for place in np.flatnonzero((near >= 2.0**62) & (found != NO_WHOLE)):
        exact = OPERATORS[sign](int(a[place % len(a)]), int(b[place % len(b)]))
        found[place] = exact if abs(exact) < 2**63 else NO_WHOLE
    return Vector(Kind.WHOLE, found)


def comparison(sign: str, left: Vector, right: Vector) -> Vector:
    """left == != < <= > >= right."""
    a, b = alike(left, right)
    return truth(OPERATORS[sign](a.values, b.values), a.absent | b.absent)


def is_in(of: Vector, options: Sequence[Vector]) -> Vector:
    """Whether the value is one of the options."""
    met = np.zeros(len(of.values), dtype=np.bool_)
    for option in options:
        met |= comparison("==", of, option).values == TRUE
    return truth(met, of.absent)


def logic(word: str, left: Vector, right: Vector) -> Vector:
    """left and/or right in Kleene's logic."""
    return Vector(Kind.TRUTH, (np.minimum if word == "and" else np.maximum)(left.values, right.values))


def negation(of: Vector) -> Vector:
    """not `of`."""
    return Vector(Kind.TRUTH, np.int8(TRUE) - of.values)


def fill(of: Vector, value: Vector) -> Vector:
    """`of`, and `value` where it is missing."""
    a, b = alike(of, value)
    return Vector(a.kind, np.where(a.absent, b.values, a.values), b.words)


def choice(condition: Vector, yes: Vector, no: Vector) -> Vector:
    """`yes` where the condition is true, `no` where it is false, else missing."""
    a, b = alike(yes, no)
    nothing = np.array(MISSING[a.kind], dtype=TYPES[a.kind])
    chosen = np.where(condition.values == TRUE, a.values, np.where(condition.values == FALSE, b.values, nothing))
    return Vector(a.kind, chosen, b.words)


def years_since(since: Vector, as_of: date) -> Vector:
    """Completed years to as_of: of the dates as numbers like 20260331, the difference without its last four digits."""
    told = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    years = (told - dates_told(since.values)) // 10_000
    return Vector(Kind.WHOLE, np.where(since.absent, NO_WHOLE, years))


def dates_told(days: Array) -> Wholes:
    """Days since 1970-01-01 as numbers like 20260331."""
    day = days.astype("datetime64[D]")
    month, year = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    in_month = (day - month).astype(np.int64) + 1
    in_year = (month - year).astype(np.int64) + 1
    return (year.astype(np.int64) + 1970) * 10_000 + in_year * 100 + in_month


def alike(left: Vector, right: Vector) -> tuple[Vector, Vector]:
    """Both in one kind, and of codes in one list of words (that of the second given back)."""
    if left.kind is not right.kind:
        return Vector(Kind.NUMBER, numbers(left)), Vector(Kind.NUMBER, numbers(right))
    if left.kind is not Kind.CODE or left.words == right.words:
        return left, right
    few = len(left.words) + len(right.words) < MANY
    words, moved = (_few_joined if few else _joined)(left.words, right.words)
    return left, Vector(Kind.CODE, moved[right.values], words)


def _joined(first: tuple[str, ...], more: tuple[str, ...]) -> tuple[tuple[str, ...], Codes]:
    """The words of both, the first in their places; and where each of `more` stands among them (last: the missing)."""
    words = tuple(dict.fromkeys((*first, *more)))
    where = {word: place for place, word in enumerate(words)}
    return words, np.array([*(where[word] for word in more), NO_CODE], dtype=np.int32)


_few_joined = lru_cache(maxsize=4096)(_joined)
