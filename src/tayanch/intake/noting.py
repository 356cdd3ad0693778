"""What a delivery tells of who people are, noted while its rows are read and sealed before its snapshot counts.

Names and addresses pass through this process's memory only: the workbench, which may lay what it can't hold into
temporary files, sees numbers but neither names nor addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa

from tayanch.declare.identity import Spelling
from tayanch.declare.registries import Registry
from tayanch.intake.cells import quoted
from tayanch.intake.disk import SnapshotFiles, parquet_bytes
from tayanch.intake.extracts import Extract
from tayanch.intake.identity import (
    NUMBER,
    TOLD,
    WAITING,
    Identity,
    IdentityBucket,
    IdentityFiles,
    IdentityManifest,
)
from tayanch.intake.keys import DoorKeys
from tayanch.intake.manifest import SnapshotManifest
from tayanch.intake.pseudonyms import bucket_of, pads, pseudonym_sql
from tayanch.intake.shape import INSTANT, Table, compute
from tayanch.intake.sheets import read_sheet
from tayanch.intake.snapshot import read_parts
from tayanch.intake.tokens import tokens_of
from tayanch.intake.versions import UNCHANGED
from tayanch.vocabulary import Links

Holder = Literal["family", "person"]
NOTED = pa.schema(
    [
        ("holder", pa.string()),
        ("of", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("known_at", INSTANT),
    ]
)
"""A value of a family or person, `of` which it is by pseudonym."""
NUMBERS: dict[Links, tuple[Holder, ...]] = {
    Links.FAMILY: ("family",),
    Links.PERSON: (),
    Links.MEMBERSHIP: ("family", "person"),
}
"""Whose numbers a registry tells. A person's come with the membership: until then nobody could be found by it."""
PAIRS = """
    SELECT DISTINCT family, person FROM (
        SELECT * FROM memberships
        QUALIFY row_number() OVER (PARTITION BY key ORDER BY known_at DESC, delivery DESC, claimed_known_at DESC) = 1
    ) WHERE NOT retracted
"""


@dataclass
class Noted:
    """What has been noted of a delivery so far."""

    linkage_key: bytes = field(repr=False)
    tables: list[Table] = field(default_factory=list, repr=False)

    def note(self, bench: duckdb.DuckDBPyConnection, registry: Registry, *, extracts: Sequence[Extract]) -> None:
        """Notes what the registry's good rows on the bench tell; names and addresses are read from the extracts."""
        for holder in NUMBERS[registry.links] if extracts else ():
            self.tables.append(_numbers(bench, holder, self.linkage_key))
        if registry.identity and extracts:
            rows = _good_rows(bench, registry, self.linkage_key)
            for number, extract in enumerate(extracts):
                self.tables += _values(registry, extract, rows=rows.filter(compute.equal(rows["file"], number)))


def _good(bench: duckdb.DuckDBPyConnection, columns: str, linkage_key: bytes) -> Table:
    """Columns of the rows in `claims` that were kept and retract nothing."""
    bad = f"SELECT file, row FROM verdicts WHERE reason <> {quoted(UNCHANGED)}"
    sql = f"SELECT {columns} FROM claims ANTI JOIN ({bad}) USING (file, row) WHERE NOT retracted"
    return bench.sql(sql, params=pads(linkage_key)).to_arrow_table()


def _numbers(bench: duckdb.DuckDBPyConnection, holder: Holder, linkage_key: bytes) -> Table:
    text = f"{holder}_text"
    found = _good(bench, f"DISTINCT {pseudonym_sql(holder, text)} AS of, {text} AS value", linkage_key)
    return _noted(holder, NUMBER, of=found["of"], value=found["value"])


def _good_rows(bench: duckdb.DuckDBPyConnection, registry: Registry, linkage_key: bytes) -> Table:
    holder = _holder(registry)
    columns = f"file, row, {pseudonym_sql(holder, f'{holder}_text')} AS of, claimed"
    return _good(bench, columns, linkage_key).sort_by([("file", "ascending"), ("row", "ascending")])


def _values(registry: Registry, extract: Extract, *, rows: Table) -> list[Table]:
    """The values of the registry's identity columns in some rows of an extract."""
    sheet = read_sheet(extract, [source for _, source in registry.identity])
    places = pa.array(np.searchsorted(sheet.table.column("row").to_numpy(), rows.column("row").to_numpy()))
    told = sheet.trimmed.take(places)
    found: list[Table] = []
    for place, (name, _) in enumerate(registry.identity):
        value = told.column(f"s{place}").cast(pa.string())
        table = _noted(_holder(registry), name, of=rows["of"], value=value, known_at=rows["claimed"])
        found.append(table.filter(compute.greater(compute.utf8_length(table["value"]), 0)))
    return found


def _holder(registry: Registry) -> Holder:
    return "family" if registry.links is Links.FAMILY else "person"


def _noted(holder: Holder, name: str, *, of: Any, value: Any, known_at: Any = None) -> Table:
    count = len(of)
    instants = pa.nulls(count, INSTANT) if known_at is None else known_at.cast(INSTANT)
    columns = [pa.repeat(holder, count), of, pa.repeat(name, count), value, instants]
    return pa.table(columns, names=NOTED.names).cast(NOTED)


