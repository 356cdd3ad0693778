"""The signal is honest: nothing is foreseen too well, shuffled outcomes teach nothing, simple rules are rivals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.simulated import Country
from tayanch.intake.snapshot import open_snapshot
from tayanch.learn import metrics
from tayanch.learn.arrays import Floats, Truths
from tayanch.learn.baselines import Prior
from tayanch.learn.gather import Plan, gather
from tayanch.learn.lesson import PARTS, Lesson
from tayanch.learn.train import Trees
from tests.project.uzbekistan.conftest import Run

POVERTY = "falls_to_poverty_line"
OTHERS = ("care_crisis", "child_stops_school", "utility_hardship")
TOO_GOOD, SERIOUS = 0.95, 0.6
SURE = 3.0
"""Standard errors."""


@pytest.mark.parametrize("experiment", [POVERTY, *(pytest.param(name, marks=pytest.mark.long) for name in OTHERS)])
def test_no_candidate_foresees_too_well(run: Run, experiment: str) -> None:
    aucs = {one.candidate: one.mean.auc.value for one in run(experiment).candidates}
    assert {"lightgbm", "logistic", "single_feature", "rule"} < aucs.keys()
    assert {name: auc for name, auc in aucs.items() if auc is None or auc >= TOO_GOOD} == {}


@pytest.mark.parametrize("rival", ["rule", "single_feature"])
def test_simple_rules_are_serious_rivals(run: Run, rival: str) -> None:
    auc = run(POVERTY).of(rival).mean.auc.value
    assert auc is not None
    assert auc > SERIOUS


@pytest.fixture(scope="module")
def lesson(country: Country, run: Run) -> Lesson:
    """What the last fold of the poverty experiment learns from."""
    run(POVERTY)  # its matrix is kept
    work = country.work
    plan = Plan.of(work.project, work.project.experiment(POVERTY))
    gathered = gather(plan, open_snapshot(work.home, work.project.settings.name), work.home)
    return gathered.rows.lesson(plan.timeline.folds()[-1]).only(plan.experiment.features)


def test_what_is_learned_from_true_outcomes_tells_families_apart(lesson: Lesson) -> None:
    assert all(far > SURE for far in _out_of_family(lesson))


def test_shuffled_outcomes_teach_no_more_than_the_prior(lesson: Lesson) -> None:
    draw = np.random.default_rng(17)
    for _ in range(3):
        shuffled = replace(lesson, label=draw.permutation(lesson.label))
        assert all(abs(far) < SURE for far in _out_of_family(shuffled))


def test_the_prior_tells_nobody_apart(lesson: Lesson) -> None:
    prior = Prior(lesson.only(lesson.inputs.features[:1]))
    assert np.ptp(prior.margins(prior.lesson.x, lesson.all, option=())) == 0


def _out_of_family(lesson: Lesson) -> list[float]:
    """How far above ½ the AUC of trees is that learned from the other part of the families, in standard errors."""
    trees = Trees(lesson, ((("num_iterations", 60),),))
    found: list[float] = []
    for part in range(PARTS):
        mine = lesson.part == part
        margins = trees.margins(lesson.x[mine], ~mine, option=trees.options[0])
        found.append(_far(lesson, mine, margins))
    return found


def _far(lesson: Lesson, mine: Truths, margins: Floats) -> float:
    label = lesson.label[mine]
    together = metrics.Sheet(label, np.zeros(len(label), dtype=np.int64), np.ones((1, 1)))
    with_, without = label.sum(), (1 - label).sum()
    error = np.sqrt((with_ + without + 1) / (12 * with_ * without))
    return float((metrics.auc(together, margins).value - 0.5) / error)
