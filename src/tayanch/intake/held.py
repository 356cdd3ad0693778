"""What a snapshot holds that a delivery can touch: read part by part, and of each part only what is needed.

Most of what is held has neither the key of a delivered row nor a person who came into a family: of that only the keys
are read, and nothing is kept. So a delivery costs what it brings, however much was delivered before.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.errors import StoreError
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.manifest import RegistryParts, SnapshotPart
from tayanch.intake.shape import on_bench, part_schema, shaped
from tayanch.vocabulary import Links

TOUCHED = "key IN (SELECT key FROM told)"
FOLLOWING = "person IN (SELECT person FROM links WHERE fresh)"
BATCH_ROWS = 1 << 16


@dataclass
class _Reading:
    """Reads parts one after another. failed: why the last one could not be; DuckDB would tell it in its own words."""

    files: SnapshotFiles
    registry: Registry
    failed: StoreError | None = None

    def columns(self, parts: Sequence[SnapshotPart], names: Sequence[str]) -> Any:
        """Some columns of the parts, and each one's place among them."""
        schema = pa.schema([*((name, pa.string()) for name in names), ("place", pa.int32())])
        return pa.RecordBatchReader.from_batches(schema, self._columns(parts, names))

    def rows(self, parts: Sequence[SnapshotPart]) -> Any:
        """All columns of the parts, as the workbench has them."""
        schema = on_bench(self.registry, part_schema(self.registry).empty_table()).schema
        return pa.RecordBatchReader.from_batches(schema, self._rows(parts))

    def _columns(self, parts: Sequence[SnapshotPart], names: Sequence[str]) -> Iterator[Any]:
        for place, part in enumerate(parts):
            table = self._part(part, names)
            placed = table.append_column("place", pa.array([place] * table.num_rows, pa.int32()))
            yield from placed.to_batches(max_chunksize=BATCH_ROWS)

    def _rows(self, parts: Sequence[SnapshotPart]) -> Iterator[Any]:
        for part in parts:
            table = on_bench(self.registry, shaped(self.registry, self._part(part, None)))
            yield from table.to_batches(max_chunksize=BATCH_ROWS)

    def _part(self, part: SnapshotPart, names: Sequence[str] | None) -> Any:
        try:
            return self.files.read_part(self.registry.name, part, columns=names)
        except StoreError as error:
            self.failed = error
            raise


@contextmanager
def _reading(files: SnapshotFiles, registry: Registry) -> Generator[_Reading]:
    reading = _Reading(files, registry)
    try:
        yield reading
    except duckdb.Error:
        if reading.failed:
            raise reading.failed from None
        raise


def hold(bench: duckdb.DuckDBPyConnection, files: SnapshotFiles, held: RegistryParts, *, followers: bool) -> None:
    """Makes `held` of the rows in the snapshot that have a key of `told`, each once (a person's stand in several
    buckets); and if `followers`, of those whose person came into a bucket in this delivery.

    Raises:
        StoreError: when a part is missing or damaged.
    """
    registry, parts = held.declared, [*held.waiting, *(part for bucket in held.buckets for part in bucket)]
    followers = followers and registry.links is Links.PERSON
    wanted = f"({TOUCHED} OR {FOLLOWING})" if followers else TOUCHED
    with _reading(files, registry) as reading:
        bench.register("keys", reading.columns(parts, ["key", "person"] if followers else ["key"]))
        touched = bench.execute(f"SELECT DISTINCT place FROM keys WHERE {wanted} ORDER BY place").fetchall()
        bench.unregister("keys")
        bench.register("stored", reading.rows([parts[place] for (place,) in touched]))
        distinct = "DISTINCT" if registry.links is Links.PERSON else ""
        bench.execute(f"CREATE OR REPLACE TEMP TABLE held AS SELECT {distinct} * FROM stored WHERE {wanted}")
        bench.unregister("stored")


def held_links(bench: duckdb.DuckDBPyConnection, files: SnapshotFiles, held: RegistryParts) -> None:
    """Adds to `links` the persons of a membership's parts with the buckets that these stand in.

    Raises:
        StoreError: when a part is missing or damaged.
    """
    for bucket, parts in enumerate(held.buckets):
        with _reading(files, held.declared) as reading:
            bench.register("persons", reading.columns(parts, ["person"]))
            bench.execute(f"INSERT INTO links SELECT DISTINCT person, {bucket}, false FROM persons")
            bench.unregister("persons")
