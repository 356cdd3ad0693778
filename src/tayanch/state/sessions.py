"""Signing in and staying signed in. A session's id is known to its holder only: stored is its digest."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from tayanch.errors import AccessError
from tayanch.state.accounts import Account, find_account, fits, plain_name
from tayanch.state.database import Database
from tayanch.state.events import Act, EventKind, append
from tayanch.state.tables import accounts, sessions, tries

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
AT_ONCE = 3
_HELD = (
    select(sessions, accounts)
    .join(accounts, sessions.c.account == accounts.c.name)
    .where(sessions.c.digest == bindparam("held"))
)
_REMEMBERED = timedelta(minutes=1)  # a session's last use is written at most this often

WINDOW = timedelta(minutes=15)
TRIES_PER_PLACE = 10  # of one name from one address
TRIES_IN_ALL = 50  # of one name from anywhere, or of any name from one address: an office shares one


class TooManyTries(AccessError):
    """Someone has guessed too often; also whoever knows the passphrase has to wait."""


@dataclass(frozen=True)
class Session:
    """Someone who is signed in. `id` is the secret the browser holds (256 bits, URL-safe)."""

    id: str
    account: Account
    started_at: datetime


def sign_in(database: Database, name: str, *, passphrase: str, address: str, at: datetime) -> Session:
    """A new session; beyond three of one account the oldest ends.

    The try is counted before the passphrase is looked at, so that many at once count too.

    Raises:
        AccessError: when name and passphrase don't fit.
        TooManyTries: after 10 tries in 15 minutes from one place.
    """
    attempt = _Attempt(plain_name(name), address)
    found = _count(database, attempt, at=at)
    if not fits(found[1] if found else None, passphrase) or found is None:
        _log_refusal(database, found[0].name if found else "", at=at)
        raise AccessError("name and passphrase don't fit", do="try again, or ask for a new passphrase.")
    return _start(database, found[0], attempt=attempt, at=at)


def session_of(database: Database, id: str, *, at: datetime) -> Session | None:
    """The session with this id, or None when there is none or it has ended. Using it keeps it from idling out."""
    with database.reading() as connection:
        row = connection.execute(_HELD, {"held": _digest(id)}).first()
    if row is None or not _alive(row, at):
        return None
    if at - row.seen_at >= _REMEMBERED:
        _remember(database, id, at=at)
    return Session(id, Account(row.name, row.role), row.started_at)


def sign_out(database: Database, session: Session, *, at: datetime) -> None:
    """Ends the session."""
    with database.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.digest == _digest(session.id)))
        append(connection, Act(EventKind.SIGNED_OUT, session.account.name), at=at)


@dataclass(frozen=True)
class _Attempt:
    """One try to sign in. Tries are counted by digests: a mistyped name may be a passphrase."""

    name: str
    address: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def here(self) -> str:
        return _digest(f"name {self.name} address {self.address}")

    @property
    def limits(self) -> dict[str, int]:
        by_name, by_address = _digest(f"name {self.name}"), _digest(f"address {self.address}")
        return {self.here: TRIES_PER_PLACE, by_name: TRIES_IN_ALL, by_address: TRIES_IN_ALL}


def _count(database: Database, attempt: _Attempt, *, at: datetime) -> tuple[Account, str] | None:
    with database.writing() as connection:
        connection.execute(delete(tries).where(tries.c.at <= at - WINDOW))
        full = any(_tries(connection, digest) >= limit for digest, limit in attempt.limits.items())
        if not full:
            rows = [{"attempt": attempt.id, "digest": digest, "at": at} for digest in attempt.limits]
            connection.execute(insert(tries), rows)
        found = find_account(connection, attempt.name)
    if full:
        raise TooManyTries("too many tries to sign in", do=f"wait {WINDOW.seconds // 60} minutes and try again.")
    return found


def _tries(connection: Connection, digest: str) -> int:
    return connection.execute(select(func.count()).select_from(tries).where(tries.c.digest == digest)).scalar_one()


def _log_refusal(database: Database, name: str, *, at: datetime) -> None:
    with database.writing() as connection:
        append(connection, Act(EventKind.SIGN_IN_REFUSED, name), at=at)


def _start(database: Database, account: Account, *, attempt: _Attempt, at: datetime) -> Session:
    id = secrets.token_urlsafe(32)
    with database.writing() as connection:
        connection.execute(delete(tries).where(or_(tries.c.attempt == attempt.id, tries.c.digest == attempt.here)))
        _make_room(connection, account.name, at=at)
        row = {"digest": _digest(id), "account": account.name, "started_at": at, "seen_at": at}
        connection.execute(insert(sessions).values(row))
        append(connection, Act(EventKind.SIGNED_IN, account.name), at=at)
    return Session(id, account, at)


def _make_room(connection: Connection, name: str, *, at: datetime) -> None:
    """Removes what has ended, and the oldest sessions so that one more stays within the limit."""
    ended = or_(sessions.c.seen_at <= at - IDLE, sessions.c.started_at <= at - ABSOLUTE)
    connection.execute(delete(sessions).where(ended))
    mine = select(sessions.c.digest).where(sessions.c.account == name).order_by(sessions.c.started_at.desc())
    kept = connection.scalars(mine).all()
    connection.execute(delete(sessions).where(sessions.c.digest.in_(kept[AT_ONCE - 1 :])))


def _alive(row: Row[Any], at: datetime) -> bool:
    return at - row.seen_at < IDLE and at - row.started_at < ABSOLUTE


def _remember(database: Database, id: str, *, at: datetime) -> None:
    with database.writing() as connection:
        connection.execute(update(sessions).where(sessions.c.digest == _digest(id)).values(seen_at=at))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
