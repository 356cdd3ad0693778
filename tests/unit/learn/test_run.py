from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tayanch.declare.experiments import Capacity, Dates, Judge, Setting
from tayanch.errors import DeclarationError, LearnError, TayanchError
from tayanch.learn import trials
from tayanch.learn.gather import Plan, gather
from tayanch.learn.intervals import Figure
from tayanch.learn.kept import Kept
from tayanch.learn.results import RunResult, read_result
from tayanch.learn.run import Runner
from tayanch.vocabulary import Length
from tests.unit.learn.country import experiment, project, snapshot, visit

CANDIDATES = ["lightgbm", "prior", "random", "rule", "single_feature", "logistic"]


def run(home: Path, told=None, *, processes: int = 1, progress=None, source=None) -> RunResult:
    runner = Runner(home, processes, progress or (lambda *_: None))
    return runner.run(project(), told or experiment(), snapshot=source or snapshot())


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return run(tmp_path_factory.mktemp("home"))


def test_every_candidate_is_judged_in_every_fold_with_intervals(result: RunResult) -> None:
    assert [fold.as_of for fold in result.folds] == [date(2021, 7, 1), date(2021, 10, 1), date(2022, 1, 1)]
    for fold in result.folds:
        assert [one.candidate for one in fold.candidates] == CANDIDATES
        for one in fold.candidates:
            auc = one.marks.auc
            assert auc.low <= auc.value <= auc.high
    assert result.areas == 24
    assert result.of("lightgbm").mean.auc.value > 0.65
    assert result.of("prior").mean.auc.value == 0.5
    assert result.of("random").mean.brier.value is None


def test_unknown_outcomes_are_left_out_and_counted(result: RunResult) -> None:
    for fold in result.folds:
        counts = fold.of("lightgbm").counts
        assert (counts.families, counts.unknown) == (fold.families, fold.families - fold.known)
        assert counts.unknown > 0
        assert counts.listed_known <= counts.listed
        assert counts.low - 1e-12 <= fold.of("lightgbm").precision.mean <= counts.high + 1e-12


def test_the_prior_ties_everybody_and_says_what_that_leaves_open(result: RunResult) -> None:
    told = result.folds[0].of("prior")
    assert told.counts.tied == told.counts.families
    assert (told.precision.worst, told.precision.best) == (0.0, 1.0)
    assert told.precision.mean == pytest.approx(result.folds[0].base_rate)


def test_the_learner_is_compared_with_the_best_baseline_of_earlier_folds(result: RunResult) -> None:
    comparison = result.comparison
    assert comparison.best_baseline in CANDIDATES[1:]
    assert [rival.fold for rival in comparison.rivals] == [fold.as_of.isoformat() for fold in result.folds]
    value = {
        f.as_of.isoformat(): {o.candidate: o.marks.precision_at_capacity.value for o in f.candidates}
        for f in result.folds
    }
    first, second, third = comparison.rivals
    assert second.baseline == first.baseline == max(CANDIDATES[1:], key=lambda name: value[first.fold][name])
    earlier = [value[first.fold], value[second.fold]]
    assert third.baseline == max(CANDIDATES[1:], key=lambda name: np.mean([fold[name] for fold in earlier]))
    for rival in comparison.rivals:
        told = value[rival.fold]
        assert rival.gain.value == pytest.approx(told["lightgbm"] - told[rival.baseline])
    assert "overlap by 3 months" in comparison.caution


def test_the_pooled_gain_counts_all_lists_together(result: RunResult) -> None:
    def share(names: list[str]) -> float:
        counts = [fold.of(name).counts for fold, name in zip(result.folds, names, strict=True)]
        return sum(c.listed_positive for c in counts) / sum(c.listed_known for c in counts)

    learner = share(["lightgbm"] * 3)
    assert result.of("lightgbm").pooled_precision.value == pytest.approx(learner)
    gain = learner - share([rival.baseline for rival in result.comparison.rivals])
    assert result.comparison.gain.value == pytest.approx(gain)


