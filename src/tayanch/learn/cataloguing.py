"""The catalogue made from a snapshot: every feature of a project, at its experiments' test dates.

A catalogue with a feature in it that stands for a protected attribute is not made. What was computed before the work
was stopped is taken from the cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import numpy as np

from tayanch.declare.enforcing import looked_up
from tayanch.declare.features import Cohort, Feature, compile_features
from tayanch.declare.policy import EXEMPT, Policy, PolicyLine
from tayanch.errors import DeclarationError
from tayanch.learn.arrays import Floats
from tayanch.learn.gather import NOTHING, NOWHERE
from tayanch.learn.protection import Asked, Last, each_column, last_families, same_families
from tayanch.learn.proxies import Blocked, Protected, alone, blocking, refuse, together
from tayanch.project import Project
from tayanch.release.inputs import Input, Inputs
from tayanch.release.wording import Wording, read_wording
from tayanch.store.catalogue import (
    Attribute,
    Coverage,
    Distribution,
    Entry,
    FeatureCatalogue,
    Foretold,
    Freshness,
    PolicyRule,
    Proxy,
    Register,
    Worded,
)
from tayanch.store.distributions import Places, Seen, Span, coverages, distributions, freshness, newest, seen
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Kind, Theme

TOGETHER = 20_000
"""How many families the features together are tested on."""


@dataclass(frozen=True)
class Scope:
    """Of which families, at which dates, a catalogue tells: those of any of the cohorts."""

    cohorts: tuple[Cohort, ...]
    as_of: tuple[date, ...]

    @classmethod
    def of(cls, project: Project, *, cohorts: Sequence[str] = (), as_of: Sequence[date] = ()) -> Scope:
        """As asked; else the cohorts of all experiments of the project, at all their test dates.

        Raises:
            DeclarationError: when nothing is asked for and there is no experiment, or there is no such cohort.
        """
        experiments = [project.experiment(name) for name in project.experiments]
        names = dict.fromkeys(cohorts or (experiment.cohort for experiment in experiments))
        days = sorted({*as_of} or {day for experiment in experiments for day in experiment.tests})
        if not names or not days:
            raise DeclarationError(
                "no experiment says for which families and dates", do="say --cohort and --on, or declare an experiment."
            )
        return cls(tuple(project.cohort(name) for name in names), tuple(days))

    @property
    def cohort(self) -> Cohort:
        """The families of any of the cohorts."""
        if len(self.cohorts) == 1:
            return self.cohorts[0]
        conditions = (cohort.expression.fill(False) for cohort in self.cohorts)
        return Cohort(
            " or ".join(cohort.name for cohort in self.cohorts), reduce(lambda one, two: one | two, conditions)
        )


@dataclass(frozen=True)
class Used:
    """Where features are used: the ids of the features of each experiment and of each release."""

    experiments: Mapping[str, Sequence[str]]
    releases: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _Looks:
    """What one feature's values look like."""

    coverage: tuple[Coverage, ...]
    freshness: tuple[Freshness, ...]
    distributions: tuple[Distribution, ...]
    proxies: tuple[Proxy, ...]


@dataclass
class _Together:
    """The columns of the families that all features together are tested on, the first TOGETHER."""

    columns: list[Floats] = field(default_factory=list[Floats])
    items: list[Input] = field(default_factory=list[Input])

    def add(self, feature: Feature, column: Seen) -> None:
        """Keeps a column."""
        words = (column.words or (NOTHING,)) if feature.kind is Kind.CODE else ()
        self.columns.append(column.numbers[:TOGETHER])
        self.items.append(Input(feature.id, feature.kind, words))

    def test(self, attribute: Protected) -> tuple[Foretold, ...]:
        """How well they tell an attribute."""
        return together(np.column_stack(self.columns), Inputs(tuple(self.items)), attribute.first(TOGETHER))


@dataclass(frozen=True)
class _Room:
    """What all features are looked at beside: the last date's families, where they live, how old registers are."""

    last: Last
    places: Places
    ages: Mapping[str, Floats]
    together: _Together = field(default_factory=_Together)


def build_catalogue(asked: Asked, scope: Scope, *, used: Used, built_on: date) -> FeatureCatalogue:
    """The catalogue of all features of the project.

    Raises:
        DeclarationError: when the project declares no feature.
        LearnError: when a feature stands for a protected attribute.
        StoreError: when the snapshot lacks what is asked.
    """
    project = asked.project
    if not project.features:
        raise DeclarationError(f"{project.settings.name} declares no feature", do="declare one in features/.")
    features = tuple(sorted(project.features, key=lambda feature: feature.id))
    question = _question(project, scope, features)
    matrix = build_matrix(asked.snapshot, question, asked.home / "cache", progress=asked.progress)
    area = project.group(project.settings.area_levels[0])
    last = last_families(asked, question, matrix, more=(area,))
    places = area_places(seen(last.groups, area.name, area.expression.kind))
    room = _Room(last, places, _ages(asked, scope, matrix, last=last))
    looks = _looked_at(asked, matrix, features, room=room)
    wording = read_wording(project.wording_folder, project.settings.languages)
    return FeatureCatalogue(
        project=project.settings.name,
        title=project.settings.title,
        snapshot=asked.snapshot.digest,
        built_on=built_on,
        as_of=scope.as_of,
        cohorts=tuple(cohort.name for cohort in scope.cohorts),
        area=area.name,
        registers=_registers(project, room),
        features=tuple(_entry(project, f, looks[f.id], wording=wording, used=used) for f in features),
        attributes=_attributes(project, room),
        policy=_rules(project.policy),
    )


