from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from mlflow.models import validate_serving_input
from mlflow.tracking import MlflowClient

from tayanch.declare.forms import canonical, to_plain
from tayanch.errors import LearnError
from tayanch.learn.compare import Comparison, Rival
from tayanch.learn.evaluate import Marks
from tayanch.learn.intervals import Figure
from tayanch.learn.kept import Kept, Whole
from tayanch.learn.plots import plots
from tayanch.learn.results import CalibrationPoint, CapacityPoint, Digests, FoldResult, OnFold, Overall, RunResult
from tayanch.learn.ties import Counts, Orders
from tayanch.learn.track import log_run
from tayanch.learn.train import Trees
from tayanch.release.calibration import Calibration
from tests.unit.learn import made

DECLARED = "question: Who falls below the line?\nlearner: lightgbm\n"
LINE = Calibration(0.8, -0.3)
FOLDS = (date(2022, 1, 1), date(2022, 4, 1))
CANDIDATES = ("lightgbm", "prior", "rule", "logistic")
NONE = Figure(note="not measurable")
SCORE = """
import sys, json
import mlflow.pyfunc, pandas as pd
assert not any(name.split(".")[0] == "tayanch" for name in sys.modules)
model = mlflow.pyfunc.load_model(sys.argv[1])
rows = pd.DataFrame(json.load(open(sys.argv[2])))
scores = model.predict(rows)
assert list(scores.columns) == ["score"]
example = model.predict(model.input_example)
try:
    import tayanch.vocabulary
except ImportError:
    pass
else:
    raise AssertionError("tayanch is in reach")
json.dump({"scores": scores["score"].tolist(), "example": example["score"].tolist()}, open(sys.argv[3], "w"))
"""


@dataclass(frozen=True)
class Logged:
    """A run in its folder, logged twice."""

    home: Path
    result: RunResult
    scorer: Any
    ids: tuple[str, str]

    @property
    def server(self) -> MlflowClient:
        return MlflowClient(f"sqlite:///{self.home}/mlflow.db")

    def runs(self) -> list[Any]:
        experiment = self.server.get_experiment_by_name("made/falls")
        assert experiment is not None
        return list(self.server.search_runs([experiment.experiment_id]))

    def child(self, candidate: str) -> Any:
        return next(run for run in self.runs() if run.data.tags.get("candidate") == candidate)


def figure(value: float) -> Figure:
    return Figure(value, value - 0.05, value + 0.05)


def on_fold(candidate: str, shift: float) -> OnFold:
    told = NONE if candidate == "rule" else figure(0.1)
    marks = Marks(figure(0.8 + shift), figure(0.4), Figure(0.5 + shift), figure(0.3), told, told)
    counts = Counts(100, 40, 12, 10, 6.0, 3.0, 0, 0.3, 0.7)
    even = Orders(0.5, 0.5, 0.5, 0.0)
    return OnFold(candidate, marks, counts, even, even, (("num_leaves", 7),), None, "")


def result(folder: Path) -> RunResult:
    marks = on_fold("lightgbm", 0.0).marks
    folds = tuple(
        FoldResult(day, day, (date(2020, 1, 1),), 50, 100, 60, 0.2, tuple(on_fold(c, 0.01 * n) for c in CANDIDATES))
        for n, day in enumerate(FOLDS)
    )
    return RunResult(
        experiment="falls",
        question="Who falls below the line?",
        project="made",
        learner="lightgbm",
        digests=Digests("ab12cd34" * 8, "1" * 64, "2" * 64, "3" * 64, "4" * 64),
        cluster="city",
        areas=30,
        capacity="10 % of the cohort",
        created_as_of=date(2023, 1, 1),
        trained_to=date(2022, 1, 1),
        folds=folds,
        candidates=tuple(Overall(name, marks, figure(0.5), figure(0.3)) for name in CANDIDATES),
        comparison=Comparison(
            "lightgbm",
            "precision_at_capacity",
            "logistic",
            Figure(0.02, -0.01, 0.05),
            tuple(Rival(str(day), "logistic", figure(0.02)) for day in FOLDS),
            "",
        ),
        bands=(),
        calibration_curve=tuple(CalibrationPoint("lightgbm", at, figure(at), 10) for at in (0.1, 0.2, 0.4)),
        capacity_curve=tuple(
            CapacityPoint(name, share, figure(0.6 - share), figure(share))
            for name in ("lightgbm", "rule", "logistic")
            for share in (0.05, 0.1, 0.2)
        ),
        folder=folder,
    )


