"""The verbs: which rows of a registry, and what of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tayanch.declare.expressions import FAMILY, Expression, expression, level_told
from tayanch.declare.forms import Form
from tayanch.declare.windows import Side, Window, future, past
from tayanch.errors import DeclarationError
from tayanch.vocabulary import Kind, Links


@dataclass(frozen=True, eq=False)
class Reduction(Expression):
    """A value of a family: the rows of a registry in a window and under a condition, reduced by a verb."""

    registry: str
    window: Window
    condition: Expression | None
    verb: str
    of: Expression | None = None

    def __post_init__(self) -> None:
        if self.of is not None and self.verb in ("sum", "mean", "min", "max") and not self.of.kind.numeric:
            raise DeclarationError(
                f"{self.verb}({self.of.told}) is of a {self.of.kind.value}",
                do="give it a number, or count rows with where().",
            )
        if self.of is not None and self.of.level not in (self.registry, None):
            raise DeclarationError(
                f"{self.verb}() of the rows of {self.registry} was given a value of {level_told(self.of.level)}",
                do=f"give it a column of {self.registry}.",
            )

    @property
    def told(self) -> str:
        """As it is written in a declaration."""
        return f"{self.registry}.{self.verb}()"

    @property
    def level(self) -> str:
        """Always a value of a family."""
        return FAMILY

    @property
    def kind(self) -> Kind:
        """By the verb: WHOLE for counts and days, TRUTH for exists, NUMBER for mean, else the kind of the value."""
        if self.verb in ("count", "persons", "distinct", "days_since", "days_until"):
            return Kind.WHOLE
        if self.verb == "exists":
            return Kind.TRUTH
        return Kind.NUMBER if self.verb == "mean" or self.of is None else self.of.kind


@dataclass(frozen=True, eq=False)
class Rows(Form):
    """Rows of a registry in a window and under a condition. Every verb gives new Rows or a value of the family."""

    registry: str
    links: Links = Links.FAMILY
    announced: bool = False
    ends: bool = False
    window: Window | None = None
    condition: Expression | None = None

    def last(self, *, months: int | None = None, days: int | None = None, ending: int = 0) -> Rows:
        """The rows of the past: happened_on in [as_of − ending − n, as_of − ending); without a length, all before."""
        return self._within(past(months, days, ending))

    def next(self, *, months: int | None = None, days: int | None = None, starting: int = 0) -> Rows:
        """The rows of the future: happened_on in [as_of + starting, as_of + starting + n). For outcomes only."""
        return self._within(future(months, days, starting))

    def current(self) -> Rows:
        """The rows that hold at as_of: happened_on < as_of ≤ ended (of a membership: left), or no end known."""
        if not self.ends:
            raise DeclarationError(
                f"{self.registry}.current() needs to know when rows ended",
                do='declare ended = "the column", or use last() or latest().',
            )
        return self._within(Window(Side.CURRENT))

    def where(self, condition: Any) -> Rows:
        """The rows for which the condition is true; of several, all must be."""
        if not isinstance(condition, Expression) or condition.kind is not Kind.TRUTH:
            raise DeclarationError(
                f"{self.registry}.where() was not given a condition", do="compare a column with something."
            )
        if condition.level not in (self.registry, None):
            raise DeclarationError(
                f"{self.registry}.where() was given a condition on {condition.level}",
                do=f"compare columns of {self.registry}.",
            )
        return replace(self, condition=condition if self.condition is None else self.condition & condition)

    def count(self) -> Reduction:
        """How many rows; never missing."""
        return self._reduce("count")

    def persons(self) -> Reduction:
        """How many different persons have rows; never missing."""
        if self.links is Links.FAMILY:
            raise DeclarationError(
                f"{self.registry}.persons() counts persons, and rows of {self.registry} are of families",
                do="use count(), or count the members.",
            )
        return self._reduce("persons")

    def exists(self) -> Reduction:
        """Whether there is any row; never missing."""
        return self._reduce("exists")

    def sum(self, value: Expression) -> Reduction:
        """Sum of the present values: 0 of no rows, missing when there are rows and every value is missing."""
        return self._reduce("sum", value)

    def mean(self, value: Expression) -> Reduction:
        """Mean of the present values; missing when there is none."""
        return self._reduce("mean", value)

    def min(self, value: Expression) -> Reduction:
        """Smallest of the present values; missing when there is none."""
        return self._reduce("min", value)

    def max(self, value: Expression) -> Reduction:
        """Largest of the present values; missing when there is none."""
        return self._reduce("max", value)

    def latest(self, value: Expression) -> Reduction:
        """The value in the last row by (happened_on, known_at, delivery, key); missing when it is missing there."""
        return self._reduce("latest", value)

    def distinct(self, value: Expression) -> Reduction:
        """How many different present values; never missing."""
        return self._reduce("distinct", value)

    def days_since(self) -> Reduction:
        """Whole days from the last happened_on to as_of; missing when there is no row."""
        return self._reduce("days_since")

    def days_until(self) -> Reduction:
        """Whole days from as_of to the first announced happened_on ≥ as_of; missing when there is none."""
        if not self.announced:
            raise DeclarationError(
                f"{self.registry}.days_until() looks ahead, and {self.registry} is not announced",
                do="declare the registry announced=True if its rows tell the future when they are delivered.",
            )
        if self.window is not None:
            raise DeclarationError(
                f"{self.registry}.days_until() has a window of its own", do="leave the other window out."
            )
        return Reduction(self.registry, Window(Side.ANNOUNCED), self.condition, "days_until")

    def _within(self, window: Window) -> Rows:
        if self.window is not None:
            raise DeclarationError(
                f"{self.registry} is given a second window", do="one of last(), next(), current() is enough."
            )
        return replace(self, window=window)

    def _reduce(self, verb: str, value: Any = None) -> Reduction:
        window = self.window or Window(Side.PAST)
        return Reduction(self.registry, window, self.condition, verb, None if value is None else expression(value))


def walk(root: Expression) -> list[Expression]:
    """All nodes of an expression, once each, each node after those it is made of."""
    found: dict[int, Expression] = {}

    def visit(node: Expression) -> None:
        if id(node) not in found:
            for part in node.parts:
                visit(part)
            found[id(node)] = node

    visit(root)
    return [*found.values()]


def reductions(root: Expression) -> list[Reduction]:
    """All reductions in an expression."""
    return [node for node in walk(root) if isinstance(node, Reduction)]


def future_windows(root: Expression) -> list[Window]:
    """The windows of `next()` in an expression; a feature may have none."""
    return [r.window for r in reductions(root) if r.window.side is Side.FUTURE]
