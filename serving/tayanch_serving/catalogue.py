"""The catalogue of features as it was built last, and what was declared otherwise since."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from tayanch.project import Project
from tayanch.store.catalogue import BuiltCatalogue, FeatureCatalogue, catalogue_file, read_catalogue

Stamp = tuple[int, int, int]


class Catalogues:
    """The catalogue built last."""

    def __init__(self, home: Path, project: str) -> None:
        self._home, self._project = home, project
        self._turn, self._stamp = threading.Lock(), _stamp(catalogue_file(home, project))
        self._kept: BuiltCatalogue | None = None

    def current(self) -> BuiltCatalogue | None:
        """The catalogue, None before it was first built. A file that has not changed is not read again.

        Raises:
            StoreError: when the file can't be read or is not as it was written.
        """
        with self._turn:
            stamp = _stamp(catalogue_file(self._home, self._project))
            if stamp != self._stamp or self._kept is None:
                self._kept = read_catalogue(self._home, self._project)
                self._stamp = stamp
            return self._kept


@dataclass(frozen=True)
class Since:
    """What was declared otherwise since the catalogue was built: ids of features."""

    added: tuple[str, ...]
    changed: frozenset[str]


def since(catalogue: FeatureCatalogue, project: Project) -> Since:
    """How the project's declarations differ from those the catalogue tells about."""
    built = {entry.id: entry.digest for entry in catalogue.features}
    declared = {feature.id: feature.digest for feature in project.features}
    return Since(
        added=tuple(sorted(set(declared) - set(built))),
        changed=frozenset(id for id, digest in built.items() if declared.get(id) != digest),
    )


def _stamp(file: Path) -> Stamp | None:
    try:
        told = file.stat()
    except FileNotFoundError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
