"""What can be computed: values of rows, values of families, and the few verbs between them.

An expression is a tree of frozen nodes that check themselves when built. Its `level` says what it is a value of: the
rows of one registry (the registry's name), a family (`FAMILY`), or nothing in particular (a constant: None).

Missing: arithmetic and comparisons with a missing value are missing; `&`, `|`, `~` follow Kleene's three-valued logic;
a division by zero is missing; `where` keeps the rows whose condition is true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, NoReturn

from tayanch.declare.forms import Form, canonical, to_plain
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import Kind

FAMILY = "family"
Scalar = bool | int | float | str | date


@dataclass(frozen=True, eq=False)
class Expression(Form):
    """A value of each row or of each family. Written with operators and verbs, never built by hand."""

    @property
    def kind(self) -> Kind:
        """What sort of value it is."""
        raise AssertionError(f"{type(self).__name__} must say its kind")

    @property
    def told(self) -> str:
        """A short name for it in errors."""
        return type(self).__name__.lower()

    @cached_property
    def parts(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        values: list[Any] = [getattr(self, told.name) for told in fields(self)]
        found = chain.from_iterable(value if isinstance(value, tuple) else (value,) for value in values)
        return tuple(part for part in found if isinstance(part, Expression))

    @property
    def level(self) -> str | None:
        """What it is a value of: a registry's name, FAMILY, or None for a constant."""
        return self._level

    @cached_property
    def _level(self) -> str | None:
        return _one_level(self.parts)

    @cached_property
    def key(self) -> str:
        """The one text of its meaning; equal for expressions that mean the same."""
        return canonical(to_plain(self, meaning_only=True))

    def fill(self, value: Scalar) -> Expression:
        """This value, and `value` where it is missing."""
        return Fill(self, constant(value))

    def missing(self) -> Expression:
        """Whether it is missing; never missing itself."""
        return Missing(self)

    def isin(self, options: Sequence[Scalar]) -> Expression:
        """Whether it is one of `options`; missing where it is missing."""
        return IsIn(self, tuple(options))

    def __add__(self, other: Any) -> Expression:
        return Arithmetic("+", self, expression(other))

    def __radd__(self, other: Any) -> Expression:
        return Arithmetic("+", expression(other), self)

    def __sub__(self, other: Any) -> Expression:
        return Arithmetic("-", self, expression(other))

    def __rsub__(self, other: Any) -> Expression:
        return Arithmetic("-", expression(other), self)

    def __mul__(self, other: Any) -> Expression:
        return Arithmetic("*", self, expression(other))

    def __rmul__(self, other: Any) -> Expression:
        return Arithmetic("*", expression(other), self)

    def __truediv__(self, other: Any) -> Expression:
        return Arithmetic("/", self, expression(other))

    def __rtruediv__(self, other: Any) -> Expression:
        return Arithmetic("/", expression(other), self)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return Comparison("==", self, expression(other))

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return Comparison("!=", self, expression(other))

    def __lt__(self, other: Any) -> Expression:
        return Comparison("<", self, expression(other))

    def __le__(self, other: Any) -> Expression:
        return Comparison("<=", self, expression(other))

    def __gt__(self, other: Any) -> Expression:
        return Comparison(">", self, expression(other))

    def __ge__(self, other: Any) -> Expression:
        return Comparison(">=", self, expression(other))

    def __and__(self, other: Any) -> Expression:
        return Logic("and", self, expression(other))

    def __or__(self, other: Any) -> Expression:
        return Logic("or", self, expression(other))

    def __invert__(self) -> Expression:
        return Negation(self)

    def __hash__(self) -> int:
        return hash(self.key)

    def __bool__(self) -> NoReturn:
        raise DeclarationError(
            "an expression has no truth of its own while it is declared",
            do="write & | ~ for and, or, not, with brackets.",
        )


@dataclass(frozen=True, eq=False)
class Condition(Expression):
    """An expression that is true, false or missing."""

    @property
    def kind(self) -> Kind:
        """Always TRUTH."""
        return Kind.TRUTH


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """A value written in the declaration."""

    value: Scalar

    @property
    def told(self) -> str:
        """The value."""
        return repr(self.value)

    @property
    def kind(self) -> Kind:
        """By the Python type of the value."""
        if isinstance(self.value, bool):
            return Kind.TRUTH
        if isinstance(self.value, int):
            return Kind.WHOLE
        return (
            Kind.NUMBER if isinstance(self.value, float) else Kind.DATE if isinstance(self.value, date) else Kind.CODE
        )


@dataclass(frozen=True, eq=False)
class ColumnValue(Expression):
    """The value of a column in each row of a registry. `values` are the codes it can have."""

    registry: str
    column: str
    value_kind: Kind
    values: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """As it is written in a declaration."""
        return f"{self.registry}.{self.column}"

    @property
    def kind(self) -> Kind:
        """As the column is declared."""
        return self.value_kind

    @property
    def level(self) -> str:
        """The rows of its registry."""
        return self.registry


