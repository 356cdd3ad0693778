"""A stretch of families at some moments: a program at work on their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tayanch.declare.expressions import ColumnValue
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Lookup
from tayanch.store.areas import Areas, Shares
from tayanch.store.arrow import Array, Bools, Days, Wholes
from tayanch.store.calendar import Calendar
from tayanch.store.codes import Wording
from tayanch.store.kernels import REDUCED, RESULT, Extent, Words, between, gather, meet, note, restrict
from tayanch.store.layout import Layout, Rows
from tayanch.store.machine import Memory, run
from tayanch.store.plan import Plan
from tayanch.store.program import Program, RowWork, Stage
from tayanch.store.vectors import Vector, all_missing, of_words
from tayanch.store.verbs import Asked, Block, reduce_rows
from tayanch.store.writer import MISSING
from tayanch.vocabulary import Kind

ALWAYS = np.uint64(2**64 - 1)
NO_DAYS = np.empty(0, dtype=np.int32)
NO_WORDS = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True)
class Prepared:
    """A program with the rows it is to work on. columns: their values by step. tables: as the machine needs them."""

    plan: Plan
    program: Program
    layout: Layout
    areas: Areas
    columns: Mapping[int, Vector]
    tables: Wholes

    @classmethod
    def of(cls, plan: Plan, program: Program, of: tuple[Layout, Areas]) -> Prepared:
        """One of a plan's programs with the rows of a layout."""
        layout, areas = of
        columns = {n: _column(plan, layout, n) for work in program.rows for n in work.columns}
        met = {number: columns[number].words for number in program.undeclared}
        return cls(plan, program, layout, areas, columns, program.table_words(met))

    @cached_property
    def wording(self) -> Wording:
        """The words of steps."""
        return Wording(self.plan.steps, {number: self.columns[number].words for number in self.program.undeclared})

    def vector(self, number: int, words: Wholes) -> Vector:
        """Values of a step told as words."""
        kind = self.plan.steps[number].node.kind
        return of_words(kind, words, self.wording.of(number) if kind is Kind.CODE else ())


def _column(plan: Plan, layout: Layout, number: int) -> Vector:
    node = plan.steps[number].node
    assert isinstance(node, ColumnValue)
    rows = layout.rows(node.registry)
    return rows.column(node) if rows is not None else all_missing(node.kind, 0, node.values)


