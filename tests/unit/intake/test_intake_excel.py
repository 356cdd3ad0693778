"""Excel files say what CSV files say; what can't be read as it was meant is refused, and no cell is told."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tayanch import Column, dated, registry
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tests.unit.intake.office import Office, key, local, person, values

HEADER = ("xulosa_id", "jshshir", "guruh", "sana", "muddati", "ball", "yuklangan_sana")
GOOD = ("x1", 31210632040244, 2, date(2026, 1, 5), date(2027, 1, 5), 40.5, datetime.fromisoformat("2026-01-06T09:30"))
DAMAGED = "disability.xlsx: the file is no whole Excel file: it is truncated or damaged: deliver it again."


def declared(pattern: str = "") -> Registry:
    @registry(key="xulosa_id", links="person", purpose="p", owner="o")
    class disability:
        """One finding."""

        files, person = "*.xlsx", "jshshir"
        happened_on, known_at = dated("sana", format=pattern), "yuklangan_sana"
        grade = Column("Grade.", values={"1": "first", "2": "second"}, source="guruh")
        until = Column("Until.", type="date", source="muddati", format=pattern)
        points = Column("Points.", source="ball", low=0)

    return disability


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def write_row(sheet: Any, line: int, row: tuple[Any, ...], dated: Any) -> None:
    for at, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(line, at, cell, dated)
        else:
            sheet.write(line, at, cell)


def put(office: Office, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER, more: Any = None) -> Path:
    """An Excel file with a header and rows; `more(book, sheet)` adds what else there is."""
    path = office.inbox / "disability.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((header, *rows)):
            write_row(sheet, line, row, book.add_format({"num_format": "dd.mm.yyyy hh:mm"}))
        if more:
            more(book, sheet)
    return path


def refused(office: Office, pattern: str = "") -> str:
    with pytest.raises(IntakeError) as error:
        office.retake("2026-03-01", declared(pattern))
    assert "31210632040244" not in str(error.value)
    return str(error.value)


def test_cells_are_read_as_declared(office: Office) -> None:
    put(office, GOOD, ("x2", " 40201902050010\u00a0", "1", "2026-01-07", "", "", "2026-01-08"))
    assert office.take("2026-03-01", declared()).delivery.kept == 2
    rows = sorted(office.rows("disability"), key=lambda row: row["happened_on"])
    assert values(rows, "key", "person", "grade", "happened_on", "until", "points", "known_at") == [
        (
            *(key("x1"), person("31210632040244"), "second", date(2026, 1, 5), date(2027, 1, 5), 40.5),
            local("2026-01-06 09:30"),
        ),
        (key("x2"), person("40201902050010"), "first", date(2026, 1, 7), None, None, local("2026-01-08 00:00")),
    ]


def test_dates_and_dates_in_text_may_stand_in_one_column(office: Office) -> None:
    text = ("x2", "1", "1", "07.01.2026", "31.12.2026", 1, "2026-01-08")
    put(office, GOOD, text, ("x3", "1", "1", "2026-13-07", "", 1, "2026-01-08"))
    (file,) = office.take("2026-03-01", declared("%d.%m.%Y")).delivery.files
    assert file.reasons == (("sana is not a date", 1),)
    assert sorted(values(office.rows("disability"), "happened_on")) == [date(2026, 1, 5), date(2026, 1, 7)]


def test_bad_rows_are_told_by_their_line_and_empty_lines_are_none(office: Office) -> None:
    second_header = ("1", "2", "3", "4", "5", "6", "7")
    put(office, second_header, GOOD, ("", "", "", "", "", "", ""), ("x2", *GOOD[1:5], "much", GOOD[6]))
    taken = office.take("2026-03-01", declared())
    (file,) = taken.delivery.files
    assert (file.rows, file.kept) == (3, 1)
    assert dict(file.reasons) == {"yuklangan_sana is not a date": 1, "ball is not a number": 1}


def test_only_the_first_sheet_is_read(office: Office) -> None:
    put(office, GOOD, more=lambda book, _: book.add_worksheet().write(0, 0, "notes"))
    assert office.take("2026-03-01", declared()).delivery.rows == 1


def test_a_sheet_of_charts_is_none(office: Office) -> None:
    path = office.inbox / "disability.xlsx"
    with xlsxwriter.Workbook(path) as book:
        charts = book.add_chartsheet()
        sheet = book.add_worksheet("data")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=data!$F$2:$F$3"})
        charts.set_chart(chart)
        for line, row in enumerate((HEADER, GOOD)):
            write_row(sheet, line, row, book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_formula(5, 0, "=1+1", None, "")
    assert refused(office) == (
        'disability.xlsx: line 6 of the column "xulosa_id" holds a formula without its value: '
        "have values delivered in its stead."
    )


def formula(value: Any, at: int = 5) -> Callable[[Any, Any], None]:
    return lambda _, sheet: sheet.write_formula(1, at, "=40+1", None, value)


def test_a_formula_with_its_value_is_its_value(office: Office) -> None:
    put(office, GOOD, more=formula(41))
    office.take("2026-03-01", declared())
    assert values(office.rows("disability"), "points") == [41.0]


def test_a_column_nobody_asked_for_may_hold_anything(office: Office) -> None:
    put(office, GOOD, more=formula("", at=7))
    assert office.take("2026-03-01", declared()).delivery.kept == 1


REFUSED: dict[str, tuple[Any, str]] = {
    "a formula without its value": (
        formula(""),
        'line 2 of the column "ball" holds a formula without its value: have values delivered in its stead.',
    ),
    "an error": (
        formula("#N/A"),
        'line 2 of the column "ball" holds an error (such as #N/A): have values delivered in its stead.',
    ),
    "merged cells": (
        lambda _, sheet: sheet.merge_range(3, 2, 4, 2, "2"),
        'cells of the column "guruh" are merged in lines 4 to 5: unmerge them and fill every cell.',
    ),
    "a merged header": (
        lambda _, sheet: sheet.merge_range(0, 6, 0, 7, "yuklangan_sana"),
        'cells of the column "yuklangan_sana" are merged in line 1: unmerge them and fill every cell.',
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_read_otherwise_than_meant(office: Office, name: str) -> None:
    more, message = REFUSED[name]
    put(office, GOOD, more=more)
    assert refused(office) == f"disability.xlsx: {message}"


def test_two_header_lines(office: Office) -> None:
    put(office, HEADER, GOOD, header=("Nogironlik", *[""] * 6))
    assert refused(office) == (
        "disability.xlsx: the columns are named in line 2, not in the first: delete the lines above that one."
    )


def test_a_missing_column_and_an_empty_sheet(office: Office) -> None:
    put(office, GOOD, header=("xulosa_id", "jshshr", *HEADER[2:]))
    assert refused(office) == 'disability.xlsx: the column "jshshir" is missing: did you mean "jshshr"?'
    put(office, GOOD, header=(*HEADER[:-1], "sana"))
    assert refused(office).startswith('disability.xlsx: the column "sana" stands twice')
    put(office, header=())
    assert refused(office).startswith("disability.xlsx: none of the columns xulosa_id, jshshir, ")


def test_a_locked_file(office: Office) -> None:
    office.put_raw("disability.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    assert refused(office) == (
        "disability.xlsx: the file is locked with a password, or an old Excel file under a new name: "
        "save it as .xlsx without a password."
    )


@pytest.mark.parametrize("kept", [0.01, 0.3, 0.6, 0.99])
def test_a_truncated_file(office: Office, kept: float) -> None:
    path = put(office, GOOD)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert refused(office) == DAMAGED


@pytest.mark.parametrize("place", range(40))
def test_a_damaged_file_is_refused_or_says_the_same(office: Office, place: int) -> None:
    path = put(office, GOOD)
    content = bytearray(path.read_bytes())
    content[len(content) * place // 40] ^= 0x55
    path.write_bytes(content)
    try:
        taken = office.take("2026-03-01", declared())
    except IntakeError as error:
        told = str(error)
    else:
        told = f"disability.xlsx: {taken.delivery.kept} kept"
        assert values(office.rows("disability"), "person", "points") == [(person("31210632040244"), 40.5)]
    assert told in (DAMAGED, "disability.xlsx: 1 kept")


def test_what_excel_keeps_beside_an_open_file_is_none(office: Office) -> None:
    put(office, GOOD)
    office.put_raw("~$disability.xlsx", "x")
    taken = office.take("2026-03-01", declared())
    assert (len(taken.delivery.files), taken.delivery.unclaimed) == (1, ())
