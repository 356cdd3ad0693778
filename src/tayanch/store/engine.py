"""The engine: the values of a plan for all families of a bucket, at many moments.

What the same rows give at every moment (columns, row-level arithmetic, conditions) is computed once for the bucket;
what depends on the moment (which versions count, windows, ages), once for each. `tayanch.store.reference` is the
definition of every value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np

from tayanch.declare.expressions import (
    Arithmetic,
    Choice,
    ColumnValue,
    Comparison,
    Constant,
    Fill,
    IsIn,
    Logic,
    Missing,
    Negation,
    YearsSince,
)
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Lookup
from tayanch.declare.rows import Reduction
from tayanch.declare.windows import Side, Window
from tayanch.intake.bucket import Bucket
from tayanch.store import reduce
from tayanch.store.areas import NO_AREAS, Areas, Shares
from tayanch.store.arrow import LAST_DAY, Array, Bools
from tayanch.store.laying import lay_out
from tayanch.store.layout import Layout, Rows
from tayanch.store.midnights import day_known
from tayanch.store.plan import Choosing, Plan, Step
from tayanch.store.reduce import Present, Selection
from tayanch.store.values import ValueColumn, Values
from tayanch.store.vectors import (
    TRUE,
    Vector,
    all_missing,
    arithmetic,
    choice,
    comparison,
    day_number,
    fill,
    is_in,
    logic,
    negation,
    truth,
    years_since,
)
from tayanch.vocabulary import Moment

ENGINE = "2"
"""Changes whenever any value could change; part of every matrix's digest."""
FIRST_DAY = day_number(date.min)
REDUCE_VALUES: dict[str, Callable[[Present], Vector]] = {
    "sum": reduce.total,
    "mean": reduce.mean,
    "min": reduce.least,
    "max": reduce.greatest,
    "distinct": reduce.distinct,
}
REDUCE_ROWS: dict[str, Callable[[Selection], Vector]] = {"count": reduce.count, "exists": reduce.exists}
REDUCE_DAYS: dict[str, Callable[[Selection, int], Vector]] = {
    "days_since": reduce.days_since,
    "days_until": reduce.days_until,
}


class Evaluation:
    """A plan at work on a bucket. What is the same at every moment is computed once and kept between calls of `at`."""

    def __init__(self, rows: Bucket | Layout, plan: Plan, areas: Areas = NO_AREAS) -> None:
        self.plan, self.areas = plan, areas
        self.layout = rows if isinstance(rows, Layout) else lay_out(rows)
        self.lasting: dict[int, Vector] = {}
        self.conditions: dict[int, Bools] = {}
        self._known_by, self._versions = LAST_DAY, dict[str, Bools]()

    def at(self, moments: Sequence[Moment]) -> Values:
        """The values of the plan for every family of the bucket at every moment.

        Raises:
            StoreError: when the bucket lacks a column of the plan, or has codes that were not declared, or the areas do
                not tell of a moment.
        """
        scenes = [_Scene(self, moment) for moment in moments]
        known = np.array([scene.known_families(self.plan.registries) for scene in scenes], dtype=np.bool_)
        known = known.reshape(len(moments), self.layout.families)
        return Values(tuple(self.layout.names), tuple(moments), self._columns(scenes), known)

    def columns_at(self, moments: Sequence[Moment]) -> Mapping[str, ValueColumn]:
        """The columns of `at` alone."""
        return self._columns([_Scene(self, moment) for moment in moments])

    def shares(self, moment: Moment) -> dict[str, Shares]:
        """By the digest of each mean over neighbours, what the families add to their areas."""
        scene = _Scene(self, moment)
        return {digest: scene.shares(digest) for digest in self.plan.neighbours}

    def _columns(self, scenes: Sequence[_Scene]) -> Mapping[str, ValueColumn]:
        found = [scene.results() for scene in scenes]
        return {
            name: telling.column([vectors[name] for vectors in found], self.layout.families)
            for name, telling in self.plan.tellings.items()
        }

    def versions(self, rows: Rows, known_by: int) -> Bools:
        """Which versions are current as of a day; kept until another day is asked about."""
        if known_by != self._known_by:
            self._known_by, self._versions = known_by, {}
        if rows.name not in self._versions:
            self._versions[rows.name] = (rows.known < known_by) & (rows.replaced >= known_by)
        return self._versions[rows.name]


