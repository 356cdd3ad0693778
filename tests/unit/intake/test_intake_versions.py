"""Later deliveries: corrections, retractions, late rows, rows that pass to another family. The past stays as it was."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tayanch import Column, registry
from tayanch.intake import bench
from tests.unit.intake.office import Office, family, local, members, payments, values, wages

HEADER = "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until\n"


@pytest.fixture(params=[bench.SLICE_ROWS, 1], ids=["at once", "in slices"])
def office(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """What becomes of versions does not depend on how many rows are worked on at a time."""
    monkeypatch.setattr(bench, "SLICE_ROWS", request.param)
    return Office(tmp_path)


def row(amount: int, *, known: str, name: str = "p1", of: str = "A", gone: bool = False) -> str:
    return f"{name},{of},2026-01-01,{known},{int(gone)},1,{amount},,\n"


def deliver(office: Office, day: str, *rows: str) -> dict[str, Any]:
    office.put_raw("payments.csv", HEADER + "".join(rows))
    (file,) = office.take(day, payments).delivery.files
    return {
        "rows": file.rows,
        "kept": file.kept,
        "unchanged": file.unchanged,
        "backdated": file.backdated,
        "reasons": dict(file.reasons),
    }


def versions(office: Office) -> list[tuple[float, datetime, datetime | None, int, bool]]:
    """All versions: amount, known_at, claimed_known_at, delivery, retracted; in the order they became known."""
    rows = sorted(office.rows("payments"), key=lambda told: (told["known_at"], told["delivery"], told["family"]))
    return values(rows, "amount", "known_at", "claimed_known_at", "delivery", "retracted")


def as_known(day: str) -> datetime:
    return local(f"{day} 00:00")


def kept(rows: int, **more: Any) -> dict[str, Any]:
    return {"rows": rows, "kept": rows, "unchanged": 0, "backdated": 0, "reasons": {}} | more


def test_the_first_delivery_is_believed_about_the_past(office: Office) -> None:
    told = deliver(office, "2026-03-01", row(1, known="2026-01-02"), row(2, known="2026-02-02"))
    assert told == kept(2)
    assert versions(office) == [
        (1.0, as_known("2026-01-02"), as_known("2026-01-02"), 1, False),
        (2.0, as_known("2026-02-02"), as_known("2026-02-02"), 1, False),
    ]


def test_a_correction_since_the_last_delivery_is_known_when_it_says(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    assert deliver(office, "2026-04-01", row(2, known="2026-03-01")) == kept(1)
    assert versions(office)[1] == (2.0, as_known("2026-03-01"), as_known("2026-03-01"), 2, False)


def test_a_back_dated_row_is_known_from_its_delivery_on_and_its_claim_is_kept(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    assert deliver(office, "2026-04-01", row(2, known="2026-02-28 23:59")) == kept(1, backdated=1)
    assert versions(office)[1] == (2.0, as_known("2026-04-01"), local("2026-02-28 23:59"), 2, False)


def test_each_registry_has_its_own_last_delivery(office: Office) -> None:
    office.put_raw("wages.csv", "person_id,month,filed_on,amount\n")
    office.take("2026-03-01", payments, wages)
    assert deliver(office, "2026-04-01", row(1, known="2026-01-02")) == kept(1)
    assert versions(office)[0][1] == as_known("2026-01-02")


def test_a_delivery_of_which_nothing_could_be_kept_is_no_first_delivery(office: Office) -> None:
    bad = deliver(office, "2026-03-01", row(-1, known="2026-01-02"))
    assert bad["reasons"] == {"amount is below 0": 1}
    assert deliver(office, "2026-04-01", row(1, known="2026-01-02")) == kept(1)


def test_two_deliveries_on_one_day(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-03-01 09:00"))
    assert deliver(office, "2026-03-01", row(2, known="2026-03-01 09:00")) == kept(1)
    assert [told[3] for told in versions(office)] == [1, 2]


def test_a_whole_extract_again_with_new_rows_adds_only_those(office: Office) -> None:
    history = [row(1, known="2026-01-02"), row(2, known="2026-02-02"), row(7, known="2026-02-02", name="p2")]
    deliver(office, "2026-03-01", *history)
    told = deliver(office, "2026-04-01", *history, row(3, known="2026-03-02"))
    assert told == kept(4, unchanged=3)
    assert len(versions(office)) == 4


def test_a_row_that_says_nothing_new_is_not_written_again(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    assert deliver(office, "2026-04-01", row(1, known="2026-03-05")) == kept(1, unchanged=1)
    assert len(versions(office)) == 1


def test_a_row_that_changes_and_changes_back_is_written_both_times(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    told = deliver(office, "2026-04-01", row(2, known="2026-03-05"), row(1, known="2026-03-06"))
    assert told == kept(2)
    assert [told[0] for told in versions(office)] == [1.0, 2.0, 1.0]


def test_a_late_version_that_was_already_replaced_can_never_count(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"), row(3, known="2026-02-10"))
    told = deliver(office, "2026-04-01", row(2, known="2026-02-01"))
    assert told["reasons"] == {"overtaken: a later version of the row is known already": 1}
    assert len(versions(office)) == 2


def test_of_two_late_versions_the_last_counts(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    told = deliver(office, "2026-04-01", row(2, known="2026-02-01"), row(3, known="2026-02-02"))
    assert (told["kept"], told["backdated"], told["reasons"]) == (
        *(1, 1),
        {"overtaken: a later version of the row is known already": 1},
    )
    assert versions(office)[1][:2] == (3.0, as_known("2026-04-01"))


def test_a_tombstone_is_kept_and_can_be_undone(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02"))
    deliver(office, "2026-04-01", row(1, known="2026-03-05", gone=True))
    deliver(office, "2026-05-01", row(1, known="2026-04-05"))
    assert [told[4] for told in versions(office)] == [False, True, False]


def test_a_row_that_passes_to_another_family_is_retracted_in_the_one_it_leaves(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02", of="A"))
    deliver(office, "2026-04-01", row(1, known="2026-03-05", of="B"))
    found = {(told["family"], told["retracted"], told["delivery"]) for told in office.rows("payments")}
    assert found == {(family("A"), False, 1), (family("A"), True, 2), (family("B"), False, 2)}
    (left,) = (told for told in office.rows("payments") if told["retracted"])
    assert (left["known_at"], left["claimed_known_at"]) == (as_known("2026-03-05"), None)


def test_it_may_come_back(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02", of="A"), row(1, known="2026-02-02", of="B"))
    deliver(office, "2026-04-01", row(1, known="2026-03-05", of="A"))
    told = deliver(office, "2026-05-01", row(1, known="2026-04-05", of="A"))
    assert told == kept(1, unchanged=1)
    rows = [row for row in versions_by_family(office, "A") if row]
    assert rows == [(1.0, "2026-01-02", False), (1.0, "2026-02-02", True), (1.0, "2026-03-05", False)]
    assert versions_by_family(office, "B") == [(1.0, "2026-02-02", False), (1.0, "2026-03-05", True)]


def versions_by_family(office: Office, name: str) -> list[tuple[float, str, bool]]:
    own = [told for told in office.rows("payments") if told["family"] == family(name)]
    rows = sorted(own, key=lambda told: told["known_at"])
    return [(r["amount"], str(r["known_at"].astimezone(office.zone).date()), r["retracted"]) for r in rows]


def test_a_row_slipped_in_between_two_held_ones_retracts_on_both_sides(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02", of="A"), row(3, known="2026-03-01 15:00", of="A"))
    deliver(office, "2026-04-01", row(2, known="2026-03-01 09:00", of="B"))
    at = {(told["family"], told["known_at"], told["retracted"]) for told in office.rows("payments")}
    assert at == {
        (family("A"), as_known("2026-01-02"), False),
        (family("A"), local("2026-03-01 09:00"), True),
        (family("B"), local("2026-03-01 09:00"), False),
        (family("B"), local("2026-03-01 15:00"), True),
        (family("A"), local("2026-03-01 15:00"), False),
    }


def test_a_retracted_row_leaves_nothing_to_retract(office: Office) -> None:
    deliver(office, "2026-03-01", row(1, known="2026-01-02", of="A"), row(1, known="2026-01-03", of="A", gone=True))
    deliver(office, "2026-04-01", row(1, known="2026-03-05", of="B"))
    assert len(office.rows("payments")) == 3


def test_what_waits_or_was_delivered_again_is_told(office: Office) -> None:
    office.put_raw("payments_1.csv", HEADER + row(1, known="2026-01-02"))
    office.retake("2026-03-01", payments)
    office.put_raw("payments_2.csv", HEADER + row(2, known="2026-03-02"))
    taken = office.retake("2026-04-01", payments)
    assert [file.name for file in taken.delivery.files] == ["payments_2.csv"]
    assert taken.delivery.again == ("payments_1.csv",)


def test_a_column_declared_later_is_missing_in_older_rows(office: Office) -> None:
    body = {"__doc__": "One.", "happened_on": "paid_on", "known_at": "loaded_at", "amount": Column("A.")}
    narrow = registry(key="payment_id", purpose="p", owner="o")(type("payments", (), dict(body)))
    wide_body = body | {"amount": None, "kind": Column("K.", type="code")}
    del wide_body["amount"]
    wide = registry(key="payment_id", purpose="p", owner="o")(type("payments", (), wide_body))
    office.put_raw("payments.csv", HEADER + row(1, known="2026-01-02"))
    office.take("2026-03-01", narrow)
    office.put_raw("payments.csv", HEADER + row(1, known="2026-03-02", name="p2"))
    office.take("2026-04-01", wide)
    assert sorted(values(office.rows("payments"), "kind", "delivery"), key=lambda told: told[1]) == [
        (None, 1),
        ("1", 2),
    ]
    assert "amount" not in office.rows("payments")[0]


MEMBERS = "id,person_id,family_id,joined,left_on,loaded_at\n"
WAGES = "person_id,month,filed_on,amount\n"


def buckets_of_wages(office: Office) -> list[tuple[int, float]]:
    return sorted(values(office.rows("wages"), "bucket", "amount"))


def test_persons_without_a_family_wait_until_a_membership_places_them(office: Office) -> None:
    office.put_raw("wages.csv", WAGES + "anna,31.01.2026,2026-02-10,7\nbob,31.01.2026,2026-02-10,8\n")
    office.take("2026-03-01", members, wages)
    assert buckets_of_wages(office) == [(-1, 7.0), (-1, 8.0)]
    office.put_raw("members.csv", MEMBERS + "m1,anna,A,2020-01-01,,2026-03-05\n")
    office.take("2026-04-01", members, wages)
    home = office.snapshot.bucket
    (where,) = (number for number in range(4) if family("A") in home(number).families)
    assert buckets_of_wages(office) == [(-1, 8.0), (where, 7.0)]
    (placed,) = (told for told in office.rows("wages") if told["bucket"] == where)
    assert (placed["delivery"], placed["known_at"]) == (1, as_known("2026-02-10"))


def test_a_later_row_joins_those_that_wait(office: Office) -> None:
    for month, day in (("31.01.2026", "2026-02-10"), ("28.02.2026", "2026-03-10")):
        office.put_raw("wages.csv", f"{WAGES}bob,{month},{day},8\n")
        office.take(day, members, wages)
    assert buckets_of_wages(office) == [(-1, 8.0), (-1, 8.0)]
    office.snapshot.verify()


def test_a_person_who_joins_another_family_brings_their_rows_along(office: Office) -> None:
    families = list("ABCDEFGH")
    office.put_raw("members.csv", MEMBERS + "m0,anna,A,2020-01-01,,2020-01-02\n")
    office.put_raw("wages.csv", WAGES + "anna,31.01.2026,2026-02-10,7\n")
    office.take("2026-03-01", members, wages)
    joins = [f"m{n},anna,{name},2026-03-02,,2026-03-03\n" for n, name in enumerate(families, start=1)]
    office.put_raw("members.csv", MEMBERS + "".join(joins))
    office.put_raw("wages.csv", WAGES + "anna,28.02.2026,2026-03-10,9\n")
    office.take("2026-04-01", members, wages)
    places = {number for number in range(4) if office.snapshot.bucket(number).families}
    assert len(places) > 1
    assert buckets_of_wages(office) == sorted((number, amount) for number in places for amount in (7.0, 9.0))


def test_a_bucket_of_several_deliveries_is_sorted_as_one(office: Office) -> None:
    small = Office(office.home, buckets=1)
    deliver(small, "2026-03-01", *(row(1, known="2026-01-02", name=f"p{n}", of=f"F{n}") for n in range(20)))
    deliver(small, "2026-04-01", *(row(2, known="2026-03-02", name=f"p{n}", of=f"F{n}") for n in range(15)))
    rows = small.snapshot.bucket(0).tables["payments"].to_pylist()
    order = values(rows, "family", "happened_on", "key", "known_at", "delivery")
    assert len(rows) == 35
    assert order == sorted(order)
