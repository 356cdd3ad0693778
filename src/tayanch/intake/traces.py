"""Traces of the erased beside the snapshots: names and numbers in the identity file, rows in quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from tayanch.declare.identity import Spelling
from tayanch.declare.registries import Registry
from tayanch.intake.delivery import Intake
from tayanch.intake.disk import parquet_bytes
from tayanch.intake.identity import NUMBER, WAITING, Identity, IdentityBucket, IdentityFiles
from tayanch.intake.loose import texts
from tayanch.intake.pseudonyms import joined, pseudonym
from tayanch.intake.rewriting import Taint
from tayanch.intake.shape import Table, compute
from tayanch.intake.tokens import tokens_of


def numbers_of(into: Intake, taint: Taint) -> tuple[str, ...]:
    """The numbers of the erased that the identity file knows: by them, rows that can't be split are recognised."""
    identity = _identity(into, _current(into))
    if identity is None:
        return ()
    gone = taint.refused.families | taint.refused.persons | taint.refused.companions
    found: set[str] = set()
    for bucket in set(identity.manifest.held) & set(taint.leaving):
        for row in identity.table(bucket).to_pylist():
            # A person's row tells the family too: it is the person's number then.
            if row["field"] == NUMBER and (row["person"] or row["family"]) in gone:
                found.add(row["value"])
    return tuple(found)


def forget_identity(into: Intake, taint: Taint, *, before: str, digests: Mapping[str, str]) -> None:
    """Writes the identity file of a snapshot without the erased, for what the snapshot has become; unread buckets stay.

    Where the snapshot did not become another one (`digests` does not tell it), older files are removed too.
    """
    identity = _identity(into, before)
    if identity is None:
        return
    held = dict(identity.manifest.held)
    for bucket in [number for number in held if number in taint.leaving]:
        told = _without(identity, bucket, taint, spelling=into.spelling)
        held.pop(bucket)
        if told is not None:
            held[bucket] = told
    manifest, after = replace(identity.manifest, buckets=held), digests.get(before, before)
    identity.files.write_manifest(manifest, after, sealing=identity.keys.sealing)
    if after == before:
        identity.files.keep_only(after, manifest)


def _without(identity: Identity, bucket: int, taint: Taint, *, spelling: Spelling) -> IdentityBucket | None:
    """A bucket's files without the erased; None when nobody is left."""
    told, table = identity.manifest.held[bucket], identity.table(bucket)
    persons = taint.refused.persons | (taint.leaving[bucket] if bucket == WAITING else frozenset())
    gone = [
        compute.is_in(table.column(name), value_set=pa.array(sorted(names), pa.string()))
        for name, names in (("family", taint.refused.families), ("person", persons))
    ]
    kept = table.filter(compute.invert(compute.or_(*gone))).combine_chunks()
    if kept.num_rows == table.num_rows:
        return told
    if not kept.num_rows:
        return None
    content, sealing, lookup = parquet_bytes(kept), identity.keys.sealing, identity.keys.lookup.newest
    return replace(
        told,
        content=hashlib.sha256(content).hexdigest(),
        sealed=identity.files.write_sealed(bucket, content, version=told.version, sealing=sealing),
        tokens=identity.files.write_tokens(tokens_of(kept, lookup, spelling)),
        lookup=lookup.id,
    )


def forget_quarantine(
    into: Intake, registries: Mapping[str, Registry], taint: Taint, *, numbers: Collection[str], keep: bool
) -> int:
    """Takes the rows of the erased out of quarantine; gives how many. Not `keep`: only counts them."""
    quarantine, count = into.quarantine, 0
    for held in quarantine.files():
        rows = quarantine.read(held)
        names = _names(rows, registries.get(held.registry), into.linkage_key)
        gone = taint.refused.families | taint.refused.persons | taint.refused.companions
        lines = (line or "" for line in rows.column("_line").to_pylist())
        stays = [
            not any(name in gone for name in told) and not any(number in line for number in numbers)
            for told, line in zip(names, lines, strict=True)
        ]
        count += stays.count(False)
        if keep and not all(stays):
            quarantine.write(held, rows.filter(pa.array(stays)))
    return count


def _names(rows: Table, registry: Registry | None, linkage_key: bytes) -> Iterator[tuple[str, ...]]:
    """The pseudonyms of the family and the person that each row names, as far as it does."""
    kinds = (("family", registry.family), ("person", registry.person)) if registry else ()
    told = {
        kind: [texts(name, rows.column(name).to_pylist()) for name in columns]
        for kind, columns in kinds
        if columns and set(columns) <= set(rows.column_names)
    }
    for place in range(rows.num_rows):
        ids = {kind: [column[place] for column in columns] for kind, columns in told.items()}
        yield tuple(
            pseudonym(linkage_key, "family" if kind == "family" else "person", parts=[joined([p or "" for p in parts])])
            for kind, parts in ids.items()
        )


def _current(into: Intake) -> str:
    path = into.home / "snapshots" / into.project / "current"
    return path.read_text().strip() if path.is_file() else ""


def _identity(into: Intake, snapshot: str) -> Identity | None:
    """The identity file of a snapshot; None where none is kept."""
    files = IdentityFiles.of(into.home, into.project)
    if into.keys is None or not files.manifest_path(snapshot).is_file():
        return None
    return Identity(files, snapshot, files.manifest(snapshot, into.keys.sealing), into.keys)
