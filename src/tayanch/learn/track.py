"""The door to MLflow: a run told to the tracking server, with everything it was made from and its final model.

One parent run per run, one child per candidate, the folds as steps. MLflow is a mirror: the run itself lies in its
folder, whatever becomes of the server. The learner's final model is logged as self-contained code and text weights
(no pickle) where the learner is LightGBM; a regression is logged as its weights only (scorer/scorer.json).
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import logging
import os
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tayanch.declare.experiments import Experiment
from tayanch.declare.forms import from_plain
from tayanch.errors import LearnError
from tayanch.intake.disk import write_whole
from tayanch.learn.intervals import Figure
from tayanch.learn.kept import Kept, Whole
from tayanch.learn.plots import plots
from tayanch.learn.results import RESULT, OnFold, RunResult
from tayanch.learn.written import CALIBRATION, CAPACITY, EXPERIMENT, FOLDS, MODELS
from tayanch.release.scorers import LightGBMScorer, scorer_files
from tayanch.vocabulary import Kind

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "GIT_PYTHON_REFRESH": "quiet",
}
for _name, _value in QUIET.items():
    os.environ.setdefault(_name, _value)

# MLflow reads these settings while it is imported.
import mlflow  # noqa: E402
import mlflow.pyfunc  # noqa: E402
import pandas as pd  # noqa: E402
from mlflow.entities import Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow.models import Model, ModelSignature  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402
from mlflow.types import ColSpec, DataType, Schema  # noqa: E402
from mlflow.types.schema import AnyType  # noqa: E402

TRACKED, MODEL, SERVED = "tracked", "model", Path(__file__).with_name("served_model.py")
LIBRARIES = ("lightgbm", "mlflow", "numpy", "pandas")
"""What the served model needs, pinned to the versions installed here."""
RUN, CANDIDATE, PARENT = "digest.run", "candidate", "mlflow.parentRunId"
MOST = 1_000
"""Metrics MLflow takes at once."""
COLUMNS = {Kind.CODE: DataType.string, Kind.NUMBER: DataType.double}
"""Other kinds (wholes, truths) come with or without missing values, so as several types: MLflow lets them all pass."""


@dataclass(frozen=True)
class Story:
    """All there is to tell of a run. declared: the experiment's file as written. whole: the learner's final model."""

    result: RunResult
    experiment: Experiment
    declared: str
    whole: Whole | None


def log_run(result: RunResult, declared: str, *, home: Path) -> str:
    """MLflow's id of the parent run, also written to <run folder>/tracked; a run logged before is not logged again.

    Args:
        result: a finished run, told where its folder is.
        declared: the text of the experiment's file.
        home: the work folder; mlflow.db and mlruns/ lie there unless MLFLOW_TRACKING_URI names another place.

    Raises:
        LearnError: when MLflow can't take it. The run stays in its folder.
    """
    experiment: Experiment = from_plain(json.loads((result.folder / EXPERIMENT).read_bytes()))
    whole = Kept(result.folder / MODELS).whole(result.learner)
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home.resolve()}/mlflow.db"
    try:
        with _tracking(uri):
            parent = _logged(Story(result, experiment, declared, whole), uri, home=home)
    except Exception as error:  # MLflow, its stores and the network raise errors of many kinds
        raise LearnError(
            f"MLflow at {_shown(uri)} did not take the run: {_root(error, uri)}",
            do=f"the run itself is kept in {result.folder}: mend that and run it again, only the logging is repeated.",
        ) from error
    write_whole(result.folder / TRACKED, parent.encode())
    return parent


def _logged(story: Story, uri: str, *, home: Path) -> str:
    server = MlflowClient(uri)
    place = _experiment(server, story.result, home=None if uri.startswith("http") else home)
    for found in server.search_runs([place], f"tags.`{RUN}` = '{story.result.digests.run}'"):
        if found.info.status == "FINISHED":
            return found.info.run_id
        _remove(server, place, parent=found.info.run_id)
    return _log(server, place, story=story)


def _experiment(server: MlflowClient, result: RunResult, *, home: Path | None) -> str:
    """The id of MLflow's experiment, made when it is not there; artifacts lie at home unless a server keeps them."""
    name = f"{result.project}/{result.experiment}"
    found = server.get_experiment_by_name(name)
    if found is None:
        return server.create_experiment(name, (home / "mlruns").resolve().as_uri() if home else None)
    if found.lifecycle_stage != "active":
        server.restore_experiment(found.experiment_id)
    return found.experiment_id


