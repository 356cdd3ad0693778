"""What a run works on: the matrix, the outcomes as each fold may know them, and the areas families live in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Cohort, Compiled, Group, Outcome
from tayanch.declare.forms import digest_of
from tayanch.declare.references import Reference
from tayanch.errors import LearnError
from tayanch.learn.arrays import Wholes
from tayanch.learn.bench import UNKNOWN, Known, Ledger, Rows, as_outcome, day_number
from tayanch.learn.evaluate import Paper
from tayanch.learn.intervals import draws
from tayanch.learn.lesson import part_of
from tayanch.learn.metrics import Sheet
from tayanch.learn.timeline import RELEASE, Fold, Timeline
from tayanch.project import Project
from tayanch.release.columns import distinct
from tayanch.release.inputs import Inputs, categories
from tayanch.store.matrix import Matrix, RowKeys, build_groups, build_matrix
from tayanch.store.outcomes import Outcomes, find_outcomes
from tayanch.store.questions import GroupsQuestion, MatrixQuestion
from tayanch.store.source import Source
from tayanch.vocabulary import Kind, Progress, no_progress

EPOCH = date(1970, 1, 1)
NOWHERE = "(none)"
"""The area of families whose area is missing."""
NOTHING = "(nothing)"
"""The one category of a code that was met nowhere."""


@dataclass(frozen=True)
class Plan:
    """An experiment with all that it names, checked to be complete."""

    experiment: Experiment
    compiled: Compiled
    cohort: Cohort
    outcome: Outcome
    cluster: Group
    area: Group | None
    widest_area: Group | None
    references: tuple[Reference, ...]

    @classmethod
    def of(cls, project: Project, experiment: Experiment) -> Plan:
        """The plan of a project's experiment; areas are clusters by the judge's word, else the finest area level."""
        judge = experiment.judge
        return cls(
            experiment,
            project.compiled(experiment.computed),
            project.cohort(experiment.cohort),
            project.outcome(experiment.outcome),
            project.group(judge.cluster or project.settings.area_levels[-1]),
            project.group(judge.capacity.per) if judge.capacity.per else None,
            project.widest_area,
            project.references,
        )

    @cached_property
    def digest(self) -> str:
        """Of all that is declared and matters for the result."""
        groups = [group.digest for group in self.groups]
        told = (self.experiment, self.compiled, self.cohort, self.outcome)
        return digest_of([*(form.digest for form in told), *groups])

    @property
    def timeline(self) -> Timeline:
        """Its dates."""
        return Timeline(self.experiment, self.outcome)

    @property
    def question(self) -> MatrixQuestion:
        """Its features at all its dates."""
        return MatrixQuestion(
            cohort=self.cohort,
            as_of=self.timeline.dates,
            lag=self.experiment.lag,
            references=self.references,
            features=self.compiled,
            area=self.widest_area,
        )

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups that judging needs, once each."""
        return tuple({group.name: group for group in (self.cluster, self.area) if group}.values())


@dataclass(frozen=True)
class Gathered:
    """All rows of a run apart from the features' values, which stay in the matrix.

    ledger: under RELEASE with all that is known now. areas: per group, of the test rows.
    """

    compiled: Compiled
    matrix: Matrix
    keys: RowKeys
    ledger: Ledger
    areas: Mapping[str, Areas]

    @property
    def tested(self) -> Known:
        """Outcomes with all that is known now."""
        return self.ledger.known[RELEASE]

    @property
    def dates_known(self) -> tuple[date, ...]:
        """The as_of dates of which any outcome is known now."""
        days = np.unique(self.ledger.day[self.tested != UNKNOWN])
        return tuple(EPOCH + timedelta(days=day) for day in days.tolist())

    @cached_property
    def families(self) -> list[str]:
        """The pseudonyms."""
        return self.keys.family.to_pylist()

    @cached_property
    def inputs(self) -> Inputs:
        """How scorers read the features; codes that no declaration lists are those met here."""
        undeclared = [f.id for f in self.compiled.features if f.kind is Kind.CODE and not categories(f.expression)]
        table = self.matrix.table(undeclared)
        return Inputs.of(self.compiled, {name: distinct(table.column(name)) or (NOTHING,) for name in undeclared})

    @property
    def rows(self) -> Rows:
        """The rows with their features' values, as scorers read them."""
        parts = {family: part_of(family) for family in set(self.families)}
        part = np.array([parts[family] for family in self.families], dtype=np.int64)
        return Rows(self.ledger, self.inputs, self.inputs.encode(self.matrix.table()), part)


