"""Ids with a check digit, and one person by one id whatever sort of cell it stands in."""

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tayanch import Column, Id, registry
from tayanch.declare.registries import Registry
from tayanch.errors import DeclarationError
from tayanch.intake.cells import Cell, Given, checked
from tests.unit.intake.office import Office, person, values

VALID = ("31210632040244", "31210932040247", "40201902050010")
PINFL = Id("jshshir", digits=14, weights=(7, 3, 1))


def declared(person: Any = PINFL, *, files: str = "wages*") -> Registry:
    body = {"__doc__": "One wage.", "files": files, "person": person, "happened_on": "oy", "known_at": "yuklangan"}
    body |= {"amount": Column("Wage.", source="summa")}
    return registry(key=("jshshir", "oy"), links="person", purpose="p", owner="o")(type("wages", (), body))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def put(office: Office, *ids: str) -> None:
    lines = [f"{told},2026-01-0{n},2026-02-01,7\n" for n, told in enumerate(ids, start=1)]
    office.put_raw("wages.csv", "jshshir,oy,yuklangan,summa\n" + "".join(lines))


def test_valid_ids_are_kept(office: Office) -> None:
    put(office, VALID[0], f"  {VALID[1]}\t", f"\u00a0{VALID[2]}\u202f")
    assert office.take("2026-03-01", declared()).delivery.kept == 3
    assert set(values(office.rows("wages"), "person")) == {person(told) for told in VALID}


BAD = {
    "another digit": "31210632040245",
    "a mistyped digit": "31210632040344",
    "too short": "3121063204024",
    "too long": "312106320402440",
    "a decimal": "31210632040244.0",
    "letters": "3121O632040244",
    "a sign": "-3121063204024",
    "blanks inside": "3121063 2040244",
    "other digits": "٣١٢١٠٦٣٢٠٤٠٢٤٤",
    "nothing but zeros and a wrong end": "00000000000001",
}


@pytest.mark.parametrize("name", BAD)
def test_another_id_is_quarantined(office: Office, name: str) -> None:
    put(office, VALID[0], BAD[name])
    (file,) = office.take("2026-03-01", declared()).delivery.files
    assert (file.kept, file.reasons) == (1, (("jshshir is not a valid id", 1),))


def test_a_missing_id_is_missing(office: Office) -> None:
    put(office, VALID[0], " ")
    (file,) = office.take("2026-03-01", declared()).delivery.files
    assert file.reasons == (("jshshir is missing", 1),)


def test_a_family_and_a_membership_can_have_one(office: Office) -> None:
    body = {"__doc__": "One.", "family": Id("f", digits=3, weights=(1,)), "person": PINFL}
    body |= {"happened_on": "oy", "known_at": "oy", "left": "oy"}
    declared = registry(key="jshshir", links="membership", purpose="p", owner="o")(type("members", (), body))
    rows = f"112,{VALID[0]},2026-01-01\n112,1,2026-01-01\n113,{VALID[1]},2026-01-01\n"
    office.put_raw("members.csv", "f,jshshir,oy\n" + rows)
    (file,) = office.take("2026-03-01", declared).delivery.files
    assert dict(file.reasons) == {"jshshir is not a valid id": 1, "f is not a valid id": 1}


@given(st.text("0123456789", min_size=1, max_size=18), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_the_sum_in_sql_is_the_sum_in_words(told: str, weights: list[int]) -> None:
    digits = max(2, len(told))
    query = f"SELECT {checked(Cell('$id', Given.TEXT), digits=digits, weights=weights)}"
    total = sum(int(digit) * weights[place % len(weights)] for place, digit in enumerate(told[:-1]))
    expected = len(told) == digits and total % 10 == int(told[-1])
    with duckdb.connect() as bench:
        assert bench.execute(query, {"id": told}).fetchall() == [(expected,)]


def in_parquet(path: Path, ids: list[Any], kind: Any) -> None:
    days = ["2026-01-01"] * len(ids)
    table = {"jshshir": pa.array(ids).cast(kind), "oy": days, "yuklangan": days, "summa": [7.0] * len(ids)}
    pq.write_table(pa.table(table), path)


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.int64(), pa.uint64(), pa.float64(), pa.decimal128(21, 2)],
)
def test_numbers_in_parquet_are_the_same_ids(office: Office, kind: Any) -> None:
    in_parquet(office.inbox / "wages.parquet", [*VALID] if "string" in str(kind) else [*map(int, VALID)], kind)
    assert office.take("2026-03-01", declared()).delivery.kept == 3
    assert set(values(office.rows("wages"), "person")) == {person(told) for told in VALID}


@pytest.mark.parametrize("sort", [str, int, float, Decimal])
def test_numbers_in_excel_and_sql_are_the_same_ids(office: Office, sort: Any) -> None:
    rows = [(sort(told), "2026-01-01", "2026-02-01", 7) for told in VALID]
    with xlsxwriter.Workbook(office.inbox / "wages.xlsx") as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((("jshshir", "oy", "yuklangan", "summa"), *rows)):
            sheet.write_row(line, 0, row)
    made = sqlite3.connect(office.inbox / "tax.sqlite")
    made.execute("CREATE TABLE wages (jshshir, oy, yuklangan, summa)")
    made.executemany("INSERT INTO wages VALUES (?, ?, ?, ?)", [(float(r[0]), *r[1:]) for r in rows])
    made.commit()
    made.close()
    for files in ("wages.xlsx", "tax.sqlite#wages"):
        assert office.retake("2026-03-01", declared(files=files), afresh=True).delivery.kept == 3
        assert set(values(office.rows("wages"), "person")) == {person(told) for told in VALID}


def test_the_check_is_part_of_what_is_declared() -> None:
    assert declared().digest != declared("jshshir").digest
    assert declared().digest != declared(Id("jshshir", digits=14, weights=(7, 3, 9))).digest
    assert declared().digest == declared(Id("jshshir", digits=14, weights=[7, 3, 1])).digest  # type: ignore[arg-type]


def test_a_check_may_be_declared_later(office: Office) -> None:
    put(office, VALID[0])
    office.take("2026-03-01", declared("jshshir"))
    put(office, VALID[1], "1")
    assert office.take("2026-04-01", declared()).delivery.quarantined == 1
    assert len(office.rows("wages")) == 2


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"digits": 1}, 'Id("jshshir") has digits=1: give a number from 2 to 18.'),
        ({"digits": 19}, 'Id("jshshir") has digits=19: give a number from 2 to 18.'),
        ({"weights": ()}, 'Id("jshshir") has weights=(): give 1 to 13 whole numbers from 1 to 9.'),
        ({"weights": (7, 0)}, 'Id("jshshir") has weights=(7, 0): give 1 to 13 whole numbers from 1 to 9.'),
        ({"column": ""}, 'an Id has no column: write Id("the column", digits=…, weights=…).'),
    ],
)
def test_a_check_that_is_none(said: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError) as error:
        Id(**({"column": "jshshir", "digits": 14, "weights": (7, 3, 1)} | said))
    assert str(error.value) == message


def test_an_id_stands_alone() -> None:
    with pytest.raises(DeclarationError, match="an Id stands among other columns: let it stand alone"):
        declared((PINFL, "oy"))
