"""What the registers tell about one family: the values of features at as_of, and how fresh each register is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tayanch.errors import StoreError
from tayanch.project import Compiled, Feature, Registry
from tayanch.release.formats import Value, is_missing
from tayanch.store.areas import Areas
from tayanch.store.engine import evaluate
from tayanch.store.layout import Layout
from tayanch.store.plan import Expression, Plan, make_plan
from tayanch.store.values import ValueColumn
from tayanch.vocabulary import Kind, Length, Links, Moment

Column = npt.NDArray[Any]


class FamilyRows(Protocol):
    """Where the rows of single families are found. The store's `Index` is one."""

    @property
    def registries(self) -> tuple[str, ...]:
        """The registries it has rows of."""
        ...

    @property
    def areas(self) -> Areas:
        """What the neighbours of its families have in common."""
        ...

    def rows_of(self, family: str) -> Layout | None:
        """The rows of a family; None where nothing is known of it."""
        ...


@dataclass(frozen=True)
class Source:
    """A register behind a fact.

    day: of its newest row on the family; None where there is none, or where rows don't age. silent: it has no row.
    """

    name: str
    owner: str
    day: date | None
    silent: bool


@dataclass(frozen=True)
class Fact:
    """A feature's value for the family, with the registers behind it."""

    feature: str
    meaning: str
    theme: str
    unit: str
    kind: Kind
    value: Value
    sources: tuple[Source, ...]

    @property
    def missing(self) -> bool:
        """Whether the registers don't tell it."""
        return is_missing(self.value)

    @property
    def silent(self) -> bool:
        """Whether no register behind it has a row on the family: a 0 then means that nothing was entered."""
        return all(source.silent for source in self.sources)

    @property
    def day(self) -> date | None:
        """The day of the newest row behind it."""
        return max((source.day for source in self.sources if source.day), default=None)


@dataclass(frozen=True)
class FamilyValues:
    """A family's values by the names of a plan: `feature`, `feature/fact`, `/registry`; and columns for a scorer."""

    values: Mapping[str, Value]
    columns: Mapping[str, Column]


class FactBook:
    """Looks up the facts of single families: plans made once, evaluated on the rows of one family."""

    def __init__(self, compiled: Compiled, rows: FamilyRows, *, lag: Length) -> None:
        """Reads compiled features from rows of families; what became known in the last `lag` does not count yet.

        Raises:
            StoreError: when a registry they read is not among the rows: its facts would all look missing.
        """
        self._compiled, self._rows, self._lag = compiled, rows, lag
        values = _values(compiled)
        self._values = make_plan(values, compiled.references)
        self._dated = make_plan({**values, **_freshness(compiled)}, compiled.references)
        absent = self._dated.registries - {*rows.registries}
        if absent:
            raise StoreError(f"the index has no rows of {', '.join(sorted(absent))}", do="run: tayanch score.")
        self._sources = {f.id: _registries(compiled, f) for f in compiled.features}

    @property
    def features(self) -> tuple[str, ...]:
        """Ids of the features it tells of."""
        return tuple(feature.id for feature in self._compiled.features)

    def facts(self, family: str, *, as_of: date) -> tuple[Fact, ...]:
        """The facts of a family at as_of, in the order of the features.

        Raises:
            StoreError: when nothing is known of the family, or nothing of its neighbours at as_of.
        """
        values = self._evaluated(family, self._dated, as_of=as_of).values
        return tuple(self._fact(feature, values, as_of=as_of) for feature in self._compiled.features)

    def values(self, family: str, *, as_of: date) -> FamilyValues:
        """The same values without their sources, as a scorer and its sentences need them; less work.

        Raises:
            StoreError: when nothing is known of the family, or nothing of its neighbours at as_of.
        """
        return self._evaluated(family, self._values, as_of=as_of)

    def for_telling(self, found: FamilyValues) -> Mapping[str, Mapping[str, Value]]:
        """The values by feature and name, as reasons are told from them."""
        values = found.values
        return {
            f.id: {"value": values[f.id], **{name: values[f"{f.id}/{name}"] for name, _ in f.facts}}
            for f in self._compiled.features
        }

    def _evaluated(self, family: str, plan: Plan, *, as_of: date) -> FamilyValues:
        rows = self._rows.rows_of(family)
        if rows is None:
            raise StoreError("the snapshot has no row of this family", do="publish a list of the current snapshot.")
        found = evaluate(rows, plan, [Moment(as_of, self._lag.before(as_of))], areas=self._rows.areas)
        place = found.families.index(family)
        values = {name: _value(column, place) for name, column in found.columns.items()}
        columns = {f: _column(found.columns[f], values[f], place=place) for f in self.features}
        return FamilyValues(values, columns)

    def _fact(self, feature: Feature, values: Mapping[str, Value], *, as_of: date) -> Fact:
        return Fact(
            feature=feature.id,
            meaning=feature.meaning,
            theme=feature.theme.value,
            unit=feature.unit,
            kind=feature.kind,
            value=values[feature.id],
            sources=tuple(_source(registry, values, as_of=as_of) for registry in self._sources[feature.id]),
        )


def _source(registry: Registry, values: Mapping[str, Value], *, as_of: date) -> Source:
    asked, days = f"/{registry.name}" in values, values.get(f"/{registry.name}")
    day = as_of - timedelta(days=int(days)) if isinstance(days, float) else None
    return Source(registry.name, registry.owner, day, silent=asked and day is None)


def _values(compiled: Compiled) -> dict[str, Expression]:
    """By name: `feature` and `feature/fact`."""
    features = {feature.id: feature.expression for feature in compiled.features}
    return features | {f"{feature.id}/{name}": value for feature in compiled.features for name, value in feature.facts}


def _freshness(compiled: Compiled) -> dict[str, Expression]:
    """As `/registry` the days since the newest row of each registry whose rows grow old.

    A membership holds until it is left and an announced row lies ahead: neither does.
    """
    ageing = [r for r in compiled.registries if r.links is not Links.MEMBERSHIP and not r.announced]
    return {f"/{registry.name}": registry.days_since() for registry in ageing}


def _registries(compiled: Compiled, feature: Feature) -> tuple[Registry, ...]:
    named = make_plan({feature.id: feature.expression}, compiled.references).registries
    return tuple(registry for registry in compiled.registries if registry.name in named)


def _value(column: ValueColumn, place: int) -> Value:
    """The value of the family at `place`, at the only moment asked for."""
    found = column.values[0][place]
    if column.kind is Kind.CODE:
        return _word(column, found)
    if column.kind is Kind.DATE:
        return None if np.isnat(found) else found.astype(date)
    if np.isnan(found):
        return None
    return bool(found) if column.kind is Kind.TRUTH else float(found)


def _word(column: ValueColumn, found: Any) -> Value:
    if column.words is None:
        return None if found is None else str(found)
    return column.words[int(found)] if found >= 0 else None


def _column(column: ValueColumn, value: Value, *, place: int) -> Column:
    if column.kind is Kind.CODE:
        return np.array([value], dtype=object)
    return np.asarray(column.values[0][place : place + 1], dtype=np.float64)