def evaluate(rows: Bucket | Layout, plan: Plan, moments: Sequence[Moment], *, areas: Areas = NO_AREAS) -> Values:
    """The values of the plan for every family of the bucket at every moment: as `Evaluation(...).at(moments)`."""
    return Evaluation(rows, plan, areas).at(moments)


class _Scene:
    """The bucket at one moment."""

    def __init__(self, work: Evaluation, moment: Moment) -> None:
        self.work, self.plan, self.layout = work, work.plan, work.layout
        self.moment, self.as_of = moment, moment.as_of
        self.today = day_number(moment.as_of)
        self.known_by = day_known(moment.known_by)
        self._found: dict[int, Vector] = {}
        self._current: dict[str, Bools] = {}
        self._windows: dict[tuple[str, str], Array] = {}
        self._chosen: dict[int, Selection] = {}
        self._present: dict[tuple[int, int], Present] = {}

    def results(self) -> dict[str, Vector]:
        """The vectors asked for, by name."""
        return {name: self.step(number) for name, number in self.plan.results.items()}

    def known_families(self, registries: frozenset[str]) -> Bools:
        """Of which families anything is known in one of the registries or as a membership."""
        known = np.zeros(self.layout.families, dtype=np.bool_)
        for name in sorted(registries | {*self.layout.memberships}):
            rows = self.layout.rows(name)
            if rows is not None and rows.pair is None:
                known[rows.family[self.versions(rows)]] = True
        return known

    def shares(self, digest: str) -> Shares:
        """What each family adds to its area."""
        told = self.plan.neighbours[digest]
        return Shares.of(self.step(told.value), self.step(told.area), known=self.known_families(told.registries))

    def step(self, number: int) -> Vector:
        """The vector of a step."""
        kept = self.work.lasting if self.plan.steps[number].lasting else self._found
        if number not in kept:
            kept[number] = self._compute(self.plan.steps[number])
        return kept[number]

    def _compute(self, step: Step) -> Vector:
        node = step.node
        if isinstance(node, Reduction):
            return self._reduced(node, step)
        if isinstance(node, Constant):
            return step.constants[0]
        if isinstance(node, ColumnValue):
            rows = self.layout.rows(node.registry)
            return rows.column(node) if rows is not None else all_missing(node.kind, 0, node.values)
        if isinstance(node, Neighbours):
            return self.work.areas.at(node.digest, self.moment).mean_of_others(self.shares(node.digest))
        parts = [self.step(part) for part in step.parts]
        if isinstance(node, Lookup):
            return self.plan.tables[node.reference_digest].find(parts, self._days(step.registry))
        if isinstance(node, YearsSince):
            return years_since(parts[0], self.as_of)
        return _elementwise(step, parts)

    def _days(self, registry: str | None) -> Array:
        """The days on which tables are looked up: of rows when they happened, of families as_of."""
        if registry is None:
            return np.array([self.today], dtype=np.int32)
        rows = self.layout.rows(registry)
        return rows.happened if rows is not None else np.empty(0, dtype=np.int32)

    def _reduced(self, node: Reduction, step: Step) -> Vector:
        chosen = self.chosen(step.choosing)
        if node.verb in REDUCE_ROWS:
            return REDUCE_ROWS[node.verb](chosen)
        if node.verb == "persons":
            return self._persons(chosen)
        if node.verb in REDUCE_DAYS:
            return REDUCE_DAYS[node.verb](chosen, self.today)
        assert step.of is not None
        values = self.step(step.of)
        if node.verb == "latest":
            return reduce.latest(chosen, values)
        pair = (step.choosing, step.of)
        if pair not in self._present:
            self._present[pair] = Present.of(chosen, values)
        return REDUCE_VALUES[node.verb](self._present[pair])

    def _persons(self, chosen: Selection) -> Vector:
        if chosen.rows is None:
            return reduce.count(chosen)
        return reduce.persons(chosen, self.layout.pairs(chosen.rows), self.layout.belongings.family)

    def chosen(self, number: int) -> Selection:
        """The rows of a choice."""
        if number not in self._chosen:
            choosing = self.plan.choices[number]
            rows = self.layout.rows(choosing.registry)
            self._chosen[number] = (
                Selection.nothing(self.layout.families)
                if rows is None
                else Selection.of(rows, self._places(choosing, rows), self.layout.families)
            )
        return self._chosen[number]

    def _places(self, choosing: Choosing, rows: Rows) -> Array:
        inside = self._inside(choosing.window, rows)
        if choosing.condition is None:
            return inside
        return inside[self._condition(choosing.condition, len(rows.family))[inside]]

    def _inside(self, window: Window, rows: Rows) -> Array:
        """Places of the rows that count and lie in the window."""
        asked = (rows.name, window.digest)
        if asked not in self._windows:
            self._windows[asked] = np.flatnonzero(self.current(rows) & _within(window, rows, self.as_of))
        return self._windows[asked]

    def _condition(self, number: int, length: int) -> Bools:
        kept = self.work.conditions
        if number in kept:
            return kept[number]
        met = self.step(number).spread(length).values == TRUE
        if self.plan.steps[number].lasting:
            kept[number] = met
        return met

    def current(self, rows: Rows) -> Bools:
        """Which rows count: current versions and, of persons, of those who belong to the family at as_of."""
        if rows.name not in self._current:
            mask = self.versions(rows)
            self._current[rows.name] = mask if rows.pair is None else mask & self._belonging()[rows.pair]
        return self._current[rows.name]

    def versions(self, rows: Rows) -> Bools:
        """Which versions are current."""
        return self.work.versions(rows, self.known_by)

    def _belonging(self) -> Bools:
        """Which pairs of family and person hold at as_of."""
        pairs = self.layout.belongings
        holding = np.zeros(len(pairs.family), dtype=np.bool_)
        for name, told in pairs.told.items():
            rows = self.layout.rows(name)
            assert rows is not None
            holding[told[self.versions(rows) & _holding(rows, self.today)]] = True
        return holding


