"""Ids with a check digit, and the encodings of text files: what a registry's settings may say beside column names."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from tayanch.declare.forms import Form
from tayanch.errors import DeclarationError

MOST_DIGITS = 18
"""Of an id with a check digit: more do not fit into a whole number of 64 bits."""


@dataclass(frozen=True, eq=False)
class Id(Form):
    """The column of an id whose last digit checks the others: `person = Id("jshshir", digits=14, weights=(7, 3, 1))`.

    Each digit but the last is multiplied by a weight (they repeat from left to right); the last digit must be the sum
    modulo 10. A row whose id has other than `digits` digits, or another last one, goes to quarantine.
    """

    column: str
    digits: int
    weights: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(self.weights))
        if not self.column:
            raise DeclarationError("an Id has no column", do='write Id("the column", digits=…, weights=…).')
        if not 2 <= self.digits <= MOST_DIGITS:
            raise DeclarationError(
                f'Id("{self.column}") has digits={self.digits}', do=f"give a number from 2 to {MOST_DIGITS}."
            )
        if not self.weights or len(self.weights) >= self.digits or not all(0 < w < 10 for w in self.weights):
            raise DeclarationError(
                f'Id("{self.column}") has weights={self.weights}',
                do=f"give 1 to {self.digits - 1} whole numbers from 1 to 9.",
            )


def encoding_named(told: str) -> str:
    """The one name of a text encoding: windows-1251 is cp1251.

    Raises:
        DeclarationError: when there is no such encoding of text.
    """
    try:
        "".encode(told)
        return codecs.lookup(told).name
    except (LookupError, ValueError, TypeError):
        raise DeclarationError(
            f'encoding = "{told}" is no encoding of text', do='write one such as "utf-8" or "cp1251".'
        ) from None
