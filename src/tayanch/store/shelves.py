"""Rows on disk for the index: Arrow files whose batches are read in place, and the places of each family in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa

from tayanch.store.arrow import Array, Table, columns_of, places_of, texts
from tayanch.intake.bucket import Bucket
from tayanch.store.laying import copied, laid_and_pairs


class ShelfWriter:
    """Writes files of rows, one for each registry, a batch for each bucket."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def write(self, registry: str, rows: Table) -> None:
        """Writes a bucket's rows of a registry."""
        if registry not in self._writers:
            path = str(shelf_path(self._folder, registry))
            self._writers[registry] = self._stack.enter_context(pa.ipc.new_file(path, rows.schema))
        self._writers[registry].write_batch(one_batch(rows))


def shelf_path(folder: Path, registry: str) -> Path:
    """The file of a registry's rows."""
    return folder / f"rows-{registry}.arrow"


def family_by_family(layout: Bucket, registry: str) -> tuple[Table, Array]:
    """A registry's rows by family, those of persons under each family they ever belonged to; and where each begins.

    There is one beginning more than families: where the last one's rows end.
    """
    rows = layout.tables[registry]
    by_family = _by_family if "family" in columns_of(rows) else _under_families
    family, order = by_family(layout, rows)
    return rows.take(pa.array(order)), np.searchsorted(family, np.arange(len(layout.families) + 1))


def _by_family(layout: Bucket, rows: Table) -> tuple[Array, Array]:
    """Of a registry's rows in order of family, their family and their place in the table."""
    family = places_of(rows, "family", texts(layout.families))
    order = np.argsort(family, kind="stable")
    return family[order], order


def _under_families(layout: Bucket, rows: Table) -> tuple[Array, Array]:
    """For the copies of a person registry's rows in order of family, their family and their place in the table."""
    _, pairs = laid_and_pairs(layout)
    person = places_of(rows, "person", pairs.persons)
    by_person = np.argsort(person, kind="stable")
    pair, place = copied(person[by_person], pairs.person)
    return pairs.family[pair], by_person[place]


def one_batch(rows: Table) -> Any:
    """All rows as one record batch."""
    batches = rows.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=rows.schema)


def write_places(path: Path, families: Table, places: Mapping[str, Array]) -> None:
    """Writes the families with numbers told of each, sorted by family."""
    table = pa.table({"family": families, **places}).sort_by("family")
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_batch(one_batch(table))


def open_batches(path: Path) -> list[Any]:
    """The batches of a file, in place."""
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    return [reader.get_batch(number) for number in range(reader.num_record_batches)]


def numbers_of(batch: Any, name: str) -> Array:
    """A column of numbers, in place."""
    return batch.column(name).to_numpy()


def piece(batch: Any, first: int, end: int) -> Table:
    """The rows from `first` to before `end`, in place."""
    return pa.Table.from_batches([batch.slice(first, end - first)])
