"""The command line. It parses, asks the stages to work, and shows; nothing is computed here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tayanch import __version__
from tayanch.cli import catalogue, screens
from tayanch.cli.desk import Desk
from tayanch.errors import ProjectError, TayanchError, nearest
from tayanch.project import bundled, copy_project

app = typer.Typer(
    name="tayanch",
    help="Who may need help, foreseen from what was known when.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(catalogue.commands, name="features")


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
    source: Annotated[str, typer.Option("--from", help="The bundled project to start from.")] = "tutorial",
) -> None:
    """Start a project of your own from a bundled one."""
    known = bundled()
    if source not in known:
        raise ProjectError(f'there is no bundled project "{source}"', do=nearest(source, known))
    copy_project(known[source], folder)
    screens.say(f"{folder} is ready. Next: cd {folder} && tayanch intake")
