"""Where a command works: its project, its work folder, its date, its keys."""

from __future__ import annotations

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
    """Where stages work: a project, the work folder, today by the project's clock, and who is told of progress."""

    project: Project
    home: Path
    today: date
    tell: Progress


@contextmanager
def bench(context: typer.Context, *, quiet: bool) -> Generator[Bench]:
    """Where a command's stages work; progress is shown unless `quiet`."""
    desk = Desk.of(context)
    project = desk.project()
    with screens.progress(quiet=quiet) as tell:
        yield Bench(project, desk.home, today(project), tell)


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
