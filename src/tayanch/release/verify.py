"""Verifying: every digest of a release recomputed before anything of it is used."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tayanch.errors import ReleaseError
from tayanch.release.documents import RELEASE, changed, draft_from, read_release, sha256
from tayanch.release.keys import Keyring, SigningKey, trusted_keys
from tayanch.release.releases import Draft, Release
from tayanch.release.standing import FILE as STANDING
from tayanch.release.standing import Standing, read_standing, refuse_practice
from tayanch.vocabulary import ReleaseState


def verify(folder: Path, keyring: Keyring | None = None) -> Release:
    """The release in a folder name/version, when every byte is as frozen and every signature holds.

    Args:
        folder: of the release.
        keyring: whose signatures count; without one only those of practice keys, and these only in practice projects.

    Raises:
        ReleaseError: naming the file that is missing, too many or changed, with the digest it should have and has.
    """
    try:
        return _verified(folder, keyring)
    except ReleaseError as error:
        where = f"{folder}/{error.where}" if error.where else str(folder)
        raise ReleaseError(error.met, do=error.do, where=where) from None


def change_state(
    release: Release,
    state: ReleaseState,
    *,
    on: date,
    why: str,
    keys: Sequence[SigningKey],
    keyring: Keyring | None = None,
) -> Release:
    """The release in its new state, the change signed by `keys` and written beside it.

    Raises:
        ReleaseError: when the state can't follow, signers are too few or not trusted, or the release was changed.
    """
    now = verify(release.folder, keyring)
    standing = now.standing.signed(state, on=on, why=why, keys=keys)
    _check_standing(standing, practice=now.origin.practice, keyring=keyring)
    _replace(release.folder / STANDING, standing.to_bytes())
    return verify(release.folder, keyring)


def _verified(folder: Path, keyring: Keyring | None) -> Release:
    files = _read(folder)
    told, digest = read_release(_needed(files, RELEASE))
    digests = {str(name): str(value) for name, value in _files_told(told).items()}
    _check_files(files, digests)
    draft = draft_from(told, files)
    if (folder.resolve().parent.name, folder.resolve().name) != (draft.name, draft.version):
        raise ReleaseError(
            f"the folder holds the release {draft.name}/{draft.version}", do="put each release into its own folder."
        )
    standing = read_standing(_needed(files, STANDING), digest)
    _check_standing(standing, practice=draft.origin.practice, keyring=keyring)
    return Release(**_parts(draft), files=digests, digest=digest, standing=standing, folder=folder)


def _read(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise ReleaseError("there is no release here", do="name a folder that `tayanch release` wrote.")
    try:
        found = {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}
    except OSError as error:
        raise ReleaseError(f"a file can't be read: {error.strerror}", do="mend its permissions.") from None
    return found


def _needed(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise ReleaseError("the file is not there", do="restore it from where it was released.", where=name)
    return files[name]


def _files_told(told: Mapping[str, Any]) -> dict[Any, Any]:
    found = told.get("files")
    if not isinstance(found, dict):
        raise ReleaseError("it does not tell the digests of its files", do="restore the file.", where=RELEASE)
    return found


def _check_files(files: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    for name, expected in digests.items():
        if name not in files:
            raise ReleaseError(
                f"the file is not there; its digest should be {expected}",
                do="restore it from where it was released.",
                where=name,
            )
        if sha256(files[name]) != expected:
            raise changed(name, expected=expected, found=sha256(files[name]))
    for name in sorted(set(files) - set(digests) - {RELEASE, STANDING}):
        raise ReleaseError(
            f"the file is not part of the release; its digest is {sha256(files[name])}", do="remove it.", where=name
        )


def _check_standing(standing: Standing, *, practice: bool, keyring: Keyring | None) -> None:
    if not practice:
        refuse_practice(standing)
    ring = keyring or trusted_keys(practice=practice)
    try:
        standing.check(ring)
    except ReleaseError as error:
        raise error.at(STANDING) from None


def _parts(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


def _replace(file: Path, written: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=file.parent.parent, delete=False) as out:
        out.write(written)
        out.flush()
        os.fsync(out.fileno())
    Path(out.name).chmod(0o644)
    Path(out.name).replace(file)
