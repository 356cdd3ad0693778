"""Steps: what a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass

from tayanch.declare.expressions import Expression
from tayanch.declare.windows import Window
from tayanch.store.vectors import Vector


@dataclass(frozen=True)
class Choosing:
    """Which rows of a registry a reduction looks at: those in the window for which the step `condition` is true."""

    registry: str
    window: Window
    condition: int | None


@dataclass(frozen=True)
class Step:
    """One computation.

    registry: of whose rows it is a value; None: of the family. parts: the steps it is made from.
    lasting: it is the same at every moment. constants: the value of a constant, or the options of isin().
    choosing, of: for a reduction, the number of its choice of rows and the step it reduces.
    """

    node: Expression
    registry: str | None
    parts: tuple[int, ...]
    lasting: bool
    choosing: int = -1
    of: int | None = None
    constants: tuple[Vector, ...] = ()
