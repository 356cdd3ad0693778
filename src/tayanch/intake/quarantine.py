"""Rows that can't be kept, with the reason, sealed: one file for each file they came in, kept for a term.

<home>/quarantine/<project>/<delivery>/<registry>/<file>.sealed   a table: _row, _reason, _line, columns as delivered
<home>/quarantine/<project>/.after-<snapshot>/...                 what is to stand there once that snapshot is current
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tayanch.declare.forms import digest_of
from tayanch.errors import StoreError, nearest
from tayanch.intake.cells import Given
from tayanch.intake.disk import UNFINISHED, parquet_bytes, write_whole
from tayanch.intake.extracts import Extract
from tayanch.intake.keys import KeyRing
from tayanch.intake.sealing import Seal, seal, unseal
from tayanch.intake.shape import Table
from tayanch.intake.sheets import LOOSE, OWN_COLUMNS, read_sheet

SEALED, STAGED = ".sealed", ".after-"


class Aside(Protocol):
    """Where the bad rows of a delivery go while it is taken in."""

    def clear(self) -> None:
        """Forgets what was set aside."""
        ...

    def write(self, registry: str, extract: Extract, *, columns: tuple[str, ...], reasons: Mapping[int, str]) -> object:
        """Sets rows of an extract aside, by row number, each with its reason."""
        ...


@dataclass(frozen=True)
class HeldFile:
    """The bad rows of one file: of which delivery, for which registry, what the file was called, and where they lie."""

    delivery: str
    registry: str
    name: str
    path: Path

    @property
    def delivered(self) -> date:
        """The day the file was delivered."""
        return date.fromisoformat(self.delivery[:10])


@dataclass(frozen=True)
class QuarantineFiles:
    """The quarantine of one project, in `folder`. Without a sealing key nothing is kept in it."""

    folder: Path
    project: str
    sealing: KeyRing | None = field(default=None, repr=False)

    @classmethod
    def of(cls, home: Path, project: str, sealing: KeyRing | None) -> QuarantineFiles:
        """That of a project under the work folder."""
        return cls(home / "quarantine" / project, project, sealing)

    def delivery(self, delivered: date, named: list[list[str]]) -> str:
        """What the folder of a delivery is called: after its day and what came, so that a delivery taken up again after
        a kill finds its own.
        """
        return f"{delivered}-{digest_of(sorted(named))[:12]}"

    def held(self, delivery: str, registry: str, name: str) -> HeldFile:
        """The bad rows of a file, which may not be there."""
        return HeldFile(delivery, registry, name, self.folder / delivery / registry / f"{name}{SEALED}")

    def files(self) -> tuple[HeldFile, ...]:
        """All that is held, by delivery, registry and name of the file."""
        found: list[HeldFile] = []
        for path in sorted(self.folder.rglob(f"*{SEALED}")):
            delivery, registry, *name = path.relative_to(self.folder).parts
            if not delivery.startswith(STAGED):
                found.append(HeldFile(delivery, registry, "/".join(name).removesuffix(SEALED), path))
        return tuple(found)

    def find(self, delivery: str = "", *, file: str = "", registry: str = "") -> tuple[HeldFile, ...]:
        """What is held of a delivery, a file and a registry, each if asked for. A delivery's beginning will do.

        Raises:
            StoreError: when nothing is.
        """
        everything = self.files()
        told = (
            (delivery, [held.delivery for held in everything if held.delivery.startswith(delivery)], "delivery"),
            (file, [held.name for held in everything if held.name == file], "name"),
            (registry, [held.registry for held in everything if held.registry == registry], "registry"),
        )
        for word, found, what in told:
            if word and not found:
                known = {getattr(held, what) for held in everything}
                raise StoreError(f'nothing of "{word}" is in quarantine', do=nearest(word, known))
        return tuple(
            held
            for held in everything
            if held.delivery.startswith(delivery) and file in ("", held.name) and registry in ("", held.registry)
        )

    def read(self, held: HeldFile) -> Table:
        """The rows of a file, in order.

        Raises:
            StoreError: when they can't be opened.
        """
        if self.sealing is None or not held.path.is_file():
            raise StoreError("these rows are not held", do="see `tayanch quarantine list`.", where=str(held.path))
        content = unseal(held.path.read_bytes(), self.sealing, place=self._place(held), where=held.path)
        return pq.read_table(pa.BufferReader(content))

    def write(self, held: HeldFile, rows: Table, *, to: Path | None = None) -> None:
        """Seals the rows of a file; without a row there is no file. `to`: another path, to be moved to the own one."""
        path = to or held.path
        if rows.num_rows and self.sealing:
            write_whole(path, seal(parquet_bytes(rows), self.sealing, place=self._place(held)))
        elif to:
            write_whole(to, b"")
        else:
            path.unlink(missing_ok=True)
            self._tidy()

    def reseal(self, held: HeldFile) -> None:
        """Seals the rows of a file with the newest key."""
        self.write(held, self.read(held))

    def stage(self, snapshot: str, held: HeldFile, rows: Table) -> None:
        """Lays aside what is to be held of a file once a snapshot is current."""
        self.write(held, rows, to=self.folder / f"{STAGED}{snapshot}" / held.path.relative_to(self.folder))

    def settle(self, snapshot: str) -> None:
        """Puts in place what was staged for the current snapshot; what was staged for one that never was goes."""
        for staged in self.folder.glob(f"{STAGED}*"):
            if staged.name == f"{STAGED}{snapshot}":
                for path in staged.rglob(f"*{SEALED}"):
                    place = self.folder / path.relative_to(staged)
                    if path.stat().st_size:
                        path.replace(place)
                    else:
                        place.unlink(missing_ok=True)
            shutil.rmtree(staged)
        for left in self.folder.rglob(f"*{UNFINISHED}"):
            left.unlink()
        self._tidy()

    def clear(self, today: date, *, days: int) -> tuple[str, ...]:
        """Removes what was delivered more than so many days ago; gives the deliveries it was of."""
        past = {held.delivery for held in self.files() if held.delivered + timedelta(days=days) < today}
        for delivery in past:
            shutil.rmtree(self.folder / delivery)
        return tuple(sorted(past))

    def _place(self, held: HeldFile) -> Seal:
        return Seal(self.project, "quarantine", f"{held.delivery}/{held.registry}/{held.name}")

    def _tidy(self) -> None:
        """Removes folders that hold nothing."""
        for folder in sorted((path for path in self.folder.rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()


@dataclass(frozen=True)
class Quarantine:
    """Where the bad rows of one delivery go."""

    files: QuarantineFiles
    delivery: str

    @property
    def folder(self) -> Path:
        """The folder of the delivery."""
        return self.files.folder / self.delivery

    def clear(self) -> None:
        """Removes what a killed intake of the same delivery left."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def write(self, registry: str, extract: Extract, *, columns: tuple[str, ...], reasons: Mapping[int, str]) -> None:
        """Reads the extract again and sets its bad rows aside, by row number: _row, _reason, the columns as delivered.

        `_line` is the whole line of a row that can't be split into fields.
        """
        if self.files.sealing is not None:
            rows = bad_rows(extract, columns=columns, reasons=reasons)
            self.files.write(self.files.held(self.delivery, registry, extract.name), rows)


def bad_rows(extract: Extract, *, columns: tuple[str, ...], reasons: Mapping[int, str]) -> Table:
    """Those rows of an extract that have a reason, with it, in order."""
    sheet = read_sheet(extract, columns)
    split = np.isin(sheet.table.column("row").to_numpy(), list(reasons))
    table = sheet.table.filter(pa.array(split))
    lines = {row: line for row, line in sheet.malformed.items() if row in reasons}
    rows = [*table.column("row").to_pylist(), *lines]
    values = [
        pa.chunked_array([*column.chunks, pa.nulls(len(lines), column.type)], column.type)
        for column in (table.column(f"s{place}") for place in range(len(columns)))
    ]
    told = pa.array([reasons[row] for row in rows], pa.string())
    told_lines = pa.array([*[None] * table.num_rows, *lines.values()], pa.string())
    aside = pa.table([pa.array(rows, pa.int64()), told, told_lines, *values], names=[*OWN_COLUMNS, *columns])
    loose = any(given is Given.LOOSE for given in sheet.given.values())
    return aside.sort_by("_row").replace_schema_metadata({LOOSE: b"yes"} if loose else None)
