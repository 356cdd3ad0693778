"""Rows that can't stand go to quarantine with the reason; nothing is lost and nothing personal is told."""

import stat
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tayanch import Column, dated, month_end, quarter_end, registry
from tayanch.declare.registries import Registry
from tayanch.intake.delivery import Taken
from tests.unit.intake.office import Office, members, payments, values

GOOD = {
    "payment_id": "p0",
    "family_id": "A",
    "paid_on": "2026-01-05",
    "loaded_at": "2026-01-06",
    "is_deleted": "0",
    "kind": "1",
    "amount": "100",
    "children": "2",
    "until": "2026-12-31",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def put_rows(office: Office, *rows: dict[str, str], name: str = "payments.csv") -> None:
    lines = [",".join(GOOD), *(",".join((GOOD | row).values()) for row in rows)]
    office.put_raw(name, "\n".join(lines) + "\n")


def reasons(taken: Taken) -> dict[str, int]:
    return {reason: count for file in taken.delivery.files for reason, count in file.reasons}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"payment_id": ""}, "payment_id is missing"),
        ({"family_id": " "}, "family_id is missing"),
        ({"paid_on": ""}, "paid_on is missing"),
        ({"paid_on": "2026-02-30"}, "paid_on is not a date"),
        ({"paid_on": "05.01.2026"}, "paid_on is not a date"),
        ({"paid_on": "0202-01-05"}, "paid_on is not a date"),
        ({"loaded_at": ""}, "loaded_at is missing"),
        ({"loaded_at": "yesterday"}, "loaded_at is not a date"),
        ({"loaded_at": "2026-01-06 25:00"}, "loaded_at is not a date"),
        ({"loaded_at": "2026-01-04"}, "known before it happened"),
        ({"loaded_at": "2026-01-04T18:59:59Z"}, "known before it happened"),
        ({"loaded_at": "2026-03-02"}, "known after it was delivered"),
        ({"is_deleted": "perhaps"}, "is_deleted is neither true nor false"),
        ({"kind": "3"}, "kind is not one of its codes"),
        ({"kind": "child"}, "kind is not one of its codes"),
        ({"amount": ""}, "amount is missing"),
        ({"amount": "-9"}, "amount is missing"),
        ({"amount": "-9.0"}, "amount is missing"),
        ({"amount": "12.5.1"}, "amount is not a number"),
        ({"amount": "1_000"}, "amount is not a number"),
        ({"amount": "inf"}, "amount is not a number"),
        ({"amount": "nan"}, "amount is not a number"),
        ({"amount": "1e999"}, "amount is not a number"),
        ({"amount": "-1"}, "amount is below 0"),
        ({"amount": "1000.5"}, "amount is above 1000"),
        ({"children": "2.5"}, "children is not a whole number"),
        ({"children": "two"}, "children is not a whole number"),
        ({"children": "99999999999999999999"}, "children is not a whole number"),
        ({"until": "31-12-2026"}, "until is not a date"),
    ],
    ids=lambda told: str(told) if isinstance(told, str) else "-".join(f"{k}={v}" for k, v in told.items()),
)
def test_a_bad_row_is_quarantined_with_its_reason(office: Office, changed: dict[str, str], reason: str) -> None:
    put_rows(office, {}, changed if "payment_id" in changed else {"payment_id": "p1", **changed})
    taken = office.take("2026-03-01", payments)
    (file,) = taken.delivery.files
    assert (file.rows, file.kept, file.reasons) == (2, 1, ((reason, 1),))
    assert len(office.rows("payments")) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"loaded_at": "2026-01-05"},
        {"loaded_at": "2026-01-04T19:00:00Z"},
        {"loaded_at": "2026-03-01 23:59"},
        {"amount": "0"},
        {"amount": "1000"},
        {"amount": "1e2"},
        {"amount": " 7 "},
        {"children": "-2"},
        {"children": ""},
        {"kind": ""},
        {"is_deleted": ""},
        {"family_id": "A,1"} | {"family_id": '"A,1"'},
    ],
    ids=str,
)
def test_a_row_at_the_edge_is_kept(office: Office, changed: dict[str, str]) -> None:
    put_rows(office, changed)
    assert office.take("2026-03-01", payments).delivery.kept == 1


def test_a_retraction_is_kept_whatever_its_columns_say(office: Office) -> None:
    put_rows(office, {"is_deleted": "1", "amount": "", "kind": "77", "children": "x"})
    assert office.take("2026-03-01", payments).delivery.kept == 1
    assert values(office.rows("payments"), "retracted", "amount", "benefit", "children") == [(True, None, None, None)]


