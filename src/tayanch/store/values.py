"""What an evaluation gives back: per name a column of values, moments × families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tayanch.declare.expressions import (
    Choice,
    ColumnValue,
    Comparison,
    Constant,
    Expression,
    Fill,
    IsIn,
    Logic,
    Missing,
    Negation,
)
from tayanch.declare.rows import Reduction
from tayanch.store.arrow import Array, Bools, Wholes
from tayanch.vocabulary import Kind, Moment


@dataclass(frozen=True)
class ValueColumn:
    """The values of one expression, moments × families.

    NUMBER: float64, NaN where missing. WHOLE and TRUTH: int64 if the expression can't be missing, else float64.
    CODE: int32 places in `words`, −1 where missing; where the codes were not declared, `words` is None and the values
    are texts (objects), None where missing. DATE: datetime64[D], NaT where missing.
    """

    kind: Kind
    values: Array
    words: tuple[str, ...] | None = None

    def at(self, families: Sequence[int] | Array) -> ValueColumn:
        """The values of the families at these places."""
        return ValueColumn(self.kind, self.values[:, families], self.words)


@dataclass(frozen=True)
class Values:
    """The values of all families of a bucket at some moments.

    known: moments × families, whether anything was known of the family then, in a registry that was asked about or as a
        membership; a family of which nothing was known stands in no matrix.
    """

    families: tuple[str, ...]
    moments: tuple[Moment, ...]
    columns: Mapping[str, ValueColumn]
    known: Bools


def never_missing(node: Expression) -> bool:
    """Whether the form of an expression rules out that it is missing."""
    if isinstance(node, (Constant, Missing, Fill)):
        return True
    if isinstance(node, Reduction):
        return node.verb in ("count", "persons", "exists", "distinct")
    if isinstance(node, (Comparison, IsIn, Logic, Negation, Choice)):
        return all(never_missing(part) for part in node.parts)
    return False


def words_of(node: Expression) -> tuple[str, ...] | None:
    """The codes an expression can have, in declared order; None where they were not declared."""
    if isinstance(node, ColumnValue):
        return node.values or None
    if isinstance(node, Constant):
        return (str(node.value),)
    if isinstance(node, Reduction):
        return words_of(node.of) if node.of is not None else None
    if isinstance(node, (Fill, Choice)):
        sides = [words_of(side) for side in ((node.of, node.value) if isinstance(node, Fill) else (node.yes, node.no))]
        known = [side for side in sides if side is not None]
        return tuple(dict.fromkeys(word for side in known for word in side)) if len(known) == len(sides) else None
    return None


@dataclass(frozen=True)
class Telling:
    """How the values of an expression are given back: what its form alone says of them."""

    kind: Kind
    exact: bool
    words: tuple[str, ...] | None

    @classmethod
    def of(cls, node: Expression) -> Telling:
        """The telling of an expression. exact: it can't be missing."""
        return cls(node.kind, never_missing(node), words_of(node) if node.kind is Kind.CODE else None)

    def column(self, words: Wholes, texts: tuple[str, ...]) -> ValueColumn:
        """The values as a column: moments × families, as the program told them; undeclared codes stand for `texts`."""
        if self.kind is Kind.DATE:
            return ValueColumn(self.kind, words.view("datetime64[D]"))
        if self.kind is not Kind.CODE:
            return ValueColumn(
                self.kind, words if self.exact and self.kind is not Kind.NUMBER else words.view(np.float64)
            )
        if self.words is None:
            return ValueColumn(self.kind, np.array([*texts, None], dtype=object)[words])
        return ValueColumn(self.kind, words.astype(np.int32), self.words)
