"""The stages of the work, from extracts to a published list: each takes a project and gives back what it made."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tayanch.cli.desk import Bench
from tayanch.cli.keys import key_folder
from tayanch.declare.features import Compiled
from tayanch.declare.forms import digest_of, from_plain
from tayanch.declare.rows import reductions
from tayanch.errors import IntakeError, ReleaseError, SimulationError, nearest
from tayanch.intake.delivery import Intake, Taken, take_in
from tayanch.intake.disk import write_whole
from tayanch.intake.rehearsal import rehearse
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn.cataloguing import Scope, Used, build_catalogue
from tayanch.learn.freeze import Title, draft
from tayanch.learn.gather import Plan
from tayanch.learn.protection import Asked
from tayanch.learn.results import RunResult
from tayanch.learn.run import Runner
from tayanch.project import Project
from tayanch.release.documents import FEATURES
from tayanch.release.freeze import freeze as freeze_draft
from tayanch.release.keys import Keyring, trusted_keys
from tayanch.release.releases import Release
from tayanch.release.verify import verify
from tayanch.simulate.country import Country
from tayanch.simulate.delivering import REGISTERS
from tayanch.simulate.simulation import Order, simulate
from tayanch.store.catalogue import BuiltCatalogue, write_catalogue
from tayanch.store.feast import FeastRepository
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Length

VALID_FOR = Length(months=12)
"""How long a release may be used, from the date it was made as of."""


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


def simulated_extracts(bench: Bench, families: int | None) -> tuple[Path, bool]:
    """The registers of the project's simulated country, made when they are not there yet, and whether they are another
    country's than those taken in last.

    families: how many instead of what the project says.

    Raises:
        SimulationError: when the project simulates none, or the country can't be made.
    """
    told = bench.project.settings.simulated
    if told is None:
        raise SimulationError(f"{bench.project.settings.name} simulates no country", do="leave --families out.")
    order = Order(
        country=bench.project.country_folder,
        families=families or told.families,
        seed=told.seed,
        months=told.months,
        processes=len(os.sched_getaffinity(0)),
    )
    country = digest_of([order.families, order.seed, order.months, Country.load(order.country).digest])
    folder = bench.home / "simulated" / f"{bench.project.settings.name}-{country[:12]}"
    simulate(order, folder, tell=bench.tell)
    taken = folder.parent / f"{bench.project.settings.name}.taken"
    return folder / REGISTERS, not taken.is_file() or taken.read_text(encoding="utf-8") != folder.name


def note_taken(registers: Path, project: str) -> None:
    """Keeps in mind which simulated country was taken in last."""
    write_whole(registers.parents[1] / f"{project}.taken", registers.parent.name.encode())


def intake(
    bench: Bench,
    folder: Path,
    delivered: date | None = None,
    *,
    afresh: bool = False,
    dry_run: bool = False,
    strict: bool = False,
) -> Taken:
    """The extracts of a folder, taken in as delivered on a day: as asked, as the project says, else today.

    `afresh` begins anew with them; earlier snapshots stay. `dry_run` reads and checks everything and keeps nothing.
    `strict` refuses what does not keep the registries' contracts.

    Raises:
        IntakeError: when it can't be taken in, or is dated in the future: all later deliveries would seem to be older.
    """
    settings = bench.project.settings
    if delivered and delivered > max(bench.today, settings.delivered or bench.today):
        raise IntakeError(
            f"the delivery is dated {delivered}, and today is {bench.today}", do="give the day it was really delivered."
        )
    day = delivered or settings.delivered or bench.today
    into = replace(door(bench, keep=not dry_run), strict=strict)
    work = rehearse if dry_run else take_in
    return work(bench.project.registries, folder, into=into, delivered=day, afresh=afresh)


def door(bench: Bench, *, keep: bool = True) -> Intake:
    """Where extracts are taken in to, with the project's keys. Those made now are kept or serve once."""
    settings, keys = bench.project.settings, key_folder(bench.project, bench.home)
    into = Intake(
        bench.home,
        settings.name,
        bench.project.zone,
        keys.key("linkage", keep=keep).secret,
        tell=bench.tell,
        keys=keys.door(keep=keep),
        spelling=bench.project.spelling,
        quarantine_days=settings.quarantine_days,
    )
    return replace(into, memory=bench.memory) if bench.memory else into


def matrix(bench: Bench, experiment: str, as_of: date) -> Matrix:
    """The features of an experiment for its cohort on one date, from the newest snapshot."""
    asked = bench.project.experiment(experiment)
    question = MatrixQuestion(
        cohort=bench.project.cohort(asked.cohort),
        as_of=(as_of,),
        lag=asked.lag,
        references=bench.project.references,
        features=bench.project.compiled(asked.computed),
        area=bench.project.widest_area,
    )
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    return build_matrix(snapshot, question, bench.home / "cache", memory=bench.memory, progress=bench.tell)


