"""`tayanch release`: what a run found becomes a model in use, and its standing is looked after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Json, bench
from tayanch.vocabulary import ReleaseState

if TYPE_CHECKING:
    from tayanch.release.releases import Release

commands = typer.Typer(help="Models in use.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="name/version, as `tayanch release list` tells.")]


@commands.command()
def freeze(
    context: typer.Context,
    experiment: str,
    version: Annotated[str, typer.Argument(help="e.g. 2026-10")],
    candidate: Annotated[str, typer.Option(help="Which candidate; default the experiment's learner.")] = "",
    json: Json = False,
) -> None:
    """Freeze what an experiment found into a release: a draft, until someone signs for more."""
    from tayanch.cli import stages

    with bench(context, quiet=json) as work:
        made = stages.freeze(work, stages.run(work, experiment), version=version, candidate=candidate)
    show_release(made, as_json=json)


@commands.command("list")
def list_releases(context: typer.Context, json: Json = False) -> None:
    """All releases, made here or committed with the project; each is verified on the way."""
    from tayanch.cli import stages

    with bench(context, quiet=True) as work:
        found = [stages.find_release(work, name) for name in stages.release_names(work)]
    if json:
        screens.show_json([_told(release) for release in found])
        return
    rows = [(r.id, r.kind.value, r.state.value, str(r.limits.valid_until), r.digest[:12]) for r in found]
    screens.show_table("Releases", ("release", "scorer", "state", "valid until", "digest"), rows)


@commands.command()
def verify(context: typer.Context, release: Name, json: Json = False) -> None:
    """Recompute every digest and check every signature of a release."""
    from tayanch.cli import stages

    with bench(context, quiet=True) as work:
        found = stages.find_release(work, release)
    show_release(found, as_json=json)


@commands.command()
def sign(
    context: typer.Context,
    release: Name,
    to: Annotated[ReleaseState, typer.Option(help="The state it is to have.")],
    why: Annotated[str, typer.Option(help="In one sentence; it is kept.")],
    key: Annotated[
        list[Path] | None, typer.Option(help="A .key file; once for each signer. Practice projects need none.")
    ] = None,
) -> None:
    """Give a release another state, signed; the log keeps who signed and why."""
    from tayanch.cli import opening, stages
    from tayanch.release.keys import practice_keys, read_key
    from tayanch.release.verify import change_state

    with bench(context, quiet=True) as work:
        found = stages.find_release(work, release)
        keys = [read_key(file) for file in key or []] or (
            list(practice_keys()) if work.project.settings.practice else []
        )
        signed = change_state(found, to, on=work.today, why=why, keys=keys, keyring=stages.keyring(work))
        opening.log_signed(work, signed)
    show_release(signed, as_json=False)


def show_release(release: Release, *, as_json: bool) -> None:
    """A release, verified, on the screen or as JSON."""
    if as_json:
        screens.show_json(_told(release))
        return
    screens.show_table(
        release.id, ("", ""), [(name.replace("_", " "), str(value)) for name, value in _told(release).items()]
    )


def _told(release: Release) -> dict[str, Any]:
    return {
        "release": release.id,
        "scorer": release.kind.value,
        "state": release.state.value,
        "features": len(release.compiled.features),
        "best_baseline": release.measured.best_baseline,
        "valid_until": release.limits.valid_until.isoformat(),
        "digest": release.digest,
        "folder": screens.near(str(release.folder)),
    }