def _remove(server: MlflowClient, place: str, *, parent: str) -> None:
    """Deletes what a logging that was stopped has left."""
    for child in server.search_runs([place], f"tags.`{PARENT}` = '{parent}'", ViewType.ACTIVE_ONLY):
        for model in child.outputs.model_outputs if child.outputs else ():
            server.delete_logged_model(model.model_id)
        server.delete_run(child.info.run_id)
    server.delete_run(parent)


def _log(server: MlflowClient, place: str, *, story: Story) -> str:
    result = story.result
    tags = {**_tags(result), "mlflow.source.name": "tayanch run", "mlflow.source.type": "LOCAL"}
    run = server.create_run(place, tags=tags, run_name=result.digests.run[:8]).info
    _batch(server, run.run_id, params=_params(story), metrics=_over_all(result, at=run.start_time))
    with _folder(_files(story)) as folder:
        server.log_artifacts(run.run_id, str(folder))
    for candidate in result.candidates:
        _log_candidate(server, run.run_id, story=story, candidate=candidate.candidate)
    server.set_terminated(run.run_id)
    return run.run_id


def _log_candidate(server: MlflowClient, parent: str, *, story: Story, candidate: str) -> None:
    place = server.get_run(parent).info.experiment_id
    tags = {PARENT: parent, CANDIDATE: candidate, "mlflow.source.name": "tayanch run"}
    run = server.create_run(place, tags=tags, run_name=candidate).info
    chosen = {name: str(value) for name, value in story.result.folds[-1].of(candidate).chosen}
    metrics = [*_by_fold(story.result, candidate, at=run.start_time), *_means(story.result, candidate, run.start_time)]
    _batch(server, run.run_id, params=chosen, metrics=metrics)
    if candidate == story.result.learner and story.whole is not None:
        _log_model(server, run.run_id, whole=story.whole)
    server.set_terminated(run.run_id)


def _batch(server: MlflowClient, run: str, *, params: Mapping[str, str], metrics: list[Metric]) -> None:
    server.log_batch(run, params=[Param(name, value) for name, value in params.items()])
    for start in range(0, len(metrics), MOST):
        server.log_batch(run, metrics=metrics[start : start + MOST])


# What is told


def _tags(result: RunResult) -> dict[str, str]:
    digests = {f"digest.{name}": str(value) for name, value in dataclasses.asdict(result.digests).items()}
    told = {"question": result.question, "learner": result.learner, "best_baseline": result.comparison.best_baseline}
    return {**digests, **told, "candidates": ", ".join(one.candidate for one in result.candidates)}


def _params(story: Story) -> dict[str, str]:
    """The declaration's single values; the whole of it lies beside, as declaration.yaml."""
    experiment, result = story.experiment, story.result
    told = {
        "cohort": experiment.cohort,
        "outcome": experiment.outcome,
        "learner": experiment.learner,
        "features": len(experiment.features),
        "folds": len(result.folds),
        "train_from": experiment.train.first,
        "train_every_months": experiment.train.every,
        "test_from": experiment.test.first,
        "test_to": experiment.test.last,
        "test_every_months": experiment.test.every,
        "capacity": result.capacity,
        "judged_by": experiment.judge.by,
        "cluster": result.cluster,
        "baselines": ", ".join(experiment.baselines),
        "seed": experiment.seed,
        "created_as_of": result.created_as_of,
        "trained_to": result.trained_to,
        **{f"parameters.{one.name}": ", ".join(map(str, one.values)) for one in experiment.parameters},
    }
    return {name: str(value) for name, value in told.items()}


def _over_all(result: RunResult, *, at: int) -> list[Metric]:
    """The parent's: the gain, and the learner's means, so that runs can be compared in one table."""
    return [*_span("gain", result.comparison.gain, (at, 0)), *_means(result, result.learner, at)]


def _means(result: RunResult, candidate: str, at: int) -> list[Metric]:
    overall = result.of(candidate)
    told = {f"{name}_mean": figure for name, figure in overall.mean.each()}
    told |= {"precision_pooled": overall.pooled_precision, "recall_pooled": overall.pooled_recall}
    return [metric for name, figure in told.items() for metric in _span(name, figure, (at, 0))]


