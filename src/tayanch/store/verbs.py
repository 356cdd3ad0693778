"""The reducing verbs: the rows that count to one value of each family at each moment, in compiled loops.

Every verb is the same short loop:

    for each family: for each of its rows, in canonical order: for each moment:
        add (or keep the larger, or the later) if the row's bit of the moment is set

The innermost loop runs over all moments and does not branch: the processor does several at a time and has nothing to
guess. Loops over just the moments of a row (its run from the first to the last) take up to four times as long, for
their length can't be foreseen. Differences at both ends of a run and one sum over them are no faster, and would be
wrong for fractions: numbers are added one after the other in canonical order, as `tayanch.store.reference` does it, so
that sums are the same to the last bit.

Values are 64-bit words of any kind: the bits of a float64 or an int64. Missing is as in `tayanch.store.vectors`.
"""
# Numba has no types of its own for what it compiles:
# pyright: reportUntypedFunctionDecorator=false, reportUnknownParameterType=false, reportMissingParameterType=false

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tayanch.store.arrow import NO_WHOLE, Days, Wholes
from tayanch.store.kernels import (
    EXTENT,
    INT,
    LINES,
    MOST,
    REDUCED,
    RESULT,
    TRUE,
    WHOLES,
    WORD_LINES,
    WORDS,
    Extent,
    Words,
    compiled,
    part,
    types,
)

VERBS = ("count", "exists", "distinct", "persons", "days_since", "days_until", "latest")
"""The verbs that are one for all kinds of values; then come those of numbers, then those of wholes."""
COUNT, EXISTS, DISTINCT, PERSONS, DAYS_SINCE, DAYS_UNTIL, LATEST = range(7)
OF_VALUES = ("sum", "mean", "min", "max")
SUM, MEAN, MIN, MAX, WHOLES_FROM = 7, 8, 9, 10, 11
NAN = float("nan")
HALF = 2**32 - 1


class Block(NamedTuple):
    """The rows of a registry for a block of families, in canonical order.

    starts: where each family's rows begin, and the end. age: empty where rows stand in order of age. here: when a row's
    version is current and its person belongs to the family. holds: when a row holds; empty where it is not asked.
    values: lines of values, row by row. conditions: lines that tell when a condition is true. groups: lines of numbers,
    equal for rows of a family with the same person or value, below 0 for rows that have none.
    """

    starts: Wholes
    happened: Days
    age: Days
    here: Words
    holds: Words
    values: Wholes
    conditions: Words
    groups: Wholes


class Asked(NamedTuple):
    """What is asked of a registry's rows.

    choices: per choice of rows the line in `windows` (below 0: the rows that hold), and the condition (below 0: none).
    reductions: sorted by choice: the choice, the verb, the line of values or of groups, the place of what comes out,
    what stands there where it is missing. windows: lines that tell when a day is in the window, for each day from
    `first` on; days before and beyond are as the first and last. today: as_of of each moment, in days.
    """

    choices: Wholes
    reductions: Wholes
    first: int
    windows: Words
    today: Wholes


class _Chosen(NamedTuple):
    """Chosen rows and where values of their families go.

    starts: where each family's rows begin, and the end. here: when each row counts, at so many `moments`. words:
    memory, in which the first moment's values begin at `first`, and each further one's `stride` words on.
    """

    starts: Any
    here: Any
    moments: Any
    words: Any
    first: Any
    stride: Any


OWN_DAYS = types.int32[::1]
BLOCK = types.Tuple((WHOLES, OWN_DAYS, OWN_DAYS, WORDS, WORDS, LINES, WORD_LINES, LINES))
ASKED = types.Tuple((LINES, LINES, INT, WORD_LINES, WHOLES))


@part
def _has(bits, moment):
    """1 if the moment's bit is set, else 0."""
    return np.int64((bits >> np.uint64(moment)) & np.uint64(1))


@part
def _put(chosen, family, lanes):
    """Writes a family's values."""
    place = chosen.first + family
    for moment in range(chosen.moments):
        chosen.words[place] = lanes[moment]
        place += chosen.stride


@part
def _count(chosen):
    """How many rows."""
    lanes = np.empty(MOST, np.int64)
    for family in range(len(chosen.starts) - 1):
        lanes[: chosen.moments] = 0
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits = chosen.here[row]
            for moment in range(chosen.moments):
                lanes[moment] += _has(bits, moment)
        _put(chosen, family, lanes)


@part
def _exists(chosen):
    """Whether there is any row."""
    for family in range(len(chosen.starts) - 1):
        bits = np.uint64(0)
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits |= chosen.here[row]
        for moment in range(chosen.moments):
            chosen.words[chosen.first + moment * chosen.stride + family] = TRUE * _has(bits, moment)