def _question(project: Project, scope: Scope, features: tuple[Feature, ...]) -> MatrixQuestion:
    return MatrixQuestion(
        cohort=scope.cohort,
        as_of=scope.as_of,
        references=project.references,
        features=compile_features(features, project.registries, project.references),
    )


def area_places(column: Seen) -> Places:
    """Where families live, of the group that tells areas; NOWHERE where it is missing."""
    values, place = np.unique(column.numbers, return_inverse=True)
    names = (NOWHERE if np.isnan(value) else column.word(float(value)) for value in values)
    return Places(place.astype(np.int64), tuple(names))


def _ages(asked: Asked, scope: Scope, matrix: Matrix, *, last: Last) -> dict[str, Floats]:
    """Of each registry that a feature reads, the days since each family's newest row."""
    read = {name for feature in asked.project.features for name in feature.registries}
    newest_rows = tuple(
        Feature(registry.name, Theme.DATA_QUALITY, registry.days_since(), "days")
        for registry in asked.project.registries
        if registry.name in read
    )
    question = _question(asked.project, Scope(scope.cohorts, scope.as_of[-1:]), newest_rows)
    found = build_matrix(asked.snapshot, question, asked.home / "cache", progress=asked.progress)
    same_families(matrix.keys(), found.keys(), start=last.rows.start)
    return {feature.name: column.numbers for feature, column in each_column(found, newest_rows)}


def _looked_at(asked: Asked, matrix: Matrix, features: Sequence[Feature], *, room: _Room) -> dict[str, _Looks]:
    """What every feature looks like.

    Raises:
        LearnError: when one stands for a protected attribute.
    """
    spans, found, blocked = _spans(matrix), dict[str, _Looks](), list[Blocked]()
    for feature, column in each_column(matrix, features):
        there = column.at(room.last.rows)
        proxies = alone(feature.id, column.at(room.last.looked_at), room.last.protected, policy=asked.project.policy)
        blocked += blocking(feature, proxies)
        room.together.add(feature, column.at(room.last.looked_at))
        found[feature.id] = _Looks(
            coverages(there.there, room.places),
            freshness(newest([room.ages[name] for name in feature.registries]), room.places),
            distributions(column, spans),
            proxies,
        )
        asked.progress("features", len(found), len(features))
    refuse(blocked)
    return found


def _spans(matrix: Matrix) -> list[Span]:
    """The rows of each as_of date."""
    days = matrix.keys().as_of
    edges = [*np.searchsorted(days, np.array(matrix.as_of, dtype=days.dtype)).tolist(), len(days)]
    return [(day, slice(edges[at], edges[at + 1])) for at, day in enumerate(matrix.as_of)]


def _registers(project: Project, room: _Room) -> tuple[Register, ...]:
    told = sorted((r for r in project.registries if r.name in room.ages), key=lambda registry: registry.name)
    return tuple(
        Register(r.name, r.meaning, r.purpose, r.owner, freshness(room.ages[r.name], room.places)) for r in told
    )


def _entry(project: Project, feature: Feature, looks: _Looks, *, wording: Wording, used: Used) -> Entry:
    rule, because = project.policy.of(feature.id)
    return Entry(
        id=feature.id,
        theme=feature.theme.value,
        meaning=feature.meaning,
        unit=feature.unit,
        kind=feature.kind.value,
        digest=feature.digest,
        place=project.near(feature.place),
        registers=feature.registries,
        rule=rule,
        because=because,
        looks_up=tuple(_rule(line) for line in looked_up(project.policy, feature)),
        wording=_worded(wording, feature),
        experiments=tuple(name for name, ids in used.experiments.items() if feature.id in ids),
        releases=tuple(name for name, ids in used.releases.items() if feature.id in ids),
        coverage=looks.coverage,
        freshness=looks.freshness,
        distributions=looks.distributions,
        proxies=looks.proxies,
    )


def _worded(wording: Wording, feature: Feature) -> tuple[Worded, ...]:
    parts = ("name", "meaning", "raises", "lowers", "none", "missing")
    return tuple(
        Worded(language, **{part: wording.say(language, f"{feature.id}.{part}") for part in parts})
        for language in wording.languages
    )


def _attributes(project: Project, room: _Room) -> tuple[Attribute, ...]:
    lines = {line.name: line for line in project.policy.guarded}
    return tuple(
        Attribute(
            protected.name,
            project.group(protected.name).meaning,
            lines[protected.name].rule,
            lines[protected.name].because,
            room.together.test(protected),
        )
        for protected in room.last.protected
    )


def _rule(line: PolicyLine) -> PolicyRule:
    return PolicyRule(line.rule, line.name, line.because)


def _rules(policy: Policy) -> tuple[PolicyRule, ...]:
    exempt = (PolicyRule(EXEMPT, f"{one.feature}: {one.attribute}", one.told) for one in policy.exemptions)
    return (*(_rule(line) for line in policy.lines), *exempt)
