"""Programs: a plan as instructions for the machine and for the reducing verbs. Made once, they fit any rows.

A program computes the values of each registry's rows, reduces them to values of families, and computes with these. What
the machine can't do (look-ups in reference tables, means over neighbours) stands between stages of instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from tayanch.declare.expressions import ColumnValue
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Lookup
from tayanch.declare.rows import Reduction
from tayanch.declare.windows import Side, Window
from tayanch.store import verbs
from tayanch.store.arrow import Wholes
from tayanch.store.calendar import Calendar
from tayanch.store.codes import Table, Texts, Wording
from tayanch.store.kernels import REDUCED, RESULT
from tayanch.store.steps import Choosing, Step
from tayanch.store.values import Telling
from tayanch.store.writer import MISSING, Writer
from tayanch.vocabulary import Kind, Moment

OUTSIDE = (Lookup, Neighbours)
"""What the machine can't do."""


@dataclass(frozen=True)
class Stage:
    """First steps that the machine can't do, then instructions that may need them."""

    outside: tuple[int, ...]
    instructions: Wholes


@dataclass(frozen=True)
class RowWork:
    """What is done with the rows of a registry.

    lines: how many lines of words they need. columns: steps that are columns. places: the line of each step. lasting,
    moving: stages, for all moments at once and for each. noted, noted_moving: pairs of a line of truths and the
    condition that it tells, alike. reductions, moving_reductions: as in `verbs.Asked`, alike. groups: what each line of
    groups is of: a step, or None for persons. holds: whether any choice is of rows that hold.
    """

    registry: str
    lines: int
    columns: tuple[int, ...]
    places: Mapping[int, int]
    lasting: tuple[Stage, ...]
    moving: tuple[Stage, ...]
    noted: Wholes
    noted_moving: Wholes
    conditions: int
    choices: Wholes
    reductions: Wholes
    moving_reductions: Wholes
    groups: tuple[int | None, ...]
    holds: bool


@dataclass(frozen=True)
class Program:
    """The program for some of a plan's steps.

    results: their names, in the order of their places. places: of values of families. lines, reduced: how many lines of
    words and reduced values there are.
    """

    steps: Sequence[Step]
    results: tuple[str, ...]
    rows: tuple[RowWork, ...]
    windows: tuple[Window, ...]
    stages: tuple[Stage, ...]
    places: Mapping[int, int]
    lines: int
    reduced: int
    tables: tuple[Table, ...]

    @cached_property
    def undeclared(self) -> tuple[int, ...]:
        """The steps that are text columns without declared codes."""
        columns = [(number, self.steps[number].node) for work in self.rows for number in work.columns]
        return tuple(n for n, node in columns if node.kind is Kind.CODE and not getattr(node, "values", ()))

    def calendar(self, moments: tuple[Moment, ...]) -> Calendar:
        """The calendar of its windows; those asked for last are kept."""
        return self._calendars(moments)

    @cached_property
    def _calendars(self) -> Callable[[tuple[Moment, ...]], Calendar]:
        return lru_cache(maxsize=16)(lambda moments: Calendar.of(moments, self.windows))

    def table_words(self, met: Mapping[int, Texts]) -> Wholes:
        """All tables as the machine needs them, where undeclared columns have these words."""
        wording = Wording(self.steps, met)
        lines = [
            self._lasting[n] if n in self._lasting else _line(table, wording) for n, table in enumerate(self.tables)
        ]
        starts = np.cumsum([len(self.tables), *(len(line) for line in lines)])[:-1]
        return np.concatenate([starts.astype(np.int64), *lines])

    @cached_property
    def _lasting(self) -> dict[int, Wholes]:
        wording = Wording(self.steps, {})
        told = enumerate(self.tables)
        return {n: _line(table, wording) for n, table in told if not any(map(wording.changes, table.steps))}


def _line(table: Table, wording: Wording) -> Wholes:
    words = table.line(wording)
    return np.array([len(words) - 1, *words], dtype=np.int64)


