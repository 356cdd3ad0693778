"""Tables of SQL databases are taken in like files: SQLite in the folder, others at a URL in the environment."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, text

from tayanch import Column, registry
from tayanch.declare.registries import Registry
from tayanch.errors import IntakeError
from tayanch.intake import databases
from tayanch.intake.databases import TableSource, copy_table
from tayanch.intake.loose import texts
from tests.unit.intake.office import ZONE, Office, key, local, person, values
from tests.unit.state.postgresql import empty_schema

COLUMNS = ("kredit_id", "jshshir", "berilgan", "tugaydi", "summa", "yuklangan_sana")
LOANS = [
    ("k1", "31210632040244", "2026-01-05", "2027-01-05", 1000, "2026-01-06 10:00:00"),
    ("k2", "31210932040247", "2026-01-07", None, 2500.5, "2026-01-08"),
    ("k3", "40201902050010", "2026-01-09", "2027-01-05", "7", "2026-01-10"),
]
Row = Sequence[Any]


def declared(files: str = "kredit/kredit.sqlite#kreditlar", *, name: str = "loans") -> Registry:
    body = {"__doc__": "One loan.", "files": files, "person": "jshshir", "happened_on": "berilgan"}
    body |= {"known_at": "yuklangan_sana", "amount": Column("Amount.", source="summa", low=0)}
    body["until"] = Column("Until.", type="date", source="tugaydi")
    return registry(key="kredit_id", links="person", purpose="p", owner="o")(type(name, (), body))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    (office.inbox / "kredit").mkdir()
    return office


def put(office: Office, rows: Sequence[Row], columns: Sequence[str] = COLUMNS, table: str = "kreditlar") -> Path:
    path = office.inbox / "kredit" / "kredit.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"DROP TABLE IF EXISTS {table}")
        made.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        made.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        made.commit()
    return path


def loans(office: Office) -> list[Any]:
    rows = values(office.rows("loans"), "key", "person", "happened_on", "until", "amount", "known_at")
    return sorted(rows, key=lambda row: row[2])


EXPECTED = [
    (
        *(key("k1"), person("31210632040244"), date(2026, 1, 5), date(2027, 1, 5), 1000.0),
        local("2026-01-06 10:00"),
    ),
    (key("k2"), person("31210932040247"), date(2026, 1, 7), None, 2500.5, local("2026-01-08 00:00")),
    (key("k3"), person("40201902050010"), date(2026, 1, 9), date(2027, 1, 5), 7.0, local("2026-01-10 00:00")),
]


def test_a_table_of_a_sqlite_file_is_taken_in(office: Office) -> None:
    put(office, LOANS)
    taken = office.retake("2026-03-01", declared())
    (file,) = taken.delivery.files
    assert (file.name, file.rows, file.kept) == ("kredit/kredit.sqlite#kreditlar", 3, 3)
    assert (taken.delivery.unclaimed, taken.delivery.absent) == ((), ())
    assert loans(office) == EXPECTED


def test_the_same_rows_are_known_in_whatever_order_they_lie(office: Office) -> None:
    put(office, LOANS)
    first = office.retake("2026-03-01", declared())
    put(office, LOANS[::-1])
    again = office.retake("2026-04-01", declared())
    assert (again.fresh, again.snapshot) == (False, first.snapshot)
    put(office, [*LOANS, ("k4", *LOANS[0][1:5], "2026-03-10")])
    (file,) = office.retake("2026-04-01", declared()).delivery.files
    assert (file.kept, file.unchanged) == (4, 3)


def test_columns_that_nobody_declared_are_not_read(office: Office) -> None:
    put(office, [(*row, b"\x00", "Aziza") for row in LOANS], (*COLUMNS, "surat", "ism"))
    first = office.retake("2026-03-01", declared())
    put(office, [(*row, b"\x01", "Anora") for row in LOANS], (*COLUMNS, "surat", "ism"))
    assert office.retake("2026-03-02", declared()).snapshot == first.snapshot


def test_two_registries_read_two_tables_of_one_file(office: Office) -> None:
    put(office, LOANS)
    put(office, LOANS[:1], table="kredit_holati")
    states = declared("kredit/*.sqlite#kredit_holati", name="loan_states")
    taken = office.retake("2026-03-01", declared(), states)
    assert [(file.registry, file.rows) for file in taken.delivery.files] == [("loan_states", 1), ("loans", 3)]


def test_bad_rows_are_set_aside_and_nothing_else_is_kept(office: Office) -> None:
    put(office, [*LOANS, ("k4", "1", "2026-01-05", None, -1, "2026-01-06"), ("k5", None, "never", None, 1, "2026")])
    taken = office.retake("2026-03-01", declared())
    assert dict(taken.delivery.files[0].reasons) == {"summa is below 0": 1, "jshshir is missing": 1}
    assert (taken.quarantine / "loans" / "kredit" / "kredit.sqlite#kreditlar.sealed").is_file()
    assert values(office.aside(taken), "kredit_id", "summa") == [("k4", "-1"), ("k5", "1")]


def test_what_is_written_but_not_yet_merged_is_read_and_the_file_stays_as_it_is(office: Office) -> None:
    path = put(office, [])
    with closing(sqlite3.connect(path)) as open_still:
        open_still.execute("PRAGMA journal_mode=WAL")
        open_still.executemany("INSERT INTO kreditlar VALUES (?, ?, ?, ?, ?, ?)", LOANS)
        open_still.commit()
        before = path.read_bytes()
        taken = office.retake("2026-03-01", declared())
        assert (taken.delivery.kept, taken.delivery.unclaimed) == (3, ())
        assert path.read_bytes() == before


def test_however_many_rows_are_held_at_once_the_digest_is_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"k{n:04}", str(n), "2026-01-05", None, n / 4, "2026-01-06") for n in range(1000)]
    source = TableSource("kreditlar", path=put(office, rows))
    digests: set[str] = set()
    for chunk in (7, 1000, 100_000):
        monkeypatch.setattr(databases, "CHUNK", chunk)
        digests.add(copy_table(source, COLUMNS, to=office.home / "copy.parquet"))
        assert pq.read_table(office.home / "copy.parquet").num_rows == 1000
    assert len(digests) == 1


def test_it_is_told_how_many_rows_are_copied(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "CHUNK", 2)
    put(office, LOANS)
    office.retake("2026-03-01", declared())
    copied = [told for told in office.told if told[0] == "copying loans"]
    assert copied == [("copying loans", done, 3) for done in (0, 2, 3)]


def refused(office: Office, *registries: Registry) -> str:
    with pytest.raises(IntakeError) as error:
        office.retake("2026-03-01", *(registries or (declared(),)))
    assert error.value.__cause__ is None
    assert "SECRET" not in str(error.value)
    return str(error.value)


IN_FILE = "kredit/kredit.sqlite#kreditlar: "


def test_no_such_table_or_column(office: Office) -> None:
    put(office, LOANS, table="kreditlr")
    assert refused(office) == f'{IN_FILE}the database has no table "kreditlar": did you mean "kreditlr"?'
    put(office, LOANS, ("kredit_id", "jshshr", *COLUMNS[2:]))
    assert refused(office) == f'{IN_FILE}the column "jshshir" is missing: did you mean "jshshr"?'


def test_cells_that_nothing_can_be_read_from(office: Office) -> None:
    put(office, [("k1", b"SECRET", *LOANS[0][2:])])
    told = 'the column "jshshir" holds bytes: have text, numbers or dates delivered.'
    assert refused(office) == f"{IN_FILE}{told}"


def test_a_file_that_is_no_database(office: Office) -> None:
    (office.inbox / "kredit" / "kredit.sqlite").write_text("SECRET")
    told = "the file is no SQLite database: deliver it again, or name a file without #table."
    assert refused(office) == f"{IN_FILE}{told}"


def test_a_damaged_database(office: Office) -> None:
    path = put(office, [(f"SECRET-{n}", *LOANS[0][1:]) for n in range(5000)])
    path.write_bytes(path.read_bytes()[:40_000])
    assert refused(office) == (
        f"{IN_FILE}the file can't be read as SQLite (DatabaseError): "
        "it is truncated, damaged or locked, or its text is not UTF-8: deliver it again."
    )


def test_text_that_is_not_utf_8(office: Office) -> None:
    path = put(office, LOANS)
    with closing(sqlite3.connect(path)) as made:
        made.execute("UPDATE kreditlar SET jshshir = CAST(x'534543524554ff' AS TEXT)")
        made.commit()
    assert refused(office).startswith(f"{IN_FILE}the file can't be read as SQLite (OperationalError): ")


@pytest.mark.parametrize("files", ["kredit.sqlite#", "#loans", "sql:#loans", "sql:CREDIT_URL", "sql:A B#loans"])
def test_what_names_no_table(office: Office, files: str) -> None:
    put(office, LOANS)
    assert files in refused(office, declared(files))


def test_without_its_variable_a_table_is_absent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDIT_URL", raising=False)
    put(office, LOANS)
    at_url = declared("sql:CREDIT_URL#kreditlar", name="loans_at_url")
    assert office.retake("2026-03-01", declared(), at_url).delivery.absent == ("loans_at_url",)
    (office.inbox / "kredit" / "kredit.sqlite").unlink()
    assert refused(office, at_url).endswith("looked for: loans_at_url (sql:CREDIT_URL#kreditlar).")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("SECRET", "the URL in CREDIT_URL can't be read: write it as postgresql://user@host/name."),
        ("odd://SECRET@host/name", "the URL in CREDIT_URL can't be read: write it as postgresql://user@host/name."),
        (
            "mysql+pymysql://SECRET@host/name",
            'the driver for the URL in CREDIT_URL is not installed: for PostgreSQL: pip install "tayanch[postgresql]".',
        ),
        (
            "postgresql+psycopg://SECRET:SECRET@127.0.0.1:1/name",
            "the database refused (OperationalError): "
            "see that it runs, that the URL in CREDIT_URL is right and that it may read the table.",
        ),
    ],
)
def test_a_url_that_leads_nowhere(office: Office, monkeypatch: pytest.MonkeyPatch, url: str, message: str) -> None:
    monkeypatch.setenv("CREDIT_URL", url)
    assert refused(office, declared("sql:CREDIT_URL#kreditlar")) == f"sql:CREDIT_URL#kreditlar: {message}"


TYPED = """
    CREATE TABLE kreditlar (
        kredit_id text, jshshir bigint, berilgan date, tugaydi date, summa numeric(12, 2), yuklangan_sana timestamptz
    )
