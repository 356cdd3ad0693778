"""What a delivery does not keep of its registries' contracts: columns left empty, rows that did not come, silence.

A finding stops nothing unless that is asked for. Each kind is judged against chance: counts of n rows vary by about √n
of themselves, so that a small area is not told of for a row or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any, Literal

from tayanch.declare.forms import Form
from tayanch.declare.registries import Registry
from tayanch.vocabulary import Length

CHANCE = 3
"""Standard deviations that a figure must lie beyond what is expected: 1 in 700 by chance alone."""
YEAR, FEWEST, BACK = 12, 3, 60
"""Months that tell what is usual: of so many before, the last twelve in which the register tells anything (of a monthly
one a year, so that every season is in it); fewer than three tell nothing."""
Missing = Sequence[tuple[str, str, int, int]]
"""Column, area, rows, rows without a value."""
Counts = Mapping[str, Mapping[date, int]]
"""By area and month: rows."""


@dataclass(frozen=True, eq=False)
class Finding(Form):
    """Something that was expected of a delivery and not met. It tells areas and figures, never a person.

    breach: "missing": `met` is the share of rows that lack the column, `expected` the most there may be;
        "rows": `met` rows of the month came from the area, `expected` is the fewest there should be, `usual` the median
        of the months before;
        "age": the newest row is `met` days old, `expected` the most there may be.
    area: "" for the whole country. month: its first day.
    """

    registry: str
    breach: Literal["missing", "rows", "age"]
    expected: float
    met: float
    column: str = ""
    area: str = ""
    month: date | None = None
    usual: float = 0.0

    def __str__(self) -> str:
        place = f" in {self.area}" if self.area else ""
        if self.breach == "missing":
            return (
                f"{self.registry}{place}: {100 * self.met:.1f} % lack {self.column}, at most {100 * self.expected:g} %"
            )
        if self.breach == "age":
            return f"{self.registry}: the newest row is {self.met:.0f} days old, at most {self.expected:.0f}"
        month = f"{self.month:%Y-%m}" if self.month else ""
        came = f"{self.met:.0f} (usually {self.usual:g}, at least {self.expected:g})"
        return f"{self.registry}{place}: rows of {month}: {came}"


@dataclass(frozen=True)
class Judged:
    """What a registry's contract is judged by.

    delivered, last: the day of this delivery, and of the last one that brought rows of it (None: it is the first).
    missing: of this delivery.
    arrivals: rows of the tables of arrivals, this delivery's and those before; instants in the project's zone.
    came: whether a file of it came with this delivery.
    """

    registry: Registry
    delivered: date
    last: date | None
    missing: Missing
    arrivals: Sequence[Mapping[str, Any]]
    came: bool


def findings(judged: Judged) -> tuple[Finding, ...]:
    """What the registry's contract finds, silence first."""
    return (*_silence(judged), *_few_rows(judged), *_empty_columns(judged))


def _empty_columns(judged: Judged) -> Iterator[Finding]:
    most = {column.name: column.most_missing for column in judged.registry.columns}
    for column, area, rows, absent in judged.missing:
        share = most[column]
        assert share is not None
        # The variance of a binomial count: so many of so many rows may lack the value by chance.
        if absent > rows * share + CHANCE * (rows * share * (1 - share)) ** 0.5:
            yield Finding(judged.registry.name, "missing", share, absent / rows, column=column, area=area)


def _silence(judged: Judged) -> Iterator[Finding]:
    """Whether the newest row is older than the registry may be silent."""
    months = judged.registry.silent_after
    newest = max((_day_of(judged.registry, row) for row in judged.arrivals), default=None)
    if not months or newest is None:
        return
    oldest = Length(months=months).before(judged.delivered)
    if newest < oldest:
        told = (judged.delivered - oldest).days, (judged.delivered - newest).days
        yield Finding(judged.registry.name, "age", float(told[0]), float(told[1]))


def _day_of(registry: Registry, row: Mapping[str, Any]) -> date:
    return row["newest_known_at"].date() if registry.announced else row["newest_happened_on"]


def _few_rows(judged: Judged) -> Iterator[Finding]:
    """Areas that sent far fewer rows of a month than they usually do, for the months that are due since the last time.

    What is usual is the median of the months before: up to half of them may be broken themselves and it still tells
    the usual (its breakdown point is 50 %; Huber and Ronchetti, Robust Statistics, 2009, section 1.4).
    """
    fewest = judged.registry.expects.fewest
    if not fewest or not judged.came:
        return
    counts = _counts(judged.arrivals)
    for month in _due(judged, counts):
        for area in sorted(counts):
            before = [counts[area].get(one, 0) for one in _months_before(counts, month)]
            if len(before) < FEWEST:
                continue
            usual, met = median(before), counts[area].get(month, 0)
            if met < fewest * usual and usual - met > CHANCE * usual**0.5:
                found = Finding(judged.registry.name, "rows", fewest * usual, float(met))
                yield replace(found, area=area, month=month, usual=float(usual))


def _counts(arrivals: Iterable[Mapping[str, Any]]) -> Counts:
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in arrivals:
        found[row["area"]][row["month"]] += row["rows"]
    return found


def _due(judged: Judged, counts: Counts) -> list[date]:
    """The months whose rows must have come by now and were not judged before; at first, the newest of them."""
    length = Length(months=judged.registry.silent_after)
    newest = length.before(judged.delivered).replace(day=1)
    if judged.last is None:
        return _told_months(counts, _until(newest, YEAR))[-1:]
    since = length.before(judged.last).replace(day=1)
    span = (newest.year - since.year) * 12 + newest.month - since.month
    return _told_months(counts, _until(newest, span))


def _months_before(counts: Counts, month: date) -> list[date]:
    return _told_months(counts, _until(Length(months=1).before(month), BACK))[-YEAR:]


def _until(newest: date, months: int) -> list[date]:
    """So many months, the newest last."""
    return [Length(months=ago).before(newest) for ago in reversed(range(months))]


def _told_months(counts: Counts, months: Sequence[date]) -> list[date]:
    """Those of the months that a register tells of at all: one of quarters, terms or years is silent in most.

    A month in which nobody sends anything counts as long as rows come in most months of the year up to it.
    """
    if not months:
        return []
    year = _until(months[-1], YEAR)
    sent = {month for by_month in counts.values() for month, rows in by_month.items() if rows}
    if sum(month in sent for month in year) > len(year) / 2:
        first = min(sent)
        return [month for month in months if month >= first]
    return [month for month in months if month in sent]
