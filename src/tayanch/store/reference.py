"""The definition: what every expression means, in plain Python, family by family and moment by moment.

Nothing here is fast, and nothing may become so at the price of being read. The engine must give the same values to the
last bit; the spec and property tests hold it to that.

A value is a float, int, bool, str or date, and None where it is missing. A number that is no number or beyond 64 bits
is missing, and there is one zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import singledispatch
from typing import Any
from zoneinfo import ZoneInfo

from tayanch.declare.expressions import (
    Arithmetic,
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
    YearsSince,
)
from tayanch.declare.neighbours import Neighbours
from tayanch.declare.references import Lookup, Reference, key_text
from tayanch.declare.rows import Reduction, reductions
from tayanch.declare.windows import Side
from tayanch.intake.bucket import Bucket
from tayanch.store.arrow import plain_rows
from tayanch.vocabulary import Kind, Moment

Value = float | int | bool | str | date | None
WIDEST = 2**63 - 1
"""The largest whole number there is; beyond it, a whole is missing."""
FEWEST = 5
"""How many other families must have a value for there to be a mean of neighbours."""
UNIT, FARTHEST = 2**20, 2**42
"""Neighbours' values are counted in whole units, so many to 1; those farther than FARTHEST from 0 are left out."""


@dataclass(frozen=True)
class Row:
    """One version of one row of a registry, as delivered.

    `family` or `person` is empty where the registry has none; `left` is the last day on which the row holds, if known.
    """

    family: str
    person: str
    key: str
    happened_on: date
    known_at: datetime
    delivery: int
    retracted: bool
    left: date | None
    columns: Mapping[str, Value]


@dataclass(frozen=True)
class Scene:
    """What a family looks like at a moment: per registry, the rows that count for it; and the reference tables.

    everybody: the scenes of all families at the moment, this one among them.
    """

    as_of: date
    rows: Mapping[str, Sequence[Row]]
    references: Mapping[str, Reference]
    everybody: list[Scene] = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where an expression is looked at: in a scene, and in one row of it or (None) at the family."""

    scene: Scene
    row: Row | None = None


@dataclass(frozen=True)
class Answer:
    """Per name and moment the value of every family of the bucket; and whether the family was known at that moment."""

    values: Mapping[str, list[list[Value]]]
    known: list[list[bool]]


def evaluate(
    bucket: Bucket,
    expressions: Mapping[str, Expression],
    moments: Sequence[Moment],
    *,
    references: Sequence[Reference] = (),
) -> Answer:
    """The values of the expressions for every family of the bucket at every moment.

    A family's neighbours are looked for in the bucket: give one that holds all families there are.
    """
    tables = {table.digest: table for table in references}
    named = {reduction.registry for expression in expressions.values() for reduction in reductions(expression)}
    versions = {registry: read(bucket, registry) for registry in bucket.tables}
    values: dict[str, list[list[Value]]] = {name: [] for name in expressions}
    known: list[list[bool]] = []
    for moment in moments:
        instant = start_of_day(moment.known_by, bucket.zone)
        current = {registry: current_rows(rows, instant) for registry, rows in versions.items()}
        scenes: list[Scene] = []
        for family in bucket.families:
            scenes.append(Scene(moment.as_of, family_rows(family, current, moment.as_of), tables, scenes))
        for name, expression in expressions.items():
            values[name].append([value_at(expression, Place(scene)) for scene in scenes])
        known.append([is_known(scene, named) for scene in scenes])
    return Answer(values, known)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the day; where clocks skip midnight it is the instant at which they do.

    The last day there is means after everything.
    """
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, tzinfo=zone, fold=0).astimezone(UTC)


def current_rows(versions: Sequence[Row], instant: datetime) -> list[Row]:
    """Of every key of a family or person, the last version known before the instant, unless it is a retraction."""
    last: dict[tuple[str, str], Row] = {}
    for row in sorted(versions, key=lambda row: (row.known_at, row.delivery)):
        if row.known_at < instant:
            last[row.family or row.person, row.key] = row
    return [row for row in last.values() if not row.retracted]


def is_known(scene: Scene, named: set[str]) -> bool:
    """Whether any current row of the family itself stands in a registry that is asked about, or in a membership."""
    own = [(registry, row) for registry, rows in scene.rows.items() for row in rows if row.family]
    return any(registry in named or row.person for registry, row in own)


