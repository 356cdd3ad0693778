"""What can't be taken in is refused, word for word, and nothing is written."""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tayanch import Column, dated, registry
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake.delivery import take_in
from tests.unit.intake.office import Office, members, payments

HEADER = "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until\n"
NOT_CSV = "the file can't be read as CSV: its line ends are mixed, or a quote is not closed"
OTHER_ENCODING = 'export the file again as UTF-8, or declare the one it has (encoding = "cp1251").'
ROW = "p1,SECRET-77,2026-01-05,2026-01-06,0,1,100,2,\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def refused(office: Office, *registries: Registry, day: str = "2026-03-01") -> str:
    """What the refusal says; nothing may have been written but the empty folder with its lock."""
    before = written(office)
    with pytest.raises(IntakeError) as error:
        office.retake(day, *(registries or (payments,)))
    assert written(office) == before
    assert "SECRET-77" not in str(error.value)
    assert error.value.__cause__ is None
    return str(error.value).replace(str(office.home), "…")


def written(office: Office) -> dict[str, bytes]:
    files = [path for path in (office.home / "work").rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path): path.read_bytes() for path in files}


FILES: dict[str, tuple[str | bytes, str]] = {
    "an empty file": (b"", "payments.csv: the file is empty (0 bytes): deliver it again, or leave it out."),
    "a missing column": (
        (HEADER + ROW).replace("amount", "amuont"),
        'payments.csv: the column "amount" is missing: did you mean "amuont"?',
    ),
    "no header": (
        ROW,
        "payments.csv: none of the columns payment_id, family_id, paid_on, loaded_at, is_deleted, kind, amount, "
        "children, until is there: have them named in the first line of the file.",
    ),
    "a column twice": (
        (HEADER + ROW).replace("children", "amount"),
        'payments.csv: the column "amount" stands twice: have it delivered once.',
    ),
    "not UTF-8": (
        (HEADER + ROW).encode() + "p2,Ў".encode("cp1251"),
        f"payments.csv: line 3 is not UTF-8: {OTHER_ENCODING}",
    ),
    "UTF-8 cut off": (
        (HEADER + ROW + "p2,Ў").encode()[:-1],
        f"payments.csv: line 3 is not UTF-8: {OTHER_ENCODING}",
    ),
    "UTF-16": ((HEADER + ROW).encode("utf-16"), f"payments.csv: line 1 is not UTF-8: {OTHER_ENCODING}"),
    "an open quote": (
        HEADER + ROW + 'p2,"SECRET-77,2026\n' + ROW,
        "payments.csv: row 2 can't be read as CSV: a quote is not closed: export the file again.",
    ),
    "an open quote in the header": (
        '"payment_id,family_id\n',
        f"payments.csv: {NOT_CSV}: export it again.",
    ),
    "mixed line ends": (
        HEADER.replace("\n", "\r\n") + ROW.replace(",\n", ",2026-12-31\n"),
        f"payments.csv: {NOT_CSV}: export it again.",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_csv_file(office: Office, name: str) -> None:
    content, message = FILES[name]
    office.put_raw("payments.csv", content)
    assert refused(office) == message


def put_parquet(office: Office, **columns: Any) -> Path:
    good: dict[str, Any] = {
        "payment_id": ["p1"],
        "family_id": ["SECRET-77"],
        "paid_on": [date(2026, 1, 5)],
        "loaded_at": [date(2026, 1, 6)],
        "is_deleted": [False],
        "kind": ["1"],
        "amount": [100.0],
        "children": [2],
        "until": pa.nulls(1),
    }
    path = office.inbox / "payments.parquet"
    pq.write_table(pa.table(good | columns), path)
    return path


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_parquet_file(office: Office, kept: float) -> None:
    path = put_parquet(office)
    path.write_bytes(path.read_bytes()[: max(1, int(path.stat().st_size * kept))])
    message = "payments.parquet: the file is no whole Parquet file: it is truncated or damaged: deliver it again."
    assert refused(office) == message


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"amount": [date(2026, 1, 1)]}, 'the column "amount" holds dates and is declared as a number: '),
        ({"children": [date(2026, 1, 1)]}, 'the column "children" holds dates and is declared as a whole number: '),
        ({"kind": [date(2026, 1, 1)]}, 'the column "kind" holds dates and is declared as codes: '),
        ({"until": [1.5]}, 'the column "until" holds numbers and is declared as a date: '),
        ({"paid_on": [20260105]}, 'the column "paid_on" holds whole numbers and is declared as a date: '),
        ({"is_deleted": [date(2026, 1, 1)]}, 'the column "is_deleted" holds dates and is declared as codes: '),
    ],
)
def test_a_wrong_type_in_parquet(office: Office, columns: dict[str, Any], message: str) -> None:
    put_parquet(office, **columns)
    told = f"payments.parquet: {message}declare it as it is, or have it delivered as declared."
    assert refused(office) == told


def test_a_nested_column(office: Office) -> None:
    put_parquet(office, amount=[[1, 2]])
    assert refused(office) == (
        'payments.parquet: the column "amount" holds list<element: int64>: have text, numbers or dates delivered.'
    )


def test_a_folder_without_files(office: Office) -> None:
    office.put_raw("payments.txt", "x")
    assert refused(office, payments, members) == (
        "…/inbox has no CSV, Parquet or Excel file and no table of any registry: "
        "looked for: payments (payments*), members (members*)."
    )


