"""Taking in a delivery: all of it or nothing. It makes a new snapshot; the old one stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tayanch.declare.forms import digest_of
from tayanch.declare.registries import Registry
from tayanch.intake.bench import MEMORY, workbench
from tayanch.intake.continuity import check_continues, check_declared, unread
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.extracts import Extract, Found, find_extracts
from tayanch.intake.judging import Since, all_findings, refuse
from tayanch.intake.manifest import Delivery, FileTaken, RegistryParts, SnapshotManifest
from tayanch.intake.pseudonyms import linkage_check
from tayanch.intake.quarantine import Quarantine
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
    """

    home: Path
    project: str
    zone: ZoneInfo
    linkage_key: bytes = field(repr=False)
    buckets: int = 0
    memory: int = MEMORY
    tell: Progress = no_progress
    strict: bool = False


@dataclass(frozen=True)
class Taken:
    """What became of a delivery.

    snapshot: digest of the snapshot that is current now.
    fresh: whether it is a new one; if not, every file had been taken in before and `delivery` is the last one.
    quarantine: folder of the delivery's bad rows; there is none when no row was bad.
    rehearsed: whether nothing was kept of it: there is neither such a snapshot nor such a folder.
    """

    snapshot: str
    fresh: bool
    delivery: Delivery
    quarantine: Path
    rehearsed: bool = False


def take_in(
    registries: Sequence[Registry], folder: Path, *, into: Intake, delivered: date, afresh: bool = False
) -> Taken:
    """Takes in the extracts that lie in a folder and makes a new current snapshot.

    Args:
        registries: all registries of the project.
        folder: where their files lie.
        into: the work folder, the project's name, zone and linkage key.
        delivered: the day the extracts were delivered.
        afresh: forget the deliveries before (their snapshots stay) and begin anew with this one.

    Raises:
        IntakeError: when something can't be read or can't follow what was delivered before. Nothing is changed then.
    """
    with scratch("copies") as copies:
        found = find_extracts(registries, folder, copies=copies, tell=into.tell)
        return _take_in(registries, found, into=into, delivered=delivered, afresh=afresh)


def _take_in(registries: Sequence[Registry], found: Found, *, into: Intake, delivered: date, afresh: bool) -> Taken:
    files = SnapshotFiles.of(into.home, into.project)
    empty = SnapshotManifest(into.project, into.zone.key, linkage_check(into.linkage_key), into.buckets)
    with files.locked():
        before = files.read_manifest(files.current) if files.current and not afresh else empty
        check_continues(before, empty, delivered=delivered)
        for registry in registries:
            check_declared(before, registry)
        fresh = {r.name: unread(before, r, extracts=found.extracts[r.name]) for r in registries}
        quarantine = _quarantine(into, registries, fresh=fresh, delivered=delivered)
        if not any(fresh.values()):
            return Taken(before.digest, False, before.deliveries[-1], _quarantine_of(into, before.deliveries[-1]))
        quarantine.clear()
        with workbench(into.zone, into.memory) as bench:
            steps = Steps(into.tell, len(registries) + sum(map(len, fresh.values())))
            work = Work(bench, files, before, delivered, into.linkage_key, quarantine, steps)
            try:
                added = _all_parts(work, registries, fresh=fresh)
                delivery = _delivery(work, registries, found=found, fresh=fresh)
                if into.strict:
                    refuse(delivery.findings)
            except BaseException:
                work.undo()
                raise
        after = _after(work, added, replace(delivery, files=tuple(file for _, taken in added for file in taken)))
        return Taken(files.write_manifest(after), True, after.deliveries[-1], quarantine.folder)


def _quarantine(into: Intake, registries: Sequence[Registry], *, fresh: Fresh, delivered: date) -> Quarantine:
    """The folder is named after what is delivered, so that a delivery taken up again after a kill finds its own."""
    named = [[r.digest, extract.name, extract.sha256] for r in registries for extract in fresh[r.name]]
    return Quarantine(_folder(into, delivered, named))


def _quarantine_of(into: Intake, delivery: Delivery) -> Path:
    """The folder of a delivery that was taken in before."""
    return _folder(into, delivery.delivered, [[file.declared, file.name, file.sha256] for file in delivery.files])


def _folder(into: Intake, delivered: date, named: list[list[str]]) -> Path:
    return into.home / "quarantine" / into.project / f"{delivered}-{digest_of(sorted(named))[:12]}"


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
        absent=tuple(sorted(name for name, extracts in found.extracts.items() if not extracts)),
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
