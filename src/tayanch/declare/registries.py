"""Registries: what a ministry delivers, told once. A registry's declaration is also its contract at intake."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from tayanch.declare.contracts import (
    EXPECTED,
    NOTHING_EXPECTED,
    Contract,
    check_most_missing,
    contract_of,
    silent_after,
)
from tayanch.declare.expressions import ColumnValue, Expression
from tayanch.declare.forms import Form, wording
from tayanch.declare.identity import identity_told
from tayanch.declare.ids import Id, encoding_named
from tayanch.declare.rows import Reduction, Rows
from tayanch.errors import DeclarationError, nearest
from tayanch.vocabulary import Kind, Links

COLUMN_TYPES = {"number": Kind.NUMBER, "whole": Kind.WHOLE, "code": Kind.CODE, "date": Kind.DATE}
SETTINGS = (
    *("files", "family", "person", "happened_on", "known_at", "ended", "left", "retracted", "encoding"),
    *EXPECTED,
    "identity",
)
LIMITS = frozenset({"low", "high", "required", "missing", "format", "most_missing"})
OWN_COLUMNS = ("key", "delivery", "claimed_known_at")
"""Columns that a snapshot keeps beside the declared ones; no declared column may be called so, nor like a setting."""
VERBS = frozenset(name for name in vars(Rows) if not name.startswith("_"))


@dataclass(frozen=True, eq=False)
class Column(Form):
    """A column of a registry: what it means and what may stand in it.

    `values` are the codes it can have, or pairs (code in the source, word here). `missing` are source codes that mean
    "no answer". `low` and `high` bound a number, both included. A value that does not fit sends its row to quarantine.
    `most_missing` is the share of a delivery's rows that may lack the value; more is a finding.
    """

    name: str
    source: str
    kind: Kind
    unit: str = ""
    values: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    missing: tuple[str, ...] = ()
    format: str = ""
    meaning: str = wording()
    most_missing: float | None = wording(None)

    @property
    def words(self) -> tuple[str, ...]:
        """The values it can have here, once each."""
        return tuple(dict.fromkeys(word for _, word in self.values))


@dataclass(frozen=True)
class ColumnTold:
    """What `Column(...)` in a registry's class body says, before the column has its name."""

    meaning: str
    options: dict[str, Any]


def column(
    meaning: str,
    *,
    unit: str = "",
    type: Literal["number", "whole", "code", "date"] | None = None,
    values: Sequence[Any] | dict[Any, str] = (),
    source: str = "",
    **limits: Any,
) -> Any:
    """Tells a column in the body of a registry (exported as `Column`).

    Args:
        meaning: what it means, in words people read.
        unit: of a number, e.g. "UZS".
        type: number (default), whole, code (default with values) or date.
        values: the codes it can have; a dict gives each source code its word.
        source: its name in the extract, when it is another one.
        limits: low, high, required, missing (source codes that mean no answer), format (of a date), most_missing (the
            share of a delivery's rows that may lack it).
    """
    unknown = sorted(set(limits) - LIMITS)
    if unknown:
        known = ("unit", "type", "values", "source", *LIMITS)
        raise DeclarationError(f'Column() has no option "{unknown[0]}"', do=nearest(unknown[0], known))
    pairs = values.items() if isinstance(values, dict) else [(v, v) for v in values]
    told = tuple((str(code), str(word)) for code, word in pairs)
    absent = tuple(str(code) for code in cast("Sequence[Any]", limits.pop("missing", ())))
    options = {"unit": unit, "type": type, "values": told, "source": source, "missing": absent, **limits}
    return ColumnTold(meaning, options)


@dataclass(frozen=True, eq=False)
class DateRule(Form):
    """How a date is read from a row: a column as it stands, or the end of a quarter or month told in two columns."""

    rule: Literal["column", "quarter_end", "month_end"]
    columns: tuple[str, ...]
    format: str = ""


def dated(column: str, *, format: str = "") -> DateRule:
    """The date in a column, in ISO form or in a strptime `format`."""
    return DateRule("column", (column,), format)


def quarter_end(year: str, quarter: str) -> DateRule:
    """The last day of the quarter told in a year column and a quarter column (1–4)."""
    return DateRule("quarter_end", (year, quarter))


def month_end(year: str, month: str) -> DateRule:
    """The last day of the month told in a year column and a month column (1–12)."""
    return DateRule("month_end", (year, month))


