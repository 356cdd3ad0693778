"""What can be asked of a snapshot: a matrix of features or of groups, for the families of a cohort at as_of dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tayanch.declare.expressions import Expression
from tayanch.declare.features import Cohort, Compiled, Group
from tayanch.declare.forms import Form, wording
from tayanch.declare.references import Reference
from tayanch.errors import StoreError
from tayanch.store.completeness import completeness
from tayanch.vocabulary import NO_TIME, Length, Moment

KEYS = ("as_of", "family")
"""The columns that name a row of a matrix."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Question(Form):
    """Families of a cohort at as_of dates, seen with what was known `lag` before each of them.

    references: the tables that the cohort (and the groups) look up; expressions name them by digest.
    """

    cohort: Cohort
    as_of: tuple[date, ...]
    lag: Length = NO_TIME
    references: tuple[Reference, ...] = wording(())

    def __post_init__(self) -> None:
        if not self.as_of or list(self.as_of) != sorted(set(self.as_of)):
            raise StoreError("the as_of dates of a matrix are not in order", do="give each once, the first first.")
        taken = sorted(set(self.columns) & set(KEYS))
        if taken:
            raise StoreError(f"a column can't be called {taken[0]}: it names the rows", do="call it otherwise.")

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """What is asked, by the name of its column."""
        raise AssertionError(f"{type(self).__name__} must say what it asks")

    @property
    def beside(self) -> Mapping[str, Expression]:
        """What a matrix tells beside what is asked, by the name of its column."""
        return {}

    @property
    def columns(self) -> Mapping[str, Expression]:
        """All columns of its matrix but those that name the rows."""
        return {**self.expressions, **self.beside}

    @property
    def tables(self) -> tuple[Reference, ...]:
        """All reference tables at hand."""
        return self.references

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments at which families are looked at."""
        return tuple(Moment(as_of, self.lag.before(as_of)) for as_of in self.as_of)


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixQuestion(Question):
    """Features of families.

    area: by which it is told whether a registry was delivered from where a family lives; None where nothing tells.
    """

    features: Compiled
    area: Group | None = None

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """The features by id."""
        return {feature.id: feature.expression for feature in self.features.features}

    @property
    def beside(self) -> Mapping[str, Expression]:
        """Of the registries they read, whether the family is linked and something was delivered from its area."""
        return completeness(self.features, self.area)

    @property
    def tables(self) -> tuple[Reference, ...]:
        """Those of the features and of the cohort."""
        return (*self.features.references, *self.references)


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupsQuestion(Question):
    """Audit-only attributes of families. Their matrix is a file of its own and is never joined to features here."""

    groups: tuple[Group, ...]

    @property
    def expressions(self) -> Mapping[str, Expression]:
        """The groups by name."""
        return {group.name: group.expression for group in self.groups}
