"""A project: the folder of declarations of one agency. Found, loaded and checked here; nothing is computed."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import itertools
import os
import shutil
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tayanch.declare.enforcing import Declarations, enforce, enforce_need
from tayanch.declare.experiment_files import Names, read_experiment
from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Cohort, Compiled, Feature, Group, Outcome, compile_features
from tayanch.declare.identity import PLAIN, Spelling
from tayanch.declare.policy import NO_POLICY, Policy
from tayanch.declare.policy_file import read_policy
from tayanch.declare.project_file import Settings, read_settings
from tayanch.declare.references import Reference
from tayanch.declare.registries import Registry
from tayanch.errors import DeclarationError, ProjectError, TayanchError, nearest
from tayanch.vocabulary import Links

MARK = "project.yaml"
POLICY = "features/policy.yaml"
"""In a project: what may be used for what."""
COUNTRY = "features/country"
"""In a project: the figures that its country is simulated from."""
PARTS = (MARK, "features", "experiments", "models", "data", "README.md")
"""What a project folder holds; `init` copies these and nothing else that may lie beside them."""
Declared = TypeVar("Declared")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Project:
    """A loaded project: its settings and all that its features/ folder declares, as its policy allows it."""

    folder: Path
    settings: Settings
    registries: tuple[Registry, ...]
    references: tuple[Reference, ...]
    features: tuple[Feature, ...]
    cohorts: tuple[Cohort, ...]
    outcomes: tuple[Outcome, ...]
    groups: tuple[Group, ...]
    policy: Policy = NO_POLICY
    spelling: Spelling = PLAIN

    @property
    def declared(self) -> Declarations:
        """All that is declared in features/."""
        return Declarations(self.registries, self.references, self.features, self.cohorts, self.outcomes, self.groups)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which an as_of day begins."""
        return ZoneInfo(self.settings.time_zone)

    @property
    def country_folder(self) -> Path:
        """Where the figures lie that its country is simulated from."""
        return self.folder / COUNTRY

    @property
    def wording_folder(self) -> Path:
        """Where features/wording/{language}.po lie."""
        return self.folder / "features" / "wording"

    @property
    def widest_area(self) -> Group | None:
        """The group of its first area level; None where there are no levels."""
        return self.group(self.settings.area_levels[0]) if self.settings.area_levels else None

    @cached_property
    def experiments(self) -> tuple[str, ...]:
        """Names of the files in experiments/, sorted but for the one that the demo opens with, which comes first."""
        names = (file.stem for file in (self.folder / "experiments").glob("*.yaml"))
        return tuple(sorted(names, key=lambda name: (name != self.settings.opens_with, name)))

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """What people call the finest areas, by code; empty where codes are names already.

        Raises:
            ProjectError: when the table that project.yaml names is not there, or has no column `name`.
        """
        if not self.settings.area_names:
            return {}
        file = self.folder / self.settings.area_names
        try:
            with file.open(encoding="utf-8", newline="") as lines:
                return {next(iter(row.values())): row["name"] for row in csv.DictReader(lines)}
        except (OSError, KeyError):
            raise ProjectError(
                f"{file} is no table with a column name", do="mend area_names in project.yaml."
            ) from None

    def experiment(self, name: str) -> Experiment:
        """The experiment of that name, checked against everything declared and the policy.

        Raises:
            DeclarationError: telling file, key, what was met and what to do.
        """
        if name not in self.experiments:
            raise DeclarationError(f'there is no experiment "{name}"', do=nearest(name, self.experiments))
        names = Names(
            cohorts=[c.name for c in self.cohorts],
            outcomes=[o.name for o in self.outcomes],
            features=[f.id for f in self.features],
            groups=[g.name for g in self.groups],
        )
        experiment = read_experiment(self.folder / "experiments" / f"{name}.yaml", names)
        enforce_need(self.policy, experiment)
        return experiment

    def near(self, place: str) -> str:
        """A place of a declaration as seen from the project's folder: file and line."""
        return place.removeprefix(f"{self.folder}/").split(" ")[0]

    def compiled(self, feature_ids: tuple[str, ...]) -> Compiled:
        """These features with all they need, in the order asked."""
        by_id = {f.id: f for f in self.features}
        return compile_features(tuple(by_id[i] for i in feature_ids), self.registries, self.references)

    def cohort(self, name: str) -> Cohort:
        """The cohort of that name."""
        return _named(self.cohorts, name)

    def outcome(self, name: str) -> Outcome:
        """The outcome of that name."""
        return _named(self.outcomes, name)

    def group(self, name: str) -> Group:
        """The group of that name."""
        return _named(self.groups, name)


