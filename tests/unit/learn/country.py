"""An invented country to run experiments on: 24 areas, families visited every quarter, some lost from sight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tayanch import Column, cohort, feature, group, outcome, registry
from tayanch.declare.experiments import Capacity, Dates, Experiment, Judge, Rule, Setting
from tayanch.declare.project_file import Settings
from tayanch.project import Project
from tayanch.vocabulary import Length
from tests.worlds import MemorySnapshot, Told, World

AREAS, FAMILIES, QUARTERS = 24, 480, 14
FIRST = date(2020, 1, 1)


@registry(key="id", purpose="tests", owner="tests")
class visits:
    """One visit to one family at the end of a quarter."""

    happened_on, known_at = "on", "known"
    ratio = Column("Income over the line.")
    heating = Column("Heating.", values=["gas", "wood", "coal"])
    area = Column("Area.", type="code")
    debt = Column("Debt.")


ahead = visits.next(months=6)


@cohort
def above_line():
    """Families at or above the line when last visited."""
    return visits.latest(visits.ratio) >= 1


@outcome(observed=ahead.exists())
def falls():
    """Below the line within six months; not visited again: unknown."""
    return ahead.where(visits.ratio < 1).exists()


@group
def area():
    """Area."""
    return visits.latest(visits.area)


@feature(theme="income", unit="ratio")
def ratio():
    """Income over the line."""
    return visits.latest(visits.ratio)


@feature(theme="income", unit="ratio")
def mean_ratio():
    """Mean income over the line in a year."""
    return visits.last(months=12).mean(visits.ratio)


@feature(theme="housing")
def heating():
    """How the home is heated."""
    return visits.latest(visits.heating)


@feature(theme="debt", unit="money")
def debt():
    """Debt, seldom known."""
    return visits.latest(visits.debt)


def project(folder: Path = Path("country")) -> Project:
    """The invented country's declarations."""
    settings = Settings(
        name="country", title="Country", country="C", currency="C", time_zone="UTC", area_levels=("area",),
        languages=("en",), practice=True, clock=None, extracts="", delivered=None, source="",
    )  # fmt: skip
    return Project(
        folder, settings, (visits,), (), (ratio, mean_ratio, heating, debt), (above_line,), (falls,), (area,)
    )


def experiment(**changed: Any) -> Experiment:
    """Three folds, two settings to choose from."""
    plain: dict[str, Any] = {
        "name": "falls",
        "cohort": "above_line",
        "outcome": "falls",
        "features": ("income.mean_ratio", "housing.heating", "debt.debt"),
        "train": Dates(date(2020, 4, 1), 3),
        "test": Dates(date(2021, 7, 1), 3, date(2022, 1, 1)),
        "learner": "lightgbm",
        "parameters": (
            Setting("num_leaves", (4, 8)),
            Setting("n_estimators", (20,)),
            Setting("min_data_in_leaf", (10,)),
        ),
        "baselines": ("prior", "random", "rule", "single_feature", "logistic"),
        "judge": Judge(Capacity(share=0.1)),
        "seed": 17,
        "rule": Rule("income.ratio", "lower"),
        "lag": Length(),
        "question": "Which families will fall below the line?",
        "place": "experiments/falls.yaml",
    }
    return Experiment(**{**plain, **changed})


@cache
def rows(seed: int = 1) -> tuple[Told, ...]:
    """A visit to each family each quarter, one in five left out; income follows heating, area and luck."""
    rng = np.random.default_rng(seed)
    found: list[Told] = []
    for family in range(FAMILIES):
        place = family % AREAS
        heated = ("gas", "wood", "coal")[int(rng.integers(3))]
        standing = rng.normal(0.35, 0.4) - 0.25 * (heated == "coal") + 0.01 * (place - AREAS / 2)
        for quarter in range(QUARTERS):
            if rng.random() < 0.2:
                continue
            on = Length(months=3 * quarter + 3).after(FIRST) - timedelta(days=1)
            found.append(
                visit(f"f{family:04d}", on, ratio=float(np.exp(standing + rng.normal(0, 0.3))), heating=heated)
                | {"area": f"area {place:02d}", "debt": float(rng.integers(9)) if rng.random() < 0.1 else None}
            )
    return tuple(found)


def visit(family: str, on: date, *, ratio: float, heating: str, known: date | None = None) -> dict[str, Any]:
    """One visit, known on the day unless told otherwise."""
    at = datetime.combine(known or on, datetime.min.time(), UTC)
    return {
        "family": family, "person": None, "key": f"{family}|{on}", "happened_on": on, "known_at": at,
        "claimed_known_at": at, "delivery": 1, "retracted": False, "left": None, "ratio": ratio, "heating": heating,
    }  # fmt: skip


def snapshot(more: tuple[Told, ...] = (), *, digest: str = "a" * 64) -> MemorySnapshot:
    """The country's rows, with some more."""
    return MemorySnapshot(World((visits,), {"visits": [*rows(), *more]}), digest=digest)
