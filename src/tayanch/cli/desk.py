"""Where a command works: its project, its work folder, its date, its keys."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from tayanch.cli import screens
from tayanch.errors import DeclarationError
from tayanch.project import Project, find_project, load_project, work_folder
from tayanch.vocabulary import Progress

Memory = Annotated[
    str, typer.Option(help="How much memory may be taken, e.g. 8GiB; default half of it.", show_default=False)
]
UNITS = {"MiB": 2**20, "GiB": 2**30, "MB": 10**6, "GB": 10**9}
Json = Annotated[bool, typer.Option("--json", help="Write one line of JSON instead of a screen.")]


@dataclass(frozen=True)
class Desk:
    """What all commands share: the project asked for by --project."""

    asked: str

    @staticmethod
    def of(context: typer.Context) -> Desk:
        """The desk the command line was started with."""
        desk = context.find_root().obj
        assert isinstance(desk, Desk)
        return desk

    def project(self) -> Project:
        """The project, loaded and checked."""
        return load_project(find_project(self.asked, start=Path.cwd()))

    @property
    def home(self) -> Path:
        """The work folder for everything made."""
        return work_folder(start=Path.cwd())


@dataclass(frozen=True)
class Bench:
    """Where stages work: a project, the work folder, today by the project's clock, and who is told of progress.

    memory: bytes that may be taken; None: what is usual.
    """

    project: Project
    home: Path
    today: date
    tell: Progress
    memory: int | None = None


@contextmanager
def bench(context: typer.Context, *, quiet: bool, memory: str = "") -> Generator[Bench]:
    """Where a command's stages work; progress is shown unless `quiet`. `memory` is how much they may take.

    Raises:
        DeclarationError: when that is no size.
    """
    allowed = parse_size(memory) if memory else None
    desk = Desk.of(context)
    project = desk.project()
    with screens.progress(quiet=quiet) as tell:
        yield Bench(project, desk.home, today(project), tell, allowed)


def today(project: Project) -> date:
    """Today by the project's clock; a practice project's may stand still."""
    return project.settings.clock or datetime.now(project.zone).date()


def parse_day(told: str) -> date:
    """The date in an option.

    Raises:
        DeclarationError: when it is not one.
    """
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise DeclarationError(f'"{told}" is not a date', do="write it as 2026-01-31.") from None


def parse_size(told: str) -> int:
    """The bytes in an option like 8GiB or 500MiB.

    Raises:
        DeclarationError: when it is not one.
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?(MiB|GiB|MB|GB)", told.strip())
    if found is None or not float(found[1]):
        raise DeclarationError(f'"{told}" is not a size of memory', do="write it as 8GiB or 500MiB.")
    return int(float(found[1]) * UNITS[found[2]])
