"""A dry run tells what a delivery would bring and leaves everything as it is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tayanch.errors import IntakeError
from tayanch.intake.delivery import Taken
from tayanch.intake.rehearsal import rehearse
from tests.unit.intake.office import ALL, Office

HEADER = "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until\n"
FIRST = HEADER + "p1,A,2026-01-05,2026-01-06,0,1,100,2,\np2,A,2026-01-05,2026-01-06,0,1,-100,2,\n"
SECOND = HEADER + "p1,A,2026-01-05,2026-01-06,0,1,100,2,\np3,B,2026-03-05,2026-03-06,0,9,100,2,\n"
MEMBERS = "id,person_id,family_id,joined,left_on,loaded_at\nm1,anna,B,2020-01-01,,2026-03-06\n"
WAGES = "person_id,month,filed_on,amount\nanna,31.01.2026,2026-02-10,700\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def rehearsed(office: Office, day: str, *, afresh: bool = False) -> Taken:
    return rehearse(ALL, office.inbox, into=office.into, delivered=date.fromisoformat(day), afresh=afresh)


def kept(office: Office) -> dict[str, tuple[int, bytes]]:
    files = [path for path in office.home.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def check_tells_the_same(office: Office, day: str) -> None:
    before = kept(office)
    told = rehearsed(office, day)
    assert kept(office) == before
    real = office.retake(day)
    assert (told.rehearsed, real.rehearsed) == (True, False)
    assert (told.snapshot, told.fresh, told.delivery.digest) == (real.snapshot, real.fresh, real.delivery.digest)
    office.snapshot.verify()


def test_a_first_delivery(office: Office) -> None:
    office.put_raw("payments.csv", FIRST)
    rehearsed(office, "2026-02-01")
    assert not (office.home / "work").exists()
    check_tells_the_same(office, "2026-02-01")


def test_a_later_delivery_and_the_same_again(office: Office) -> None:
    office.put_raw("payments.csv", FIRST)
    office.put_raw("wages.csv", WAGES)
    office.take("2026-03-01")
    office.put_raw("payments.csv", SECOND)
    office.put_raw("members.csv", MEMBERS)
    check_tells_the_same(office, "2026-04-01")
    check_tells_the_same(office, "2026-05-01")


def test_afresh(office: Office) -> None:
    office.put_raw("payments.csv", FIRST)
    first = office.take("2026-03-01").snapshot
    office.put_raw("payments.csv", SECOND)
    assert rehearsed(office, "2026-02-01", afresh=True).delivery.number == 1
    assert office.snapshot.digest == first


def test_what_would_be_refused_is_refused(office: Office) -> None:
    office.put_raw("payments.csv", FIRST)
    office.take("2026-03-01")
    before = kept(office)
    office.put_raw("payments.csv", SECOND)
    with pytest.raises(IntakeError, match="the delivery is dated 2026-02-01, before the last one"):
        rehearsed(office, "2026-02-01")
    other = Office(office.home, key=b"another key, as long as it must be")
    with pytest.raises(IntakeError, match="the linkage key is not the one"):
        rehearsed(replace(other), "2026-04-01")
    (office.inbox / "payments.csv").unlink()
    assert kept(office) == before
