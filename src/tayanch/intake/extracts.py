"""The extracts of a delivery: which files and tables there are, and whose they are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.contract import delivered_columns
from tayanch.intake.databases import TableSource, copy_table
from tayanch.intake.encodings import UTF8, digest_file, digest_text
from tayanch.intake.sources import Source, source_of
from tayanch.vocabulary import Progress, no_progress


class Format(Enum):
    """How the rows of an extract are kept."""

    CSV = "CSV"
    PARQUET = "Parquet"
    EXCEL = "Excel"
    TABLE = "a table of a database"


FORMATS = {".csv": Format.CSV, ".parquet": Format.PARQUET, ".pq": Format.PARQUET, ".xlsx": Format.EXCEL}
"""By the end of a file's name, in small letters."""
JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite may lay beside a file of its own."""


@dataclass(frozen=True)
class Extract:
    """A file or a table of a delivery as it was found.

    path: the file that was delivered; of a table at a URL, its copy.
    name: its path in the folder, with forward slashes; with # and the table if it is one.
    copy: what is read in its stead: the same text in UTF-8, or the rows of a table as Parquet. It is gone after intake.
    held: quarantined rows of it that are read again, as Parquet; `released` tells from which delivery.
    """

    path: Path
    name: str
    sha256: str
    modified: int
    format: Format
    copy: Path | None = None
    held: bytes = field(default=b"", repr=False)
    released: str = ""

    @property
    def content(self) -> Path:
        """The file that its rows are read from."""
        return self.copy or self.path

    def check_still(self) -> None:
        """Refuses a file that was written to while it was taken in.

        Raises:
            IntakeError: when it was.
        """
        if self.held:
            return
        if not self.path.is_file() or self.path.stat().st_mtime_ns != self.modified:
            raise IntakeError(
                "the file changed while it was read", do="take it in when it has been delivered whole.", where=self.name
            )


@dataclass(frozen=True)
class Found:
    """What a folder holds: the extracts of each registry by name, and the names of files that no registry claims."""

    extracts: Mapping[str, tuple[Extract, ...]]
    unclaimed: tuple[str, ...]


def find_extracts(registries: Sequence[Registry], folder: Path, *, copies: Path, tell: Progress = no_progress) -> Found:
    """The files and tables of each registry, sorted by name. One file may serve several registries.

    Args:
        registries: all that are looked for.
        folder: where the files lie.
        copies: an empty folder for the copies that are read in the stead of some.
        tell: is told how many rows of a table are copied.

    Raises:
        IntakeError: when the folder is not there or holds nothing of any registry, a file is empty, unreadable or
            not in its encoding, or a table can't be read.
    """
    if not folder.is_dir():
        raise IntakeError(f"there is no folder {folder}", do="give the folder that the extracts lie in.")
    search = _Search(folder, copies, tell, {name: folder / name for name in sorted(_present(folder))})
    sources = {registry.name: source_of(registry) for registry in registries}
    claims = {name: search.names(source) for name, source in sources.items()}
    if not any(claims.values()):
        known = ", ".join(f"{registry.name} ({registry.files})" for registry in registries)
        raise IntakeError(
            f"{folder} has no CSV, Parquet or Excel file and no table of any registry", do=f"looked for: {known}."
        )
    encodings = _encodings(registries, claims)
    found: dict[str, tuple[Extract, ...]] = {}
    files: dict[str, Extract] = {}
    for registry in registries:
        source = sources[registry.name]
        if source.table:
            found[registry.name] = tuple(search.table(registry, source, name) for name in claims[registry.name])
            continue
        for name in claims[registry.name]:
            files[name] = files.get(name) or search.file(name, encodings[name])
        found[registry.name] = tuple(files[name] for name in claims[registry.name])
    claimed = {name for names in claims.values() for name in names}
    beside = {f"{name}{journal}" for name in claimed for journal in JOURNALS}
    return Found(found, tuple(name for name in search.present if name not in claimed | beside))


def _present(folder: Path) -> Iterator[str]:
    """Names of the files, but for hidden ones and those that Excel keeps beside an open file."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "~$")) for part in name.parts):
            yield name.as_posix()


def _encodings(registries: Sequence[Registry], claims: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The encoding of each claimed file."""
    told: dict[str, Registry] = {}
    for registry in registries:
        for name in claims[registry.name]:
            other = told.setdefault(name, registry)
            if other.encoding != registry.encoding:
                raise IntakeError(
                    f"{other.name} reads the file as {other.encoding} and {registry.name} as {registry.encoding}",
                    do="declare the same encoding.",
                    where=name,
                )
    return {name: registry.encoding for name, registry in told.items()}


@dataclass(frozen=True)
class _Search:
    """Looks in a folder, of which it knows what is `present`; copies go to another."""

    folder: Path
    copies: Path
    tell: Progress
    present: Mapping[str, Path]

    def names(self, source: Source) -> list[str]:
        """What a registry claims: names of files, or the variable of a URL that is set."""
        if source.variable:
            return [f"sql:{source.variable}"] if os.environ.get(source.variable) else []
        paths = frozenset(self.folder.glob(source.pattern))
        names = [name for name, path in self.present.items() if path in paths]
        if source.table:
            return [name for name in names if not name.endswith(JOURNALS)]
        return [name for name in names if self.present[name].suffix.lower() in FORMATS]

    def file(self, name: str, encoding: str) -> Extract:
        """A file as it was found."""
        path = self.present[name]
        modified = path.stat().st_mtime_ns
        kept = FORMATS[path.suffix.lower()]
        if kept is not Format.CSV:
            return Extract(path, name, digest_file(path, name), modified, kept)
        copy = self._copy()
        digest = digest_text(path, name, encoding=encoding, copy=copy)
        return Extract(path, name, digest, modified, kept, None if encoding == UTF8 else copy)

    def table(self, registry: Registry, source: Source, name: str) -> Extract:
        """A registry's columns of a table, copied."""
        copy, told = self._copy(), f"{name}#{source.table}"
        path = None if source.variable else self.present[name]
        modified = path.stat().st_mtime_ns if path else 0
        url = os.environ.get(source.variable, "") if source.variable else ""
        place = TableSource(source.table, variable=source.variable, url=url, path=path)
        try:
            stage = f"copying {registry.name}"
            digest = copy_table(place, delivered_columns(registry), to=copy, tell=partial(self.tell, stage))
        except IntakeError as error:
            raise error.at(told) from None
        return Extract(path or copy, told, digest, modified or copy.stat().st_mtime_ns, Format.TABLE, copy)

    def _copy(self) -> Path:
        """A path for the next copy."""
        copy = self.copies / f"{len(list(self.copies.iterdir()))}.copy"
        copy.touch(mode=0o600)
        return copy
