"""A snapshot: all that was known after a delivery, bucket by bucket. Older snapshots stay as they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from tayanch.declare.forms import digest_of
from tayanch.declare.registries import Registry
from tayanch.errors import StoreError
from tayanch.intake.arrivals import read_arrivals
from tayanch.intake.bucket import Bucket
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.manifest import Delivery, RegistryParts, SnapshotManifest, SnapshotPart
from tayanch.intake.shape import Table, part_schema, shaped, sort_order
from tayanch.vocabulary import Links, Progress, no_progress


@dataclass(frozen=True)
class Snapshot:
    """A snapshot on disk. Nothing is read before it is asked for; it can be sent to another process."""

    files: SnapshotFiles
    manifest: SnapshotManifest

    @property
    def digest(self) -> str:
        """Of the manifest, which names every part by its digest: equal digests, equal snapshots."""
        return self.manifest.digest

    @property
    def zone(self) -> ZoneInfo:
        """The project's time zone, in which an as_of day begins."""
        return ZoneInfo(self.manifest.zone)

    @property
    def buckets(self) -> int:
        """How many buckets there are, numbered from 0."""
        return self.manifest.bucket_count

    @property
    def registries(self) -> tuple[str, ...]:
        """Names of the registries, sorted."""
        return tuple(parts.declared.name for parts in self.manifest.registries)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Per registry the names of its declared columns."""
        return {
            parts.declared.name: tuple(c.name for c in parts.declared.columns) for parts in self.manifest.registries
        }

    @property
    def memberships(self) -> tuple[str, ...]:
        """The registries that tell who belongs to which family."""
        told = [parts.declared for parts in self.manifest.registries]
        return tuple(registry.name for registry in told if registry.links is Links.MEMBERSHIP)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """What was delivered, first to last."""
        return self.manifest.deliveries

    def declared(self, registry: str) -> Registry:
        """A registry as it was declared at the last delivery (texts and place left out).

        Raises:
            StoreError: when the snapshot has no registry of that name.
        """
        return self._parts(registry).declared

    def bucket(self, number: int, only: Mapping[str, Collection[str]] | None = None) -> Bucket:
        """All rows of the families of a bucket and of all persons who ever belonged to them.

        Args:
            number: of the bucket.
            only: the registries to be read, each with the declared columns that are needed; memberships are read too.

        Raises:
            StoreError: when there is no such bucket, or a part is damaged.
        """
        self._check(number)
        if only is None:
            tables = {
                parts.declared.name: self._rows(parts, parts.buckets[number]) for parts in self.manifest.registries
            }
        else:
            tables = {
                parts.declared.name: read_narrowed(
                    self.files, parts, number=number, wanted=only.get(parts.declared.name, ())
                )
                for parts in self.manifest.registries
                if parts.declared.name in only or parts.declared.links is Links.MEMBERSHIP
            }
        return Bucket(number, tables, _families(tables.values()), self.zone)

    def families(self, number: int) -> tuple[str, ...]:
        """The families of a bucket.

        Raises:
            StoreError: when there is no such bucket, or a part is damaged.
        """
        self._check(number)
        told = [parts for parts in self.manifest.registries if parts.declared.links is not Links.PERSON]
        return _families(
            self.files.read_part(parts.declared.name, part, columns=["family"], texts=["family"])
            for parts in told
            for part in parts.buckets[number]
        )

    def made_of(self, number: int) -> dict[str, str]:
        """By registry, what changes when any of its rows in a bucket does, or its declaration.

        Raises:
            StoreError: when there is no such bucket.
        """
        self._check(number)
        return {
            parts.declared.name: digest_of([parts.declared.digest, *(part.sha256 for part in parts.buckets[number])])
            for parts in self.manifest.registries
        }

    def rows_in(self, number: int) -> dict[str, int]:
        """By registry, how many rows it has in a bucket."""
        return {
            parts.declared.name: sum(part.rows for part in parts.buckets[number]) for parts in self.manifest.registries
        }

    def waiting(self, registry: str) -> Table:
        """The rows of persons whom no membership has put into a family yet, shaped and sorted as in a bucket."""
        parts = self._parts(registry)
        return self._rows(parts, parts.waiting)

    def arrivals(self) -> Table:
        """What came when: registry, area, month, rows, newest_happened_on, newest_known_at, delivery, delivered.

        A row for each registry, area, month and delivery: how many rows said something new (see `arrivals`).

        Raises:
            StoreError: when a table is missing or damaged.
        """
        return read_arrivals(self.files, self.deliveries)

    def verify(self, tell: Progress = no_progress) -> int:
        """Recomputes the digest of every part; gives how many there are.

        Raises:
            StoreError: naming the first file that is missing or whose bytes have changed.
        """
        parts = [*self.manifest.parts()]
        for done, (folder, part) in enumerate(parts, start=1):
            self.files.verify_part(folder, part)
            tell("verifying", done, len(parts))
        return len(parts)

    def _check(self, number: int) -> None:
        if not 0 <= number < self.buckets:
            raise StoreError(f"there is no bucket {number}", do=f"give one of 0 to {self.buckets - 1}.")

    def _parts(self, registry: str) -> RegistryParts:
        found = self.manifest.registry(registry)
        if found is None:
            raise StoreError(
                f"the snapshot has no registry {registry}", do=f"it has {', '.join(self.registries) or 'none'}."
            )
        return found

    def _rows(self, parts: RegistryParts, chosen: Sequence[SnapshotPart]) -> Table:
        return read_parts(self.files, parts.declared, parts=chosen)


def open_snapshot(home: Path, project: str, *, digest: str | None = None) -> Snapshot:
    """A project's newest snapshot, or the one with that digest.

    Raises:
        StoreError: when there is none, or its manifest is damaged.
    """
    files = SnapshotFiles.of(home, project)
    found = digest or files.current
    if not found:
        raise StoreError(f"there is no snapshot of {project} yet", do="run `tayanch intake` first.")
    return Snapshot(files, files.read_manifest(found))


def read_parts(files: SnapshotFiles, registry: Registry, *, parts: Sequence[SnapshotPart]) -> Table:
    """The rows of some parts together, sorted as each part is."""
    tables = [shaped(registry, files.read_part(registry.name, part)) for part in parts]
    rows = pa.concat_tables(tables) if tables else part_schema(registry).empty_table()
    if len(tables) < 2:
        return rows
    return rows.sort_by([(name, "ascending") for name in sort_order(registry)])


def read_narrowed(files: SnapshotFiles, parts: RegistryParts, *, number: int, wanted: Collection[str]) -> Table:
    """The rows of a bucket with some of the declared columns and what tells versions apart; texts as categories.

    Keys are read where they can matter: where a row may have another version, where parts must be put in one order, and
    of persons, whose rows come together in their families. Else they are left out.
    """
    registry, chosen = parts.declared, parts.buckets[number]
    keyed = registry.links is Links.PERSON or len(chosen) > 1 or any(part.versioned for part in chosen)
    left_out = {"claimed_known_at", *(() if keyed else ("key",)), *(c.name for c in registry.columns)} - {*wanted}
    schema = pa.schema([_category(field) for field in part_schema(registry) if field.name not in left_out])
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    tables = [
        _filled(files.read_part(registry.name, part, columns=schema.names, texts=texts), schema) for part in chosen
    ]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _category(field: Any) -> Any:
    """A column of texts as one of categories, but for keys: hardly two are alike."""
    as_it_is = field.name == "key" or not pa.types.is_string(field.type)
    return field if as_it_is else field.with_type(pa.dictionary(pa.int32(), pa.string()))


def _filled(table: Table, schema: Any) -> Table:
    """The table with these columns; those it lacks are missing."""
    columns = [
        table.column(field.name) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _families(tables: Iterable[Table]) -> tuple[str, ...]:
    """Everybody whose rows are of families; a person's rows come with the membership that tells the family."""
    told = [table.column("family") for table in tables if "family" in table.column_names]
    found = [families.unique().cast(pa.string()) for families in told]
    return tuple(sorted(pa.chunked_array(found, pa.string()).unique().to_pylist()))