@dataclass(frozen=True, eq=False)
class Arithmetic(Expression):
    """left + - * / right. A division by zero is missing; a quotient is a number, else two wholes make a whole."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        for side in self.parts:
            if not side.kind.numeric:
                raise DeclarationError(
                    f"{side.told} is a {side.kind.value} and can't stand in an arithmetic {self.operator}",
                    do="use a number; compare a code, or count rows with where().",
                )
        _one_level(self.parts)

    @property
    def kind(self) -> Kind:
        """WHOLE when both sides are and it is not a quotient."""
        whole = self.operator != "/" and all(p.kind is Kind.WHOLE for p in self.parts)
        return Kind.WHOLE if whole else Kind.NUMBER


@dataclass(frozen=True, eq=False)
class Comparison(Condition):
    """left == != < <= > >= right, missing where either is."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _need_one_sort(self.left, self.right)
        left = self.left.kind
        if self.operator not in ("==", "!=") and left in (Kind.CODE, Kind.TRUTH):
            met = f"a {left.value} has no order, so {self.operator} has no meaning"
            raise DeclarationError(met, do="use == or isin().")
        for column, value in ((self.left, self.right), (self.right, self.left)):
            if isinstance(column, ColumnValue) and isinstance(value, Constant):
                _check_code(column, value.value)
        _one_level(self.parts)


@dataclass(frozen=True, eq=False)
class IsIn(Condition):
    """Whether a value is among the options, missing where it is missing."""

    of: Expression
    options: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        if not self.options:
            raise DeclarationError("isin([]) is never true", do="give at least one option.")
        for option in self.options:
            Comparison("==", self.of, Constant(option))


@dataclass(frozen=True, eq=False)
class Logic(Condition):
    """left and/or right in Kleene's logic: false and missing is false; true or missing is true."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        for side in self.parts:
            _need_truth(side, "&" if self.operator == "and" else "|")
        _one_level(self.parts)


@dataclass(frozen=True, eq=False)
class Negation(Condition):
    """The contrary of `of`, missing where it is missing."""

    of: Expression

    def __post_init__(self) -> None:
        _need_truth(self.of, "~")


@dataclass(frozen=True, eq=False)
class Missing(Condition):
    """Whether `of` is missing."""

    of: Expression


@dataclass(frozen=True, eq=False)
class Fill(Expression):
    """`of`, and `value` where it is missing."""

    of: Expression
    value: Constant

    def __post_init__(self) -> None:
        _need_one_sort(self.of, self.value)

    @property
    def kind(self) -> Kind:
        """The kind of what is filled; a whole filled with a fraction becomes a number."""
        return self.of.kind if self.value.kind is not Kind.NUMBER else Kind.NUMBER


@dataclass(frozen=True, eq=False)
class Choice(Expression):
    """`yes` where the condition is true, `no` where it is false, missing where it is missing."""

    condition: Expression
    yes: Expression
    no: Expression

    def __post_init__(self) -> None:
        _need_truth(self.condition, "when()")
        _need_one_sort(self.yes, self.no)
        _one_level(self.parts)

    @property
    def kind(self) -> Kind:
        """The kind both values have; WHOLE only if both are."""
        return self.yes.kind if self.yes.kind is self.no.kind else Kind.NUMBER


@dataclass(frozen=True, eq=False)
class YearsSince(Expression):
    """Completed years from a date to as_of, as an age is told; negative for a date after as_of."""

    since: Expression

    def __post_init__(self) -> None:
        if self.since.kind is not Kind.DATE:
            raise DeclarationError(
                f"years_since({self.since.told}) is of a {self.since.kind.value}", do="give it a date."
            )

    @property
    def kind(self) -> Kind:
        """Always WHOLE."""
        return Kind.WHOLE


def expression(value: Any) -> Expression:
    """`value` as an expression: itself, a declared feature's expression, or a constant."""
    inner = getattr(value, "expression", value)
    return inner if isinstance(inner, Expression) else constant(value)


def constant(value: Any) -> Constant:
    """A constant of a declaration.

    Raises:
        DeclarationError: when it is not a truth value, number, text or date, not finite, or beyond 64 bits.
    """
    if not isinstance(value, (bool, int, float, str, date)):
        met = f"{type(value).__name__} can't stand in an expression"
        raise DeclarationError(met, do="use a number, text, date or column.")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise DeclarationError(f"{value} is beyond 64 bits", do="use a smaller whole number.")
    if isinstance(value, float) and not math.isfinite(value):
        met = f"{value} is not a number one can compute with"
        raise DeclarationError(met, do="use fill() and missing() for missing values.")
    return Constant(value)


def when(condition: Expression, yes: Any, no: Any) -> Expression:
    """`yes` where the condition is true, `no` where it is false, missing where it is missing."""
    return Choice(condition, expression(yes), expression(no))


def years_since(day: Expression) -> Expression:
    """Completed years from a date to as_of (an age)."""
    return YearsSince(day)


def _one_level(parts: Sequence[Expression]) -> str | None:
    levels = sorted({part.level for part in parts if part.level is not None})
    if len(levels) > 1:
        told = " and ".join(level_told(level) for level in levels)
        raise DeclarationError(f"values of {told} can't stand in one expression", do="reduce each to the family first.")
    return levels[0] if levels else None


def level_told(level: str | None) -> str:
    """A level in words, for an error."""
    return "the family" if level == FAMILY else f"the rows of {level}"


def _need_truth(node: Expression, verb: str) -> None:
    if node.kind is not Kind.TRUTH:
        raise DeclarationError(
            f"{node.told} is a {node.kind.value}, but {verb} needs a condition",
            do="compare it with something, in brackets.",
        )


def _need_one_sort(left: Expression, right: Expression) -> None:
    one, other = left.kind, right.kind
    if one is not other and not (one.numeric and other.numeric):
        met = f"{left.told} is a {one.value} and {right.told} a {other.value}; they can't be compared"
        raise DeclarationError(met, do="compare values of one sort.")


def _check_code(column: ColumnValue, value: Scalar) -> None:
    if column.kind is Kind.CODE and column.values and value not in column.values:
        met = f'"{value}" is not a value of {column.registry}.{column.column}'
        raise DeclarationError(met, do=nearest(str(value), column.values))
