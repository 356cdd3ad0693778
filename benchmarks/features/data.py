"""Invented families in a real snapshot, made bucket by bucket; beside it the same rows flat, as other tools like them.

<folder>/snapshots/bench/...                 as intake writes it
<folder>/flat/<register>/<bucket>.parquet    family (place among all), happened, known, replaced; codes as places
<folder>/flat/families/<bucket>.npy          of each family the first 16 hexadecimal digits of its pseudonym

Equal seed, families and buckets give equal bytes. Amounts are whole, so that sums are exact in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.features import asked, declared
from tayanch.declare.registries import Registry
from tayanch.intake.disk import SnapshotFiles, new_part, write_whole
from tayanch.intake.manifest import Delivery, RegistryParts, SnapshotManifest, SnapshotPart
from tayanch.intake.pseudonyms import bucket_of
from tayanch.intake.shape import part_schema
from tayanch.intake.snapshot import Snapshot, open_snapshot
from tayanch.processes import fresh_processes

PROJECT, ZONE, HOURS = "bench", "Asia/Tashkent", 5
SEED = 4
FIRST, DAYS = date(2020, 1, 1).toordinal() - date(1970, 1, 1).toordinal(), 5 * 365
"""Events happen on these days."""
CORRECTED, RETRACTED, MOVED = 0.03, 0.005, 0.2
"""Shares: of rows that are corrected, of rows that are taken back, of corrections that move the day, too."""
NEVER = date(9999, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
DAY = 86_400_000_000
FEWEST_BUCKETS, FAMILIES_A_BUCKET = 16, 30_000
SALT = np.uint64(0x9E3779B97F4A7C15)
HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8).reshape(256, 2)


@dataclass(frozen=True)
class Order:
    """What to make. flat: with what other tools read."""

    folder: Path
    families: int
    flat: bool = True

    @property
    def buckets(self) -> int:
        """How many buckets the snapshot has."""
        return max(FEWEST_BUCKETS, -(-self.families // FAMILIES_A_BUCKET))


@dataclass(frozen=True)
class Made:
    """Rows of one register in one bucket: versions of events, sorted as a part is. family: place in the bucket."""

    family: Any
    key: Any
    happened: Any
    known: Any
    replaced: Any
    retracted: Any
    values: dict[str, Any]

    def taken(self, places: Any) -> Made:
        """The rows at these places."""
        values = {name: value[places] for name, value in self.values.items()}
        own = {name: value[places] for name, value in vars(self).items() if name != "values"}
        return replace(self, **own, values=values)


def make(order: Order, *, processes: int) -> Snapshot:
    """Makes the snapshot (and the flat files) and opens it."""
    dealt = _dealt(order)
    starts = np.cumsum([0, *(len(families) for families in dealt)])
    jobs = [(order, bucket, dealt[bucket], int(starts[bucket])) for bucket in range(order.buckets)]
    with fresh_processes(processes) as pool:
        parts = list(pool.map(_make_bucket, jobs))
    registries = tuple(
        RegistryParts(registry, tuple((found[registry.name],) for found in parts))
        for registry in sorted(declared.REGISTRIES, key=lambda registry: registry.name)
    )
    delivery = Delivery(1, asked.DATES[-1], ())
    files = SnapshotFiles.of(order.folder, PROJECT)
    files.write_manifest(SnapshotManifest(PROJECT, ZONE, "0" * 16, order.buckets, registries, (delivery,)))
    return open_snapshot(order.folder, PROJECT)


def _dealt(order: Order) -> list[Any]:
    """By bucket the first 16 digits of its families' pseudonyms as numbers, in their order."""
    digits = np.unique(_mixed(np.arange(order.families, dtype=np.uint64) + np.uint64(SEED)))
    assert len(digits) == order.families
    bucket = np.array([bucket_of(f"{told:016x}", order.buckets) for told in digits.tolist()], dtype=np.int32)
    return [digits[bucket == number] for number in range(order.buckets)]


def _mixed(values: Any) -> Any:
    """splitmix64: one to one, and nothing of the order stays."""
    with np.errstate(over="ignore"):
        values = values * SALT
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return values ^ (values >> np.uint64(31))


def _make_bucket(job: tuple[Order, int, Any, int]) -> dict[str, SnapshotPart]:
    order, bucket, families, start = job
    files = SnapshotFiles.of(order.folder, PROJECT)
    found: dict[str, SnapshotPart] = {}
    for number, registry in enumerate(declared.REGISTRIES):
        random = np.random.default_rng([SEED, bucket, number])
        first = _profile(random, len(families)) if registry is declared.profile else _events(random, registry, families)
        rows = _with_versions(random, first, moving=registry is not declared.profile)
        part, content = new_part(_part(registry, rows, families), versioned=True)
        write_whole(files.part_path(registry.name, part), content)
        found[registry.name] = part
        if order.flat:
            _write_flat(order.folder / "flat" / registry.name / f"{bucket:05}.parquet", rows, start=start)
    if order.flat:
        (order.folder / "flat" / "families").mkdir(parents=True, exist_ok=True)
        np.save(order.folder / "flat" / "families" / f"{bucket:05}.npy", families)
    return found