def newest(told: Table) -> Table:
    """Of each field of each holder the value known last; of two known at once the last in the alphabet."""
    ordered = told.sort_by([(name, "ascending") for name in ("holder", "of", "field", "known_at", "value")])
    if ordered.num_rows < 2:
        return ordered
    same = [
        compute.equal(ordered[name].slice(1), ordered[name].slice(0, ordered.num_rows - 1))
        for name in ("holder", "of", "field")
    ]
    follows = compute.and_(compute.and_(same[0], same[1]), same[2]).to_numpy()
    return ordered.filter(pa.array(np.append(~follows, True)))


@dataclass(frozen=True)
class IdentityWriter:
    """Writes the identity file of a new snapshot."""

    files: IdentityFiles
    keys: DoorKeys
    spelling: Spelling

    def write(self, after: SnapshotManifest, noted: Sequence[Table], *, parts: SnapshotFiles) -> IdentityManifest:
        """Writes what was noted together with what the snapshot before `after` had; buckets that stay are not touched.

        Raises:
            StoreError: when what the snapshot before had can't be opened.
        """
        before = self._before(after.parent)
        held = [_unplaced(before.table(bucket)) for bucket in before.manifest.held]
        told = newest(pa.concat_tables([NOTED.empty_table(), *held, *noted]))
        placed = _placed(told, pairs=_pairs(after, parts), buckets=after.bucket_count)
        number = len(after.deliveries)
        buckets = {
            bucket: self._bucket(before.manifest, bucket, table, version=number)
            for bucket, table in placed.items()
            if table.num_rows
        }
        manifest = IdentityManifest(self.spelling.id, buckets)
        self.files.write_manifest(manifest, after.digest, sealing=self.keys.sealing)
        return manifest

    def _before(self, parent: str) -> Identity:
        manifest = self.files.manifest(parent, self.keys.sealing) if parent else IdentityManifest()
        return Identity(self.files, parent, manifest, self.keys)

    def _bucket(self, before: IdentityManifest, bucket: int, table: Table, *, version: int) -> IdentityBucket:
        content, key = parquet_bytes(table), self.keys.lookup.newest
        digest, held = hashlib.sha256(content).hexdigest(), before.held.get(bucket)
        if held and held.content == digest:
            if (held.lookup, before.spelling) == (key.id, self.spelling.id):
                return held
            return replace(held, tokens=self._tokens(table), lookup=key.id)
        sealed = self.files.write_sealed(bucket, content, version=version, sealing=self.keys.sealing)
        return IdentityBucket(digest, sealed, self._tokens(table), key.id, version)

    def _tokens(self, table: Table) -> str:
        return self.files.write_tokens(tokens_of(table, self.keys.lookup.newest, self.spelling))


def _unplaced(table: Table) -> Table:
    """What a bucket tells, as it was noted."""
    of_family = compute.is_null(table["person"])
    columns = [
        compute.if_else(of_family, "family", "person"),
        compute.if_else(of_family, table["family"], table["person"]),
        *(table[name] for name in ("field", "value", "known_at")),
    ]
    return pa.table(columns, names=NOTED.names).cast(NOTED)


def _pairs(after: SnapshotManifest, parts: SnapshotFiles) -> Table:
    """Which persons belong or belonged to which families, as far as nobody took it back."""
    empty = pa.schema([("family", pa.string()), ("person", pa.string())]).empty_table()
    found = [empty]
    for registry in after.registries:
        if registry.declared.links is Links.MEMBERSHIP:
            for bucket in registry.buckets:
                memberships = read_parts(parts, registry.declared, parts=bucket)
                with duckdb.connect() as bench:
                    bench.register("memberships", memberships)
                    found.append(bench.sql(PAIRS).to_arrow_table().cast(empty.schema))
    return pa.concat_tables(found)


def _placed(told: Table, *, pairs: Table, buckets: int) -> dict[int, Table]:
    """What is told by bucket, a person's with each family; of persons without one under WAITING."""
    names = ["field", "value", "known_at"]
    of_family = compute.equal(told["holder"], "family")
    own = told.filter(of_family).select(["of", *names]).rename_columns(["family", *names])
    own = own.append_column("person", pa.nulls(own.num_rows, pa.string()))
    persons = told.filter(compute.invert(of_family)).select(["of", *names]).rename_columns(["person", *names])
    persons = persons.join(pairs, "person", join_type="left outer")
    whole = pa.concat_tables([own.select(TOLD.names).cast(TOLD), persons.select(TOLD.names).cast(TOLD)])
    families = whole.column("family").to_pylist()
    number = np.array([WAITING if family is None else bucket_of(family, buckets) for family in families], dtype=int)
    order = [(name, "ascending") for name in ("family", "person", "field")]
    return {
        bucket: whole.filter(pa.array(number == bucket)).sort_by(order).combine_chunks()
        for bucket in (WAITING, *range(buckets))
    }