def family_rows(family: str, current: Mapping[str, Sequence[Row]], as_of: date) -> dict[str, list[Row]]:
    """Per registry the family's rows: its own, and of person registries those of its members at as_of."""
    own = {name: [row for row in rows if row.family == family] for name, rows in current.items()}
    members = {row.person for rows in own.values() for row in rows if row.person and holds(row, as_of)}
    for name, rows in current.items():
        own[name] += [row for row in rows if not row.family and row.person in members]
        own[name].sort(key=lambda row: (row.happened_on, row.key, row.person))
    return own


def holds(row: Row, as_of: date) -> bool:
    """Whether a row with an end, such as a membership, holds at as_of: begun before that day, not ended before it."""
    return row.happened_on < as_of and (row.left is None or as_of <= row.left)


def value_at(node: Expression, place: Place) -> Value:
    """The value of an expression at a place."""
    return fitted(_value(node, place), node.kind)


def fitted(value: Value, kind: Kind) -> Value:
    """The value as its kind holds it: numbers finite and with one zero, wholes within 64 bits, else missing."""
    if value is None:
        return None
    if kind is Kind.NUMBER:
        number = float(value)  # pyright: ignore[reportArgumentType]
        return number + 0.0 if math.isfinite(number) else None
    if kind is Kind.WHOLE:
        return value if -WIDEST <= value <= WIDEST else None  # pyright: ignore[reportOperatorIssue]
    return value


@singledispatch
def _value(node: Expression, place: Place) -> Value:
    raise AssertionError(f"{type(node).__name__} at {place.scene.as_of} has no meaning here")


@_value.register
def _constant(node: Constant, place: Place) -> Value:
    return node.value


@_value.register
def _column(node: ColumnValue, place: Place) -> Value:
    assert place.row is not None
    return place.row.columns[node.column]


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else None,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@_value.register
def _arithmetic(node: Arithmetic, place: Place) -> Value:
    left, right = value_at(node.left, place), value_at(node.right, place)
    return _applied(node.operator, (left, right), whole=node.kind is Kind.WHOLE)


@_value.register
def _comparison(node: Comparison, place: Place) -> Value:
    left, right = value_at(node.left, place), value_at(node.right, place)
    return _applied(node.operator, (left, right), whole=node.left.kind is node.right.kind)


def _applied(operator: str, sides: tuple[Value, Value], *, whole: bool) -> Value:
    """Missing where a side is. Unless both sides are to stay as they are, they are taken as float64."""
    left, right = sides
    if left is None or right is None:
        return None
    if not whole:
        left, right = float(left), float(right)  # pyright: ignore[reportArgumentType]
    return OPERATORS[operator](left, right)


@_value.register
def _is_in(node: IsIn, place: Place) -> Value:
    found = value_at(node.of, place)
    options = [Constant(option) for option in node.options]
    met = [_applied("==", (found, o.value), whole=o.kind is node.of.kind) for o in options]
    return None if found is None else any(met)


@_value.register
def _logic(node: Logic, place: Place) -> Value:
    sides = (value_at(node.left, place), value_at(node.right, place))
    decisive = node.operator == "or"
    if decisive in sides:
        return decisive
    return None if None in sides else not decisive


@_value.register
def _negation(node: Negation, place: Place) -> Value:
    found = value_at(node.of, place)
    return None if found is None else not found


@_value.register
def _missing(node: Missing, place: Place) -> Value:
    return value_at(node.of, place) is None


@_value.register
def _fill(node: Fill, place: Place) -> Value:
    found = value_at(node.of, place)
    return node.value.value if found is None else found


@_value.register
def _choice(node: Choice, place: Place) -> Value:
    condition = value_at(node.condition, place)
    if condition is None:
        return None
    return value_at(node.yes if condition else node.no, place)


@_value.register
def _years_since(node: YearsSince, place: Place) -> Value:
    since, as_of = value_at(node.since, place), place.scene.as_of
    if not isinstance(since, date):
        return None
    return as_of.year - since.year - ((as_of.month, as_of.day) < (since.month, since.day))


