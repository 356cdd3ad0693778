"""Quarantined rows: sealed, kept for a term, read again after a fix; the past stays as it was answered."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tayanch import Column, registry
from tayanch.errors import IntakeError, StoreError
from tayanch.intake.delivery import Taken
from tayanch.intake.quarantine import QuarantineFiles
from tayanch.intake.releasing import export, release
from tests.unit.intake.office import Office, local, payments, values

HEADER = "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until"
DAY, TODAY = "2026-03-01", date(2026, 4, 1)
ROWS = (
    "p1,A,2026-01-05,2026-01-06,,child,100,2,",
    "p2,A,2026-02-05,2026-03-01T12:00,,1,100,2,",
    "p3,B,2026-02-05,2026-02-06,,1,5000,2,",
    "p4,B,2026-02-05,2026-02-06,,1",
    "p5,B,2026-02-05,2026-02-06,,1,50,2,",
)


@registry(key="payment_id", purpose="eligibility", owner="Agency")
class mended_payments:
    """One payment, under a mended declaration."""

    happened_on, known_at, retracted = "paid_on", "loaded_at", "is_deleted"
    benefit = Column("Benefit.", values={"1": "child", "2": "aid", "child": "child"}, source="kind")
    amount = Column("Amount.", unit="UZS", low=0, high=1000, required=True, missing=[-9])
    children = Column("Children.", type="whole")
    until = Column("Paid until.", type="date")


MENDED = replace(mended_payments, name="payments", files="payments*")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.put_raw("payments.csv", "\n".join([HEADER, *ROWS]) + "\n")
    taken = office.take(DAY, payments)
    assert (taken.delivery.kept, taken.delivery.quarantined) == (2, 3)
    return office


def held(office: Office) -> list[tuple[int, str]]:
    quarantine = office.into.quarantine
    return [(row["_row"], row["_reason"]) for one in quarantine.files() for row in quarantine.read(one).to_pylist()]


def released(office: Office, *, mended: Path | None = None, today: date = TODAY) -> Taken:
    return release([MENDED], office.into.quarantine.find(), into=office.into, today=today, mended=mended)


WAITING = [
    (1, "kind is not one of its codes"),
    (3, "amount is above 1000"),
    (4, "more or fewer fields than the header"),
]


def test_rows_are_sealed_and_read_with_the_key_alone(office: Office) -> None:
    assert held(office) == WAITING
    (one,) = office.into.quarantine.files()
    assert b"p4,B" not in one.path.read_bytes()
    with pytest.raises(StoreError, match="these rows are not held"):
        QuarantineFiles.of(office.home / "work", "agency", None).read(one)


def test_without_keys_bad_rows_are_counted_and_not_kept(tmp_path: Path) -> None:
    office = Office(tmp_path, keys=None)
    office.put_raw("payments.csv", "\n".join([HEADER, *ROWS]) + "\n")
    assert office.take(DAY, payments).delivery.quarantined == 3
    assert not (tmp_path / "work" / "quarantine").exists()


def test_what_a_mended_declaration_lets_pass_is_kept_from_today_on(office: Office) -> None:
    taken = released(office)
    (file,) = taken.delivery.files
    assert (file.rows, file.kept, file.quarantined, taken.fresh) == (3, 1, 2, True)
    assert (file.name, file.released) == ("payments.csv", office.into.quarantine.files()[0].delivery)
    assert held(office) == WAITING[1:]
    (row,) = [row for row in office.rows("payments") if row["delivery"] == 2]
    assert (row["known_at"], row["claimed_known_at"]) == (local("2026-04-01 00:00"), local("2026-01-06 00:00"))
    assert taken.delivery.absent == ()


def test_answers_for_the_past_stay_even_when_the_row_came_on_the_last_delivery_s_day(office: Office) -> None:
    row = f"{HEADER}\np9,A,2026-02-05,2026-03-05T12:00,,child,100,2,\n"
    office.put_raw("payments.csv", row)
    office.take("2026-03-05", payments)
    released(office)
    assert {row["known_at"] for row in office.rows("payments") if row["delivery"] == 3} == {local("2026-04-01 00:00")}


def test_a_row_is_not_released_twice_and_nothing_new_makes_no_snapshot(office: Office) -> None:
    first = released(office)
    again = released(office)
    assert (again.snapshot, again.fresh, again.delivery.kept) == (first.snapshot, False, 0)
    assert held(office) == WAITING[1:]
    assert len(office.snapshot.deliveries) == 2


def test_rows_that_stay_have_the_reason_they_have_now(office: Office) -> None:
    strict = replace(MENDED, columns=tuple(replace(c, high=10) if c.name == "amount" else c for c in MENDED.columns))
    release([strict], office.into.quarantine.find(), into=office.into, today=TODAY)
    assert held(office) == [(1, "amount is above 10"), (3, "amount is above 10"), WAITING[2]]


def exported(office: Office) -> Path:
    to = office.home / "mend.csv"
    (one,) = office.into.quarantine.files()
    assert export(office.into.quarantine, one, to=to) == len(held(office))
    return to


def test_rows_are_exported_mended_and_released(office: Office) -> None:
    to = exported(office)
    assert to.stat().st_mode & 0o777 == 0o600
    header, first, second, third = to.read_text().splitlines()
    assert header.startswith("_row,_reason,_line,payment_id,family_id")
    assert third.startswith('4,more or fewer fields than the header,"p4,B,2026-02-05,2026-02-06,,1",,')
    to.write_text("\n".join([header, second.replace("5000", "500"), third]) + "\n")
    taken = released(office, mended=to)
    assert (taken.delivery.rows, taken.delivery.kept) == (1, 1)
    assert held(office) == [WAITING[0], WAITING[2]]
    assert 500.0 in values(office.rows("payments"), "amount")
    assert first.startswith("1,")


def test_a_line_that_could_not_be_split_is_mended_by_its_cells(office: Office) -> None:
    to = exported(office)
    header, *_ = to.read_text().splitlines()
    cells = dict.fromkeys(header.split(","), "")
    cells |= {"_row": "4", "payment_id": "p4", "family_id": "B", "paid_on": "2026-02-05", "loaded_at": "2026-02-06"}
    cells |= {"kind": "1", "amount": "77"}
    to.write_text(header + "\n" + ",".join(cells.values()) + "\n")
    assert released(office, mended=to).delivery.kept == 1
    assert held(office) == WAITING[:2]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("_row,kind\n1,1\n", 'it has no column "payment_id": mend the file that `tayanch quarantine export` wrote.'),
        ("_row\n", "it has no row: mend the file that `tayanch quarantine export` wrote."),
        (
            f"_row,_reason,_line,{HEADER}\n2,,,{ROWS[1]}\n",
            "it has rows that are not in quarantine, or one of them twice: "
            "mend the file that `tayanch quarantine export` wrote, and leave _row as it is.",
        ),
    ],
)
def test_a_mended_file_of_other_rows_is_refused(office: Office, text: str, error: str) -> None:
    to = office.home / "mend.csv"
    to.write_text(text)
    with pytest.raises(IntakeError) as refused:
        released(office, mended=to)
    assert str(refused.value) == f"{to}: {error}"


def test_an_export_overwrites_nothing(office: Office) -> None:
    to = exported(office)
    with pytest.raises(IntakeError, match="there is such a file already"):
        export(office.into.quarantine, office.into.quarantine.files()[0], to=to)


def test_a_release_that_is_stopped_after_it_counts_is_put_right(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        settle, calls = QuarantineFiles.settle, iter((True, False))
        stopped.setattr(QuarantineFiles, "settle", lambda self, now: settle(self, now) if next(calls) else stop())
        with pytest.raises(KeyboardInterrupt):
            released(office)
    assert len(office.snapshot.deliveries) == 2
    assert held(office) == WAITING
    assert not released(office).fresh
    assert held(office) == WAITING[1:]
    assert len(values(office.rows("payments"), "key")) == 3


def test_a_release_that_is_stopped_before_it_counts_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr("tayanch.intake.disk.SnapshotFiles.write_manifest", stop)
        with pytest.raises(KeyboardInterrupt):
            released(office)
    assert released(office).delivery.kept == 1
    assert held(office) == WAITING[1:]


def test_what_is_past_its_term_goes_with_the_next_delivery_and_is_told(office: Office) -> None:
    office = replace(office, days=30)
    (one,) = office.into.quarantine.files()
    office.put_raw("payments.csv", f"{HEADER}\np7,A,2026-03-05,2026-03-06,,1,100,2,\n")
    assert office.take("2026-03-31", payments).expired == ()
    office.put_raw("payments.csv", f"{HEADER}\np8,A,2026-03-05,2026-03-06,,1,100,2,\n")
    assert office.take("2026-04-01", payments).expired == (one.delivery,)
    assert held(office) == []


def test_what_is_not_there_is_said(office: Office) -> None:
    with pytest.raises(StoreError) as refused:
        office.into.quarantine.find(file="payment.csv")
    assert str(refused.value) == 'nothing of "payment.csv" is in quarantine: did you mean "payments.csv"?'