@dataclass(frozen=True)
class Stretch:
    """Families from number `first` on, at the moments of a calendar. memory: where the extent says."""

    work: Prepared
    calendar: Calendar
    words: Wholes
    extent: Extent
    _versions: dict[str, Words] = field(default_factory=dict[str, Words])
    _known: dict[frozenset[str], Bools] = field(default_factory=dict[frozenset[str], Bools])

    def compute(self) -> None:
        """Writes the values of the families to memory."""
        for work in self.work.program.rows:
            _RowStretch(self, work).reduce()
        memory = Memory(self.words, self.words.view(np.float64), self.work.tables)
        for stage in self.work.program.stages:
            for number in stage.outside:
                for moment in range(len(self.calendar.moments)):
                    self._words_of(number)[moment] = _as_words(self._outside(number, moment))
            if len(stage.instructions):
                run(stage.instructions, tuple(memory), tuple(self.extent))

    def known(self, registries: frozenset[str]) -> Bools:
        """At which moments which families were known: something in one of the registries, or as a membership."""
        if registries not in self._known:
            self._known[registries] = self._known_in(registries)
        return self._known[registries]

    def _known_in(self, registries: frozenset[str]) -> Bools:
        bits = np.zeros(self.extent.width, dtype=np.uint64)
        for name in registries.union(self.work.layout.memberships):
            rows = self.work.layout.rows(name)
            if rows is not None and rows.pair is None:
                meet(self.versions(rows), bits, self.starts(rows))
        return (bits & self.calendar.bits[:, np.newaxis]) != 0

    def starts(self, rows: Rows) -> Wholes:
        """Where the rows of each of the families begin, and the end, from the first of these rows on."""
        starts = rows.starts[self.extent.family : self.extent.family + self.extent.width + 1]
        return starts - starts[0]

    def span(self, rows: Rows) -> slice:
        """Where the rows of these families stand."""
        first, end = rows.starts[self.extent.family], rows.starts[self.extent.family + self.extent.width]
        return slice(int(first), int(end))

    def versions(self, rows: Rows) -> Words:
        """When the version of each row is current; not to be written to."""
        if rows.name not in self._versions:
            span = self.span(rows)
            found = between(rows.known[span], rows.replaced[span], self.calendar.known)
            self._versions[rows.name] = found
        return self._versions[rows.name]

    def holding(self, rows: Rows) -> Words:
        """When each row holds."""
        span = self.span(rows)
        return between(rows.happened[span], rows.left[span], self.calendar.as_of)

    def pairs(self, rows: Rows) -> Wholes:
        """The number of each row's pair of family and person among those of these families."""
        pairs: Days = self.work.layout.pairs(rows)[self.span(rows)]
        return pairs.astype(np.int64) - int(self.work.layout.belongings.starts[self.extent.family])

    @cached_property
    def belonging(self) -> Words:
        """When each pair of family and person holds."""
        starts = self.work.layout.belongings.starts
        first, end = starts[self.extent.family], starts[self.extent.family + self.extent.width]
        found = np.zeros(int(end - first), dtype=np.uint64)
        for name in self.work.layout.memberships:
            rows = self.work.layout.rows(name)
            if rows is not None:
                gather(self.versions(rows) & self.holding(rows), found, self.pairs(rows))
        return found

    def looked_up(self, node: Lookup, keys: list[Vector], days: Array) -> Vector:
        """The values of a reference table."""
        return self.work.plan.tables[node.reference_digest].find(keys, days)

    def _outside(self, number: int, moment: int) -> Vector:
        """The values at a moment of a step that the machine can't do."""
        step = self.work.plan.steps[number]
        parts = [self.work.vector(part, self._words_of(part)[moment]) for part in step.parts]
        if isinstance(step.node, Lookup):
            return self.looked_up(step.node, parts, self.calendar.today[moment : moment + 1])
        assert isinstance(step.node, Neighbours)
        told = self.work.plan.neighbours[step.node.digest]
        shares = Shares.of(parts[0], parts[1], known=self.known(told.registries)[moment])
        return self.work.areas.at(step.node.digest, self.calendar.moments[moment]).mean_of_others(shares)

    def _words_of(self, number: int) -> Wholes:
        """The values of a step, moments × families."""
        place, extent = self.work.program.places[number], self.extent
        if place < RESULT:
            first, length = extent.reduced, extent.moments * extent.width
            start = first + (place - REDUCED) * length
            return self.words[start : start + length].reshape(extent.moments, extent.width)
        length = extent.all_moments * extent.all_families
        start = (place - RESULT) * length
        lines = self.words[start : start + length].reshape(extent.all_moments, extent.all_families)
        return lines[extent.moment :, extent.family : extent.family + extent.width]


