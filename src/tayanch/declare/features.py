"""Features, cohorts, outcomes, groups, and the compiled set of features that a release carries."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tayanch.declare.expressions import FAMILY, Expression, expression
from tayanch.declare.forms import Form, wording
from tayanch.declare.references import Lookup, Reference
from tayanch.declare.registries import Registry
from tayanch.declare.rows import future_windows, reductions, walk
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import Kind, Links, Theme

FEATURE_KINDS = (Kind.NUMBER, Kind.WHOLE, Kind.TRUTH, Kind.CODE)


@dataclass(frozen=True, eq=False)
class Feature(Form):
    """One thing known about a family at as_of. `facts` are further values its sentences may tell."""

    name: str
    theme: Theme
    expression: Expression
    unit: str = ""
    meaning: str = wording()
    facts: tuple[tuple[str, Expression], ...] = wording(())
    place: str = wording()

    @property
    def id(self) -> str:
        """`theme.name`, as experiments, reasons and wording call it."""
        return f"{self.theme.value}.{self.name}"

    @property
    def kind(self) -> Kind:
        """The kind of its value."""
        return self.expression.kind

    @property
    def registries(self) -> tuple[str, ...]:
        """The names of the registries that its value is made of, sorted."""
        return tuple(sorted({reduction.registry for reduction in reductions(self.expression)}))


@dataclass(frozen=True, eq=False)
class Cohort(Form):
    """Which families are scored: those for whom the condition is true at as_of; missing counts as no."""

    name: str
    expression: Expression
    meaning: str = wording()
    place: str = wording()


@dataclass(frozen=True, eq=False)
class Outcome(Form):
    """What is foreseen. Where `observed` is not true, or the outcome is missing, it is unknown: never "no"."""

    name: str
    expression: Expression
    observed: Expression
    meaning: str = wording()
    place: str = wording()

    def known_from(self, as_of: date) -> date:
        """The day by which the whole horizon of an as_of date lies in the past."""
        windows = [*future_windows(self.expression), *future_windows(self.observed)]
        return max(end for end in (window.end(as_of) for window in windows) if end is not None)


@dataclass(frozen=True, eq=False)
class Group(Form):
    """An attribute of families that results are judged across. Kept apart from features: training can't open it."""

    name: str
    expression: Expression
    meaning: str = wording()
    place: str = wording()