def program_of(
    steps: Sequence[Step], choices: Sequence[Choosing], wanted: Mapping[str, tuple[int, Telling | None]]
) -> Program:
    """The program for some of a plan's steps and how they are given back; without a telling, as the words they are."""
    return _Draft(steps, choices, wanted).program()


@dataclass
class _Draft:
    """A program being written."""

    steps: Sequence[Step]
    choices: Sequence[Choosing]
    wanted: Mapping[str, tuple[int, Telling | None]]
    tables: dict[Table, int] = field(default_factory=dict[Table, int])
    windows: dict[str, tuple[int, Window]] = field(default_factory=dict[str, tuple[int, Window]])
    reduced: int = 0

    @cached_property
    def needed(self) -> list[int]:
        """The steps that are needed, each after those it is made of."""
        found: set[int] = set()
        waiting = [number for number, _ in self.wanted.values()]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting.extend(self.below(number))
        return sorted(found)

    def below(self, number: int) -> Iterable[int]:
        """The steps a step is made of."""
        step = self.steps[number]
        chosen = None if step.choosing < 0 else self.choices[step.choosing].condition
        return (*step.parts, *(part for part in (step.of, chosen) if part is not None))

    def program(self) -> Program:
        """The program."""
        families = Writer(self.steps, self.tables)
        stages = self._families(families)
        rows = tuple(self._rows(registry, families.places) for registry in self._registries())
        return Program(
            steps=self.steps,
            results=tuple(self.wanted),
            rows=rows,
            windows=tuple(window for _, window in self.windows.values()),
            stages=stages,
            places=families.places,
            lines=families.lines,
            reduced=self.reduced,
            tables=tuple(self.tables),
        )

    def _registries(self) -> list[str]:
        steps = [self.steps[number] for number in self.needed]
        return sorted({step.node.registry for step in steps if isinstance(step.node, Reduction)})

    def _families(self, writer: Writer) -> tuple[Stage, ...]:
        """Gives every value of families its place and writes what is done with them."""
        numbers = [number for number in self.needed if self.steps[number].registry is None]
        levels = self._levels(numbers)
        kept = {n for n in numbers if isinstance(self.steps[n].node, (Reduction, *OUTSIDE))}
        for number in numbers:
            outside = isinstance(self.steps[number].node, OUTSIDE)
            kept |= {part for part in self.steps[number].parts if outside or levels[part] < levels[number]}
        told: dict[int, list[tuple[Telling | None, int]]] = {}
        for nth, (number, telling) in enumerate(self.wanted.values()):
            if number not in writer.places and _as_it_is(self.steps[number], telling):
                writer.places[number] = RESULT + nth
            else:
                told.setdefault(number, []).append((telling, RESULT + nth))
        for number in numbers:
            if number not in writer.places:
                writer.places[number] = self._new_reduced() if number in kept else writer.line()
        return self._staged(writer, levels, told)

    def _new_reduced(self) -> int:
        self.reduced += 1
        return REDUCED + self.reduced - 1

    def _levels(self, numbers: Sequence[int]) -> dict[int, int]:
        """How many steps that the machine can't do come before each step, one after the other, itself among them."""
        levels: dict[int, int] = {}
        for number in numbers:
            step = self.steps[number]
            below = max((levels.get(part, 0) for part in step.parts), default=0)
            levels[number] = below + isinstance(step.node, OUTSIDE)
        return levels

    def _staged(
        self,
        writer: Writer,
        levels: Mapping[int, int],
        told: Mapping[int, Sequence[tuple[Telling | None, int]]],
    ) -> tuple[Stage, ...]:
        """The stages of some steps, level by level."""
        stages: list[Stage] = []
        for level in range(max(levels.values(), default=-1) + 1):
            outside: list[int] = []
            for number in (number for number in levels if levels[number] == level):
                node = self.steps[number].node
                if isinstance(node, OUTSIDE):
                    outside.append(number)
                elif not isinstance(node, (Reduction, ColumnValue)):
                    writer.write(number)
                for telling, out in told.get(number, ()):
                    writer.tell(number, telling, out)
            stages.append(Stage(tuple(outside), _lines(writer.taken(), 6)))
        return tuple(stages)

    def _rows(self, registry: str, places: Mapping[int, int]) -> RowWork:
        """What is done with the rows of a registry, and where the values of families go."""
        writer = Writer(self.steps, self.tables)
        numbers = [number for number in self.needed if self.steps[number].registry == registry]
        for number in numbers:
            writer.places[number] = writer.line()
        lasting, moving = (
            self._staged(writer, self._levels([n for n in numbers if self.steps[n].lasting is lasts]), {})
            for lasts in (True, False)
        )
        reduced = _Reduced(self, registry, writer.places)
        for number in self.needed:
            step = self.steps[number]
            if isinstance(step.node, Reduction) and step.node.registry == registry:
                reduced.add(step, step.node, places[number])
        return RowWork(
            registry=registry,
            lines=writer.lines,
            columns=tuple(n for n in numbers if isinstance(self.steps[n].node, ColumnValue)),
            places=writer.places,
            lasting=lasting,
            moving=moving,
            noted=reduced.noted(lasts=True),
            noted_moving=reduced.noted(lasts=False),
            conditions=len(reduced.conditions),
            choices=_lines([told for _, told in reduced.choices.values()], 2),
            reductions=_lines(sorted(reduced.lasting), 5),
            moving_reductions=_lines(sorted(reduced.moving), 5),
            groups=tuple(reduced.groups),
            holds=any(told[0] < 0 for _, told in reduced.choices.values()),
        )


