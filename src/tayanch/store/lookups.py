"""Reference tables made ready for looking up many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tayanch.declare.references import Reference, ReferenceRow, key_text
from tayanch.store.arrow import LAST_DAY, NO_CODE, Array, Bools, Codes, Days, Floats, Wholes
from tayanch.store.vectors import Vector, all_missing, day_number, number
from tayanch.vocabulary import Kind

FIRST_DAY = day_number(date.min)
SPAN = 2**33
"""More than there are days: a place in the keys times SPAN plus a day sorts by keys, then day."""


@dataclass(frozen=True)
class LookupTable:
    """A reference table, its rows sorted by keys and first day.

    vocabularies: per key the number of each text. combinations: the numbers of each combination of keys, packed into
    one, sorted. starts: of each row its combination's place and first day, packed. until: the day it holds no more.
    """

    vocabularies: tuple[dict[str, int], ...]
    combinations: Wholes
    starts: Wholes
    until: Days
    values: Floats

    @classmethod
    def of(cls, reference: Reference) -> LookupTable:
        """The table of a reference."""
        rows = sorted(reference.rows, key=lambda row: (row.keys, row.since or date.min))
        vocabularies = tuple(
            {text: place for place, text in enumerate(sorted({row.keys[i] for row in rows}))}
            for i in range(len(reference.key))
        )
        packed = [_pack(row, vocabularies) for row in rows]
        combinations, place = np.unique(np.array(packed, dtype=np.int64), return_inverse=True)
        first = np.array([day_number(row.since or date.min) - FIRST_DAY for row in rows], dtype=np.int64)
        until = [LAST_DAY if row.until is None else day_number(row.until) for row in rows]
        values = number(np.array([row.value for row in rows], dtype=np.float64)).values
        return cls(vocabularies, combinations, place * SPAN + first, np.array(until, dtype=np.int32), values)

    def find(self, keys: Sequence[Vector], days: Array) -> Vector:
        """The values that hold for the keys on the days; missing where none does or a key is missing."""
        if not len(self.values):
            return all_missing(Kind.NUMBER, np.broadcast(days, *(key.values for key in keys)).size)
        packed, known = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.bool_)
        for key, vocabulary in zip(keys, self.vocabularies, strict=True):
            places = _places(key, vocabulary)
            known = known & (places != NO_CODE)
            packed = packed * len(vocabulary) + places
        return self._holding(packed, days, known)

    def _holding(self, packed: Wholes, days: Array, known: Bools) -> Vector:
        place = np.minimum(np.searchsorted(self.combinations, packed), len(self.combinations) - 1)
        known = known & (self.combinations[place] == packed)
        row = np.searchsorted(self.starts, place * SPAN + (days - FIRST_DAY), side="right") - 1
        holds = known & (row >= 0) & (self.starts[row] // SPAN == place) & (days < self.until[row])
        return Vector(Kind.NUMBER, np.where(holds, self.values[row], np.nan))


def _pack(row: ReferenceRow, vocabularies: Sequence[dict[str, int]]) -> int:
    packed = 0
    for key, vocabulary in zip(row.keys, vocabularies, strict=True):
        packed = packed * len(vocabulary) + vocabulary[key]
    return packed


def _places(key: Vector, vocabulary: dict[str, int]) -> Codes:
    """Of each value its number in the vocabulary, NO_CODE where it has none."""
    if key.kind is Kind.CODE:
        return _numbered([*key.words], vocabulary)[key.values]
    if key.kind is Kind.TRUTH:
        return _numbered(["False", "", "True"], vocabulary)[key.values]
    distinct, place = np.unique(key.values, return_inverse=True)
    found = _numbered([key_text(value) for value in distinct.tolist()], vocabulary)[place]
    return np.where(key.absent, np.int32(NO_CODE), found)


def _numbered(texts: list[str], vocabulary: dict[str, int]) -> Codes:
    """Of each text its number; one more at the end for what is missing."""
    return np.array([*(vocabulary.get(key_text(text), NO_CODE) for text in texts), NO_CODE], dtype=np.int32)
