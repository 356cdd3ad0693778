"""The limit's one pass over a bucket: every window, verb and ratio of the sixty written out for these data."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from benchmarks.features import asked

DATES, WINDOWS = len(asked.DATES), len(asked.WINDOWS)
EPOCH = 719163
"""1970-01-01 as a proleptic ordinal."""
FIRST, LAST = 17_000, 21_500
"""The days (since 1970) that the tables cover; earlier ones and later ones are as these."""
HOURS, DAY = 5, 86_400_000_000
BLOCK = 16
"""Families computed at a time: what is added up for them stays in the cache, and is written in whole lines."""
NEVER = np.iinfo(np.int64).max
COUNTS = [
    f"{stem}_count_{window or 'all'}"
    for stem in ("payments", "wages_regular", "visits", "visits_planned", "visits_emergency")
    for window in asked.WINDOWS
]
NUMBERS = [
    *(
        f"{stem}_{verb}_{window or 'all'}"
        for stem in ("payments", "wages_regular")
        for verb in ("sum", "mean", "max")
        for window in asked.WINDOWS
    ),
    *(f"visits_sum_{window or 'all'}" for window in asked.WINDOWS),
    *(asked_of.name for asked_of in asked.WINDOWED if asked_of.verb == "days_since"),
    "latest_income",
    "latest_members",
    *(ratio.name for ratio in asked.RATIOS),
]
NAMES = ["family", *COUNTS, *NUMBERS, "latest_district"]
assert sorted(NAMES[1:]) == sorted(asked.NAMES)
DAYS = np.array([day.toordinal() - EPOCH for day in asked.DATES], dtype=np.int64)


def _tables() -> tuple[Any, Any]:
    """By day: the first date that lies past it; and per window the first whose window begins past it."""
    days = np.arange(FIRST, LAST)
    after = np.searchsorted(DAYS, days, side="right").astype(np.int8)
    lengths = [window or 10**6 for window in asked.WINDOWS]
    out = np.stack([np.searchsorted(DAYS - length, days, side="right") for length in lengths], axis=1)
    return after, out.astype(np.int8)


TABLES = _tables()


@numba.njit(cache=True, inline="always")
def _day(instant: int) -> int:
    day = (instant + HOURS * (DAY // 24)) // DAY
    return min(max(day, FIRST), LAST - 1) - FIRST


@numba.njit(cache=True, inline="always")
def _end(rows: Any, row: int, first: int, last: int, after: Any) -> int:
    """The first date at which a row is replaced; the number of dates where it never is."""
    _, key, _, known, _ = rows
    until = NEVER
    for other in range(first, last):
        same = key[4 * other] == key[4 * row] and key[4 * other + 1] == key[4 * row + 1]
        if same and known[row] < known[other] < until:
            until = known[other]
    return DATES if until == NEVER else after[_day(until)]


@numba.njit(cache=True, inline="always")
def _run(rows: Any, row: int, first: int, last: int, after: Any) -> tuple[int, int]:
    """The dates at which a row counts, from the first to before the last."""
    _, _, _, known, retracted = rows
    begin = after[_day(known[row])]
    if retracted[row] or begin == DATES:
        return 0, 0
    return begin, _end(rows, row, first, last, after)


def space(families: int) -> list[tuple[Any, tuple[int, ...]]]:
    """Memory for the answer of so many families, and what stands before the families in the shape of each array."""
    shapes = ((len(COUNTS), DATES), np.int64), ((len(NUMBERS), DATES), np.float64), ((DATES,), np.int32)
    return [(np.zeros(int(np.prod(shape)) * families, dtype=kind), shape) for shape, kind in shapes]


@numba.njit(cache=True, error_model="numpy")
def features(
    payments: Any, wages: Any, visits: Any, profile: Any, tables: Any, counts: Any, numbers: Any, codes: Any
) -> None:
    """Fills counts and numbers (column × date × family) and district codes (date × family), some families at a time."""
    families = len(profile[0]) - 1
    count = np.empty((5, WINDOWS, DATES + 1, BLOCK), dtype=np.int64)
    total = np.empty((3, WINDOWS, DATES + 1, BLOCK), dtype=np.float64)
    most = np.empty((2, WINDOWS, DATES, BLOCK), dtype=np.float64)
    last = np.empty((3, DATES, BLOCK), dtype=np.float64)
    state = np.empty((3, DATES, BLOCK), dtype=np.float64)
    after, out = tables
    for start in range(0, families, BLOCK):
        count[:], total[:], most[:], last[:], state[:] = 0, 0.0, np.nan, np.nan, 0.0
        size = min(BLOCK, families - start)
        for place in range(size):
            family = start + place
            _add(payments, family, place, after, out, count[0], total[0], most[0], last[0], -1)
            _add(wages, family, place, after, out, count[1], total[1], most[1], last[1], 0)
            _add_visits(visits, family, place, after, out, count, total[2], last[2])
            _add_profile(profile, family, place, after, state)
        _tell_counts(start, size, count, counts)
        _tell_numbers(start, size, count, total, most, last, numbers)
        _tell_state(start, size, count, total, state, numbers, codes)


@numba.njit(cache=True, inline="always")
def _add(
    rows: Any,
    family: int,
    place: int,
    after: Any,
    out: Any,
    count: Any,
    total: Any,
    most: Any,
    last: Any,
    only: int,
) -> None:
    first, end = rows[0][family], rows[0][family + 1]
    for row in range(first, end):
        begin, until = _run(rows[:5], row, first, end, after)
        if begin >= until:
            continue
        happened, amount = rows[2][row], rows[6][row]
        for date in range(begin, until):
            last[date, place] = happened
        if only >= 0 and rows[5][row] != only:
            continue
        for window in range(WINDOWS):
            stop = min(until, out[happened - FIRST, window])
            if begin < stop:
                count[window, begin, place] += 1
                count[window, stop, place] -= 1
                total[window, begin, place] += amount
                total[window, stop, place] -= amount
                for date in range(begin, stop):
                    if not most[window, date, place] >= amount:
                        most[window, date, place] = amount


@numba.njit(cache=True, inline="always")
def _add_visits(rows: Any, family: int, place: int, after: Any, out: Any, count: Any, total: Any, last: Any) -> None:
    first, end = rows[0][family], rows[0][family + 1]
    for row in range(first, end):
        begin, until = _run(rows[:5], row, first, end, after)
        if begin >= until:
            continue
        happened, kind, amount = rows[2][row], rows[5][row], rows[6][row]
        if kind == 1:
            for date in range(begin, until):
                last[date, place] = happened
        for window in range(WINDOWS):
            stop = min(until, out[happened - FIRST, window])
            if begin < stop:
                count[2, window, begin, place] += 1
                count[2, window, stop, place] -= 1
                total[window, begin, place] += amount
                total[window, stop, place] -= amount
                if kind < 2:
                    count[3 + kind, window, begin, place] += 1
                    count[3 + kind, window, stop, place] -= 1


@numba.njit(cache=True, inline="always")
def _add_profile(rows: Any, family: int, place: int, after: Any, state: Any) -> None:
    first, end = rows[0][family], rows[0][family + 1]
    for row in range(first, end):
        begin, until = _run(rows[:5], row, first, end, after)
        for date in range(begin, until):
            state[0, date, place] = rows[5][row]
            state[1, date, place], state[2, date, place] = rows[6][row], rows[7][row]


@numba.njit(cache=True)
def _tell_counts(start: int, size: int, count: Any, counts: Any) -> None:
    """Runs the changes of counts and writes them."""
    for sort in range(5):
        for window in range(WINDOWS):
            for date in range(DATES):
                now, column = count[sort, window, date], counts[WINDOWS * sort + window, date]
                if date:
                    before = count[sort, window, date - 1]
                    for place in range(BLOCK):
                        now[place] += before[place]
                for place in range(size):
                    column[start + place] = now[place]


@numba.njit(cache=True, error_model="numpy")
def _tell_numbers(start: int, size: int, count: Any, total: Any, most: Any, last: Any, numbers: Any) -> None:
    """Runs the changes of sums; writes sums, means, largest values and days."""
    for sort in range(3):
        for window in range(WINDOWS):
            for date in range(DATES):
                now, column = total[sort, window, date], numbers[12 * sort + window, date]
                if date:
                    before = total[sort, window, date - 1]
                    for place in range(BLOCK):
                        now[place] += before[place]
                for place in range(size):
                    column[start + place] = now[place]
                if sort < 2:
                    present, largest = count[sort, window, date], most[sort, window, date]
                    mean, top = numbers[12 * sort + 4 + window, date], numbers[12 * sort + 8 + window, date]
                    for place in range(size):
                        mean[start + place] = now[place] / present[place]
                        top[start + place] = largest[place]
    for sort in range(3):
        for date in range(DATES):
            day, column, today = last[sort, date], numbers[28 + sort, date], float(DAYS[date])
            for place in range(size):
                column[start + place] = today - day[place]


@numba.njit(cache=True, error_model="numpy")
def _tell_state(start: int, size: int, count: Any, total: Any, state: Any, numbers: Any, codes: Any) -> None:
    """Writes what the profile says, and the quotients."""
    for date in range(DATES):
        for place in range(size):
            codes[date, start + place] = np.int32(state[0, date, place])
            numbers[31, date, start + place] = state[1, date, place]
            numbers[32, date, start + place] = state[2, date, place]
        paid = total[0, 2, date]
        _quotient(start, size, total[0, 0, date], paid, numbers[33, date])
        _quotient(start, size, paid, total[1, 2, date], numbers[34, date])
        _quotient(start, size, paid, state[1, date], numbers[35, date])
        _quotient(start, size, total[0, 3, date], state[2, date], numbers[36, date])
        _quotient(start, size, total[1, 1, date], total[1, 2, date], numbers[37, date])
        _quotient(start, size, count[4, 2, date], count[2, 2, date], numbers[38, date])


@numba.njit(cache=True, error_model="numpy", inline="always")
def _quotient(start: int, size: int, above: Any, below: Any, column: Any) -> None:
    for place in range(size):
        found = above[place] / below[place]
        column[start + place] = found if below[place] != 0 else np.nan
