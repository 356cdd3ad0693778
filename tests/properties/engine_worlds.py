"""Random worlds, expressions and moments for the engine's property tests: small, and full of what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck
from hypothesis import strategies as st

from tayanch import Column, registry, when, years_since
from tayanch.declare.expressions import Expression, constant
from tayanch.declare.references import Reference, ReferenceRow
from tayanch.declare.registries import Registry
from tayanch.declare.rows import Rows
from tayanch.declare.windows import Window
from tayanch.store.reference import Value, start_of_day
from tayanch.store.values import ValueColumn, never_missing, words_of
from tayanch.vocabulary import Kind, Links, Moment
from tests.worlds import Told, World

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
FAMILIES = ("A", "B", "C")
PERSONS = ("p", "q", "r")
ZONES = ("UTC", "America/Santiago", "Asia/Tashkent", "America/Argentina/Buenos_Aires")
KINDS = ("x", "y", "7")
NUMBERS = (0.0, -0.0, 0.1, 0.2, 0.3, -0.7, 1.0, 7.0, 1e16, 1e308, -1e308, 5e-324)
WHOLES = (0, 1, 2, -3, 7, 2**53 + 1, 2**62, -(2**62), 2**63 - 1, -(2**63) + 1)


def declared(links: str, announced: bool, name: str, *, ends: bool = False) -> Registry:
    class body:
        """Made up for a test."""

        happened_on, known_at = "happened", "known"
        amount = Column("A number.")
        number = Column("A whole number.", type="whole")
        sort = Column("A code with declared values.", values=KINDS)
        word = Column("A code of any text.", type="code")
        born = Column("A date.", type="date")

    body.__name__ = name
    if ends or links == "membership":
        setattr(body, "left" if links == "membership" else "ended", "left")
    return registry(key="id", purpose="test", owner="test", links=links, announced=announced)(body)  # type: ignore[arg-type]


payments = declared("family", False, "payments", ends=True)
dues = declared("family", True, "dues")
jobs = declared("person", False, "jobs", ends=True)
members = declared("membership", False, "members")
REGISTRIES = (payments, dues, jobs, members)
DAYS = (
    *(date(2024, 2, 27) + timedelta(days=n) for n in range(5)),
    *(date(2024, 3, 30) + timedelta(days=n) for n in range(3)),
    *(date(2024, 9, 7) + timedelta(days=n) for n in range(4)),
    date(2023, 2, 28),
    date(2023, 12, 31),
)

days = st.sampled_from(DAYS)
moments = st.builds(Moment, days, st.one_of(days, st.just(date.max)))
values: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.NUMBER: st.sampled_from(NUMBERS),
    Kind.WHOLE: st.sampled_from(WHOLES),
    Kind.TRUTH: st.booleans(),
    Kind.CODE: st.sampled_from((*KINDS, "z", "07")),
    Kind.DATE: st.sampled_from((*DAYS, date(2000, 2, 29), date(1999, 3, 1), date(2030, 1, 1))),
}


SHIFTS = (-1, 0, 1, 43_200_000_000)
"""Microseconds from the start of a day at which something becomes known."""


# Few days for persons, and early ones for memberships, so that rows meet in a family and tie.
HAPPENED = {
    Links.FAMILY: days,
    Links.PERSON: st.sampled_from(DAYS[3:6]),
    Links.MEMBERSHIP: st.sampled_from((DAYS[0], date(2020, 1, 1))),
}


def cells(told: Registry) -> st.SearchStrategy[dict[str, Any]]:
    """The cells of a row; what it is known at is still a day and a shift."""
    columns = {c.name: st.none() | (st.sampled_from(KINDS) if c.values else values[c.kind]) for c in told.columns}
    return st.fixed_dictionaries(
        {
            "family": st.sampled_from(FAMILIES) if told.family else st.none(),
            "person": st.sampled_from(PERSONS) if told.person else st.none(),
            "key": st.sampled_from(("1", "10", "2", "ä")),
            "happened_on": HAPPENED[told.links],
            "known_at": st.tuples(days, st.sampled_from(SHIFTS)),
            "delivery": st.integers(1, 2),
            "retracted": st.sampled_from((False, False, False, True)),
            "left": st.none() | st.none() | days if told.left else st.none(),
            **columns,
        }
    )


CELLS = {told.name: cells(told) for told in REGISTRIES}
WORLDS = {
    most: st.fixed_dictionaries({name: st.lists(row, max_size=most) for name, row in CELLS.items()}) for most in (7, 12)
}
zones = st.sampled_from(tuple(ZoneInfo(name) for name in ZONES))


def one_version(row: Told) -> tuple[Any, ...]:
    """What no two rows share: a key has one version at an instant and delivery."""
    return row["family"] or row["person"], row["key"], row["known_at"], row["delivery"]


def in_zone(cells: Told, zone: ZoneInfo) -> Told:
    """A row whose known_at is an instant of the zone."""
    day, shift = cells["known_at"]
    return {**cells, "known_at": start_of_day(day, zone) + timedelta(microseconds=shift)}


def made(cells: Mapping[str, list[Told]], zone: ZoneInfo, registries: Sequence[Registry] = REGISTRIES) -> World:
    """The world of rows whose known_at is still a day and a shift."""
    rows = {name: [in_zone(row, zone) for row in told] for name, told in cells.items()}
    return World(
        tuple(registries), {name: [*{one_version(r): r for r in told}.values()] for name, told in rows.items()}, zone
    )


def worlds(most: int = 7) -> st.SearchStrategy[World]:
    """A world of a few families."""
    return st.builds(made, WORLDS[most], zones)


def _table(name: str, told: Mapping[tuple[str, ...], tuple[list[date], float, bool]]) -> Reference:
    rows: list[ReferenceRow] = []
    for combination, (edges, value, open_ended) in told.items():
        spans: list[tuple[date | None, date | None]] = [*zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)]
        if open_ended:
            spans = [(None, spans[0][0]), *spans[:-1], (spans[-1][0], None)]
        rows += [ReferenceRow(combination, value + n, since, until) for n, (since, until) in enumerate(spans)]
    return Reference(name, tuple(f"key{n}" for n in range(len(name))), tuple(rows))


def _tables(name: str) -> st.SearchStrategy[Reference]:
    """A reference table with as many keys as its name has letters; rows of one key follow one another, with holes."""
    keys = st.tuples(*[st.sampled_from(("x", "7", "y", "True", "0", "z"))] * len(name))
    edges = st.lists(days, min_size=2, max_size=4, unique=True)
    told = st.dictionaries(keys, st.tuples(edges, values[Kind.NUMBER], st.booleans()), max_size=3)
    return st.builds(_table, st.just(name), told)


both_tables = st.tuples(_tables("a"), _tables("bc"))


@cache
def _selections(told: Registry) -> st.SearchStrategy[Rows]:
    windows: list[st.SearchStrategy[Rows]] = [
        st.just(told.rows),
        st.builds(lambda n, m: told.last(months=n, ending=m), st.integers(1, 13), st.integers(0, 2)),
        st.builds(lambda n, m: told.last(days=n, ending=m), st.integers(1, 200), st.integers(0, 2)),
        st.builds(lambda m: told.last(ending=m), st.integers(0, 2)),
        st.builds(lambda n, m: told.next(months=n, starting=m), st.integers(1, 13), st.integers(0, 2)),
    ]
    if told.left:
        windows.append(st.just(told.current()))
    return st.one_of(windows)


CONSTANTS = {**values, Kind.CODE: st.sampled_from((*KINDS, "z", "07"))}
OPTIONS = {kind: st.lists(pool, min_size=1, max_size=3) for kind, pool in values.items()}
OPTIONS[Kind.CODE] = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)
PICK = {n: st.integers(0, n - 1) for n in range(1, 12)}


class Speaker:
    """Draws expressions: `say(kind, told, depth)` of a registry's rows, or of the family when `told` is None."""

    def __init__(
        self, draw: st.DrawFn, references: Sequence[Reference], registries: Sequence[Registry] = REGISTRIES
    ) -> None:
        self.draw, self.references, self.registries = draw, references, registries

    def pick(self, *options: Any) -> Any:
        """One of the options."""
        return options[self.draw(PICK[len(options)])]

    def say(self, kind: Kind, told: Registry | None, depth: int) -> Expression:
        """An expression of the kind."""
        makers: list[Callable[[], Expression]] = [lambda: self.leaf(kind, told)]
        if depth > 0:
            makers += [
                lambda: self.leaf(kind, told, depth - 1),
                lambda: self.say(kind, told, depth - 1).fill(self.draw(CONSTANTS[kind])),
                lambda: when(
                    self.say(Kind.TRUTH, told, depth - 1), self.say(kind, told, depth - 1), self.say(kind, told, 0)
                ),
                *self.made(kind, told, depth - 1),
            ]
        return self.pick(*makers)()

    def leaf(self, kind: Kind, told: Registry | None, depth: int = 0) -> Expression:
        """A column, a reduction or now and then a constant."""
        if self.draw(PICK[5]) == 0:
            return constant(self.draw(CONSTANTS[kind]))
        return self.reduction(kind, depth) if told is None else self.column(kind, told)

    def column(self, kind: Kind, told: Registry) -> Expression:
        """A column of the kind, or a condition on one."""
        if kind is Kind.TRUTH:
            return self.pick(told.amount.missing(), told.number >= 1, told.sort == "x")
        if kind is Kind.NUMBER and self.draw(PICK[4]) == 0:
            return self.references[0].lookup(told.sort)
        names = {Kind.NUMBER: ("amount",), Kind.WHOLE: ("number",), Kind.CODE: ("sort", "word"), Kind.DATE: ("born",)}
        return getattr(told, self.pick(*names[kind]))

    def made(self, kind: Kind, told: Registry | None, depth: int) -> list[Callable[[], Expression]]:
        """Ways to make a value of the kind from other values."""

        def part(kind: Kind) -> Expression:
            return self.say(kind, told, depth)

        if kind is Kind.TRUTH:
            return [
                lambda: part(Kind.TRUTH) & part(Kind.TRUTH),
                lambda: part(Kind.TRUTH) | part(Kind.TRUTH),
                lambda: ~part(Kind.TRUTH),
                lambda: self.compared(told, depth),
                lambda: self.one_of(told, depth),
                lambda: part(self.pick(*Kind)).missing(),
            ]
        if kind is Kind.WHOLE:
            return [lambda: self.calculated(kind, told, depth), lambda: years_since(part(Kind.DATE))]
        if kind is Kind.NUMBER:
            return [
                lambda: self.calculated(kind, told, depth),
                lambda: part(Kind.WHOLE) / part(Kind.WHOLE),
                lambda: part(Kind.WHOLE).fill(0.5),
                lambda: self.looked_up(told, depth),
            ]
        return []

    def compared(self, told: Registry | None, depth: int) -> Expression:
        """Two values of one sort, compared."""
        kind = self.pick(*Kind)
        other = self.pick(Kind.NUMBER, Kind.WHOLE) if kind.numeric else kind
        left, right = self.say(kind, told, depth), self.say(other, told, depth)
        ordered = () if kind in (Kind.CODE, Kind.TRUTH) else (left < right, left <= right, left > right, left >= right)
        if getattr(left, "values", ()) or getattr(right, "values", ()):
            return self.pick(left.missing(), right.missing())
        return self.pick(left == right, left != right, *ordered)

    def one_of(self, told: Registry | None, depth: int) -> Expression:
        """Whether a value is one of some options."""
        kind = self.pick(*Kind)
        of = self.say(kind, told, depth)
        pool = OPTIONS[Kind.CODE] if getattr(of, "values", ()) else OPTIONS[kind]
        return of.isin(self.draw(pool))

    def calculated(self, kind: Kind, told: Registry | None, depth: int) -> Expression:
        """Two numbers added, subtracted, multiplied or (not wholes) divided."""
        left, right = self.say(kind, told, depth), self.say(kind, told, depth)
        quotient = () if kind is Kind.WHOLE else (left / right,)
        return self.pick(left + right, left - right, left * right, *quotient)

    def looked_up(self, told: Registry | None, depth: int) -> Expression:
        """A value from a reference table."""
        table = self.pick(*self.references)
        kinds = (Kind.CODE, Kind.WHOLE, Kind.NUMBER, Kind.TRUTH)
        return table.lookup(*(self.say(self.pick(*kinds), told, depth) for _ in table.key))

    def reduction(self, kind: Kind, depth: int) -> Expression:
        """Rows of a registry, reduced to a value of the kind."""
        told = self.pick(*self.registries)
        rows = self.draw(_selections(told))
        if depth > 0 and self.pick(False, True):
            rows = rows.where(self.say(Kind.TRUTH, told, depth - 1))
        if kind is Kind.TRUTH and self.pick(False, True):
            return rows.exists()
        if kind is Kind.WHOLE and self.pick(False, True):
            return self.whole(told, rows, depth)
        of = self.say(kind, told, depth - 1)
        verbs = ["latest"]
        if kind.numeric:
            verbs += ["sum", "min", "max"] + (["mean"] if kind is Kind.NUMBER else [])
        if kind is Kind.NUMBER and self.draw(PICK[4]) == 0:
            return rows.mean(self.say(Kind.WHOLE, told, depth - 1))
        return getattr(rows, self.pick(*verbs))(of)

    def whole(self, told: Registry, rows: Rows, depth: int) -> Expression:
        """Rows reduced to a count or a number of days."""
        kind = self.pick(*Kind)
        found = [rows.count(), rows.days_since(), rows.distinct(self.say(kind, told, depth - 1))]
        if told.person:
            found.append(rows.persons())
        if told.announced:
            found.append(replace(rows, window=None).days_until())
        return self.pick(*found)