def test_every_reason_is_counted_and_the_rows_are_set_aside(office: Office) -> None:
    put_rows(office, {}, {"payment_id": "p1", "amount": "-1"}, {"payment_id": "p2", "kind": "x"}, {"family_id": ""})
    put_rows(office, {"payment_id": "p4", "amount": "-1"}, name="payments_b.csv")
    taken = office.take("2026-03-01", payments)
    assert [(file.name, file.rows, file.kept, file.quarantined) for file in taken.delivery.files] == [
        ("payments.csv", 4, 1, 3),
        ("payments_b.csv", 1, 0, 1),
    ]
    assert reasons(taken) == {"amount is below 0": 1, "family_id is missing": 1, "kind is not one of its codes": 1}
    assert values(office.aside(taken)[:3], "_row", "_reason", "payment_id", "amount") == [
        (2, "amount is below 0", "p1", "-1"),
        (3, "kind is not one of its codes", "p2", "100"),
        (4, "family_id is missing", "p0", "100"),
    ]


def test_only_its_owner_can_read_what_was_set_aside(office: Office) -> None:
    put_rows(office, {"amount": "-1"})
    taken = office.take("2026-03-01", payments)
    path = taken.quarantine / "payments" / "payments.csv.sealed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, taken.quarantine, taken.quarantine.parent, taken.quarantine.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_row_with_other_fields_than_the_header_is_set_aside_with_its_line(office: Office) -> None:
    lines = [",".join(GOOD), "p1,A", ",".join(GOOD.values()), ",".join((*GOOD.values(), "more")), ""]
    office.put_raw("payments.csv", "\n".join(lines))
    taken = office.take("2026-03-01", payments)
    assert reasons(taken) == {"more or fewer fields than the header": 2}
    assert (taken.delivery.rows, taken.delivery.kept) == (3, 1)
    aside = office.aside(taken)
    assert values(aside, "_row", "_line") == [(1, "p1,A"), (3, lines[3])]


def test_of_identical_copies_one_is_kept(office: Office) -> None:
    put_rows(office, {}, {}, {"payment_id": "p1"})
    put_rows(office, {}, name="payments_b.csv")
    taken = office.take("2026-03-01", payments)
    assert [file.reasons for file in taken.delivery.files] == [(("copy of another row", 1),)] * 2
    assert len(office.rows("payments")) == 2


def test_rows_that_contradict_each_other_are_all_set_aside(office: Office) -> None:
    put_rows(office, {"amount": "1"}, {"amount": "2"}, {"amount": "2"}, {"payment_id": "p1"})
    taken = office.take("2026-03-01", payments)
    assert reasons(taken) == {"another row has the same key and known_at and says something else": 3}
    assert len(office.rows("payments")) == 1


def test_one_contradiction_hidden_in_nothing_is_seen(office: Office) -> None:
    put_rows(office, {"children": ""}, {"children": "2"})
    assert office.take("2026-03-01", payments).delivery.quarantined == 2


MEMBER = "id,person_id,family_id,joined,left_on,loaded_at\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("m,,A,2020-01-01,,2020-02-01", "person_id is missing"),
        ("m,anna,,2020-01-01,,2020-02-01", "family_id is missing"),
        ("m,anna,A,2020-01-01,soon,2020-02-01", "left_on is not a date"),
        ("m,anna,A,2020-01-01,2019-12-31,2020-02-01", "left_on lies before joined"),
    ],
)
def test_a_bad_membership(office: Office, row: str, reason: str) -> None:
    office.put_raw("members.csv", MEMBER + row + "\n")
    assert reasons(office.take("2026-03-01", members)) == {reason: 1}


def dates_declared(announced: bool = False) -> Registry:
    @registry(key=("id", "year"), purpose="p", owner="o", announced=announced)
    class visits:
        """One visit."""

        family = ("town", "house")
        happened_on, known_at = quarter_end("year", "quarter"), dated("seen", format="%d/%m/%Y %H:%M")
        paid = Column("Paid.", type="date", format="%Y%m%d", missing=["00000000"])

    return visits


