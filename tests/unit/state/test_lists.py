"""Lists: published whole or not at all, read with an event or not at all."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tayanch.errors import StateError
from tayanch.state.events import check_chain, events_of
from tayanch.state.lists import ListedFamily, current_list, publish
from tayanch.state.reads import Page, read_family, read_page, read_past
from tayanch.state.tables import families
from tayanch.vocabulary import Band

from .conftest import HEADING, NOON, rows


def test_before_the_first_list_there_is_none(database) -> None:
    assert current_list(database, "small") is None


def test_a_published_list_is_the_current_one(database) -> None:
    published = publish(database, HEADING, rows=rows(8), actor="cli", at=NOON)
    assert current_list(database, "small") == published
    assert current_list(database, "other") is None
    assert published.families == 8
    assert dict(published.bands)[Band.SOON] == 2


def test_a_later_list_takes_its_place_and_the_earlier_stays(database) -> None:
    first = publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    later = replace(HEADING, as_of=date(2026, 12, 1), release_version="2026-12")
    second = publish(database, later, rows=rows(2), actor="cli", at=NOON + timedelta(days=30))
    assert current_list(database, "small") == second
    assert len(read_page(database, first, page=Page(), actor="w", at=NOON).families) == 3


def test_handles_are_random_lasting_and_tell_nothing(database) -> None:
    published = publish(database, HEADING, rows=rows(50), actor="cli", at=NOON)
    first = _handles(database)
    publish(database, HEADING, rows=rows(51), actor="cli", at=NOON)
    assert {family: _handles(database)[family] for family in first} == first
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", handle) for handle in first.values())
    assert len(set(first.values())) == 50
    assert published.families == 50


def test_the_same_family_in_two_projects_has_two_handles(database) -> None:
    publish(database, HEADING, rows=rows(1), actor="cli", at=NOON)
    publish(database, replace(HEADING, project="other"), rows=rows(1), actor="cli", at=NOON)
    with database.reading() as connection:
        assert len(set(connection.scalars(select(families.c.handle)))) == 2


@pytest.mark.parametrize(
    ("page", "ranks", "earlier", "more"),
    [
        (Page(size=3), [1, 2, 3], 0, True),
        (Page(after=3, size=3), [4, 5, 6], 3, True),
        (Page(after=6, size=3), [7, 8], 6, False),
        (Page(before=4, size=3), [1, 2, 3], 0, True),
        (Page(before=7, size=3), [4, 5, 6], 3, True),
        (Page(after=8, size=3), [], 0, True),
        (Page(size=3, band=Band.IN_TURN), [3, 4], 0, False),
    ],
)
def test_pages(database, page: Page, ranks: list[int], earlier: int, more: bool) -> None:
    published = publish(database, HEADING, rows=rows(8), actor="cli", at=NOON)
    found = read_page(database, published, page=page, actor="w", at=NOON)
    assert [family.rank for family in found.families] == ranks
    assert (found.earlier, found.more) == (earlier, more)


def test_reading_is_logged_in_the_same_transaction(database) -> None:
    published = publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    page = read_page(database, published, page=Page(), actor="dilnoza", at=NOON)
    handle = page.families[0].handle
    seen = read_family(database, published, handle=handle, actor="dilnoza", at=NOON)
    assert seen is not None
    assert (seen.family, seen.score) == ("family-1", page.families[0])
    told = [(event.kind, event.actor, event.family, event.payload) for event in events_of(database, after=1)]
    assert told == [
        ("list_read", "dilnoza", "", '{"band":"","list":1,"ranks":[1,3]}'),
        ("family_read", "dilnoza", handle, '{"list":1}'),
    ]


def test_no_event_no_view(database) -> None:
    published = publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    handle = _handles(database)["family-1"]
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO gone"))
    for read in (
        lambda: read_page(database, published, page=Page(), actor="w", at=NOON),
        lambda: read_family(database, published, handle=handle, actor="w", at=NOON),
        lambda: read_past(database, handle, actor="w", at=NOON),
    ):
        with pytest.raises(StateError, match="the state database refused"):
            read()


def test_an_unknown_handle_is_no_family(database) -> None:
    published = publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    assert read_family(database, published, handle="0" * 26, actor="w", at=NOON) is None
    assert read_past(database, "0" * 26, actor="w", at=NOON) == ()


def test_a_family_that_left_the_list_is_still_found(database) -> None:
    publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    later = publish(database, HEADING, rows=rows(1), actor="cli", at=NOON + timedelta(days=1))
    seen = read_family(database, later, handle=_handles(database)["family-3"], actor="w", at=NOON)
    assert seen is not None
    assert seen.score is None


def test_the_scores_of_a_family_over_time(database) -> None:
    publish(database, HEADING, rows=rows(3), actor="cli", at=NOON)
    later = replace(HEADING, as_of=date(2026, 12, 1))
    publish(database, later, rows=rows(9), actor="cli", at=NOON + timedelta(days=30))
    past = read_past(database, _handles(database)["family-2"], actor="auditor", at=NOON)
    assert [(one.heading.as_of.month, one.score.rank, one.score.band) for one in past] == [
        (11, 2, Band.IN_TURN),
        (12, 2, Band.SOON),
    ]


def test_a_list_without_families_is_refused(database) -> None:
    with pytest.raises(StateError, match="a list without families can't be published"):
        publish(database, HEADING, rows=[], actor="cli", at=NOON)


def test_ranks_have_no_gaps(database) -> None:
    with pytest.raises(StateError, match="rank 3 stands where 2 was due: publish rows in order of rank, from 1"):
        publish(database, HEADING, rows=[rows(3)[0], rows(3)[2]], actor="cli", at=NOON)
    assert current_list(database, "small") is None


def test_a_family_stands_once(database) -> None:
    twice = [rows(2)[0], replace(rows(2)[1], family="family-1")]
    with pytest.raises(StateError, match="the family at rank 2 stands twice"):
        publish(database, HEADING, rows=twice, actor="cli", at=NOON)


def test_a_score_is_a_probability() -> None:
    with pytest.raises(StateError, match="the score at rank 1 is no probability"):
        ListedFamily("family", 1.2, Band.SOON, 1, "{}")


def test_an_interrupted_publication_is_not_shown_and_removed_by_the_next(database) -> None:
    def broken():
        yield from rows(6_000)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        publish(database, HEADING, rows=broken(), actor="cli", at=NOON)
    assert current_list(database, "small") is None
    published = publish(database, HEADING, rows=rows(2), actor="cli", at=NOON)
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM scores")) == 2
    assert current_list(database, "small") == published
    assert check_chain(database) == 1


def _handles(database) -> dict[str, str]:
    with database.reading() as connection:
        return {row.family: row.handle for row in connection.execute(select(families))}
