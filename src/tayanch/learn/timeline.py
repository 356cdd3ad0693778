"""Folds: which as_of dates are tested, and from which earlier dates each may learn.

A fold tests one as_of date F. It learns from every train date whose whole horizon lay in the past at F (less the
publication lag), with outcomes as they were known then. There is no fixed gap: the outcome says how long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tayanch.declare.experiments import Experiment
from tayanch.declare.features import Outcome
from tayanch.errors import LearnError
from tayanch.vocabulary import Length, Moment


@dataclass(frozen=True)
class Fold:
    """One test date and the dates it learns from, oldest first.

    known_by: what was known before this day may be learned from: the test date less the publication lag.
    """

    test: date
    known_by: date
    train: tuple[date, ...]

    @property
    def last(self) -> date:
        """The last matured train date; parameters and calibration are chosen on it."""
        return self.train[-1]

    @property
    def name(self) -> str:
        """The test date, as files and errors call the fold."""
        return self.test.isoformat()


def folds(experiment: Experiment, outcome: Outcome) -> tuple[Fold, ...]:
    """The folds of an experiment, in time.

    Raises:
        LearnError: when a fold has too few train dates, naming it, the first date that would do, and what to change.
    """
    found = tuple(_fold(experiment, outcome, day) for day in experiment.tests)
    least = _least_dates(experiment)
    for fold in found:
        if len(fold.train) < least:
            raise _too_early(experiment, outcome, fold, least)
    return found


def matured(experiment: Experiment, outcome: Outcome, known_by: date) -> tuple[date, ...]:
    """The train dates whose whole horizon lies before `known_by`, oldest first."""
    return tuple(day for day in experiment.train.until(known_by) if outcome.known_from(day) <= known_by)


def final_fold(experiment: Experiment, outcome: Outcome, known_by: date) -> Fold:
    """The dates a release learns from: all that matured by `known_by`. Nothing is tested on it.

    Raises:
        LearnError: when there are too few of them.
    """
    fold = Fold(known_by, known_by, matured(experiment, outcome, known_by))
    least = _least_dates(experiment)
    if len(fold.train) < least:
        raise _too_early(experiment, outcome, fold, least)
    return fold


def facts_at(experiment: Experiment, as_of: date) -> Moment:
    """The moment at which features of an as_of date are looked at: with what was published by then."""
    return Moment(as_of, experiment.lag.before(as_of))


def overlap(experiment: Experiment, outcome: Outcome) -> Length:
    """By how many months the horizons of neighbouring folds overlap; empty when they do not, or there is one fold."""
    tests = experiment.tests
    if len(tests) < 2:
        return Length()
    end = outcome.known_from(tests[0])
    months = (end.year - tests[1].year) * 12 + end.month - tests[1].month
    return Length(months=max(0, months))


def _fold(experiment: Experiment, outcome: Outcome, test: date) -> Fold:
    known_by = experiment.lag.before(test)
    return Fold(test, known_by, matured(experiment, outcome, known_by))


def _least_dates(experiment: Experiment) -> int:
    """A grid is chosen from by testing on the last matured date what was learned from the earlier ones."""
    return 2 if len(experiment.grid) > 1 else 1


def _too_early(experiment: Experiment, outcome: Outcome, fold: Fold, least: int) -> LearnError:
    needed = f"{least} are needed to choose from a grid of parameters" if least > 1 else "one is needed"
    return LearnError(
        f"the fold {fold.name} has {len(fold.train)} train dates whose outcome was known by {fold.known_by}; {needed}",
        do=_remedy(experiment, outcome, least),
        where=f"{experiment.place} as_of.test.from".strip(),
    )


def _remedy(experiment: Experiment, outcome: Outcome, least: int) -> str:
    days = experiment.train.until(date.max) if experiment.train.last else _first_dates(experiment, least)
    if len(days) < least:
        return "widen as_of.train: it has too few dates."
    first = _first_test(experiment.lag, outcome.known_from(days[least - 1]))
    return f"test from {first} on, or start as_of.train.from earlier."


def _first_test(lag: Length, known_from: date) -> date:
    """The first test date that lies a lag after `known_from`, seen from the test date backwards."""
    day = lag.after(known_from)
    while lag.before(day) < known_from:  # a lag from a month's end may come back a day or two short
        day += timedelta(days=1)
    return day


def _first_dates(experiment: Experiment, count: int) -> tuple[date, ...]:
    every = experiment.train.every
    return tuple(Length(months=every * n).after(experiment.train.first) for n in range(count))
