"""Finding the rows of single families in a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tayanch.errors import StoreError
from tayanch.project import Project
from tayanch_serving.facts import Bucket

RowsOf = Callable[[str], Bucket | None]


def open_rows(home: Path, project: Project) -> Callable[[str], RowsOf]:
    """What opens a snapshot of the project by its digest, for looking up the rows of single families."""

    def opened(digest: str) -> RowsOf:
        raise StoreError(f"{home} has no index of families for the snapshot", do="run: tayanch intake.")

    return opened
