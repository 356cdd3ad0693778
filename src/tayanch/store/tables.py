"""Values as Arrow tables: the pieces a matrix is made of, and the Parquet file they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tayanch.declare.expressions import Expression
from tayanch.store.areas import AreaTotals
from tayanch.store.arrow import Array, Bools, Table, categories, recoded, texts
from tayanch.store.values import ValueColumn, Values, never_missing, words_of
from tayanch.vocabulary import Kind

CATEGORIES = pa.dictionary(pa.int32(), pa.string())
TOTALS = pa.schema([("area", pa.string()), ("families", pa.int64()), ("high", pa.int64()), ("low", pa.int64())])
KEY_TYPES = {"as_of": pa.date32(), "family": pa.string()}


@dataclass(frozen=True)
class ColumnType:
    """How a column of a matrix is kept: its Arrow type; and of codes the declared ones, if they were."""

    arrow: Any
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, node: Expression) -> ColumnType:
        """The column of an expression."""
        if node.kind is Kind.CODE:
            words = words_of(node) or ()
            return cls(CATEGORIES if words else pa.string(), words)
        whole = node.kind in (Kind.WHOLE, Kind.TRUTH) and never_missing(node)
        return cls(pa.int64() if whole else pa.float64())


def batch(values: Values, families: Table, *, columns: Mapping[str, ColumnType], place: int, chosen: Bools) -> Any:
    """The chosen families' values at the moment of that place, as a record batch of a matrix."""
    places = None if bool(chosen.all()) else np.flatnonzero(chosen)
    names = families if places is None else families.take(pa.array(places))
    as_of = pa.repeat(pa.scalar(values.moments[place].as_of, pa.date32()), len(names))
    arrays = [_array(values.columns[name], place, places) for name in columns]
    return pa.record_batch([as_of, names, *arrays], schema=_schema(KEY_TYPES, columns))


class PieceWriter:
    """Writes a piece of a matrix, a row group for each as_of date."""

    def __init__(self, path: Path, columns: Mapping[str, ColumnType]) -> None:
        codes = [name for name, told in columns.items() if told.arrow in (CATEGORIES, pa.string())]
        kept: Any = ["as_of", *codes]
        schema = _schema(KEY_TYPES, columns)
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def write(self, rows: Any) -> int:
        """Writes a record batch; gives how many rows it has."""
        if rows.num_rows:
            self._writer.write_batch(rows, row_group_size=rows.num_rows)
        return rows.num_rows


Pieces = Sequence[tuple[Path, tuple[int, ...]]]
"""Files of pieces, each with its rows at every as_of date."""


def read(pieces: Pieces, names: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> Table:
    """as_of, family and these columns of a matrix; declared codes as categories in declared order."""
    table = _in_turn(pieces, [*KEY_TYPES, *names])
    for place, name in enumerate(table.column_names):
        if name in words:
            table = table.set_column(place, name, _in_order(table.column(name), words[name]))
    return table


def read_keys(pieces: Pieces) -> tuple[Array, Any]:
    """as_of (datetime64[D]) and family (an Arrow array of texts) of a matrix."""
    table = _in_turn(pieces, [*KEY_TYPES])
    return table.column("as_of").to_numpy().astype("datetime64[D]"), table.column("family").combine_chunks()


def _in_turn(pieces: Pieces, names: list[str]) -> Table:
    """The rows of all pieces at the first date, then at the second, and so on."""
    whole = [_read(path, names) for path, _ in pieces]
    starts = [[0, *accumulate(rows)] for _, rows in pieces]
    dates = range(len(pieces[0][1]))
    return pa.concat_tables(
        table.slice(start[date], start[date + 1] - start[date])
        for date in dates
        for table, start in zip(whole, starts, strict=True)
    )


def totals_bytes(totals: AreaTotals) -> bytes:
    """Totals of areas as a Parquet file."""
    table = pa.table({"area": totals.names, "families": totals.families, "high": totals.high, "low": totals.low})
    file = BytesIO()
    pq.write_table(table.cast(TOTALS), file, compression="zstd", use_dictionary=False)
    return file.getvalue()


def read_totals(path: Path) -> AreaTotals:
    """The totals that `totals_bytes` wrote."""
    table = _read(path, TOTALS.names)
    families, high, low = (table.column(name).to_numpy() for name in TOTALS.names[1:])
    return AreaTotals(tuple(table.column("area").to_pylist()), families, high, low)


def _read(path: Path, names: list[str]) -> Table:
    with pq.ParquetFile(path) as file:
        return file.read(names)


def _schema(keys: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> Any:
    return pa.schema([*keys.items(), *((name, told.arrow) for name, told in columns.items())])


def _array(column: ValueColumn, place: int, places: Array | None) -> Any:
    values = column.values[place] if places is None else column.values[place][places]
    if column.kind is not Kind.CODE:
        return pa.array(values)
    return pa.array(values, pa.string()) if column.words is None else categories(values, column.words)


def _in_order(column: Any, words: tuple[str, ...]) -> Any:
    """A column of categories with its words in declared order: Parquet gives them back in order of appearance."""
    known = texts(words)
    chunks = [pa.DictionaryArray.from_arrays(recoded(chunk, known), known) for chunk in column.chunks]
    return pa.chunked_array(chunks, CATEGORIES)
