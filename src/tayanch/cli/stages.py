"""The stages of the work, from extracts to a published list: each takes a project and gives back what it made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tayanch.cli.keys import linkage_key
from tayanch.errors import IntakeError
from tayanch.intake.delivery import Intake, Taken, take_in
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn.results import RunResult
from tayanch.learn.run import Runner
from tayanch.project import Project
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Progress


@dataclass(frozen=True)
class Bench:
    """Where stages work: a project, the work folder, today by the project's clock, and who is told of progress."""

    project: Project
    home: Path
    today: date
    tell: Progress


def extracts_folder(project: Project, asked: Path | None) -> Path:
    """The folder with extracts: the one asked for, else TAYANCH_DATA, else the project's own.

    Raises:
        IntakeError: when there is none.
    """
    named = asked or (Path(os.environ["TAYANCH_DATA"]) if os.environ.get("TAYANCH_DATA") else None)
    if named is None and not project.settings.extracts:
        raise IntakeError(
            f"the project {project.settings.name} brings no extracts", do="name the folder: tayanch intake FOLDER."
        )
    folder = named or project.folder / project.settings.extracts
    if not folder.is_dir():
        raise IntakeError(f"{folder} is not a folder", do="name the folder in which the extracts lie.")
    return folder


def intake(bench: Bench, folder: Path, delivered: date | None = None) -> Taken:
    """The extracts of a folder, taken in. Without a day, the project's for its own extracts, else today."""
    settings = bench.project.settings
    own = bool(settings.extracts) and folder == bench.project.folder / settings.extracts
    day = delivered or (settings.delivered if own else None) or bench.today
    into = Intake(
        bench.home, settings.name, bench.project.zone, linkage_key(bench.project, bench.home), tell=bench.tell
    )
    return take_in(bench.project.registries, folder, into=into, delivered=day)


def matrix(bench: Bench, experiment: str, as_of: date) -> Matrix:
    """The features of an experiment for its cohort on one date, from the newest snapshot."""
    asked = bench.project.experiment(experiment)
    question = MatrixQuestion(
        cohort=bench.project.cohort(asked.cohort),
        as_of=(as_of,),
        lag=asked.lag,
        references=bench.project.references,
        features=bench.project.compiled(asked.features),
    )
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    return build_matrix(snapshot, question, bench.home / "cache", progress=bench.tell)


def run(bench: Bench, experiment: str) -> RunResult:
    """An experiment carried out on the newest snapshot, and logged."""
    asked = bench.project.experiment(experiment)
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    return Runner(bench.home, progress=bench.tell).run(bench.project, asked, snapshot=snapshot)
