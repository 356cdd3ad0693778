"""A small made-up project for the tests of a release: five features, invented families, a scorer of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa

from tayanch import Column, feature, registry
from tayanch.declare.experiments import Capacity, Dates, Experiment, Judge
from tayanch.declare.features import Compiled, Feature, compile_features
from tayanch.release.bands import Bands, Observed
from tayanch.release.calibration import Calibration
from tayanch.release.columns import Matrix
from tayanch.release.inputs import Inputs
from tayanch.release.releases import Draft, Figure, Fold, Limits, Measured, Origin
from tayanch.release.scorers import (
    LightGBMScorer,
    LogisticScorer,
    PriorScorer,
    RuleScorer,
    Scorer,
    design,
    fit_transforms,
)
from tayanch.release.wording import Catalogue, Wording, read_wording
from tayanch.vocabulary import Band, Kind, ScorerKind

ROWS = 400
TESTED = date(2026, 10, 1)


@registry(key="id", purpose="eligibility", owner="Agency")
class visits:
    """One visit to one family."""

    happened_on, known_at = "visited_on", "loaded_at"
    income = Column("Income per person.", unit="UZS")
    debt = Column("Debt.", unit="UZS")
    heating = Column("Heating.", values=["gas", "coal", "none"])


@feature(theme="income", unit="UZS", facts=lambda: {"before": visits.last(months=12).max(visits.income)})
def income_now():
    """Income per person at the last visit."""
    return visits.latest(visits.income)


@feature(theme="income", unit="UZS")
def income_12m():
    """Mean income per person in 12 months."""
    return visits.last(months=12).mean(visits.income)


@feature(theme="debt", unit="UZS")
def debt_now():
    """Debt at the last visit."""
    return visits.latest(visits.debt)


@feature(theme="support")
def was_visited():
    """Whether anyone visited in 12 months."""
    return visits.last(months=12).exists()


@feature(theme="housing")
def heating():
    """Heating at the last visit."""
    return visits.latest(visits.heating)


FEATURES: tuple[Feature, ...] = (income_now, income_12m, debt_now, was_visited, heating)
COMPILED: Compiled = compile_features(FEATURES, (visits,), ())
INPUTS = Inputs.of(COMPILED)
IDS = INPUTS.features
EXPERIMENT = Experiment(
    name="made_up",
    cohort="all",
    outcome="falls",
    features=IDS,
    train=Dates(date(2024, 1, 1), 3),
    test=Dates(date(2026, 1, 1), 3, date(2026, 7, 1)),
    learner="lightgbm",
    parameters=(),
    baselines=("prior", "rule"),
    judge=Judge(Capacity(share=0.1)),
    seed=17,
    question="Which families will fall below the line?",
    owner="prevention analytics",
    place="/somewhere/experiments/made_up.yaml:1",
)


@cache
def matrix(seed: int = 1, rows: int = ROWS) -> pa.Table:
    """Invented families at two dates, with missing values."""
    random = np.random.default_rng(seed)
    income = np.where(random.random(rows) < 0.1, np.nan, random.lognormal(13, 1, rows))
    debt = random.integers(0, 2_000_000, rows)
    words = np.array(["gas", "coal", "none", None], dtype=object)
    days = [date(2026, 7, 1) if n % 2 else TESTED for n in range(rows)]
    return pa.table(
        {
            "family": [f"{n:032x}" for n in range(rows)],
            "as_of": pa.array(days, pa.date32()),
            IDS[0]: income,
            IDS[1]: np.where(random.random(rows) < 0.2, np.nan, random.lognormal(13, 0.5, rows)),
            IDS[2]: pa.array(debt, pa.int64(), mask=random.random(rows) < 0.1),
            IDS[3]: random.random(rows) < 0.5,
            IDS[4]: pa.array(words[random.integers(0, 4, rows)], pa.string()).dictionary_encode(),
        }
    )


@cache
def encoded() -> Matrix:
    """The families as a scorer reads them."""
    return INPUTS.encode(matrix())


@cache
def outcomes() -> np.ndarray[Any, Any]:
    """1 for families that fell, more often with little income, debt and no heating."""
    x = encoded()
    pull = -np.log(np.nan_to_num(x[:, 0], nan=4e5) / 4e5) + np.nan_to_num(x[:, 2]) / 1e6 + (x[:, 4] == 2)
    return (pull + np.random.default_rng(2).normal(size=len(x)) > 1).astype(float)


@cache
def model_text(**parameters: Any) -> str:
    """LightGBM's text of a model of the invented families."""
    codes = [place for place, item in enumerate(INPUTS.items) if item.kind is Kind.CODE]
    told = {"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1, "deterministic": True}
    data = lightgbm.Dataset(encoded(), outcomes(), feature_name=list(IDS), categorical_feature=codes)
    small = {"num_leaves": 7, "min_data_per_group": 1, "max_cat_to_onehot": 1, "cat_smooth": 1.0}
    return lightgbm.train({**told, **small, **parameters}, data, 5).model_to_string()


@cache
def scorer(kind: ScorerKind) -> Scorer:
    """A scorer of this kind, fitted (the regression with made-up weights)."""
    x = encoded()
    if kind is ScorerKind.LIGHTGBM:
        return LightGBMScorer(INPUTS, model_text())
    if kind is ScorerKind.RULE:
        return RuleScorer.fitted(INPUTS, x, feature=IDS[0], worse="lower", missing=0.3)
    if kind is ScorerKind.PRIOR:
        return PriorScorer(INPUTS, -1.5)
    transforms = fit_transforms(INPUTS, x)
    weights = np.random.default_rng(3).normal(size=design(transforms, x).shape[1])
    return LogisticScorer.fitted(INPUTS, x, transforms=transforms, weights=weights, intercept=-1.0)


def worded(languages: tuple[str, ...] = ("uz", "en"), **changed: str) -> Wording:
    """Every feature worded the same way in each language; `changed` replaces messages (dots told as __)."""
    found: list[Catalogue] = []
    for own in read_wording_of_engine(languages).catalogues:
        messages = dict(own.messages)
        for told in FEATURES:
            messages |= {f"{told.id}.name": told.meaning, f"{told.id}.raises": f"{told.meaning} Now {{value}}."}
            messages |= {f"{told.id}.lowers": f"{told.meaning} Now {{value}}, which helps."}
        messages |= {f"housing.heating.value.{code}": code.upper() for code in ("gas", "coal", "none")}
        messages |= {name.replace("__", "."): text for name, text in changed.items()}
        found.append(replace(own, messages=messages))
    return Wording(tuple(found))


def read_wording_of_engine(languages: tuple[str, ...]) -> Wording:
    """The engine's own messages alone."""
    return read_wording(Path("there is no such folder"), languages)


def draft(kind: ScorerKind = ScorerKind.LIGHTGBM, **changed: Any) -> Draft:
    """A draft of the made-up project with a scorer of this kind."""
    told: dict[str, Any] = {
        "name": "hardship",
        "version": "2026-10",
        "origin": Origin("made_up", True, EXPERIMENT, "a" * 64, "b" * 64, TESTED),
        "compiled": COMPILED,
        "scorer": scorer(kind),
        "calibration": Calibration(0.9, -0.1),
        "bands": Bands(0.4, 0.3, ((Band.SOON, Observed(0.42, 0.35, 0.5, 120)),)),
        "importance": (0.4, 0.2, 0.2, 0.1, 0.1),
        "wording": worded(),
        "limits": Limits(date(2027, 10, 1), ("ranking schools",), ("Made-up families.",)),
        "measured": Measured(
            folds=(Fold(date(2026, 7, 1), date(2025, 7, 1), 7, 400, 390, 0.21),),
            figures=(Figure("lightgbm", "precision_at_capacity", 0.55, 0.5, 0.6),),
            best_baseline="rule",
            gain=Figure("lightgbm", "precision_at_capacity", 0.05, 0.01, 0.09),
            notes=("Folds overlap by 9 months.",),
        ),
    }
    return Draft(**{**told, **changed})
