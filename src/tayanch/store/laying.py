"""Laying out a bucket: its tables as the arrays of a Layout.

Rows that stand in order already are not sorted again, and texts are compared only where nothing else tells rows apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from tayanch.errors import StoreError
from tayanch.intake.bucket import Bucket
from tayanch.store import arrow
from tayanch.store.arrow import LAST_DAY, NO_CODE, Array, Bools, Codes, Days, Table, Wholes
from tayanch.store.layout import Belongings, Column, Layout, Rows
from tayanch.store.midnights import days_of
from tayanch.store.vectors import number

OWN = frozenset(
    {"family", "person", "key", "happened_on", "known_at", "claimed_known_at", "delivery", "retracted", "left"}
)
"""The columns of a table that no registry declares."""
DAYS = 32
"""Bits of a day in a number that tells of a family and a day."""


def lay_out(bucket: Bucket) -> Layout:
    """The rows of a bucket.

    Raises:
        StoreError: when it has rows of families that it does not list.
    """
    found, pairs = laid_and_pairs(bucket)
    return Layout(bucket.families, {name: laid.rows(bucket, name) for name, laid in found.items()}, pairs.told(bucket))


def laid_and_pairs(bucket: Bucket) -> tuple[dict[str, _Laid], _Pairs]:
    """Where the rows of each registry come from, and who belonged to whom."""
    tables = {name: table for name, table in sorted(bucket.tables.items()) if arrow.rows_in(table)}
    family = {name: _families(bucket, name) for name, table in tables.items() if "family" in arrow.columns_of(table)}
    found = {name: _of_families(bucket, name, places) for name, places in family.items()}
    pairs = _pairs(bucket, {name: found[name] for name in family if "person" in arrow.columns_of(tables[name])})
    for name in sorted(tables.keys() - family.keys()):
        found[name] = _of_persons(bucket, name, pairs)
    return found, pairs


@dataclass(frozen=True)
class _Laid:
    """Where the rows of a registry come from, in their order: places in the table, families, and pairs of persons."""

    versions: _Versions
    source: Array
    family: Wholes
    pair: Wholes | None = None

    def rows(self, bucket: Bucket, name: str) -> Rows:
        """All that is told of them."""
        table, versions, source = bucket.tables[name], self.versions, self.source
        starts = np.searchsorted(self.family, np.arange(len(bucket.families) + 1))
        has_left = "left" in arrow.columns_of(table)
        return Rows(
            name=name,
            starts=starts,
            happened=versions.happened[source],
            known=versions.known[source],
            replaced=versions.replaced[source],
            columns={told: _column(table, told, source) for told in sorted(arrow.columns_of(table) - OWN)},
            last_known=int(versions.instant.max()),
            ended=arrow.days(table, "left", missing=LAST_DAY)[source] if has_left else None,
            age=self._age(starts),
            pair=None if self.pair is None else self.pair.astype(np.int32),
        )

    def _age(self, starts: Wholes) -> Days | None:
        versions, source = self.versions, self.source
        on = _on_days(self.family, versions.happened[source])
        instant, delivery = versions.instant[source], versions.delivery[source]
        tied = on[1:] == on[:-1]
        older = (instant[1:] < instant[:-1]) | ((instant[1:] == instant[:-1]) & (delivery[1:] < delivery[:-1]))
        if not (tied & older).any():
            return None
        # The sort is stable: rows equal so far keep their order, which is that of key and person.
        ranks, rows = np.arange(len(on)), _pairwise(np.flatnonzero(tied))
        ranks[rows[np.lexsort((delivery[rows], instant[rows], on[rows]))]] = rows
        return (ranks - starts[self.family]).astype(np.int32)


def _column(table: Table, name: str, source: Array) -> Column:
    if arrow.is_text(table, name):
        codes, words = arrow.codes(table, name)
        return Column(codes[source], words)
    if arrow.is_day(table, name):
        return Column(arrow.days(table, name)[source])
    if arrow.is_whole(table, name):
        return Column(arrow.wholes(table, name)[source])
    return Column(number(arrow.floats(table, name)[source]).values)


@dataclass(frozen=True)
class _Versions:
    """A table's version columns. counts: no retraction, and current as of any day."""

    happened: Days
    instant: Wholes
    delivery: Wholes
    known: Days
    replaced: Days
    counts: Bools


