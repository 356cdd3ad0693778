"""What is expected of a register's deliveries beyond the single row: that rows go on coming, and from everywhere.

    files = "tax/wages-{area}.parquet"     each area sends a file of its own, or
    by_area = "region"                     a column tells the area of a row
    silent_after = 3                       months: by then what happened must have been delivered
    fewest = 0.5                           of the usual rows of a month, the least share that must have come by then

A delivery that does not keep the contract is taken in all the same; what it does not keep is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tayanch.declare.forms import Form
from tayanch.errors import DeclarationError

AREA = "{area}"
"""In `files`: stands for the area that a file was sent by."""
EXPECTED = ("silent_after", "fewest", "by_area")
MOST_MONTHS = 120


@dataclass(frozen=True, eq=False)
class ByArea(Form):
    """Where a row says which area it comes from: a column of the extract, or its first characters (0: all of it)."""

    column: str
    characters: int = 0

    def __post_init__(self) -> None:
        if not self.column:
            raise DeclarationError("by_area names no column", do='write by_area = "the column".')


def beginning(column: str, *, characters: int) -> ByArea:
    """The area in the first characters of a column, such as the region in the number of a family.

    Raises:
        DeclarationError: when it would be no character, or nearly the whole of an id.
    """
    if not 1 <= characters <= 6:
        raise DeclarationError(
            f'beginning("{column}") takes {characters} characters', do="give 1 to 6: an area's code, nobody's number."
        )
    return ByArea(column, characters)


@dataclass(frozen=True, eq=False)
class Contract(Form):
    """What is expected of deliveries.

    fewest: share of the usual rows of a month, 0 to 1; 0 expects nothing.
    by_area: where a row's area stands; None when rows have none, or their file's name tells it.
    """

    fewest: float = 0.0
    by_area: ByArea | None = None


NOTHING_EXPECTED = Contract()


def contract_of(said: Mapping[str, Any], *, files: str, ids: tuple[str, ...]) -> Contract:
    """What a registry's settings expect.

    Args:
        said: its settings.
        files: where its rows come from.
        ids: the columns that name a row, a family or a person: none of them is an area.

    Raises:
        DeclarationError: when an expectation can't be met or checked.
    """
    fewest = said.get("fewest", 0.0)
    if "fewest" in said and not (_is_number(fewest) and 0 < fewest <= 1):
        raise DeclarationError(f"fewest is {fewest!r}", do="give a share above 0 and not above 1.")
    if "fewest" in said and "silent_after" not in said:
        raise DeclarationError(
            "fewest is told and silent_after is not", do="say after how many months the rows must have come."
        )
    return Contract(float(fewest), _by_area(said.get("by_area"), files=files, ids=ids))


def silent_after(said: Mapping[str, Any]) -> int:
    """After how many months a source that sends nothing counts as silent; 0 when it is not told.

    Raises:
        DeclarationError: when it is no number of months.
    """
    months = said.get("silent_after", 0)
    if "silent_after" in said and not (type(months) is int and 1 <= months <= MOST_MONTHS):
        raise DeclarationError(f"silent_after is {months!r}", do=f"give whole months, 1 to {MOST_MONTHS}.")
    return cast("int", months)


def check_most_missing(name: str, most: object, *, required: bool) -> None:
    """Refuses a share of missing values that can't be one.

    Raises:
        DeclarationError: naming the column.
    """
    if most is None:
        return
    if required:
        raise DeclarationError(
            f"column {name} is required and has most_missing", do="leave one out: a row without it is quarantined."
        )
    if not (_is_number(most) and 0 <= cast("float", most) < 1):
        raise DeclarationError(f"column {name} has most_missing={most!r}", do="give a share from 0 to below 1.")


def _is_number(told: object) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool)


def _by_area(told: str | ByArea | None, *, files: str, ids: tuple[str, ...]) -> ByArea | None:
    if files.count(AREA) > 1:
        raise DeclarationError(f'files = "{files}" says {AREA} twice', do="say it once: a file is of one area.")
    if told is None:
        return None
    if AREA in files:
        raise DeclarationError(f"files says {AREA} and by_area is told too", do="leave one out.")
    found = ByArea(told) if isinstance(told, str) else told
    if not found.characters and found.column in ids:
        raise DeclarationError(
            f'by_area = "{found.column}" is an id and no area',
            do=f'write beginning("{found.column}", characters=…) if its first characters tell the area.',
        )
    return found
