"""A new key in an old one's place: all that was written with the old one is written anew.

One file after the other, each whole or not at all: whoever is stopped in between calls again, and while both keys are
at hand everything can be read and found.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tayanch.declare.identity import Spelling
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.identity import SEALED, Identity, IdentityBucket, open_identity, resealed
from tayanch.intake.keys import DoorKeys
from tayanch.intake.quarantine import QuarantineFiles
from tayanch.intake.refused import ErasureFolder
from tayanch.intake.sealing import sealed_with
from tayanch.intake.tokens import tokens_of
from tayanch.vocabulary import Progress, no_progress


def rotate_sealing(home: Path, project: str, keys: DoorKeys, *, tell: Progress = no_progress) -> int:
    """Seals everything anew with the newest sealing key; gives how many files were.

    Raises:
        IntakeError: when an intake is at work.
        StoreError: when something can't be opened.
    """
    with SnapshotFiles.of(home, project).locked():
        ErasureFolder.of(home, project).check_ended()
        newest = keys.sealing.newest.id
        quarantine, erasures = QuarantineFiles.of(home, project, keys.sealing), ErasureFolder.of(home, project)
        rows = [held for held in quarantine.files() if _old(held.path, newest)]
        identity = _identity(home, project, keys)
        buckets = [] if identity is None else _sealed_before(identity, newest)
        total = len(rows) + len(buckets) + 1
        for done, held in enumerate(rows, start=1):
            quarantine.reseal(held)
            tell("sealing", done, total)
        for done, bucket in enumerate(buckets, start=len(rows) + 1):
            assert identity is not None
            identity = _with(identity, bucket, resealed(identity, bucket))
            tell("sealing", done, total)
        if identity:
            _settle(identity)
        if erasures.listed.is_file():
            erasures.write_refused(erasures.refused(keys.sealing), keys.sealing)
        tell("sealing", total, total)
        return len(rows) + len(buckets)


def rotate_lookup(home: Path, project: str, keys: DoorKeys, *, spelling: Spelling, tell: Progress = no_progress) -> int:
    """Writes the look-up index anew with the newest look-up key; gives how many buckets were.

    Raises:
        IntakeError: when an intake is at work.
        StoreError: when the identity file can't be opened.
    """
    with SnapshotFiles.of(home, project).locked():
        identity = _identity(home, project, keys)
        if identity is None:
            return 0
        newest, spelt = keys.lookup.newest, identity.manifest.spelling == spelling.id
        left = [bucket for bucket, told in identity.manifest.held.items() if not spelt or told.lookup != newest.id]
        for done, bucket in enumerate(left, start=1):
            tokens = identity.files.write_tokens(tokens_of(identity.table(bucket), newest, spelling))
            told = replace(identity.manifest.held[bucket], tokens=tokens, lookup=newest.id)
            identity = _with(identity, bucket, told)
            tell("indexing", done, len(left))
        _settle(replace(identity, manifest=replace(identity.manifest, spelling=spelling.id)))
        return len(left)


def _identity(home: Path, project: str, keys: DoorKeys) -> Identity | None:
    """The identity file; None before the first delivery."""
    return open_identity(home, project, keys) if SnapshotFiles.of(home, project).current else None


def _sealed_before(identity: Identity, newest: str) -> list[int]:
    return [
        bucket
        for bucket, told in identity.manifest.held.items()
        if _old(identity.files.file(told.sealed, SEALED), newest)
    ]


def _old(path: Path, newest: str) -> bool:
    with path.open("rb") as file:
        return sealed_with(file.read(64), where=path) != newest


def _with(identity: Identity, bucket: int, told: IdentityBucket) -> Identity:
    """The identity file with one bucket written anew, which counts from now on."""
    manifest = replace(identity.manifest, buckets={**identity.manifest.held, bucket: told})
    identity.files.write_manifest(manifest, identity.snapshot, sealing=identity.keys.sealing)
    return replace(identity, manifest=manifest)


def _settle(identity: Identity) -> None:
    """Writes the manifest a last time, and removes what was in the old key's hand."""
    identity.files.write_manifest(identity.manifest, identity.snapshot, sealing=identity.keys.sealing)
    identity.files.keep_only(identity.snapshot, identity.manifest)
