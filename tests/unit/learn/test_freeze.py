"""From what a run found to the draft of a release, on the invented country."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tayanch.declare.policy import Policy, PolicyLine
from tayanch.errors import LearnError
from tayanch.learn.freeze import Title, draft
from tayanch.learn.results import RunResult
from tayanch.learn.run import Runner
from tayanch.release.freeze import freeze
from tayanch.release.score import score
from tayanch.store.matrix import build_matrix
from tayanch.store.questions import MatrixQuestion
from tayanch.vocabulary import Band, ScorerKind
from tests.unit.learn.country import experiment, project, snapshot

TITLE = Title("falls", "2022-01", date(2023, 1, 1))
WORDS = ("income.mean_ratio", "housing.heating", "debt.debt", "income.ratio")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return Runner(tmp_path_factory.mktemp("home"), 1).run(project(), experiment(), snapshot=snapshot())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder that words every feature."""
    said = [f'msgid "{name}.{part}"\nmsgstr "{name}: {{value}}"\n' for name in WORDS for part in ("raises", "lowers")]
    names = [f'msgid "{name}.name"\nmsgstr "{name}"\n' for name in WORDS]
    codes = [f'msgid "housing.heating.value.{code}"\nmsgstr "{code}"\n' for code in ("gas", "wood", "coal")]
    units = [f'msgid "unit.{unit}"\nmsgstr "{{n}} {unit}"\n' for unit in ("ratio", "money")]
    head = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n"X-Reviewed: no\\n"\n'
    wording = tmp_path / "country" / "features" / "wording"
    wording.mkdir(parents=True)
    (wording / "en.po").write_text("\n".join([head, *said, *names, *codes, *units]))
    return tmp_path / "country"


@pytest.mark.parametrize("candidate", ["", "logistic", "rule", "single_feature"])
def test_any_calibrated_candidate_can_be_frozen_and_scores_the_cohort(
    result: RunResult, folder: Path, tmp_path: Path, candidate: str
) -> None:
    made = freeze(draft(result, project(folder), TITLE, candidate=candidate), tmp_path / "releases")
    question = MatrixQuestion(cohort=project().cohort("above_line"), as_of=(date(2023, 1, 1),), features=made.compiled)
    scored = score(made, build_matrix(snapshot(), question, tmp_path).table())
    odds = scored.contributions.sum(axis=1) + scored.base
    assert np.allclose(1 / (1 + np.exp(-odds)), scored.table.column("score").to_numpy(), atol=1e-9)
    assert made.origin.run == result.digests.run
    assert made.measured.best_baseline == result.comparison.best_baseline
    assert len(made.measured.folds) == len(result.folds)
    assert {band for band, _ in made.bands.observed} <= set(Band)


def test_the_same_run_freezes_to_the_same_digest(result: RunResult, folder: Path, tmp_path: Path) -> None:
    one, two = (freeze(draft(result, project(folder), TITLE), tmp_path / name) for name in ("one", "two"))
    assert one.digest == two.digest
    assert one.kind is ScorerKind.LIGHTGBM


def test_what_can_not_be_released_is_refused(result: RunResult, folder: Path) -> None:
    with pytest.raises(LearnError, match='the run has no candidate "random" that can be released: known: '):
        draft(result, project(folder), TITLE, candidate="random")
    with pytest.raises(LearnError, match='the run has no candidate "logstic" that can be released: did you mean "logi'):
        draft(result, project(folder), TITLE, candidate="logstic")


LINE = PolicyLine("need_only", "income.mean_ratio", "care")


@pytest.mark.parametrize("candidate", ["lightgbm", "logistic", "single_feature"])
def test_what_could_lower_a_family_by_its_need_is_not_released(result: RunResult, folder: Path, candidate: str) -> None:
    needing = replace(project(folder), policy=Policy((LINE,)))
    with pytest.raises(LearnError) as refused:
        draft(result, needing, TITLE, candidate=candidate)
    assert str(refused.value) == (
        f"{candidate} could lower a family by income.mean_ratio, which may only raise one (need_only: care): "
        "release a learner that heeds directions: lightgbm, with the feature declared increasing."
    )


def test_trees_that_only_raise_by_need_are_released(folder: Path, tmp_path: Path) -> None:
    raising = experiment(monotone=(("debt.debt", "increasing"),), baselines=("prior", "logistic"))
    found = Runner(tmp_path, 1).run(project(), raising, snapshot=snapshot())
    needing = replace(project(folder), policy=Policy((replace(LINE, name="debt.debt"),)))
    assert draft(found, needing, TITLE).kind is ScorerKind.LIGHTGBM
    with pytest.raises(LearnError, match="logistic could lower a family"):
        draft(found, needing, TITLE, candidate="logistic")


def test_a_band_without_an_interval_shows_no_frequency(result: RunResult, folder: Path) -> None:
    bare = replace(
        result,
        bands=tuple(
            replace(one, seen=tuple(replace(s, observed=replace(s.observed, low=None, high=None)) for s in one.seen))
            for one in result.bands
        ),
    )
    assert draft(bare, project(folder), TITLE).bands.observed == ()