def _holding(rows: Rows, today: int) -> Bools:
    """Which rows hold: begun before today, not ended before it."""
    return (rows.happened < today) & (today <= rows.left)


def _within(window: Window, rows: Rows, as_of: date) -> Bools:
    """Which rows lie in the window."""
    if window.side is Side.CURRENT:
        return _holding(rows, day_number(as_of))
    start, end = window.start(as_of), window.end(as_of)
    inside = rows.happened >= (FIRST_DAY if start is None else day_number(start))
    if end is not None:
        inside &= rows.happened < day_number(end)
    return inside


def _elementwise(step: Step, parts: Sequence[Vector]) -> Vector:
    """What an operator makes of its parts, value by value."""
    match step.node:
        case Arithmetic() as node:
            return arithmetic(node, parts[0], parts[1])
        case Comparison(operator=sign):
            return comparison(sign, parts[0], parts[1])
        case IsIn():
            return is_in(parts[0], step.constants)
        case Logic(operator=word):
            return logic(word, parts[0], parts[1])
        case Negation():
            return negation(parts[0])
        case Missing():
            return truth(parts[0].absent)
        case Fill():
            return fill(parts[0], parts[1])
        case Choice():
            return choice(parts[0], parts[1], parts[2])
        case other:
            raise AssertionError(f"{type(other).__name__} has no meaning here")
