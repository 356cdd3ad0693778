"""Days of a zone: where each begins, and on which an instant falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from tayanch.store.arrow import LAST_DAY, Days, Wholes

NEVER = int(np.iinfo(np.int64).max)
"""An instant after all others."""
UNIX = datetime(1970, 1, 1, tzinfo=UTC)
A_DAY = 86_400_000_000
EPOCH = UNIX.toordinal()
FIRST, LAST = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH


def instant(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day in the zone, in microseconds since 1970 in UTC.

    Where clocks skip midnight it is the instant at which they do; where midnight comes twice, the first. The last day
    there is means after everything.
    """
    if day == date.max:
        return NEVER
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone, fold=0)
    return (midnight - UNIX) // timedelta(microseconds=1)


def day_known(day: date) -> int:
    """The day as `days_of` numbers them; the last day there is comes after all others."""
    return LAST_DAY if day == date.max else day.toordinal() - EPOCH


def days_of(instants: Wholes, zone: ZoneInfo) -> Days:
    """The day of the zone on which each instant falls, as days since 1970-01-01; LAST_DAY for NEVER.

    An instant lies before the first instant of a day exactly when its own day comes before that day.
    """
    if not len(instants):
        return np.empty(0, dtype=np.int32)
    in_utc = np.clip(instants // A_DAY, FIRST + 1, LAST - 1)
    ends = np.where(instants == NEVER, FIRST + 1, in_utc)
    first = int(ends.min())
    starts = _midnights(first, int(ends.max()) + 1, zone)
    begun = sum((starts[ends - first + later] <= instants).astype(np.int32) for later in (0, 1))
    return np.where(instants == NEVER, LAST_DAY, ends + begun - 1).astype(np.int32)


def _midnights(first: int, last: int, zone: ZoneInfo) -> Wholes:
    """Where the days from `first` to `last` begin."""
    years = range(date.fromordinal(first + EPOCH).year, date.fromordinal(last + EPOCH).year + 1)
    skipped = first + EPOCH - date(years[0], 1, 1).toordinal()
    return np.concatenate([_of_year(year, zone) for year in years])[skipped:]


@lru_cache(maxsize=4096)
def _of_year(year: int, zone: ZoneInfo) -> Wholes:
    begin = date(year, 1, 1).toordinal()
    end = date(year, 12, 31).toordinal()
    return np.array([instant(date.fromordinal(day), zone) for day in range(begin, end + 1)], dtype=np.int64)
