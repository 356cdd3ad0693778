"""`tayanch features`: what is known about a family, to look at."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Desk, Json
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