class _RowStretch:
    """What is done with the rows of one registry for a stretch of families."""

    def __init__(self, stretch: Stretch, work: RowWork) -> None:
        self.stretch, self.work = stretch, work
        self.rows = stretch.work.layout.rows(work.registry)
        self.length = 0 if self.rows is None else (told := stretch.span(self.rows)).stop - told.start
        self.values = np.empty((max(work.lines, 1), self.length), dtype=np.int64)
        self.conditions = np.zeros((work.conditions, self.length), dtype=np.uint64)
        self.groups = np.empty((len(work.groups), self.length), dtype=np.int64)
        words = self.values.reshape(-1)
        self.memory = tuple(Memory(words, words.view(np.float64), stretch.work.tables))

    def reduce(self) -> None:
        """Computes what the rows tell, and reduces them to values of the families."""
        work, moments = self.work, range(len(self.stretch.calendar.moments))
        self._load()
        self._run(work.lasting, 0)
        note(self.values, work.noted, (self.conditions, ALWAYS))
        self._group(lasts=True)
        block = tuple(self._block())
        if work.moving:
            for moment in moments:
                self._run(work.moving, moment)
                note(self.values, work.noted_moving, (self.conditions, np.uint64(1 << moment)))
                self._group(lasts=False)
                self._reduce(block, work.moving_reductions, (moment, moment + 1))
        self._reduce(block, work.reductions, (0, len(moments)))

    def _load(self) -> None:
        """Writes the columns to their lines."""
        if self.rows is None:
            return
        span, numbers = self.stretch.span(self.rows), self.values.view(np.float64)
        for number in self.work.columns:
            column = self.stretch.work.columns[number]
            into = numbers if column.kind is Kind.NUMBER else self.values
            into[self.work.places[number]] = column.values[span]

    def _run(self, stages: tuple[Stage, ...], moment: int) -> None:
        for stage in stages:
            for number in stage.outside:
                self.values[self.work.places[number]] = _as_words(self._outside(number))
            if len(stage.instructions):
                run(stage.instructions, self.memory, tuple(self._extent(moment)))

    def _extent(self, moment: int) -> Extent:
        """The rows as one tile, at a moment."""
        return Extent(
            width=self.length,
            tile=max(self.length, 1),
            first=moment,
            end=moment + 1,
            told=self.stretch.calendar.told,
            own=0,
            reduced=0,
            moments=0,
            moment=0,
            family=0,
            all_moments=0,
            all_families=0,
        )

    def _outside(self, number: int) -> Vector:
        """The values of a step that the machine can't do."""
        step = self.stretch.work.plan.steps[number]
        assert isinstance(step.node, Lookup)
        parts = [self.stretch.work.vector(part, self.values[self.work.places[part]]) for part in step.parts]
        days = NO_DAYS if self.rows is None else self.rows.happened[self.stretch.span(self.rows)]
        return self.stretch.looked_up(step.node, parts, days)

    def _group(self, *, lasts: bool) -> None:
        """Numbers rows by what they have in common: a person, or a value."""
        for line, number in enumerate(self.work.groups):
            if number is None:
                if lasts and self.rows is not None:
                    self.groups[line] = self.stretch.pairs(self.rows)
            elif self.stretch.work.plan.steps[number].lasting is lasts:
                self.groups[line] = self._equal(number)

    def _equal(self, number: int) -> Wholes:
        """Of each row a number that rows of the family with the same value share; below 0 where it is missing."""
        values = self.values[self.work.places[number]]
        order = np.lexsort((values, self._families))
        family, value = self._families[order], values[order]
        new = (family[1:] != family[:-1]) | (value[1:] != value[:-1])
        found = np.empty(self.length, dtype=np.int64)
        found[order] = np.cumsum(np.concatenate([[False], new])) if self.length else 0
        found[values == MISSING[self.stretch.work.plan.steps[number].node.kind]] = -1
        return found

    @cached_property
    def _families(self) -> Wholes:
        starts = self._starts()
        return np.repeat(np.arange(len(starts) - 1), np.diff(starts))

    def _starts(self) -> Wholes:
        if self.rows is None:
            return np.zeros(self.stretch.extent.width + 1, dtype=np.int64)
        return self.stretch.starts(self.rows)

    def _block(self) -> Block:
        rows = self.rows
        if rows is None:
            return Block(
                self._starts(), NO_DAYS, NO_DAYS, NO_WORDS, NO_WORDS, self.values, self.conditions, self.groups
            )
        span, here = self.stretch.span(rows), self.stretch.versions(rows)
        if rows.pair is not None:
            here = here.copy()
            restrict(here, self.stretch.belonging, self.stretch.pairs(rows))
        return Block(
            starts=self._starts(),
            happened=np.array(rows.happened[span]),
            age=NO_DAYS if rows.age is None else np.array(rows.age[span]),
            here=here,
            holds=self.stretch.holding(rows) if self.work.holds else NO_WORDS,
            values=self.values,
            conditions=self.conditions,
            groups=self.groups,
        )

    def _reduce(self, block: tuple[object, ...], reductions: Wholes, moments: tuple[int, int]) -> None:
        """Reduces rows at the moments from the first to before the second."""
        if len(reductions):
            calendar = self.stretch.calendar
            asked = Asked(self.work.choices, reductions, calendar.first, calendar.windows, calendar.today)
            extent = self.stretch.extent._replace(first=moments[0], end=moments[1])
            reduce_rows((block, tuple(asked)), self.stretch.words, tuple(extent))


def _as_words(vector: Vector) -> Wholes:
    return vector.values.view(np.int64) if vector.kind is Kind.NUMBER else vector.values.astype(np.int64)
