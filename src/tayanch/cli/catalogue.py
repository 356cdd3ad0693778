"""`tayanch features`: what is known about a family, to look at."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Desk, Json, Memory, bench, parse_day
from tayanch.declare.features import Feature
from tayanch.declare.rows import reductions
from tayanch.errors import DeclarationError, nearest
from tayanch.project import Project

commands = typer.Typer(help="What is known about a family.", no_args_is_help=True)


@commands.command("list")
def list_features(context: typer.Context, json: Json = False) -> None:
    """All declared features, by theme."""
    project = Desk.of(context).project()
    told = [_told(project, feature) for feature in sorted(project.features, key=lambda f: f.id)]
    if json:
        screens.show_json(told)
        return
    rows = [(t["feature"], t["unit"], ", ".join(t["registries"]), t["meaning"]) for t in told]
    screens.show_table(f"Features of {project.settings.title}", ("feature", "unit", "from", "meaning"), rows)


@commands.command()
def describe(context: typer.Context, feature: str, json: Json = False) -> None:
    """One feature: meaning, registers and their purpose, digest, where it is used."""
    project = Desk.of(context).project()
    by_id = {f.id: f for f in project.features}
    if feature not in by_id:
        raise DeclarationError(f'there is no feature "{feature}"', do=nearest(feature, by_id))
    told = _told(project, by_id[feature])
    if json:
        screens.show_json(told)
        return
    screens.show_table(
        feature, ("", ""), [(key, ", ".join(v) if isinstance(v, list) else v) for key, v in told.items()]
    )


@commands.command()
def matrix(
    context: typer.Context,
    experiment: str,
    on: Annotated[str, typer.Option(help="The as_of date, e.g. 2026-01-31.")],
    rows: Annotated[int, typer.Option(help="How many families to show.")] = 10,
    memory: Memory = "",
    json: Json = False,
) -> None:
    """The families of an experiment's cohort with their features, as known on a date."""
    from tayanch.cli import stages

    with bench(context, quiet=json, memory=memory) as work:
        made = stages.matrix(work, experiment, parse_day(on))
    if json:
        screens.show_json(
            {
                "rows": made.rows,
                "digest": made.digest,
                "snapshot": made.snapshot,
                "files": [str(piece.path) for piece in made.pieces],
            }
        )
        return
    columns = made.table().slice(0, rows).to_pydict()
    shown = [[name, *(_cell(value) for value in values)] for name, values in columns.items() if name != "as_of"]
    screens.show_table(f"{made.rows} families as of {on}", ["feature", *["›"] * min(rows, made.rows)], shown)
    screens.say(f"[dim]digest {made.digest} · {screens.near(str(made.pieces[0].path.parent))}[/dim]")


def _cell(value: object) -> str:
    if value is None or value != value:
        return "·"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value[:6]}…" if isinstance(value, str) and len(value) > 24 else str(value)


def _told(project: Project, feature: Feature) -> dict[str, Any]:
    registries = sorted({r.registry for r in reductions(feature.expression)})
    declared = {r.name: r for r in project.registries}
    used = [name for name in project.experiments if feature.id in project.experiment(name).features]
    return {
        "feature": feature.id,
        "unit": feature.unit or feature.kind.value,
        "meaning": feature.meaning,
        "theme": feature.theme.value,
        "registries": registries,
        "purposes": sorted({declared[name].purpose for name in registries}),
        "owners": sorted({declared[name].owner for name in registries}),
        "experiments": used,
        "declared": screens.near(feature.place),
        "digest": feature.digest,
    }
