"""How a value is read from a cell of an extract, told in SQL: NULL where the cell is empty or can't be read as asked.

The connection's time zone is the project's: a date or a time without an offset is local.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pyarrow as pa

from tayanch.vocabulary import Kind

NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"
WHOLE = r"[+-]?\d+(\.0*)?"
DAY = r"\d{4}-\d{2}-\d{2}"
TIME = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
OFFSET = r" ?(Z|[+-]\d{2}(:?\d{2})?)"
ISO = f"{DAY}({TIME}({OFFSET})?)?"
TRUE, FALSE = ("1", "true", "t", "yes", "y"), ("0", "false", "f", "no", "n")
FIRST_YEAR, LAST_YEAR = 1800, 2199


class Given(Enum):
    """What sort of value a column of a file holds; all that CSV holds is TEXT.

    LOOSE is text that was read from cells of any sort: a date among them is in ISO form, whatever pattern is declared.
    """

    TEXT = "text"
    LOOSE = "cells of several sorts"
    WHOLE = "whole numbers"
    REAL = "numbers"
    TRUTH = "true or false"
    DAY = "dates"
    LOCAL = "times without a zone"
    INSTANT = "times with a zone"

    @property
    def textual(self) -> bool:
        """Whether its cells are text."""
        return self in (Given.TEXT, Given.LOOSE)


NUMERIC = frozenset({Given.TEXT, Given.LOOSE, Given.WHOLE, Given.REAL, Given.TRUTH})
SUITS = {
    Kind.NUMBER: NUMERIC,
    Kind.WHOLE: NUMERIC,
    Kind.CODE: NUMERIC,
    Kind.DATE: frozenset({Given.TEXT, Given.LOOSE, Given.DAY, Given.LOCAL, Given.INSTANT}),
}
"""What a column may hold to be read as a kind of value."""


@dataclass(frozen=True)
class Cell:
    """A cell of each row: the SQL that gives it, and what it holds. NULL when it is empty."""

    sql: str
    given: Given


def given_by(kind: Any) -> Given | None:
    """What an Arrow type holds; None for one that no declared column can be read from."""
    tests = (
        (Given.TEXT, (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)),
        (Given.WHOLE, (pa.types.is_integer,)),
        (Given.REAL, (pa.types.is_floating, pa.types.is_decimal)),
        (Given.TRUTH, (pa.types.is_boolean,)),
        (Given.DAY, (pa.types.is_date,)),
    )
    if pa.types.is_timestamp(kind):
        return Given.INSTANT if kind.tz else Given.LOCAL
    return next((given for given, holds in tests if any(test(kind) for test in holds)), None)


def quoted(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def filled(cell: Cell) -> str:
    """A cell that has no blanks around it: empty text and NaN (what pandas writes for nothing) are NULL."""
    if cell.given.textual:
        return f"nullif({cell.sql}, '')"
    return f"CASE WHEN NOT isnan({cell.sql}::DOUBLE) THEN {cell.sql} END" if cell.given is Given.REAL else cell.sql


def text(cell: Cell) -> str:
    """The cell as text; 7.0 is "7", so that an id or a code survives a table program that made it a decimal."""
    if cell.given.textual:
        return cell.sql
    plain = f"{cell.sql}::VARCHAR"
    return f"regexp_replace({plain}, '\\.0+$', '')" if cell.given is Given.REAL else plain


def checked(cell: Cell, *, digits: int, weights: Sequence[int]) -> str:
    """Whether the cell is an id of so many digits, the last of which is the weighted sum of the others modulo 10.

    Never NULL. It holds no condition: under one, DuckDB would read the number anew for every digit.
    """
    # Modulo 10, the digits before a digit make no difference: 1234 // 10 counts as 3.
    whole = f"try_cast(regexp_extract({text(cell)}, '^[0-9]{{{digits}}}$') AS BIGINT)"
    parts = [f"{weights[n % len(weights)]} * ({whole} // {10 ** (digits - 1 - n)})" for n in range(digits - 1)]
    return f"(({' + '.join(parts)} - {whole}) % 10 IS NOT DISTINCT FROM 0)"


def number(cell: Cell) -> str:
    """The cell as DOUBLE; a decimal comma, thousands marks and infinity can't be read."""
    cast = f"try_cast({cell.sql} AS DOUBLE)"
    if cell.given.textual:
        return f"CASE WHEN regexp_full_match({cell.sql}, '{NUMBER}') AND isfinite({cast}) THEN {cast} END"
    return f"CASE WHEN isfinite({cast}) THEN {cast} END"


