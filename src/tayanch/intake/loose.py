"""Cells of Excel and of databases as text: numbers, dates and text may stand in one column.

A date is told in ISO form, whatever it looked like on the screen; 7.0 is "7", so that an id stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tayanch.errors import IntakeError


def texts(name: str, values: Sequence[Any]) -> list[str | None]:
    """Each value of a column as text without blanks around it; None for nothing.

    Raises:
        IntakeError: naming the column, when it holds what no declared column can be read from.
    """
    tellers: dict[type, Callable[[Any], str | None]] = {}
    for kind in set(map(type, values)):
        teller = next((told for known, told in TELLERS if issubclass(kind, known)), None)
        if teller is None:
            raise IntakeError(f'the column "{name}" holds {kind.__name__}', do="have text, numbers or dates delivered.")
        tellers[kind] = teller
    if len(tellers) == 1:
        return list(map(next(iter(tellers.values())), values))
    return [tellers[type(value)](value) for value in values]


def _nothing(_: None) -> None:
    """None stays."""


def _text(value: str) -> str | None:
    return value.strip() or None


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _real(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def _decimal(value: Decimal) -> str | None:
    if value.is_nan():
        return None
    return f"{value:f}" if not value.is_finite() or value % 1 else str(int(value))


def _instant(value: datetime) -> str:
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat(" ")


TELLERS: tuple[tuple[type, Callable[[Any], str | None]], ...] = (
    (type(None), _nothing),
    (str, _text),
    (bool, _truth),
    (int, str),
    (float, _real),
    (Decimal, _decimal),
    (datetime, _instant),
    (date, date.isoformat),
    (time, time.isoformat),
    (timedelta, str),
    (UUID, str),
)
"""How each type is told: the first that fits (a datetime is a date, a bool a number)."""