def _by_fold(result: RunResult, candidate: str, *, at: int) -> list[Metric]:
    """Every measure of every fold; the step is the number of the fold, from 1."""
    return [
        metric for number, fold in enumerate(result.folds, 1) for metric in _one_fold(fold.of(candidate), (at, number))
    ]


def _one_fold(one: OnFold, when: tuple[int, int]) -> Iterator[Metric]:
    for name, figure in one.marks.each():
        yield from _span(name, figure, when)
    for name in ("families", "unknown", "positive", "listed", "listed_known", "listed_positive"):
        yield Metric(name, float(getattr(one.counts, name)), *when)


def _span(name: str, figure: Figure, when: tuple[int, int]) -> list[Metric]:
    """A value and the ends of its interval, those that are there. when: time in ms, and step."""
    told = ((name, figure.value), (f"{name}_low", figure.low), (f"{name}_high", figure.high))
    return [Metric(key, value, *when) for key, value in told if value is not None]


def _files(story: Story) -> dict[str, bytes]:
    kept = {name: (story.result.folder / name).read_bytes() for name in (RESULT, FOLDS, CALIBRATION, CAPACITY)}
    drawn = {f"plots/{name}": content for name, content in plots(story.result).items()}
    return {"declaration.yaml": story.declared.encode(), **kept, **drawn}


# The final model


def _log_model(server: MlflowClient, run: str, *, whole: Whole) -> None:
    scorer = whole.scorer
    with _folder({f"scorer/{name}": content for name, content in scorer_files(scorer).items()}) as folder:
        server.log_artifacts(run, str(folder))
    line = whole.calibration
    if not isinstance(scorer, LightGBMScorer) or line is None:
        server.log_batch(run, tags=[RunTag("served_model", f"none: {whole.note or scorer.kind.value}")])
        return
    texts = {
        "model.txt": scorer.text,
        "inputs.json": json.dumps(scorer.inputs.to_plain(), indent=1, ensure_ascii=False),
        "calibration.json": json.dumps({"slope": line.slope, "intercept": line.intercept}),
    }
    model = server.create_logged_model(server.get_run(run).info.experiment_id, MODEL, run)
    with _folder({name: text.encode() for name, text in texts.items()}) as folder:
        Model.log(
            artifact_path=None,
            model_id=model.model_id,
            flavor=mlflow.pyfunc,
            run_id=run,
            python_model=str(SERVED),
            artifacts={Path(name).stem: str(folder / name) for name in texts},
            signature=_signature(scorer),
            input_example=_example(scorer),
            pip_requirements=[f"{name}=={importlib.metadata.version(name)}" for name in LIBRARIES],
        )


def _signature(scorer: LightGBMScorer) -> ModelSignature:
    inputs: list[Any] = [ColSpec(COLUMNS.get(item.kind, AnyType()), item.feature) for item in scorer.inputs.items]
    return ModelSignature(Schema(inputs), Schema([ColSpec(DataType.double, "score")]))


def _example(scorer: LightGBMScorer) -> pd.DataFrame:
    """Two invented families, no real one: of the second the first feature is missing."""
    values: dict[str, Any] = {}
    for place, item in enumerate(scorer.inputs.items):
        known = item.categories[0] if item.kind is Kind.CODE else 1.0
        missing = None if item.kind is Kind.CODE else float("nan")
        values[item.feature] = [known, known if place else missing]
    return pd.DataFrame(values)


# Where it is told


@contextmanager
def _tracking(uri: str) -> Generator[None]:
    """MLflow turned to this place; before and after, the process's own settings hold."""
    before, loud = os.environ.get("MLFLOW_TRACKING_URI", ""), logging.getLogger("mlflow").level
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before or None)  # pyright: ignore[reportArgumentType]  None is how it is unset
        logging.getLogger("mlflow").setLevel(loud)


@contextmanager
def _folder(files: Mapping[str, bytes]) -> Generator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for path, content in files.items():
            place = Path(name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        yield Path(name)


def _shown(uri: str) -> str:
    """The place without the password that may stand in it."""
    password = urlsplit(uri).password
    return uri.replace(f":{password}@", ":…@") if password else uri


def _root(error: BaseException, uri: str) -> str:
    """What was wrong at bottom, in one line."""
    found = error
    while (deeper := found.__cause__ or found.__context__) is not None:
        found = deeper
    lines = str(found).splitlines() or [type(found).__name__]
    return lines[0].replace(uri, _shown(uri)).rstrip(".")
