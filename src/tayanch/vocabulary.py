"""The domain's words, one for each thing. This list is the project's glossary; the README prints it.

person: a human being a register tells about; known here by a pseudonym only.
family: who is scored; persons belong to it from a date to a date.
household: the people at one address; a source, not the unit.
registry: one ministry's register as declared: its columns, its two dates, its purpose and its owner.
event: one row of a registry.
happened_on: the day something was true in the world.
known_at: the instant from which the agency could know it.
as_of: a date, meaning the start of that day; only what was known before it counts.
delivery: one hand-over of extracts; what it brings is kept beside what was known before, nothing is overwritten.
quarantine: where rows go that can't be true or read, with the reason; rows in = rows kept + rows quarantined.
snapshot: all that was known after a delivery, with a digest.
cohort: the families that are scored at an as_of date.
outcome: what is foreseen; where it could not be seen it is unknown, never "no".
horizon: how far after as_of an outcome looks.
feature: one thing known about a family at as_of, with a name, a meaning, a unit and a theme.
matrix: families × features at as_of dates.
experiment: one question and how it is answered, in one file.
fold: one test date with all earlier dates whose outcomes were known by then.
run: an experiment carried out on a snapshot.
release: a model in use, with all it needs to be checked and recomputed.
score: the calibrated probability of the outcome.
band: a score in words.
flag: "worth a look": a family in the highest bands; it only ever adds a family to a list that a person reviews.
reason: a theme or feature with its direction and words; a score's reasons add up to it.
caseload: the ranked families of one worker or team.
capacity: how many families can be visited.
review: a person's look at a flagged family.
decision: what a person decided; a flag is never a decision.
audit: proving afterwards who saw and did what, and that a score was what the release says.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tayanch.errors import DeclarationError


class Theme(StrEnum):
    """The eight themes a feature can belong to; reasons are told by theme."""

    INCOME = "income"
    WORK = "work"
    FAMILY = "family"
    HEALTH = "health"
    HOUSING = "housing"
    DEBT = "debt"
    SUPPORT = "support"
    DATA_QUALITY = "data_quality"


class Kind(StrEnum):
    """What sort of value an expression has."""

    NUMBER = "number"
    WHOLE = "whole"
    TRUTH = "truth"
    CODE = "code"
    DATE = "date"

    @property
    def numeric(self) -> bool:
        """Whether arithmetic is possible."""
        return self in (Kind.NUMBER, Kind.WHOLE)


class Links(StrEnum):
    """What a registry's rows belong to."""

    FAMILY = "family"
    PERSON = "person"
    MEMBERSHIP = "membership"


class ScorerKind(StrEnum):
    """How a release computes a score."""

    PRIOR = "prior"
    RULE = "rule"
    LOGISTIC = "logistic"
    LIGHTGBM = "lightgbm"


class ReleaseState(StrEnum):
    """Where a release stands in its life; only a champion ranks caseloads outside practice projects."""

    DRAFT = "draft"
    TRIAL = "trial"
    CHAMPION = "champion"
    RETIRED = "retired"


class Band(StrEnum):
    """A score in words. `CHECK_DATA` stands where too little is known for a score to be shown."""

    SOON = "soon"
    IN_TURN = "in_turn"
    AS_USUAL = "as_usual"
    CHECK_DATA = "check_data"


class Role(StrEnum):
    """What an account is for; what each may do is the service's policy."""

    WORKER = "worker"
    DATA_SCIENTIST = "data_scientist"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Length:
    """A length of time in whole calendar months or whole days, one of the two."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if self.months and self.days:
            raise DeclarationError(f"{self} mixes months and days", do="give one of the two.")
        if self.months < 0 or self.days < 0:
            raise DeclarationError(f"{self} is negative", do="give a length of zero or more.")

    def __str__(self) -> str:
        return f"days={self.days}" if self.days else f"months={self.months}"

    @property
    def empty(self) -> bool:
        """Whether it is no time at all."""
        return not (self.months or self.days)

    def before(self, day: date) -> date:
        """The date this long before `day`; a month end that does not exist becomes the month's last day."""
        return _shift_months(day, -self.months) - timedelta(days=self.days)

    def after(self, day: date) -> date:
        """The date this long after `day`; a month end that does not exist becomes the month's last day."""
        return _shift_months(day, self.months) + timedelta(days=self.days)

    def plus(self, other: Length) -> Length:
        """Both lengths as one.

        Raises:
            DeclarationError: when one is in months and the other in days.
        """
        return Length(self.months + other.months, self.days + other.days)


NO_TIME = Length()


@dataclass(frozen=True)
class Moment:
    """A point at which facts are looked at: families as of `as_of`, with what was known before `known_by`.

    Features are computed with both equal; outcomes of an old as_of with a later `known_by`.
    """

    as_of: date
    known_by: date


def _shift_months(day: date, months: int) -> date:
    if not months:
        return day
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


Progress = Callable[[str, int, int], None]
"""Told by long work: what is being done, how much of it is done, how much there is."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tells nobody."""
