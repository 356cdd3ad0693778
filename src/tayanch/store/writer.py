"""Writing instructions for the machine: what each node of an expression means, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tayanch.declare.expressions import (
    Arithmetic,
    Choice,
    Comparison,
    Constant,
    Fill,
    IsIn,
    Logic,
    Missing,
    Negation,
    YearsSince,
)
from tayanch.store import machine
from tayanch.store.arrow import NO_WHOLE
from tayanch.store.codes import Declared, Fixed, Moved, OneOf, Table
from tayanch.store.steps import Step
from tayanch.store.values import Telling
from tayanch.store.vectors import all_missing, number, numbers, word
from tayanch.vocabulary import Kind

NUMBERS = {"+": machine.ADD, "-": machine.SUBTRACT, "*": machine.MULTIPLY, "/": machine.DIVIDE}
WHOLES = {"+": machine.ADD_WHOLES, "-": machine.SUBTRACT_WHOLES, "*": machine.MULTIPLY_WHOLES}
COMPARED = {"==": 0, "!=": 1, "<": 2, "<=": 3}
TURNED = {">": "<", ">=": "<="}
"""Comparisons that are others with their sides exchanged."""
MISSING = {kind: word(all_missing(kind, 1)) for kind in Kind}
"""The word for a missing value."""
ZERO_ONE = Fixed((0, 0, 1, 0))
"""Truths that can't be missing as wholes."""
NOUGHT_ONE = Fixed(tuple(word(number(np.array([told]))) for told in (0.0, np.nan, 1.0, np.nan)))
"""Truths as numbers."""