def find_project(asked: str = "", *, start: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The project folder: as asked, else TAYANCH_PROJECT, else the nearest parent of `start`, else the bundled one.

    `asked` may be a folder or the name of a bundled project.

    Raises:
        ProjectError: when the asked one is not there.
    """
    named = asked or environment.get("TAYANCH_PROJECT", "")
    if named:
        for folder in (Path(named), bundled().get(named, Path(named))):
            if (folder / MARK).is_file():
                return folder.resolve()
        raise ProjectError(f"{named} has no {MARK}", do=f"name a project folder, or one of: {', '.join(bundled())}.")
    for folder in (start, *start.resolve().parents):
        if (folder / MARK).is_file():
            return folder.resolve()
    return bundled()["uzbekistan"]


def bundled() -> dict[str, Path]:
    """The projects that come with the package, by name; in a checkout they lie at its top and in examples/."""
    installed = Path(__file__).parent / "project_files"
    if installed.is_dir():
        return {mark.parent.name: mark.parent for mark in sorted(installed.glob(f"*/{MARK}"))}
    top = Path(__file__).parents[2]
    examples = {mark.parent.name: mark.parent for mark in sorted(top.glob(f"examples/*/{MARK}"))}
    return {**examples, "uzbekistan": top}


def copy_project(source: Path, folder: Path) -> None:
    """Copies a project's own parts into a new folder, data included.

    Raises:
        ProjectError: when the folder is there and not empty, or can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is not an empty folder", do="name a new one; nothing was written.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in (source / name for name in PARTS):
            if part.is_dir():
                shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("__pycache__"))
            elif part.is_file():
                shutil.copy2(part, folder / part.name)
    except OSError as error:
        raise ProjectError(f"{folder} can't be written: {error.strerror}", do="mend that and try again.") from None


def load_project(folder: Path) -> Project:
    """The project in a folder, every declaration checked and the policy enforced.

    Raises:
        ProjectError: when project.yaml or features/ is not there.
        DeclarationError: when something declared can't stand, or the policy does not allow it.
    """
    if not (folder / MARK).is_file():
        raise ProjectError(f"{folder} has no {MARK}", do="make a project with: tayanch init DIR.")
    settings = read_settings(folder / MARK)
    modules = _modules(folder / "features")
    project = Project(
        folder=folder,
        settings=settings,
        registries=_declared(modules, Registry),
        references=_declared(modules, Reference),
        features=_declared(modules, Feature),
        cohorts=_declared(modules, Cohort),
        outcomes=_declared(modules, Outcome),
        groups=_declared(modules, Group),
        policy=read_policy(folder / POLICY),
        spelling=_one_spelling(_declared(modules, Spelling)),
    )
    _check_whole(project)
    enforce(project.policy, project.declared)
    return project


def work_folder(*, start: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where everything made goes: TAYANCH_HOME, else .tayanch in the folder one works in."""
    return Path(environment.get("TAYANCH_HOME") or start / ".tayanch").resolve()


def _modules(folder: Path) -> list[ModuleType]:
    if not folder.is_dir():
        raise ProjectError(f"{folder} is not there", do="a project keeps its declarations in features/.")
    package = f"_tayanch_project_{next(_numbers)}"
    spec = importlib.util.spec_from_loader(package, None, is_package=True)
    assert spec is not None
    top = importlib.util.module_from_spec(spec)
    top.__path__ = [str(folder)]
    sys.modules[package] = top
    files = sorted(f for f in folder.glob("*.py") if f.stem != "__init__")
    return [_import(f"{package}.{file.stem}", file) for file in files]


def _import(name: str, file: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except TayanchError as error:
        raise error.at(str(file)) from None
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).parent == file.parent]
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(file)
        raise DeclarationError(f"{type(error).__name__}: {error}", do="mend the file.", where=where) from error


def _declared(modules: list[ModuleType], sort: type[Declared]) -> tuple[Declared, ...]:
    found: dict[int, Declared] = {}
    for value in _values(modules):
        if isinstance(value, sort):
            found.setdefault(id(value), value)
    return tuple(found.values())


def _values(modules: list[ModuleType]) -> Iterator[Any]:
    for module in modules:
        yield from vars(module).values()


def _check_whole(project: Project) -> None:
    for declared in (project.registries, project.cohorts, project.outcomes, project.groups):
        _refuse_twice([(item.name, item.place) for item in declared])
    _refuse_twice([(f.id, f.place) for f in project.features])
    _check_membership(project.registries)
    if project.settings.opens_with and project.settings.opens_with not in project.experiments:
        raise DeclarationError(
            f'there is no experiment "{project.settings.opens_with}"',
            do=nearest(project.settings.opens_with, project.experiments),
            where=f"{project.folder / MARK} opens_with",
        )
    for level in project.settings.area_levels:
        if level not in [g.name for g in project.groups]:
            raise DeclarationError(
                f'the area level "{level}" is not a declared group',
                do=nearest(level, [g.name for g in project.groups]),
                where=f"{project.folder / MARK} area_levels",
            )


def _one_spelling(declared: tuple[Spelling, ...]) -> Spelling:
    if len(declared) > 1:
        raise DeclarationError(
            f"{declared[1].name} is a second way of spelling", do="keep one.", where=declared[1].place
        )
    return declared[0] if declared else PLAIN


def _check_membership(registries: tuple[Registry, ...]) -> None:
    memberships = [r for r in registries if r.links is Links.MEMBERSHIP]
    persons = [r for r in registries if r.links is Links.PERSON]
    if persons and not memberships:
        raise DeclarationError(
            f"{persons[0].name} is of persons, and no registry tells who belongs to which family",
            do='declare one with links="membership".',
            where=persons[0].place,
        )
    if len(memberships) > 1:
        raise DeclarationError(
            f"{memberships[1].name} is a second membership registry", do="keep one.", where=memberships[1].place
        )


def _refuse_twice(named: list[tuple[str, str]]) -> None:
    seen: dict[str, str] = {}
    for name, place in named:
        if name in seen:
            raise DeclarationError(
                f"{name} is declared a second time", do=f"the first is at {seen[name]}.", where=place
            )
        seen[name] = place


def _named(declared: tuple[Any, ...], name: str) -> Any:
    found = {item.name: item for item in declared}
    if name not in found:
        raise DeclarationError(f'"{name}" is not declared', do=nearest(name, found))
    return found[name]
