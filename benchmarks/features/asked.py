"""The sixty features as plain data, so that tools in other environments are asked for the same. Needs nothing.

A row counts at a date T when known < T ≤ replaced; in a window of n days when T − n ≤ happened, too. A sum of no rows
is 0; a mean, a largest value and a number of days of none are missing; so is a quotient by zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DATES = tuple(date(2022 + (month // 12), month % 12 + 1, 1) for month in range(3, 39, 3))
"""Twelve quarterly as_of dates, 2022-04-01 to 2025-01-01."""
WINDOWS = (90, 180, 365, None)
"""In days; None is all time."""
KINDS = {
    "payments": ("child", "low_income", "one_off"),
    "wages": ("regular", "bonus", "sick_pay"),
    "visits": ("planned", "emergency", "check"),
}
"""The registers of events, and the codes in their column `kind`; each has a whole `amount`."""
EVENTS = {"payments": 10.0, "wages": 6.0, "visits": 4.0}
"""Rows a family, in the mean."""
DISTRICTS = tuple(f"district_{number:02}" for number in range(1, 15))
PROFILE = ("district", "income", "members")
"""What the register `profile` tells; a family has four versions of it, in the mean."""


@dataclass(frozen=True)
class Windowed:
    """count, sum, mean, max of amounts, or days_since, of a register's rows: of one kind or (None) of all."""

    register: str
    verb: str
    days: int | None
    kind: str | None = None

    @property
    def name(self) -> str:
        """As the column is called."""
        window = "" if self.verb == "days_since" else f"_{self.days or 'all'}"
        return "_".join([self.register, *([self.kind] if self.kind else []), self.verb]) + window


@dataclass(frozen=True)
class Latest:
    """What the newest version of the profile says."""

    column: str

    @property
    def name(self) -> str:
        """As the column is called."""
        return f"latest_{self.column}"


@dataclass(frozen=True)
class Ratio:
    """One of the other columns by another."""

    above: str
    below: str

    @property
    def name(self) -> str:
        """As the column is called."""
        return f"{self.above}_by_{self.below}"


def _windowed() -> tuple[Windowed, ...]:
    found: list[Windowed] = []
    for days in WINDOWS:
        found += [Windowed("payments", verb, days) for verb in ("count", "sum", "mean", "max")]
        found += [Windowed("wages", verb, days, "regular") for verb in ("count", "sum", "mean", "max")]
        found += [Windowed("visits", "count", days, kind) for kind in (None, "planned", "emergency")]
        found.append(Windowed("visits", "sum", days))
    since = (("payments", None), ("wages", None), ("visits", "emergency"))
    return (*found, *(Windowed(register, "days_since", None, kind) for register, kind in since))


WINDOWED = _windowed()
LATEST = tuple(Latest(column) for column in PROFILE)
RATIOS = (
    Ratio("payments_sum_90", "payments_sum_365"),
    Ratio("payments_sum_365", "wages_regular_sum_365"),
    Ratio("payments_sum_365", "latest_income"),
    Ratio("payments_sum_all", "latest_members"),
    Ratio("wages_regular_sum_180", "wages_regular_sum_365"),
    Ratio("visits_emergency_count_365", "visits_count_365"),
)
ASKED = (*WINDOWED, *LATEST, *RATIOS)
NAMES = tuple(asked.name for asked in ASKED)


def of(register: str, *, windowed: bool | None = None) -> tuple[Windowed, ...]:
    """What is asked of a register; only what has a window in days (True), or what looks at all time (False)."""
    found = (asked for asked in WINDOWED if asked.register == register)
    return tuple(asked for asked in found if windowed is None or windowed == (asked.days is not None))
