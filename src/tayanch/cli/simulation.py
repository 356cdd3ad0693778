"""`tayanch simulate`: a country that does not exist, with registers full of trouble and a truth apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Desk, Json
from tayanch.errors import SimulationError
from tayanch.project import COUNTRY, find_project

commands = typer.Typer()


@commands.command()
def simulate(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="The folder for the country: registers/, and apart from them truth/.")],
    families: Annotated[int, typer.Option(help="How many families, 1,000 to 9,000,000.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same country, byte for byte.")] = 1,
    scenario: Annotated[str, typer.Option(help="What happens to it; see the project's scenarios.yaml.")] = "plain",
    months: Annotated[int, typer.Option(help="How many months, at most 48.")] = 48,
    processes: Annotated[int, typer.Option(help="How many processes work side by side.")] = 2,
    sql: Annotated[
        str, typer.Option(help="URL of a database for the tables; default a file of SQLite.", show_default=False)
    ] = "",
    json: Json = False,
) -> None:
    """Simulate the project's country: families, their lives, and what registers tell of them. Goes on where it was."""
    from tayanch.simulate import simulation

    # What else the project declares is not needed, and not read.
    figures = find_project(Desk.of(context).asked, start=Path.cwd()) / COUNTRY
    if not figures.is_dir():
        raise SimulationError("the project has no country to simulate", do=f"keep its figures in {COUNTRY}.")
    order = simulation.Order(
        figures, families, seed=seed, scenario=scenario, months=months, processes=processes, database=sql
    )
    with screens.progress(quiet=json) as tell:
        made = simulation.simulate(order, to, tell=tell)
    if json:
        told = {"folder": str(to), "files": len(made.files), "rows": made.rows, "fresh": made.fresh}
        screens.show_json(told)
        return
    state = "is ready" if made.fresh else "was there already"
    screens.say(f"{to} {state}: {len(made.files)} files, {made.rows:,} rows. Next: tayanch intake {to / 'registers'}")
