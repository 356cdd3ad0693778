"""Ours: the snapshot's buckets through the engine to Arrow record batches."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.features import bucketwise, declared
from benchmarks.features.bucketwise import Batches
from benchmarks.features.data import PROJECT
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store.arrow import categories
from tayanch.store.engine import Evaluation
from tayanch.store.plan import Plan, make_plan
from tayanch.store.questions import MatrixQuestion
from tayanch.store.source import needed
from tayanch.store.values import ValueColumn
from tayanch.vocabulary import Kind

COHORT = "/cohort"


@cache
def _opened(folder: Path, dates: int) -> tuple[Snapshot, MatrixQuestion, Plan]:
    question = declared.question(dates)
    plan = make_plan({COHORT: question.cohort.expression, **question.expressions}, question.tables)
    return open_snapshot(folder, PROJECT), question, plan


def batches(folder: Path, bucket: int, dates: int = 12) -> Batches:
    """The rows of one bucket at the last so many dates."""
    snapshot, question, plan = _opened(folder, dates)
    work = Evaluation(needed(snapshot.bucket(bucket), plan), plan)
    for place, moment in enumerate(question.moments):
        values = work.at([moment])
        chosen = np.flatnonzero(values.known[0] & (values.columns[COHORT].values[0] == 1))
        families = pa.array(values.families).take(pa.array(chosen))
        names = [*question.expressions]
        columns = [_column(values.columns[name], chosen) for name in names]
        shown = ["family", *(name.removeprefix(declared.PREFIX) for name in names)]
        yield place, pa.record_batch([families, *columns], names=shown)


def at_one_date(folder: Path, bucket: int) -> Batches:
    """The rows of one bucket at the last date."""
    return batches(folder, bucket, dates=1)


def _column(column: ValueColumn, places: object) -> object:
    values = column.values[0][places]
    return categories(values, column.words or ()) if column.kind is Kind.CODE else pa.array(values)


if __name__ == "__main__":
    bucketwise.run(batches)
