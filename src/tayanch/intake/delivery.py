"""Taking in a delivery: all of it or nothing. It makes a new snapshot; the old one stays as it was."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tayanch.declare.identity import PLAIN, Spelling
from tayanch.declare.registries import Registry
from tayanch.intake.bench import MEMORY, workbench
from tayanch.intake.continuity import check_continues, check_declared, unread
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.extracts import Extract, Found, find_extracts
from tayanch.intake.identity import IdentityFiles
from tayanch.intake.judging import Since, all_findings, refuse
from tayanch.intake.keys import DoorKeys
from tayanch.intake.manifest import Delivery, FileTaken, RegistryParts, SnapshotManifest
from tayanch.intake.noting import IdentityWriter, Noted
from tayanch.intake.pseudonyms import linkage_check
from tayanch.intake.quarantine import Aside, Quarantine, QuarantineFiles
from tayanch.intake.refused import ErasureFolder, Refused
from tayanch.intake.scratch import scratch
from tayanch.intake.work import Steps, Work, in_order
from tayanch.vocabulary import Progress, no_progress

Fresh = Mapping[str, Sequence[Extract]]
"""By registry, the extracts that were not taken in before."""
_Added = list[tuple[RegistryParts, tuple[FileTaken, ...]]]


@dataclass(frozen=True)
class Intake:
    """Where extracts are taken in to.

    home: the work folder. buckets: how many, fixed by the first delivery; 0: as many as its families need.
    memory: bytes that DuckDB may hold. tell: is told how far it has come.
    strict: whether a delivery that does not keep its registries' contracts is refused.
    keys: what names and bad rows are sealed with; without them nobody's identity is kept and bad rows are only counted.
    spelling: how names are compared. quarantine_days: how long bad rows are kept.
    refused: who was erased, where the work folder does not tell it.
    """

    home: Path
    project: str
    zone: ZoneInfo
    linkage_key: bytes = field(repr=False)
    buckets: int = 0
    memory: int = MEMORY
    tell: Progress = no_progress
    strict: bool = False
    keys: DoorKeys | None = None
    spelling: Spelling = PLAIN
    quarantine_days: int = 90
    refused: Refused | None = None

    @property
    def quarantine(self) -> QuarantineFiles:
        """The project's quarantine."""
        return QuarantineFiles.of(self.home, self.project, self.keys.sealing if self.keys else None)

    @property
    def erased(self) -> Refused:
        """Who was erased.

        Raises:
            StoreError: when the list can't be opened.
        """
        if self.refused is not None:
            return self.refused
        return ErasureFolder.of(self.home, self.project).refused(self.keys.sealing if self.keys else None)

    @property
    def empty(self) -> SnapshotManifest:
        """What there is before the first delivery."""
        return SnapshotManifest(self.project, self.zone.key, linkage_check(self.linkage_key), self.buckets)


@dataclass(frozen=True)
class Taken:
    """What became of a delivery.

    snapshot: digest of the snapshot that is current now.
    fresh: whether it is a new one; if not, every file had been taken in before and `delivery` is the last one.
    quarantine: folder of the delivery's bad rows; there is none when no row was bad.
    expired: earlier deliveries whose quarantined rows were past their term and are gone.
    rehearsed: whether nothing was kept of it: there is neither such a snapshot nor such a folder.
    """

    snapshot: str
    fresh: bool
    delivery: Delivery
    quarantine: Path
    expired: tuple[str, ...] = ()
    rehearsed: bool = False


def take_in(
    registries: Sequence[Registry], folder: Path, *, into: Intake, delivered: date, afresh: bool = False
) -> Taken:
    """Takes in the extracts that lie in a folder and makes a new current snapshot.

    Args:
        registries: all registries of the project.
        folder: where their files lie.
        into: the work folder, the project's name, zone and keys.
        delivered: the day the extracts were delivered.
        afresh: forget the deliveries before (their snapshots stay) and begin anew with this one.

    Raises:
        IntakeError: when something can't be read or can't follow what was delivered before. Nothing is changed then.
    """
    with scratch("copies") as copies:
        found = find_extracts(registries, folder, copies=copies, tell=into.tell)
        with opened(into) as files:
            expired = into.quarantine.clear(delivered, days=into.quarantine_days)
            before = into.empty if afresh or not files.current else files.read_manifest(files.current)
            following = Following(into, files, before, delivered)
            fresh = following.unread(registries, found)
            if not any(fresh.values()):
                last = before.deliveries[-1]
                return Taken(before.digest, False, last, _quarantine_of(into, last).folder, expired)
            quarantine = _quarantine(into, registries, fresh=fresh, delivered=delivered)
            after = following.write(registries, found, fresh=fresh, aside=quarantine)
            following.settle(after)
            return Taken(after.digest, True, after.deliveries[-1], quarantine.folder, expired)


@contextmanager
def opened(into: Intake) -> Generator[SnapshotFiles]:
    """The project's snapshots, locked; what a killed delivery left is put right first.

    Raises:
        IntakeError: when another intake is at work, or an erasure has not ended.
    """
    files = SnapshotFiles.of(into.home, into.project)
    with files.locked():
        ErasureFolder.of(into.home, into.project).check_ended()
        _settle(into, files.current)
        yield files


