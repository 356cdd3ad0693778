"""`tayanch features`: what is known about a family, to look at, to check and to measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Desk, Json, Memory, bench, parse_day
from tayanch.declare.enforcing import looked_up
from tayanch.declare.features import Feature
from tayanch.errors import DeclarationError, nearest
from tayanch.project import Project
from tayanch.vocabulary import Theme

if TYPE_CHECKING:
    from tayanch.store.catalogue import Attribute, Entry

commands = typer.Typer(help="What is known about a family.", no_args_is_help=True)


@commands.command("list")
def list_features(
    context: typer.Context,
    theme: Annotated[str, typer.Option(help="Only the features of a theme.", show_default=False)] = "",
    json: Json = False,
) -> None:
    """All declared features, by theme; once the catalogue is built, of how many families each has a value."""
    desk = Desk.of(context)
    project = desk.project()
    if theme and theme not in tuple(Theme):
        raise DeclarationError(f'there is no theme "{theme}"', do=nearest(theme, tuple(Theme)))
    shown = [f for f in sorted(project.features, key=lambda f: f.id) if theme in ("", f.theme.value)]
    built, asked = _built(desk, project), _asked(project)
    told = [_told(project, feature, built.get(feature.id), asked=asked) for feature in shown]
    if json:
        screens.show_json(told)
        return
    rows = [
        (
            t["feature"],
            t["unit"],
            t["policy"].split(":")[0],
            t.get("coverage", ""),
            ", ".join(t["registries"]),
            t["meaning"],
        )
        for t in told
    ]
    columns = ("feature", "unit", "policy", "›known", "from", "meaning")
    screens.show_table(f"Features of {project.settings.title}", columns, rows)


@commands.command()
def describe(context: typer.Context, feature: str, json: Json = False) -> None:
    """One feature: meaning, registers and their purpose, policy, digest, where it is used, how complete it is."""
    desk = Desk.of(context)
    project = desk.project()
    by_id = {f.id: f for f in project.features}
    if feature not in by_id:
        raise DeclarationError(f'there is no feature "{feature}"', do=nearest(feature, by_id))
    told = _told(project, by_id[feature], _built(desk, project).get(feature), asked=_asked(project))
    if json:
        screens.show_json(told)
        return
    screens.show_table(
        feature, ("", ""), [(key, ", ".join(v) if isinstance(v, list) else v) for key, v in told.items()]
    )


@commands.command()
def check(context: typer.Context, json: Json = False) -> None:
    """What must be mended before the features are relied on (exit code 1), and what is worth a look."""
    from tayanch.intake.disk import SnapshotFiles
    from tayanch.learn.checking import check_catalogue, check_declarations
    from tayanch.store.catalogue import read_catalogue

    desk = Desk.of(context)
    project = desk.project()
    name = project.settings.name
    built, snapshot = read_catalogue(desk.home, name), SnapshotFiles.of(desk.home, name).current
    told = check_catalogue(project, built.catalogue if built else None, snapshot)
    found = (*check_declarations(project), *told)
    must = [finding for finding in found if finding.must]
    if json:
        lines = [{"must": f.must, "where": f.where, "met": f.met, "do": f.do} for f in found]
        screens.show_json({"mend": len(must), "findings": lines})
    else:
        for finding in sorted(found, key=lambda one: not one.must):
            mark = "[bold red]✗[/bold red]" if finding.must else "[dim]·[/dim]"
            where = f"{finding.where}: " if finding.where else ""
            screens.say(f"{mark} {screens.plain(f'{where}{finding.met}')} [dim]→[/dim] {screens.plain(finding.do)}")
        screens.say(f"{len(project.features)} features: {len(must)} to mend, {len(found) - len(must)} to look at.")
    if must:
        raise typer.Exit(1)


@commands.command()
def build(
    context: typer.Context,
    on: Annotated[list[str] | None, typer.Option(help="An as_of date; may be said several times.")] = None,
    cohort: Annotated[list[str] | None, typer.Option(help="A cohort; may be said several times.")] = None,
    json: Json = False,
) -> None:
    """Computes all features for the experiments' families at their test dates, and writes the catalogue."""
    from tayanch.cli import stages

    days = [parse_day(told) for told in on or ()]
    with bench(context, quiet=json) as work:
        built = stages.catalogue(work, cohort or (), days)
    catalogue = built.catalogue
    dates = [day.isoformat() for day in catalogue.as_of]
    if json:
        told = {"features": len(catalogue.features), "as_of": dates, "cohorts": list(catalogue.cohorts)}
        screens.show_json({**told, "digest": built.digest, "snapshot": catalogue.snapshot})
        return
    screens.say(f"{len(catalogue.features)} features of the families in {' or '.join(catalogue.cohorts)}")
    screens.say(f"as of {', '.join(dates)}.")
    for attribute in catalogue.attributes:
        _show_attribute(attribute)
    screens.say("[dim]Look at one: tayanch features describe NAME. See what to mend: tayanch features check.[/dim]")


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


