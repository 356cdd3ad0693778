"""`tayanch keys`: which keys there are, and new ones in the place of old ones."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Bench, Json, bench

if TYPE_CHECKING:
    from tayanch.intake.keys import DoorKeys, KeyFolder, KeyKind

commands = typer.Typer(help="The keys of names, quarantine and pseudonyms.", no_args_is_help=True)


class Rotating(StrEnum):
    """The keys that can be replaced."""

    LOOKUP = "lookup"
    SEALING = "sealing"


@commands.command("list")
def list_keys(context: typer.Context, json: Json = False) -> None:
    """The project's keys by their ids, and where each comes from; a key itself is never shown."""
    from tayanch.cli.keys import key_folder
    from tayanch.intake.keys import KINDS

    with bench(context, quiet=True) as work:
        folder = key_folder(work.project, work.home)
        told = [_told(folder, kind) for kind in KINDS]
    if json:
        screens.show_json(told)
        return
    rows = [(key["kind"], key["id"], ", ".join(key["older"]), screens.near(key["where"])) for key in told]
    screens.show_table("Keys", ("key", "id", "older, still in use", "where"), rows)


@commands.command()
def rotate(context: typer.Context, key: Rotating, json: Json = False) -> None:
    """Put a new key in the old one's place and write anew what was written with it. Stopped, it goes on when called."""
    from tayanch.cli.keys import key_folder

    with bench(context, quiet=json) as work:
        folder = key_folder(work.project, work.home)
        kind: KeyKind = "lookup" if key is Rotating.LOOKUP else "sealing"
        # An older key that is still there was left by a rotation that did not end.
        ring = folder.ring(kind)
        if len(ring.keys) == 1:
            ring = folder.add(kind)
        written = _rotated(work, kind, folder.door())
        dropped = folder.drop_old(kind)
    told = {"key": kind, "id": ring.newest.id, "written": written, "older_dropped": dropped}
    if json:
        screens.show_json(told)
        return
    screens.say(f"The {kind} key is {ring.newest.id} now; {written:,} files were written anew.")
    if not dropped:
        screens.say(f"The older key in {folder.variable(kind)} is needed no more: remove it.")


def _rotated(work: Bench, kind: KeyKind, keys: DoorKeys) -> int:
    from tayanch.intake.rotation import rotate_lookup, rotate_sealing

    name = work.project.settings.name
    if kind == "sealing":
        return rotate_sealing(work.home, name, keys, tell=work.tell)
    return rotate_lookup(work.home, name, keys, spelling=work.project.spelling, tell=work.tell)


def _told(folder: KeyFolder, kind: KeyKind) -> dict[str, Any]:
    made = folder.practice or bool(folder.environment.get(folder.variable(kind))) or folder.file(kind).is_file()
    if not made:
        return {"kind": kind, "id": "none yet", "older": [], "where": folder.where(kind)}
    ring = folder.ring(kind)
    return {
        "kind": kind,
        "id": ring.newest.id,
        "older": [key.id for key in ring.keys[1:]],
        "where": folder.where(kind),
    }
