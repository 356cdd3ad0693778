"""Experiments and outcomes made by hand for the tests of learning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from tayanch import Column, outcome, registry
from tayanch.declare.experiments import Capacity, Dates, Experiment, Judge
from tayanch.learn.lesson import Lesson, part_of
from tayanch.release.inputs import Input, Inputs
from tayanch.vocabulary import Kind


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


def lesson(
    *, rows: int = 900, dates: int = 3, seed: int = 1, numbers: int = 3, codes: int = 1, families: int = 400
) -> Lesson:
    """Rows whose outcome follows the first feature (lower is worse) and the code "c"; some values are missing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, numbers))
    x[rng.random(x.shape) < 0.1] = np.nan
    letters = rng.integers(0, 3, size=(rows, codes)).astype(float)
    margin = -1.5 - 1.2 * np.nan_to_num(x[:, 0]) + (0.8 * (letters[:, 0] == 2) if codes else 0.0)
    items = (
        *(Input(f"income.n{place}", Kind.NUMBER) for place in range(numbers)),
        *(Input(f"family.c{place}", Kind.CODE, ("a", "b", "c")) for place in range(codes)),
    )
    named = np.array([part_of(f"family {number}") for number in range(families)])
    return Lesson(
        inputs=Inputs(items),
        x=np.column_stack([x, letters]),
        label=(rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(float),
        date=np.sort(rng.integers(0, dates, rows)),
        part=named[rng.integers(0, families, rows)],
    )
