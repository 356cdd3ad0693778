"""The engine: the values of a plan for all families of a bucket, at many moments at once.

Families are computed block by block, all moments of a block together: rows are read once, whatever the number of
windows and moments (`tayanch.store.verbs`), and what lies between rows and results stays small
(`tayanch.store.machine`). One family is a block of one. `tayanch.store.reference` is the definition of every value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from tayanch.intake.bucket import Bucket
from tayanch.store.areas import NO_AREAS, Areas, Shares
from tayanch.store.arrow import Bools, Wholes
from tayanch.store.calendar import Calendar
from tayanch.store.kernels import MOST, Extent
from tayanch.store.laying import lay_out
from tayanch.store.layout import Layout
from tayanch.store.plan import Plan
from tayanch.store.program import Program
from tayanch.store.stretch import Prepared, Stretch
from tayanch.store.values import ValueColumn, Values
from tayanch.vocabulary import Kind, Moment

ENGINE = "3"
"""Changes whenever any value could change; part of every matrix's digest."""
WORDS, FAMILIES, TILE = 2**15, 2**12, 2**15
"""About how many words there are in a block for each value of families, and in a tile of the machine for all lines; and
the most families in a block."""


class Room:
    """Memory that is used again from one evaluation to the next: what was given back before is written over."""

    def __init__(self) -> None:
        self._words: Wholes = np.empty(0, dtype=np.int64)

    def words(self, length: int) -> Wholes:
        """So many words, with whatever stands in them."""
        if len(self._words) < length:
            self._words = np.empty(length, dtype=np.int64)
        return self._words[:length]


@dataclass(frozen=True)
class _Found:
    """What was computed: words by result, moment and family; and by registries which families were known when."""

    work: Prepared
    words: Wholes
    known: Mapping[frozenset[str], Bools]


class Evaluation:
    """A plan at work on the rows of some families.

    room: where the values are written; they are good until it is used again. By default each evaluation has its own.
    """

    def __init__(self, rows: Bucket | Layout, plan: Plan, areas: Areas = NO_AREAS, *, room: Room | None = None) -> None:
        self.plan, self.areas, self._room = plan, areas, room
        self.layout = rows if isinstance(rows, Layout) else lay_out(rows)

    def at(self, moments: Sequence[Moment]) -> Values:
        """The values of the plan for every family of the bucket at every moment.

        Raises:
            StoreError: when the bucket lacks a column of the plan, or has codes that were not declared, or the areas do
                not tell of a moment.
        """
        found = self._computed(self.plan.program, moments, {self.plan.registries})
        columns: dict[str, ValueColumn] = {}
        for place, (name, telling) in enumerate(self.plan.tellings.items()):
            undeclared = telling.kind is Kind.CODE and telling.words is None
            texts = found.work.wording.of(self.plan.results[name]) if undeclared else ()
            columns[name] = telling.column(found.words[place], texts)
        return Values(tuple(self.layout.names), tuple(moments), columns, found.known[self.plan.registries])

    def columns_at(self, moments: Sequence[Moment]) -> Mapping[str, ValueColumn]:
        """The columns of `at` alone."""
        return self.at(moments).columns

    def shares(self, moments: Sequence[Moment]) -> list[dict[str, Shares]]:
        """At each moment, by the digest of each mean over neighbours, what the families add to their areas."""
        told = self.plan.neighbours
        found = self._computed(self.plan.program_of_shares, moments, {one.registries for one in told.values()})
        return [
            {digest: self._shares(found, nth, place) for nth, digest in enumerate(told)}
            for place in range(len(moments))
        ]

    def _shares(self, found: _Found, nth: int, moment: int) -> Shares:
        """Of the neighbours with this number; their value and area are two results, one after the other."""
        told = [*self.plan.neighbours.values()][nth]
        value, area = (
            found.work.vector(step, found.words[2 * nth + place, moment])
            for place, step in enumerate((told.value, told.area))
        )
        return Shares.of(value, area, known=found.known[told.registries][moment])

    def _computed(self, program: Program, moments: Sequence[Moment], registries: Set[frozenset[str]]) -> _Found:
        work = Prepared.of(self.plan, program, (self.layout, self.areas))
        shape = _Shape(len(program.results), len(moments), self.layout.families)
        words = (self._room or Room()).words(shape.words + shape.scratch(program))
        known = {told: np.zeros((shape.moments, shape.families), dtype=np.bool_) for told in registries}
        for moment in range(0, shape.moments, MOST):
            calendar = program.calendar(tuple(moments[moment : moment + MOST]))
            for family in range(0, shape.families, shape.width):
                stretch = Stretch(work, calendar, words, shape.extent(program, calendar, (moment, family)))
                stretch.compute()
                for told, found in known.items():
                    end = family + stretch.extent.width
                    found[moment : moment + MOST, family:end] = stretch.known(told)
        results = words[: shape.words].reshape(shape.results, shape.moments, shape.families)
        return _Found(work, results, known)


@dataclass(frozen=True)
class _Shape:
    """How much is asked."""

    results: int
    moments: int
    families: int

    @property
    def words(self) -> int:
        """How many words the results are."""
        return self.results * self.moments * self.families

    @property
    def width(self) -> int:
        """How many families there are in a block."""
        at_once = min(max(self.moments, 1), MOST)
        return max(1, min(self.families, FAMILIES, WORDS // at_once))

    def tile(self, program: Program) -> int:
        """How many families there are in a tile of the machine."""
        return max(1, min(self.width, TILE // max(program.lines, 1)))

    def scratch(self, program: Program) -> int:
        """How many words are needed beside the results."""
        return program.reduced * min(self.moments, MOST) * self.width + program.lines * self.tile(program)

    def extent(self, program: Program, calendar: Calendar, first: tuple[int, int]) -> Extent:
        """The block that begins at a moment and a family."""
        moment, family = first
        moments, width = len(calendar.moments), min(self.width, self.families - family)
        return Extent(
            width=width,
            tile=self.tile(program),
            first=0,
            end=moments,
            told=calendar.told,
            own=self.words + program.reduced * moments * width,
            reduced=self.words,
            moments=moments,
            moment=moment,
            family=family,
            all_moments=self.moments,
            all_families=self.families,
        )


def evaluate(rows: Bucket | Layout, plan: Plan, moments: Sequence[Moment], *, areas: Areas = NO_AREAS) -> Values:
    """The values of the plan for every family of the bucket at every moment: as `Evaluation(...).at(moments)`."""
    return Evaluation(rows, plan, areas).at(moments)
