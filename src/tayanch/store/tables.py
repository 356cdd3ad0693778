"""Values as Arrow tables: the pieces a matrix is made of, and the Parquet file they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from io import BytesIO
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


class PieceWriter:
    """Writes one bucket's rows of a matrix to a file, a batch for each as_of date."""

    def __init__(self, path: Path, columns: Mapping[str, ColumnType]) -> None:
        self._columns = columns
        self._schema = _schema({"family": KEY_TYPES["family"]}, columns)
        self._writer = pa.ipc.new_file(str(path), self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def write(self, values: Values, chosen: Bools) -> None:
        """Writes the chosen families' values at the only moment there is."""
        places = np.flatnonzero(chosen)
        families = pa.array([values.families[place] for place in places], pa.string())
        arrays = [_array(values.columns[name], places) for name in self._columns]
        self._writer.write_batch(pa.record_batch([families, *arrays], schema=self._schema))


def merge(pieces: Sequence[Path], path: Path, *, as_of: Sequence[date], columns: Mapping[str, ColumnType]) -> int:
    """Writes the pieces as one Parquet file sorted by (as_of, family), a row group for each date; gives its rows."""
    codes = [name for name, told in columns.items() if told.arrow in (CATEGORIES, pa.string())]
    rows = 0
    with ExitStack() as stack:
        readers = [pa.ipc.open_file(stack.enter_context(pa.memory_map(str(piece)))) for piece in pieces]
        schema = _schema(KEY_TYPES, columns)
        kept: Any = ["as_of", *codes]
        writer = stack.enter_context(
            pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=kept)
        )
        for place, day in enumerate(as_of):
            batches = [reader.get_batch(place) for reader in readers]
            table = pa.Table.from_batches(batches).sort_by("family")
            days = pa.repeat(pa.scalar(day, pa.date32()), table.num_rows)
            writer.write_table(table.add_column(0, "as_of", days), row_group_size=max(table.num_rows, 1))
            rows += table.num_rows
    return rows


def read(path: Path, names: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> Table:
    """as_of, family and these columns of a matrix; declared codes as categories in declared order."""
    table = _read(path, [*KEY_TYPES, *names])
    for place, name in enumerate(table.column_names):
        if name in words:
            table = table.set_column(place, name, _in_order(table.column(name), words[name]))
    return table


def read_keys(path: Path) -> tuple[Array, Any]:
    """as_of (datetime64[D]) and family (an Arrow array of texts) of a matrix."""
    table = _read(path, [*KEY_TYPES])
    return table.column("as_of").to_numpy().astype("datetime64[D]"), table.column("family").combine_chunks()


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


def _array(column: ValueColumn, places: Array) -> Any:
    values = column.values[0][places]
    if column.kind is not Kind.CODE:
        return pa.array(values)
    return pa.array(values, pa.string()) if column.words is None else categories(values, column.words)


def _in_order(column: Any, words: tuple[str, ...]) -> Any:
    """A column of categories with its words in declared order: Parquet gives them back in order of appearance."""
    known = texts(words)
    chunks = [pa.DictionaryArray.from_arrays(recoded(chunk, known), known) for chunk in column.chunks]
    return pa.chunked_array(chunks, CATEGORIES)