@dataclass(frozen=True, eq=False)
class Registry(Form):
    """A register of one ministry, as declared. Its columns and verbs are its attributes: `payments.last(months=12)`.

    left: the last day on which what a row tells held (a membership declares it as `left`, others as `ended`).
    silent_after: months after which what happened must have been delivered; an area of which no row of these months
        came counts as not delivered. 0: nothing is expected.
    expects: what else is expected of a delivery; it changes no row and no feature.
    identity: pairs (field, source column) of what tells who somebody is; kept apart, sealed, never among the columns.
    """

    name: str
    key: tuple[str, ...]
    links: Links
    columns: tuple[Column, ...]
    happened_on: DateRule
    known_at: DateRule
    family: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    left: DateRule | None = None
    retracted: str = ""
    announced: bool = False
    ids: tuple[Id, ...] = ()
    encoding: str = "utf-8"
    silent_after: int = 0
    expects: Contract = field(default=NOTHING_EXPECTED, metadata={"wording": True}, kw_only=True)
    identity: tuple[tuple[str, str], ...] = wording(())
    files: str = wording()
    meaning: str = wording()
    purpose: str = wording()
    owner: str = wording()
    place: str = wording()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "columns" not in self.__dict__:
            raise AttributeError(name)
        for told in self.columns:
            if told.name == name:
                return ColumnValue(self.name, name, told.kind, told.words)
        raise DeclarationError(
            f"{self.name} has no column {name}", do=nearest(name, [*(c.name for c in self.columns), *VERBS])
        )

    @property
    def reading(self) -> str:
        """Digest of how its rows are read: of all that it means but when a source counts as silent."""
        return replace(self, silent_after=0).digest

    @property
    def rows(self) -> Rows:
        """All its rows, to choose from with verbs."""
        return Rows(self.name, self.links, announced=self.announced, ends=self.left is not None)

    def last(self, *, months: int | None = None, days: int | None = None, ending: int = 0) -> Rows:
        """As `Rows.last`."""
        return self.rows.last(months=months, days=days, ending=ending)

    def next(self, *, months: int | None = None, days: int | None = None, starting: int = 0) -> Rows:
        """As `Rows.next`."""
        return self.rows.next(months=months, days=days, starting=starting)

    def current(self) -> Rows:
        """As `Rows.current`."""
        return self.rows.current()

    def where(self, condition: Expression) -> Rows:
        """As `Rows.where`."""
        return self.rows.where(condition)

    def count(self) -> Reduction:
        """As `Rows.count`, over all the past."""
        return self.rows.count()

    def persons(self) -> Reduction:
        """As `Rows.persons`, over all the past."""
        return self.rows.persons()

    def exists(self) -> Reduction:
        """As `Rows.exists`, over all the past."""
        return self.rows.exists()

    def sum(self, value: Expression) -> Reduction:
        """As `Rows.sum`, over all the past."""
        return self.rows.sum(value)

    def mean(self, value: Expression) -> Reduction:
        """As `Rows.mean`, over all the past."""
        return self.rows.mean(value)

    def min(self, value: Expression) -> Reduction:
        """As `Rows.min`, over all the past."""
        return self.rows.min(value)

    def max(self, value: Expression) -> Reduction:
        """As `Rows.max`, over all the past."""
        return self.rows.max(value)

    def latest(self, value: Expression) -> Reduction:
        """As `Rows.latest`: the state that holds at as_of."""
        return self.rows.latest(value)

    def distinct(self, value: Expression) -> Reduction:
        """As `Rows.distinct`, over all the past."""
        return self.rows.distinct(value)

    def days_since(self) -> Reduction:
        """As `Rows.days_since`, over all the past."""
        return self.rows.days_since()

    def days_until(self) -> Reduction:
        """As `Rows.days_until`, of an announced registry."""
        return self.rows.days_until()


def registry(
    *,
    key: str | tuple[str, ...],
    purpose: str,
    owner: str,
    links: Literal["family", "person", "membership"] = "family",
    announced: bool = False,
) -> Callable[[type], Registry]:
    """Declares the class below as a registry.

    Args:
        key: the source column or columns that name a row; a later row of the same key replaces it.
        purpose: what the agency may use it for.
        owner: who delivers it and can correct it.
        links: whether a row belongs to a family, a person, or tells that a person belongs to a family.
        announced: whether its rows may tell the future (a benefit's end, a visit due).

    Raises:
        DeclarationError: when the class body does not make a registry.
    """
    caller = inspect.stack(context=0)[1]
    place = f"{caller.filename}:{caller.lineno}"

    def declare(body: type) -> Registry:
        try:
            return _declare(
                body, key=_names(key), links=Links(links), announced=announced, texts=(purpose, owner, place)
            )
        except DeclarationError as error:
            raise error.at(f"{place} {body.__name__}") from None

    return declare