@part
def _different(chosen, groups):
    """How many different groups. The moments of a group are gathered first, and then counted with its first row."""
    lanes = np.empty(MOST, np.int64)
    met = np.zeros(groups.max() + 1 if len(groups) else 0, np.uint64)
    for family in range(len(chosen.starts) - 1):
        first, end = chosen.starts[family], chosen.starts[family + 1]
        lanes[: chosen.moments] = 0
        for row in range(first, end):
            if groups[row] >= 0:
                met[groups[row]] |= chosen.here[row]
        for row in range(first, end):
            if groups[row] >= 0:
                bits = met[groups[row]]
                met[groups[row]] = 0
                for moment in range(chosen.moments):
                    lanes[moment] += _has(bits, moment)
        _put(chosen, family, lanes)


@part
def _days(chosen, happened, of):
    """Days from the last row to today (today, True), or from today to the first row (today, False)."""
    today, since = of
    lanes = np.empty(MOST, np.int64)
    for family in range(len(chosen.starts) - 1):
        first, end = chosen.starts[family], chosen.starts[family + 1]
        lanes[: chosen.moments] = NO_WHOLE
        for nth in range(end - first):
            row = first + nth if since else end - 1 - nth
            bits, day = chosen.here[row], np.int64(happened[row])
            for moment in range(chosen.moments):
                lanes[moment] = day if _has(bits, moment) else lanes[moment]
        for moment in range(chosen.moments):
            length = lanes[moment] - today[moment]
            lanes[moment] = NO_WHOLE if lanes[moment] == NO_WHOLE else (-length if since else length)
        _put(chosen, family, lanes)


@part
def _latest(chosen, values, of):
    """The value in the newest row, given ages (empty where rows stand in their order) and what is missing."""
    age, missing = of
    lanes, ages = np.empty(MOST, np.int64), np.empty(MOST, np.int64)
    for family in range(len(chosen.starts) - 1):
        lanes[: chosen.moments] = -1
        ages[: chosen.moments] = -1
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits = chosen.here[row]
            if len(age):
                own = np.int64(age[row])
                for moment in range(chosen.moments):
                    found = own if _has(bits, moment) else -1
                    lanes[moment] = row if found > ages[moment] else lanes[moment]
                    ages[moment] = max(found, ages[moment])
            else:
                for moment in range(chosen.moments):
                    lanes[moment] = row if _has(bits, moment) else lanes[moment]
        for moment in range(chosen.moments):
            lanes[moment] = values[lanes[moment]] if lanes[moment] >= 0 else missing
        _put(chosen, family, lanes)


@part
def _sums(chosen, values, divided):
    """Sums of numbers, or means: missing where no value is present; but the sum of no rows is 0."""
    lanes, counts = np.empty(MOST), np.ones(MOST)
    for family in range(len(chosen.starts) - 1):
        rows, some = np.uint64(0), np.uint64(0)
        for moment in range(chosen.moments):
            lanes[moment] = 0.0
        if divided:
            for moment in range(chosen.moments):
                counts[moment] = 0.0
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            value, bits = values[row], chosen.here[row]
            rows |= bits
            bits = np.uint64(0) if np.isnan(value) else bits
            some |= bits
            for moment in range(chosen.moments):
                lanes[moment] += value if _has(bits, moment) else 0.0
            if divided:
                for moment in range(chosen.moments):
                    counts[moment] += _has(bits, moment)
        none = ~some if divided else rows & ~some
        for moment in range(chosen.moments):
            lanes[moment] = lanes[moment] if abs(lanes[moment]) < np.inf else NAN
        if none:
            for moment in range(chosen.moments):
                lanes[moment] = NAN if _has(none, moment) else lanes[moment]
        if divided:
            for moment in range(chosen.moments):
                lanes[moment] = NAN if np.isnan(lanes[moment]) else lanes[moment] / counts[moment] + 0.0
        _put(chosen, family, lanes.view(np.int64))


@part
def _whole_sums(chosen, values, divided):
    """Exact sums of wholes, or means, as `_sums`; missing, too, where the sum is beyond 64 bits.

    Each value is added in two halves, the higher with the sign, so that no sum of less than 2^31 rows is too large.
    """
    high, low, counts = np.empty(MOST, np.int64), np.empty(MOST, np.int64), np.empty(MOST, np.int64)
    means = np.empty(MOST)
    for family in range(len(chosen.starts) - 1):
        rows = np.uint64(0)
        high[: chosen.moments] = 0
        low[: chosen.moments] = 0
        counts[: chosen.moments] = 0
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits, value = chosen.here[row], values[row]
            rows |= bits
            if value != NO_WHOLE:
                upper, lower = value >> 32, value & HALF
                for moment in range(chosen.moments):
                    high[moment] += upper if _has(bits, moment) else 0
                    low[moment] += lower if _has(bits, moment) else 0
                    counts[moment] += _has(bits, moment)
        for moment in range(chosen.moments):
            total = _whole(high[moment], low[moment])
            none = counts[moment] == 0 and (divided or _has(rows, moment))
            low[moment] = NO_WHOLE if none else total
            if divided:
                means[moment] = np.float64(low[moment]) / counts[moment] if low[moment] != NO_WHOLE else NAN
        _put(chosen, family, means.view(np.int64) if divided else low)