@_value.register
def _lookup(node: Lookup, place: Place) -> Value:
    found = [value_at(key, place) for key in node.keys]
    if None in found:
        return None
    keys = tuple(key_text(value) for value in found)
    day = place.row.happened_on if place.row else place.scene.as_of
    for row in place.scene.references[node.reference_digest].rows:
        if row.keys == keys and (row.since or date.min) <= day and (row.until is None or day < row.until):
            return row.value
    return None


@_value.register
def _neighbours(node: Neighbours, place: Place) -> Value:
    area, named = value_at(node.by, place), {reduction.registry for reduction in reductions(node)}
    if area is None:
        return None
    others = [Place(scene) for scene in place.scene.everybody if scene is not place.scene and is_known(scene, named)]
    found = [in_units(value_at(node.of, other)) for other in others if value_at(node.by, other) == area]
    present = [units for units in found if units is not None]
    return float(sum(present)) / len(present) / UNIT if len(present) >= FEWEST else None


def in_units(value: Value) -> int | None:
    """A number or truth value in whole units, the even one of two equally near."""
    if not isinstance(value, (int, float)) or abs(value) > FARTHEST:
        return None
    return round(value * UNIT)


@_value.register
def _reduction(node: Reduction, place: Place) -> Value:
    scene = place.scene
    rows = [row for row in scene.rows.get(node.registry, ()) if in_window(node, row, scene.as_of)]
    if node.condition is not None:
        rows = [row for row in rows if value_at(node.condition, Place(scene, row)) is True]
    if node.of is None:
        return _of_rows(node.verb, rows, scene.as_of)
    if node.verb == "latest":
        return value_at(node.of, Place(scene, max(rows, key=_age))) if rows else None
    return _of_values(node, [value_at(node.of, Place(scene, row)) for row in rows])


def in_window(node: Reduction, row: Row, as_of: date) -> bool:
    """Whether a row lies in the reduction's window as seen from as_of."""
    if node.window.side is Side.CURRENT:
        return holds(row, as_of)
    start, end = node.window.start(as_of), node.window.end(as_of)
    return (start is None or start <= row.happened_on) and (end is None or row.happened_on < end)


def _age(row: Row) -> tuple[Any, ...]:
    return row.happened_on, row.known_at, row.delivery, row.key, row.person


def _of_rows(verb: str, rows: Sequence[Row], as_of: date) -> Value:
    if verb == "count":
        return len(rows)
    if verb == "persons":
        return len({row.person for row in rows})
    if verb == "exists":
        return bool(rows)
    days = [row.happened_on for row in rows]
    if not days:
        return None
    return (as_of - max(days)).days if verb == "days_since" else (min(days) - as_of).days


def _of_values(node: Reduction, values: Sequence[Value]) -> Value:
    assert node.of is not None
    present: list[Any] = [value for value in values if value is not None]
    if node.verb == "distinct":
        return len(set(present))
    if not present:
        return 0 if node.verb == "sum" and not values else None
    if node.verb in ("min", "max"):
        return min(present) if node.verb == "min" else max(present)
    total = fitted(total_of(present, node.of.kind), node.of.kind)
    if node.verb == "sum" or total is None:
        return total
    return float(total) / len(present)  # pyright: ignore[reportArgumentType]


def total_of(values: Sequence[Any], kind: Kind) -> float | int:
    """The sum, one value added after the other: Python's sum() rounds floats otherwise from version to version."""
    total: float | int = 0 if kind is Kind.WHOLE else 0.0
    for value in values:
        total += value
    return total


def read(bucket: Bucket, registry: str) -> list[Row]:
    """All versions of all rows of a registry."""
    return [_row(told) for told in plain_rows(bucket.tables[registry])]


def _row(told: dict[str, Any]) -> Row:
    own = {name: told.pop(name, None) for name in ("family", "person", "left", "claimed_known_at")}
    return Row(
        family=own["family"] or "",
        person=own["person"] or "",
        left=own["left"],
        key=told.pop("key"),
        happened_on=told.pop("happened_on"),
        known_at=told.pop("known_at"),
        delivery=told.pop("delivery"),
        retracted=told.pop("retracted"),
        columns={name: _cell(value) for name, value in told.items()},
    )


def _cell(value: Any) -> Value:
    kind = Kind.NUMBER if isinstance(value, float) else Kind.WHOLE if type(value) is int else Kind.CODE
    return fitted(value, kind)
