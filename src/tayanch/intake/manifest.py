"""What a snapshot is made of, as its manifest says. The manifest's digest is the snapshot's digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tayanch.declare.forms import Form
from tayanch.declare.registries import Registry
from tayanch.intake.findings import Finding

ARRIVALS = "arrivals"
"""The folder of the tables of what came when, among those of the registries' parts."""


@dataclass(frozen=True, eq=False)
class SnapshotPart(Form):
    """An immutable Parquet file of rows, named after its content.

    versioned: whether any of its rows may be another version of a row in it or in a part before it.
    """

    sha256: str
    rows: int
    versioned: bool = True


@dataclass(frozen=True, eq=False)
class RegistryParts(Form):
    """A registry in a snapshot.

    declared: as it was declared at its last delivery.
    buckets: the parts of each bucket, in the order they were made.
    waiting: rows of persons whom no membership has put into a family yet.
    """

    declared: Registry
    buckets: tuple[tuple[SnapshotPart, ...], ...]
    waiting: tuple[SnapshotPart, ...] = ()


@dataclass(frozen=True, eq=False)
class FileTaken(Form):
    """What became of one file's rows for one registry: rows = kept + quarantined.

    declared: digest of how the registry's rows were read when the file was taken in.
    unchanged: of the kept rows, those that say what was known already and are not written again.
    backdated: of the kept rows, those that claimed to be known before the registry's last delivery.
    reasons: why rows were quarantined, with how many.
    released: the delivery out of whose quarantine the rows came; "" of a file that was delivered.
    """

    registry: str
    name: str
    sha256: str
    declared: str
    rows: int
    kept: int
    unchanged: int
    backdated: int
    reasons: tuple[tuple[str, int], ...]
    released: str = ""

    def __post_init__(self) -> None:
        if self.rows != self.kept + self.quarantined:
            raise AssertionError(f"{self.name}: {self.rows} rows came, {self.kept} + {self.quarantined} went on")

    @property
    def quarantined(self) -> int:
        """How many rows went to quarantine."""
        return sum(count for _, count in self.reasons)


@dataclass(frozen=True, eq=False)
class Delivery(Form):
    """One hand-over of extracts.

    absent: registries of which no file came. unclaimed: files that no registry claims.
    again: files that lay there again as they were and were not read twice.
    findings: what the registries' contracts expected and it did not keep.
    arrivals: the table of what came when; None when it told nothing new.
    """

    number: int
    delivered: date
    files: tuple[FileTaken, ...]
    absent: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    arrivals: SnapshotPart | None = None

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.files)

    @property
    def kept(self) -> int:
        """Rows that were kept."""
        return sum(file.kept for file in self.files)

    @property
    def unchanged(self) -> int:
        """Kept rows that said nothing new."""
        return sum(file.unchanged for file in self.files)

    @property
    def backdated(self) -> int:
        """Kept rows that claimed to be known before the last delivery."""
        return sum(file.backdated for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows that went to quarantine."""
        return sum(file.quarantined for file in self.files)


@dataclass(frozen=True, eq=False)
class SnapshotManifest(Form):
    """Everything a snapshot is made of; equal contents have equal digests.

    bucket_count: how many buckets there are; 0 before the first delivery, when it is to say.
    zone: name of the project's time zone. linkage: tells which linkage key made the pseudonyms.
    parent: digest of the snapshot before the last delivery; "" for the first.
    """

    project: str
    zone: str
    linkage: str
    bucket_count: int
    registries: tuple[RegistryParts, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    parent: str = ""

    def registry(self, name: str) -> RegistryParts | None:
        """A registry's parts; None when it was never declared here."""
        return next((parts for parts in self.registries if parts.declared.name == name), None)

    def parts(self) -> Iterator[tuple[str, SnapshotPart]]:
        """Every part, with the folder it lies in."""
        for held in self.registries:
            for part in (*held.waiting, *(part for bucket in held.buckets for part in bucket)):
                yield held.declared.name, part
        for delivery in self.deliveries:
            if delivery.arrivals:
                yield ARRIVALS, delivery.arrivals

    def last_delivered(self, registry: str) -> date | None:
        """The date of the last delivery of which rows of the registry were kept."""
        kept = [d.delivered for d in self.deliveries if any(f.registry == registry and f.kept for f in d.files)]
        return max(kept, default=None)

    def taken(self, registry: str, sha256: str) -> FileTaken | None:
        """How a file was taken in for a registry the last time; None when it never was."""
        found = [f for d in self.deliveries for f in d.files if (f.registry, f.sha256) == (registry, sha256)]
        return found[-1] if found else None