@dataclass(frozen=True)
class Question:
    """Named expressions of the family, and the reference tables they use."""

    expressions: Mapping[str, Expression]
    references: Sequence[Reference]

    def __repr__(self) -> str:
        tables = [[(r.keys, r.value, str(r.since), str(r.until)) for r in table.rows] for table in self.references]
        return f"Question({ {name: told(node) for name, node in self.expressions.items()} }, {tables})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As Hypothesis prints it."""
        printer.text(repr(self))


def told(node: Expression) -> str:
    """An expression in brackets, shorter than its repr."""
    said = [getattr(node, f.name) for f in fields(node)]
    parts = [told(value) if isinstance(value, Expression) else _told_plainly(value) for value in said]
    return f"{type(node).__name__}({', '.join(parts)})"


def _told_plainly(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(told(v) if isinstance(v, Expression) else str(v) for v in value)}]"
    if isinstance(value, Window):
        return f"{value.side.value} {value.length} gap {value.gap}"
    return str(value)


@st.composite
def questions(
    draw: st.DrawFn, *, depth: int = 3, most: int = 4, registries: Sequence[Registry] = REGISTRIES
) -> Question:
    """Some expressions."""
    references = draw(both_tables)
    speaker = Speaker(draw, references, registries)
    kinds = [speaker.pick(*Kind) for _ in range(draw(PICK[most]) + 1)]
    return Question({f"e{n}": speaker.say(kind, None, depth) for n, kind in enumerate(kinds)}, references)