def whole(cell: Cell) -> str:
    """The cell as BIGINT; 12.0 can be read, 12.5 can't."""
    if cell.given.textual:
        digits = f"try_cast(split_part({cell.sql}, '.', 1) AS BIGINT)"
        return f"CASE WHEN regexp_full_match({cell.sql}, '{WHOLE}') THEN {digits} END"
    cast = f"try_cast({cell.sql} AS BIGINT)"
    return f"CASE WHEN {cell.sql} = trunc({cell.sql}) THEN {cast} END" if cell.given is Given.REAL else cast


def one_of(cell: Cell, codes: Iterable[str]) -> str:
    """Whether the cell holds one of these codes; never NULL."""
    found = [literal for code in codes if (literal := _literal(cell, code))]
    return f"coalesce({_comparable(cell)} IN ({', '.join(found)}), false)" if found else "false"


def one_of_numbers(cell: Cell, numbers: Iterable[float]) -> str:
    """Whether the cell holds one of these numbers, however it is written; never NULL."""
    if cell.given is Given.WHOLE:
        return one_of(cell, (str(int(number)) for number in numbers if number.is_integer()))
    return f"coalesce({number(cell)} IN ({', '.join(map(repr, numbers))}), false)"


def code(cell: Cell, values: tuple[tuple[str, str], ...]) -> str:
    """The cell's word; any text when no values are declared."""
    if not values:
        return text(cell)
    if all(source == word for source, word in values):
        return f"CASE WHEN {one_of(cell, (source for source, _ in values))} THEN {text(cell)} END"
    told = [(literal, word) for source, word in values if (literal := _literal(cell, source))]
    branches = " ".join(f"WHEN {literal} THEN {quoted(word)}" for literal, word in told)
    return f"CASE {_comparable(cell)} {branches} END" if told else "NULL::VARCHAR"


def _comparable(cell: Cell) -> str:
    """What of a cell is compared with codes: whole numbers as they are, all else as text."""
    return cell.sql if cell.given is Given.WHOLE else text(cell)


def _literal(cell: Cell, code: str) -> str | None:
    """The code as it must be told to be compared with the cell; None when it can't stand there."""
    if cell.given is not Given.WHOLE:
        return quoted(code)
    return code if re.fullmatch(r"0|-?[1-9]\d{0,17}", code) else None


def truth(cell: Cell) -> str:
    """The cell as BOOLEAN."""
    if cell.given is Given.TRUTH:
        return cell.sql
    told = Cell(f"lower({text(cell)})", Given.TEXT)
    return f"CASE WHEN {one_of(told, TRUE)} THEN true WHEN {one_of(told, FALSE)} THEN false END"


def any_instant(cell: Cell, pattern: str) -> str:
    """The cell as TIMESTAMPTZ of any year: a date is its first instant. Text is ISO unless there is a pattern."""
    if cell.given in (Given.DAY, Given.LOCAL, Given.INSTANT):
        return f"{cell.sql}::TIMESTAMPTZ"
    iso = f"CASE WHEN regexp_full_match({cell.sql}, '{ISO}') THEN try_cast({cell.sql} AS TIMESTAMPTZ) END"
    if pattern:
        told = f"try_strptime({text(cell)}, {quoted(pattern)})::TIMESTAMPTZ"
        return f"coalesce({told}, {iso})" if cell.given is Given.LOOSE else told
    return iso


def instant(cell: Cell, pattern: str) -> str:
    """As `any_instant`, but not of a year no register knows: 0202 is a slip of the pen."""
    read = any_instant(cell, pattern)
    return f"CASE WHEN year({read}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN {read} END"


def day(cell: Cell, pattern: str) -> str:
    """The cell as DATE: the local day of a time. Text is ISO unless a strptime pattern is given."""
    return f"({instant(cell, pattern)})::DATE"


def last_day(year: Cell, part: Cell, *, parts: int) -> str:
    """The last day of a quarter (parts = 4) or month (parts = 12) of a year, as DATE."""
    read_year, read_part = whole(year), whole(part)
    known = f"{read_year} BETWEEN {FIRST_YEAR} AND {LAST_YEAR} AND {read_part} BETWEEN 1 AND {parts}"
    return f"CASE WHEN {known} THEN last_day(make_date({read_year}, {read_part} * {12 // parts}, 1)) END"
