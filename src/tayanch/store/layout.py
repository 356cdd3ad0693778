"""A bucket laid out for computing: the rows of each registry as arrays, sorted by family, made once for all moments.

Person-level rows stand once for every family their person ever belonged to, with the number of that belonging (a pair
of family and person) beside them; at a moment a row counts when its pair holds then. So every registry is a run of rows
for each family, in canonical order (happened_on, key, person), and no moment needs a join.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tayanch.declare.expressions import ColumnValue
from tayanch.errors import StoreError
from tayanch.intake.bucket import Bucket
from tayanch.store import arrow
from tayanch.store.arrow import LAST_DAY, NO_CODE, Array, Bools, Codes, Days, Table, Wholes
from tayanch.store.vectors import Vector, number
from tayanch.vocabulary import Kind

NEVER = int(np.iinfo(np.int64).max)
"""The instant at which a version that was never replaced is replaced."""


@dataclass(frozen=True)
class Rows:
    """The versions of a registry's rows that can ever count, sorted by family, happened_on, key, person.

    family: place of the family in the bucket. happened: days. source: place of the row in the table.
    known, replaced: a version counts at an instant k when known < k ≤ replaced.
    pair: the belonging through which a row came to the family, for person registries.
    """

    name: str
    table: Table
    source: Array
    family: Wholes
    happened: Days
    known: Wholes
    replaced: Wholes
    delivery: Wholes
    pair: Wholes | None = None

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of the table's columns."""
        return arrow.columns_of(self.table)

    @cached_property
    def left(self) -> Days:
        """The last day on which each row holds; LAST_DAY while no end is known."""
        if "left" not in self.columns:
            raise StoreError(
                f"the snapshot does not tell when rows of {self.name} ended",
                do="run `tayanch intake` again: the declaration has changed.",
            )
        return arrow.days(self.table, "left", missing=LAST_DAY)[self.source]

    @cached_property
    def by_age(self) -> Wholes | None:
        """The rows by (family, happened_on, known_at, delivery, key, person); None when they stand so already."""
        # The sort is stable: rows equal so far keep their order, which is that of key and person.
        ages = np.lexsort((self.delivery, self.known, self.happened, self.family))
        return None if bool((ages[1:] > ages[:-1]).all()) else ages

    @cached_property
    def age(self) -> Wholes:
        """The place of each row in `by_age`."""
        assert self.by_age is not None
        places = np.empty(len(self.by_age), dtype=np.int64)
        places[self.by_age] = np.arange(len(self.by_age))
        return places

    def column(self, told: ColumnValue) -> Vector:
        """The values of a declared column, row by row."""
        if told.column not in self.columns:
            raise StoreError(
                f"the snapshot has no column {told.told}", do="run `tayanch intake` again: the declaration has changed."
            )
        if told.kind is Kind.NUMBER:
            return number(arrow.floats(self.table, told.column)[self.source])
        if told.kind is Kind.WHOLE:
            return Vector(Kind.WHOLE, arrow.wholes(self.table, told.column)[self.source])
        if told.kind is Kind.DATE:
            return Vector(Kind.DATE, arrow.days(self.table, told.column)[self.source])
        return self._codes(told)

    def _codes(self, told: ColumnValue) -> Vector:
        if not told.values:
            places, words = arrow.codes(self.table, told.column)
            return Vector(Kind.CODE, places[self.source], words)
        places, all_declared = arrow.declared_codes(self.table, told.column, told.values)
        if not all_declared:
            raise StoreError(
                f"the snapshot has codes in {told.told} that are not declared",
                do="run `tayanch intake` again: the declaration has changed.",
            )
        return Vector(Kind.CODE, places[self.source], told.values)


@dataclass(frozen=True)
class Belongings:
    """Who ever belonged to which family: pairs of family and person, and the membership rows that tell of each.

    family, person: of each pair. told: per membership registry the pair each of its rows tells of.
    """

    persons: Table
    family: Wholes
    person: Wholes
    told: dict[str, Wholes]