@part
def _whole(high, low):
    """high · 2^32 + low; missing beyond 64 bits."""
    high += low >> 32
    return (high << 32) | (low & HALF) if -(2**31) <= high < 2**31 else NO_WHOLE


@part
def _extremes(chosen, values, largest):
    """The largest number or the smallest; missing where none is present."""
    lanes = np.empty(MOST)
    worst = -np.inf if largest else np.inf
    for family in range(len(chosen.starts) - 1):
        for moment in range(chosen.moments):
            lanes[moment] = worst
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits, value = chosen.here[row], values[row]
            if largest:
                for moment in range(chosen.moments):
                    found = value if _has(bits, moment) else worst
                    lanes[moment] = found if found > lanes[moment] else lanes[moment]
            else:
                for moment in range(chosen.moments):
                    found = value if _has(bits, moment) else worst
                    lanes[moment] = found if found < lanes[moment] else lanes[moment]
        for moment in range(chosen.moments):
            lanes[moment] = lanes[moment] if abs(lanes[moment]) < np.inf else NAN
        _put(chosen, family, lanes.view(np.int64))


@part
def _whole_extremes(chosen, values, largest):
    """The largest whole or the smallest; missing where none is present."""
    lanes = np.empty(MOST, np.int64)
    sign = 1 if largest else -1  # NO_WHOLE is its own contrary, and below every whole and its contrary
    for family in range(len(chosen.starts) - 1):
        lanes[: chosen.moments] = NO_WHOLE
        for row in range(chosen.starts[family], chosen.starts[family + 1]):
            bits, value = chosen.here[row], sign * values[row]
            for moment in range(chosen.moments):
                found = value if _has(bits, moment) else NO_WHOLE
                lanes[moment] = max(found, lanes[moment])
        for moment in range(chosen.moments):
            lanes[moment] = sign * lanes[moment]
        _put(chosen, family, lanes)


@part
def _choose(block, asked, into):
    """Writes when each row counts for a choice, the first moment that is asked for first."""
    choice, here, first = into
    window, condition = asked.choices[choice, 0], asked.choices[choice, 1]
    if window < 0:
        for row in range(len(here)):
            here[row] = block.here[row] & block.holds[row]
    else:
        inside = asked.windows[window]
        for row in range(len(here)):
            here[row] = block.here[row] & inside[min(max(block.happened[row] - asked.first, 0), len(inside) - 1)]
    if condition >= 0:
        true = block.conditions[condition]
        for row in range(len(here)):
            here[row] &= true[row]
    for row in range(len(here)):
        here[row] >>= np.uint64(first)


@part
def _reduce(chosen, block, of):
    """Computes one reduction."""
    verb, line, missing, today = of
    if verb == COUNT:
        _count(chosen)
    elif verb == EXISTS:
        _exists(chosen)
    elif verb <= PERSONS:
        _different(chosen, block.groups[line])
    elif verb <= DAYS_UNTIL:
        _days(chosen, block.happened, (today, verb == DAYS_SINCE))
    elif verb == LATEST:
        _latest(chosen, block.values[line], (block.age, missing))
    elif verb <= MEAN:
        _sums(chosen, block.values[line].view(np.float64), verb == MEAN)
    elif verb <= MAX:
        _extremes(chosen, block.values[line].view(np.float64), verb == MAX)
    elif verb <= WHOLES_FROM + 1:
        _whole_sums(chosen, block.values[line], verb > WHOLES_FROM)
    else:
        _whole_extremes(chosen, block.values[line], verb > WHOLES_FROM + 2)


@compiled(types.void(types.Tuple((BLOCK, ASKED)), WHOLES, EXTENT))
def reduce_rows(of: tuple[Block, Asked], words: Wholes, extent: Extent) -> None:
    """Reduces rows to values of their families, in memory, at the moments from extent.first to before extent.end."""
    block, asked, extent = Block(*of[0]), Asked(*of[1]), Extent(*extent)
    here, chosen = np.empty(len(block.here), np.uint64), -1
    moments = extent.end - extent.first
    for n in range(len(asked.reductions)):
        told = asked.reductions[n]
        choice, verb, line, place, missing = told[0], told[1], told[2], told[3], told[4]
        if choice != chosen:
            _choose(block, asked, (choice, here, extent.first))
            chosen = choice
        if place < RESULT:
            stride = extent.width
            first = extent.reduced + ((place - REDUCED) * extent.moments + extent.first) * stride
        else:
            stride = extent.all_families
            first = ((place - RESULT) * extent.all_moments + extent.moment + extent.first) * stride + extent.family
        out = _Chosen(block.starts, here, moments, words, first, stride)
        _reduce(out, block, (verb, line, missing, asked.today[extent.first :]))
