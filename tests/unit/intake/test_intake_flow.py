"""A delivery becomes a snapshot: names, buckets, times, and everything once."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from tayanch.declare.registries import Registry
from tayanch.errors import StoreError
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.snapshot import open_snapshot
from tests.unit.intake.office import Office, family, key, local, payments, person, values, wages

PAYMENTS = """
    payment_id | family_id | paid_on    | loaded_at                 | is_deleted | kind | amount | children | until
    p1         | A         | 2026-01-05 | 2026-01-06                | 0          | 1    | 100    | 2        | 2026-12-31
    p2         | B         | 2026-01-07 | 2026-01-07 09:30          |            | 2    | 50.5   |          |
    p3         | A         | 2026-02-05 | 2026-02-06T01:00:00+00:00 | false      | 1    | 0      | 3.0      |
"""
MEMBERS = """
    id | person_id | family_id | joined     | left_on    | loaded_at
    m1 | anna      | A         | 2020-01-01 |            | 2020-02-01
    m2 | bob       | B         | 2020-01-01 | 2025-01-01 | 2025-02-01
    m3 | bob       | C         | 2025-01-01 | 9999-12-31 | 2025-02-01
"""
WAGES = """
    person_id | month      | filed_on   | amount
    bob       | 31.01.2026 | 2026-02-10 | 900
    anna      | 31.01.2026 | 2026-02-10 | 700
    carl      | 31.01.2026 | 2026-02-10 | 500
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def delivered(office: Office) -> Office:
    office.put("payments_2026.csv", PAYMENTS)
    office.put("members.csv", MEMBERS)
    office.put("wages.csv", WAGES)
    office.take("2026-03-01")
    return office


def test_values_are_read_as_declared(delivered: Office) -> None:
    rows = sorted(delivered.rows("payments"), key=lambda row: row["happened_on"])
    assert values(rows, "benefit", "amount", "children", "until") == [
        ("child", 100.0, 2, date(2026, 12, 31)),
        ("aid", 50.5, None, None),
        ("child", 0.0, 3, None),
    ]
    assert values(rows, "family") == [family("A"), family("B"), family("A")]
    assert values(rows, "key") == [key("p1"), key("p2"), key("p3")]
    assert values(rows, "retracted", "delivery") == [(False, 1)] * 3


def test_a_date_is_known_from_its_local_midnight_and_an_offset_is_respected(delivered: Office) -> None:
    rows = sorted(delivered.rows("payments"), key=lambda row: row["happened_on"])
    assert values(rows, "known_at") == [
        local("2026-01-06 00:00"),
        local("2026-01-07 09:30"),
        local("2026-02-06 06:00"),
    ]
    assert values(rows, "claimed_known_at") == values(rows, "known_at")


def test_the_types_of_a_bucket_are_those_promised(delivered: Office) -> None:
    tables = delivered.snapshot.bucket(0).tables
    instant = pa.timestamp("us", "UTC")
    version = [("key", pa.string()), ("happened_on", pa.date32()), ("known_at", instant), ("claimed_known_at", instant)]
    version += [("delivery", pa.int32()), ("retracted", pa.bool_())]
    declared = [("benefit", pa.string()), ("amount", pa.float64()), ("children", pa.int64()), ("until", pa.date32())]
    assert tables["payments"].schema == pa.schema([("family", pa.string()), *version, *declared])
    assert tables["wages"].schema == pa.schema([("person", pa.string()), *version, ("amount", pa.float64())])
    both = [("family", pa.string()), ("person", pa.string())]
    assert tables["members"].schema == pa.schema([*both, *version, ("left", pa.date32())])


def test_a_persons_rows_stand_in_the_bucket_of_every_family_they_ever_belonged_to(delivered: Office) -> None:
    found = {(row["person"], row["bucket"]) for row in delivered.rows("wages")}
    assert found == {
        (person("anna"), bucket_of(family("A"), 4)),
        (person("bob"), bucket_of(family("B"), 4)),
        (person("bob"), bucket_of(family("C"), 4)),
        (person("carl"), -1),
    }


def test_a_far_end_of_a_membership_is_no_end(delivered: Office) -> None:
    ends = {row["key"]: row["left"] for row in delivered.rows("members")}
    assert ends == {key("m1"): None, key("m2"): date(2025, 1, 1), key("m3"): None}


def test_every_family_is_listed_in_its_bucket(delivered: Office) -> None:
    found = {name: bucket.number for bucket in map(delivered.snapshot.bucket, range(4)) for name in bucket.families}
    assert found == {family(name): bucket_of(family(name), 4) for name in "ABC"}