def test_the_same_run_writes_the_same_bytes_in_one_process_or_two(result: RunResult, tmp_path: Path) -> None:
    again = run(tmp_path, processes=2)
    assert files(again.folder) == files(result.folder)


def test_a_finished_run_is_not_learned_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = files(run(tmp_path).folder)

    def refuse(*_: object) -> None:
        raise AssertionError("learned again")

    monkeypatch.setattr(trials.Workshop, "do", refuse)
    assert files(run(tmp_path).folder) == first


def test_a_run_that_is_stopped_goes_on_where_it_was(result: RunResult, tmp_path: Path, monkeypatch) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("train", 7):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, progress=stop)
    done: list[trials.Job] = []
    do = trials.Workshop.do
    monkeypatch.setattr(trials.Workshop, "do", lambda shop, job: (done.append(job), do(shop, job))[1])
    again = run(tmp_path)
    assert len(done) == 4 + 6 * 3 - 7  # four to be released, six candidates in three folds
    assert files(again.folder) == files(result.folder)


def test_a_result_comes_back_from_its_file(result: RunResult) -> None:
    assert read_result(result.folder) == result
    assert json.loads((result.folder / "result.json").read_text())["comparison"]["learner"] == "lightgbm"
    with pytest.raises(LearnError, match="is no finished run"):
        read_result(result.folder / "models")


def test_scores_stand_beside_what_came_of_them(result: RunResult) -> None:
    table = pq.read_table(result.folder / "scores.parquet")
    assert table.num_rows == len(CANDIDATES) * sum(fold.families for fold in result.folds)
    assert table.column("outcome").null_count == len(CANDIDATES) * sum(f.families - f.known for f in result.folds)
    scores = np.array([s for s in table.column("score").to_pylist() if s is not None])
    assert ((scores > 0) & (scores < 1)).all()


def test_what_could_be_released_is_kept_with_its_weights(result: RunResult) -> None:
    models = Kept(result.folder / "models")
    for name in ("lightgbm", "rule", "single_feature", "logistic"):
        whole = models.whole(name)
        assert whole is not None
        assert sum(whole.importance) == pytest.approx(1)
    assert models.whole("rule").scorer.inputs.features == ("income.ratio",)
    assert "income.ratio" not in models.whole("lightgbm").scorer.inputs.features
    assert models.whole("prior") is None


def test_bands_tell_how_often_each_came_true(result: RunResult) -> None:
    told = next(banded for banded in result.bands if banded.candidate == "lightgbm")
    assert 0 < told.in_turn <= told.soon < 1
    soon, in_turn, rest = (one.observed.value for one in told.seen)
    assert soon > rest
    assert in_turn > rest
    assert sum(one.families for one in told.seen) == pytest.approx(sum(f.known for f in result.folds), abs=3)


def test_the_summary_is_what_scripts_ask_for(result: RunResult) -> None:
    told = result.summary()
    assert set(told) == {"folds", "metrics", "best_baseline", "gain"}
    assert set(told["metrics"]["lightgbm"]) == {"auc", "precision_at_capacity"}
    assert set(told["gain"]) == {"value", "low", "high"}
    json.dumps(told, allow_nan=False)


def test_labels_are_learned_as_they_were_known_then(tmp_path: Path) -> None:
    on = date(2020, 8, 15)
    late = visit("f0000", on, ratio=0.2, heating="gas", known=date(2021, 8, 1)) | {"area": "area 00", "debt": None}
    plan = Plan.of(project(), experiment())

    def learned(source) -> list[np.ndarray]:
        gathered = gather(plan, source, tmp_path)
        return [gathered.ledger.known[fold.name] for fold in plan.timeline.folds()]

    before, after = learned(snapshot()), learned(snapshot((late,), digest="b" * 64))
    assert np.array_equal(before[0], after[0])  # the fold of 2021-07-01 could not know of it
    assert not np.array_equal(before[1], after[1])


