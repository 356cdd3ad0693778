"""Reference tables: dated facts that are not about persons (poverty lines, weights), kept beside the features."""

from __future__ import annotations

import csv
import inspect
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tayanch.declare.expressions import Expression, expression
from tayanch.declare.forms import Form, wording
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import Kind


@dataclass(frozen=True, eq=False)
class ReferenceRow(Form):
    """One fact: the value for `keys` on the days in [since, until)."""

    keys: tuple[str, ...]
    value: float
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, eq=False)
class Reference(Form):
    """A table of dated facts, read from a CSV file beside the declaration.

    Two rows of one key may not hold on the same day; of rows without an end, the later `since` ends the earlier.
    """

    name: str
    key: tuple[str, ...]
    rows: tuple[ReferenceRow, ...]
    place: str = wording()

    def lookup(self, *keys: object) -> Expression:
        """The value for the keys: of a row on its happened_on, of a family on as_of; missing when no row holds.

        Raises:
            DeclarationError: when the number of keys differs from the table's.
        """
        if len(keys) != len(self.key):
            raise DeclarationError(
                f"{self.name} is looked up by {len(keys)} keys but has {len(self.key)} ({', '.join(self.key)})",
                do="give one value for each.",
            )
        found = tuple(expression(k) for k in keys)
        for name, value in zip(self.key, found, strict=True):
            if value.kind is Kind.DATE:
                raise DeclarationError(
                    f"{self.name} is looked up by a date for {name}", do="dates come from the row itself."
                )
        return Lookup(self.name, self.digest, found)


@dataclass(frozen=True, eq=False)
class Lookup(Expression):
    """A reference table's value for the keys, on the row's happened_on or the family's as_of; missing without a row."""

    reference: str
    reference_digest: str
    keys: tuple[Expression, ...]

    @property
    def kind(self) -> Kind:
        """Always NUMBER."""
        return Kind.NUMBER


def reference(
    path: str, *, key: str | tuple[str, ...], value: str, valid_from: str = "", valid_to: str = ""
) -> Reference:
    """Reads a reference table (exported as `Reference`).

    Args:
        path: CSV file, relative to the declaring file.
        key: the column or columns it is looked up by.
        value: the column of the number.
        valid_from: column of the first day a row holds; without it rows hold always.
        valid_to: column of the first day a row holds no more; may be empty in a row.

    Raises:
        DeclarationError: when the file or a column is not there, or a cell does not fit.
    """
    file = Path(inspect.stack(context=0)[1].filename).parent / path
    keys = (key,) if isinstance(key, str) else tuple(key)
    try:
        rows = _rows(file, keys=keys, value=value, dates=(valid_from, valid_to))
    except DeclarationError as error:
        raise error.at(str(file)) from None
    return Reference(f"{file.stem}.{value}", keys, rows, place=str(file))


def key_text(value: object) -> str:
    """A key as its text in a table: 7, 7.0, "7" and "07" are "7"."""
    if isinstance(value, str):
        return _canonical(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _rows(file: Path, *, keys: tuple[str, ...], value: str, dates: tuple[str, str]) -> tuple[ReferenceRow, ...]:
    if not file.is_file():
        raise DeclarationError("there is no such reference table", do="put the CSV file there or mend the path.")
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for name in (*keys, value, *filter(None, dates)):
            if name not in (reader.fieldnames or ()):
                raise DeclarationError(f'there is no column "{name}"', do=nearest(name, reader.fieldnames or ()))
        rows = [_row(line, keys=keys, value=value, dates=dates) for line in reader]
    return _ended(sorted(rows, key=lambda r: (r.keys, r.since or date.min)))


def _row(line: dict[str, str], *, keys: tuple[str, ...], value: str, dates: tuple[str, str]) -> ReferenceRow:
    try:
        since, until = (date.fromisoformat(line[d]) if d and line[d] else None for d in dates)
        return ReferenceRow(tuple(key_text(line[k]) for k in keys), float(line[value]), since, until)
    except ValueError as error:
        raise DeclarationError(
            f"row {line} can't be read: {error}", do="numbers as 1234.5, dates as 2026-01-31."
        ) from None


def _canonical(cell: str) -> str:
    try:
        return key_text(float(cell))
    except ValueError:
        return cell.strip()


def _ended(rows: list[ReferenceRow]) -> tuple[ReferenceRow, ...]:
    done: list[ReferenceRow] = []
    for row in rows:
        before = done[-1] if done and done[-1].keys == row.keys else None
        if before is not None and (
            before.since == row.since or (before.until and row.since and before.until > row.since)
        ):
            raise DeclarationError(
                f"two rows of {'|'.join(row.keys)} hold on {row.since or 'all days'}", do="keep one of them."
            )
        if before is not None and before.until is None:
            done[-1] = ReferenceRow(before.keys, before.value, before.since, row.since)
        done.append(row)
    return tuple(done)