@commands.command()
def export(
    context: typer.Context,
    experiment: str,
    feast: Annotated[Path, typer.Option(help="The folder to write a Feast repository to; it must be empty.")],
    json: Json = False,
) -> None:
    """An experiment's features at all its as_of dates, for a team that serves with Feast."""
    from tayanch.cli import stages

    with bench(context, quiet=json) as work:
        made = stages.feast_repository(work, experiment)
        made.write(feast)
    if json:
        told = {"rows": made.matrix.rows, "digest": made.matrix.digest, "views": [*made.themes], "folder": str(feast)}
        screens.show_json(told)
        return
    screens.say(f"{made.matrix.rows} rows in {len(made.themes)} feature views: {screens.near(str(feast))}")


def _show_attribute(attribute: Attribute) -> None:
    """How well all features together tell a protected attribute."""
    if not attribute.foretold:
        screens.say(f"{attribute.name}: too few families to test whether features tell it.")
        return
    rows = [
        (told.level, told.having, told.families, f"{told.auc:.2f}", f"{told.low:.2f} to {told.high:.2f}")
        for told in attribute.foretold
    ]
    columns = ("level", "›having it", "›families", "›AUC", "95 %")
    screens.show_table(f"How well all features together tell {attribute.name}", columns, rows)


def _cell(value: object) -> str:
    if value is None or value != value:
        return "·"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value[:6]}…" if isinstance(value, str) and len(value) > 24 else str(value)


def _built(desk: Desk, project: Project) -> dict[str, Entry]:
    """The built catalogue's entries of features that are still declared as they were then."""
    from tayanch.store.catalogue import read_catalogue

    built = read_catalogue(desk.home, project.settings.name)
    digests = {feature.id: feature.digest for feature in project.features}
    return {e.id: e for e in built.catalogue.features if e.digest == digests.get(e.id)} if built else {}


def _asked(project: Project) -> dict[str, tuple[str, ...]]:
    """The features of each experiment."""
    return {name: project.experiment(name).features for name in project.experiments}


def _told(
    project: Project, feature: Feature, entry: Entry | None, *, asked: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    declared = {r.name: r for r in project.registries}
    registries = list(feature.registries)
    rule, because = project.policy.of(feature.id)
    return {
        "feature": feature.id,
        "unit": feature.unit or feature.kind.value,
        "meaning": feature.meaning,
        "theme": feature.theme.value,
        "registries": registries,
        "purposes": sorted({declared[name].purpose for name in registries}),
        "owners": sorted({declared[name].owner for name in registries}),
        "policy": f"{rule}: {because}" if because else rule,
        "looks_up": [f"{line.name}: {line.because}" for line in looked_up(project.policy, feature)],
        "experiments": [name for name, ids in asked.items() if feature.id in ids],
        "declared": screens.near(feature.place),
        "digest": feature.digest,
        **(_measured(entry) if entry else {}),
    }


def _measured(entry: Entry) -> dict[str, Any]:
    """What the built catalogue adds."""
    share, fresh = entry.coverage[0].share, entry.freshness[0].median
    return {
        "releases": list(entry.releases),
        "coverage": "fewer than 10" if share is None else f"{share:.0%}",
        "newest_row": "" if fresh is None else f"{fresh} days old in the middle family",
        "proxies": [f"{p.attribute} ({p.level}): AUC {p.auc:.2f}" for p in entry.proxies],
    }
