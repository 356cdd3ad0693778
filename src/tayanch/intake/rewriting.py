"""Snapshots without somebody: which buckets hold their rows, and those parts and all manifests written anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.intake.disk import SnapshotFiles, new_part, write_whole
from tayanch.intake.identity import WAITING
from tayanch.intake.manifest import RegistryParts, SnapshotManifest, SnapshotPart
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.refused import Refused
from tayanch.intake.shape import Table, compute
from tayanch.vocabulary import Links


@dataclass(frozen=True)
class Taint:
    """Whose rows go, by pseudonym.

    refused: the erased: a family or a person, and a family's persons who belonged to no other.
    leaving: by bucket, persons whose rows stood there because of the erased family alone; under WAITING, those without
        a family.
    """

    refused: Refused
    leaving: Mapping[int, frozenset[str]]

    @property
    def buckets(self) -> tuple[int, ...]:
        """The buckets whose parts are looked through, in order."""
        return tuple(sorted(self.leaving))

    @property
    def told(self) -> list[Any]:
        """As plain values."""
        refused = [sorted(names) for names in (self.refused.families, self.refused.persons, self.refused.companions)]
        return [refused, {str(bucket): sorted(names) for bucket, names in self.leaving.items()}]

    @classmethod
    def read(cls, told: list[Any]) -> Taint:
        """What `told` gave."""
        refused, leaving = told
        named = {int(bucket): frozenset(names) for bucket, names in leaving.items()}
        return cls(Refused(*map(frozenset, refused)), named)

    def stays(self, table: Table, links: Links, *, bucket: int) -> Any:
        """Which rows of a part in a bucket stay, as a mask."""
        families = self.refused.families if links is not Links.PERSON else frozenset[str]()
        persons = self.refused.persons if links is not Links.FAMILY else frozenset[str]()
        if links is Links.PERSON:
            persons |= self.leaving.get(bucket, frozenset())
        mask = pa.array([True] * table.num_rows, pa.bool_())
        for name, gone in (("family", families), ("person", persons)):
            if gone:
                listed = compute.is_in(table.column(name), value_set=pa.array(sorted(gone), pa.string()))
                mask = compute.and_(mask, compute.invert(listed.combine_chunks()))
        return mask


def survey(files: SnapshotFiles, what: Literal["family", "person"], name: str) -> Taint:
    """Whose rows go when a family or person goes, and out of which buckets. Memberships are looked through, no more."""
    manifests = files.manifests()
    memberships, buckets = _memberships(files, manifests), max((one.bucket_count for one in manifests), default=1)
    if what == "person":
        of = {bucket_of(family, buckets) for family, person in memberships if person == name}
        return Taint(Refused(persons=frozenset({name})), dict.fromkeys(sorted({WAITING, *of}), frozenset({name})))
    persons = {person for family, person in memberships if family == name}
    elsewhere = [(family, person) for family, person in memberships if person in persons and family != name]
    own = bucket_of(name, buckets)
    stay = {person for family, person in elsewhere if bucket_of(family, buckets) == own}
    alone = frozenset(persons - {person for _, person in elsewhere})
    refused = Refused(families=frozenset({name}), companions=alone)
    return Taint(refused, {WAITING: alone, own: frozenset(persons - stay)})


def _memberships(files: SnapshotFiles, manifests: Iterable[SnapshotManifest]) -> set[tuple[str, str]]:
    """Every pair of family and person that any snapshot tells, whether it still holds or not."""
    found: set[tuple[str, str]] = set()
    parts = {
        (one.declared.name, part.sha256): part
        for manifest in manifests
        for one in manifest.registries
        if one.declared.links is Links.MEMBERSHIP
        for bucket in one.buckets
        for part in bucket
    }
    for (registry, _), part in parts.items():
        table = files.read_part(registry, part)
        found.update(zip(table.column("family").to_pylist(), table.column("person").to_pylist(), strict=True))
    return found


@dataclass
class Rewriting:
    """Writes snapshots without somebody. Not `keep`: only counts what would be written.

    parts, rows: how many parts are written anew, and how many rows fewer they have together.
    """

    files: SnapshotFiles
    taint: Taint
    keep: bool = True
    parts: int = 0
    rows: int = 0
    done: dict[tuple[str, int, str], tuple[SnapshotPart, ...]] = field(default_factory=dict)

    def all_manifests(self) -> dict[str, str]:
        """Writes every snapshot that changes; gives the digest each had and the one it has now."""
        digests: dict[str, str] = {}
        for manifest in self.files.manifests():
            after = replace(
                manifest,
                registries=tuple(self._registry(parts) for parts in manifest.registries),
                parent=digests.get(manifest.parent, manifest.parent),
            )
            if after.digest != manifest.digest:
                digests[manifest.digest] = self.files.keep_manifest(after) if self.keep else after.digest
        return digests

    def _registry(self, parts: RegistryParts) -> RegistryParts:
        buckets = tuple(
            self._bucket(parts.declared, bucket, found) if bucket in self.taint.leaving else found
            for bucket, found in enumerate(parts.buckets)
        )
        waiting = self._bucket(parts.declared, WAITING, parts.waiting)
        return replace(parts, buckets=buckets, waiting=waiting)

    def _bucket(self, registry: Registry, bucket: int, parts: tuple[SnapshotPart, ...]) -> tuple[SnapshotPart, ...]:
        return tuple(new for part in parts for new in self._part(registry, bucket, part))

    def _part(self, registry: Registry, bucket: int, part: SnapshotPart) -> tuple[SnapshotPart, ...]:
        place = (registry.name, bucket, part.sha256)
        if place not in self.done:
            self.done[place] = self._written(registry, bucket, part)
        return self.done[place]

    def _written(self, registry: Registry, bucket: int, part: SnapshotPart) -> tuple[SnapshotPart, ...]:
        table = self.files.read_part(registry.name, part)
        kept = table.filter(self.taint.stays(table, registry.links, bucket=bucket))
        if kept.num_rows == table.num_rows:
            return (part,)
        self.parts += 1
        self.rows += table.num_rows - kept.num_rows
        if not kept.num_rows:
            return ()
        new, content = new_part(kept, versioned=part.versioned)
        if self.keep:
            write_whole(self.files.part_path(registry.name, new), content)
        return (new,)