def catalogue(bench: Bench, cohorts: Sequence[str] = (), as_of: Sequence[date] = ()) -> BuiltCatalogue:
    """The catalogue of all features, made from the newest snapshot and written down.

    cohorts, as_of: of which families and when, instead of the experiments' at their test dates.

    Raises:
        LearnError: when a feature stands for a protected attribute; nothing is written then.
    """
    project = bench.project
    scope = Scope.of(project, cohorts=cohorts, as_of=as_of)
    asked = Asked(project, open_snapshot(bench.home, project.settings.name), bench.home, bench.tell)
    experiments = {name: project.experiment(name).features for name in project.experiments}
    used = Used(experiments, {name: _features_of(bench, name) for name in release_names(bench)})
    return write_catalogue(build_catalogue(asked, scope, used=used, built_on=bench.today), bench.home)


def feast_repository(bench: Bench, experiment: str) -> FeastRepository:
    """The matrix of an experiment's features at all its as_of dates, from the newest snapshot, as Feast would have it.

    Raises:
        StoreError: when there is no snapshot, or it lacks what the features need.
    """
    plan = Plan.of(bench.project, bench.project.experiment(experiment))
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    matrix = build_matrix(snapshot, plan.question, bench.home / "cache", progress=bench.tell)
    declared = {registry.name: registry.purpose for registry in bench.project.registries}
    features = plan.compiled.features
    purposes = {f.id: "; ".join(sorted({declared[r.registry] for r in reductions(f.expression)})) for f in features}
    return FeastRepository(bench.project.settings.name, bench.project.zone, matrix, plan.cohort, features, purposes)


def run(bench: Bench, experiment: str) -> RunResult:
    """An experiment carried out on the newest snapshot, and logged.

    Raises:
        LearnError: when the run can't start or go on, or MLflow does not take it.
    """
    from tayanch.learn.track import log_run  # MLflow takes seconds to import: only commands that log pay them

    asked = bench.project.experiment(experiment)
    snapshot = open_snapshot(bench.home, bench.project.settings.name)
    result = Runner(bench.home, progress=bench.tell).run(bench.project, asked, snapshot=snapshot)
    declared = (bench.project.folder / "experiments" / f"{experiment}.yaml").read_text(encoding="utf-8")
    return result.kept_at(folder=result.folder, tracked=log_run(result, declared, home=bench.home))


def freeze(bench: Bench, result: RunResult, *, version: str, candidate: str = "") -> Release:
    """A candidate of a run (default: the learner) as a release, a draft until someone signs.

    Raises:
        ReleaseError: when that version is there already, or a feature is not worded in every language.
    """
    until = VALID_FOR.after(result.created_as_of)
    made = draft(result, bench.project, Title(result.experiment, version, until), candidate=candidate)
    return freeze_draft(made, bench.home / "releases")


def freeze_once(bench: Bench, result: RunResult, *, version: str) -> Release:
    """The release of a run under a version that is made again only when the run is another one."""
    folder = bench.home / "releases" / result.experiment
    name = f"{version}-{result.digests.run[:8]}"
    if (folder / name).is_dir():
        return find_release(bench, f"{result.experiment}/{name}")
    return freeze(bench, result, version=name)


def keyring(bench: Bench) -> Keyring:
    """Whose signatures count here: the public keys in <home>/keys, and in a practice project the practice keys."""
    return trusted_keys(practice=bench.project.settings.practice, folder=bench.home / "keys")


def release_names(bench: Bench) -> tuple[str, ...]:
    """name/version of every release, made here or committed with the project."""
    found = {
        f"{file.parent.parent.name}/{file.parent.name}"
        for top in _shelves(bench)
        for file in top.glob("*/*/release.yaml")
    }
    return tuple(sorted(found))


def _features_of(bench: Bench, release: str) -> tuple[str, ...]:
    """The ids of the features that a release reads."""
    file = next(file for shelf in _shelves(bench) if (file := shelf / release / FEATURES).is_file())
    compiled: Compiled = from_plain(json.loads(file.read_bytes()))
    return tuple(feature.id for feature in compiled.features)


def find_release(bench: Bench, name: str) -> Release:
    """The release of that name/version, verified.

    Raises:
        ReleaseError: when there is none, or a byte of it is not as frozen.
    """
    for shelf in _shelves(bench):
        if (shelf / name / "release.yaml").is_file():
            return verify(shelf / name, keyring(bench))
    raise ReleaseError(f'there is no release "{name}"', do=nearest(name, release_names(bench)))


def _shelves(bench: Bench) -> tuple[Path, Path]:
    return bench.home / "releases", bench.project.folder / "models"