@dataclass(frozen=True, eq=False)
class Compiled(Form):
    """Features with all they need to be computed anywhere: their registries, membership and reference tables."""

    features: tuple[Feature, ...]
    registries: tuple[Registry, ...]
    references: tuple[Reference, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Those of all features and of their facts."""
        return tuple(value for feature in self.features for value in _told(feature))


def feature(*, theme: str, unit: str = "", facts: Callable[[], dict[str, Any]] | None = None) -> Callable[..., Feature]:
    """Declares the function below as a feature: its name, its docstring, and the expression it returns.

    Args:
        theme: one of the eight themes.
        unit: of the value, e.g. "UZS", "persons", "ratio", "days".
        facts: a function that gives further named expressions for the feature's sentences.

    Raises:
        DeclarationError: when the theme, the docstring or the expression can't stand.
    """

    def declare(function: Callable[[], Expression]) -> Feature:
        place = _place(function)
        try:
            if theme not in tuple(Theme):
                raise DeclarationError(f'there is no theme "{theme}"', do=nearest(theme, tuple(Theme)))
            found = _value(function, kinds=FEATURE_KINDS, ahead=False)
            told = tuple((name, expression(value)) for name, value in (facts() if facts else {}).items())
        except DeclarationError as error:
            raise error.at(place) from None
        return Feature(
            function.__name__, Theme(theme), found, unit, meaning=_meaning(function), facts=told, place=place
        )

    return declare


def cohort(function: Callable[[], Expression]) -> Cohort:
    """Declares the function below as a cohort; it returns a condition on the past.

    Raises:
        DeclarationError: when it looks ahead or is no condition.
    """
    found = _checked(function, kinds=(Kind.TRUTH,), ahead=False)
    return Cohort(function.__name__, found, meaning=_meaning(function), place=_place(function))


def group(function: Callable[[], Expression]) -> Group:
    """Declares the function below as a group: a code, whole number or condition of the past.

    Raises:
        DeclarationError: when it looks ahead or is another kind of value.
    """
    found = _checked(function, kinds=(Kind.CODE, Kind.WHOLE, Kind.TRUTH), ahead=False)
    return Group(function.__name__, found, meaning=_meaning(function), place=_place(function))


def outcome(*, observed: Expression) -> Callable[..., Outcome]:
    """Declares the function below as an outcome; it returns a condition with next().

    Args:
        observed: whether the outcome could be seen; where it is not true the outcome is unknown.

    Raises:
        DeclarationError: when either is no condition, or nothing looks ahead.
    """

    def declare(function: Callable[[], Expression]) -> Outcome:
        found = _checked(function, kinds=(Kind.TRUTH,), ahead=True)
        if observed.kind is not Kind.TRUTH or observed.level != FAMILY:
            raise DeclarationError(
                "observed= is not a condition on the family", do="end it with exists().", where=_place(function)
            )
        return Outcome(function.__name__, found, observed, meaning=_meaning(function), place=_place(function))

    return declare


def compile_features(
    features: tuple[Feature, ...], registries: tuple[Registry, ...], references: tuple[Reference, ...]
) -> Compiled:
    """The features with just the registries, membership and reference tables that they and their facts use."""
    values = [value for feature in features for value in _told(feature)]
    nodes = [node for value in values for node in walk(value)]
    named = {r.registry for value in values for r in reductions(value)}
    person_level = any(r.name in named and r.links is Links.PERSON for r in registries)
    used = tuple(r for r in registries if r.name in named or (person_level and r.links is Links.MEMBERSHIP))
    tables = {node.reference_digest for node in nodes if isinstance(node, Lookup)}
    return Compiled(features, used, tuple(t for t in references if t.digest in tables))


def _told(feature: Feature) -> tuple[Expression, ...]:
    return feature.expression, *(fact for _, fact in feature.facts)


def _checked(function: Callable[[], Expression], *, kinds: tuple[Kind, ...], ahead: bool) -> Expression:
    try:
        return _value(function, kinds=kinds, ahead=ahead)
    except DeclarationError as error:
        raise error.at(_place(function)) from None


def _value(function: Callable[[], Expression], *, kinds: tuple[Kind, ...], ahead: bool) -> Expression:
    if not (function.__doc__ or "").strip():
        raise DeclarationError("it has no docstring", do="say in one sentence what it means; workers read it.")
    if inspect.signature(function).parameters:
        raise DeclarationError("it takes arguments", do="declare one function for each thing that is meant.")
    return check_value(expression(function()), kinds=kinds, ahead=ahead)


def check_value(found: Expression, *, kinds: tuple[Kind, ...], ahead: bool) -> Expression:
    """The expression, if it can stand as what is declared.

    Args:
        found: what was written.
        kinds: what it may be.
        ahead: whether it must look into the future; what need not, may not.

    Raises:
        DeclarationError: when it is no value of the family, of another kind, or looks where it may not.
    """
    if found.level != FAMILY:
        raise DeclarationError(
            f"it is a value of {found.level or 'nothing'}, not of the family", do="end it with a verb such as sum()."
        )
    if found.kind not in kinds:
        raise DeclarationError(f"it is a {found.kind.value}", do=f"give a {' or a '.join(k.value for k in kinds)}.")
    if future_windows(found) and not ahead:
        raise DeclarationError("it looks into the future with next()", do="use last(); only an outcome may look ahead.")
    if ahead and not future_windows(found):
        raise DeclarationError("it does not look ahead", do="use next() to say when it would show.")
    return found


def _meaning(function: Callable[[], Expression]) -> str:
    return inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _place(function: Callable[[], Expression]) -> str:
    code = function.__code__
    return f"{code.co_filename}:{code.co_firstlineno} {function.__name__}"
