"""Of any scorer of any kind, on any families: contributions and base add up to the margin, raw and calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tayanch.release.calibration import Calibration
from tayanch.release.inputs import Input, Inputs
from tayanch.release.scorers import (
    LightGBMScorer,
    LogisticScorer,
    PriorScorer,
    RuleScorer,
    Scorer,
    design,
    fit_transforms,
    scorer_files,
    scorer_from,
)
from tayanch.vocabulary import Kind, ScorerKind

Floats = npt.NDArray[np.float64]
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class World:
    """Inputs, training rows with missing values and outcomes, and rows never met in training."""

    inputs: Inputs
    train: Floats
    outcomes: Floats
    others: Floats
    seed: int


@st.composite
def worlds(draw: st.DrawFn) -> World:
    kinds = draw(st.lists(st.sampled_from([Kind.NUMBER, Kind.WHOLE, Kind.TRUTH, Kind.CODE]), min_size=1, max_size=8))
    sizes = [draw(st.integers(1, 40)) if kind is Kind.CODE else 0 for kind in kinds]
    items = [
        Input(f"income.f{n}", kind, tuple(f"c{c}" for c in range(size))) for n, (kind, size) in _told(kinds, sizes)
    ]
    seed, rows = draw(st.integers(0, 2**32 - 1)), draw(st.integers(20, 300))
    missing = draw(st.sampled_from([0.0, 0.1, 0.6]))
    random = np.random.default_rng(seed)
    train, others = (np.column_stack([_column(item, n, random, missing) for item in items]) for n in (rows, 50))
    pull = np.nan_to_num(train) @ random.normal(size=len(items)) / (1 + np.abs(np.nan_to_num(train)).max())
    outcomes = (pull + random.normal(size=rows) * draw(st.sampled_from([0.1, 1.0])) > 0).astype(float)
    return World(Inputs(tuple(items)), train, outcomes, others, seed)


def _told(kinds: list[Kind], sizes: list[int]) -> list[tuple[int, tuple[Kind, int]]]:
    return list(enumerate(zip(kinds, sizes, strict=True)))


def _column(item: Input, rows: int, random: np.random.Generator, missing: float) -> Floats:
    if item.kind is Kind.CODE:
        found = random.integers(0, len(item.categories), rows).astype(float)
    elif item.kind is Kind.TRUTH:
        found = random.integers(0, 2, rows).astype(float)
    else:
        found = np.round(random.lognormal(10, 3, rows), 0 if item.kind is Kind.WHOLE else 4)
    return np.where(random.random(rows) < missing, np.nan, found)


def boosted(world: World, *, leaves: int, rounds: int) -> LightGBMScorer:
    codes = [place for place, item in enumerate(world.inputs.items) if item.kind is Kind.CODE]
    parameters = {
        "objective": "binary",
        "num_leaves": leaves,
        "min_child_samples": 2,
        "min_data_per_group": 1,
        "max_cat_to_onehot": 2,
        "cat_smooth": 1.0,
        "num_threads": 1,
        "seed": world.seed % 1000,
        "verbose": -1,
    }
    names = list(world.inputs.features)
    data = lightgbm.Dataset(world.train, world.outcomes, feature_name=names, categorical_feature=codes)
    return LightGBMScorer(world.inputs, lightgbm.train(parameters, data, rounds).model_to_string())


def check(scorer: Scorer, world: World, calibration: Calibration) -> None:
    """Additive on every row, and the same after a round trip through files."""
    x = np.vstack([world.train, world.others, np.full((1, world.train.shape[1]), np.nan)])
    margins, raw = scorer.margins(x), scorer.contributions(x)
    assert raw.shape == x.shape
    assert np.abs(raw.sum(axis=1) + scorer.base - margins).max() <= 1e-6
    calibrated = calibration.contributions(raw).sum(axis=1) + calibration.base(scorer.base)
    assert np.abs(calibrated - calibration.log_odds(margins)).max() <= 1e-6 * max(1, calibration.slope)
    scores = calibration.probabilities(margins)
    assert ((scores >= 0) & (scores <= 1)).all()
    back = scorer_from(scorer.kind, scorer_files(scorer))
    assert back.margins(x).tobytes() == margins.tobytes()
    assert back.contributions(x).tobytes() == raw.tobytes()


CALIBRATIONS = st.builds(Calibration, st.floats(0.01, 20), st.floats(-5, 5))


@UNHURRIED
@given(worlds(), CALIBRATIONS, st.integers(2, 63), st.integers(1, 30))
def test_lightgbm(world: World, calibration: Calibration, leaves: int, rounds: int) -> None:
    check(boosted(world, leaves=leaves, rounds=rounds), world, calibration)


@UNHURRIED
@given(worlds(), CALIBRATIONS)
def test_logistic(world: World, calibration: Calibration) -> None:
    transforms = fit_transforms(world.inputs, world.train)
    weights = np.random.default_rng(world.seed).normal(size=design(transforms, world.train).shape[1])
    scorer = LogisticScorer.fitted(
        world.inputs, world.train, transforms=transforms, weights=weights, intercept=float(world.outcomes.mean())
    )
    check(scorer, world, calibration)
    np.testing.assert_allclose(scorer.contributions(world.train).mean(axis=0), 0, atol=1e-6)


@UNHURRIED
@given(worlds(), CALIBRATIONS, st.sampled_from(["higher", "lower"]))
def test_rule(world: World, calibration: Calibration, worse: str) -> None:
    for item, column in zip(world.inputs.items, world.train.T, strict=True):
        if item.kind is not Kind.CODE and not np.isnan(column).all():
            rule = RuleScorer.fitted(world.inputs, world.train, feature=item.feature, worse=worse, missing=0.2)
            check(rule, world, calibration)
            _check_order(rule, column, worse)


def _check_order(rule: RuleScorer, column: Floats, worse: str) -> None:
    x = np.full((len(column), len(rule.inputs.items)), np.nan)
    x[:, rule.place] = np.sort(column)
    margins = rule.margins(x)[~np.isnan(x[:, rule.place])]
    steps = np.diff(margins if worse == "higher" else -margins)
    assert (steps >= 0).all()


@UNHURRIED
@given(worlds(), CALIBRATIONS, st.floats(-10, 10))
def test_prior(world: World, calibration: Calibration, base: float) -> None:
    check(PriorScorer(world.inputs, base), world, calibration)


def test_every_kind_is_proved_here() -> None:
    assert {kind.value for kind in ScorerKind} == {"prior", "rule", "logistic", "lightgbm"}
