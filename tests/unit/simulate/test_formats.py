"""Extracts as files: what stands in them, and the same bytes for the same rows."""

import codecs
import sqlite3
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import create_engine, text

from tayanch.errors import SimulationError
from tayanch.simulate.papers.extracts import CELLS
from tayanch.simulate.papers.formats import write_extract, write_parquet
from tayanch.simulate.papers.registers import Register
from tayanch.simulate.papers.sql import write_database, write_sqlite
from tests.unit.state.postgresql import empty_schema

KNOWN = datetime(2023, 2, 3, 4, 5, 6)  # noqa: DTZ001  instants of extracts tell no zone
COLUMNS = ["kod", "tarmoq", "sana", "nisbat", "yuklangan_sana"]


def rows(first: int, count: int, *, short: int = 0) -> pa.Table:
    return pa.table(
        {
            "kod": pa.array(range(first, first + count)),
            "tarmoq": pa.array([None if n == first else "сельское хозяйство" for n in range(first, first + count)]),
            "sana": pa.array([date(2023, 1, 2)] * count),
            "nisbat": pa.array([1.25] * count),
            "yuklangan_sana": pa.array([KNOWN] * count, pa.timestamp("ms")),
            CELLS: pa.array([0] * (count - 1) + [short], pa.int8()),
        }
    )


def plain(first: int, count: int) -> pa.Table:
    return rows(first, count).drop_columns([CELLS])


def register(kind: str, **told: str) -> Register:
    delay = {"after": "day", "median": 1.0, "spread": 0.1, "most": 9.0}
    columns = [{"there": name, "here": name, "kind": "text"} for name in COLUMNS[:-1]]
    made = {"owner": "", "file": "a/b", "format": kind, "key": ["kod"], "columns": columns, "delay": delay, **told}
    return Register.model_validate(made)


def test_csv(tmp_path: Path):
    file = tmp_path / "a.csv"
    assert write_extract(register("csv", delimiter=";"), [rows(1, 2), rows(3, 1)], file) == 3
    assert file.read_text() == (
        "kod;tarmoq;sana;nisbat;yuklangan_sana\n"
        "1;;2023-01-02;1.25;2023-02-03 04:05:06\n"
        "2;сельское хозяйство;2023-01-02;1.25;2023-02-03 04:05:06\n"
        "3;;2023-01-02;1.25;2023-02-03 04:05:06\n"
    )


def test_a_short_row_of_csv_ends_after_its_cells(tmp_path: Path):
    file = tmp_path / "a.csv"
    write_extract(register("csv"), [rows(1, 2, short=2), rows(3, 1)], file)
    assert file.read_text().splitlines()[1:] == [
        "1,,2023-01-02,1.25,2023-02-03 04:05:06",
        "2,сельское хозяйство",
        "3,,2023-01-02,1.25,2023-02-03 04:05:06",
    ]


def test_csv_of_an_old_system_is_cp1251(tmp_path: Path):
    file = tmp_path / "a.csv"
    write_extract(register("csv", encoding="cp1251"), [rows(1, 2)], file)
    with pytest.raises(UnicodeDecodeError):
        file.read_text(encoding="utf-8")
    assert "сельское хозяйство" in codecs.decode(file.read_bytes(), "cp1251")


def test_csv_without_rows_has_its_header(tmp_path: Path):
    file = tmp_path / "a.csv"
    assert write_extract(register("csv"), [rows(1, 1).slice(0, 0)], file) == 0
    assert file.read_text() == "kod,tarmoq,sana,nisbat,yuklangan_sana\n"


def test_parquet_is_the_parts_in_their_order(tmp_path: Path):
    file = tmp_path / "a.parquet"
    assert write_extract(register("parquet"), [plain(1, 3), plain(4, 2)], file) == 5
    assert pq.read_table(file).equals(pa.concat_tables([plain(1, 3), plain(4, 2)]))


