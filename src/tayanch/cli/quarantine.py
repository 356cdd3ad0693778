"""`tayanch quarantine`: rows that could not be kept, looked at, handed to their owner, released after a fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Bench, Json, bench
from tayanch.errors import IntakeError

if TYPE_CHECKING:
    from tayanch.declare.registries import Registry
    from tayanch.intake.delivery import Taken
    from tayanch.intake.quarantine import HeldFile

commands = typer.Typer(help="Rows that could not be kept.", no_args_is_help=True)
DELIVERY = "The delivery, or the beginning of its name."
FILE = "The file, as `tayanch quarantine list` tells it."
HIDDEN = "•••"


@commands.command("list")
def list_held(context: typer.Context, json: Json = False) -> None:
    """What is in quarantine: deliveries, files, reasons, rows, and until when they are kept."""
    from tayanch.cli.stages import door

    with bench(context, quiet=True) as work:
        quarantine = door(work).quarantine
        told = [row for held in quarantine.files() for row in _told(work, held, quarantine.read(held))]
    if json:
        screens.show_json(told)
        return
    rows = [tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row.values()) for row in told]
    screens.show_table("Quarantine", ("delivery", "registry", "file", "reason", "›rows", "kept until"), rows)


@commands.command()
def show(
    context: typer.Context,
    delivery: Annotated[str, typer.Argument(help=DELIVERY)],
    file: Annotated[str, typer.Argument(help=FILE)],
    reason: Annotated[str, typer.Option(help="Only rows with this reason.")] = "",
    rows: Annotated[int, typer.Option(min=1, help="How many rows.")] = 20,
    show_ids: Annotated[bool, typer.Option("--show-ids", help="Show numbers and names too.")] = False,
) -> None:
    """Rows as they were delivered, on this screen. Numbers, names and lines that can't be split are hidden."""
    from tayanch.cli.stages import door

    with bench(context, quiet=True) as work:
        quarantine = door(work).quarantine
        for held in quarantine.find(delivery, file=file):
            found = [row for row in quarantine.read(held).to_pylist() if reason in ("", row["_reason"])]
            hidden = frozenset[str]() if show_ids else _hidden(work.project.registries, held.registry)
            title = f"{held.registry}: {min(rows, len(found)):,} of {len(found):,} rows"
            columns = tuple(found[0]) if found else ()
            cells = [tuple(_cell(row[name], name in hidden) for name in columns) for row in found[:rows]]
            screens.show_table(title, columns, cells)


@commands.command()
def export(
    context: typer.Context,
    delivery: Annotated[str, typer.Argument(help=DELIVERY)],
    file: Annotated[str, typer.Argument(help=FILE)],
    to: Annotated[Path, typer.Option(help="A new CSV file, which only you can read.")],
    registry: Annotated[str, typer.Option(help="Which registry's, when several read the file.")] = "",
) -> None:
    """Write the rows of one file as CSV, for the register's owner to mend. They are in the clear there."""
    from tayanch.cli.stages import door
    from tayanch.intake import releasing

    with bench(context, quiet=True) as work:
        quarantine = door(work).quarantine
        held = _one(quarantine.find(delivery, file=file, registry=registry))
        rows = releasing.export(quarantine, held, to=to)
    screens.say(f"{rows:,} rows are in {to}, in the clear. Mended: tayanch quarantine release --mended {to.name}")


@commands.command()
def release(
    context: typer.Context,
    delivery: Annotated[str, typer.Argument(help=f"{DELIVERY} Default: all.")] = "",
    file: Annotated[str, typer.Option(help=FILE)] = "",
    registry: Annotated[str, typer.Option(help="Only this registry's rows.")] = "",
    mended: Annotated[Path | None, typer.Option(help="A mended file of `export`; its rows alone are read.")] = None,
    json: Json = False,
) -> None:
    """Read rows again under today's declarations: what passes is kept, known from today on."""
    from tayanch.cli.stages import door
    from tayanch.intake import releasing

    with bench(context, quiet=json) as work:
        into = door(work)
        held = into.quarantine.find(delivery, file=file, registry=registry)
        chosen = (_one(held),) if mended else held
        taken = releasing.release(work.project.registries, chosen, into=into, today=work.today, mended=mended)
    if json:
        screens.show_json(_released(taken))
        return
    told = _released(taken)
    screens.say(
        f"{told['rows']:,} rows read again = {told['kept']:,} kept, known from {told['known_from']} on, "
        f"+ {told['quarantined']:,} still quarantined. Snapshot {taken.snapshot[:12]}."
    )


@commands.command()
def clear(context: typer.Context, json: Json = False) -> None:
    """Remove what is past its term (project.yaml: quarantine_days); a delivery does that too."""
    from tayanch.cli.stages import door
    from tayanch.intake.delivery import opened

    with bench(context, quiet=True) as work:
        into = door(work)
        with opened(into):
            gone = into.quarantine.clear(work.today, days=into.quarantine_days)
    if json:
        screens.show_json(list(gone))
    else:
        screens.say(f"Past their term and gone: {', '.join(gone) or 'none'}.")


def _told(work: Bench, held: HeldFile, rows: Any) -> list[dict[str, Any]]:
    until = held.delivered + timedelta(days=work.project.settings.quarantine_days)
    place = {"delivery": held.delivery, "registry": held.registry, "file": held.name}
    counts = Counter(rows.column("_reason").to_pylist())
    return [
        {**place, "reason": reason, "rows": count, "until": until.isoformat()}
        for reason, count in sorted(counts.items(), key=lambda told: (-told[1], told[0]))
    ]


def _hidden(registries: Sequence[Registry], name: str) -> frozenset[str]:
    """The columns that tell whose a row is."""
    declared = next((registry for registry in registries if registry.name == name), None)
    if declared is None:
        raise IntakeError(
            f"{name} is declared no more: which of its columns are numbers?", do="show it with --show-ids."
        )
    identity = (source for _, source in declared.identity)
    return frozenset({"_line", *declared.key, *declared.family, *declared.person, *identity})


def _cell(value: object, hidden: bool) -> str:
    return "" if value is None else HIDDEN if hidden else str(value)


def _one(held: tuple[HeldFile, ...]) -> HeldFile:
    if len(held) != 1:
        raise IntakeError(
            f"{len(held)} files are meant", do="name one: its delivery, --file, and --registry where several read it."
        )
    return held[0]


def _released(taken: Taken) -> dict[str, Any]:
    done = taken.delivery
    told = {"rows": done.rows, "kept": done.kept, "unchanged": done.unchanged, "quarantined": done.quarantined}
    return {"snapshot": taken.snapshot, "known_from": done.delivered.isoformat(), **told}
