"""What the terminal shows: calm tables, progress with time left, errors in the house's words."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tayanch import vocabulary
from tayanch.errors import TayanchError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def show_error(error: TayanchError, *, as_json: bool) -> None:
    """Writes the error to standard error: a sentence in colour, or one JSON line."""
    if as_json:
        told = {"kind": type(error).__name__, "where": error.where, "met": error.met, "do": error.do}
        err.print(json.dumps({"error": told}, ensure_ascii=False), markup=False, soft_wrap=True)
        return
    where = f"[dim]{escape(near(error.where))}[/dim]\n" if error.where else ""
    todo = f"\n[bold]→[/bold] {escape(error.do)}" if error.do else ""
    err.print(f"{where}[bold red]✗[/bold red] {escape(error.met)}{todo}", soft_wrap=True)


def near(place: str) -> str:
    """A place as seen from the folder one works in."""
    return place.replace(f"{Path.cwd()}/", "")


def plain(text: str) -> str:
    """Text as it stands, its brackets no markup."""
    return escape(text)


def show_json(value: Any) -> None:
    """Writes one line of JSON to standard output."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False))


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table; a column whose name begins with › is set flush right. Long words are broken, never cut off."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        justify = "right" if name.startswith("›") else "left"
        table.add_column(name.removeprefix("›"), justify=justify, header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    out.print(table)


def say(text: str) -> None:
    """One line to the person, on standard output."""
    out.print(text, soft_wrap=True)


@contextmanager
def progress(*, quiet: bool) -> Generator[vocabulary.Progress]:
    """A progress told to the person: what, how far, how long still. Quiet: to nobody."""
    if quiet or not err.is_terminal:
        yield vocabulary.no_progress
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