def _settle(into: Intake, snapshot: str) -> None:
    """Puts what lies beside the current snapshot as it belongs."""
    into.quarantine.settle(snapshot)
    identity = IdentityFiles.of(into.home, into.project)
    if into.keys and identity.manifest_path(snapshot).is_file():
        identity.keep_only(snapshot, identity.manifest(snapshot, into.keys.sealing))


@dataclass(frozen=True)
class Following:
    """A delivery of a day that follows a snapshot."""

    into: Intake
    files: SnapshotFiles
    before: SnapshotManifest
    delivered: date

    def unread(self, registries: Sequence[Registry], found: Found) -> Fresh:
        """By registry, the extracts that were not taken in before.

        Raises:
            IntakeError: when the delivery can't follow those before it.
        """
        check_continues(self.before, self.into.empty, delivered=self.delivered)
        for registry in registries:
            check_declared(self.before, registry)
        return {r.name: unread(self.before, r, extracts=found.extracts[r.name]) for r in registries}

    def write(self, registries: Sequence[Registry], found: Found, *, fresh: Fresh, aside: Aside) -> SnapshotManifest:
        """Writes all of the new snapshot but that it is current; gives its manifest."""
        into, keys = self.into, self.into.keys
        aside.clear()
        noted = Noted(into.linkage_key) if keys else None
        with workbench(into.zone, into.memory) as bench:
            work = Work(
                *(bench, self.files, self.before, self.delivered, into.linkage_key, aside),
                Steps(into.tell, len(registries) + sum(map(len, fresh.values()))),
                noted=noted,
                released=any(extract.released for extracts in fresh.values() for extract in extracts),
                refused=into.erased,
            )
            try:
                added = _all_parts(work, registries, fresh=fresh)
                delivery = _delivery(work, registries, found=found, fresh=fresh)
                if into.strict:
                    refuse(delivery.findings)
            except BaseException:
                work.undo()
                raise
        taken = tuple(file for _, files in added for file in files)
        after = _after(work, added, replace(delivery, files=taken))
        if keys and noted:
            IdentityWriter(IdentityFiles.of(into.home, into.project), keys, into.spelling).write(
                after, noted.tables, parts=self.files
            )
        return after

    def settle(self, after: SnapshotManifest) -> None:
        """Makes the new snapshot current, and puts everything beside it as it belongs."""
        _settle(self.into, self.files.write_manifest(after))


def _quarantine(into: Intake, registries: Sequence[Registry], *, fresh: Fresh, delivered: date) -> Quarantine:
    named = [[r.reading, extract.name, extract.sha256] for r in registries for extract in fresh[r.name]]
    return Quarantine(into.quarantine, into.quarantine.delivery(delivered, named))


def _quarantine_of(into: Intake, delivery: Delivery) -> Quarantine:
    """That of a delivery that was taken in before."""
    named = [[file.declared, file.name, file.sha256] for file in delivery.files]
    return Quarantine(into.quarantine, into.quarantine.delivery(delivery.delivered, named))


def _all_parts(work: Work, registries: Sequence[Registry], *, fresh: Fresh) -> _Added:
    """Adds every registry's extracts, and those held before whose persons may have come into other families."""
    declared = {parts.declared.name: parts.declared for parts in work.before.registries}
    declared |= {registry.name: registry for registry in registries}
    added: dict[str, tuple[RegistryParts, tuple[FileTaken, ...]]] = {}
    for registry in in_order([*declared.values()]):
        added[registry.name] = work.add(registry, fresh.get(registry.name, ()))
        if registry.name in fresh:
            work.steps.step()
    for extract in {extract for extracts in fresh.values() for extract in extracts}:
        extract.check_still()
    return [added[name] for name in sorted(added)]


def _delivery(work: Work, registries: Sequence[Registry], *, found: Found, fresh: Fresh) -> Delivery:
    """The delivery's facts, but for what became of its files."""
    read = {extract.name for extracts in fresh.values() for extract in extracts}
    claimed = {extract.name for extracts in found.extracts.values() for extract in extracts}
    arrivals, part = work.write_arrivals()
    return Delivery(
        work.number,
        work.delivered,
        (),
        absent=() if work.released else tuple(sorted(name for name, told in found.extracts.items() if not told)),
        unclaimed=found.unclaimed,
        again=tuple(sorted(claimed - read)),
        findings=all_findings(
            registries, work.missing, arrivals=arrivals, since=Since(work.delivered, work.before, work.files)
        ),
        arrivals=part,
    )


def _after(work: Work, added: _Added, delivery: Delivery) -> SnapshotManifest:
    """The new manifest."""
    return replace(
        work.before,
        bucket_count=work.division.buckets,
        registries=tuple(work.division.of(parts) for parts, _ in added),
        deliveries=(*work.before.deliveries, delivery),
        parent=work.before.digest if work.before.deliveries else "",
    )
