"""The service's clock, the only place here that reads the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Clock:
    """Two times. `now` is always real: events and sessions need it. `today` is the day people work on: a practice
    project fixes it, so that facts are not all old and its release has not run out.
    """

    zone: ZoneInfo
    fixed: date | None = None

    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The day it is for those who work here."""
        return self.fixed or self.now().astimezone(self.zone).date()
