"""The limit: the same snapshot in, the same Arrow record batches out, and nothing between but what these sixty need."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.features import asked, bucketwise, limit_kernel
from benchmarks.features.bucketwise import Batches
from benchmarks.features.data import PROJECT
from benchmarks.features.sink import Cost
from tayanch.intake.disk import SnapshotFiles
from tayanch.intake.manifest import SnapshotManifest

VALUES = {"profile": asked.PROFILE} | dict.fromkeys(asked.KINDS, ("kind", "amount"))
COLUMNS = ("family", "key", "happened_on", "known_at", "retracted")


@cache
def _opened(folder: Path) -> tuple[SnapshotFiles, SnapshotManifest]:
    files = SnapshotFiles.of(folder, PROJECT)
    return files, files.read_manifest(files.current)


def _table(folder: Path, register: str, bucket: int) -> Any:
    """A register's part of a bucket, codes and families as categories."""
    files, manifest = _opened(folder)
    parts = manifest.registry(register)
    assert parts is not None
    (part,) = parts.buckets[bucket]
    coded = ["family", *({"kind", "district"} & {*VALUES[register]})]
    with pq.ParquetFile(files.part_path(register, part), read_dictionary=coded) as file:
        return file.read([*COLUMNS, *VALUES[register]], use_threads=False)


def _places(column: Any, words: Any) -> Any:
    """Of each category its place in words."""
    found = [
        pc.index_in(chunk.dictionary, value_set=words).to_numpy(zero_copy_only=False)[
            chunk.indices.to_numpy(zero_copy_only=False)
        ]
        for chunk in column.chunks
    ]
    return found[0] if len(found) == 1 else np.concatenate(found)


def _families(profile: Any) -> Any:
    """All families of a bucket: each has a profile."""
    return pc.unique(pa.chunked_array([chunk.dictionary for chunk in profile.column("family").chunks]))


def _rows(table: Any, families: Any) -> tuple[Any, ...]:
    """Where each family's rows begin, and the columns that versions are told by."""
    starts = np.searchsorted(_places(table.column("family"), families), np.arange(len(families) + 1)).astype(np.int64)
    keys = [np.frombuffer(chunk.buffers()[2], np.uint64)[: 4 * len(chunk)] for chunk in table.column("key").chunks]
    key = keys[0] if len(keys) == 1 else np.concatenate(keys)
    happened = table.column("happened_on").cast(pa.int32()).to_numpy()
    known = table.column("known_at").cast(pa.int64()).to_numpy()
    return starts, key, happened, known, table.column("retracted").to_numpy()


def _events(folder: Path, register: str, bucket: int, families: Any) -> tuple[Any, ...]:
    table = _table(folder, register, bucket)
    kind = _places(table.column("kind"), pa.array(asked.KINDS[register])).astype(np.int8)
    return (*_rows(table, families), kind, table.column("amount").to_numpy())


def _columns(folder: Path, bucket: int) -> tuple[Any, list[Any]]:
    """The families of a bucket, and all that is computed from, as arrays."""
    profile = _table(folder, "profile", bucket)
    families = _families(profile)
    district = _places(profile.column("district"), pa.array(asked.DISTRICTS)).astype(np.int32)
    state = (*_rows(profile, families), district, *(profile.column(name).to_numpy() for name in asked.PROFILE[1:]))
    return families, [*(_events(folder, register, bucket, families) for register in asked.KINDS), state]


@cache
def _space(families: int) -> Any:
    """Memory for the answer, touched once: a bucket's is taken from its beginning."""
    return limit_kernel.space(families)


def _answer(families: int) -> Any:
    """Counts, numbers and codes of so many families, in memory that the bucket before has used."""
    room = 1 << max(families - 1, 0).bit_length()
    return [told[: told.size // room * families].reshape(*shape, families) for told, shape in _space(room)]


def batches(folder: Path, bucket: int) -> Batches:
    """The rows of one bucket at all dates."""
    families, told = _columns(folder, bucket)
    counts, numbers, codes = answer = _answer(len(families))
    limit_kernel.features(*told, limit_kernel.TABLES, *answer)
    words = pa.array(asked.DISTRICTS)
    for date in range(len(asked.DATES)):
        columns = [
            *(pa.array(counts[place, date]) for place in range(len(counts))),
            *(pa.array(numbers[place, date]) for place in range(len(numbers))),
            pa.DictionaryArray.from_arrays(pa.array(codes[date]), words),
        ]
        yield date, pa.record_batch([families, *columns], names=limit_kernel.NAMES)


def kernel_alone(folder: Path) -> float:
    """CPU seconds of the kernel over all buckets, columns in memory before and the answer left there."""
    for _ in batches(folder, 0):
        pass
    total = 0.0
    for bucket in range(_opened(folder)[1].bucket_count):
        families, told = _columns(folder, bucket)
        answer = _answer(len(families))
        began = Cost.now()
        limit_kernel.features(*told, limit_kernel.TABLES, *answer)
        total += (Cost.now() - began).cpu
    return round(total, 3)


if __name__ == "__main__":
    bucketwise.run(batches, kernel_cpu=kernel_alone)
