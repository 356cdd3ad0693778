"""Calendars: when each day counts, as words of a bit for each of some moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tayanch.declare.windows import Window
from tayanch.store.arrow import LAST_DAY, Wholes
from tayanch.store.kernels import Words
from tayanch.store.midnights import day_known
from tayanch.store.vectors import day_number
from tayanch.vocabulary import Moment

Later = tuple[int, Words]
"""A day, and from it on of each day the moments that lie after it; days before and beyond are as the first and last."""


@dataclass(frozen=True)
class Calendar:
    """What days mean at some moments, of which there are at most 64.

    known, as_of: the moments that lie after a day, by what was known and by as_of. first, windows: for each window a
    line that tells when a day is inside, for each day from `first` on; days before and beyond are as the first and
    last. today: as_of in days since 1970-01-01. told: as a number like 20260331. bits: of each
    moment.
    """

    moments: tuple[Moment, ...]
    known: Later
    as_of: Later
    first: int
    windows: Words
    today: Wholes
    told: Wholes
    bits: Words

    @classmethod
    def of(cls, moments: Sequence[Moment], windows: Sequence[Window]) -> Calendar:
        """The calendar of these moments and windows."""
        days = [moment.as_of for moment in moments]
        first, lines = _inside([[(_number(w.start(day)), _number(w.end(day))) for day in days] for w in windows])
        return cls(
            moments=tuple(moments),
            known=_later([day_known(moment.known_by) for moment in moments]),
            as_of=_later([day_number(day) for day in days]),
            first=first,
            windows=lines,
            today=np.array([day_number(day) for day in days], dtype=np.int64),
            told=np.array([day.year * 10_000 + day.month * 100 + day.day for day in days], dtype=np.int64),
            bits=np.array([1 << place for place in range(len(days))], dtype=np.uint64),
        )


def _number(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _later(days: Sequence[int]) -> Later:
    """Moments on a day that comes after all others are later than every day."""
    first, lines = _inside([[(None, None if day == LAST_DAY else day) for day in days]])
    return first, lines[0]


def _inside(spans: Sequence[Sequence[tuple[int | None, int | None]]]) -> tuple[int, Words]:
    """For lines of spans of days, one for each moment, None where open: the first day told, and when each is inside."""
    edges = [edge for line in spans for span in line for edge in span if edge is not None]
    first, end = min(edges, default=0) - 1, max(edges, default=0) + 1
    found = np.zeros((len(spans), end - first), dtype=np.uint64)
    for line, told in zip(found, spans, strict=True):
        for place, (start, stop) in enumerate(told):
            line[None if start is None else start - first : None if stop is None else stop - first] |= np.uint64(
                1 << place
            )
    return first, found
