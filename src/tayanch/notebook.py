"""A notebook's door to a project: its matrices, outcomes and catalogue as pandas tables.

    import tayanch

    shop = tayanch.open()
    shop.matrix("falls_to_poverty_line")
    shop.matrix(as_of="2026-01-01", features={"paid": shop.registries["payments"].last(months=12).count()})

Everything comes from the newest snapshot there was when the first table was asked for; open again for a newer one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from tayanch.declare.experiments import Experiment
from tayanch.declare.expressions import Constant, Expression, expression
from tayanch.declare.features import FEATURE_KINDS, Cohort, Feature, check_value, compile_features
from tayanch.declare.registries import Registry
from tayanch.declare.rows import reductions
from tayanch.errors import DeclarationError, ProjectError, StoreError, nearest
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.learn.timeline import Timeline
from tayanch.project import MARK, Project, find_project, load_project
from tayanch.store.matrix import Matrix, build_matrix
from tayanch.store.outcomes import find_outcomes
from tayanch.store.questions import KEYS, MatrixQuestion
from tayanch.vocabulary import NO_TIME, Kind, Theme

EVERYBODY = Cohort("everybody", Constant(True), meaning="Every family of which anything is known.")
WORK = ".tayanch"
Days = date | str | Iterable[date | str]
"""A date, or several: dates, or texts such as 2026-01-31."""
Wanted = Iterable[str | Feature | Expression] | Mapping[str, Any]
"""Features: ids, themes, declared features, expressions; as a mapping, expressions by the names of their columns."""


def open(project: str | Path = "", home: str | Path | None = None) -> Notebook:
    """A project to look at from a notebook.

    Args:
        project: its folder, or the name of a bundled one; default: TAYANCH_PROJECT, else the nearest folder upwards.
        home: the work folder with its snapshots; default: TAYANCH_HOME, else the nearest .tayanch upwards.

    Raises:
        ProjectError: when no project is there.
        DeclarationError: when something it declares can't stand.
    """
    here = Path.cwd()
    upwards = (here, *here.parents)
    named = str(project) or os.environ.get("TAYANCH_PROJECT", "")
    if not named and not any((folder / MARK).is_file() for folder in upwards):
        raise ProjectError(
            f"there is no project here: neither {here} nor a folder above it has a {MARK}",
            do='name one, tayanch.open("folder"), or make one: tayanch init DIR.',
        )
    kept = (folder / WORK for folder in upwards if (folder / WORK).is_dir())
    work = home or os.environ.get("TAYANCH_HOME") or next(kept, here / WORK)
    return Notebook(load_project(find_project(str(project), start=here)), Path(work).resolve())


@dataclass(frozen=True)
class SnapshotCard:
    """What a notebook's tables come from.

    deliveries: a row for each, first to last: its day, and how many files and rows came, were kept, were quarantined.
    """

    digest: str
    deliveries: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        last = self.deliveries.iloc[-1]
        many = f"{len(self.deliveries)} deliveries, the last" if len(self.deliveries) > 1 else "delivered"
        return f"snapshot {self.digest[:12]}: {many} on {last['delivered']:%Y-%m-%d}"


@dataclass(frozen=True)
class Notebook:
    """A project opened in a notebook. home: the work folder; nothing but its cache is written to."""

    project: Project = field(repr=False)
    home: Path

    def __repr__(self) -> str:
        told = self.project
        try:
            held = repr(self.snapshot)
        except StoreError as none:
            held = str(none)
        return "\n".join(
            [
                f"{told.settings.title} ({told.settings.name}) in {told.folder}",
                f"{len(told.registries)} registries, {len(told.features)} features",
                f"cohorts: {', '.join(cohort.name for cohort in told.cohorts) or 'none yet'}",
                f"experiments: {', '.join(told.experiments) or 'none yet'}",
                held,
            ]
        )

    @property
    def features(self) -> pd.DataFrame:
        """The catalogue: of each feature its theme, kind, unit, the registries it reads, and its meaning."""
        told = sorted(self.project.features, key=lambda feature: feature.id)
        columns = ("theme", "kind", "unit", "registries", "meaning")
        rows = [(f.theme.value, f.kind.value, f.unit, ", ".join(_read(f)), f.meaning) for f in told]
        return pd.DataFrame(rows, columns=pd.Index(columns), index=pd.Index([f.id for f in told], name="feature"))

    @property
    def registries(self) -> Mapping[str, Registry]:
        """The registries by name, to write expressions with."""
        return {told.name: told for told in self.project.registries}

    @cached_property
    def snapshot(self) -> SnapshotCard:
        """What the tables come from.

        Raises:
            StoreError: when nothing was taken in yet.
        """
        told = [(d.delivered, len(d.files), d.rows, d.kept, d.quarantined) for d in self._source.deliveries]
        rows = pd.DataFrame(told, columns=pd.Index(("delivered", "files", "rows", "kept", "quarantined")))
        rows["delivered"] = pd.to_datetime(rows["delivered"])
        return SnapshotCard(self._source.digest, rows)

    def matrix(
        self,
        experiment: str = "",
        *,
        as_of: Days | None = None,
        cohort: str | Expression | None = None,
        features: Wanted | None = None,
    ) -> pd.DataFrame:
        """Families × features, indexed by as_of and the family's pseudonym; attrs tell digest, snapshot and engine.

        Numbers are float64 (NaN where missing), counts and conditions int64 where they can't be missing, codes
        categories in declared order.

        Args:
            experiment: whose cohort, features and all whose dates, where the other arguments don't say otherwise.
            as_of: one date or several.
            cohort: a declared one, or a condition on the family; without either, every family that is known.
            features: ids, themes, features, or expressions; a mapping of expressions names the columns.

        Raises:
            DeclarationError: when one of these is not declared or can't stand.
            StoreError: when there is no snapshot yet, or it lacks what is asked.
        """
        asked = self._asked(experiment, as_of=as_of, cohort=cohort, features=features)
        made = self._made(asked.question)
        return _frame(made, made.names).rename(columns=asked.titles)

    def completeness(
        self,
        experiment: str = "",
        *,
        as_of: Days | None = None,
        cohort: str | Expression | None = None,
        features: Wanted | None = None,
    ) -> pd.DataFrame:
        """How complete the data are that the rows of the same `matrix(...)` come from, as true, false or missing.

        `linked(registry)`: whether rows of the registry can reach the family. `delivered(registry)`: whether it told of
        any other family of the area within the months that it declares as `silent_after`; there is no such column of
        registries that declare none.
        """
        made = self._made(self._asked(experiment, as_of=as_of, cohort=cohort, features=features).question)
        return _frame(made, made.beside).astype("boolean")

    def outcomes(self, experiment: str, *, as_of: Days | None = None, known_by: date | str | None = None) -> pd.Series:
        """What came of the rows of `matrix(experiment)`, in its order: true, false, or missing where it is not known.

        known_by: as it was known before that day; default: with all that is known.
        """
        asked = self._asked(experiment, as_of=as_of)
        made, outcome = self._made(asked.question), self.project.outcome(self.project.experiment(experiment).outcome)
        day = None if known_by is None else _day(known_by)
        (found,) = find_outcomes(self._source, outcome, made.keys(), known_by=[day], references=self.project.references)
        told = pd.Series(found.value, index=_frame(made, ()).index, name=outcome.name, dtype="boolean")
        return told.mask(~found.known)

    @cached_property
    def _source(self) -> Snapshot:
        try:
            return open_snapshot(self.home, self.project.settings.name)
        except StoreError as error:
            raise error.at(str(self.home)) from None

    def _made(self, question: MatrixQuestion) -> Matrix:
        return build_matrix(self._source, question, self.home / "cache")

    def _asked(
        self,
        experiment: str,
        *,
        as_of: Days | None = None,
        cohort: str | Expression | None = None,
        features: Wanted | None = None,
    ) -> _Asked:
        told = self.project.experiment(experiment) if experiment else None
        if told is None and (as_of is None or features is None):
            missing = "as_of date" if as_of is None else "features"
            raise DeclarationError(
                f"neither an experiment nor {missing} is asked for",
                do='ask for matrix("experiment") or matrix(as_of="2026-01-01", features=["income"]).',
            )
        chosen = [*self._named((told.computed if told else ()) if features is None else features)]
        compiled = compile_features(
            tuple(feature for _, feature in chosen), self.project.registries, self.project.references
        )
        question = MatrixQuestion(
            cohort=self._cohort(cohort if cohort is not None or told is None else told.cohort),
            as_of=self._dates(told, as_of),
            lag=told.lag if told else NO_TIME,
            references=self.project.references,
            features=compiled,
            area=self.project.widest_area,
        )
        return _Asked(question, {feature.id: title for title, feature in chosen})

    def _dates(self, told: Experiment | None, as_of: Days | None) -> tuple[date, ...]:
        if as_of is not None:
            days = [as_of] if isinstance(as_of, (str, date)) else as_of
            return tuple(sorted({_day(day) for day in days}))
        assert told is not None
        return Timeline(told, self.project.outcome(told.outcome)).dates

    def _cohort(self, cohort: str | Expression | None) -> Cohort:
        if isinstance(cohort, Expression):
            return Cohort("written", check_value(cohort, kinds=(Kind.TRUTH,), ahead=False))
        return EVERYBODY if cohort is None else self.project.cohort(cohort)

    def _named(self, wanted: Wanted) -> Iterable[tuple[str, Feature]]:
        """The features with the titles of their columns, each once."""
        if isinstance(wanted, Mapping):
            titled = ((str(title), value) for title, value in wanted.items())
            return [(title, _written(title, value, number)) for number, (title, value) in enumerate(titled)]
        found: dict[str, Feature] = {}
        for number, one in enumerate(wanted):
            if isinstance(one, str):
                found |= {feature.id: feature for feature in self._declared(one)}
            elif isinstance(one, Feature):
                found[one.id] = one
            else:
                told = one.told if one.told not in found else f"{one.told} {number + 1}"
                found[told] = _written(told, one, number)
        return found.items()

    def _declared(self, name: str) -> Sequence[Feature]:
        found = [f for f in self.project.features if name in (f.id, f.theme.value)]
        if not found:
            known = {f.id for f in self.project.features} | {f.theme.value for f in self.project.features}
            raise DeclarationError(f'there is no feature "{name}"', do=nearest(name, known))
        return found


@dataclass(frozen=True)
class _Asked:
    """A question, and by feature the titles of its columns."""

    question: MatrixQuestion
    titles: Mapping[str, str]


def _written(title: str, value: Any, number: int) -> Feature:
    """An expression written in a notebook as a feature. Its name is its place: a title may hold any letters."""
    try:
        found = check_value(expression(value), kinds=FEATURE_KINDS, ahead=False)
    except DeclarationError as error:
        raise error.at(title) from None
    return Feature(f"written_{number}", Theme.DATA_QUALITY, found)


def _read(feature: Feature) -> list[str]:
    return sorted({found.registry for found in reductions(feature.expression)})


def _day(told: date | str) -> date:
    if isinstance(told, datetime):
        return told.date()
    try:
        return told if isinstance(told, date) else date.fromisoformat(told)
    except (TypeError, ValueError):
        raise DeclarationError(f'"{told}" is not a date', do="write it as 2026-01-31.") from None


def _frame(matrix: Matrix, names: Sequence[str]) -> pd.DataFrame:
    table: pd.DataFrame = matrix.table(names).to_pandas(date_as_object=False)
    told = table.set_index([*KEYS])
    told.attrs |= {"digest": matrix.digest, "snapshot": matrix.snapshot, "engine": matrix.engine}
    return told
