"""Excel files: the first sheet, whose first line names the columns."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from tayanch.errors import IntakeError
from tayanch.intake.headers import places
from tayanch.intake.loose import texts
from tayanch.intake.shape import Table

NOT_EXCEL = "the file is no whole Excel file: it is truncated or damaged"
LOCKED = "the file is locked with a password, or an old Excel file under a new name"
OLD_OR_LOCKED = bytes.fromhex("d0cf11e0a1b11ae1")
HEADER_SOUGHT = 20
"""Lines in which a header that is not in the first one is looked for."""
SUSPECT = re.compile(rb"<(?:\w+:)?f[ >/]|\bt=[\"']e[\"']")
"""What a sheet holds when there is a formula or an error in it."""
_Rows = list[list[Any]]
_Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def read_workbook(path: Path, columns: Sequence[str]) -> Table:
    """The columns asked for: `row` (from 1, the header not counted; empty lines are left out) and s0, s1, … as text.

    Raises:
        IntakeError: when the file is damaged or locked, a column is missing or stands twice, its cells are merged, hold
            an error, or a formula without its value. It tells no value of the file.
    """
    rows, merged = _first_sheet(path)
    header = [] if not rows else _header(rows[0])
    try:
        found = places(columns, header)
    except IntakeError:
        _check_header_above(rows, columns)
        raise
    asked = dict(zip(found, columns, strict=True))
    _check_merged(merged, asked)
    _check_computed(path, asked)
    kept = [number for number, row in enumerate(rows) if number and any(cell != "" for cell in row)]
    values = [pa.array(texts(name, [rows[number][at] for number in kept]), pa.string()) for at, name in asked.items()]
    names = [f"s{place}" for place in range(len(columns))]
    return pa.table([*values, pa.array(kept, pa.int64())], names=[*names, "row"])


def _first_sheet(path: Path) -> tuple[_Rows, _Merged]:
    """The lines of the first sheet, all of one width, and which of its cells are merged; both counted from 0."""
    with path.open("rb") as file:
        if file.read(len(OLD_OR_LOCKED)) == OLD_OR_LOCKED:
            raise IntakeError(LOCKED, do="save it as .xlsx without a password.")
    try:
        with CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(_first(book))
            return sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []
    except PasswordError:
        raise IntakeError(LOCKED, do="save it as .xlsx without a password.") from None
    except CalamineError:
        raise IntakeError(NOT_EXCEL, do="deliver it again.") from None


def _first(book: CalamineWorkbook) -> int:
    """The place of the first sheet with cells: charts have none."""
    sheets = [place for place, one in enumerate(book.sheets_metadata) if one.typ == SheetTypeEnum.WorkSheet]
    if not sheets:
        raise IntakeError("the file has no sheet with cells", do="deliver it again.")
    return sheets[0]


def _header(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in row]


def _check_header_above(rows: _Rows, columns: Sequence[str]) -> None:
    """Says so when the columns are named, but further down."""
    for line, row in enumerate(rows[1:HEADER_SOUGHT], start=2):
        if set(columns) <= set(_header(row)):
            raise IntakeError(
                f"the columns are named in line {line}, not in the first", do="delete the lines above that one."
            ) from None


def _check_merged(merged: _Merged, asked: Mapping[int, str]) -> None:
    for (top, left), (bottom, right) in merged:
        for at, name in asked.items():
            if left <= at <= right:
                lines = f"line {top + 1}" if top == bottom else f"lines {top + 1} to {bottom + 1}"
                raise IntakeError(
                    f'cells of the column "{name}" are merged in {lines}', do="unmerge them and fill every cell."
                )


def _check_computed(path: Path, asked: Mapping[int, str]) -> None:
    """Refuses cells that would be read as empty although something stands there."""
    try:
        with zipfile.ZipFile(path) as parts:
            sheet = _sheet_part(parts)
            if not SUSPECT.search(parts.read(sheet)):
                return
            with parts.open(sheet) as opened:
                found = next((told for told in _uncomputed(opened) if told[1] in asked), None)
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, ElementTree.ParseError):
        raise IntakeError(NOT_EXCEL, do="deliver it again.") from None
    if found:
        line, at, what = found
        raise IntakeError(
            f'line {line} of the column "{asked[at]}" holds {what}', do="have values delivered in its stead."
        )


def _sheet_part(parts: zipfile.ZipFile) -> str:
    """The name of the part with the first sheet's cells."""
    links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    sheets = {link.attrib["Id"]: link.attrib["Target"] for link in links if link.attrib["Type"].endswith("/worksheet")}
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    named = [one.attrib for one in book.iter() if _local(one) == "sheet"]
    linked = [value for told in named for name, value in told.items() if name.endswith("}id") and value in sheets]
    return posixpath.normpath(posixpath.join("/xl", sheets[linked[0]])).lstrip("/")


def _uncomputed(sheet: Any) -> Iterator[tuple[int, int, str]]:
    """Line (from 1), column (from 0) and sort of each cell with an error, or with a formula but no value."""
    line, at = 0, -1
    for event, node in ElementTree.iterparse(sheet, events=("start", "end")):
        kind = _local(node)
        if event == "start" and kind == "row":
            line, at = int(node.get("r", line + 1)), -1
        elif event == "start" and kind == "c":
            at = _column(node.get("r", "")) if node.get("r") else at + 1
        elif kind == "c":
            if node.get("t") == "e":
                yield line, at, "an error (such as #N/A)"
            elif _lacks_value(node):
                yield line, at, "a formula without its value"
        elif event == "end" and kind == "row":
            node.clear()


def _lacks_value(cell: ElementTree.Element) -> bool:
    """Whether a formula was never computed; one whose value is an empty text was."""
    parts = {_local(part): part for part in cell}
    if "f" not in parts or cell.get("t") == "inlineStr":
        return False
    return "v" not in parts or (not parts["v"].text and cell.get("t") != "str")


def _column(reference: str) -> int:
    """A -> 0, Z -> 25, AA -> 26, of a cell's reference such as AA7."""
    place = 0
    for letter in reference.rstrip("0123456789").upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]
