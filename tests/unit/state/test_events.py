"""The log: it grows, it can't be changed, and a change made behind its back shows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tayanch.errors import StateError
from tayanch.state.events import START, Act, EventKind, check_chain, events_of, log

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
READ = Act(EventKind.FAMILY_READ, "dilnoza", "h" * 26, {"list": 1})


def test_each_event_fits_on_the_one_before(database) -> None:
    first = log(database, READ, at=NOON)
    second = log(database, READ, at=NOON + timedelta(seconds=1))
    assert (first.seq, first.previous) == (1, START)
    assert (second.seq, second.previous) == (2, first.digest)
    assert check_chain(database) == 2


def test_an_event_is_given_back_as_it_was_written(database) -> None:
    written = log(database, READ, at=NOON)
    assert list(events_of(database)) == [written]
    assert list(events_of(database, family="h" * 26)) == [written]
    assert list(events_of(database, family="other")) == []
    assert list(events_of(database, after=1)) == []


def test_the_digest_is_the_same_on_both_databases(database) -> None:
    assert log(database, READ, at=NOON).digest == "ab45f3e07763a9c0fba9328b536c7827a55badf61d8454da01293c43053283bd"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'someone'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT seq, at, kind, 'someone', family, payload, previous, digest FROM events",
        "TRUNCATE events",
    ],
)
def test_events_can_not_be_changed(database, statement: str) -> None:
    if statement.startswith("INSERT OR REPLACE") and not database.sqlite:
        pytest.skip("only SQLite has INSERT OR REPLACE")
    if statement.startswith("TRUNCATE") and database.sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    log(database, READ, at=NOON)
    with pytest.raises(StateError, match="the state database refused"), database.writing() as connection:
        connection.execute(text(statement))
    assert check_chain(database) == 1


@pytest.mark.parametrize("change", ["SET actor = 'someone'", "SET payload = '{}'", "SET family = ''", "SET seq = 7"])
def test_a_change_behind_the_triggers_shows(database, change: str) -> None:
    log(database, READ, at=NOON)
    log(database, READ, at=NOON)
    _without_triggers(database, f"UPDATE events {change} WHERE seq = 2")
    with pytest.raises(StateError, match="does not fit on the one before it"):
        check_chain(database)


def test_a_removed_event_shows(database) -> None:
    for _ in range(3):
        log(database, READ, at=NOON)
    _without_triggers(database, "DELETE FROM events WHERE seq = 2")
    with pytest.raises(StateError, match="event 3 does not fit"):
        check_chain(database)


def test_many_writers_at_once_make_one_chain(database) -> None:
    def write() -> None:
        for _ in range(10):
            log(database, READ, at=NOON)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check_chain(database) == 60


def test_a_time_without_a_zone_is_refused(database) -> None:
    with pytest.raises(StateError, match="a time without a zone was given"):
        log(database, READ, at=datetime(2026, 11, 1, 12))  # noqa: DTZ001


def _without_triggers(database, statement: str) -> None:
    with database.writing() as connection:
        if database.sqlite:
            for trigger in ("events_no_update", "events_no_delete"):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        connection.execute(text(statement))
