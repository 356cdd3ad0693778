"""Folds: which as_of dates are tested, and from which earlier dates each may learn.

A fold tests one as_of date F. It learns from every train date whose whole horizon lay in the past at F (less the
publication lag), with outcomes as they were known then. There is no fixed gap: the outcome says how long it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Outcome
from tayanch.errors import LearnError
from tayanch.vocabulary import NO_TIME, Length

RELEASE = "release"
"""The name of the fold a release learns from."""


@dataclass(frozen=True)
class Fold:
    """One test date and the dates it learns from, oldest first.

    known_by: what was known before this day may be learned from: the test date less the publication lag.
    title: its name, where it is not the test date.
    """

    test: date
    known_by: date
    train: tuple[date, ...]
    title: str = ""

    @property
    def last(self) -> date:
        """The last matured train date; parameters and calibration are chosen on it."""
        return self.train[-1]

    @property
    def name(self) -> str:
        """As files and errors call the fold: the test date, or its title."""
        return self.title or self.test.isoformat()


@dataclass(frozen=True)
class Timeline:
    """The dates of an experiment with its outcome."""

    experiment: Experiment
    outcome: Outcome

    def folds(self) -> tuple[Fold, ...]:
        """The folds, in time.

        Raises:
            LearnError: when a fold has too few train dates, naming it, the first that would do, and what to change.
        """
        found = tuple(self._fold(day) for day in self.experiment.tests)
        for fold in found:
            if len(fold.train) < self.least:
                raise self._too_early(fold)
        return found

    def matured(self, known_by: date) -> tuple[date, ...]:
        """The train dates whose whole horizon lies before `known_by`, oldest first."""
        return tuple(day for day in self.experiment.train.until(known_by) if self.outcome.known_from(day) <= known_by)

    def whole(self, known: Sequence[date]) -> Fold:
        """What a release learns from: the train dates up to the last test date of which outcomes are known by now.

        It is dated by the day on which the last of them was known; nothing is tested on it.

        Raises:
            LearnError: when there are too few of them.
        """
        last = self.experiment.tests[-1]
        train = tuple(day for day in self.experiment.train.until(last) if day in set(known))
        made_on = self.experiment.lag.after(self.outcome.known_from(train[-1] if train else last))
        fold = Fold(made_on, self.experiment.lag.before(made_on), train, RELEASE)
        if len(train) < self.least:
            raise self._too_early(fold)
        return fold

    @property
    def dates(self) -> tuple[date, ...]:
        """Every as_of date that a run looks at, in order."""
        return tuple(sorted({*self.experiment.tests, *self.experiment.train.until(self.experiment.tests[-1])}))

    @property
    def least(self) -> int:
        """The fewest train dates: a grid is chosen from by testing on the last what the earlier ones taught."""
        return 2 if len(self.experiment.grid) > 1 else 1

    @property
    def overlap(self) -> Length:
        """By how many months the horizons of neighbouring folds overlap; none where they do not."""
        tests = self.experiment.tests
        if len(tests) < 2:
            return NO_TIME
        end = self.outcome.known_from(tests[0])
        return Length(months=max(0, (end.year - tests[1].year) * 12 + end.month - tests[1].month))

    def _fold(self, test: date) -> Fold:
        known_by = self.experiment.lag.before(test)
        return Fold(test, known_by, self.matured(known_by))

    def _too_early(self, fold: Fold) -> LearnError:
        needed = f"{self.least} are needed to choose from a grid of parameters" if self.least > 1 else "one is needed"
        met = f"the fold {fold.name} has {len(fold.train)} train dates whose outcome was known by {fold.known_by}"
        return LearnError(
            f"{met}; {needed}",
            do=self._remedy(),
            where=f"{self.experiment.place} as_of.test.from".strip(),
        )

    def _remedy(self) -> str:
        train = self.experiment.train
        needed = tuple(Length(months=train.every * n).after(train.first) for n in range(self.least))
        if train.last and train.last < needed[-1]:
            return "widen as_of.train: it has too few dates."
        return f"test from {self._first_test(needed[-1])} on, or start as_of.train.from earlier."

    def _first_test(self, trained: date) -> date:
        """The first test date that may learn from `trained`."""
        lag, known = self.experiment.lag, self.outcome.known_from(trained)
        day = lag.after(known)
        while lag.before(day) < known:  # a lag counted back from a month's end may come out a day or two short
            day += timedelta(days=1)
        return day
