"""Ours and the limit: bucket by bucket, on as many processes as there are cores. What a bucket gives is handed over as
Arrow record batches, one for each as_of date.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.features.data import PROJECT
from benchmarks.features.sink import Batch, Cost, Sink, peak_kib, tell
from tayanch.intake.snapshot import open_snapshot
from tayanch.processes import fresh_processes

Batches = Iterator[tuple[int, Any]]
"""The number of the as_of date and its record batch: `family`, then the columns. Valid until the next is asked for."""
Job = Callable[[Path, int], Batches]


@dataclass(frozen=True)
class Piece:
    """What a bucket took, in the process that computed it. check: whether values are summed up."""

    rows: int
    sums: dict[str, int]
    cost: Cost
    peak: int
    process: int


@dataclass(frozen=True)
class Taken:
    """What all took together. peak: KiB of all processes, each at its own worst moment."""

    sink: Sink
    cost: Cost
    peak: int


def over_buckets(job: Job, folder: Path, *, buckets: int, processes: int, check: bool = True) -> Taken:
    """Runs a job for every bucket. Starting the processes and loading libraries are left out, as for other tools.

    Summing up takes its own time: a run that is measured leaves it out, another checks.
    """
    sink, cost, peaks = Sink(), Cost(), dict[int, int]()
    with fresh_processes(processes) as pool:
        list(pool.map(_warmed, [(job, folder)] * processes))
        began = Cost.now()
        for piece in pool.map(_piece, [(job, folder, number, check) for number in range(buckets)]):
            sink.add(piece.rows, piece.sums)
            cost += piece.cost
            peaks[piece.process] = max(peaks.get(piece.process, 0), piece.peak)
        spent = Cost.now() - began
    return Taken(sink, Cost(spent.wall, cost.cpu + spent.cpu), peak_kib() + sum(peaks.values()))


def _warmed(job: tuple[Job, Path]) -> None:
    """Computes the first bucket once, so that what is compiled is loaded and memory was touched."""
    for _ in job[0](job[1], 0):
        pass


def computed(job: Job, folder: Path, number: int, check: bool = True) -> Piece:
    """One bucket, here and now."""
    sink, rows, began = Sink(), 0, Cost.now()
    for date, batch in job(folder, number):
        rows += batch.num_rows
        if check:
            sink.take(lambda date=date, batch=batch: _numbers(date, batch))
    cost = Cost.now() - began - sink.own
    return Piece(rows, sink.sums, cost, peak_kib(), os.getpid())


def _piece(told: tuple[Job, Path, int, bool]) -> Piece:
    return computed(*told)


def _numbers(date: int, batch: Any) -> Batch:
    columns = {name: _values(batch.column(name)) for name in batch.schema.names if name != "family"}
    return date, digits(batch.column("family")), columns


def _values(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        places = column.indices
        return np.where(places.is_valid(), places.fill_null(0).to_numpy(zero_copy_only=False), np.nan)
    return column.to_numpy(zero_copy_only=False)


def digits(pseudonyms: Any) -> Any:
    """The first 16 hexadecimal digits of pseudonyms as numbers."""
    text = np.frombuffer(pseudonyms.buffers()[2], np.uint8, offset=pseudonyms.offset * 32)
    letters = text[: len(pseudonyms) * 32].reshape(-1, 32)[:, :16]
    halves = np.where(letters >= ord("a"), letters - ord("a") + 10, letters - ord("0")).astype(np.uint8)
    joined = np.ascontiguousarray(halves[:, ::2] << 4 | halves[:, 1::2])
    return joined.view(">u8").reshape(-1).astype(np.uint64)


def run(job: Job, first: Job | None = None, **aside: Callable[[Path], float]) -> None:
    """A tool that works bucket by bucket: measured, then checked; prints one line of JSON, with what is told aside.

    first: what prepares each bucket.
    """
    folder, processes = Path(sys.argv[1]), int(sys.argv[2])
    buckets = open_snapshot(folder, PROJECT).buckets
    prepared = over_buckets(first, folder, buckets=buckets, processes=processes, check=False).cost if first else Cost()
    measured = over_buckets(job, folder, buckets=buckets, processes=processes, check=False)
    checked = over_buckets(job, folder, buckets=buckets, processes=processes)
    more = {name: told(folder) for name, told in aside.items()}
    tell(checked.sink, measured.cost, prepare=prepared, peak=measured.peak, **more)
