"""Experiments: one YAML file, one question. Every key is known and every value fits, or nothing is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tayanch.declare.forms import Form, wording
from tayanch.errors import DeclarationError
from tayanch.vocabulary import NO_TIME, Length

LEARNERS = ("lightgbm", "logistic")
BASELINES = ("prior", "random", "rule", "single_feature", "logistic")
MONOTONE = {"increasing": 1, "decreasing": -1}
MEASURES = ("precision_at_capacity", "recall_at_capacity", "auc", "average_precision")


@dataclass(frozen=True, eq=False)
class Dates(Form):
    """as_of dates from the first to the last, both included, every so many months. Without `last`: as far as asked."""

    first: date
    every: int
    last: date | None = None

    def until(self, end: date) -> tuple[date, ...]:
        """The dates up to `end` or the own last date, whichever is first; both included."""
        stop = min(end, self.last) if self.last else end
        found: list[date] = []
        while (day := Length(months=self.every * len(found)).after(self.first)) <= stop:
            found.append(day)
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Capacity(Form):
    """How many families can be visited: a share of the cohort, or so many in each area of a level."""

    share: float | None = None
    per: str = ""
    families: int = 0
    every: str = ""


@dataclass(frozen=True, eq=False)
class Judge(Form):
    """How candidates are compared: at which capacity, by which measure, across which groups, with which clusters."""

    capacity: Capacity
    by: str = "precision_at_capacity"
    across: tuple[str, ...] = ()
    cluster: str = ""


@dataclass(frozen=True, eq=False)
class Rule(Form):
    """A simple rule: one feature orders the families; `worse` says which end needs help.

    says: the feature that tells in a word what the rule finds; "" when there is none.
    """

    feature: str
    worse: str
    says: str = wording()


@dataclass(frozen=True, eq=False)
class Setting(Form):
    """One parameter of the learner; several values are a grid, chosen from on earlier dates only."""

    name: str
    values: tuple[int | float | str | bool, ...]


@dataclass(frozen=True, eq=False)
class Experiment(Form):
    """A question and how it is answered. Names of features are whole ids; themes are already spelled out."""

    name: str
    cohort: str
    outcome: str
    features: tuple[str, ...]
    train: Dates
    test: Dates
    learner: str
    parameters: tuple[Setting, ...]
    baselines: tuple[str, ...]
    judge: Judge
    seed: int
    monotone: tuple[tuple[str, str], ...] = ()
    rule: Rule | None = None
    lag: Length = NO_TIME
    question: str = wording()
    owner: str = wording()
    without: tuple[tuple[str, str], ...] = wording(())
    place: str = wording()

    def __post_init__(self) -> None:
        if self.test.last is None:
            raise DeclarationError(
                "the test dates have no end", do="write as_of.test.to.", where=f"{self.place} as_of.test"
            )
        if self.test.first > self.test.last:
            raise DeclarationError(
                f"the test dates end ({self.test.last}) before they begin ({self.test.first})",
                do="turn from and to round.",
                where=f"{self.place} as_of.test",
            )

    @property
    def tests(self) -> tuple[date, ...]:
        """The test dates; each is a fold."""
        return self.test.until(date.max)

    @property
    def computed(self) -> tuple[str, ...]:
        """The features to compute: its own, and the rule's when it is none of them."""
        return tuple(dict.fromkeys((*self.features, *((self.rule.feature,) if self.rule else ()))))

    @property
    def grid(self) -> tuple[dict[str, int | float | str | bool], ...]:
        """All combinations of the parameters, in declared order."""
        combined: list[dict[str, int | float | str | bool]] = [{}]
        for setting in self.parameters:
            combined = [{**chosen, setting.name: value} for chosen in combined for value in setting.values]
        return tuple(combined)
