"""A small machine for expressions: compiled loops that work through instructions, value by value.

A line of instructions is one step of a plan: what to do, where the parts lie, where the outcome goes. Values are 64-bit
words in lines of memory: a line for a step, a word for a row or a family. Families are worked through moment by moment
and tile by tile, all steps of a tile before the next, so that what lies between a step and the next stays in the cache;
and one family at one moment is one call. Missing stands in the words themselves, as in `tayanch.store.vectors`, but
dates and codes are as wide as the rest.
"""
# Numba has no types of its own for what it compiles:
# pyright: reportUntypedFunctionDecorator=false, reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tayanch.compiling import compiled, part, types
from tayanch.store.arrow import NO_WHOLE, Floats, Wholes
from tayanch.store.kernels import EXTENT, LINES, REDUCED, RESULT, WHOLES, Extent

CONSTANT, COPY, LOOK_UP, FILL, ABSENT, CHOOSE = range(6)
"""Of any kind. The detail is the word (CONSTANT), where the table begins (LOOK_UP), the word for missing (others)."""
AND, OR, NOT, NUMBERS_FROM, YEARS = range(6, 11)
"""Of truths; of wholes to numbers; of dates."""
ADD, SUBTRACT, MULTIPLY, DIVIDE = range(11, 15)
ADD_WHOLES, SUBTRACT_WHOLES, MULTIPLY_WHOLES = range(15, 18)
EQUAL, UNEQUAL, LESS, UP_TO = range(18, 22)
"""Of numbers."""
SAME, OTHER, BELOW, AT_MOST = range(22, 26)
"""Of any other kind; the detail is the word for missing."""
FALSE, UNKNOWN, TRUE = 0, 1, 2
WIDEST = 2**63 - 1
NAN = float("nan")


class Memory(NamedTuple):
    """Words, and the same as numbers. tables: for LOOK_UP: where each begins; then one after the other, of each how
    many codes it knows, a word for each, and a word for a missing code.
    """

    words: Wholes
    numbers: Floats
    tables: Wholes


class _Places(NamedTuple):
    """Where the words of an instruction begin, and how many there are."""

    out: int
    a: int
    b: int
    c: int
    length: int


MEMORY = types.Tuple((WHOLES, types.float64[::1], WHOLES))


@part
def _place(extent, place, at):
    """Where the words of a place begin, for the families from `first` at a moment."""
    moment, first = at
    if place < REDUCED:
        return extent.own + place * extent.tile
    if place < RESULT:
        return extent.reduced + ((place - REDUCED) * extent.moments + moment) * extent.width + first
    line = (place - RESULT) * extent.all_moments + extent.moment + moment
    return line * extent.all_families + extent.family + first


@part
def _any_kind(verb, memory, of):
    """What is done to words whatever they tell."""
    words, tables = memory.words, memory.tables
    places, detail = of
    out, a, b, c, length = places
    if verb == CONSTANT:
        for i in range(length):
            words[out + i] = detail
    elif verb == COPY:
        for i in range(length):
            words[out + i] = words[a + i]
    elif verb == LOOK_UP:
        table = tables[detail]
        for i in range(length):
            code = words[a + i]
            words[out + i] = tables[table + 1 + (code if code >= 0 else tables[table])]
    elif verb == FILL:
        for i in range(length):
            words[out + i] = words[b + i] if words[a + i] == detail else words[a + i]
    elif verb == ABSENT:
        for i in range(length):
            words[out + i] = TRUE if words[a + i] == detail else FALSE
    else:
        for i in range(length):
            yes, no, told = words[b + i], words[c + i], words[a + i]
            words[out + i] = yes if told == TRUE else (no if told == FALSE else detail)


@part
def _logic(verb, words, places):
    """Kleene's and, or, not: the smaller, the larger, the one on the other side."""
    out, a, b, _, length = places
    if verb == AND:
        for i in range(length):
            words[out + i] = min(words[a + i], words[b + i])
    elif verb == OR:
        for i in range(length):
            words[out + i] = max(words[a + i], words[b + i])
    else:
        for i in range(length):
            words[out + i] = TRUE - words[a + i]


@part
def _settled(number):
    """The number, if it is finite, with one zero; else missing."""
    return number + 0.0 if abs(number) < np.inf else NAN


@part
def _numbers(verb, numbers, places):
    """Arithmetic of numbers; a division by zero is no number."""
    out, a, b, _, length = places
    if verb == ADD:
        for i in range(length):
            numbers[out + i] = _settled(numbers[a + i] + numbers[b + i])
    elif verb == SUBTRACT:
        for i in range(length):
            numbers[out + i] = _settled(numbers[a + i] - numbers[b + i])
    elif verb == MULTIPLY:
        for i in range(length):
            numbers[out + i] = _settled(numbers[a + i] * numbers[b + i])
    else:
        for i in range(length):
            numbers[out + i] = _settled(numbers[a + i] / numbers[b + i])


@part
def _wholes(verb, words, places):
    """Arithmetic of wholes; missing beyond 64 bits."""
    out, a, b, _, length = places
    for i in range(length):
        left, right = words[a + i], words[b + i]
        if left == NO_WHOLE or right == NO_WHOLE:
            words[out + i] = NO_WHOLE
        elif verb == ADD_WHOLES:
            words[out + i] = _sum(left, right)
        elif verb == SUBTRACT_WHOLES:
            words[out + i] = _sum(left, -right)
        else:
            words[out + i] = _product(left, right)