class Layout:
    """A bucket's registries as arrays. Each is laid out when it is first asked for."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.families = len(bucket.families)
        self._family_texts = arrow.texts(bucket.families)
        self._laid: dict[str, Rows | None] = {}

    @cached_property
    def memberships(self) -> tuple[str, ...]:
        """The registries that tell who belongs to which family."""
        return tuple(name for name in sorted(self.bucket.tables) if self._links(name) == (True, True))

    @cached_property
    def belongings(self) -> Belongings:
        """The pairs of family and person that ever were."""
        tables = {name: rows for name in self.memberships if (rows := self.rows(name)) is not None}
        persons = arrow.distinct_texts([rows.table for rows in tables.values()], "person")
        found = {name: arrow.places_of(rows.table, "person", persons)[rows.source] for name, rows in tables.items()}
        width = max(len(persons), 1)
        packed = {name: rows.family * width + found[name] for name, rows in tables.items()}
        pairs = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *packed.values()]))
        told = {name: np.searchsorted(pairs, places) for name, places in packed.items()}
        return Belongings(persons, pairs // width, pairs % width, told)

    def rows(self, registry: str) -> Rows | None:
        """The registry's rows; None when none was delivered for these families."""
        if registry not in self._laid:
            table = self.bucket.tables.get(registry)
            empty = table is None or not arrow.rows_in(table)
            self._laid[registry] = None if empty else self._laid_out(registry)
        return self._laid[registry]

    def pairs(self, rows: Rows) -> Wholes:
        """The pair of family and person of each row of a person or membership registry."""
        return self.belongings.told[rows.name] if rows.pair is None else rows.pair

    def last_known(self) -> int | None:
        """The last instant at which any row became known, in microseconds since 1970; None without a row."""
        known = [arrow.instants(table, "known_at") for table in self.bucket.tables.values()]
        return max((int(instants.max()) for instants in known if len(instants)), default=None)

    def _links(self, registry: str) -> tuple[bool, bool]:
        columns = arrow.columns_of(self.bucket.tables[registry])
        return "family" in columns, "person" in columns

    def _laid_out(self, name: str) -> Rows | None:
        if self._links(name)[0]:
            return self._of_families(name)
        return self._of_persons(name)

    def _of_families(self, name: str) -> Rows:
        table = self.bucket.tables[name]
        family = arrow.places_of(table, "family", self._family_texts)
        if (family == NO_CODE).any():
            raise StoreError(
                f"bucket {self.bucket.number} has rows of {name} for families it does not list",
                do="run `tayanch intake` again to make the snapshot anew.",
            )
        return self._sorted(name, family.astype(np.int64))

    def _sorted(self, name: str, family: Wholes) -> Rows:
        versions = _versions(self.bucket.tables[name], family)
        source = np.flatnonzero(versions.counts)
        source = source[np.lexsort((versions.key[source], versions.happened[source], family[source]))]
        return _rows(name, versions, source=source, family=family[source])

    def _of_persons(self, name: str) -> Rows | None:
        pairs = self.belongings
        if not len(pairs.family):
            return None
        person = arrow.places_of(self.bucket.tables[name], "person", pairs.persons)
        versions = _versions(self.bucket.tables[name], person)
        usable = np.flatnonzero(versions.counts & (person != NO_CODE))
        usable = usable[np.argsort(person[usable], kind="stable")]
        pair, place = copied(person[usable], pairs.person)
        source, family = usable[place], pairs.family[pair]
        order = np.lexsort((person[source], versions.key[source], versions.happened[source], family))
        source, family, pair = source[order], family[order], pair[order]
        return _rows(name, versions, source=source, family=family, pair=pair)


@dataclass(frozen=True)
class _Versions:
    """A table's version columns. key: as ranks. counts: no retraction, and not replaced when it became known."""

    table: Table
    happened: Days
    known: Wholes
    delivery: Wholes
    key: Wholes
    replaced: Wholes
    counts: Bools


def _versions(table: Table, owner: Codes | Wholes) -> _Versions:
    known, delivery = arrow.instants(table, "known_at"), arrow.wholes(table, "delivery")
    key, keys = arrow.text_ranks(table, "key")
    replaced = np.full(len(known), NEVER, dtype=np.int64)
    if keys < len(known):
        order = np.lexsort((delivery, known, key, owner))
        same = (key[order[1:]] == key[order[:-1]]) & (owner[order[1:]] == owner[order[:-1]])
        replaced[order[:-1][same]] = known[order[1:][same]]
    counts = ~arrow.truths(table, "retracted") & (known < replaced)
    return _Versions(table, arrow.days(table, "happened_on"), known, delivery, key, replaced, counts)


def _rows(
    name: str,
    versions: _Versions,
    *,
    source: npt.NDArray[np.intp],
    family: Wholes,
    pair: Wholes | None = None,
) -> Rows:
    return Rows(
        name=name,
        table=versions.table,
        source=source,
        family=family,
        happened=versions.happened[source],
        known=versions.known[source],
        replaced=versions.replaced[source],
        delivery=versions.delivery[source],
        pair=pair,
    )


def copied(person: Codes, of_pair: Wholes) -> tuple[Wholes, Wholes]:
    """For each pair the rows of its person: two arrays, the pair and the place in `person` (which is sorted)."""
    first = np.searchsorted(person, of_pair, side="left")
    count = np.searchsorted(person, of_pair, side="right") - first
    pair = np.repeat(np.arange(len(of_pair)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return pair, np.repeat(first, count) + within
