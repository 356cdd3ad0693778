"""The reducing verbs: selected rows to one value for each family.

Selected rows stand in canonical order, family by family, so a family's rows are a segment. Sums of numbers add one
value after the other in that order (which is what bincount does); sums of wholes are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tayanch.store.arrow import NO_WHOLE, Array, Floats, Wholes
from tayanch.store.layout import Rows
from tayanch.store.vectors import Vector, all_missing, number, truth
from tayanch.vocabulary import Kind


@dataclass(frozen=True)
class Segments:
    """Which stretches of some rows belong to which family; only families with a row have one."""

    family: Wholes
    families: int

    @cached_property
    def starts(self) -> Array:
        """The first place of each segment."""
        if not len(self.family):
            return np.empty(0, dtype=np.int64)
        return np.concatenate([[0], np.flatnonzero(self.family[1:] != self.family[:-1]) + 1])

    @cached_property
    def last(self) -> Array:
        """The last place of each segment."""
        return np.append(self.starts[1:], len(self.family)) - 1 if len(self.family) else self.starts

    @cached_property
    def owners(self) -> Wholes:
        """The family of each segment."""
        return self.family[self.starts]

    @cached_property
    def counts(self) -> Wholes:
        """How many rows each of all families has."""
        return np.bincount(self.family, minlength=self.families)

    def told(self, of_segments: Vector) -> Vector:
        """A value of each segment as a value of every family, missing without a segment."""
        told = all_missing(of_segments.kind, self.families, of_segments.words)
        told.values[self.owners] = of_segments.values
        return told


@dataclass(frozen=True)
class Selection:
    """The rows of a registry that are looked at, by their places in it."""

    rows: Rows | None
    places: Array
    segments: Segments

    @classmethod
    def nothing(cls, families: int) -> Selection:
        """No rows."""
        empty = np.empty(0, dtype=np.int64)
        return cls(None, empty, Segments(empty, families))

    @classmethod
    def of(cls, rows: Rows, places: Array, families: int) -> Selection:
        """These rows."""
        return cls(rows, places, Segments(rows.family[places], families))

    @cached_property
    def newest(self) -> Array:
        """The place of each family's newest row, by (happened_on, known_at, delivery, key, person)."""
        if self.rows is None or self.rows.by_age is None:
            return self.places[self.segments.last]
        assert self.rows.age is not None
        ranks = np.maximum.reduceat(self.rows.age[self.places], self.segments.starts)
        return self.rows.by_age[self.rows.starts[self.segments.owners] + ranks]


@dataclass(frozen=True)
class Present:
    """The values present in a selection."""

    selection: Selection
    values: Vector
    segments: Segments

    @classmethod
    def of(cls, selection: Selection, values: Vector) -> Present:
        """The values of the selected rows (given for all rows) but the missing ones."""
        chosen = values.at(selection.places)
        absent = chosen.absent
        if not absent.any():
            return cls(selection, chosen, selection.segments)
        kept = Segments(selection.segments.family[~absent], selection.segments.families)
        return cls(selection, Vector(chosen.kind, chosen.values[~absent], chosen.words), kept)


def count(selection: Selection) -> Vector:
    """How many rows."""
    return Vector(Kind.WHOLE, selection.segments.counts)


def persons(selection: Selection, pairs: Wholes, family: Wholes) -> Vector:
    """How many different persons.

    Args:
        selection: the rows looked at.
        pairs: of each of the registry's rows, its pair of family and person.
        family: the family of each pair.
    """
    met = np.zeros(len(family), dtype=np.bool_)
    met[pairs[selection.places]] = True
    return Vector(Kind.WHOLE, np.bincount(family[met], minlength=selection.segments.families))


def exists(selection: Selection) -> Vector:
    """Whether there is any row."""
    return truth(selection.segments.counts > 0)


def latest(selection: Selection, values: Vector) -> Vector:
    """The value in the newest row."""
    if not len(selection.places):
        return all_missing(values.kind, selection.segments.families, values.words)
    return selection.segments.told(values.at(selection.newest))


def days_since(selection: Selection, today: int) -> Vector:
    """Days from the last row to today."""
    return _days(selection, selection.segments.last, lambda happened: today - happened)


def days_until(selection: Selection, today: int) -> Vector:
    """Days from today to the first row."""
    return _days(selection, selection.segments.starts, lambda happened: happened - today)


def _days(selection: Selection, which: Array, length: Callable[[Wholes], Wholes]) -> Vector:
    if selection.rows is None:
        return all_missing(Kind.WHOLE, selection.segments.families)
    happened = selection.rows.happened[selection.places[which]].astype(np.int64)
    return selection.segments.told(Vector(Kind.WHOLE, length(happened)))


def total(present: Present) -> Vector:
    """The sum: 0 of no rows, missing when all values are missing."""
    sums = _sums(present)
    nothing = present.selection.segments.counts == 0
    sums.values[nothing] = 0
    return sums


def mean(present: Present) -> Vector:
    """The sum divided by the number of values present."""
    sums = _sums(present)
    absent, values = sums.absent, sums.values.astype(np.float64, copy=False)
    with np.errstate(all="ignore"):
        return number(np.where(absent, np.nan, values / present.segments.counts))


def least(present: Present) -> Vector:
    """The smallest value."""
    return _extreme(present, np.minimum)


def greatest(present: Present) -> Vector:
    """The largest value."""
    return _extreme(present, np.maximum)


def distinct(present: Present) -> Vector:
    """How many different values."""
    segments = present.segments
    if not len(segments.family):
        return Vector(Kind.WHOLE, np.zeros(segments.families, dtype=np.int64))
    values, place = np.unique(present.values.values, return_inverse=True)
    met = np.unique(segments.family * len(values) + place)
    return Vector(Kind.WHOLE, np.bincount(met // len(values), minlength=segments.families))


def _extreme(present: Present, ufunc: np.ufunc) -> Vector:
    found, segments = present.values, present.segments
    if not len(segments.family):
        return all_missing(found.kind, segments.families, found.words)
    return segments.told(Vector(found.kind, ufunc.reduceat(found.values, segments.starts), found.words))


def _sums(present: Present) -> Vector:
    """Sums of the values present; missing where there is none."""
    segments = present.segments
    if present.values.kind is Kind.WHOLE:
        return segments.told(Vector(Kind.WHOLE, _whole_sums(present.values.values, segments)))
    values: Floats = present.values.values
    sums = np.bincount(segments.family, values, minlength=segments.families).astype(np.float64, copy=False)
    sums[segments.counts == 0] = np.nan
    return number(sums)


def _whole_sums(values: Wholes, segments: Segments) -> Wholes:
    if not len(values):
        return values
    if float(np.abs(values.astype(np.float64)).max()) * len(values) < 2.0**62:
        return np.add.reduceat(values, segments.starts)
    parts = np.split(values, segments.starts[1:])
    exact = [sum(part.tolist()) for part in parts]
    return np.array([found if abs(found) < 2**63 else NO_WHOLE for found in exact], dtype=np.int64)
