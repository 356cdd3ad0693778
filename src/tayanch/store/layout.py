"""A bucket laid out for computing: the rows of each registry as arrays, family by family, made once for all moments.

Person-level rows stand once for every family their person ever belonged to, with the number of that belonging (a pair
of family and person) beside them; at a moment a row counts when its pair holds then. So every registry is a run of rows
for each family, in canonical order (happened_on, key, person), and no moment needs a join.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tayanch.declare.expressions import ColumnValue
from tayanch.errors import StoreError
from tayanch.store import arrow
from tayanch.store.arrow import NO_CODE, Array, Codes, Days, Table, Wholes
from tayanch.store.vectors import TYPES, Vector
from tayanch.vocabulary import Kind

AGAIN = "run `tayanch intake` again: the declaration has changed."


@dataclass(frozen=True)
class Column:
    """The values of a declared column, missing ones as in a Vector; codes as places in `words`, which are sorted."""

    values: Array
    words: Table | None = None
    _moved: dict[tuple[str, ...], Codes] = field(default_factory=dict[tuple[str, ...], Codes], repr=False)

    def at(self, span: slice) -> Column:
        """The values of some rows."""
        return Column(self.values[span], self.words, self._moved)

    def vector(self, told: ColumnValue) -> Vector:
        """As the values of the column that was declared."""
        if self.values.dtype != TYPES[told.kind] or (self.words is None) == (told.kind is Kind.CODE):
            raise StoreError(f"the snapshot has other values in {told.told} than declared", do=AGAIN)
        if self.words is None:
            return Vector(told.kind, self.values)
        return self._declared(told) if told.values else self._met()

    def _declared(self, told: ColumnValue) -> Vector:
        if told.values not in self._moved:
            self._moved[told.values] = np.append(arrow.places_in_words(self.words, told.values), np.int32(NO_CODE))
        codes = self._moved[told.values][self.values]
        if ((codes == NO_CODE) & (self.values != NO_CODE)).any():
            raise StoreError(f"the snapshot has codes in {told.told} that are not declared", do=AGAIN)
        return Vector(Kind.CODE, codes, told.values)

    def _met(self) -> Vector:
        """Of few rows just the words that they have."""
        assert self.words is not None
        if len(self.words) <= len(self.values):
            return Vector(Kind.CODE, self.values, tuple(self.words.to_pylist()))
        met = np.unique(self.values[self.values != NO_CODE])
        codes = np.where(self.values == NO_CODE, NO_CODE, np.searchsorted(met, self.values)).astype(np.int32)
        return Vector(Kind.CODE, codes, tuple(self.words[place].as_py() for place in met.tolist()))


@dataclass(frozen=True)
class Rows:
    """The versions of a registry's rows that can ever count, family by family, by happened_on, key, person.

    starts: where each family's rows begin, and at last where all end. All else is told row by row.
    happened: days. known, replaced: a version counts as of a day T when known < T <= replaced; both are days of the
    project's zone. ended: the last day on which a row holds, LAST_DAY while no end is known.
    age: the row's rank in its family by (happened_on, known_at, delivery, key, person); None when rows stand so.
    pair: the belonging through which a row came to the family, for person registries.
    last_known: the last instant at which anything of the registry became known in the bucket, retractions too.
    """

    name: str
    starts: Wholes
    happened: Days
    known: Days
    replaced: Days
    columns: Mapping[str, Column]
    last_known: int
    ended: Days | None = None
    age: Days | None = None
    pair: Days | None = None

    def __len__(self) -> int:
        return len(self.happened)

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        own = (self.starts, self.happened, self.known, self.replaced, self.ended, self.age, self.pair)
        columns = sum(column.values.nbytes for column in self.columns.values())
        return columns + sum(array.nbytes for array in own if array is not None)

    @cached_property
    def family(self) -> Wholes:
        """The place of each row's family."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def left(self) -> Days:
        """The last day on which each row holds; LAST_DAY while no end is known."""
        if self.ended is None:
            raise StoreError(f"the snapshot does not tell when rows of {self.name} ended", do=AGAIN)
        return self.ended

    @cached_property
    def by_age(self) -> Wholes | None:
        """The rows, family by family, from the oldest to the newest; None when they stand so already."""
        if self.age is None:
            return None
        found = np.empty(len(self.age), dtype=np.int64)
        found[self.starts[self.family] + self.age] = np.arange(len(self.age))
        return found

    def column(self, told: ColumnValue) -> Vector:
        """The values of a declared column, row by row."""
        if told.column not in self.columns:
            raise StoreError(f"the snapshot has no column {told.told}", do=AGAIN)
        return self.columns[told.column].vector(told)


@dataclass(frozen=True)
class Belongings:
    """Who ever belonged to which family: pairs of family and person, and the membership rows that tell of each.

    starts: where the pairs of each family begin, and at last where all end. told: per membership registry the pair each
    of its rows tells of.
    """

    starts: Wholes
    told: Mapping[str, Days]

    @cached_property
    def family(self) -> Wholes:
        """The place of the family of each pair."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True)
class Layout:
    """The rows of some families, registry by registry.

    names: the families, sorted. registries: those of which any row was delivered for these families.
    """

    names: Sequence[str]
    registries: Mapping[str, Rows]
    belongings: Belongings

    @property
    def families(self) -> int:
        """How many families there are."""
        return len(self.names)

    @property
    def memberships(self) -> tuple[str, ...]:
        """The registries that tell who belongs to which family."""
        return tuple(sorted(self.belongings.told))

    def rows(self, registry: str) -> Rows | None:
        """The registry's rows; None when none was delivered for these families."""
        return self.registries.get(registry)

    def pairs(self, rows: Rows) -> Days:
        """The pair of family and person of each row of a person or membership registry."""
        return self.belongings.told[rows.name] if rows.pair is None else rows.pair

    def last_known(self) -> int | None:
        """The last instant at which anything became known, in microseconds since 1970; None without a row."""
        return max((rows.last_known for rows in self.registries.values()), default=None)