def test_the_delivery_is_told_file_by_file(office: Office) -> None:
    office.put("payments_1.csv", PAYMENTS)
    office.put_raw("notes.txt", "hello")
    taken = office.take("2026-03-01")
    assert taken.fresh
    assert taken.snapshot == office.snapshot.digest
    (file,) = taken.delivery.files
    assert (file.registry, file.name, file.rows, file.kept, file.unchanged, file.reasons) == (
        *("payments", "payments_1.csv", 3, 3, 0),
        (),
    )
    assert (taken.delivery.number, taken.delivery.delivered) == (1, date(2026, 3, 1))
    assert taken.delivery.absent == ("members", "wages")
    assert taken.delivery.unclaimed == ("notes.txt",)
    assert not taken.quarantine.exists()


def test_progress_is_told(delivered: Office) -> None:
    assert delivered.told == [("taking in", done, 6) for done in range(1, 7)]


def test_the_same_files_again_change_nothing(office: Office) -> None:
    office.put("payments.csv", PAYMENTS)
    first = office.retake("2026-03-01")
    again = office.retake("2026-04-01")
    assert (again.fresh, again.snapshot) == (False, first.snapshot)
    assert again.delivery.digest == first.delivery.digest
    assert again.quarantine == first.quarantine


def test_the_same_delivery_elsewhere_gives_the_same_digest(tmp_path: Path) -> None:
    digests: set[str] = set()
    for place in ("one", "other"):
        (tmp_path / place).mkdir()
        office = Office(tmp_path / place)
        office.put("payments.csv", PAYMENTS)
        office.put("wages.csv", WAGES)
        digests.add(office.take("2026-03-01").snapshot)
    assert len(digests) == 1


def test_a_later_delivery_leaves_the_older_snapshot_as_it_was(delivered: Office) -> None:
    first = delivered.snapshot
    before = [first.bucket(number) for number in range(4)]
    delivered.put("payments.csv", PAYMENTS.replace("p1 ", "p9 ").replace("2026-02-06T01:00:00+00:00", "2026-03-06"))
    second = delivered.take("2026-03-10")
    assert second.snapshot != first.digest
    assert delivered.snapshot.manifest.parent == first.digest
    reopened = open_snapshot(delivered.home / "work", "agency", digest=first.digest)
    for number, bucket in enumerate(before):
        assert {name: table.to_pylist() for name, table in reopened.bucket(number).tables.items()} == {
            name: table.to_pylist() for name, table in bucket.tables.items()
        }
    reopened.verify()


def test_taken_in_afresh_the_deliveries_before_are_forgotten(delivered: Office) -> None:
    first = delivered.snapshot.digest
    delivered.put("payments.csv", PAYMENTS)
    delivered.take("2026-02-20", afresh=True)
    assert [delivery.number for delivery in delivered.snapshot.deliveries] == [1]
    assert delivered.rows("wages") == []
    assert open_snapshot(delivered.home / "work", "agency", digest=first).deliveries[0].delivered == date(2026, 3, 1)


def test_a_snapshot_knows_its_registries(delivered: Office) -> None:
    assert delivered.snapshot.registries == ("members", "payments", "wages")
    assert delivered.snapshot.declared("payments").digest == payments.digest
    with pytest.raises(StoreError) as error:
        delivered.snapshot.declared("payment")
    assert str(error.value) == "the snapshot has no registry payment: it has members, payments, wages."
    with pytest.raises(StoreError) as error:
        delivered.snapshot.bucket(4)
    assert str(error.value) == "there is no bucket 4: give one of 0 to 3."


def test_a_project_without_a_snapshot_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        open_snapshot(tmp_path, "agency")
    assert str(error.value) == "there is no snapshot of agency yet: run `tayanch intake` first."
    with pytest.raises(StoreError) as error:
        open_snapshot(tmp_path, "agency", digest="ab")
    assert str(error.value) == 'there is no snapshot "ab": name one that `tayanch intake` made.'


def test_one_file_can_serve_two_registries(office: Office) -> None:
    both: tuple[Registry, ...] = (payments, wages)
    office.put_raw("payments.csv", "payment_id,family_id,paid_on,loaded_at,is_deleted,kind,amount,children,until\n")
    office.put_raw("wages.csv", "person_id,month,filed_on,amount\n")
    taken = office.take("2026-03-01", *both)
    assert [(file.registry, file.rows) for file in taken.delivery.files] == [("payments", 0), ("wages", 0)]
