"""The command line. It parses, asks the stages to work, and shows; nothing is computed here.

Commands import what is heavy when they are called, so that the rest answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tayanch import __version__
from tayanch.cli import (
    catalogue,
    deliveries,
    demo,
    erasing,
    keyrings,
    quarantine,
    releases,
    screens,
    service,
    simulation,
)
from tayanch.cli.desk import Desk, Json, bench, parse_day
from tayanch.errors import ProjectError, TayanchError, nearest
from tayanch.project import bundled, copy_project

NEXT = {"empty": "intake FOLDER"}
"""What one does first with a project started from a bundled one; all but these bring data."""
app = typer.Typer(
    name="tayanch",
    help="Who may need help, foreseen from what was known when.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(catalogue.commands, name="features")
app.add_typer(deliveries.commands)
app.add_typer(releases.commands, name="release")
app.add_typer(erasing.commands)
app.add_typer(keyrings.commands, name="keys")
app.add_typer(quarantine.commands, name="quarantine")
app.add_typer(service.commands)
app.add_typer(simulation.commands)
app.add_typer(demo.commands)


def main() -> None:
    """Runs the command line; exit code 1 for an error of the user's, 2 for wrong usage, 130 for Ctrl-C."""
    try:
        app()
    except TayanchError as error:
        screens.show_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
    except KeyboardInterrupt:
        screens.err.print("Stopped. The same command goes on where it was.")
        sys.exit(130)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    project: Annotated[
        str, typer.Option(help="A project folder, or the name of a bundled one.", show_default=False)
    ] = "",
    version: Annotated[bool, typer.Option("--version", help="Tell the version and stop.")] = False,
) -> None:
    """Sets the desk for the command that follows."""
    if version:
        print(__version__)
        raise typer.Exit
    context.obj = Desk(project)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new folder for the project.")],
    source: Annotated[str, typer.Option("--from", help="The bundled project to start from.")] = "uzbekistan",
) -> None:
    """Start a project of your own from a bundled one."""
    known = bundled()
    if source not in known:
        raise ProjectError(f'there is no bundled project "{source}"', do=nearest(source, known))
    copy_project(known[source], folder)
    screens.say(f"{folder} is ready. Next: cd {folder} && tayanch {NEXT.get(source, 'demo')}")


@app.command()
def intake(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Where the extracts lie; default TAYANCH_DATA, else the project's own.")
    ] = None,
    delivered: Annotated[
        str, typer.Option(help="The day they were delivered; default today.", show_default=False)
    ] = "",
    afresh: Annotated[bool, typer.Option("--afresh", help="Begin anew with these; earlier snapshots stay.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a delivery that does not keep what its registries expect.")
    ] = False,
    memory: Annotated[str, typer.Option(help="How much memory may be taken while rows are sorted; default 3GiB.")] = "",
    json: Json = False,
) -> None:
    """Take in registry extracts: check, quarantine what can't be, keep the rest as a new snapshot."""
    from tayanch.cli import reports, stages

    with bench(context, quiet=json, memory=memory) as work:
        source = stages.extracts_folder(work.project, folder)
        day = parse_day(delivered) if delivered else None
        taken = stages.intake(work, source, day, afresh=afresh, dry_run=dry_run, strict=strict)
    if json:
        screens.show_json(reports.intake_told(taken))
    else:
        reports.show_intake(taken)


@app.command()
def run(context: typer.Context, experiment: str, json: Json = False) -> None:
    """Carry out an experiment: every candidate out of time, judged, compared, logged to MLflow."""
    from tayanch.cli import reports, stages

    with bench(context, quiet=json) as work:
        result = stages.run(work, experiment)
    if json:
        screens.show_json(reports.run_told(result))
    else:
        reports.show_run(result)
