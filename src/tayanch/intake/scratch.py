"""Folders for temporary files: gone when their work is done; when it was killed, cleared by the next that needs one.

Such a folder is locked as long as its process lives; one that nobody holds was left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "tayanch-scratch-"


@contextmanager
def scratch(purpose: str) -> Generator[Path]:
    """A new folder, for its owner only; those that killed work left are cleared first. purpose: a word in its name."""
    _clear()
    folder, lock = _locked(purpose)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(purpose: str) -> tuple[Path, int]:
    """Between its making and its locking a folder may be cleared by somebody else; then another is made."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-"))
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock).st_nlink and folder.is_dir():
                return folder, lock


def _clear() -> None:
    """Removes the folders that nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # somebody else's, or gone by now
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # at work
            pass
        finally:
            os.close(lock)
