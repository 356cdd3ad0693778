"""`tayanch demo`: the whole way on a project's own extracts."""

from __future__ import annotations

from typing import Annotated

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Json, bench
from tayanch.errors import ProjectError
from tayanch.vocabulary import Role

commands = typer.Typer()
WORKER = "worker"


@commands.command()
def demo(
    context: typer.Context,
    serve: Annotated[bool, typer.Option(help="Open the service at the end.")] = True,
    port: Annotated[int, typer.Option(help="The service's port.")] = 8000,
    families: Annotated[
        int | None, typer.Option(help="How many families a simulated country has.", show_default=False, min=1)
    ] = None,
    json: Json = False,
) -> None:
    """The whole way: registers → snapshot → features → folds → MLflow → release → scores and reasons → service."""
    from tayanch.cli import opening, walk

    with bench(context, quiet=json) as work:
        if not work.project.settings.practice:
            raise ProjectError(f"{work.project.settings.name} is no practice project", do="take the stages one by one.")
        shown = walk.whole_way(work, families=families, talk=not json)
    if json:
        screens.show_json(walk.told(shown))
    if serve:
        passphrase = opening.new_account(opening.database_of(work), WORKER, Role.WORKER)
        welcome = "" if json else f"   sign in as [bold]{WORKER}[/bold] with [bold]{passphrase}[/bold]"
        opening.open_service(work, host="127.0.0.1", port=port, welcome=welcome)
