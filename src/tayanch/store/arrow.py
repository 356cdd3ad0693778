"""The door to Arrow: its tables as numpy arrays or plain rows."""
# pyarrow makes its compute functions when it is imported, unseen by type checkers:
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Table = Any
"""A pyarrow.Table."""
Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

NO_WHOLE = int(np.iinfo(np.int64).min)
NO_DAY = int(np.iinfo(np.int32).min)
NO_CODE = -1
PSEUDONYM = 32
"""Bytes of a pseudonym."""
MIXERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], dtype=np.uint64)
LAST_DAY = int(np.iinfo(np.int32).max)


def plain_rows(table: Table) -> list[dict[str, Any]]:
    """The rows as dicts of Python values, None where null."""
    return table.to_pylist()


def columns_of(table: Table) -> frozenset[str]:
    """The names of the table's columns."""
    return frozenset(table.column_names)


def rows_in(table: Table) -> int:
    """How many rows the table has."""
    return table.num_rows


def floats(table: Table, name: str) -> Floats:
    """A number column; NaN where it is missing."""
    return _of_type(_one(table, name), pa.float64()).to_numpy(zero_copy_only=False)


def wholes(table: Table, name: str) -> Wholes:
    """A whole column; NO_WHOLE where it is missing."""
    return _filled(_of_type(_one(table, name), pa.int64()), NO_WHOLE)


def days(table: Table, name: str, *, missing: int = NO_DAY) -> Days:
    """A date column as days since 1970-01-01; `missing` where it is missing."""
    return _filled(_of_type(_one(table, name), pa.date32()).view(pa.int32()), missing)


def instants(table: Table, name: str) -> Wholes:
    """A column of instants as microseconds since 1970-01-01 in UTC."""
    return _filled(_of_type(_one(table, name), pa.timestamp("us", "UTC")).view(pa.int64()), NO_WHOLE)


def truths(table: Table, name: str) -> Bools:
    """A column of true and false; false where it is null."""
    return _filled(_one(table, name), False)


def is_text(table: Table, name: str) -> bool:
    """Whether it is a column of texts, be it of categories."""
    kind = table.schema.field(name).type
    return pa.types.is_dictionary(kind) or pa.types.is_string(kind)


def is_day(table: Table, name: str) -> bool:
    """Whether it is a column of dates."""
    return pa.types.is_date(table.schema.field(name).type)


def is_whole(table: Table, name: str) -> bool:
    """Whether it is a column of wholes."""
    return pa.types.is_integer(table.schema.field(name).type)


def codes(table: Table, name: str) -> tuple[Codes, Table]:
    """A text column as places in its distinct texts (NO_CODE where missing), and the texts, sorted (an Arrow array)."""
    column = _one(table, name)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    places = _filled(column.indices.cast(pa.int32()), NO_CODE)
    words = pc.unique(column.dictionary)
    words = words.take(pc.sort_indices(words))
    moved = np.append(places_in(column.dictionary, words), np.int32(NO_CODE))
    return moved[places], words


def places_in_words(column: Table, words: tuple[str, ...]) -> Codes:
    """Of each text of an Arrow array its place in the words; NO_CODE where it is not there."""
    return places_in(column, _word_list(words))


def places_of(table: Table, name: str, known: Table) -> Codes:
    """Of each text of a column its place in `known` (made by `texts`); NO_CODE where it is not there."""
    return places_in(_one(table, name), known)


def places_in(column: Table, known: Table) -> Codes:
    """Of each text of an Arrow array its place in `known` (made by `texts`); NO_CODE where it is not there."""
    return _filled(pc.index_in(_plain(column), value_set=known), NO_CODE)


def texts(values: Sequence[str]) -> Any:
    """Texts as an Arrow array."""
    return pa.array(values, pa.string())


@lru_cache(maxsize=4096)
def _word_list(words: tuple[str, ...]) -> Any:
    return texts(words)


def categories(places: Codes, words: Sequence[str]) -> Any:
    """Places in words (NO_CODE where missing) as an Arrow array of categories."""
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32(), mask=places == NO_CODE), texts(words))


def recoded(column: Any, known: Table) -> Any:
    """Of each category of an Arrow array its place in `known` (made by `texts`); null where it is not there."""
    return pc.index_in(column.dictionary, value_set=known).take(column.indices)


def distinct_texts(tables: Sequence[Table], name: str) -> Table:
    """The distinct texts of a column of several tables, sorted, as an Arrow array."""
    columns = [_plain(_one(table, name)) for table in tables]
    found = pc.unique(pa.chunked_array(columns, pa.string()))
    return found.take(pc.sort_indices(found))


def text_ranks(table: Table, name: str) -> tuple[Wholes, int]:
    """Of each text its rank among the column's distinct texts by code point; and how many distinct ones there are."""
    column = _plain(_one(table, name))
    ranks = pc.rank(column, tiebreaker="dense").to_numpy().astype(np.int64) - 1
    return ranks, int(ranks.max()) + 1 if len(ranks) else 0


def repeated_texts(table: Table, name: str) -> tuple[Wholes, Codes]:
    """The places of texts that stand there more than once, and a number for each such text."""
    column = _one(table, name)
    likely = _likely_repeated(column)
    some = column if likely is None else column.take(pa.array(likely))
    numbers = (some if pa.types.is_dictionary(some.type) else pc.dictionary_encode(some)).indices.to_numpy()
    if not len(numbers):
        return np.empty(0, dtype=np.int64), numbers
    places = np.flatnonzero((np.bincount(numbers) > 1)[numbers])
    return places if likely is None else likely[places], numbers[places]


def _likely_repeated(column: Any) -> Wholes | None:
    """The places of all texts that stand there more than once and of very few others; None: nothing can be told.

    Texts as long as pseudonyms are four words each. Words are mixed to one that hardly two texts share, and sorted:
    that takes a fraction of looking every text up.
    """
    if not pa.types.is_string(column.type) or column.null_count or not len(column):
        return None
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    if not (np.diff(ends) == PSEUDONYM).all():
        return None
    words = np.frombuffer(column.buffers()[2], np.uint64, 4 * len(column), int(ends[0])).reshape(-1, 4)
    mixed = words @ MIXERS
    order = np.argsort(mixed)
    same = np.flatnonzero(mixed[order[1:]] == mixed[order[:-1]])
    return np.unique(np.concatenate([order[same], order[same + 1]]))


def numbers(values: Array) -> Any:
    """Numbers as an Arrow array."""
    return pa.array(values)


def _of_type(column: Any, wanted: Any) -> Any:
    return column if column.type == wanted else column.cast(wanted)


def _plain(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _one(table: Table, name: str) -> Any:
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(_alike(column))


def _alike(column: Any) -> list[Any]:
    chunks = column.unify_dictionaries().chunks
    return chunks or [pa.array([], column.type)]


def _filled(column: Any, missing: int) -> Any:
    filled = pc.fill_null(column, missing) if column.null_count else column
    return filled.to_numpy(zero_copy_only=False)
