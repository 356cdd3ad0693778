"""Experiments and outcomes made by hand for the tests of learning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tayanch import Column, outcome, registry
from tayanch.declare.experiments import Capacity, Dates, Experiment, Judge


@registry(key="id", purpose="tests", owner="tests")
class assessments:
    """One assessment of one family."""

    happened_on = known_at = "on"
    ratio = Column("Income over the line.")


@outcome(observed=assessments.next(months=12).exists())
def falls_below():
    """Below the line within 12 months."""
    return assessments.next(months=12).where(assessments.ratio < 1).exists()


def experiment(**changed: Any) -> Experiment:
    """Quarterly train dates from 2020, four quarterly folds from 2022."""
    plain = Experiment(
        name="falls",
        cohort="above_line",
        outcome="falls_below",
        features=("income.ratio",),
        train=Dates(date(2020, 1, 1), 3),
        test=Dates(date(2022, 1, 1), 3, date(2022, 10, 1)),
        learner="lightgbm",
        parameters=(),
        baselines=("prior", "random"),
        judge=Judge(Capacity(share=0.1)),
        seed=17,
        place="experiments/falls.yaml",
    )
    return replace(plain, **changed)
