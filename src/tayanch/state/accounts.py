"""Accounts of people who sign in here: a name, one role, and an argon2id hash of a passphrase."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from tayanch.errors import StateError
from tayanch.state.database import Database
from tayanch.state.events import Act, EventKind, append
from tayanch.state.tables import accounts, sessions

SHORTEST, LONGEST = 12, 1024
_NAME = re.compile(r"[\w][\w.@-]{1,63}")
_hasher = PasswordHasher()  # argon2id with the parameters of RFC 9106 for servers with little memory
_at_once = threading.BoundedSemaphore(4)  # a hash takes 64 MiB: many sign-ins at a time must not take them all
_nobody = _hasher.hash("the passphrase of nobody")


@dataclass(frozen=True)
class Account:
    """Someone who may sign in. `role` says what they may do; which roles there are is the service's policy."""

    name: str
    role: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name != plain_name(self.name):
            raise StateError(
                "the account's name can't stand", do="use 2–64 lower-case letters, digits and the signs . _ @ -"
            )


def plain_name(typed: str) -> str:
    """A name as accounts are stored: without spaces around it, in lower case, each letter in one form."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def put_account(database: Database, account: Account, *, passphrase: str, by: str, at: datetime) -> None:
    """Makes the account, or gives an existing one this role and passphrase and ends its sessions.

    Raises:
        StateError: when the passphrase is too short or too long.
    """
    stored = _hash(passphrase)
    with database.writing() as connection:
        values = {"role": account.role, "passphrase": stored, "changed_at": at}
        known = connection.scalar(select(accounts.c.name).where(accounts.c.name == account.name)) is not None
        if known:
            connection.execute(update(accounts).where(accounts.c.name == account.name).values(values))
            connection.execute(delete(sessions).where(sessions.c.account == account.name))
        else:
            connection.execute(insert(accounts).values(name=account.name, **values))
        kind = EventKind.ACCOUNT_CHANGED if known else EventKind.ACCOUNT_MADE
        append(connection, Act(kind, by, payload={"account": account.name, "role": account.role}), at=at)


def find_account(connection: Connection, name: str) -> tuple[Account, str] | None:
    """The account of that name with its stored hash, or None."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
    return (Account(row.name, row.role), row.passphrase) if row else None


def fits(stored: str | None, passphrase: str) -> bool:
    """Whether the passphrase is the one stored. Without a stored hash it takes as long, so that names don't show."""
    try:
        with _at_once:
            return _hasher.verify(stored or _nobody, _normal(passphrase)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _hash(passphrase: str) -> str:
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise StateError(
            f"the passphrase has {len(passphrase)} characters", do=f"use {SHORTEST} to {LONGEST}: a few words do well."
        )
    return _hasher.hash(_normal(passphrase))


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFC", passphrase)
