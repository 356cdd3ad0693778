"""The tables, the same on SQLite and PostgreSQL, and the triggers that keep the log from being changed."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
)

from tayanch.errors import StateError

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond. A time without a zone is refused, for nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, as it is stored."""
        if value is not None and value.tzinfo is None:
            raise StateError("a time without a zone was given", do="give an instant in UTC.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC, as it was given."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


families = Table(
    "families",
    metadata,
    Column("handle", String(26), primary_key=True),
    Column("project", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    UniqueConstraint("project", "family"),
)

lists = Table(
    "lists",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("project", String(64), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("release_name", String(64), nullable=False),
    Column("release_version", String(64), nullable=False),
    Column("release_digest", String(64), nullable=False),
    Column("snapshot", String(64), nullable=False),
    Column("bands", Text, nullable=False),
    Column("published_at", Instant),
    Index("lists_published", "project", "published_at"),
)

scores = Table(
    "scores",
    metadata,
    Column("list", ForeignKey("lists.id"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("handle", ForeignKey("families.handle"), nullable=False),
    Column("score", Float(53)),
    Column("band", String(16), nullable=False),
    Column("area", String(128), nullable=False),
    Column("reasons", Text, nullable=False),
    UniqueConstraint("handle", "list"),
    Index("scores_by_band", "list", "band", "rank"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(32), nullable=False),
    Column("passphrase", String(128), nullable=False),
    Column("changed_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", ForeignKey("accounts.name"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("attempt", String(32), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("tries_by_digest", "digest", "at"),
)

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("family", String(26), nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Index("events_by_family", "family", "seq"),
)

# SQLite's INSERT OR REPLACE deletes without firing a delete trigger, hence the third.
_SQLITE = (
    "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER events_no_replace BEFORE INSERT ON events "
    "WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq OR digest = NEW.digest) "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
    "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events "
    "FOR EACH ROW EXECUTE FUNCTION events_append_only()",
    "CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events "
    "FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()",
)
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        event.listen(events, "after_create", DDL(_statement).execute_if(dialect=_dialect))
