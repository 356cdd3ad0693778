"""What is usual where a family lives: the mean of a value over the other families of its area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tayanch.declare.expressions import FAMILY, Expression, expression
from tayanch.declare.features import Group
from tayanch.declare.rows import walk
from tayanch.errors import DeclarationError
from tayanch.vocabulary import Kind

MEAN_OF = (Kind.NUMBER, Kind.WHOLE, Kind.TRUTH)


@dataclass(frozen=True, eq=False)
class Neighbours(Expression):
    """The mean of `of` over the other families whose `by` is the family's own, as both are at as_of.

    Counted are families of which anything is known then, in a registry that `of` or `by` reads or as a membership.
    Missing where the family's own `by` is, or where fewer than 5 others have a value.
    """

    of: Expression
    by: Expression

    def __post_init__(self) -> None:
        if self.of.level != FAMILY:
            raise DeclarationError(
                f"{self.told} is not of a value of the family", do="end it with a verb such as sum()."
            )
        if self.of.kind not in MEAN_OF:
            raise DeclarationError(
                f"{self.told} is of a {self.of.kind.value}", do="give it a number, or a condition for a share."
            )
        if self.by.kind is not Kind.CODE:
            raise DeclarationError(
                f"{self.told} goes by a {self.by.kind.value}", do="give by= a group that is a code, such as an area."
            )
        if any(isinstance(node, Neighbours) for part in self.parts for node in walk(part)):
            raise DeclarationError(f"{self.told} has neighbours inside", do="ask for the neighbours' own value.")

    @property
    def told(self) -> str:
        """As it is written in a declaration."""
        return f"neighbours({self.of.told})"

    @property
    def kind(self) -> Kind:
        """Always NUMBER."""
        return Kind.NUMBER


def neighbours(value: Any, *, by: Any) -> Neighbours:
    """The mean of a family's number, or the share for whom a condition is true, over the others of its area.

    Args:
        value: a value of the family or a declared feature; a family where it is missing is not counted.
        by: the group that tells the area; families whose code is the same are neighbours.

    Raises:
        DeclarationError: when the value is no number or condition of the family, or `by` no group of codes.
    """
    if not isinstance(by, Group):
        raise DeclarationError("neighbours(by=...) is not a declared group", do="give it a function under @group.")
    return Neighbours(expression(value), by.expression)
