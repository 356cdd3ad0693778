"""Sections of the country's figures, checked: an unknown key is refused with the nearest known one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, get_args

import numpy as np
import pydantic

from tayanch.errors import SimulationError, nearest
from tayanch.simulate.world import Array, Span


class Figures(Protocol):
    """A country's figures, sections and tables, by name (see `Country`)."""

    def told(self, section: str) -> dict[str, Any]:
        """What `country/<section>.yaml` says, with the scenario's changes."""
        ...

    def table(self, name: str) -> Mapping[str, Array]:
        """The columns of the table `<name>.csv`, found from the country's folder."""
        ...


class Section(pydantic.BaseModel):
    """Base of all sections: frozen, strict about types, no unknown key."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Step(Section):
    """A value that holds from a month on."""

    from_: str = pydantic.Field(alias="from", pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    value: float


REFERENCE = "../reference"
"""Where dated tables are, from the country's folder."""

Steps = float | list[Step]
"""A number, or numbers by the month from which they hold."""

Form = TypeVar("Form", bound=Section)


def read_section(country: Figures, name: str, form: type[Form]) -> Form:
    """The section `name` of the country as its form.

    Raises:
        SimulationError: for the first key that is unknown or missing, or value that does not fit.
    """
    told = country.told(name)
    file = f"country/{name}.yaml"
    try:
        return form.model_validate(told)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        path = tuple(first["loc"])
        at = f"{file}: {'.'.join(str(part) for part in path if not _is_type(part))}"
        if first["type"] == "extra_forbidden":
            known = _keys(form, path[:-1])
            raise SimulationError(f'there is no key "{path[-1]}"', do=nearest(str(path[-1]), known), where=at) from None
        if first["type"] == "missing":
            raise SimulationError("it is missing", do="the section must say it.", where=at) from None
        why = str(first["msg"]).removeprefix("Value error, ")
        met = f"{first['input']!r} does not fit: {why[0].lower()}{why[1:]}"
        raise SimulationError(met, do="mend the value.", where=at) from None


def over_months(value: Steps, span: Span, months: Array | None = None) -> Array:
    """A value in each month of the span (or in the months given, counted from its first): float64.

    Raises:
        SimulationError: when the first step begins after the span does.
    """
    places = np.arange(span.months) if months is None else months
    if not isinstance(value, list):
        return np.full(len(places), float(value))
    begins = np.array([np.datetime64(step.from_, "M") for step in value])
    if not len(begins) or begins[0] > span.first.astype("datetime64[M]") or np.any(np.diff(begins.astype(int)) <= 0):
        met = f"the steps of a value must begin by {span.first} and come in order of time"
        raise SimulationError(met, do="give the value that holds before the first change, too.")
    at = np.searchsorted(begins, span.first.astype("datetime64[M]") + places, side="right") - 1
    return np.array([step.value for step in value])[np.maximum(at, 0)]


def dated(country: Figures, name: str, span: Span, *, kind: str = "", before: int = 0) -> Array:
    """The amount of a table (som, valid_from[, kind]) that is valid on the first day of each month.

    before: how many months before the span come first. Returns float64[before + months].

    Raises:
        SimulationError: when the table has no amount for one of the months.
    """
    table = country.table(f"{REFERENCE}/{name}")
    told = table["kind"] == kind if kind else np.ones(len(table["som"]), dtype=bool)
    begins = table["valid_from"][told].astype("datetime64[D]")
    order = np.argsort(begins)
    months = span.first.astype("datetime64[M]") + np.arange(-before, span.months)
    at = np.searchsorted(begins[order], months.astype("datetime64[D]"), side="right") - 1
    if not len(begins) or at.min() < 0:
        met = f"no amount{f' of {kind}' if kind else ''} is valid in {months[0]}"
        raise SimulationError(met, do="add a row with an earlier valid_from.", where=f"reference/{name}.csv")
    return table["som"][told].astype(np.float64)[order][at]


def _is_type(part: Any) -> bool:
    """Whether part of a place in the section is Pydantic's word for an alternative, not the section's own."""
    return isinstance(part, str) and ("[" in part or part in ("int", "float", "str", "bool", "Step"))


def _keys(form: type[pydantic.BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Keys known at a place of a form."""
    for part in path:
        inner = [field.annotation for name, field in form.model_fields.items() if part in (name, field.alias)]
        models = [kind for kind in _kinds(inner[0]) if issubclass(kind, pydantic.BaseModel)] if inner else []
        form = models[0] if models else form
    return [field.alias or name for name, field in form.model_fields.items()]


def _kinds(annotation: Any) -> list[type[Any]]:
    """All classes named in an annotation."""
    arguments = get_args(annotation)
    if not arguments:
        return [annotation] if isinstance(annotation, type) else []
    return [kind for argument in arguments for kind in _kinds(argument)]
