"""Windows of time, as seen from an as_of date. All are half-open; the past and the future are different verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tayanch.declare.forms import Form
from tayanch.errors import DeclarationError
from tayanch.vocabulary import NO_TIME, Length


class Side(StrEnum):
    """Which rows a window looks at."""

    PAST = "past"
    FUTURE = "future"
    CURRENT = "current"
    ANNOUNCED = "announced"


Form.known[Side.__name__] = Side


@dataclass(frozen=True, eq=False)
class Window(Form):
    """The rows with happened_on in [start, end).

    PAST: [as_of − gap − length, as_of − gap); without a length, all before as_of − gap.
    FUTURE: [as_of + gap, as_of + gap + length).
    CURRENT: happened_on < as_of ≤ the day on which the row ended, or no end known.
    ANNOUNCED: happened_on ≥ as_of, among what was known before.
    """

    side: Side
    length: Length | None = None
    gap: Length = NO_TIME

    def start(self, as_of: date) -> date | None:
        """First day inside, or None where the window has no beginning."""
        if self.side is Side.PAST:
            return self.gap.plus(self.length).before(as_of) if self.length else None
        return self.gap.after(as_of) if self.side is Side.FUTURE else (as_of if self.side is Side.ANNOUNCED else None)

    def end(self, as_of: date) -> date | None:
        """First day after it, or None where the window has no end."""
        if self.side is Side.PAST:
            return self.gap.before(as_of)
        if self.side is Side.CURRENT:
            return as_of
        return self.gap.plus(self.length).after(as_of) if self.side is Side.FUTURE and self.length else None


def past(months: int | None, days: int | None, ending: int) -> Window:
    """The window of `last(...)`.

    Raises:
        DeclarationError: when the length is empty, or both or wrong units are given.
    """
    if months is None and days is None:
        return Window(Side.PAST, None, _gap("last", "ending", ending, in_days=False))
    return Window(Side.PAST, _length("last", months, days), _gap("last", "ending", ending, in_days=days is not None))


def future(months: int | None, days: int | None, starting: int) -> Window:
    """The window of `next(...)`.

    Raises:
        DeclarationError: when the length is empty or missing, or both or wrong units are given.
    """
    if months is None and days is None:
        raise DeclarationError("next() has no end", do="give months= or days=.")
    gap = _gap("next", "starting", starting, in_days=days is not None)
    return Window(Side.FUTURE, _length("next", months, days), gap)


def _length(verb: str, months: int | None, days: int | None) -> Length:
    if months is not None and days is not None:
        raise DeclarationError(f"{verb}(months={months}, days={days}) mixes two units", do="give months or days.")
    unit, n = ("months", months) if months is not None else ("days", days)
    if not isinstance(n, int) or isinstance(n, bool):
        raise DeclarationError(f"{verb}({unit}={n!r}) is not a whole number", do=f"give whole {unit}.")
    if n == 0:
        raise DeclarationError(f"{verb}({unit}=0) is empty", do=f"give at least one {unit[:-1]}.")
    if n < 0:
        other = "next" if verb == "last" else "last"
        raise DeclarationError(f"{verb}({unit}={n}) is negative", do=f"use {other}({unit}={-n}) for the other side.")
    return Length(months=n) if unit == "months" else Length(days=n)


def _gap(verb: str, word: str, n: Any, *, in_days: bool) -> Length:
    if not isinstance(n, int) or isinstance(n, bool) or n < 0:
        raise DeclarationError(f"{verb}({word}={n!r}) is not a whole number of zero or more", do="give one.")
    return Length(days=n) if in_days else Length(months=n)
