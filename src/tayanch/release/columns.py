"""The door to Arrow and numpy columns: any column of a matrix as float64, or refused. pyarrow tells no types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Table = Any
"""A pyarrow.Table."""
Columns = Mapping[str, Any] | Any
"""Columns by name: numpy arrays or Arrow arrays, or a pyarrow.Table."""
Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

ARROW = (pa.Array, pa.ChunkedArray)
MISSING = float("nan")


def names_of(columns: Columns) -> tuple[str, ...]:
    """The names of the columns, in their order."""
    table: Any = columns
    return tuple(table.column_names if isinstance(table, pa.Table) else table)


def column_of(columns: Columns, name: str) -> Any:
    """One column: a numpy or an Arrow array."""
    table: Any = columns
    if not isinstance(table, pa.Table):
        return table[name]
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def texts_of(table: Table, name: str) -> list[str]:
    """A text column as Python strings."""
    return table.column(name).to_pylist()


def days_of(table: Table, name: str) -> npt.NDArray[np.int32]:
    """A date column as days since 1970-01-01."""
    return table.column(name).cast(pa.date32()).cast(pa.int32()).to_numpy()


def row_of(table: Table, number: int) -> dict[str, Any]:
    """One row as Python values, None where null."""
    return table.slice(number, 1).to_pylist()[0]


def make_table(first: Table, more: Mapping[str, Any]) -> Table:
    """The table with more columns at its end."""
    found = first
    for name, values in more.items():
        found = found.append_column(name, pa.array(values))
    return found


def numbers(column: Any) -> Vector:
    """Numbers or truth values as float64, NaN where missing.

    Raises:
        TypeError: when the column holds text or anything else that is no number.
    """
    values = column if isinstance(column, np.ndarray) else _plain(column)
    if values.dtype.kind == "O":
        return _number_objects(column if isinstance(column, ARROW) else _from_objects(values))
    if values.dtype.kind not in "biuf":
        raise TypeError(f"{values.dtype} values")
    return values.astype(np.float64)


def codes(column: Any, categories: Sequence[str]) -> Vector:
    """The place of each text among the categories, as float64; NaN where it is missing or none of them.

    Raises:
        TypeError: when the column holds no text.
    """
    encoded = _dictionary(column)
    known = {word: float(place) for place, word in enumerate(categories)}
    words: list[str | None] = encoded.dictionary.to_pylist()
    places = np.array([known.get(word or "", MISSING) for word in words] + [MISSING])
    indices = encoded.indices.cast(pa.int64()).fill_null(len(words)).to_numpy(zero_copy_only=False)
    return places[indices]


def distinct(column: Any) -> tuple[str, ...]:
    """The distinct texts of a column, sorted.

    Raises:
        TypeError: when the column holds no text.
    """
    return tuple(sorted(word for word in _dictionary(column).unique().to_pylist() if word is not None))


def _plain(column: Any) -> npt.NDArray[Any]:
    if isinstance(column, pa.ChunkedArray):
        return column.to_numpy()
    return column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else np.asarray(column)


def _number_objects(column: Any) -> Vector:
    """Of an Arrow column that numpy has no type for: text, nothing at all, or truths of which some are missing."""
    if pa.types.is_null(column.type):
        return np.full(len(column), MISSING)
    if not (pa.types.is_boolean(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise TypeError(f"{column.type} values")
    return column.cast(pa.float64()).fill_null(MISSING).to_numpy(zero_copy_only=False)


def _dictionary(column: Any) -> Any:
    array = column if isinstance(column, ARROW) else _from_objects(np.asarray(column))
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    if not (pa.types.is_string(array.type.value_type) or pa.types.is_large_string(array.type.value_type)):
        raise TypeError(f"{array.type.value_type} values")
    return array


def _from_objects(values: npt.NDArray[Any]) -> Any:
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TypeError("values of several types") from error
