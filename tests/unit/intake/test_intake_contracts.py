"""What a delivery does not keep of what is expected of it is found, told in figures, and refused only when asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch import Column, beginning, registry
from tayanch.errors import IntakeError, StoreError
from tayanch.intake.delivery import Taken, take_in
from tayanch.intake.findings import Finding, Judged, findings
from tayanch.intake.rehearsal import rehearse
from tayanch.vocabulary import Length
from tests.unit.intake.office import Office

few = settings(max_examples=settings.default.max_examples // 2)


@registry(key="id", purpose="p", owner="o")
class bills:
    """One bill."""

    files = "bills-{area}.csv"
    happened_on, known_at, retracted = "month", "loaded", "gone"
    silent_after, fewest = 2, 0.5
    paid = Column("Paid.", most_missing=0.1)


@registry(key="id", purpose="p", owner="o")
class visits:
    """One visit."""

    happened_on, known_at = "day", "loaded"
    silent_after, fewest, by_area = 2, 0.5, beginning("family_id", characters=1)


@registry(key="id", purpose="p", owner="o", announced=True)
class ends:
    """One end of a benefit."""

    happened_on, known_at = "day", "loaded"
    silent_after = 1


MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


def bill(number: int, month: str, *, paid: str = "5", gone: str = "") -> str:
    return f"{month}-{number},A,{month}-01,{month}-20,{gone},{paid}\n"


def put_bills(office: Office, area: str, counts: dict[str, int], *, paid: str = "5") -> None:
    rows = "".join(
        bill(100 * hash_of(area) + n, month, paid=paid) for month, count in counts.items() for n in range(count)
    )
    office.put_raw(f"bills-{area}.csv", "id,family_id,month,loaded,gone,paid\n" + rows)


def hash_of(area: str) -> int:
    return sum(map(ord, area))


def put_visits(office: Office, days: list[tuple[str, str]]) -> None:
    rows = "".join(f"v{n},{family},{day},{day}\n" for n, (family, day) in enumerate(days))
    office.put_raw("visits.csv", "id,family_id,day,loaded\n" + rows)


def told(taken: Taken) -> list[str]:
    return [str(finding) for finding in taken.delivery.findings]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_an_area_that_sends_far_fewer_rows_than_usual_is_found(office: Office) -> None:
    usual = dict.fromkeys(MONTHS, 40)
    put_bills(office, "north", usual)
    put_bills(office, "south", usual | {"2025-10": 12})
    put_bills(office, "west", usual | {"2025-10": 21})
    taken = office.take("2025-12-25", bills)
    assert told(taken) == ["bills in south: rows of 2025-10: 12 (usually 40, at least 20)"]
    (found,) = taken.delivery.findings
    assert (found.area, found.month, found.usual, found.met) == ("south", date(2025, 10, 1), 40.0, 12.0)


def test_an_area_whose_file_does_not_come_is_found(office: Office) -> None:
    for area in ("north", "south"):
        put_bills(office, area, dict.fromkeys(MONTHS[:9], 40))
    assert told(office.take("2025-11-01", bills)) == []
    put_bills(office, "north", dict.fromkeys(MONTHS[9:11], 40))
    assert told(office.take("2026-01-01", bills)) == [
        "bills in south: rows of 2025-10: 0 (usually 40, at least 20)",
        "bills in south: rows of 2025-11: 0 (usually 40, at least 20)",
    ]


def test_a_month_is_judged_once(office: Office) -> None:
    put_bills(office, "north", dict.fromkeys(MONTHS[:10], 40) | {"2025-10": 3})
    assert len(told(office.take("2025-12-01", bills))) == 1
    put_bills(office, "north", {"2025-11": 40})
    assert told(office.take("2025-12-20", bills)) == []


def test_a_small_area_is_not_told_of_for_a_row_or_two(office: Office) -> None:
    put_bills(office, "north", dict.fromkeys(MONTHS, 8) | {"2025-10": 0})
    put_bills(office, "south", dict.fromkeys(MONTHS, 10) | {"2025-10": 0})
    assert told(office.take("2025-12-25", bills)) == ["bills in south: rows of 2025-10: 0 (usually 10, at least 5)"]


def test_a_register_of_quarters_is_judged_by_its_quarters(office: Office) -> None:
    days = [
        (area, f"{year}-{month}-05")
        for year in (2023, 2024, 2025)
        for month in ("03", "06", "09")
        for area in "NS" * 20
    ]
    put_visits(office, [told for told in days if told != ("S", "2025-09-05")])
    assert told(office.take("2025-11-05", visits)) == ["visits in S: rows of 2025-09: 0 (usually 20, at least 10)"]


def test_a_source_that_is_silent_is_found_whether_files_come_or_not(office: Office) -> None:
    put_visits(office, [("N", "2025-09-05")] * 1)
    assert told(office.take("2025-11-05", visits, bills)) == []
    put_bills(office, "north", {"2025-10": 1})
    assert told(office.take("2025-11-06", visits, bills)) == ["visits: the newest row is 62 days old, at most 61"]


def test_what_is_announced_is_as_new_as_the_day_it_was_told(office: Office) -> None:
    row = "e1,A,2027-01-01,2025-09-30T20:00:00Z\n"  # the 1st of October in Tashkent
    office.put_raw("ends.csv", "id,family_id,day,loaded\n" + row)
    assert told(office.take("2025-11-01", ends)) == []
    office.put_raw("ends.csv", "id,family_id,day,loaded\n" + row + "\n")
    assert told(office.take("2025-11-02", ends, afresh=True)) == ["ends: the newest row is 32 days old, at most 31"]


def test_a_column_that_comes_empty_is_found_by_area(office: Office) -> None:
    put_bills(office, "north", {"2025-11": 50})
    put_bills(office, "south", {"2025-11": 50}, paid="")
    taken = office.take("2025-12-25", bills)
    assert told(taken) == ["bills in south: 100.0 % lack paid, at most 10 %"]


def test_a_share_that_may_be_chance_is_not_told(office: Office) -> None:
    """Of 40 rows 4 may lack the value, and by chance up to 3 × √(40 · 0.1 · 0.9) = 5.7 more."""
    for absent, expected in ((9, []), (10, ["bills in north: 25.0 % lack paid, at most 10 %"])):
        rows = [bill(n, "2025-11", paid="" if n < absent else "5") for n in range(40)]
        office.put_raw("bills-north.csv", "id,family_id,month,loaded,gone,paid\n" + "".join(rows))
        assert told(office.take("2025-12-25", bills, afresh=True)) == expected


def stored(office: Office) -> dict[str, bytes]:
    files = [path for path in (office.home / "work").rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path): path.read_bytes() for path in files}


def test_a_strict_intake_refuses_and_changes_nothing(office: Office) -> None:
    put_visits(office, [("N", "2025-01-05")])
    office.take("2025-02-01", visits)
    before = stored(office)
    put_visits(office, [("N", "2025-01-06")])
    strict = replace(office.into, strict=True)
    with pytest.raises(IntakeError) as error:
        take_in((visits,), office.inbox, into=strict, delivered=date(2025, 5, 1))
    assert str(error.value) == (
        "the delivery does not keep what is expected of it: visits: the newest row is 115 days old, at most 61: "
        "see all with --dry-run; have it delivered again, or take it in without --strict."
    )
    assert stored(office) == before
    assert told(office.retake("2025-05-01", visits)) == ["visits: the newest row is 115 days old, at most 61"]


def test_a_strict_intake_takes_what_keeps_its_contract(office: Office) -> None:
    put_visits(office, [("N", "2025-04-05")])
    assert take_in((visits,), office.inbox, into=replace(office.into, strict=True), delivered=date(2025, 5, 1)).fresh


def test_a_refusal_tells_the_first_findings_and_counts_the_others(office: Office) -> None:
    for area in "abcdefg":
        put_bills(office, area, dict.fromkeys(MONTHS, 40) | {"2025-10": 0})
    with pytest.raises(
        IntakeError, match=r"bills in e: rows of 2025-10: 0 \(usually 40, at least 20\); and 2 more: see"
    ):
        take_in((bills,), office.inbox, into=replace(office.into, strict=True), delivered=date(2025, 12, 25))


def test_a_dry_run_finds_the_same(office: Office) -> None:
    put_bills(office, "north", dict.fromkeys(MONTHS[:9], 40))
    office.take("2025-11-05", bills)
    put_bills(office, "north", {"2025-10": 1})
    rehearsed = rehearse((bills,), office.inbox, into=office.into, delivered=date(2026, 1, 5))
    real = office.retake("2026-01-05", bills)
    assert told(rehearsed) == told(real) != []
    assert rehearsed.snapshot == real.snapshot


def test_another_contract_is_no_other_declaration_of_the_rows(office: Office) -> None:
    put_visits(office, [("N", "2025-04-05")])
    office.retake("2025-05-01", visits)
    assert replace(visits, silent_after=7).digest != visits.digest
    assert not office.retake("2025-05-01", replace(visits, silent_after=7)).fresh
    with pytest.raises(IntakeError, match="declared otherwise than when this file was taken in"):
        office.retake("2025-05-01", replace(visits, retracted="loaded"))


ROWS = """
    id  | family_id | month      | loaded     | gone | paid
    b1  | A         | 2025-01-01 | 2025-01-20 |      | 5
    b1  | A         | 2025-01-01 | 2025-01-20 |      | 5
    b2  | A         | 2025-01-01 | 2025-02-03 |      |
    b3  | B         | 2025-02-01 | 2025-02-20 | 1    |
    b4  | B         | 2025-02-01 | 2025-02-20 |      | x