def test_excel_has_days_and_instants_of_its_own_and_ids_as_they_are(tmp_path: Path):
    file = tmp_path / "nogironlik-1703.xlsx"
    assert write_extract(register("excel"), [plain(171800000000001, 2), plain(7, 1)], file) == 3
    book = CalamineWorkbook.from_path(file)
    head, *told = book.get_sheet_by_index(0).to_python()
    assert book.sheet_names == ["nogironlik-1703"]
    assert head == COLUMNS
    assert told[0] == [171800000000001, "", date(2023, 1, 2), 1.25, KNOWN]
    assert told[1][1] == "сельское хозяйство"
    assert told[2][0] == 7


def test_excel_can_hold_so_many_rows_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tayanch.simulate.papers.formats.EXCEL_ROWS", 4)
    assert write_extract(register("excel"), [plain(1, 3)], tmp_path / "a.xlsx") == 3
    with pytest.raises(SimulationError, match=r"^a/b has more rows than a sheet of Excel: simulate fewer families.$"):
        write_extract(register("excel"), [plain(1, 3), plain(4, 1)], tmp_path / "b.xlsx")


def test_sqlite(tmp_path: Path):
    file = tmp_path / "a.sqlite"
    assert write_sqlite({"kreditlar": [plain(1, 2), plain(3, 1)], "holati": [plain(9, 1)]}, file) == 4
    with sqlite3.connect(file) as connection:
        told = connection.execute("SELECT * FROM kreditlar").fetchall()
        assert connection.execute("SELECT count(*) FROM holati").fetchall() == [(1,)]
    connection.close()
    assert told[0] == (1, None, "2023-01-02", 1.25, "2023-02-03 04:05:06")
    assert [row[0] for row in told] == [1, 2, 3]


def test_a_table_without_rows_is_there(tmp_path: Path):
    file = tmp_path / "a.sqlite"
    assert write_sqlite({"kreditlar": [plain(1, 1).slice(0, 0)]}, file) == 0
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM kreditlar").fetchall() == [(0,)]
    connection.close()


def test_postgresql_takes_the_same_rows_and_takes_them_again():
    with empty_schema() as url:
        for _ in range(2):
            assert write_database({"kreditlar": [plain(1, 2), plain(3, 1)]}, url) == 3
        engine = create_engine(url)
        with engine.connect() as connection:
            told = connection.execute(text("SELECT * FROM kreditlar ORDER BY kod")).fetchall()
        engine.dispose()
    assert tuple(told[0]) == (1, None, date(2023, 1, 2), 1.25, KNOWN)
    assert len(told) == 3


@pytest.mark.parametrize(
    ("url", "met"),
    [
        (
            "nonsense",
            "--sql: the URL of the database can't be understood: write it as postgresql+psycopg://user@host/name.",
        ),
        ("sqlite:////nowhere/at/all/a.db", "--sql: the database does not answer: see that it runs and lets you in."),
    ],
)
def test_a_database_that_is_not_there(url: str, met: str):
    with pytest.raises(SimulationError) as error:
        write_database({"kreditlar": [plain(1, 1)]}, url)
    assert str(error.value) == met


@pytest.mark.parametrize("kind", ["csv", "parquet", "excel"])
def test_the_same_rows_are_the_same_bytes(kind: str, tmp_path: Path):
    made = rows if kind == "csv" else plain
    files = [tmp_path / "one" / "a.xlsx", tmp_path / "other" / "a.xlsx"]
    for file in files:
        file.parent.mkdir()
        write_extract(register(kind), [made(1, 500), made(501, 20)], file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_same_rows_are_the_same_bytes_of_sqlite(tmp_path: Path):
    for name in "ab":
        write_sqlite({"kreditlar": [plain(1, 25_000)], "holati": [plain(1, 100)]}, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_tables_of_truth_are_parquet(tmp_path: Path):
    assert write_parquet([plain(1, 2), plain(3, 2)], tmp_path / "a.parquet") == 4
