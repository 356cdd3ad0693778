"""`tayanch score`, `tayanch account`, `tayanch serve`: a release becomes a list, and people come to see it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Json, bench
from tayanch.vocabulary import Role

commands = typer.Typer()


@commands.command()
def score(
    context: typer.Context,
    release: Annotated[str, typer.Argument(help="name/version, as `tayanch release list` tells.")],
    as_of: Annotated[str, typer.Option(help="The day whose start facts are seen from; default today.")] = "",
    json: Json = False,
) -> None:
    """Score a release's cohort, with reasons for every family, and publish the list."""
    from tayanch.cli import opening, stages

    with bench(context, quiet=json) as work:
        found = stages.find_release(work, release)
        published = opening.publish(work, found, as_of=as_of)
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
    role: Annotated[Role, typer.Option(help="Workers see families; data scientists and auditors the catalogue.")] = (
        Role.WORKER
    ),
) -> None:
    """Make an account with a fresh passphrase, or give an existing one a fresh passphrase and end its sessions."""
    from tayanch.cli import opening

    with bench(context, quiet=True) as work:
        passphrase = opening.new_account(opening.database_of(work), name, role)
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
    from tayanch.cli import opening

    with bench(context, quiet=True) as work:
        opening.open_service(work, host=host, port=port, certificate=certificate, key=key)
