"""Freezing: a draft becomes a folder name/version whose every byte one digest tells. Written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tayanch.errors import ReleaseError
from tayanch.release.card import card
from tayanch.release.documents import RELEASE, frozen_files, read_release, release_bytes
from tayanch.release.releases import Draft, Release
from tayanch.release.standing import FILE as STANDING
from tayanch.release.standing import Standing
from tayanch.release.verify import verify

CARD = "card.md"
GAPS_TOLD = 5


def freeze(draft: Draft, releases: Path) -> Release:
    """The release, written to releases/name/version/ and verified from there.

    Raises:
        ReleaseError: when that version is there already, a feature is not worded in every language, or the folder
            can't be written.
    """
    folder = releases / draft.name / draft.version
    _refuse_unworded(draft)
    if folder.exists():
        raise ReleaseError(
            f"the release {draft.name}/{draft.version} is there already",
            do="give a new version; a frozen release is never overwritten.",
            where=str(folder),
        )
    _write(release_files(draft), folder)
    return verify(folder)


def release_files(draft: Draft) -> dict[str, bytes]:
    """All files of the release, by path; the same draft gives the same bytes."""
    frozen = frozen_files(draft)
    frozen[CARD] = card(draft).encode()
    written = release_bytes(draft, frozen)
    _, digest = read_release(written)
    return {RELEASE: written, STANDING: Standing(digest).to_bytes(), **frozen}


def _refuse_unworded(draft: Draft) -> None:
    gaps = draft.wording.check(draft.compiled.features, draft.wording.languages)
    if gaps:
        more = f"; and {len(gaps) - GAPS_TOLD} more" if len(gaps) > GAPS_TOLD else ""
        raise ReleaseError(
            f"the wording has gaps: {'; '.join(str(gap) for gap in gaps[:GAPS_TOLD])}{more}",
            do="word every feature in every language in features/wording/; workers read these sentences.",
        )


def _write(files: dict[str, bytes], folder: Path) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, written in files.items():
                _write_file(making / name, written)
            making.chmod(0o755)
            making.rename(folder)
        except BaseException:
            shutil.rmtree(making)
            raise
    except OSError as error:
        raise ReleaseError(f"the folder can't be written: {error.strerror}", do="free it.", where=str(folder)) from None


def _write_file(file: Path, written: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        out.write(written)
        out.flush()
        os.fsync(out.fileno())
