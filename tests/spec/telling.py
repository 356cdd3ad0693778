"""How a meaning is told: the rows of registries, an expression, and its values at some moments.

    verbs.spec(
        "count() is how many rows there are, 0 of none",
        payments='''
            family | happened_on | amount
            A      | 2026-01-05  | 100
            A      | 2026-02-05  |
        ''',
        expression=lambda: payments.count(),
        expected='''
            as_of      | A | B
            2026-03-01 | 2 | 0
        ''',
    )

A line of `expected` is a moment: as_of, and known_by when it is another day; "all" is all that is known.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from tayanch.declare.expressions import Expression
from tayanch.declare.references import Reference, ReferenceRow
from tayanch.intake.bucket import Bucket
from tayanch.store.reference import Value
from tayanch.vocabulary import Kind, Moment
from tests.spec.registries import REGISTRIES
from tests.worlds import rows_of, world

KEYS = ("as_of", "known_by")
SAID: dict[str, Value] = {"missing": None, "yes": True, "no": False}


@dataclass(frozen=True)
class Spec:
    """One meaning: what is told of which registries, the expression, and its values."""

    title: str
    tables: Mapping[str, str]
    meaning: Callable[[], Expression]
    expected: str
    zone: str
    references: tuple[Reference, ...]
    because: str

    @cached_property
    def expression(self) -> Expression:
        """What is computed."""
        return self.meaning()

    @cached_property
    def bucket(self) -> Bucket:
        """The rows, of all families that rows or expectations name."""
        made = world(REGISTRIES, self.tables, zone=self.zone)
        return made.bucket(families={*made.families, *self.families})

    @property
    def families(self) -> tuple[str, ...]:
        """The families whose values are told."""
        return tuple(name for name in rows_of(self.expected)[0] if name not in KEYS)

    @property
    def moments(self) -> list[Moment]:
        """The moments at which they are told."""
        return [_moment(row) for row in rows_of(self.expected)]

    @property
    def values(self) -> list[list[Value]]:
        """The values told, moments × families."""
        return [[said(row[name], self.expression.kind) for name in self.families] for row in rows_of(self.expected)]

    @property
    def source(self) -> str:
        """The expression as it is written."""
        return _lambdas(inspect.getsourcefile(self.meaning) or "")[self.meaning.__code__.co_firstlineno]


@dataclass
class Chapter:
    """Meanings that belong together."""

    title: str
    text: str
    specs: list[Spec] = field(default_factory=list[Spec])

    def spec(
        self,
        title: str,
        *,
        expression: Callable[[], Expression],
        expected: str,
        zone: str = "UTC",
        references: tuple[Reference, ...] = (),
        because: str = "",
        **tables: str,
    ) -> None:
        """Tells one more. `because` says why it is so, where that is not plain."""
        self.specs.append(Spec(title, tables, expression, expected, zone, references, because))


def table(name: str, text: str) -> Reference:
    """A reference table told as text: its keys, value, and since and until where they are."""
    rows = rows_of(text)
    keys = tuple(column for column in rows[0] if column not in ("value", "since", "until"))
    told = tuple(
        ReferenceRow(tuple(row[k] for k in keys), float(row["value"]), _day(row.get("since")), _day(row.get("until")))
        for row in rows
    )
    return Reference(name, keys, told)


def said(cell: str, kind: Kind) -> Value:
    """The value a cell says."""
    if cell in SAID:
        return SAID[cell]
    readers: dict[Kind, Callable[[str], Value]] = {
        Kind.NUMBER: float,
        Kind.WHOLE: int,
        Kind.CODE: str,
        Kind.DATE: date.fromisoformat,
    }
    return readers[kind](cell)


def _moment(row: Mapping[str, str]) -> Moment:
    as_of = date.fromisoformat(row["as_of"])
    known_by = row.get("known_by") or row["as_of"]
    return Moment(as_of, date.max if known_by == "all" else date.fromisoformat(known_by))


def _day(cell: str | None) -> date | None:
    return date.fromisoformat(cell) if cell else None


@cache
def _lambdas(file: str) -> dict[int, str]:
    """The bodies of the lambdas in a file, by line."""
    text = Path(file).read_text(encoding="utf-8")
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda)]
    return {node.lineno: ast.get_source_segment(text, node.body) or "" for node in found}