@dataclass(frozen=True)
class Areas:
    """The area of each test row, as a place in `names`."""

    names: tuple[str, ...]
    place: Wholes
    day: Wholes


def gather(plan: Plan, snapshot: Source, home: Path, *, progress: Progress = no_progress) -> Gathered:
    """The matrix, outcomes and areas of a plan, computed or taken from the cache.

    Raises:
        LearnError: when a fold can't be, or the areas are not those of the matrix's families.
    """
    folds, cache = plan.timeline.folds(), home / "cache"
    matrix = build_matrix(snapshot, plan.question, cache, progress=progress)
    keys = matrix.keys()
    days = list(dict.fromkeys(fold.known_by for fold in folds))
    told = find_outcomes(
        snapshot,
        plan.outcome,
        keys,
        known_by=[*days, None],
        references=plan.references,
        cache=cache,
        progress=progress,
    )
    by_day = dict(zip(days, told[:-1], strict=True))
    known = {RELEASE: _known(told[-1]), **{fold.name: _known(by_day[fold.known_by]) for fold in folds}}
    ledger = Ledger(keys.as_of.astype("datetime64[D]").astype(np.int64), known)
    return Gathered(plan.compiled, matrix, keys, ledger, _areas(plan, snapshot, keys, cache=cache))


def papers(plan: Plan, gathered: Gathered, folds: Sequence[Fold]) -> tuple[Paper, ...]:
    """What each fold is judged on: the cohort at its test date, with all outcomes known now."""
    cluster = gathered.areas[plan.cluster.name]
    drawn = draws(len(cluster.names), seed=plan.experiment.seed)
    found: list[Paper] = []
    for fold in folds:
        there = cluster.day == day_number(fold.test)
        outcome = as_outcome(gathered.tested[gathered.ledger.at(fold.test)])
        sheet = Sheet(outcome, cluster.place[there], drawn)
        area = gathered.areas[plan.area.name].place[there] if plan.area else None
        found.append(Paper(sheet, plan.experiment.judge.capacity, area))
    return tuple(found)


def _known(outcomes: Outcomes) -> Known:
    return np.where(outcomes.known, outcomes.value, UNKNOWN).astype(np.int8)


def _areas(plan: Plan, snapshot: Source, keys: RowKeys, *, cache: Path) -> dict[str, Areas]:
    question = GroupsQuestion(
        cohort=plan.cohort,
        as_of=plan.experiment.tests,
        lag=plan.experiment.lag,
        references=plan.references,
        groups=plan.groups,
    )
    matrix = build_groups(snapshot, question, cache)
    own = matrix.keys()
    tested = np.isin(keys.as_of, own.as_of)
    if keys.as_of[tested].tolist() != own.as_of.tolist() or not keys.family.filter(tested).equals(own.family):
        raise LearnError("the areas are not those of the matrix's families", do="clear the cache and run again.")
    table, day = matrix.table(), own.as_of.astype("datetime64[D]").astype(np.int64)
    return {group.name: _places(table.column(group.name).to_pylist(), day) for group in plan.groups}


def _places(values: Sequence[Any], day: Wholes) -> Areas:
    told = [NOWHERE if value is None or value != value else str(value) for value in values]
    names, place = np.unique(told, return_inverse=True) if told else (np.array([], dtype=str), np.zeros(0, np.int64))
    return Areas(tuple(names.tolist()), place.astype(np.int64), day)