def _declare(
    body: type, *, key: tuple[str, ...], links: Links, announced: bool, texts: tuple[str, str, str]
) -> Registry:
    said = {name: value for name, value in vars(body).items() if not name.startswith("__")}
    settings = {name: said.pop(name) for name in SETTINGS if name in said and not isinstance(said[name], ColumnTold)}
    columns = tuple(_column(name, told) for name, told in said.items())
    if not (body.__doc__ or "").strip():
        raise DeclarationError(f"{body.__name__} has no docstring", do="say what one row is and where it comes from.")
    for name in ("happened_on", "known_at"):
        if name not in settings:
            raise DeclarationError(
                f"{body.__name__} does not say {name}", do=f'write {name} = "the column with the date".'
            )
    purpose, owner, place = texts
    identity = identity_told(settings.get("identity", {}), [*key, *(column.source for column in columns)])
    made = Registry(
        name=body.__name__,
        key=key,
        links=links,
        columns=columns,
        happened_on=_date_rule(settings["happened_on"]),
        known_at=_date_rule(settings["known_at"]),
        family=() if links is Links.PERSON else _names(settings.get("family", "family_id")),
        person=() if links is Links.FAMILY else _names(settings.get("person", "person_id")),
        left=_end(body.__name__, links, settings),
        retracted=settings.get("retracted", ""),
        announced=announced,
        ids=_ids(settings, links),
        encoding=encoding_named(settings.get("encoding", "utf-8")),
        silent_after=silent_after(settings),
        identity=identity,
        files=settings.get("files", f"{body.__name__}*"),
        meaning=" ".join((body.__doc__ or "").split()),
        purpose=purpose,
        owner=owner,
        place=place,
    )
    ids = (*made.key, *made.family, *made.person)
    return replace(made, expects=contract_of(settings, files=made.files, ids=ids))


def _end(name: str, links: Links, settings: dict[str, Any]) -> DateRule | None:
    """How the last day of a row is read: a membership must tell it, others may."""
    word, other = ("left", "ended") if links is Links.MEMBERSHIP else ("ended", "left")
    if other in settings:
        sort = "a membership" if links is Links.MEMBERSHIP else "no membership"
        raise DeclarationError(f"{name} is {sort} and says {other}", do=f'write {word} = "the column".')
    if word in settings:
        return _date_rule(settings[word])
    if links is Links.MEMBERSHIP:
        raise DeclarationError(f"{name} is a membership and does not say left", do='write left = "the column".')
    return None


def _column(name: str, told: Any) -> Column:
    if not isinstance(told, ColumnTold):
        raise DeclarationError(f"{name} is neither a Column nor a setting", do=nearest(name, SETTINGS))
    if name in OWN_COLUMNS or name in SETTINGS:
        raise DeclarationError(
            f"a column can't be called {name}: a snapshot keeps that itself",
            do=f"call it otherwise and give source={name!r}.",
        )
    if name in VERBS:
        raise DeclarationError(
            f"a column can't be called {name}: it is a verb", do=f"call it otherwise and give source={name!r}."
        )
    if name in Registry.__dataclass_fields__ or hasattr(Registry, name):
        raise DeclarationError(
            f"a column can't be called {name}: a registry has that itself",
            do=f"call it otherwise and give source={name!r}.",
        )
    options = dict(told.options)
    kind_name = options.pop("type") or ("code" if options["values"] else "number")
    if kind_name not in COLUMN_TYPES:
        raise DeclarationError(f'column {name} has the type "{kind_name}"', do=nearest(kind_name, COLUMN_TYPES))
    if options["values"] and kind_name != "code":
        raise DeclarationError(f"column {name} has values but the type {kind_name}", do='only a "code" has values.')
    low, high = options.get("low"), options.get("high")
    if low is not None and high is not None and low > high:
        raise DeclarationError(f"column {name} has low={low} above high={high}", do="turn them round.")
    check_most_missing(name, options.get("most_missing"), required=bool(options.get("required")))
    column = Column(name=name, kind=COLUMN_TYPES[kind_name], meaning=told.meaning, **options)
    return replace(column, source=column.source or name)


def _ids(settings: Mapping[str, Any], links: Links) -> tuple[Id, ...]:
    """The ids with a check digit, of those the registry links by."""
    linking = {Links.FAMILY: ("family",), Links.PERSON: ("person",), Links.MEMBERSHIP: ("family", "person")}
    return tuple(told for name in linking[links] if isinstance(told := settings.get(name), Id))


def _names(told: str | Id | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(told, Id):
        return (told.column,)
    names = (told,) if isinstance(told, str) else tuple(told)
    if any(isinstance(name, Id) for name in names):
        raise DeclarationError("an Id stands among other columns", do="let it stand alone: it names one column.")
    if not names or not all(names):
        raise DeclarationError("an empty column name was given", do="name at least one column.")
    return names


def _date_rule(told: str | DateRule) -> DateRule:
    return dated(told) if isinstance(told, str) else told
