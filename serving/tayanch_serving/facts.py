"""What the registers tell about one family: the values of features at as_of, and how fresh each register is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from tayanch.errors import StoreError
from tayanch.project import Compiled, Feature
from tayanch.release.formats import Value, is_missing
from tayanch.store.engine import evaluate
from tayanch.store.plan import make_plan
from tayanch.store.values import ValueColumn
from tayanch.vocabulary import Kind, Links, Moment

Bucket = Any
"""The rows of one family, as `tayanch.store.engine.evaluate` takes them."""
RowsOf = Callable[[str], Bucket | None]
"""Gives the rows of a family, None for one it does not know."""
Column = npt.NDArray[Any]


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
    """A feature's value for the family, with the registers behind it. Its other facts by name are for sentences."""

    feature: str
    theme: str
    unit: str
    kind: Kind
    value: Value
    others: Mapping[str, Value]
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
class FamilyFacts:
    """All facts of a family, and the same values as a scorer reads them: one row per column."""

    facts: tuple[Fact, ...]
    columns: Mapping[str, Column]

    @property
    def for_telling(self) -> Mapping[str, Mapping[str, Value]]:
        """The values by feature and name, as reasons are told from them."""
        return {fact.feature: {"value": fact.value, **fact.others} for fact in self.facts}


class FactBook:
    """Looks up the facts of single families: one plan, made once, evaluated on the rows of one family."""

    def __init__(self, compiled: Compiled, rows_of: RowsOf) -> None:
        """Reads these compiled features from `rows_of(family)`, which gives None for a family it does not know."""
        self._compiled, self._rows_of = compiled, rows_of
        self._plan = make_plan(_expressions(compiled), compiled.references)
        self._registries = {f.id: _registries(compiled, f) for f in compiled.features}

    @property
    def features(self) -> tuple[str, ...]:
        """Ids of the features it tells of."""
        return tuple(feature.id for feature in self._compiled.features)

    def of(self, family: str, *, as_of: date) -> FamilyFacts:
        """The facts of a family at as_of, in the order of the features.

        Raises:
            StoreError: when nothing is known of the family.
        """
        rows = self._rows_of(family)
        if rows is None:
            raise StoreError("the snapshot has no row of this family", do="publish a list of the current snapshot.")
        found = evaluate(rows, self._plan, [Moment(as_of, as_of)])
        place = found.families.index(family)
        values = {name: _value(column, place) for name, column in found.columns.items()}
        facts = tuple(self._fact(feature, values, as_of=as_of) for feature in self._compiled.features)
        columns = {f.id: _column(found.columns[f.id], values[f.id], place=place) for f in self._compiled.features}
        return FamilyFacts(facts, columns)

    def _fact(self, feature: Feature, values: Mapping[str, Value], *, as_of: date) -> Fact:
        return Fact(
            feature=feature.id,
            theme=feature.theme.value,
            unit=feature.unit,
            kind=feature.kind,
            value=values[feature.id],
            others={name: values[f"{feature.id}/{name}"] for name, _ in feature.facts},
            sources=tuple(self._source(registry, values, as_of=as_of) for registry in self._registries[feature.id]),
        )

    def _source(self, name: str, values: Mapping[str, Value], *, as_of: date) -> Source:
        registry = next(registry for registry in self._compiled.registries if registry.name == name)
        asked, days = f"/{name}" in values, values.get(f"/{name}")
        day = as_of - timedelta(days=int(days)) if isinstance(days, float) else None
        return Source(name, registry.owner, day, silent=asked and day is None)


def _expressions(compiled: Compiled) -> dict[str, Any]:
    """By name: `feature`, `feature/fact`, and `/registry` for the days since the newest row of a registry."""
    features = {feature.id: feature.expression for feature in compiled.features}
    others = {f"{feature.id}/{name}": value for feature in compiled.features for name, value in feature.facts}
    # A membership holds until it is left and an announced row lies ahead: neither grows old with its date.
    ageing = [r for r in compiled.registries if r.links is not Links.MEMBERSHIP and not r.announced]
    return {**features, **others, **{f"/{registry.name}": registry.days_since() for registry in ageing}}


def _registries(compiled: Compiled, feature: Feature) -> tuple[str, ...]:
    return tuple(sorted(make_plan({feature.id: feature.expression}, compiled.references).registries))


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
