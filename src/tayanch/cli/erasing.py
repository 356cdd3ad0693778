"""`tayanch erase`: a family or a person gone for good, and the proof of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tayanch.cli import screens
from tayanch.cli.desk import Bench, Json, bench
from tayanch.errors import IntakeError

if TYPE_CHECKING:
    from tayanch.intake.erasing import Counted, Eraser, Wish
    from tayanch.intake.erasure_log import ErasureEntry

commands = typer.Typer()


@commands.command()
def erase(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="family or person; its number comes on standard input.")] = "",
    reason: Annotated[str, typer.Option(help="Why, in one sentence that does not say whom; it is kept.")] = "",
    by: Annotated[str, typer.Option(help="Who asks for it; it is kept.")] = "",
    file: Annotated[Path | None, typer.Option(help="A file with the number, instead of standard input.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be rewritten, write nothing.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="End an erasure that was stopped.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Prove the log of erasures.")] = False,
    json: Json = False,
) -> None:
    """Erase one family or person: names, rows of every snapshot, quarantine, what was computed; signed and logged."""
    with bench(context, quiet=True) as work:
        if verify:
            _show_log(work, as_json=json)
            return
        eraser = _eraser(work)
        if resume:
            _show(eraser.resume(), as_json=json)
            return
        wish = _wish(work, what, texts=(reason, by), file=file)
        if dry_run:
            _show_count(eraser.count(wish), as_json=json)
        else:
            _show(eraser.erase(wish), as_json=json)


def _wish(work: Bench, what: str, *, texts: tuple[str, str], file: Path | None) -> Wish:
    from tayanch.intake.erasing import Wish

    if file is not None and not file.is_file():
        raise IntakeError("there is no such file", do="name the file with the number.", where=str(file))
    lines = (file.read_text(encoding="utf-8") if file else sys.stdin.read()).split("\n")
    numbers = [line.strip() for line in lines if line.strip()]
    if len(numbers) > 1:
        raise IntakeError(f"{len(numbers)} numbers were given", do="erase one after the other.")
    return Wish(what, numbers[0] if numbers else "", work.today, texts[1], texts[0])


def _eraser(work: Bench) -> Eraser:
    from tayanch.cli.keys import key_folder
    from tayanch.cli.stages import door
    from tayanch.intake.erasing import Eraser

    key = key_folder(work.project, work.home).key("erasure")
    return Eraser(work.project.registries, door(work), key, computed=_computed(work))


def _computed(work: Bench) -> list[Path]:
    """What was computed from snapshots and tells of single families; runs keep their figures."""
    scores = [*work.home.glob("runs/*/scores.parquet"), *work.home.glob("mlruns/**/scores.parquet")]
    return [work.home / "cache", work.home / "index" / work.project.settings.name, work.home / "scores", *scores]


def _show(entry: ErasureEntry | None, *, as_json: bool) -> None:
    if as_json:
        screens.show_json(entry.told if entry else None)
    elif entry is None:
        screens.say("No erasure was stopped: there is nothing to end.")
    else:
        screens.say(
            f"Erased: {entry.rows:,} rows out of {len(entry.digests):,} snapshots. Entry {entry.number} of the log is "
            "signed. Lists that were published before still stand in the service's database: publish anew."
        )


def _show_count(count: Counted, *, as_json: bool) -> None:
    told: dict[str, Any] = {
        "snapshots": count.snapshots,
        "parts": count.parts,
        "rows": count.rows,
        "quarantined": count.quarantined,
        "buckets": list(count.buckets),
    }
    if as_json:
        screens.show_json(told)
        return
    screens.say(
        f"{count.rows:,} rows in {count.parts:,} parts of {count.snapshots:,} snapshots and {count.quarantined:,} "
        "quarantined rows would go. A dry run: nothing was written."
    )


def _show_log(work: Bench, *, as_json: bool) -> None:
    from tayanch.cli.keys import key_folder
    from tayanch.intake.disk import SnapshotFiles
    from tayanch.intake.erasure_log import public_half, verify
    from tayanch.intake.refused import ErasureFolder

    name, key = work.project.settings.name, key_folder(work.project, work.home).key("erasure", keep=False)
    log = ErasureFolder.of(work.home, name).log
    entries = verify(log, key, SnapshotFiles.of(work.home, name))
    if as_json:
        screens.show_json({"public_key": public_half(key), "entries": [entry.told for entry in entries]})
        return
    rows = [(str(e.number), str(e.on), e.what, e.by, e.reason, f"{e.rows:,}") for e in entries]
    screens.show_table("Erasures, proven", ("›", "on", "what", "by", "why", "›rows"), rows)
    screens.say(f"[dim]Signed by the key with the public half {public_half(key)}[/dim]")
