"""What registers get wrong: the impossible is quarantined with its reason; what could be true is kept or counted."""

from pathlib import Path

import pytest

from tayanch import Column, Id, registry
from tests.unit.intake.office import Office, local, person, values

HEADER = "jshshir,tur,oy,summa,yuklangan\n"
ANNA, BOB = "31210632040244", "31210932040247"
SWAPPED = "30211632040244"
"""Anna's id with two digits swapped so that it still passes the check."""
GOOD = f"{ANNA},1,2026-01-01,500,2026-01-10\n"
DAY = "2026-03-01"


@registry(key=("jshshir", "oy"), links="person", purpose="p", owner="o")
class wages:
    """One wage."""

    person = Id("jshshir", digits=14, weights=(7, 3, 1))
    happened_on, known_at = "oy", "yuklangan"
    kind = Column("Kind.", values={"1": "main", "2": "side"}, source="tur")
    amount = Column("Wage.", low=0, high=100_000, source="summa")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


IMPOSSIBLE: dict[str, tuple[str, str]] = {
    "an id missing": (",1,2026-01-01,500,2026-01-10\n", "jshshir is missing"),
    "an id mistyped": ("31210632040245,1,2026-01-01,500,2026-01-10\n", "jshshir is not a valid id"),
    "two digits swapped, as the check tells": (
        "13210632040244,1,2026-01-01,500,2026-01-10\n",
        "jshshir is not a valid id",
    ),
    "a code nobody declared": (f"{BOB},7,2026-01-01,500,2026-01-10\n", "tur is not one of its codes"),
    "a negative amount": (f"{BOB},1,2026-01-01,-500,2026-01-10\n", "summa is below 0"),
    "an amount beyond what is declared": (f"{BOB},1,2026-01-01,500000,2026-01-10\n", "summa is above 100000"),
    "a day in the future": (f"{BOB},1,2026-12-01,500,2026-01-10\n", "known before it happened"),
    "known in the future": (f"{BOB},1,2026-12-01,500,2026-12-10\n", "known after it was delivered"),
    "too few fields": (f"{BOB},1,2026-01-01\n", "more or fewer fields than the header"),
    "too many fields": (f"{BOB},1,2026-01-01,500,2026-01-10,x\n", "more or fewer fields than the header"),
    "a row given twice": (GOOD, "copy of another row"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_impossible_is_quarantined_with_its_reason(office: Office, name: str) -> None:
    row, reason = IMPOSSIBLE[name]
    office.put_raw("wages.csv", HEADER + GOOD + row)
    (file,) = office.take(DAY, wages).delivery.files
    assert (file.rows, file.kept, file.reasons) == (2, 1, ((reason, 1),))
    assert values(office.rows("wages"), "person", "amount") == [(person(ANNA), 500.0)]


def test_a_row_told_in_two_ways_at_one_time_is_quarantined_both_times(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + GOOD + GOOD.replace("500", "900"))
    (file,) = office.take(DAY, wages).delivery.files
    assert file.reasons == (("another row has the same key and known_at and says something else", 2),)


def test_a_row_given_again_in_a_later_delivery_is_counted_as_unchanged(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + GOOD)
    office.take(DAY, wages)
    office.put_raw("wages.csv", HEADER + GOOD + f"{BOB},1,2026-02-01,500,2026-03-10\n")
    (file,) = office.take("2026-04-01", wages).delivery.files
    assert (file.kept, file.unchanged, file.quarantined) == (2, 1, 0)


def test_a_late_row_counts_from_when_it_was_known(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + f"{BOB},1,2025-01-01,500,2026-02-20\n")
    assert office.take(DAY, wages).delivery.kept == 1
    assert values(office.rows("wages"), "known_at") == [local("2026-02-20 00:00")]


def test_a_late_correction_is_a_version_and_one_that_comes_after_its_delivery_is_counted(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + GOOD + GOOD.replace("500", "900").replace("01-10", "02-10"))
    assert office.take(DAY, wages).delivery.kept == 2
    office.put_raw("wages.csv", HEADER + GOOD.replace("500", "950").replace("01-10", "02-20"))
    (file,) = office.take("2026-04-01", wages).delivery.files
    assert (file.kept, file.backdated) == (1, 1)
    found = sorted(values(office.rows("wages"), "known_at", "amount"))
    assert [amount for _, amount in found] == [500.0, 900.0, 950.0]
    assert found[2][0] == local("2026-04-01 00:00")


def test_two_digits_swapped_that_still_pass_are_another_person_who_waits_for_a_family(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + GOOD.replace(ANNA, SWAPPED))
    assert office.take(DAY, wages).delivery.kept == 1
    assert values(office.rows("wages"), "bucket", "person") == [(-1, person(SWAPPED))]


def test_an_amount_in_thousands_that_is_within_bounds_is_kept(office: Office) -> None:
    office.put_raw("wages.csv", HEADER + GOOD.replace("500", "0.5"))
    assert office.take(DAY, wages).delivery.kept == 1


def test_a_registry_of_which_nothing_came_is_told(office: Office) -> None:
    office.put_raw("other.csv", "x\n")
    office.put_raw("wages.csv", HEADER)
    taken = office.take(DAY, wages)
    assert (taken.delivery.rows, taken.delivery.unclaimed) == (0, ("other.csv",))