class Untouched:
    """A snapshot nobody may look into."""

    digest = "c" * 64

    def __getattr__(self, name: str):
        raise AssertionError("something was computed")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"parameters": (Setting("num_leafs", (4,)),)},
            'experiments/falls.yaml parameters.num_leafs: LightGBM has no parameter "num_leafs": '
            'did you mean "num_leaf"?',
        ),
        (
            {"learner": "logistic", "parameters": (Setting("num_leaves", (4,)),), "baselines": ("prior",)},
            'experiments/falls.yaml parameters.num_leaves: the regression has no parameter "num_leaves": known: C.',
        ),
        (
            {"learner": "logistic", "parameters": (Setting("C", (0,)),), "baselines": ("prior",)},
            "experiments/falls.yaml parameters.C: 0 is no strength: give a number above 0.",
        ),
        ({"baselines": ()}, "experiments/falls.yaml baselines: no baseline is asked for: write baselines: all."),
        (
            {"learner": "logistic", "parameters": ()},
            "experiments/falls.yaml baselines: logistic is the learner already: leave it out.",
        ),
        (
            {"monotone": (("housing.heating", "increasing"),)},
            "experiments/falls.yaml monotone.housing.heating: housing.heating is a code and has no order: "
            "name a number.",
        ),
        (
            {"features": ("housing.heating",)},
            "experiments/falls.yaml baselines: no feature has an order, so none alone can be a rule: "
            "leave single_feature out.",
        ),
        (
            {"test": Dates(date(2020, 10, 1), 3, date(2022, 1, 1))},
            "experiments/falls.yaml as_of.test.from: the fold 2020-10-01 has 1 train dates whose outcome was known by "
            "2020-10-01; 2 are needed to choose from a grid of parameters: test from 2021-01-01 on, "
            "or start as_of.train.from earlier.",
        ),
    ],
)
def test_mistakes_are_told_before_anything_is_computed(changed: dict, expected: str, tmp_path: Path) -> None:
    with pytest.raises((DeclarationError, LearnError)) as refused:
        run(tmp_path, experiment(**changed), source=Untouched())
    assert str(refused.value) == expected


def test_a_fold_whose_outcomes_are_not_in_yet_is_refused_by_name(tmp_path: Path) -> None:
    late = experiment(test=Dates(date(2023, 4, 1), 3, date(2023, 7, 1)))
    with pytest.raises(TayanchError) as refused:
        run(tmp_path, late)
    assert str(refused.value).startswith("fold 2023-04-01: on 2023-04-01 of ")
    assert str(refused.value).endswith("end as_of.test.to earlier, or start as_of.test.from later.")


def test_a_regression_can_be_the_learner_with_a_list_for_each_area_and_a_lag(tmp_path: Path) -> None:
    told = run(
        tmp_path,
        experiment(
            learner="logistic",
            parameters=(),
            baselines=("prior", "rule"),
            judge=Judge(Capacity(per="area", families=2), by="auc"),
            lag=Length(months=1),
        ),
    )
    assert told.folds[0].of("logistic").counts.listed == 48
    assert told.folds[0].known_by == date(2021, 6, 1)
    assert told.capacity == "2 families in each area"
    assert told.comparison.by == "auc"
    expected = np.mean([rival.gain.value for rival in told.comparison.rivals])
    assert told.comparison.gain.value == pytest.approx(expected)


def test_few_areas_give_values_and_no_interval(tmp_path: Path) -> None:
    made = snapshot()
    few = [{**row, "area": row["area"][:6]} for row in made.world.rows["visits"]]
    source = replace(made, world=replace(made.world, rows={"visits": few}), digest="d" * 64)
    told = run(tmp_path, experiment(baselines=("prior",)), source=source)
    gain = told.comparison.gain
    assert gain == Figure(gain.value, note=f"insufficient: {told.areas} areas, 20 are needed")
