"""A whole delivery judged by the contracts of all registries, and refused when that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.arrivals import read_arrivals
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.findings import Finding, Judged, Missing, findings
from tayanch.intake.manifest import SnapshotManifest
from tayanch.intake.shape import Table

TOLD = 5
"""Findings that a refusal tells; the others are counted."""


@dataclass(frozen=True)
class Since:
    """The day of a delivery, and the snapshot it is added to, which lies in `files`."""

    delivered: date
    before: SnapshotManifest
    files: SnapshotFiles


def all_findings(
    registries: Sequence[Registry], missing: Mapping[str, Missing], *, arrivals: Table, since: Since
) -> tuple[Finding, ...]:
    """What a delivery finds, registry by registry.

    Args:
        registries: all of the project.
        missing: of the registries of which files came, the rows that lack a value.
        arrivals: the delivery's table of what came when.
        since: the day of the delivery, and what was there before.

    Raises:
        StoreError: when a table of arrivals before is missing or damaged.
    """
    earlier = read_arrivals(since.files, since.before.deliveries).select(arrivals.column_names)
    whole = pa.concat_tables([earlier, arrivals])
    zone = ZoneInfo(since.before.zone)
    found: list[Finding] = []
    for registry in sorted(registries, key=lambda registry: registry.name):
        judged = Judged(
            registry,
            since.delivered,
            since.before.last_delivered(registry.name),
            missing.get(registry.name, ()),
            tuple(_local(_of(whole, registry), zone)),
            came=registry.name in missing,
        )
        found += findings(judged)
    return tuple(found)


def _of(arrivals: Table, registry: Registry) -> list[dict[str, Any]]:
    if not registry.silent_after:
        return []
    compute: Any = pc
    return arrivals.filter(compute.equal(arrivals.column("registry"), registry.name)).to_pylist()


def _local(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row | {"newest_known_at": row["newest_known_at"].astimezone(zone)}


def refuse(found: Sequence[Finding]) -> None:
    """Refuses a delivery that breaches a contract.

    Raises:
        IntakeError: telling the first findings.
    """
    if not found:
        return
    told = "; ".join(str(finding) for finding in found[:TOLD])
    more = f"; and {len(found) - TOLD} more" if len(found) > TOLD else ""
    raise IntakeError(
        f"the delivery does not keep what is expected of it: {told}{more}",
        do="see all with --dry-run; have it delivered again, or take it in without --strict.",
    )
