"""Values as people read them: thousands parted by a no-break space, decimals by the language, units in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from functools import cache

from babel import Locale

Value = float | int | bool | str | date | None
"""A fact of a family; None and NaN are missing."""
Say = Callable[[str], str]
"""Gives the message of an id, or "" where the catalogue has none."""

NO_BREAK = "\u00a0"
MINUS = "\u2212"
POINT_LANGUAGES = ("en",)
CURRENCY = re.compile(r"[A-Z]{3}")


def is_missing(value: Value) -> bool:
    """Whether there is no value."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def shown(value: Value, unit: str, *, language: str, say: Say) -> str:
    """A present value as text.

    Args:
        value: a number, truth, text or date.
        unit: a currency code, "ratio", "share" (of 1), "percent", a unit with a message `unit.…`, or any other word.
        language: of the reader.
        say: looks up the words for units and truths.
    """
    if isinstance(value, bool):
        return say("value.true" if value else "value.false") or str(value)
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, str) or value is None:
        return value or ""
    if unit == "ratio":
        return number(value, 2, language=language)
    if unit == "share":
        return _with_unit(100 * value, "percent", language=language, say=say)
    return _with_unit(value, unit, language=language, say=say)


def number(value: float, decimals: int, *, language: str) -> str:
    """A number with exactly so many decimals: 1 240 000 or 0,85 with no-break spaces."""
    whole, _, part = f"{abs(value):,.{decimals}f}".replace(",", NO_BREAK).partition(".")
    text = f"{whole}{'.' if language in POINT_LANGUAGES else ','}{part}" if part else whole
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"{MINUS}{text}" if negative else text


def _with_unit(value: float, unit: str, *, language: str, say: Say) -> str:
    text = number(value, _decimals(value, unit), language=language)
    pattern = (say(f"unit.{unit}.{_plural(language, round(value))}") or say(f"unit.{unit}")) if unit else ""
    if not pattern and CURRENCY.fullmatch(unit):
        pattern = f"{{n}} {unit}"
    return pattern.replace(" {n}", f"{NO_BREAK}{{n}}").replace("{n} ", f"{{n}}{NO_BREAK}").replace("{n}", text) or text


def _decimals(value: float, unit: str) -> int:
    if unit in ("percent", "persons", "days", "months", "years") or CURRENCY.fullmatch(unit):
        return 0
    hundredths = f"{abs(value):.2f}"
    return 0 if hundredths.endswith("00") else 1 if hundredths.endswith("0") else 2


@cache
def _plural(language: str, whole: int) -> str:
    return Locale.parse(language).plural_form(abs(whole))
