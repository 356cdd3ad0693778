"""Quarantined rows read again, after a declaration or the rows themselves were mended: a delivery of its own.

What passes now counts as known from today: answers for the past do not change. What does not stays where it is, with
the reason it has now, until the term it had from the beginning.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.delivery import Following, Intake, Taken, opened
from tayanch.intake.disk import parquet_bytes
from tayanch.intake.extracts import Extract, Format, Found
from tayanch.intake.loose import texts
from tayanch.intake.quarantine import HeldFile, QuarantineFiles, bad_rows
from tayanch.intake.shape import Table, compute
from tayanch.intake.sheets import LOOSE, OWN_COLUMNS


@dataclass
class _Back:
    """Keeps in mind which rows of which file stay in quarantine, and why."""

    stays: dict[Extract, Table] = field(default_factory=dict)

    def clear(self) -> None:
        """Forgets them."""
        self.stays.clear()

    def write(self, registry: str, extract: Extract, *, columns: tuple[str, ...], reasons: Mapping[int, str]) -> None:
        """Keeps rows of an extract with their reasons, by row number."""
        self.stays[extract] = bad_rows(extract, columns=columns, reasons=reasons)


def release(
    registries: Sequence[Registry], held: Sequence[HeldFile], *, into: Intake, today: date, mended: Path | None = None
) -> Taken:
    """Reads quarantined rows again, under today's declarations.

    Args:
        registries: all registries of the project.
        held: whose rows are read.
        into: the work folder, the project's name, zone and keys.
        today: the day from which what passes counts as known.
        mended: a CSV file as `export` wrote it, with mended cells; `held` is the one file its rows are of, and only the
            rows that stand in it are read.

    Raises:
        IntakeError: when the rows can't be read for their registry, or the mended file is not of these rows.
    """
    with opened(into) as files:
        if not files.current:
            raise IntakeError("there is no snapshot yet", do="run `tayanch intake` first.")
        following = Following(into, files, files.read_manifest(files.current), today)
        rows = {one: into.quarantine.read(one) for one in held if one.path.is_file()}
        read = {one: _mended(table, mended) if mended else table for one, table in rows.items()}
        asked = {_extract(registries, one, table): one for one, table in read.items()}
        found = Found({registry.name: _of(registry, asked) for registry in registries}, ())
        fresh = following.unread(registries, found)
        if not any(fresh.values()):
            return Taken(following.before.digest, False, following.before.deliveries[-1], into.quarantine.folder)
        back = _Back()
        after = following.write(registries, found, fresh=fresh, aside=back)
        # Where nothing passes there is no new snapshot: only the reasons are those of today.
        now = after if after.deliveries[-1].kept else following.before
        for extract in (extract for extracts in fresh.values() for extract in extracts):
            one = asked[extract]
            into.quarantine.stage(now.digest, one, _left(rows[one], read[one], back.stays.get(extract)))
        following.settle(now)
        return Taken(now.digest, now is after, after.deliveries[-1], into.quarantine.folder)


def export(quarantine: QuarantineFiles, held: HeldFile, *, to: Path) -> int:
    """Writes the rows of a file as CSV, for the register's owner to mend; gives how many. Only its owner can read it.

    Raises:
        IntakeError: when there is a file already.
    """
    rows = _as_text(quarantine.read(held))
    try:
        to.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise IntakeError("there is such a file already", do="name a new one.", where=str(to)) from None
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows.column_names)
        writer.writerows(["" if cell is None else cell for cell in row.values()] for row in rows.to_pylist())
    return rows.num_rows


def _extract(registries: Sequence[Registry], held: HeldFile, rows: Table) -> Extract:
    """Quarantined rows as an extract. Its digest is of the declaration too: under another they are read again."""
    declared = next((registry for registry in registries if registry.name == held.registry), None)
    if declared is None:
        raise IntakeError(f"{held.registry} is declared no more", do="declare it, or let the rows end their term.")
    content = parquet_bytes(rows)
    digest = hashlib.sha256(f"{held.delivery}\0{held.registry}\0{declared.digest}\0".encode() + content).hexdigest()
    return Extract(Path(held.name), held.name, digest, 0, Format.PARQUET, held=content, released=held.delivery)


def _of(registry: Registry, asked: Mapping[Extract, HeldFile]) -> tuple[Extract, ...]:
    return tuple(extract for extract, held in asked.items() if held.registry == registry.name)


def _left(rows: Table, read: Table, stays: Table | None) -> Table:
    """What is held of a file afterwards: the rows that were not read, as they were, and those read that stay."""
    unread = rows.filter(compute.invert(compute.is_in(rows["_row"], read["_row"].combine_chunks())))
    if stays is None or not stays.num_rows:
        return unread
    return pa.concat_tables([_as_text(unread), _as_text(stays)]).sort_by("_row") if unread.num_rows else stays


def _as_text(rows: Table) -> Table:
    """The rows with all that was delivered as text, marked as loose unless it was plain text before."""
    names = [name for name in rows.column_names if name != "_row"]
    columns = [pa.array(texts(name, rows.column(name).to_pylist()), pa.string()) for name in names]
    table = pa.table([rows.column("_row"), *columns], names=["_row", *names])
    plain = all(pa.types.is_string(rows.column(name).type) for name in names)
    return table.replace_schema_metadata(rows.schema.metadata if plain else {LOOSE: b"yes"})


def _mended(rows: Table, mended: Path) -> Table:
    """The rows that stand in a mended file, with the cells they have there, all as text."""
    numbers = set(rows.column("_row").to_pylist())
    with mended.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    columns = [name for name in rows.column_names if name not in OWN_COLUMNS]
    missing = [name for name in ("_row", *columns) if lines and name not in lines[0]]
    if missing or not lines:
        what = f'it has no column "{missing[0]}"' if missing else "it has no row"
        raise IntakeError(what, do="mend the file that `tayanch quarantine export` wrote.", where=str(mended))
    told = [line["_row"] for line in lines]
    if not all(row.isdecimal() and int(row) in numbers for row in told) or len(set(told)) < len(told):
        raise IntakeError(
            "it has rows that are not in quarantine, or one of them twice",
            do="mend the file that `tayanch quarantine export` wrote, and leave _row as it is.",
            where=str(mended),
        )
    lines = [line for line in lines if any((line[name] or "").strip() for name in columns)]
    lines.sort(key=lambda line: int(line["_row"]))
    cells = [pa.array([(line[name] or "").strip() or None for line in lines], pa.string()) for name in columns]
    nothing = pa.nulls(len(lines), pa.string())
    order = pa.array([int(line["_row"]) for line in lines], pa.int64())
    table = pa.table([order, nothing, nothing, *cells], names=[*OWN_COLUMNS, *columns])
    return table.replace_schema_metadata(_as_text(rows).schema.metadata)
