"""Laid-out rows on disk: a memory-mapped Arrow file for each registry of a bucket, read in place.

A file has one row, each column of it a list: where families begin, the days, and the declared columns as numbers or as
places in a list of words. Files are named after their content, `payments.<SHA-256>.arrow`, and never changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tayanch.errors import StoreError
from tayanch.store.arrow import NO_WHOLE, Array, Table
from tayanch.store.cache import UNFINISHED, bytes_digest, file_digest
from tayanch.store.layout import Belongings, Column, Layout, Rows

FAMILIES = "families"
OWN = ("starts", "happened", "known", "replaced", "ended", "age", "pair")
"""What is told of rows beside the declared columns; in a file each has a stroke before its name."""
WORDS = "/words"


def write_rows(folder: Path, name: str, layout: Layout) -> Path:
    """Writes a registry's rows; they may be none."""
    rows, told = layout.rows(name), layout.belongings.told.get(name)
    lists: dict[str, Any] = {}
    if rows is not None:
        lists = {f"/{own}": values for own in OWN if (values := getattr(rows, own)) is not None}
        lists |= {} if told is None else {"/told": told}
        for column, values in rows.columns.items():
            lists[column] = values.values
            if values.words is not None:
                lists[f"{column}{WORDS}"] = values.words
    return _write(folder, name, lists, last_known=NO_WHOLE if rows is None else rows.last_known)


def write_families(folder: Path, layout: Layout) -> Path:
    """Writes the families of a bucket and where the belongings of each begin."""
    return _write(folder, FAMILIES, {"names": pa.array(layout.names, pa.string()), "/pairs": layout.belongings.starts})


def _write(folder: Path, name: str, lists: Mapping[str, Any], *, last_known: int = NO_WHOLE) -> Path:
    arrays = [_one_list(pa.array(values)) for values in lists.values()]
    schema = pa.schema(
        [(column, array.type) for column, array in zip(lists, arrays, strict=True)],
        metadata={"last_known": str(last_known)},
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    content = sink.getvalue()
    path = folder / f"{name}.{bytes_digest(content)}.arrow"
    unfinished = folder / f"{UNFINISHED}{os.getpid()}-{name}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _one_list(values: Any) -> Any:
    return pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values)


def find(folder: Path, name: str) -> Path | None:
    """The file of that name that is whole; a damaged one is removed."""
    for path in sorted(folder.glob(f"{name}.*.arrow")):
        if path.name == f"{name}.{file_digest(path)}.arrow":
            return path
        path.unlink(missing_ok=True)
    return None


class Shelf:
    """The files of a bucket, open."""

    def __init__(self, families: Path, registries: Mapping[str, Path]) -> None:
        """Opens a bucket's files, by registry."""
        told = _lists(families)
        self.names: Table = told["names"]
        self._pairs = told["/pairs"].to_numpy()
        self._rows: dict[str, Rows] = {}
        self._told: dict[str, Array] = {}
        for name, path in registries.items():
            lists = _lists(path)
            if "/starts" in lists:
                self._rows[name] = _rows(name, lists, _last_known(path))
            if "/told" in lists:
                self._told[name] = lists["/told"].to_numpy()

    def layout(self) -> Layout:
        """The rows of all families."""
        return Layout(tuple(self.names.to_pylist()), self._rows, Belongings(self._pairs, self._told))

    def family(self, place: int) -> Layout:
        """The rows of the family at a place, in place."""
        first, end = int(self._pairs[place]), int(self._pairs[place + 1])
        rows = {name: own for name, whole in self._rows.items() if (own := _cut(whole, place, first)) is not None}
        told = {name: self._told[name][_span(self._rows[name], place)] - first for name in self._told if name in rows}
        return Layout((self.names[place].as_py(),), rows, Belongings(np.array([0, end - first]), told))


class _Cut(Mapping[str, Column]):
    """Columns, of which just some rows are seen."""

    def __init__(self, columns: Mapping[str, Column], span: slice) -> None:
        self._columns, self._span = columns, span

    def __getitem__(self, name: str) -> Column:
        return self._columns[name].at(self._span)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _span(rows: Rows, place: int) -> slice:
    return slice(int(rows.starts[place]), int(rows.starts[place + 1]))


def _cut(rows: Rows, place: int, pairs: int) -> Rows | None:
    """The rows of one family, whose pairs begin at `pairs`; None when it has none."""
    span = _span(rows, place)
    if span.start == span.stop:
        return None
    return Rows(
        name=rows.name,
        starts=np.array([0, span.stop - span.start]),
        happened=rows.happened[span],
        known=rows.known[span],
        replaced=rows.replaced[span],
        columns=_Cut(rows.columns, span),
        last_known=rows.last_known,
        ended=None if rows.ended is None else rows.ended[span],
        age=None if rows.age is None else rows.age[span],
        pair=None if rows.pair is None else rows.pair[span] - pairs,
    )


def _rows(name: str, lists: Mapping[str, Any], last_known: int) -> Rows:
    own: dict[str, Any] = {told: lists[f"/{told}"].to_numpy() if f"/{told}" in lists else None for told in OWN}
    declared = [column for column in lists if not column.startswith("/") and not column.endswith(WORDS)]
    columns = {column: Column(lists[column].to_numpy(), lists.get(f"{column}{WORDS}")) for column in declared}
    return Rows(name=name, columns=columns, last_known=last_known, **own)


def _opened(path: Path) -> Any:
    """The file, mapped."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path)))
    except (OSError, ValueError, pa.ArrowException):
        raise StoreError(
            "the file is missing, or its bytes are not those it was written with", do="ask again.", where=path.name
        ) from None


def _lists(path: Path) -> dict[str, Any]:
    batch = _opened(path).get_batch(0)
    return {name: batch.column(place).values for place, name in enumerate(batch.schema.names)}


def _last_known(path: Path) -> int:
    return int(_opened(path).schema.metadata[b"last_known"])
