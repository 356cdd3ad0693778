"""A result's files: result.json, folds.csv, curves, every family's scores, and the models a release can be made of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tayanch.declare.forms import canonical, to_plain
from tayanch.intake.disk import write_whole
from tayanch.learn.arrays import Truths
from tayanch.learn.bench import UNKNOWN
from tayanch.learn.judging import Learned
from tayanch.learn.kept import Kept
from tayanch.learn.results import RESULT, RunResult
from tayanch.learn.roster import names, releasable
from tayanch.learn.timeline import Fold

FOLDS, SCORES, EXPERIMENT, FEATURES = "folds.csv", "scores.parquet", "experiment.json", "features.json"
CAPACITY, CALIBRATION, MODELS = "capacity.csv", "calibration.csv", "models"


def write_run(result: RunResult, run: Learned, *, folder: Path) -> RunResult:
    """Writes the files of a run, result.json last; the same run writes the same bytes."""
    write_whole(folder / FOLDS, _csv(_fold_lines(result)))
    write_whole(folder / CAPACITY, _csv(_capacity_lines(result)))
    write_whole(folder / CALIBRATION, _csv(_calibration_lines(result)))
    write_whole(folder / EXPERIMENT, canonical(to_plain(run.plan.experiment)).encode())
    write_whole(folder / FEATURES, canonical(to_plain(run.plan.compiled)).encode())
    write_whole(folder / SCORES, _scores(run))
    _write_models(run, Kept(folder / MODELS))
    write_whole(folder / RESULT, result.to_bytes())
    return result.kept_at(folder=folder, tracked=result.tracked)


def _write_models(run: Learned, models: Kept) -> None:
    for name in releasable(run.plan.experiment):
        whole = run.kept.whole(name)
        if whole is not None:
            models.keep_whole(name, whole)


def _csv(lines: Iterator[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        ["" if value is None else value for value in line] for line in lines
    )
    return text.getvalue().encode()


def _fold_lines(result: RunResult) -> Iterator[Sequence[Any]]:
    yield ("as_of", "candidate", "measure", "value", "low", "high", "note")
    for fold in result.folds:
        for one in fold.candidates:
            for measure, told in one.marks.each():
                yield (fold.as_of, one.candidate, measure, told.value, told.low, told.high, told.note)


def _capacity_lines(result: RunResult) -> Iterator[Sequence[Any]]:
    yield ("candidate", "share", "measure", "value", "low", "high")
    for point in result.capacity_curve:
        for measure, told in (("precision", point.precision), ("recall", point.recall)):
            yield (point.candidate, point.share, measure, told.value, told.low, told.high)


def _calibration_lines(result: RunResult) -> Iterator[Sequence[Any]]:
    yield ("candidate", "expected", "observed", "low", "high", "families")
    for point in result.calibration_curve:
        told = point.observed
        yield (point.candidate, point.expected, told.value, told.low, told.high, point.families)


def _scores(run: Learned) -> bytes:
    """Every candidate's score of every family tested: the calibrated one, the raw one, and what came of it."""
    buffer = io.BytesIO()
    writer: Any = None
    for fold in run.folds:
        table = _fold_scores(run, fold)
        writer = writer or pq.ParquetWriter(buffer, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=max(1, table.num_rows))
    writer.close()
    return buffer.getvalue()


def _fold_scores(run: Learned, fold: Fold) -> Any:
    here = run.gathered.ledger.at(fold.test)
    parts = [_candidate_scores(run, fold, candidate=name, here=here) for name in names(run.plan.experiment)]
    return pa.concat_tables(parts).unify_dictionaries()


def _candidate_scores(run: Learned, fold: Fold, *, candidate: str, here: Truths) -> Any:
    trial, known = run.trial(fold, candidate), run.gathered.tested[here]
    count = len(known)
    probability = trial.probability
    return pa.table(
        {
            "as_of": pa.repeat(pa.scalar(fold.test, pa.date32()), count),
            "candidate": pa.repeat(pa.scalar(candidate), count).dictionary_encode(),
            "family": run.gathered.keys.family.filter(pa.array(here)),
            "score": pa.nulls(count, pa.float64()) if probability is None else pa.array(probability),
            "margin": pa.array(trial.margins),
            "outcome": pa.array(known.astype(np.int8), pa.int8(), mask=known == UNKNOWN),
        }
    )
