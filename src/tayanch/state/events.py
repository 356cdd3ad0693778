"""The log: what was done, by whom, about which family, when. Rows are added and never changed.

Each event's digest covers the one before it, so that a changed, removed or inserted row shows. (That the last rows
were cut off shows only to someone who kept an older digest.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, text

from tayanch.declare.forms import Plain, canonical
from tayanch.errors import StateError
from tayanch.state.database import Database
from tayanch.state.tables import events

START = "0" * 64
_LAST = select(events.c.seq, events.c.digest).order_by(events.c.seq.desc()).limit(1)
_CHAIN = 7_240_002  # the advisory lock on PostgreSQL under which the chain grows


class EventKind(StrEnum):
    """What can be done."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CHANGED = "account_changed"
    LIST_PUBLISHED = "list_published"
    LIST_READ = "list_read"
    FAMILY_READ = "family_read"
    FAMILY_SCORED = "family_scored"
    CATALOGUE_READ = "catalogue_read"
    RELEASE_SIGNED = "release_signed"
    RELEASE_PROMOTED = "release_promoted"
    RELEASE_WITHHELD = "release_withheld"


@dataclass(frozen=True)
class Act:
    """Something about to be logged.

    actor: the account's name, or what acted ("cli", "service"); family: its handle, or ""; payload: plain JSON values
    without names, addresses or ids.
    """

    kind: EventKind
    actor: str
    family: str = ""
    payload: Plain = None


@dataclass(frozen=True)
class Event:
    """One row of the log. `payload` is canonical JSON; `previous` is the digest of the event before."""

    seq: int
    at: datetime
    kind: str
    actor: str
    family: str
    payload: str
    previous: str

    @property
    def digest(self) -> str:
        """SHA-256 of all its fields in canonical JSON (64 hexadecimal characters)."""
        fields = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": self.kind,
            "actor": self.actor,
            "family": self.family,
            "payload": self.payload,
            "previous": self.previous,
        }
        return hashlib.sha256(canonical(fields).encode()).hexdigest()


def append(connection: Connection, act: Act, *, at: datetime) -> Event:
    """The event just added, in the transaction of what it tells about."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN})
    last = connection.execute(_LAST).first()
    seq, previous = (last.seq + 1, last.digest) if last else (1, START)
    payload = canonical({} if act.payload is None else act.payload)
    event = Event(seq, at, act.kind.value, act.actor, act.family, payload, previous)
    connection.execute(insert(events), {**vars(event), "digest": event.digest})
    return event


def log(database: Database, act: Act, *, at: datetime) -> Event:
    """The event just added, in a transaction of its own: for acts that leave nothing else in this database."""
    with database.writing() as connection:
        return append(connection, act, at=at)


def events_of(database: Database, *, family: str = "", after: int = 0) -> Iterator[Event]:
    """The events with a seq above `after`, oldest first; those about one family when its handle is given."""
    chosen = select(events).where(events.c.seq > after).order_by(events.c.seq)
    yield from (event for event, _ in _rows(database, chosen.where(events.c.family == family) if family else chosen))


def check_chain(database: Database) -> int:
    """The number of events, all of which fit on each other.

    Raises:
        StateError: naming the first event that does not.
    """
    seq, previous = 0, START
    for event, digest in _rows(database, select(events).order_by(events.c.seq)):
        seq += 1
        if (event.seq, event.previous, event.digest) != (seq, previous, digest):
            raise StateError(
                f"event {event.seq} does not fit on the one before it",
                do="compare with a backup: a row was changed, removed or put in.",
                where="events",
            )
        previous = digest
    return seq


def _rows(database: Database, chosen: Select[Any]) -> Iterator[tuple[Event, str]]:
    with database.reading() as connection, connection.execution_options(yield_per=1000).execute(chosen) as rows:
        for row in rows:
            yield _event(row), row.digest


def _event(row: Row[Any]) -> Event:
    return Event(row.seq, row.at, row.kind, row.actor, row.family, row.payload, row.previous)
