"""Who people are, sealed: numbers, names and addresses, and the index by which somebody is found without opening them.

<home>/identity/<project>/files/<sha256>.sealed       what is known of a bucket's families, AES-256-GCM
<home>/identity/<project>/files/<sha256>.tokens       its look-up tokens and the families they lead to, Parquet
<home>/identity/<project>/manifests/<snapshot>.sealed which files belong to a snapshot

There is one for the newest snapshot only; it is written before the snapshot becomes current and counts from then on,
so that the two never disagree. What older snapshots had is removed after that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tayanch.declare.forms import canonical
from tayanch.errors import StoreError
from tayanch.intake.disk import SnapshotFiles, parquet_bytes, write_whole
from tayanch.intake.keys import DoorKeys, KeyRing
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.sealing import Seal, seal, unseal
from tayanch.intake.shape import INSTANT, Table, compute

NUMBER = "number"
"""The field of the number a family or person is registered under; the others are those of tayanch.declare.identity."""
WAITING = -1
"""The bucket of persons whom no membership has put into a family yet."""
TOLD = pa.schema(
    [
        ("family", pa.string()),
        ("person", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("known_at", INSTANT),
    ]
)
"""A row tells one field of a family, or of one person of it (whose rows stand with every family they belong to)."""
SEALED, TOKENS = ".sealed", ".tokens"


@dataclass(frozen=True)
class IdentityBucket:
    """A bucket's files.

    content: SHA-256 of what is sealed. sealed, tokens: of the two files, which are named so. lookup: id of the key
    the tokens are made with. version: number of the delivery that wrote it.
    """

    content: str
    sealed: str
    tokens: str
    lookup: str
    version: int


@dataclass(frozen=True)
class IdentityManifest:
    """The files of every bucket that has any, and the spelling the tokens of names are made by."""

    spelling: str = ""
    buckets: Mapping[int, IdentityBucket] | None = None

    @property
    def held(self) -> Mapping[int, IdentityBucket]:
        """The buckets there are, by number."""
        return self.buckets or {}

    def to_bytes(self) -> bytes:
        """The manifest as it is sealed."""
        told = {str(number): asdict(bucket) for number, bucket in sorted(self.held.items())}
        return canonical({"spelling": self.spelling, "buckets": told}).encode()

    @classmethod
    def read(cls, content: bytes) -> IdentityManifest:
        """What `to_bytes` wrote."""
        told = json.loads(content)
        buckets = {int(number): IdentityBucket(**bucket) for number, bucket in told["buckets"].items()}
        return cls(told["spelling"], buckets)


@dataclass(frozen=True)
class IdentityFiles:
    """The identity files of one project, in `folder`."""

    folder: Path
    project: str

    @classmethod
    def of(cls, home: Path, project: str) -> IdentityFiles:
        """Those of a project under the work folder."""
        return cls(home / "identity" / project, project)

    def manifest_path(self, snapshot: str) -> Path:
        """Where the manifest of a snapshot lies."""
        return self.folder / "manifests" / f"{snapshot}{SEALED}"

    def file(self, digest: str, end: str) -> Path:
        """Where a bucket's file lies."""
        return self.folder / "files" / f"{digest}{end}"

    def manifest(self, snapshot: str, sealing: KeyRing) -> IdentityManifest:
        """The manifest of a snapshot.

        Raises:
            StoreError: when there is none, or it can't be opened.
        """
        path = self.manifest_path(snapshot)
        if not path.is_file():
            do = "take all extracts in afresh: tayanch intake --afresh."
            raise StoreError("there is no identity file of this snapshot", do=do, where=str(path))
        return IdentityManifest.read(
            unseal(path.read_bytes(), sealing, place=self.manifest_place(snapshot), where=path)
        )

    def write_manifest(self, manifest: IdentityManifest, snapshot: str, *, sealing: KeyRing) -> None:
        """Writes the manifest of a snapshot, sealed."""
        content = seal(manifest.to_bytes(), sealing, place=self.manifest_place(snapshot))
        write_whole(self.manifest_path(snapshot), content)

    def manifest_place(self, snapshot: str) -> Seal:
        """What the manifest of a snapshot is bound to."""
        return Seal(self.project, "identity manifest", snapshot)

    def place(self, bucket: int, version: int) -> Seal:
        """What a version of a bucket is bound to."""
        return Seal(self.project, "identity", str(bucket), str(version))

    def read(self, bucket: int, told: IdentityBucket, *, sealing: KeyRing) -> bytes:
        """What is sealed of a bucket: Parquet.

        Raises:
            StoreError: when the file is missing, was changed, or its key is not at hand.
        """
        path = self.file(told.sealed, SEALED)
        return unseal(_whole(path, told.sealed), sealing, place=self.place(bucket, told.version), where=path)

    def read_tokens(self, told: IdentityBucket) -> Table:
        """The tokens of a bucket: `token` and `family`, sorted.

        Raises:
            StoreError: when the file is missing or was changed.
        """
        return pq.read_table(pa.BufferReader(_whole(self.file(told.tokens, TOKENS), told.tokens)))

    def write_sealed(self, bucket: int, content: bytes, *, version: int, sealing: KeyRing) -> str:
        """Seals what is known of a bucket; gives the digest its file is named after."""
        return self._write(seal(content, sealing, place=self.place(bucket, version)), SEALED)

    def write_tokens(self, tokens: Table) -> str:
        """Writes a bucket's tokens; gives the digest its file is named after."""
        return self._write(parquet_bytes(tokens), TOKENS)

    def keep_only(self, snapshot: str, manifest: IdentityManifest) -> None:
        """Removes what does not belong to a snapshot: what older ones had, and what a killed process left."""
        kept = {self.manifest_path(snapshot)}
        for bucket in manifest.held.values():
            kept |= {self.file(bucket.sealed, SEALED), self.file(bucket.tokens, TOKENS)}
        for path in self.folder.glob("*/*"):
            if path not in kept:
                path.unlink()

    def _write(self, content: bytes, end: str) -> str:
        digest = hashlib.sha256(content).hexdigest()
        if not self.file(digest, end).is_file():
            write_whole(self.file(digest, end), content)
        return digest