@dataclass
class Writer:
    """Writes the steps of one level: of a registry's rows, or of families.

    steps: of the plan. places: of steps. tables: all tables there are, in the order of their numbers. lines: how many
    lines of words the level needs so far. written: the instructions.
    """

    steps: Sequence[Step]
    tables: dict[Table, int]
    places: dict[int, int] = field(default_factory=dict[int, int])
    lines: int = 0
    written: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    _numbers: dict[int, int] = field(default_factory=dict[int, int])

    def line(self) -> int:
        """A new line of words."""
        self.lines += 1
        return self.lines - 1

    def taken(self) -> list[tuple[int, ...]]:
        """What was written since the last time; what was made on the way is not found again."""
        written, self.written = self.written, []
        self._numbers.clear()
        return written

    def write(self, number: int) -> None:
        """Writes a step; it needs a place."""
        step, out = self.steps[number], self.places[number]
        WRITE[type(step.node)](self, step, out)

    def tell(self, number: int, telling: Telling | None, out: int) -> None:
        """Writes the values of a step as they are given back; without a telling, as they are."""
        kind, a = self.steps[number].node.kind, self.places[number]
        if telling is None or kind is Kind.NUMBER or (kind is Kind.WHOLE and telling.exact):
            self._put(machine.COPY, out, a)
        elif kind is Kind.WHOLE:
            self._put(machine.NUMBERS_FROM, out, a)
        elif kind is Kind.TRUTH:
            self._look_up(out, a, ZERO_ONE if telling.exact else NOUGHT_ONE)
        elif kind is Kind.DATE:
            never = self._constant(NO_WHOLE)
            self._put(machine.FILL, out, a, never, detail=MISSING[Kind.DATE])
        elif telling.words is None:
            self._put(machine.COPY, out, a)
        else:
            self._look_up(out, a, Declared((number,), telling.words))

    def _put(self, verb: int, out: int, *parts: int, detail: int = 0) -> int:
        self.written.append((verb, out, *parts, *(0,) * (3 - len(parts)), detail))
        return out

    def _look_up(self, out: int, a: int, table: Table) -> int:
        return self._put(machine.LOOK_UP, out, a, detail=self.tables.setdefault(table, len(self.tables)))

    def _constant(self, word: int) -> int:
        return self._put(machine.CONSTANT, self.line(), detail=word)

    def _as_kind(self, number: int, kind: Kind) -> int:
        """The place of a step's values as values of this kind."""
        if self.steps[number].node.kind is kind or kind is not Kind.NUMBER:
            return self.places[number]
        if number not in self._numbers:
            self._numbers[number] = self._put(machine.NUMBERS_FROM, self.line(), self.places[number])
        return self._numbers[number]

    def _alike(self, left: int, right: int) -> tuple[int, int, Kind]:
        """The places of two steps' values in one kind, and of codes in the words of both; and the kind."""
        kinds = {self.steps[left].node.kind, self.steps[right].node.kind}
        kind = kinds.pop() if len(kinds) == 1 else Kind.NUMBER
        a, b = self._as_kind(left, kind), self._as_kind(right, kind)
        if kind is Kind.CODE:
            b = self._look_up(self.line(), b, Moved((left, right)))
        return a, b, kind

    def write_constant(self, step: Step, out: int) -> None:
        """A value written in the declaration."""
        self._put(machine.CONSTANT, out, detail=word(step.constants[0]))

    def write_arithmetic(self, step: Step, out: int) -> None:
        """left + - * / right."""
        assert isinstance(step.node, Arithmetic)
        sign, (left, right) = step.node.operator, step.parts
        if step.node.kind is Kind.WHOLE:
            self._put(WHOLES[sign], out, self.places[left], self.places[right])
        else:
            self._put(NUMBERS[sign], out, self._as_kind(left, Kind.NUMBER), self._as_kind(right, Kind.NUMBER))

    def write_comparison(self, step: Step, out: int) -> None:
        """left == != < <= > >= right."""
        assert isinstance(step.node, Comparison)
        sign, (left, right) = step.node.operator, step.parts
        if sign in TURNED:
            sign, left, right = TURNED[sign], right, left
        a, b, kind = self._alike(left, right)
        self._compare(out, sign, (a, b, kind))

    def _compare(self, out: int, sign: str, of: tuple[int, int, Kind]) -> int:
        a, b, kind = of
        verb = (machine.EQUAL if kind is Kind.NUMBER else machine.SAME) + COMPARED[sign]
        return self._put(verb, out, a, b, detail=MISSING[kind])

    def write_is_in(self, step: Step, out: int) -> None:
        """Whether the value is one of the options."""
        (of,) = step.parts
        if self.steps[of].node.kind is Kind.CODE:
            assert isinstance(step.node, IsIn)
            options = tuple(str(option) for option in step.node.options)
            self._look_up(out, self.places[of], OneOf((of,), options))
            return
        found = self.line()
        for nth, option in enumerate(step.constants):
            kind = option.kind if option.kind is self.steps[of].node.kind else Kind.NUMBER
            value = self._constant(word(option if kind is option.kind else number(numbers(option))))
            met = self._compare(self.line(), "==", (self._as_kind(of, kind), value, kind))
            found = met if nth == 0 else self._put(machine.OR, self.line(), found, met)
        self._put(machine.COPY, out, found)

    def write_logic(self, step: Step, out: int) -> None:
        """left and/or right in Kleene's logic."""
        assert isinstance(step.node, Logic)
        verb = machine.AND if step.node.operator == "and" else machine.OR
        self._put(verb, out, *(self.places[part] for part in step.parts))

    def write_negation(self, step: Step, out: int) -> None:
        """The contrary."""
        self._put(machine.NOT, out, self.places[step.parts[0]])

    def write_missing(self, step: Step, out: int) -> None:
        """Whether the value is missing."""
        (of,) = step.parts
        self._put(machine.ABSENT, out, self.places[of], detail=MISSING[self.steps[of].node.kind])

    def write_fill(self, step: Step, out: int) -> None:
        """The value, and another where it is missing."""
        a, b, kind = self._alike(*step.parts)
        self._put(machine.FILL, out, a, b, detail=MISSING[kind])

    def write_choice(self, step: Step, out: int) -> None:
        """One value where the condition is true, the other where it is false."""
        condition, yes, no = step.parts
        a, b, kind = self._alike(yes, no)
        self._put(machine.CHOOSE, out, self.places[condition], a, b, detail=MISSING[kind])

    def write_years(self, step: Step, out: int) -> None:
        """Completed years to as_of."""
        self._put(machine.YEARS, out, self.places[step.parts[0]], detail=MISSING[Kind.DATE])


WRITE: Mapping[type, Callable[[Writer, Step, int], None]] = {
    Constant: Writer.write_constant,
    Arithmetic: Writer.write_arithmetic,
    Comparison: Writer.write_comparison,
    IsIn: Writer.write_is_in,
    Logic: Writer.write_logic,
    Negation: Writer.write_negation,
    Missing: Writer.write_missing,
    Fill: Writer.write_fill,
    Choice: Writer.write_choice,
    YearsSince: Writer.write_years,
}
