"""What a column of a matrix looks like: how it is spread, of whom it is there, how old what is behind it is.

Whatever fewer than FEW families stand behind is hidden, and with it so much more that it can't be told from the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tayanch.store.arrow import NO_CODE, Bools, Floats, Table, Wholes, codes, floats
from tayanch.store.catalogue import (
    EVERYWHERE,
    FEW,
    NO,
    OTHERS,
    QUANTILES,
    YES,
    CodeShare,
    Coverage,
    Distribution,
    Freshness,
)
from tayanch.vocabulary import Kind

SHOWN = 12
"""How many codes are shown one by one; the others together."""
DIGITS = 4
"""Shares are told in so many digits after the point."""
Span = tuple[date, slice]
"""The rows of an as_of date."""


@dataclass(frozen=True)
class Seen:
    """A column as numbers, NaN where missing. words: of codes and truths, what 0, 1, … stand for; else None."""

    numbers: Floats
    words: tuple[str, ...] | None = None

    @property
    def there(self) -> Bools:
        """Where it is not missing."""
        return ~np.isnan(self.numbers)

    def at(self, rows: slice) -> Seen:
        """The same column in these rows."""
        return Seen(self.numbers[rows], self.words)

    def word(self, value: float) -> str:
        """What a value stands for, as text."""
        return f"{value:g}" if self.words is None else self.words[int(value)]


@dataclass(frozen=True)
class Places:
    """Which area each family lives in: 0, 1, … in `names`, which are sorted."""

    place: Wholes
    names: tuple[str, ...]

    def counts(self, rows: Bools) -> Wholes:
        """How many of these families each area has."""
        return np.bincount(self.place[rows], minlength=len(self.names))


def seen(table: Table, name: str, kind: Kind) -> Seen:
    """A column of a matrix."""
    if kind is not Kind.CODE:
        return Seen(floats(table, name), (NO, YES) if kind is Kind.TRUTH else None)
    places, words = codes(table, name)
    return Seen(np.where(places == NO_CODE, np.nan, places), tuple(words.to_pylist()))


def hidden(counts: Sequence[int] | Wholes) -> Bools:
    """Which of these counts of families may not be told, next to each other and to their sum.

    Those of 1 to FEW − 1; and then the smallest of the others until FEW families are hidden together.
    """
    told = np.asarray(counts, dtype=np.int64)
    found = (told > 0) & (told < FEW)
    for place in np.argsort(told, kind="stable"):
        if not found.any() or told[found].sum() >= FEW:
            break
        found[place] |= told[place] > 0
    return found


def distributions(column: Seen, spans: Sequence[Span]) -> tuple[Distribution, ...]:
    """How a column is spread at each as_of date."""
    if column.words is None:
        return tuple(_of_numbers(day, column.numbers[rows]) for day, rows in spans)
    shown = _frequent(column)
    return tuple(_of_codes(day, column.numbers[rows], column.words, shown=shown) for day, rows in spans)


def coverages(there: Bools, places: Places) -> tuple[Coverage, ...]:
    """Of how many families a column has a value: everywhere, then area by area."""
    every, having = places.counts(np.ones(len(there), dtype=bool)), places.counts(there)
    unsaid, unshared = hidden(every), hidden(having) | hidden(every - having)
    areas = (
        Coverage(name, None if unsaid[at] else int(every[at]), _share(having[at], every[at], unsaid[at] | unshared[at]))
        for at, name in enumerate(places.names)
    )
    total, without = int(every.sum()), int(every.sum() - having.sum())
    whole = Coverage(
        EVERYWHERE, _count(total), _share(total - without, total, bool(hidden([without, total - without])[0]))
    )
    return (whole, *areas)


def freshness(ages: Floats, places: Places) -> tuple[Freshness, ...]:
    """How old the newest row is, of each family's days since it: everywhere, then area by area."""
    covered = coverages(~np.isnan(ages), places)
    order = np.argsort(places.place, kind="stable")
    ends = np.cumsum(places.counts(np.ones(len(ages), dtype=bool)))[:-1]
    inside = (ages, *np.split(ages[order], ends)) if len(places.names) else (ages,)
    return tuple(_fresh(told, days[~np.isnan(days)]) for told, days in zip(covered, inside, strict=True))


def newest(ages: Sequence[Floats]) -> Floats:
    """Of each family the fewest days of several, NaN where there are none."""
    return np.fmin.reduce(list(ages))


def _fresh(told: Coverage, days: Floats) -> Freshness:
    youngest = int(days.min()) if len(days) >= FEW else None
    middle = int(np.quantile(days, 0.5)) if len(days) >= 2 * FEW else None
    return Freshness(told.area, told.share, youngest, middle)


def _of_numbers(day: date, numbers: Floats) -> Distribution:
    present = numbers[~np.isnan(numbers)]
    zero = int((present == 0).sum())
    cells = (len(numbers) - len(present), zero, len(present) - zero)
    shares = _shares(cells)
    return Distribution(
        day, _count(len(numbers)), shares[0], shares[1], tuple(_quantile(present, at) for at in QUANTILES),
        constant=_constant(present),
    )  # fmt: skip


def _of_codes(day: date, numbers: Floats, words: tuple[str, ...], *, shown: Sequence[int]) -> Distribution:
    present = numbers[~np.isnan(numbers)].astype(np.int64)
    counts = np.bincount(present, minlength=len(words))
    cells = [len(numbers) - len(present), *(int(counts[place]) for place in shown)]
    names = [words[place] for place in shown]
    if len(shown) < len(words):
        cells, names = [*cells, len(numbers) - sum(cells)], [*names, OTHERS]
    missing, *shares = _shares(cells)
    told = tuple(CodeShare(name, share) for name, share in zip(names, shares, strict=True))
    return Distribution(day, _count(len(numbers)), missing, codes=told, constant=_constant(present))


def _frequent(column: Seen) -> list[int]:
    """The places of the words to show: all, or the most frequent ones, in the words' order; YES before NO."""
    words = column.words or ()
    if words == (NO, YES):
        return [1, 0]
    counts = np.bincount(column.numbers[column.there].astype(np.int64), minlength=len(words))
    return sorted(np.argsort(-counts, kind="stable")[:SHOWN].tolist())


def _constant(present: Floats | Wholes) -> bool:
    return len(present) >= FEW and bool((present == present[0]).all())


def _shares(cells: Sequence[int]) -> list[float | None]:
    unsaid, total = hidden(cells), sum(cells)
    return [_share(cell, total, bool(no)) for cell, no in zip(cells, unsaid, strict=True)]


def _share(part: int, whole: int, unsaid: bool) -> float | None:
    return None if unsaid or whole < FEW else round(float(part) / float(whole), DIGITS)


def _count(families: int) -> int | None:
    return families if families >= FEW else None


def _quantile(present: Floats, at: float) -> float | None:
    """A quantile on either side of which FEW families lie."""
    return float(np.quantile(present, at)) if len(present) * min(at, 1 - at) >= FEW - 1e-9 else None
