"""Finding the rows of single families: the memory-mapped index of a snapshot, as `tayanch score` leaves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tayanch.errors import StoreError
from tayanch.project import Project
from tayanch.store.index import Index
from tayanch_serving.facts import FamilyRows

FOLDER = "index"


def open_rows(home: Path, project: Project) -> Callable[[str], FamilyRows]:
    """What opens a snapshot of the project by its digest: `<home>/index/<project>/<digest>`."""

    def opened(digest: str) -> FamilyRows:
        index = Index.open(home / FOLDER / project.settings.name / digest, deep=False)
        if index.snapshot != digest:
            raise StoreError("the index is of another snapshot than the list", do="publish the list again.")
        return index

    return opened