VISIT = "id,town,house,year,quarter,seen,paid\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("v,t,1,2025,5,01/01/2026 10:00,", "year and quarter are not a quarter"),
        ("v,t,1,25,1,01/01/2026 10:00,", "year and quarter are not a quarter"),
        ("v,t,1,2025,,01/01/2026 10:00,", "quarter is missing"),
        ("v,t,,2025,1,01/01/2026 10:00,", "house is missing"),
        ("v,t,1,2025,1,2026-01-01 10:00,", "seen is not a date"),
        ("v,t,1,2025,1,01/01/2026 10:00,20260230", "paid is not a date"),
        ("v,t,1,2026,1,01/01/2026 10:00,", "known before it happened"),
    ],
)
def test_dates_in_other_forms(office: Office, row: str, reason: str) -> None:
    office.put_raw("visits.csv", VISIT + row + "\n")
    assert reasons(office.take("2026-12-31", dates_declared())) == {reason: 1}


def test_dates_in_other_forms_are_read(office: Office) -> None:
    office.put_raw(
        "visits.csv", f"{VISIT}v,t,1,2024,1,31/03/2024 10:00,20240229\nw,t,2,2024,4,01/01/2025 00:00,00000000\n"
    )
    office.take("2026-12-31", dates_declared())
    found = sorted(values(office.rows("visits"), "happened_on", "paid"))
    assert found == [(date(2024, 3, 31), date(2024, 2, 29)), (date(2024, 12, 31), None)]


def test_an_announced_registry_may_tell_the_future(office: Office) -> None:
    office.put_raw("visits.csv", VISIT + "v,t,1,2027,1,01/01/2026 10:00,\n")
    assert office.take("2026-12-31", dates_declared(announced=True)).delivery.kept == 1


def test_a_months_end_is_its_last_day(office: Office) -> None:
    @registry(key="id", purpose="p", owner="o")
    class bills:
        """One bill."""

        happened_on, known_at = month_end("year", "month"), "seen"

    office.put_raw("bills.csv", "id,family_id,year,month,seen\n1,A,2024,2,2024-03-01\n2,A,2024,13,2024-03-01\n")
    taken = office.take("2024-04-01", bills)
    assert values(office.rows("bills"), "happened_on") == [date(2024, 2, 29)]
    assert reasons(taken) == {"year and month are not a month": 1}


def test_an_id_of_two_columns_is_not_another_of_two(office: Office) -> None:
    office.put_raw("visits.csv", VISIT + "v,a|b,c,2024,1,31/03/2024 10:00,\nw,a,b|c,2024,1,31/03/2024 10:00,\n")
    office.take("2026-12-31", dates_declared())
    assert len({row["family"] for row in office.rows("visits")}) == 2


@pytest.mark.parametrize("type_of_id", [pa.int64(), pa.float64(), pa.string(), pa.decimal128(21, 2), pa.int8()])
def test_a_parquet_file_says_the_same_as_a_csv_file(tmp_path: Path, type_of_id: pa.DataType) -> None:
    rows = [
        ("7", "5", date(2026, 1, 5), "2026-01-06", 1, 100.0, 2),
        ("8", "6", date(2026, 1, 7), "2026-01-07", 2, 50.5, None),
    ]
    numbers, families, days, loaded, kinds, amounts, children = (list(column) for column in zip(*rows, strict=True))
    ids = [int(number) for number in numbers] if type_of_id != pa.string() else numbers
    typed = pa.table(
        {
            "payment_id": pa.array(ids).cast(type_of_id),
            "family_id": pa.array(families).dictionary_encode(),
            "paid_on": pa.array(days),
            "loaded_at": pa.array([date.fromisoformat(day) for day in loaded]).cast(pa.timestamp("ns")),
            "is_deleted": [False, None],
            "kind": pa.array(kinds, pa.float64()),
            "amount": pa.array(amounts, pa.float32()),
            "children": pa.array([2.0, float("nan")], pa.float64()),
            "until": pa.nulls(2),
        }
    )
    parquet, text = Office(tmp_path / "parquet"), Office(tmp_path / "csv")
    for office in (parquet, text):
        office.home.mkdir()
    pq.write_table(typed, parquet.inbox / "payments.parquet")
    put_rows(
        text,
        *(
            {"payment_id": n, "family_id": f, "paid_on": str(d), "loaded_at": at, "kind": str(k), "amount": str(a)}
            | {"children": "" if c is None else str(c), "until": ""}
            for n, f, d, at, k, a, c in zip(numbers, families, days, loaded, kinds, amounts, children, strict=True)
        ),
    )
    assert parquet.take("2026-03-01", payments).delivery.kept == 2
    text.take("2026-03-01", payments)
    assert parquet.rows("payments") == text.rows("payments")
