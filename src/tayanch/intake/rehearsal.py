"""A delivery tried out: all is read and checked as if it were taken in, and nothing is kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tayanch.declare.registries import Registry
from tayanch.intake.delivery import Intake, Taken, take_in
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.scratch import scratch


def rehearse(
    registries: Sequence[Registry], folder: Path, *, into: Intake, delivered: date, afresh: bool = False
) -> Taken:
    """What `take_in` would tell; the work folder stays as it is, and the same delivery can be taken in afterwards.

    Raises:
        IntakeError: as `take_in`.
    """
    with scratch("rehearsal") as stage:
        _mirror(SnapshotFiles.of(into.home, into.project), SnapshotFiles.of(stage, into.project))
        staged = replace(into, home=stage, keys=None, refused=into.erased)
        taken = take_in(registries, folder, into=staged, delivered=delivered, afresh=afresh)
    return replace(taken, rehearsed=True)


def _mirror(files: SnapshotFiles, stage: SnapshotFiles) -> None:
    """Lays the newest snapshot on the stage. Its parts are linked: intake reads them and never writes into one."""
    if not files.current:
        return
    manifest = stage.manifest_path(files.current)
    manifest.parent.mkdir(parents=True)
    shutil.copyfile(files.manifest_path(files.current), manifest)
    (stage.folder / "current").write_text(files.current)
    for folder, part in files.read_manifest(files.current).parts():
        link = stage.part_path(folder, part)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(files.part_path(folder, part).resolve())
