"""What makes a service: a published list, its database, accounts, and the server that shows it."""

from __future__ import annotations

import importlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from tayanch.cli import lists, screens
from tayanch.cli.desk import Bench, parse_day
from tayanch.release.releases import Release
from tayanch.state.accounts import Account, put_account
from tayanch.state.database import Database, open_database
from tayanch.state.lists import PublishedList

PASSPHRASE_BYTES = 12
BY = "tayanch"


def publish(work: Bench, release: Release, *, as_of: str = "") -> PublishedList:
    """The release's list as of a day (default: today), published."""
    day = parse_day(as_of) if as_of else work.today
    cohort = lists.score_cohort(work, release, day)
    lists.index_families(work)
    return lists.publish_list(work, cohort, database_of(work), at=datetime.now(UTC))


def database_of(work: Bench) -> Database:
    """The service's database: TAYANCH_STATE_URL, else SQLite in the work folder."""
    return open_database(work.home, os.environ.get("TAYANCH_STATE_URL", ""))


def new_account(database: Database, name: str, role: str) -> str:
    """A fresh passphrase for an account, made if it was not there."""
    passphrase = secrets.token_urlsafe(PASSPHRASE_BYTES)
    put_account(database, Account(name, role), passphrase=passphrase, by=BY, at=datetime.now(UTC))
    return passphrase


def open_service(
    work: Bench, *, host: str, port: int, certificate: Path | None = None, key: Path | None = None, welcome: str = ""
) -> None:
    """Serves until stopped; says where, and `welcome`, first."""
    server = importlib.import_module("tayanch_serving.server")  # by name: the engine does not know the service
    address = server.Address(host=host, port=port, certificate=certificate, key=key)
    os.environ["TAYANCH_HOME"], os.environ["TAYANCH_PROJECT"] = str(work.home), str(work.project.folder)
    screens.say(f"\n[bold]{address.url}[/bold]{welcome}   (Ctrl-C ends it)")
    server.serve(address)
