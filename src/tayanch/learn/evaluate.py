"""What a candidate's scores of one fold are worth: every measure with its replicates, and the counts beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import numpy as np

from tayanch.declare.experiments import Capacity
from tayanch.learn import metrics
from tayanch.learn.arrays import Floats, Wholes
from tayanch.learn.capacity import Listing, listing
from tayanch.learn.intervals import Figure, Measured, figure, mean_of
from tayanch.learn.ties import Counts, Orders, counts, precision_orders, recall_orders

Told = TypeVar("Told")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Marks(Generic[Told]):
    """One value for each measure. The last two need a probability, which not every candidate has."""

    auc: Told
    average_precision: Told
    precision_at_capacity: Told
    recall_at_capacity: Told
    brier: Told
    calibration_error: Told

    def each(self) -> Iterator[tuple[str, Told]]:
        """The measures' names with their values."""
        return ((told.name, getattr(self, told.name)) for told in fields(self))

    def of(self, measure: str) -> Told:
        """The value of a measure by its name."""
        return dict(self.each())[measure]

    def turned(self, how: Callable[[Told], Other]) -> Marks[Other]:
        """The same measures, each value turned into another."""
        return Marks(**{name: how(value) for name, value in self.each()})


@dataclass(frozen=True)
class Paper:
    """The rows a fold is judged on, one per family of the cohort, sorted by family.

    area: the area each family competes for places in, when the capacity is per area.
    """

    sheet: metrics.Sheet
    capacity: Capacity
    area: Wholes | None = None

    def listing(self, scores: Floats) -> Listing:
        """The list that scores make at capacity."""
        return listing(scores, self.capacity, areas=self.area)


@dataclass(frozen=True)
class Hits:
    """What lists found, per area: listed with the outcome, listed with a known outcome, and all with the outcome."""

    found: Floats
    known: Floats
    positive: Floats

    def and_(self, others: Sequence[Hits]) -> Hits:
        """All these lists together."""
        lists = (self, *others)
        return Hits(*(np.sum([getattr(one, told.name) for one in lists], axis=0) for told in fields(Hits)))


@dataclass(frozen=True)
class Judged:
    """A candidate on one fold: measures, what its list found, counts, and what ties leave open."""

    marks: Marks[Measured]
    hits: Hits
    counts: Counts
    precision: Orders
    recall: Orders


def judge(paper: Paper, scores: Floats, *, probability: Floats | None = None) -> Judged:
    """The measures of scores (highest first to be helped) and, where there is one, of the probability."""
    sheet, listed = paper.sheet, paper.listing(scores)
    nothing = Measured(float("nan"), np.full(len(sheet.draws), np.nan), sheet.clusters)
    marks = Marks(
        auc=metrics.auc(sheet, scores),
        average_precision=metrics.average_precision(sheet, scores),
        precision_at_capacity=metrics.precision_at(sheet, listed),
        recall_at_capacity=metrics.recall_at(sheet, listed),
        brier=nothing if probability is None else metrics.brier(sheet, probability),
        calibration_error=nothing if probability is None else metrics.calibration_error(sheet, probability),
    )
    return Judged(
        marks,
        hits(sheet, listed.chance),
        counts(sheet.outcome, listed),
        precision_orders(sheet.outcome, listed),
        recall_orders(sheet.outcome, listed),
    )


def hits(sheet: metrics.Sheet, chance: Floats) -> Hits:
    """What a list finds on which each family stands with some chance."""
    return Hits(
        found=sheet.sums(chance, sheet.positive),
        known=sheet.sums(chance, sheet.known),
        positive=sheet.counts(sheet.positive),
    )


def figures(marks: Marks[Measured]) -> Marks[Figure]:
    """The measures with their intervals."""
    return marks.turned(figure)


def mean_marks(folds: Sequence[Marks[Measured]]) -> Marks[Measured]:
    """Each measure's mean over folds, fold by fold in each draw."""
    names: list[str] = [told.name for told in fields(Marks)]
    found: dict[str, Any] = {name: mean_of([marks.of(name) for marks in folds]) for name in names}
    return Marks(**found)
