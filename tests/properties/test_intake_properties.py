"""Whatever is delivered: rows in = kept + quarantined, no delivery changes the past, and nobody's id is told."""

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tayanch.declare.forms import canonical, to_plain
from tayanch.errors import IntakeError
from tests.unit.intake.office import Office, local, payments

COLUMNS = ("payment_id", "family_id", "paid_on", "loaded_at", "is_deleted", "kind", "amount", "children", "until")
FIRST, SECOND = date(2026, 3, 1), date(2026, 4, 1)
few = settings(max_examples=settings.default.max_examples // 8)
"""A delivery takes a fifth of a second."""
MARK = re.compile("marked", re.IGNORECASE)


def days(first: date, last: date) -> st.SearchStrategy[str]:
    return st.dates(first, last).map(str)


def mostly(good: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Good cells, and now and then nothing or nonsense."""
    return st.one_of(
        good, good, good, st.sampled_from(["", "Marked-x", '"', "0000-00-00", "2027-01-01", "-1", "1e9", "\t", "ў|;"])
    )


ROWS = st.lists(
    st.tuples(
        mostly(st.sampled_from(["Marked-1", "Marked-2", "Marked-3"])),
        mostly(st.sampled_from(["Marked-A", "Marked-B"])),
        mostly(days(date(2026, 1, 1), date(2026, 1, 3))),
        mostly(days(date(2026, 1, 2), date(2026, 3, 31))),
        mostly(st.sampled_from(["", "1"])),
        mostly(st.sampled_from(["1", "2"])),
        mostly(st.sampled_from(["1", "2", "3"])),
        mostly(st.sampled_from(["", "4"])),
        mostly(st.just("")),
    ),
    max_size=12,
)


def as_csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue()


@contextmanager
def an_office() -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as folder:
        yield Office(Path(folder), buckets=2)


def known_before(office: Office, day: date) -> list[dict[str, Any]]:
    return [row for row in office.rows("payments") if row["known_at"] < local(f"{day} 00:00")]


@few
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_every_row_is_kept_or_quarantined(files: list[list[tuple[str, ...]]]) -> None:
    with an_office() as office:
        for number, rows in enumerate(files):
            office.put_raw(f"payments_{number}.csv", as_csv(rows))
        taken = office.retake(str(FIRST), payments)
        assert [file.rows for file in taken.delivery.files] == [len(rows) for rows in files]
        for file in taken.delivery.files:
            assert file.rows == file.kept + file.quarantined
        stored = [row for row in office.rows("payments") if row["claimed_known_at"]]
        assert len(stored) == taken.delivery.kept - taken.delivery.unchanged
        assert not MARK.search(
            repr(taken) + canonical(to_plain(office.snapshot.manifest)) + repr(office.rows("payments"))
        )


@few
@given(ROWS, ROWS)
def test_a_later_delivery_changes_nothing_that_was_known_before(first: list[Any], second: list[Any]) -> None:
    with an_office() as office:
        office.put_raw("payments.csv", as_csv(first))
        kept = office.take(str(FIRST), payments).delivery.kept
        before = known_before(office, FIRST)
        office.put_raw("payments.csv", as_csv(second))
        office.take(str(SECOND), payments)
        after = known_before(office, FIRST)
        assert [row for row in after if row["delivery"] == 1] == before
        if kept:
            assert after == before


@few
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_account(rows: list[Any], random: Any) -> None:
    parts: set[str] = set()
    for _ in range(2):
        with an_office() as office:
            office.put_raw("payments.csv", as_csv(rows))
            office.take(str(FIRST), payments)
            (found,) = office.snapshot.manifest.registries
            parts.add(canonical(to_plain(found.buckets)))
        random.shuffle(rows)
    assert len(parts) == 1


@few
@given(ROWS, ROWS)
def test_what_was_delivered_already_adds_nothing(first: list[Any], second: list[Any]) -> None:
    with an_office() as office:
        office.put_raw("payments.csv", as_csv(first))
        office.take(str(FIRST), payments)
        office.put_raw("payments.csv", as_csv(second))
        office.take(str(SECOND), payments)
        before = office.rows("payments")
        office.put_raw("payments.csv", as_csv(second) + "\n")
        office.take(str(SECOND + timedelta(days=1)), payments)
        assert office.rows("payments") == before


@few
@given(st.one_of(st.binary(max_size=200), st.text("marked,;|\t\"'\n\r0 \ufeffў", max_size=120).map(str.encode)))
def test_any_bytes_are_refused_clearly_or_taken_in(content: bytes) -> None:
    with an_office() as office:
        office.put_raw("payments.csv", ",".join(COLUMNS).encode() + b"\n" + content)
        try:
            taken = office.retake(str(FIRST), payments)
        except IntakeError as refused:
            told, rows = str(refused), 0
            kept = quarantined = 0
        else:
            told, rows = "payments.csv: " + repr(taken), taken.delivery.rows
            kept, quarantined = taken.delivery.kept, taken.delivery.quarantined
        assert told.startswith("payments.csv: ")
        assert not MARK.search(told)
        assert rows == kept + quarantined