def packed(node: Expression, answer: Sequence[Sequence[Value]]) -> ValueColumn:
    """What the reference says, as the engine must give it back."""
    if node.kind is Kind.CODE:
        words = words_of(node)
        if words is None:
            return ValueColumn(node.kind, np.array(answer, dtype=object))
        places = [[-1 if value is None else words.index(str(value)) for value in line] for line in answer]
        return ValueColumn(node.kind, np.array(places, dtype=np.int32), words)
    if node.kind is Kind.DATE:
        return ValueColumn(node.kind, np.array(answer, dtype="datetime64[D]"))
    if node.kind is not Kind.NUMBER and never_missing(node):
        return ValueColumn(node.kind, np.array(answer, dtype=np.int64))
    floats = [[float("nan") if value is None else float(value) for value in line] for line in answer]  # type: ignore[arg-type]
    return ValueColumn(node.kind, np.array(floats, dtype=np.float64))


def assert_same(found: ValueColumn, wanted: ValueColumn) -> None:
    """Both the same, to the last bit."""
    assert found.words == wanted.words
    assert found.values.dtype == wanted.values.dtype
    assert found.values.shape == wanted.values.shape
    assert found.values.tolist() == wanted.values.tolist() or found.values.tobytes() == wanted.values.tobytes()
    if found.values.dtype != object:
        assert found.values.tobytes() == wanted.values.tobytes(), (found.values, wanted.values)
