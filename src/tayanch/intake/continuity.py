"""Whether a delivery can follow those before it, and which of its files are not known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.extracts import Extract
from tayanch.intake.manifest import FileTaken, SnapshotManifest

AFRESH = "take all extracts in afresh"


def check_continues(before: SnapshotManifest, like: SnapshotManifest, *, delivered: date) -> None:
    """Refuses a delivery that can't be added to what was delivered before.

    Args:
        before: the newest snapshot.
        like: an empty one with the settings of this delivery; 0 buckets stand for as many as there are.
        delivered: the day of this delivery.

    Raises:
        IntakeError: when it is earlier than the last one, or zone, buckets or linkage key are others.
    """
    if before.zone != like.zone:
        raise IntakeError(f"the time zone was {before.zone} and is {like.zone}", do=f"put it back, or {AFRESH}.")
    if like.bucket_count not in (0, before.bucket_count):
        change = f"there were {before.bucket_count} buckets and are to be {like.bucket_count}"
        raise IntakeError(change, do=f"put the number back, or {AFRESH}.")
    if before.linkage != like.linkage:
        raise IntakeError(
            "the linkage key is not the one of the deliveries before: nobody would be found again",
            do="put the key back.",
        )
    last = max((delivery.delivered for delivery in before.deliveries), default=delivered)
    if delivered < last:
        raise IntakeError(
            f"the delivery is dated {delivered}, before the last one of {last}",
            do="give the day it was really delivered.",
        )


def check_declared(before: SnapshotManifest, registry: Registry) -> None:
    """Refuses a registry whose rows can't stand beside those it has in the snapshot.

    Raises:
        IntakeError: when what names or links a row, or the type of a column, is declared otherwise.
    """
    held = before.registry(registry.name)
    if held is None:
        return
    was = held.declared
    kinds = {column.name: column.kind for column in was.columns}
    changed = [name for name in ("key", "links", "family", "person") if getattr(was, name) != getattr(registry, name)]
    changed += [column.name for column in registry.columns if kinds.get(column.name, column.kind) is not column.kind]
    if changed:
        raise IntakeError(
            f"{changed[0]} is declared otherwise than at the last delivery",
            do=f"put it back, or {AFRESH}.",
            where=registry.name,
        )


def unread(before: SnapshotManifest, registry: Registry, *, extracts: Sequence[Extract]) -> tuple[Extract, ...]:
    """The extracts that were not taken in for the registry before.

    Raises:
        IntakeError: when one was, under another declaration: its rows would count as known from today on only.
    """
    taken: Mapping[str, FileTaken | None] = {e.sha256: before.taken(registry.name, e.sha256) for e in extracts}
    for extract in extracts:
        known = taken[extract.sha256]
        if known and known.declared != registry.reading:
            raise IntakeError(
                f"{registry.name} is declared otherwise than when this file was taken in",
                do=f"{AFRESH}, or leave the file out.",
                where=extract.name,
            )
    return tuple(extract for extract in extracts if not taken[extract.sha256])