def learned() -> Any:
    lesson = made.lesson(rows=400)
    trees = Trees(lesson, ((("num_iterations", 12), ("num_leaves", 7)),), seed=3)
    return trees.fit(np.full(len(lesson.x), True), trees.options[0])


def run_in(home: Path, scorer: Any) -> RunResult:
    folder = home / "runs" / "ab12cd34ab12cd34"
    folder.mkdir(parents=True)
    told = result(folder)
    for name in ("folds.csv", "calibration.csv", "capacity.csv"):
        (folder / name).write_text("a,b\n1,2\n")
    (folder / "result.json").write_bytes(told.to_bytes())
    (folder / "experiment.json").write_text(canonical(to_plain(made.experiment())))
    weights = (0.25,) * len(scorer.inputs.items)
    Kept(folder / "models").keep_whole("lightgbm", Whole(scorer, (("num_leaves", 7),), LINE, weights))
    return told


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    home = tmp_path_factory.mktemp("home")
    scorer = learned()
    told = run_in(home, scorer)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        ids = log_run(told, DECLARED, home=home), log_run(told, DECLARED, home=home)
        assert "MLFLOW_TRACKING_URI" not in os.environ
    return Logged(home, told, scorer, ids)


def test_logged_twice_is_one_parent_with_a_child_per_candidate(logged: Logged) -> None:
    first, second = logged.ids
    runs = logged.runs()
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert first == second == parents[0].info.run_id == (logged.result.folder / "tracked").read_text()
    assert len(parents) == 1
    assert sorted(run.info.run_name for run in runs if run not in parents) == sorted(CANDIDATES)
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert parents[0].info.run_name == "ab12cd34"


def test_folds_are_steps_and_what_was_not_measured_is_left_out(logged: Logged) -> None:
    child = logged.child("lightgbm")
    history = logged.server.get_metric_history(child.info.run_id, "auc")
    assert [(told.step, told.value) for told in history] == [(1, 0.8), (2, 0.81)]
    metrics = child.data.metrics
    assert (metrics["auc_low"], metrics["auc_high"]) == (0.81 - 0.05, 0.81 + 0.05)
    assert (metrics["auc_mean"], metrics["precision_pooled"], metrics["listed_known"]) == (0.8, 0.5, 6.0)
    assert "precision_at_capacity" in metrics
    assert "precision_at_capacity_low" not in metrics
    assert "brier" not in logged.child("rule").data.metrics


def test_the_parent_tells_digests_declaration_and_gain(logged: Logged) -> None:
    parent = logged.server.get_run(logged.ids[0])
    tags, params = parent.data.tags, parent.data.params
    assert tags["digest.run"] == "ab12cd34" * 8
    assert tags["digest.matrix"] == "4" * 64
    assert (tags["question"], tags["best_baseline"]) == ("Who falls below the line?", "logistic")
    assert (params["seed"], params["capacity"], params["judged_by"]) == (
        "17",
        "10 % of the cohort",
        "precision_at_capacity",
    )
    assert [parent.data.metrics[name] for name in ("gain", "gain_low", "gain_high")] == [0.02, -0.01, 0.05]


def test_artifacts_are_there(logged: Logged) -> None:
    top = logged.home / "mlruns" / logged.ids[0] / "artifacts"
    found = {str(file.relative_to(top)) for file in top.rglob("*") if file.is_file()}
    drawn = {f"plots/{name}.{sort}" for name in ("calibration", "capacity", "gain") for sort in ("png", "svg")}
    assert found == {"declaration.yaml", "result.json", "folds.csv", "calibration.csv", "capacity.csv", *drawn}
    assert (top / "declaration.yaml").read_text() == DECLARED
    assert (top / "result.json").read_bytes() == logged.result.to_bytes()


def test_plots_are_the_same_bytes_again(logged: Logged) -> None:
    assert plots(logged.result) == plots(logged.result)


