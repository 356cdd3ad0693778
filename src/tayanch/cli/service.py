"""`tayanch score`, `tayanch account`, `tayanch serve`: a release becomes a list, and people come to see it."""

from __future__ import annotations

import importlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tayanch.cli import lists, screens, stages
from tayanch.cli.desk import Json, bench, parse_day
from tayanch.cli.stages import Bench
from tayanch.release.releases import Release
from tayanch.state.accounts import Account, put_account
from tayanch.state.database import Database, open_database
from tayanch.state.lists import PublishedList

commands = typer.Typer()
PASSPHRASE_BYTES = 12
BY = "tayanch"


@commands.command()
def score(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help="name/version, as `tayanch release list` tells.")],
    as_of: Annotated[str, typer.Option(help="The day whose start facts are seen from; default today.")] = "",
    json: Json = False,
) -> None:
    """Score a release's cohort, with reasons for every family, and publish the list."""
    with bench(context, quiet=json) as work:
        found = stages.find_release(work, release)
        published = publish(work, found, as_of=as_of)
    if json:
        bands = {band.value: count for band, count in published.bands}
        screens.show_json({"list": published.id, "families": published.families, "bands": bands})
        return
    rows = [(band.value.replace("_", " "), f"{count:,}") for band, count in published.bands]
    screens.show_table(f"{published.families:,} families as of {published.heading.as_of}", ("band", "›families"), rows)


@commands.command()
def account(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[str, typer.Option(help="What they may do.")] = "worker",
) -> None:
    """Make an account with a fresh passphrase, or give an existing one a fresh passphrase and end its sessions."""
    with bench(context, quiet=True) as work:
        passphrase = new_account(database_of(work), name, role)
    screens.say(f"{name} · {passphrase}")


@commands.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 for other machines, behind https.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port.")] = 8000,
    certificate: Annotated[Path | None, typer.Option(help="A certificate, to speak https.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key.")] = None,
) -> None:
    """Open the service on the list published last."""
    with bench(context, quiet=True) as work:
        open_service(work, host=host, port=port, certificate=certificate, key=key)


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
