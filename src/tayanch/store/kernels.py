"""Kernels: compiled loops over rows, and what tells at which moments a row counts.

At which moments something is so is a word of 64 bits, one for each moment. A look-up table gives the word of a day: the
moments that lie after it, or (see `tayanch.store.calendar`) the moments whose window holds it. What must be so together
is `&`, what must not `& ~`: a row counts when its version is known and not replaced, its day lies in the window, its
person belongs to the family and its condition is true. So moments need stand in no order, nothing is sorted or joined,
and a window costs the same whatever its length.
"""
# Numba has no types of its own for what it compiles:
# pyright: reportUntypedFunctionDecorator=false, reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tayanch.compiling import compiled, part, types
from tayanch.store.arrow import LAST_DAY, Days, Wholes

MOST = 64
"""How many moments there can be at once: a bit for each."""
TRUE = 2
"""What is true, as in `tayanch.store.vectors`."""
Words = Any
"""An array of np.uint64, a bit for each moment."""
INT, WORDS, WHOLES = types.int64, types.uint64[::1], types.int64[::1]
LINES, WORD_LINES = types.int64[:, ::1], types.uint64[:, ::1]
DAYS = types.Array(types.int32, 1, "C", readonly=True)


REDUCED, RESULT = 2**20, 2**21
"""Where places of words begin: below REDUCED steps' own lines; then values reduced from rows; then what was asked."""


class Extent(NamedTuple):
    """Where words lie in memory, and for which rows or families and which moments they are computed.

    width: how many rows or families, worked through `tile` by `tile`. first, end: the moments. told: each as_of as a
    number like 20260331. own: where lines of `tile` words begin, one for each step. reduced: where values begin that
    are laid out as place × moments × width. Memory begins with results, place × all_moments × all_families, of which
    the first family and moment here are number `family` and `moment`.
    """

    width: int
    tile: int
    first: int
    end: int
    told: Wholes
    own: int
    reduced: int
    moments: int
    moment: int
    family: int
    all_moments: int
    all_families: int


LATER = types.Tuple((INT, WORDS))
EXTENT = types.Tuple((INT, INT, INT, INT, WHOLES, INT, INT, INT, INT, INT, INT, INT))
# What stands in a signature is read again with the machine code, even by a later Tayanch that knows other classes:
# so it is plain tuples.


@part
def _later(later, day):
    """The moments after a day; none after LAST_DAY."""
    first, bits = later
    if day == LAST_DAY:
        return np.uint64(0)
    return bits[min(max(day - first, 0), len(bits) - 1)]


@compiled(WORDS(DAYS, DAYS, LATER))
def between(first: Days, last: Days, later: tuple[int, Words]) -> Words:
    """The moments after each row's first day and not after its last; `later` as in `tayanch.store.calendar`.

    Of the days on which versions became known and were replaced: when each is current. Of the days on which rows began
    and ended: when each holds.
    """
    bits = np.empty(len(first), np.uint64)
    for row in range(len(first)):
        bits[row] = _later(later, first[row]) & ~_later(later, last[row])
    return bits


@compiled(types.void(WORDS, WORDS, WHOLES))
def gather(rows: Words, places: Words, of: Wholes) -> None:
    """Adds to each place the moments of its rows; `of` tells each row's place."""
    for row in range(len(rows)):
        places[of[row]] |= rows[row]


@compiled(types.void(WORDS, WORDS, WHOLES))
def restrict(rows: Words, places: Words, of: Wholes) -> None:
    """Leaves each row only moments of its place; `of` tells each row's place."""
    for row in range(len(rows)):
        rows[row] &= places[of[row]]


@compiled(types.void(WORDS, WORDS, WHOLES))
def meet(rows: Words, families: Words, starts: Wholes) -> None:
    """Adds to each family the moments of its rows; `starts` tells where these begin, and the end."""
    for family in range(len(families)):
        for row in range(starts[family], starts[family + 1]):
            families[family] |= rows[row]


@compiled(types.void(LINES, LINES, types.Tuple((WORD_LINES, types.uint64))))
def note(values: Wholes, conditions: Wholes, into: Any) -> None:
    """Adds moments to lines of bits wherever a line of values is true.

    Args:
        values: lines of values.
        conditions: pairs of a line of values and the line of bits to note it in.
        into: the lines of bits; the moments.
    """
    bits, moments = into
    for place in range(len(conditions)):
        truths, noted = values[conditions[place, 0]], bits[conditions[place, 1]]
        for row in range(len(truths)):
            if truths[row] == TRUE:
                noted[row] |= moments
