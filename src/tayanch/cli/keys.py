"""The linkage key: practice projects share a published one, so that digests agree everywhere; others make theirs."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from tayanch.errors import ProjectError
from tayanch.project import Project

PRACTICE_LINKAGE_KEY = hashlib.sha256(b"tayanch: published practice linkage key").digest()
KEY_BYTES = 32


def linkage_key(project: Project, home: Path, *, keep: bool = True) -> bytes:
    """The key that pseudonyms are made with; made on first use and kept at <home>/keys/linkage_<project>.key (0600).

    One that is made and not to be kept serves once.

    Raises:
        ProjectError: when the kept key can't be read, or is the published one in a project that is not for practice.
    """
    if project.settings.practice:
        return PRACTICE_LINKAGE_KEY
    file = home / "keys" / f"linkage_{project.settings.name}.key"
    if not file.exists() and not keep:
        return secrets.token_bytes(KEY_BYTES)
    key = _kept(file) if file.exists() else _made(file)
    if key == PRACTICE_LINKAGE_KEY:
        raise ProjectError(
            "the linkage key is the published practice key", do="remove it; a new one is made.", where=str(file)
        )
    return key


def _kept(file: Path) -> bytes:
    try:
        return bytes.fromhex(file.read_text().strip())
    except (OSError, ValueError):
        raise ProjectError(
            "the linkage key can't be read", do="restore it: without it nobody is found again.", where=str(file)
        ) from None


def _made(file: Path) -> bytes:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key.hex() + "\n")
    return key