"""


def at_postgresql(url: str, *statements: str, rows: Sequence[Row] = ()) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        for row in rows:
            told = dict(zip(COLUMNS, row, strict=True))
            connection.execute(text(f"INSERT INTO kreditlar VALUES ({', '.join(f':{c}' for c in COLUMNS)})"), told)
    engine.dispose()


def typed(row: Row) -> Row:
    """The row as PostgreSQL has it: numbers, dates and times."""
    name, who, happened, until, amount, known = row
    ends = date.fromisoformat(until) if until else None
    at = datetime.fromisoformat(known).replace(tzinfo=ZONE)
    return (name, int(who), date.fromisoformat(happened), ends, Decimal(str(amount)), at)


def test_a_table_of_postgresql_is_taken_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty_schema() as url:
        monkeypatch.setenv("CREDIT_URL", url)
        at_postgresql(url, TYPED, rows=[typed(row) for row in LOANS])
        at_url = declared("sql:CREDIT_URL#kreditlar")
        first = office.retake("2026-03-01", at_url)
        assert [file.name for file in first.delivery.files] == ["sql:CREDIT_URL#kreditlar"]
        assert loans(office) == EXPECTED
        # An updated row moves to the end of the table, and its second version lies at another place.
        at_postgresql(url, "UPDATE kreditlar SET summa = summa WHERE kredit_id = 'k1'")
        assert office.retake("2026-04-01", at_url).snapshot == first.snapshot
        at_postgresql(url, "UPDATE kreditlar SET summa = 8, yuklangan_sana = '2026-03-05' WHERE kredit_id = 'k1'")
        (file,) = office.retake("2026-04-01", at_url).delivery.files
        assert (file.kept, file.unchanged) == (3, 2)


def test_a_view_or_a_table_of_another_schema_can_be_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty_schema() as url:
        monkeypatch.setenv("CREDIT_URL", url)
        at_postgresql(url, TYPED, "CREATE VIEW seen AS SELECT * FROM kreditlar", rows=[typed(row) for row in LOANS])
        schema = url.rpartition("%3D")[2]
        for named in ("seen", f"{schema}.kreditlar"):
            office.retake("2026-03-01", declared(f"sql:CREDIT_URL#{named}"), afresh=True)
            assert loans(office) == EXPECTED


def test_postgresql_refuses_in_our_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty_schema() as url:
        monkeypatch.setenv("CREDIT_URL", url)
        at_postgresql(url, TYPED, rows=[typed(LOANS[0])])
        told = refused(office, declared("sql:CREDIT_URL#kreditlr"))
        assert told == 'sql:CREDIT_URL#kreditlr: the database has no table "kreditlr": did you mean "kreditlar"?'
        at_postgresql(url, "UPDATE kreditlar SET tugaydi = 'infinity'")
        assert refused(office, declared("sql:CREDIT_URL#kreditlar")).startswith(
            "sql:CREDIT_URL#kreditlar: the database refused (DataError)"
        )


def test_cells_of_a_database_are_told_as_text() -> None:
    cells = [None, " x\u00a0", " ", True, 7, 7.0, 0.25, float("nan"), Decimal("7.00"), Decimal("7.50"), Decimal("NaN")]
    cells += [
        date(2026, 1, 5),
        datetime.fromisoformat("2026-01-05T10:00"),
        datetime(2026, 1, 5, 10, tzinfo=ZONE),
        UUID(int=1),
    ]
    assert texts("any", cells) == [
        *(None, "x", None, "true", "7", "7", "0.25", None, "7", "7.50", None),
        *("2026-01-05", "2026-01-05 10:00:00", "2026-01-05 05:00:00+00:00", str(UUID(int=1))),
    ]