def _versions(table: Table, owner: Codes, zone: ZoneInfo) -> _Versions:
    instant, delivery = arrow.instants(table, "known_at"), arrow.wholes(table, "delivery")
    known, replaced = days_of(instant, zone), np.full(len(instant), LAST_DAY, dtype=np.int32)
    places, key = arrow.repeated_texts(table, "key") if "key" in arrow.columns_of(table) else (instant[:0], owner[:0])
    if len(places):
        order = np.lexsort((delivery[places], instant[places], key, owner[places]))
        place, key = places[order], key[order]
        same = (key[1:] == key[:-1]) & (owner[place[1:]] == owner[place[:-1]])
        replaced[place[:-1][same]] = known[place[1:][same]]
    counts = ~arrow.truths(table, "retracted") & (known < replaced)
    return _Versions(arrow.days(table, "happened_on"), instant, delivery, known, replaced, counts)


def _families(bucket: Bucket, name: str) -> Codes:
    family = arrow.places_of(bucket.tables[name], "family", arrow.texts(bucket.families))
    if (family == NO_CODE).any():
        raise StoreError(
            f"bucket {bucket.number} has rows of {name} for families it does not list",
            do="run `tayanch intake` again to make the snapshot anew.",
        )
    return family


def _of_families(bucket: Bucket, name: str, places: Codes) -> _Laid:
    table = bucket.tables[name]
    versions = _versions(table, places, bucket.zone)
    source = np.flatnonzero(versions.counts)
    family = places[source].astype(np.int64)
    source = source[_order(_on_days(family, versions.happened[source]), table, source)]
    return _Laid(versions, source, places[source].astype(np.int64))


@dataclass(frozen=True)
class _Pairs:
    """The pairs of family and person that ever were, by family and person.

    persons: all persons, sorted. of: per membership registry the pair each of its rows tells of.
    """

    persons: Table
    family: Wholes
    person: Wholes
    of: dict[str, Wholes]

    def told(self, bucket: Bucket) -> Belongings:
        """What a layout keeps of them."""
        starts = np.searchsorted(self.family, np.arange(len(bucket.families) + 1))
        return Belongings(starts, {name: pairs.astype(np.int32) for name, pairs in self.of.items()})


def _pairs(bucket: Bucket, memberships: dict[str, _Laid]) -> _Pairs:
    persons = arrow.distinct_texts([bucket.tables[name] for name in memberships], "person")
    width = max(len(persons), 1)
    packed: dict[str, Wholes] = {}
    for name, laid in memberships.items():
        person = arrow.places_of(bucket.tables[name], "person", persons)
        packed[name] = laid.family * width + person[laid.source]
    pairs = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *packed.values()]))
    of = {name: np.searchsorted(pairs, places) for name, places in packed.items()}
    return _Pairs(persons, pairs // width, pairs % width, of)


def _of_persons(bucket: Bucket, name: str, pairs: _Pairs) -> _Laid:
    table = bucket.tables[name]
    person = arrow.places_of(table, "person", pairs.persons)
    versions = _versions(table, person, bucket.zone)
    usable = np.flatnonzero(versions.counts & (person != NO_CODE))
    usable = usable[np.argsort(person[usable], kind="stable")]
    pair, place = copied(person[usable], pairs.person)
    source = usable[place]
    order = _order(_on_days(pairs.family[pair], versions.happened[source]), table, source, person[source])
    return _Laid(versions, source[order], pairs.family[pair[order]], pair[order])


def _on_days(family: Wholes, happened: Days) -> Wholes:
    """Family and day in one number."""
    return (family << DAYS) + happened


def _order(on: Wholes, table: Table, source: Array, *within: Array) -> Array:
    """The order of rows by a number, by key, and by what else is given."""
    order = np.arange(len(on)) if bool((on[1:] >= on[:-1]).all()) else np.argsort(on, kind="stable")
    on = on[order]
    same = np.flatnonzero(on[1:] == on[:-1])
    if not len(same) or "key" not in arrow.columns_of(table):
        return order
    tied = _pairwise(same)
    rows = order[tied]
    key, _ = arrow.text_ranks(table.take(arrow.numbers(source[rows])), "key")
    order[tied] = rows[np.lexsort((*(told[rows] for told in within), key, on[tied]))]
    return order


def _pairwise(first: Array) -> Array:
    """All places that are among these or follow one of them, in order."""
    return np.unique(np.concatenate([first, first + 1]))


def copied(person: Codes, of_pair: Wholes) -> tuple[Wholes, Wholes]:
    """For each pair the rows of its person: two arrays, the pair and the place in `person` (which is sorted)."""
    first = np.searchsorted(person, of_pair, side="left")
    count = np.searchsorted(person, of_pair, side="right") - first
    pair = np.repeat(np.arange(len(of_pair)), count)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    return pair, np.repeat(first, count) + within