"""
LATER = """
    id  | family_id | month      | loaded     | gone | paid
    b1  | A         | 2025-01-01 | 2025-01-20 |      | 5
    b2  | A         | 2025-01-01 | 2025-03-03 |      | 7
    b5  | C         | 2025-03-01 | 2025-03-20 |      | 7
"""


def test_what_came_when_is_what_the_snapshot_holds_counted_row_by_row(office: Office) -> None:
    office.put("bills-north.csv", ROWS)
    office.take("2025-03-01", bills)
    office.put("bills-south.csv", LATER)
    office.take("2025-04-01", bills)
    counted: Counter[Any] = Counter()
    newest: dict[Any, tuple[date, datetime]] = {}
    for row in office.rows("bills"):
        if not row["retracted"]:
            place = (row["delivery"], row["happened_on"].replace(day=1))
            counted[place] += 1
            newest[place] = max(
                newest.get(place, (date.min, datetime.min.replace(tzinfo=UTC))), (row["happened_on"], row["known_at"])
            )
    found = office.snapshot.arrivals().to_pylist()
    assert {(row["delivery"], row["month"]): row["rows"] for row in found} == counted
    assert {(r["delivery"], r["month"]): (r["newest_happened_on"], r["newest_known_at"]) for r in found} == newest
    assert {(row["delivery"], row["area"]) for row in found} == {(1, "north"), (2, "south")}
    assert {row["delivered"] for row in found} == {date(2025, 3, 1), date(2025, 4, 1)}


def test_a_damaged_table_of_arrivals_is_named_and_the_parts_are_counted(office: Office) -> None:
    office.put("bills-north.csv", ROWS)
    office.take("2025-03-01", bills)
    seen: list[tuple[str, int, int]] = []
    count = office.snapshot.verify(lambda stage, done, total: seen.append((stage, done, total)))
    assert seen == [("verifying", done, count) for done in range(1, count + 1)]
    (part,) = (part for folder, part in office.snapshot.manifest.parts() if folder == "arrivals")
    path = office.snapshot.files.part_path("arrivals", part)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match=path.name):
        office.snapshot.verify()


def test_a_delivery_that_tells_nothing_new_has_no_table(office: Office) -> None:
    office.put("bills-north.csv", ROWS)
    office.take("2025-03-01", bills)
    office.put("bills-north.csv", ROWS + "\n    b1  | A         | 2025-01-01 | 2025-01-20 |      | 5\n")
    office.take("2025-04-01", bills)
    assert [bool(delivery.arrivals) for delivery in office.snapshot.deliveries] == [True, False]


START = date(2020, 1, 1)
COUNTS = st.lists(
    st.lists(st.sampled_from([0, 0, 3, 20, 40, 45, 400]), min_size=2, max_size=2), min_size=1, max_size=40
)


def slow_few_rows(counts: list[list[int]], delivered: date, last: date | None) -> list[tuple[int, date]]:
    """By the letter of the rule: months as numbers, a list of all of them, no shared code."""

    def number(day: date) -> int:
        return day.year * 12 + day.month - 1

    def in_country(month: int) -> int:
        place = month - number(START)
        return sum(counts[place]) if 0 <= place < len(counts) else 0

    def tells(month: int, newest: int) -> bool:
        monthly = sum(in_country(newest - ago) > 0 for ago in range(12)) > 6
        sent = [m for m in range(number(START), number(START) + len(counts)) if in_country(m)]
        return month >= min(sent) if monthly else month in sent

    limit = number(Length(months=visits.silent_after).before(delivered))
    since = limit - 12 if last is None else number(Length(months=visits.silent_after).before(last))
    due = [month for month in range(since + 1, limit + 1) if tells(month, limit)] if any(map(sum, counts)) else []
    found: list[tuple[int, date]] = []
    for month in due[-1:] if last is None else due:
        before = [m for m in range(month - 60, month) if tells(m, month - 1)][-12:]
        for area in (0, 1):
            told = [counts[m - number(START)][area] if 0 <= m - number(START) < len(counts) else 0 for m in before]
            place = month - number(START)
            met = counts[place][area] if 0 <= place < len(counts) else 0
            seen = any(by_area[area] for by_area in counts)
            if seen and len(told) >= 3 and met < median(told) / 2 and median(told) - met > 3 * median(told) ** 0.5:
                found.append((area, date(month // 12, month % 12 + 1, 1)))
    return found


@few
@given(COUNTS, st.integers(0, 1500), st.none() | st.integers(0, 400))
def test_few_rows_are_found_as_the_rule_says(counts: list[list[int]], day: int, ago: int | None) -> None:
    delivered = START + timedelta(days=day)
    last = None if ago is None else delivered - timedelta(days=ago)
    rows = [
        {"area": str(area), "month": Length(months=n).after(START), "rows": rows}
        | {"newest_happened_on": Length(months=n).after(START)}
        for n, by_area in enumerate(counts)
        for area, rows in enumerate(by_area)
        if rows
    ]
    judged = Judged(visits, delivered, last, (), rows, came=True)
    found = [finding for finding in findings(judged) if finding.breach == "rows"]
    assert [(int(f.area), f.month) for f in found] == slow_few_rows(counts, delivered, last)


def test_a_finding_says_only_what_is_known() -> None:
    assert str(Finding("a", "missing", 0.05, 0.125, column="x")) == "a: 12.5 % lack x, at most 5 %"
