"""A registry's declaration as a contract: the SQL that reads the rows of a file and says what is wrong with each.

Reasons name columns as the file does and never tell a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tayanch.declare.registries import Column, DateRule, Registry
from tayanch.errors import IntakeError
from tayanch.intake import cells
from tayanch.intake.cells import SUITS, Cell, Given, quoted
from tayanch.vocabulary import Kind

A_THING = {Kind.NUMBER: "a number", Kind.WHOLE: "a whole number", Kind.CODE: "one of its codes", Kind.DATE: "a date"}


@dataclass(frozen=True)
class Fault:
    """What can be wrong with a row: the SQL condition, and the reason in words."""

    condition: str
    reason: str


def source_columns(registry: Registry) -> tuple[str, ...]:
    """The columns of a file that the registry is read from, once each."""
    dates = [rule for rule in (registry.happened_on, registry.known_at, registry.left) if rule]
    told = (
        *registry.key,
        *registry.family,
        *registry.person,
        *(name for rule in dates for name in rule.columns),
        *((registry.retracted,) if registry.retracted else ()),
        *((registry.expects.by_area.column,) if registry.expects.by_area else ()),
        *(column.source for column in registry.columns),
    )
    return tuple(dict.fromkeys(told))


def delivered_columns(registry: Registry) -> tuple[str, ...]:
    """The columns of a file that anything is read from: `source_columns`, and those that tell who somebody is."""
    return tuple(dict.fromkeys([*source_columns(registry), *(source for _, source in registry.identity)]))


def check_types(registry: Registry, given: Mapping[str, Given]) -> None:
    """Refuses a typed file whose columns can't hold what is declared.

    Raises:
        IntakeError: naming the column, what it holds and what is declared.
    """
    for column in registry.columns:
        _check_type(column.source, given[column.source], kind=column.kind, pattern=column.format)
    for rule in (registry.happened_on, registry.known_at, registry.left):
        kind = Kind.DATE if rule and rule.rule == "column" else Kind.WHOLE
        for name in rule.columns if rule else ():
            _check_type(name, given[name], kind=kind, pattern=rule.format if rule else "")
    if registry.retracted:
        _check_type(registry.retracted, given[registry.retracted], kind=Kind.CODE, pattern="")


def _check_type(name: str, given: Given, *, kind: Kind, pattern: str) -> None:
    if given in SUITS[kind] or (kind is Kind.DATE and pattern and given is Given.WHOLE):
        return
    raise IntakeError(
        f'the column "{name}" holds {given.value} and is declared as {A_THING[kind].removeprefix("one of its ")}',
        do="declare it as it is, or have it delivered as declared.",
    )


def reading_sql(registry: Registry, given: Mapping[str, Given], *, delivered: date, area: str | None = None) -> str:
    """SQL that reads the table `raw` (columns `row` and s0, s1, … in the order of `source_columns`, blanks trimmed).

    It gives row, key_text, family_text, person_text, happened_on, claimed (TIMESTAMPTZ), gone, retracted, area, v0, v1,
    … and reason, which is NULL for a row that can be kept. area: of all rows, when the name of their file tells it.
    """
    names = source_columns(registry)
    raw = [Cell(f"s{place}", given[name]) for place, name in enumerate(names)]
    filled = _select((f"{cells.filled(cell)} AS {cell.sql}" for cell in raw), "raw", first="row")
    told = dict(zip(names, raw, strict=True))
    declared = tuple(replace(told[c.source], sql=f"a{n}") for n, c in enumerate(registry.columns))
    answered = _select(_answers(registry, told), f"({filled})")
    values = [*_values(registry, told, declared=declared), f"{_area(registry, told, area)} AS area"]
    valued = _select(values, f"({answered})")
    faults = dict.fromkeys(_faults(registry, told, delivered=delivered))
    branches = " ".join(f"WHEN {fault.condition} THEN {quoted(fault.reason)}" for fault in faults)
    return _select([f"CASE {branches} END AS reason"], f"({valued})")


def _select(columns: Iterator[str] | list[str], source: str, *, first: str = "*") -> str:
    return f"SELECT {', '.join([first, *columns])} FROM {source}"


def _answers(registry: Registry, told: Mapping[str, Cell]) -> Iterator[str]:
    """Each declared column's cell, NULL where the source's code means that there was no answer."""
    for place, column in enumerate(registry.columns):
        cell = told[column.source]
        yield f"CASE WHEN {_no_answer(column, cell)} THEN NULL ELSE {cell.sql} END AS a{place}"


def _no_answer(column: Column, cell: Cell) -> str:
    said = cells.one_of(cell, column.missing)
    numbers = [float(code) for code in column.missing if _is_number(code)]
    return f"({said} OR {cells.one_of_numbers(cell, numbers)})" if column.kind.numeric and numbers else said


def _is_number(code: str) -> bool:
    try:
        return abs(float(code)) < float("inf")
    except ValueError:
        return False


def _values(registry: Registry, told: Mapping[str, Cell], *, declared: tuple[Cell, ...]) -> Iterator[str]:
    yield f"{_id(registry.key, told)} AS key_text"
    yield f"{_id(registry.family, told)} AS family_text"
    yield f"{_id(registry.person, told)} AS person_text"
    yield f"{_date(registry.happened_on, told)} AS happened_on"
    yield f"{_instant(registry.known_at, told)} AS claimed"
    yield f"{_date(registry.left, told) if registry.left else 'NULL::DATE'} AS gone"
    yield f"{_retracted(registry, told)} AS retracted"
    for place, named in enumerate(registry.ids):
        yield f"{cells.checked(told[named.column], digits=named.digits, weights=named.weights)} AS valid{place}"
    for place, (column, cell) in enumerate(zip(registry.columns, declared, strict=True)):
        yield f"{_value(column, cell)} AS v{place}"


def _retracted(registry: Registry, told: Mapping[str, Cell]) -> str:
    """NULL when the cell says neither true nor false; an empty cell says false."""
    if not registry.retracted:
        return "false"
    cell = told[registry.retracted]
    return f"CASE WHEN {cell.sql} IS NULL THEN false ELSE {cells.truth(cell)} END"


def _area(registry: Registry, told: Mapping[str, Cell], named: str | None) -> str:
    by = registry.expects.by_area
    if by is None:
        return quoted(named) if named else "NULL::VARCHAR"
    text = cells.text(told[by.column])
    return f"substr({text}, 1, {by.characters})" if by.characters else text


def _id(names: tuple[str, ...], told: Mapping[str, Cell]) -> str:
    """An id of one column as it stands; of several, joined with |."""
    if len(names) < 2:
        return cells.text(told[names[0]]) if names else "NULL::VARCHAR"
    return " || '|' || ".join(_escaped(told[name]) for name in names)


def _escaped(cell: Cell) -> str:
    """The cell as text in an id of several columns: ("a|b", "c") and ("a", "b|c") are two ids."""
    text = cells.text(cell)
    if not cell.given.textual:
        return text
    escaped = rf"replace(replace({text}, '\', '\\'), '|', '\|')"
    return rf"CASE WHEN contains({text}, '|') OR contains({text}, '\') THEN {escaped} ELSE {text} END"


def _date(rule: DateRule, told: Mapping[str, Cell]) -> str:
    if rule.rule == "column":
        return cells.day(told[rule.columns[0]], rule.format)
    year, part = (told[name] for name in rule.columns)
    return cells.last_day(year, part, parts=4 if rule.rule == "quarter_end" else 12)


def _instant(rule: DateRule, told: Mapping[str, Cell]) -> str:
    if rule.rule == "column":
        return cells.instant(told[rule.columns[0]], rule.format)
    return f"({_date(rule, told)})::TIMESTAMPTZ"


def _value(column: Column, cell: Cell) -> str:
    if column.kind is Kind.NUMBER:
        return cells.number(cell)
    if column.kind is Kind.WHOLE:
        return cells.whole(cell)
    return cells.day(cell, column.format) if column.kind is Kind.DATE else cells.code(cell, column.values)


def _faults(registry: Registry, told: Mapping[str, Cell], *, delivered: date) -> Iterator[Fault]:
    """All that can be wrong with a row, the gravest first: a row is given the first that holds."""
    for name in (*registry.key, *registry.family, *registry.person):
        yield Fault(f"{told[name].sql} IS NULL", f"{name} is missing")
    for place, named in enumerate(registry.ids):
        yield Fault(f"NOT valid{place}", f"{named.column} is not a valid id")
    yield from _date_faults(registry.known_at, told, read="claimed")
    yield from _date_faults(registry.happened_on, told, read="happened_on")
    if not registry.announced:
        yield Fault("happened_on > claimed::DATE", "known before it happened")
    end = f"(DATE '{delivered + timedelta(days=1)}')::TIMESTAMPTZ"
    yield Fault(f"claimed >= {end}", "known after it was delivered")
    if registry.left:
        yield from _leaving_faults(registry.left, told)
        yield Fault("gone < happened_on", f"{registry.left.columns[0]} lies before {registry.happened_on.columns[0]}")
    if registry.retracted:
        yield Fault("retracted IS NULL", f"{registry.retracted} is neither true nor false")
    for place, column in enumerate(registry.columns):
        for fault in _column_faults(column, cell=f"a{place}", value=f"v{place}"):
            # A retraction is kept whatever else its row still says: losing it would keep the retracted row alive.
            yield replace(fault, condition=f"NOT retracted AND {fault.condition}") if registry.retracted else fault


def _date_faults(rule: DateRule, told: Mapping[str, Cell], *, read: str) -> Iterator[Fault]:
    for name in rule.columns:
        yield Fault(f"{told[name].sql} IS NULL", f"{name} is missing")
    yield Fault(f"{read} IS NULL", _unreadable(rule))


def _unreadable(rule: DateRule) -> str:
    if rule.rule == "column":
        return f"{rule.columns[0]} is not a date"
    return f"{' and '.join(rule.columns)} are not a {rule.rule.removesuffix('_end')}"


def _leaving_faults(rule: DateRule, told: Mapping[str, Cell]) -> Iterator[Fault]:
    """A date past the last plausible year, such as 9999-12-31, means that there is no end yet: `gone` is NULL."""
    first = told[rule.columns[0]]
    given = " AND ".join(f"{told[name].sql} IS NOT NULL" for name in rule.columns)
    far = f"year({cells.any_instant(first, rule.format)}) > {cells.LAST_YEAR}" if rule.rule == "column" else "false"
    yield Fault(f"{given} AND gone IS NULL AND NOT coalesce({far}, false)", _unreadable(rule))


def _column_faults(column: Column, *, cell: str, value: str) -> Iterator[Fault]:
    name = column.source
    if column.required:
        yield Fault(f"{cell} IS NULL", f"{name} is missing")
    yield Fault(f"{cell} IS NOT NULL AND {value} IS NULL", f"{name} is not {A_THING[column.kind]}")
    if column.low is not None:
        yield Fault(f"{value} < {column.low!r}", f"{name} is below {column.low:g}")
    if column.high is not None:
        yield Fault(f"{value} > {column.high!r}", f"{name} is above {column.high:g}")