def test_the_model_scores_as_the_scorer_in_a_process_without_tayanch(logged: Logged, tmp_path: Path) -> None:
    model = model_folder(logged)
    assert not [file for file in model.rglob("*") if file.suffix in (".pkl", ".pickle", ".joblib")]
    assert "tayanch" not in (model / "requirements.txt").read_text()
    rows = {
        "income.n0": [0.5, None, -2.0, 1.0],
        "income.n1": [1.0, 0.25, None, -1.5],
        "income.n2": [None, 3.0, 0.0, 0.5],
        "family.c0": ["a", "c", None, "never seen"],
    }
    columns = {name: np.array(values, dtype=object) for name, values in rows.items()}
    expected = LINE.probabilities(logged.scorer.margins(logged.scorer.inputs.encode(columns)))
    told = scored(model, rows, folder=tmp_path)
    assert np.abs(np.array(told["scores"]) - expected).max() < 1e-12
    assert len(told["example"]) == 2
    assert all(0 < score < 1 for score in told["example"])


@pytest.mark.filterwarnings("ignore:.*validate_serving_input:FutureWarning")
def test_the_input_example_has_a_missing_value_and_a_text_and_can_be_served(logged: Logged) -> None:
    model = model_folder(logged)
    example: Any = mlflow.pyfunc.load_model(str(model)).input_example
    assert example.isna().to_numpy().any()
    assert example["family.c0"].tolist() == ["a", "a"]
    served = validate_serving_input(str(model), (model / "serving_input_example.json").read_text())
    assert len(served) == 2


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("income.n0", "text", "the column income.n0 holds text, but it is a number"),
        (
            "income.n0",
            float("inf"),
            "the column income.n0 holds an infinity: leave the value missing where it can't be known",
        ),
        ("family.c0", 2.0, "the column family.c0 holds something that is no text, but it is a code"),
    ],
)
def test_the_model_refuses_what_the_scorer_refuses(logged: Logged, name: str, value: Any, told: str) -> None:
    model: Any = mlflow.pyfunc.load_model(str(model_folder(logged)))
    inner, rows = model.unwrap_python_model(), model.input_example.astype(object)
    rows[name] = [value, value]
    with pytest.raises(ValueError, match=r"^the column") as met:
        inner.predict(None, rows)
    assert str(met.value) == told
    with pytest.raises(ValueError, match=rf"^no column for {name}$"):
        inner.predict(None, rows.drop(columns=name))


def test_a_logging_that_was_stopped_is_replaced(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    server = logged.server
    stopped = logged.ids[0]
    server.update_run(stopped, status="RUNNING")
    again = log_run(logged.result, DECLARED, home=logged.home)
    try:
        assert again != stopped
        assert len(logged.runs()) == 1 + len(CANDIDATES)
        assert server.get_run(stopped).info.lifecycle_stage == "deleted"
    finally:
        server.delete_run(again)
        for run in logged.runs():
            server.delete_run(run.info.run_id)


def test_a_server_that_does_not_answer_leaves_the_run_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run_in(tmp_path, learned())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tester:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(LearnError) as met:
        log_run(told, DECLARED, home=tmp_path)
    assert str(met.value) == (
        "MLflow at http://tester:…@127.0.0.1:9 did not take the run: [Errno 111] Connection refused: the run itself is "
        f"kept in {told.folder}: mend that and run it again, only the logging is repeated."
    )
    assert not (told.folder / "tracked").exists()
    assert os.environ["MLFLOW_TRACKING_URI"] == "http://tester:secret@127.0.0.1:9"


def model_folder(logged: Logged) -> Path:
    child = logged.child("lightgbm")
    (output,) = child.outputs.model_outputs
    return Path(logged.server.get_logged_model(output.model_id).artifact_location.removeprefix("file://"))


def scored(model: Path, rows: dict[str, list[Any]], *, folder: Path) -> dict[str, list[float]]:
    (folder / "rows.json").write_text(json.dumps(rows))
    # -S: no .pth file is read, so an editable install of Tayanch is not in reach
    libraries = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"{libraries}{SCORE}", str(model), "rows.json", "told.json"],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "told.json").read_text())
