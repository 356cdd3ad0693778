"""The files of a delivery: which there are, and whose they are."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError

CSV, PARQUET = (".csv",), (".parquet", ".pq")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Extract:
    """A file of a delivery as it was found. `name` is its path in the folder, with forward slashes."""

    path: Path
    name: str
    sha256: str
    modified: int

    @property
    def is_csv(self) -> bool:
        """CSV, else Parquet."""
        return self.path.suffix.lower() in CSV

    def check_still(self) -> None:
        """Refuses a file that was written to while it was taken in.

        Raises:
            IntakeError: when it was.
        """
        if not self.path.is_file() or self.path.stat().st_mtime_ns != self.modified:
            raise IntakeError(
                "the file changed while it was read", do="take it in when it has been delivered whole.", where=self.name
            )


@dataclass(frozen=True)
class Found:
    """What a folder holds: the extracts of each registry by name, and the names of files that no registry claims."""

    extracts: Mapping[str, tuple[Extract, ...]]
    unclaimed: tuple[str, ...]


def find_extracts(registries: Sequence[Registry], folder: Path) -> Found:
    """The files of each registry, sorted by name. One file may serve several registries.

    Raises:
        IntakeError: when the folder is not there or holds no file of any registry, or a file is empty, unreadable
            or not UTF-8.
    """
    if not folder.is_dir():
        raise IntakeError(f"there is no folder {folder}", do="give the folder that the extracts lie in.")
    present = {name: folder / name for name in sorted(_present(folder))}
    readable = [name for name in present if Path(name).suffix.lower() in (*CSV, *PARQUET)]
    wanted = {registry.name: _wanted(registry, folder) for registry in registries}
    claims = {registry: [name for name in readable if present[name] in paths] for registry, paths in wanted.items()}
    claimed = sorted({name for names in claims.values() for name in names})
    if not claimed:
        known = ", ".join(f"{registry.name} ({registry.files})" for registry in registries)
        raise IntakeError(f"{folder} has no CSV or Parquet file of any registry", do=f"files looked for: {known}.")
    known_files = {name: _extract(present[name], name) for name in claimed}
    extracts = {registry: tuple(known_files[name] for name in names) for registry, names in claims.items()}
    return Found(extracts, tuple(name for name in present if name not in known_files))


def _extract(path: Path, name: str) -> Extract:
    modified = path.stat().st_mtime_ns
    return Extract(path, name, _digest(path, name), modified)


def _present(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


def _wanted(registry: Registry, folder: Path) -> frozenset[Path]:
    if not registry.files or Path(registry.files).is_absolute():
        raise IntakeError(
            f'files = "{registry.files}" is no pattern of names in a folder',
            do='write one such as "payments*.csv", relative to the folder of extracts.',
            where=registry.name,
        )
    return frozenset(folder.glob(registry.files))


def _digest(path: Path, name: str) -> str:
    """SHA-256 of the file; on the way a CSV file is seen to be UTF-8."""
    found = hashlib.sha256()
    check = _Utf8(name) if path.suffix.lower() in CSV else None
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
                if check:
                    check.feed(chunk)
            if not file.tell():
                raise IntakeError("the file is empty (0 bytes)", do="deliver it again, or leave it out.", where=name)
    except OSError as error:
        reason = f"the file can't be read: {error.strerror}"
        raise IntakeError(reason, do="see to its permissions.", where=name) from None
    if check:
        check.feed(b"", final=True)
    return found.hexdigest()


class _Utf8:
    """Sees that bytes are UTF-8, and tells the line where they are not."""

    def __init__(self, name: str) -> None:
        self.name, self.line = name, 1
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self.decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            line = self.line + error.object[: error.start].count(b"\n")
            raise IntakeError(
                f"line {line} is not UTF-8", do="export the file again as UTF-8.", where=self.name
            ) from None
        self.line += chunk.count(b"\n")