@part
def _sum(a, b):
    """a + b, which has left 64 bits when it has another sign than both."""
    total = a + b
    return NO_WHOLE if (a ^ total) & (b ^ total) < 0 else total


@part
def _product(a, b):
    """a · b; of one that is nearly beyond 64 bits, division tells."""
    if abs(np.float64(a) * np.float64(b)) < 2.0**62 or abs(a) <= WIDEST // abs(b):
        return a * b
    return NO_WHOLE


@part
def _compare_numbers(verb, memory, places):
    """== != < <= of numbers; unknown where either is missing."""
    words, numbers = memory.words, memory.numbers
    out, a, b, _, length = places
    if verb == EQUAL:
        for i in range(length):
            left, right = numbers[a + i], numbers[b + i]
            words[out + i] = UNKNOWN if np.isnan(left) | np.isnan(right) else TRUE * (left == right)
    elif verb == UNEQUAL:
        for i in range(length):
            left, right = numbers[a + i], numbers[b + i]
            words[out + i] = UNKNOWN if np.isnan(left) | np.isnan(right) else TRUE * (left != right)
    elif verb == LESS:
        for i in range(length):
            left, right = numbers[a + i], numbers[b + i]
            words[out + i] = UNKNOWN if np.isnan(left) | np.isnan(right) else TRUE * (left < right)
    else:
        for i in range(length):
            left, right = numbers[a + i], numbers[b + i]
            words[out + i] = UNKNOWN if np.isnan(left) | np.isnan(right) else TRUE * (left <= right)


@part
def _compare(verb, words, of):
    """== != < <= of any other kind; unknown where either is missing."""
    (out, a, b, _, length), missing = of
    if verb == SAME:
        for i in range(length):
            left, right = words[a + i], words[b + i]
            words[out + i] = UNKNOWN if (left == missing) | (right == missing) else TRUE * (left == right)
    elif verb == OTHER:
        for i in range(length):
            left, right = words[a + i], words[b + i]
            words[out + i] = UNKNOWN if (left == missing) | (right == missing) else TRUE * (left != right)
    elif verb == BELOW:
        for i in range(length):
            left, right = words[a + i], words[b + i]
            words[out + i] = UNKNOWN if (left == missing) | (right == missing) else TRUE * (left < right)
    else:
        for i in range(length):
            left, right = words[a + i], words[b + i]
            words[out + i] = UNKNOWN if (left == missing) | (right == missing) else TRUE * (left <= right)


@part
def _years(words, places, of):
    """Completed years to as_of: of the dates as numbers like 20260331, the difference without its last four digits."""
    (out, a, _, _, length), (missing, told) = places, of
    for i in range(length):
        day = words[a + i]
        words[out + i] = (told - _told(day)) // 10_000 if day != missing else NO_WHOLE


@part
def _numbers_from(memory, places):
    """Wholes as numbers."""
    out, a, _, _, length = places
    for i in range(length):
        whole = memory.words[a + i]
        memory.numbers[out + i] = np.float64(whole) if whole != NO_WHOLE else NAN


@part
def _told(day):
    """Days since 1970-01-01 as a number like 20260331.

    Years are counted from March, in eras of 400 years, so that the leap day is the last of a year (H. Hinnant, "chrono-
    Compatible Low-Level Date Algorithms", civil_from_days).
    """
    shifted = day + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    civil_month = month + 3 if month < 10 else month - 9
    civil_year = year + era * 400 + (1 if civil_month <= 2 else 0)
    return civil_year * 10_000 + civil_month * 100 + of_year - (153 * month + 2) // 5 + 1


@part
def _step(instruction, memory, of):
    """Does one instruction in one tile: its verb and detail, where its words lie, and as_of."""
    (verb, detail), places, told = instruction, of[0], of[1]
    if verb <= CHOOSE:
        _any_kind(verb, memory, (places, detail))
    elif verb <= NOT:
        _logic(verb, memory.words, places)
    elif verb == NUMBERS_FROM:
        _numbers_from(memory, places)
    elif verb == YEARS:
        _years(memory.words, places, (detail, told))
    elif verb <= DIVIDE:
        _numbers(verb, memory.numbers, places)
    elif verb <= MULTIPLY_WHOLES:
        _wholes(verb, memory.words, places)
    elif verb <= UP_TO:
        _compare_numbers(verb, memory, places)
    else:
        _compare(verb, memory.words, (places, detail))


@compiled(types.void(LINES, MEMORY, EXTENT))
def run(instructions: Wholes, memory: Memory, extent: Extent) -> None:
    """Works through instructions: a verb, the place of what comes out, those of up to three parts, and a detail."""
    memory, extent = Memory(*memory), Extent(*extent)
    for moment in range(extent.first, extent.end):
        for first in range(0, extent.width, extent.tile):
            at, length = (moment, first), min(extent.tile, extent.width - first)
            for n in range(len(instructions)):
                places = _Places(
                    _place(extent, instructions[n, 1], at),
                    _place(extent, instructions[n, 2], at),
                    _place(extent, instructions[n, 3], at),
                    _place(extent, instructions[n, 4], at),
                    length,
                )
                _step((instructions[n, 0], instructions[n, 5]), memory, (places, extent.told[moment]))