def _events(random: Any, registry: Registry, families: Any) -> Made:
    family = np.repeat(np.arange(len(families)), random.poisson(asked.EVENTS[registry.name], len(families)))
    happened = FIRST + random.integers(0, DAYS, len(family))
    values = {
        "kind": random.choice(3, len(family), p=(0.6, 0.3, 0.1)).astype(np.int8),
        "amount": np.minimum(random.lognormal(12.5, 0.8, len(family)), 5e6).astype(np.int64),
    }
    return _first(random, family, happened, values)


def _profile(random: Any, families: int) -> Made:
    """A version before all events and some later ones; no two of a family on one day."""
    later = np.repeat(np.arange(families), random.poisson(3.0, families))
    family = np.concatenate([np.arange(families), later])
    happened = np.concatenate([np.full(families, FIRST - 200), FIRST + random.integers(0, DAYS, len(later))])
    _, kept = np.unique(family * 100_000 + happened, return_index=True)
    values = {
        "district": random.integers(0, len(asked.DISTRICTS), len(kept)).astype(np.int8),
        "income": np.minimum(random.lognormal(14.5, 0.7, len(kept)), 5e7).astype(np.int64),
        "members": 1 + random.poisson(3.5, len(kept)),
    }
    return _first(random, family[kept], happened[kept], values)


def _first(random: Any, family: Any, happened: Any, values: dict[str, Any]) -> Made:
    """The first version of each row, known days to weeks after it happened, at some hour."""
    lag = 1 + random.gamma(2.0, 10.0, len(family)).astype(np.int64)
    known = (happened + lag) * DAY + random.integers(0, 24, len(family)) * (DAY // 24)
    key = random.integers(0, 2**63, (len(family), 2), dtype=np.uint64)
    never = np.full(len(family), NEVER * DAY)
    return Made(family, key, happened, known, never, np.zeros(len(family), dtype=bool), values)


def _with_versions(random: Any, rows: Made, *, moving: bool) -> Made:
    """The rows with their corrections and retractions, sorted as a part is. The very first profile always stands."""
    drawn = random.random(len(rows.family))
    drawn[rows.happened < FIRST] = 1.0
    places = np.flatnonzero(drawn < CORRECTED + RETRACTED)
    again = rows.taken(places)
    again.retracted[:] = drawn[places] < RETRACTED
    again.known[:] += (10 + random.integers(0, 200, len(places))) * DAY
    rows.replaced[places] = again.known
    for name in again.values.keys() & {"amount", "income"}:
        again.values[name][:] += random.integers(1, 50_000, len(places))
    if moving:
        again.happened[:] -= random.integers(1, 20, len(places)) * (random.random(len(places)) < MOVED)
    both = [np.concatenate([old, new]) for old, new in zip(_columns(rows), _columns(again), strict=True)]
    names = [*vars(rows)][:-1]
    values = dict(zip(rows.values, both[len(names) :], strict=True))
    made = Made(**dict(zip(names, both, strict=False)), values=values)
    return made.taken(np.lexsort((made.known, made.key[:, 1], made.key[:, 0], made.happened, made.family)))


def _columns(rows: Made) -> list[Any]:
    return [*[value for name, value in vars(rows).items() if name != "values"], *rows.values.values()]


def _part(registry: Registry, rows: Made, families: Any) -> Any:
    """The rows as intake writes them."""
    size = len(rows.family)
    pseudonyms = _texts(np.stack([families, _mixed(families)], axis=1))
    columns: dict[str, Any] = {
        "family": pseudonyms.take(pa.array(rows.family)),
        "key": _texts(rows.key),
        "happened_on": pa.array(rows.happened.astype(np.int32)).cast(pa.date32()),
        "known_at": pa.array(rows.known - HOURS * (DAY // 24)).cast(pa.timestamp("us", "UTC")),
        "claimed_known_at": pa.nulls(size, pa.timestamp("us", "UTC")),
        "delivery": pa.array(np.ones(size, dtype=np.int32)),
        "retracted": pa.array(rows.retracted),
    }
    for column in registry.columns:
        values = rows.values[column.name]
        coded = pa.array(column.words).take(pa.array(values)) if column.words else pa.array(values)
        columns[column.name] = coded
    schema = part_schema(registry)
    return pa.table([columns[field.name] for field in schema], schema=schema)


def _texts(numbers: Any) -> Any:
    """Rows of two 64-bit numbers as 32 hexadecimal digits."""
    digits = np.ascontiguousarray(HEX[numbers.astype(">u8").view(np.uint8).reshape(len(numbers), 16)])
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(digits))


def _write_flat(path: Path, rows: Made, *, start: int) -> None:
    """What can ever count, with the day on which each row was replaced worked out already."""
    days = {"happened": rows.happened, "known": rows.known // DAY, "replaced": rows.replaced // DAY}
    kept = np.flatnonzero(~rows.retracted & (days["known"] < days["replaced"]))
    columns: dict[str, Any] = {"family": pa.array((start + rows.family[kept]).astype(np.int32))}
    columns |= {name: pa.array(told[kept].astype(np.int32)).cast(pa.date32()) for name, told in days.items()}
    for name, values in rows.values.items():
        columns[name] = pa.array(values[kept].astype(np.int8 if values.dtype == np.int8 else np.int32))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd")