@dataclass(frozen=True)
class Field:
    """A value somebody has, and the day (UTC) the register knew it; None of a number, which never changes."""

    value: str
    since: str | None


@dataclass(frozen=True)
class Person:
    """Who a person is, by field: number, surname, given_name, patronymic, address; each only if a register told it."""

    pseudonym: str
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Family:
    """Who a family is: its own fields, and everybody who belongs or belonged to it, by pseudonym."""

    pseudonym: str
    fields: Mapping[str, Field]
    persons: tuple[Person, ...]


@dataclass(frozen=True)
class Identity:
    """The identity file of a project's newest snapshot, opened with its keys. Nothing is read unasked."""

    files: IdentityFiles
    snapshot: str
    manifest: IdentityManifest
    keys: DoorKeys

    def table(self, bucket: int) -> Table:
        """All that is sealed of a bucket, as `TOLD` says; empty when there is nothing of it."""
        told = self.manifest.held.get(bucket)
        if told is None:
            return TOLD.empty_table()
        return pq.read_table(pa.BufferReader(self.files.read(bucket, told, sealing=self.keys.sealing)))

    def bucket(self, number: int) -> tuple[Family, ...]:
        """Who the families of a bucket are, by pseudonym."""
        return _families(self.table(number))

    def families(self, pseudonyms: Iterable[str]) -> dict[str, Family]:
        """Who some families are; those nothing is known of are left out. Only their buckets are opened."""
        asked = sorted(set(pseudonyms))
        buckets = {bucket_of(family, self.bucket_count) for family in asked}
        wanted = pa.array(asked, pa.string())
        tables = [self.table(bucket) for bucket in sorted(buckets)]
        chosen = [table.filter(compute.is_in(table.column("family"), value_set=wanted)) for table in tables]
        return {family.pseudonym: family for table in chosen for family in _families(table)}

    @cached_property
    def bucket_count(self) -> int:
        """How many buckets the families are spread over."""
        files = SnapshotFiles(self.files.folder.parents[1] / "snapshots" / self.files.project)
        return files.read_manifest(self.snapshot).bucket_count


def open_identity(home: Path, project: str, keys: DoorKeys) -> Identity:
    """The identity file of a project's newest snapshot.

    Raises:
        StoreError: when there is none, or it can't be opened with these keys.
    """
    snapshot = SnapshotFiles.of(home, project).current
    if not snapshot:
        raise StoreError(f"there is no snapshot of {project} yet", do="run `tayanch intake` first.")
    files = IdentityFiles.of(home, project)
    return Identity(files, snapshot, files.manifest(snapshot, keys.sealing), keys)


def resealed(identity: Identity, bucket: int) -> IdentityBucket:
    """A bucket sealed anew with the newest key."""
    told, sealing = identity.manifest.held[bucket], identity.keys.sealing
    content = identity.files.read(bucket, told, sealing=sealing)
    return replace(told, sealed=identity.files.write_sealed(bucket, content, version=told.version, sealing=sealing))


def _whole(path: Path, digest: str) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError(
            "the file is missing, or its bytes are not those it was written with",
            do="bring it back from a copy, or take the extracts in afresh.",
            where=str(path),
        )
    return content


def _families(table: Table) -> tuple[Family, ...]:
    own: dict[str, dict[str, Field]] = {}
    persons: dict[str, dict[str, dict[str, Field]]] = {}
    for row in table.to_pylist():
        if row["family"] is None:
            continue
        fields = own.setdefault(row["family"], {})
        if row["person"] is not None:
            fields = persons.setdefault(row["family"], {}).setdefault(row["person"], {})
        since = row["known_at"] and row["known_at"].date().isoformat()
        fields[row["field"]] = Field(row["value"], since)
    return tuple(
        Family(family, own[family], tuple(Person(name, told) for name, told in persons.get(family, {}).items()))
        for family in sorted(own)
    )
