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
AFTER_ALL = (datetime.max.replace(tzinfo=UTC) - UNIX) // timedelta(microseconds=1)
"""The last instant there is: what is known only then is never known before any day."""
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
    """The day of the zone on which each instant falls, as days since 1970-01-01; of AFTER_ALL, LAST_DAY.

    An instant lies before the first instant of a day exactly when its own day comes before that day.
    """
    never = instants >= AFTER_ALL
    if never.all():
        return np.full(len(instants), LAST_DAY, dtype=np.int32)
    in_utc = np.clip(instants // A_DAY, FIRST + 1, LAST - 1)
    first = int(in_utc[~never].min())
    ends = np.where(never, first, in_utc)
    places = ends - first
    starts = _midnights(first, places, zone)
    begun = sum((starts[places + later] <= instants).astype(np.int32) for later in (0, 1))
    return np.where(never, LAST_DAY, ends + begun - 1).astype(np.int32)


def _midnights(first: int, places: Wholes, zone: ZoneInfo) -> Wholes:
    """Where days begin, by their place from the day `first` on: those of the places told, and of the next ones.

    Only the years that are met are looked up: one instant in a far future costs no centuries.
    """
    met = np.zeros(int(places.max()) + 2, dtype=np.bool_)
    met[places] = met[places + 1] = True
    days = (np.flatnonzero(met) + first).astype("datetime64[D]")
    starts = np.zeros(len(met), dtype=np.int64)
    for year in np.unique(days.astype("datetime64[Y]").astype(np.int64)).tolist():
        begin = date(year + 1970, 1, 1).toordinal() - EPOCH - first
        of_year = _of_year(year + 1970, zone)[max(-begin, 0) :][: len(met) - max(begin, 0)]
        starts[max(begin, 0) : max(begin, 0) + len(of_year)] = of_year
    return starts


@lru_cache(maxsize=4096)
def _of_year(year: int, zone: ZoneInfo) -> Wholes:
    begin = date(year, 1, 1).toordinal()
    end = date(year, 12, 31).toordinal()
    return np.array([instant(date.fromordinal(day), zone) for day in range(begin, end + 1)], dtype=np.int64)
