"""Buckets: ranges of families in order, as many as families need; and reading just what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.errors import StoreError
from tayanch.intake import work
from tayanch.intake.pseudonyms import bucket_of
from tayanch.store.laying import lay_out
from tests.unit.intake.office import Office, members, payments, wages

HEADER = "payment_id,family_id,paid_on,loaded_at,kind,amount,children,until,is_deleted\n"
MEMBERS = "id,person_id,family_id,joined,left_on,loaded_at\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def paid(*numbers: int, amount: int = 5) -> str:
    """Payments, each to a family of its own."""
    return HEADER + "".join(f"p{n},F{n},2026-01-05,2026-01-06 10:00,1,{amount},,,\n" for n in numbers)


def test_buckets_in_order_hold_families_in_order(office: Office) -> None:
    office.put_raw("payments.csv", paid(*range(60)))
    office.take("2026-03-01", payments)
    found = [office.snapshot.bucket(number).families for number in range(4)]
    assert all(found)
    joined = [family for families in found for family in families]
    assert joined == sorted(joined)
    assert len(joined) == 60
    assert [office.snapshot.families(number) for number in range(4)] == found
    assert bucket_of("0" * 32, 225) == 0
    assert bucket_of("f" * 32, 225) == 224


def test_the_first_delivery_fixes_how_many_buckets_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as its families need, at least sixteen; later ones keep to them, and so do registries without rows."""
    small = Office(tmp_path / "small", buckets=0)
    small.home.mkdir()
    small.put_raw("payments.csv", paid(1))
    small.take("2026-03-01")
    assert small.snapshot.buckets == 16
    assert {len(parts.buckets) for parts in small.snapshot.manifest.registries} == {16}
    monkeypatch.setattr(work, "FAMILIES", 3)
    large = Office(tmp_path / "large", buckets=0)
    large.home.mkdir()
    large.put_raw("members.csv", MEMBERS + "".join(f"m{n},a{n},F{n // 2},2026-01-01,,2026-01-01\n" for n in range(101)))
    large.put_raw("payments.csv", paid(1, 2))
    large.take("2026-03-01")
    assert large.snapshot.buckets == 17
    large.put_raw("payments.csv", paid(*range(3, 90)))
    large.take("2026-04-01")
    assert large.snapshot.buckets == 17
    assert sum(len(large.snapshot.families(number)) for number in range(17)) == 90


def test_keys_are_read_where_they_can_matter_only(office: Office) -> None:
    one = Office(office.home, buckets=1)
    one.put_raw("payments.csv", paid(1, 2))
    one.put_raw("members.csv", MEMBERS + "m1,anna,F1,2026-01-01,,2026-01-01\n")
    one.put_raw("wages.csv", "person_id,month,filed_on,amount\nanna,31.01.2026,2026-02-10,7\n")
    one.take("2026-03-01")
    found = one.snapshot.bucket(0, {"payments": ["amount"], "wages": []}).tables
    version = ["happened_on", "known_at", "delivery", "retracted"]
    assert found["payments"].column_names == ["family", *version, "amount"]
    assert found["members"].column_names == ["family", "person", *version, "left"]
    assert found["wages"].column_names == ["person", "key", *version]
    assert one.snapshot.bucket(0, {}).tables.keys() == {"members"}
    one.put_raw("payments.csv", paid(2, amount=6))
    one.take("2026-04-01")
    (parts,) = (told.buckets[0] for told in one.snapshot.manifest.registries if told.declared.name == "payments")
    assert [part.versioned for part in parts] == [False, True]
    assert "key" in one.snapshot.bucket(0, {"payments": []}).tables["payments"].column_names


def test_a_part_with_two_versions_of_a_row_says_so(office: Office) -> None:
    one = Office(office.home, buckets=1)
    one.put_raw("payments.csv", paid(1, 2) + "p2,F2,2026-01-05,2026-02-06 10:00,1,9,,,\n")
    one.take("2026-03-01", payments)
    (parts,) = (told.buckets[0] for told in one.snapshot.manifest.registries)
    assert [part.versioned for part in parts] == [True]
    rows = lay_out(one.snapshot.bucket(0, {"payments": ["amount"]})).rows("payments")
    assert rows is not None
    assert sorted((rows.replaced - rows.known).tolist())[0] == 31


def test_what_is_read_narrowly_is_laid_out_as_the_whole(office: Office) -> None:
    """Rows of several deliveries, versions among them, in the same places with the same values."""
    one = Office(office.home, buckets=1)
    for day, numbers in (("2026-03-01", range(9)), ("2026-04-01", range(5, 14))):
        one.put_raw("payments.csv", paid(*numbers, amount=len(day) + max(numbers)))
        one.put_raw("members.csv", MEMBERS + "".join(f"m{n},a{n},F{n},2026-01-01,,2026-01-01\n" for n in numbers))
        one.put_raw("wages.csv", "person_id,month,filed_on,amount\n" + f"a{max(numbers)},31.01.2026,2026-02-10,7\n")
        one.take(day)
    whole = lay_out(one.snapshot.bucket(0))
    narrow = lay_out(one.snapshot.bucket(0, {"payments": ["amount", "benefit"], "wages": ["amount"]}))
    assert narrow.names == whole.names
    for registry in (payments, members, wages):
        found, wanted = narrow.rows(registry.name), whole.rows(registry.name)
        assert found is not None
        assert wanted is not None
        for name in ("starts", "happened", "known", "replaced"):
            assert getattr(found, name).tolist() == getattr(wanted, name).tolist()
        for name in found.columns:
            assert repr(found.columns[name].values) == repr(wanted.columns[name].values)


def test_only_what_changes_is_made_of_something_else(office: Office) -> None:
    office.put_raw("payments.csv", paid(*range(60)))
    office.put_raw("members.csv", MEMBERS + "m1,anna,F1,2026-01-01,,2026-01-01\n")
    office.take("2026-03-01", payments, members)
    before = [office.snapshot.made_of(number) for number in range(4)]
    office.put_raw("payments.csv", paid(60))
    office.take("2026-04-01", payments, members)
    after = [office.snapshot.made_of(number) for number in range(4)]
    assert sum(a["payments"] != b["payments"] for a, b in zip(after, before, strict=True)) == 1
    assert all(a["members"] == b["members"] for a, b in zip(after, before, strict=True))
    for ask in (office.snapshot.made_of, office.snapshot.families, office.snapshot.bucket):
        with pytest.raises(StoreError, match=r"there is no bucket 4: give one of 0 to 3\."):
            ask(4)