@dataclass
class _Reduced:
    """The reductions of a registry's rows, being gathered. places: the lines of values of its rows."""

    draft: _Draft
    registry: str
    places: Mapping[int, int]
    conditions: dict[int, int] = field(default_factory=dict[int, int])
    choices: dict[int, tuple[int, tuple[int, int]]] = field(default_factory=dict[int, tuple[int, tuple[int, int]]])
    groups: dict[int | None, int] = field(default_factory=dict[int | None, int])
    lasting: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])
    moving: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])

    def add(self, step: Step, node: Reduction, place: int) -> None:
        """Adds a reduction whose values go to a place."""
        if step.choosing not in self.choices:
            self.choices[step.choosing] = (len(self.choices), self._choice(step.choosing))
        line = 0 if step.of is None else self.places[step.of]
        if node.verb in ("persons", "distinct"):
            line = self.groups.setdefault(step.of, len(self.groups))
        moves = step.of is not None and not self.draft.steps[step.of].lasting
        told = (self.choices[step.choosing][0], _verb(node), line, place, MISSING[node.kind])
        (self.moving if moves else self.lasting).append(told)

    def noted(self, *, lasts: bool) -> Wholes:
        """Pairs of a line of truths and a condition, of those that are the same at every moment or of the others."""
        steps = self.draft.steps
        return _lines([(self.places[n], k) for n, k in self.conditions.items() if steps[n].lasting is lasts], 2)

    def _choice(self, number: int) -> tuple[int, int]:
        choosing, windows = self.draft.choices[number], self.draft.windows
        place = -1
        if choosing.window.side is not Side.CURRENT:
            place = windows.setdefault(choosing.window.digest, (len(windows), choosing.window))[0]
        if choosing.condition is None:
            return place, -1
        return place, self.conditions.setdefault(choosing.condition, len(self.conditions))


def _as_it_is(step: Step, telling: Telling | None) -> bool:
    """Whether the words of a step are given back as they are."""
    return telling is None or telling.kind is Kind.NUMBER or (telling.kind is Kind.WHOLE and telling.exact)


def _verb(node: Reduction) -> int:
    if node.verb in verbs.VERBS:
        return verbs.VERBS.index(node.verb)
    wholes = node.of is not None and node.of.kind is Kind.WHOLE
    return (verbs.WHOLES_FROM if wholes else verbs.SUM) + verbs.OF_VALUES.index(node.verb)


def _lines(lines: Sequence[Sequence[int]], width: int) -> Wholes:
    return np.array(lines, dtype=np.int64).reshape(len(lines), width)
