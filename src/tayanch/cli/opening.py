"""What makes a service: a published list, its database, accounts, and the server that shows it."""

from __future__ import annotations

import importlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from tayanch.cli import lists, screens, stages
from tayanch.cli.desk import Bench, parse_day
from tayanch.release.keys import practice_keys
from tayanch.release.releases import Release
from tayanch.release.verify import change_state
from tayanch.state.accounts import Account, put_account
from tayanch.state.database import Database, open_database
from tayanch.state.events import Act, EventKind, log
from tayanch.state.lists import PublishedList
from tayanch.vocabulary import ReleaseState, Role

PASSPHRASE_BYTES = 12
BY = "tayanch"


def publish(work: Bench, release: Release, *, as_of: str = "") -> PublishedList:
    """The release's list as of a day (default: today), published."""
    day = parse_day(as_of) if as_of else work.today
    cohort = lists.score_cohort(work, release, day)
    lists.index_families(work, release, day)
    return lists.publish_list(work, cohort, database_of(work), at=datetime.now(UTC))


def database_of(work: Bench) -> Database:
    """The service's database: TAYANCH_STATE_URL, else SQLite in the work folder."""
    return open_database(work.home, os.environ.get("TAYANCH_STATE_URL", ""))


def new_account(database: Database, name: str, role: Role) -> str:
    """A fresh passphrase for an account, made if it was not there."""
    passphrase = secrets.token_urlsafe(PASSPHRASE_BYTES)
    put_account(database, Account(name, role), passphrase=passphrase, by=BY, at=datetime.now(UTC))
    return passphrase


def put_on_trial(work: Bench, release: Release) -> Release:
    """A practice project's draft put on trial with the practice keys, and logged; any other release as it is."""
    if release.state is not ReleaseState.DRAFT or not work.project.settings.practice:
        return release
    why = "The demo shows it; nobody is listed by it."
    keys, ring = practice_keys(), stages.keyring(work)
    signed = change_state(release, ReleaseState.TRIAL, on=work.today, why=why, keys=keys, keyring=ring)
    log_signed(work, signed)
    return signed


def log_signed(work: Bench, release: Release) -> None:
    """Writes the release's last change of state, and who signed it, into the log."""
    change = release.standing.changes[-1]
    signers = [signature.key for signature in change.signatures]
    told = {"release": release.digest, "state": change.state.value, "why": change.why, "signers": signers}
    log(database_of(work), Act(EventKind.RELEASE_SIGNED, BY, payload=told), at=datetime.now(UTC))


def open_service(
    work: Bench, *, host: str, port: int, certificate: Path | None = None, key: Path | None = None, welcome: str = ""
) -> None:
    """Serves until stopped; says where, and `welcome`, first."""
    server = importlib.import_module("tayanch_serving.server")  # by name: the engine does not know the service
    address = server.Address(host=host, port=port, certificate=certificate, key=key)
    os.environ["TAYANCH_HOME"], os.environ["TAYANCH_PROJECT"] = str(work.home), str(work.project.folder)
    screens.say(f"\n[bold]{address.url}[/bold]{welcome}   (Ctrl-C ends it)")
    server.serve(address)