def test_no_folder(office: Office) -> None:
    with pytest.raises(IntakeError) as error:
        take_in((payments,), office.home / "nowhere", into=office.into, delivered=date(2026, 1, 1))
    assert str(error.value) == (
        f"there is no folder {office.home / 'nowhere'}: give the folder that the extracts lie in."
    )


def test_a_bad_file_among_good_ones_stops_them_all(office: Office) -> None:
    office.put_raw("payments_1.csv", HEADER + ROW)
    office.put_raw("payments_2.csv", "")
    assert refused(office).startswith("payments_2.csv: the file is empty")


def test_a_registry_that_can_not_be_read_takes_back_what_others_have_written(office: Office) -> None:
    office.put_raw("members.csv", "id,person_id,family_id,joined,left_on,loaded_at\nm1,anna,A,2020-01-01,,2020-02-01\n")
    with (office.inbox / "members.csv").open("a") as more:
        more.write("m2,bob,B,2020-01-01,,never\n")
    office.put_raw("payments.csv", "payment_id\n")
    assert refused(office, payments, members).startswith('payments.csv: the column "family_id" is missing')


def test_a_pattern_that_is_none(office: Office) -> None:
    @registry(key="id", purpose="p", owner="o")
    class bills:
        """One bill."""

        files = "/somewhere/*.csv"
        happened_on, known_at = "a", "b"

    assert refused(office, bills) == (
        'bills: files = "/somewhere/*.csv" is no pattern of names in a folder: '
        'write one such as "payments*.csv", relative to the folder of extracts.'
    )


def test_a_date_format_that_is_none(office: Office) -> None:
    @registry(key="id", purpose="p", owner="o")
    class bills:
        """One bill."""

        happened_on, known_at = dated("a", format="%Q"), "b"

    office.put_raw("bills.csv", "id,family_id,a,b\n")
    assert refused(office, bills) == 'bills: the date format "%Q" can\'t be used: write one like "%d.%m.%Y".'


def delivered(office: Office) -> None:
    office.put_raw("payments.csv", HEADER + ROW)
    office.take("2026-02-01", payments)
    office.put_raw("payments.csv", HEADER + ROW.replace("100", "200"))


def test_delivery_dates_do_not_go_back(office: Office) -> None:
    delivered(office)
    assert refused(office, day="2026-01-31") == (
        "the delivery is dated 2026-01-31, before the last one of 2026-02-01: give the day it was really delivered."
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"buckets": 8}, "there were 4 buckets and are to be 8: put the number back, or take all extracts in afresh."),
        (
            {"key": b"another key, as long as it must be"},
            "the linkage key is not the one of the deliveries before: nobody would be found again: put the key back.",
        ),
        ({"key": b"short"}, "the linkage key has 5 bytes: make one of at least 16 random bytes."),
    ],
)
def test_what_the_first_delivery_has_fixed(office: Office, changed: dict[str, Any], message: str) -> None:
    delivered(office)
    assert refused(Office(office.home, **changed)) == message


def test_another_zone(office: Office) -> None:
    delivered(office)
    assert refused(Office(office.home, zone=ZoneInfo("Europe/Lisbon"))) == (
        "the time zone was Asia/Tashkent and is Europe/Lisbon: put it back, or take all extracts in afresh."
    )


def payments_declared(*, key: str = "payment_id", amount: Any = None, more: bool = False) -> Registry:
    body: dict[str, Any] = {
        "__doc__": "One payment.",
        "happened_on": "paid_on",
        "known_at": "loaded_at",
        "amount": amount or Column("Amount."),
    }
    if more:
        body["children"] = Column("Children.", type="whole")
    return registry(key=key, purpose="p", owner="o")(type("payments", (), body))


def test_a_registry_declared_otherwise(office: Office) -> None:
    delivered(office)
    tail = "is declared otherwise than at the last delivery: put it back, or take all extracts in afresh."
    assert refused(office, payments_declared(key="family_id")) == f"payments: key {tail}"
    assert refused(office, payments_declared(amount=Column("A.", type="code"))) == f"payments: amount {tail}"


def test_a_known_file_under_another_declaration(office: Office) -> None:
    office.put_raw("payments.csv", HEADER + ROW)
    office.retake("2026-02-01", payments_declared())
    assert refused(office, payments_declared(more=True)) == (
        "payments.csv: payments is declared otherwise than when this file was taken in: "
        "take all extracts in afresh, or leave the file out."
    )


def test_a_day_that_begins_at_one_begins_there_for_deliveries_too(tmp_path: Path) -> None:
    """In Cairo the clocks went from 23:59 to 01:00 on 26 April 2024: there is no midnight, the day begins at 01:00."""
    office = Office(tmp_path, zone=ZoneInfo("Africa/Cairo"))
    rows = "".join(
        f"p{n},A,2024-04-20,{known},0,1,100,2,\n"
        for n, known in enumerate(["2024-04-25T21:59:59Z", "2024-04-25T22:00:00Z", "2024-04-26 00:30:00"])
    )
    office.put_raw("payments.csv", HEADER + rows)
    (file,) = office.retake("2024-04-25", payments).delivery.files
    assert (file.kept, file.reasons) == (1, (("known after it was delivered", 2),))
    assert office.retake("2024-04-26", payments, afresh=True).delivery.kept == 3


def test_a_clock_set_back_or_an_earlier_day_is_refused(office: Office) -> None:
    office.put_raw("payments.csv", HEADER + ROW)
    office.retake("2026-03-01", payments)
    assert refused(office, day="2026-02-28") == (
        "the delivery is dated 2026-02-28, before the last one of 2026-03-01: give the day it was really delivered."
    )
