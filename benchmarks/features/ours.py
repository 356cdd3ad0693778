"""Ours: the snapshot's buckets through the engine to Arrow record batches."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.features import bucketwise, declared
from benchmarks.features.bucketwise import Batches
from benchmarks.features.data import PROJECT
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.store.arrow import categories
from tayanch.store.engine import Evaluation, Room
from tayanch.store.plan import Plan, make_plan
from tayanch.store.questions import MatrixQuestion
from tayanch.store.source import read_by
from tayanch.store.values import ValueColumn
from tayanch.vocabulary import Kind

COHORT = "/cohort"


@cache
def _room() -> Room:
    """Where values are written, bucket after bucket."""
    return Room()


@cache
def _opened(folder: Path, dates: int) -> tuple[Snapshot, MatrixQuestion, Plan]:
    question = declared.question(dates)
    plan = make_plan({COHORT: question.cohort.expression, **question.expressions}, question.tables)
    return open_snapshot(folder, PROJECT), question, plan


def batches(folder: Path, bucket: int, dates: int = 12) -> Batches:
    """The rows of one bucket at the last so many dates."""
    snapshot, question, plan = _opened(folder, dates)
    values = Evaluation(snapshot.bucket(bucket, read_by(plan)), plan, room=_room()).at(question.moments)
    known, names = pa.array(values.families), [*question.expressions]
    for place in range(len(question.moments)):
        chosen = np.flatnonzero(values.known[place] & (values.columns[COHORT].values[place] == 1))
        families = known.take(pa.array(chosen))
        columns = [_column(values.columns[name], place, chosen) for name in names]
        shown = ["family", *(name.removeprefix(declared.PREFIX) for name in names)]
        yield place, pa.record_batch([families, *columns], names=shown)


def at_one_date(folder: Path, bucket: int) -> Batches:
    """The rows of one bucket at the last date."""
    return batches(folder, bucket, dates=1)


def _column(column: ValueColumn, place: int, chosen: Any) -> Any:
    values = column.values[place][chosen]
    return categories(values, column.words or ()) if column.kind is Kind.CODE else pa.array(values)


if __name__ == "__main__":
    bucketwise.run(batches)
