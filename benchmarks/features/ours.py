"""Ours: the snapshot's buckets through the engine to Arrow record batches, as a matrix or a monthly run is made.

Buckets are laid out beforehand, as they are for whatever is asked second of a snapshot; or, with `parts` as the third
argument, each is laid out from the snapshot's parts while it is computed.
"""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path

from benchmarks.features import bucketwise, declared
from benchmarks.features.bucketwise import Batches
from benchmarks.features.data import PROJECT
from tayanch.intake.snapshot import open_snapshot
from tayanch.store.engine import Room
from tayanch.store.pieces import Making
from tayanch.vocabulary import no_progress


@cache
def _room() -> Room:
    """Where values are written, bucket after bucket."""
    return Room()


@cache
def _making(folder: Path, dates: int, laid_out: bool) -> Making:
    question, kept = declared.question(dates), folder / "laid" if laid_out else None
    return Making.of(open_snapshot(folder, PROJECT), question, kept, memory=None, progress=no_progress)


def batches(folder: Path, bucket: int, dates: int = 12, *, laid_out: bool = False) -> Batches:
    """The rows of one bucket at the last so many dates."""
    making = _making(folder, dates, laid_out)
    names = [*making.question.expressions]
    shown = ["family", *(name.removeprefix(declared.PREFIX) for name in names)]
    for place, rows in enumerate(making.batches(bucket, _room())):
        yield place, rows.select(["family", *names]).rename_columns(shown)


def at_one_date(folder: Path, bucket: int) -> Batches:
    """The rows of one bucket at the last date."""
    return batches(folder, bucket, dates=1)


def from_laid_out(folder: Path, bucket: int) -> Batches:
    """The rows of one bucket at all dates, read from the bucket as it was laid out."""
    return batches(folder, bucket, laid_out=True)


def lay_out(folder: Path, bucket: int) -> Batches:
    """Lays a bucket out; gives nothing."""
    _making(folder, 12, laid_out=True).layouts.bucket(bucket)
    return iter(())


if __name__ == "__main__":
    if sys.argv[3:] == ["parts"]:
        bucketwise.run(batches)
    else:
        shutil.rmtree(Path(sys.argv[1]) / "laid", ignore_errors=True)
        bucketwise.run(from_laid_out, first=lay_out)
