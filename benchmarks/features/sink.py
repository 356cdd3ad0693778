"""Where every tool hands its columns over: what they cost until then is measured, and what they say is summed up.

The sums do not hang on the order of rows and change with every bit: tools that agree in them agree in every value.
Needs numpy alone, so that it runs in any environment.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

CHUNK = 1 << 16
"""Rows summed up at a time, so that it takes no memory to speak of."""
Batch = tuple[int, Any, Mapping[str, Any]]
"""Number of the as_of date; of each row the family's 16 digits as uint64; by column the values, numbers of any type."""


@dataclass
class Cost:
    """Seconds on the wall, and of user and system CPU of this process alone."""

    wall: float = 0.0
    cpu: float = 0.0

    @classmethod
    def now(cls) -> Cost:
        """The clocks, to be subtracted."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(time.perf_counter(), used.ru_utime + used.ru_stime)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def plain(self) -> dict[str, float]:
        """For a line of JSON."""
        return {"wall": round(self.wall, 3), "cpu": round(self.cpu, 3)}


@dataclass
class Sink:
    """Takes batches. rows: how many came. sums: by date and column. own: what the summing cost."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    own: Cost = field(default_factory=Cost)

    def take(self, batch: Callable[[], Batch]) -> None:
        """Sums a batch up; turning it into numbers is part of the sink's own cost."""
        began = Cost.now()
        date, families, columns = batch()
        self.rows += len(families)
        for name, values in columns.items():
            told = f"{date} {name}"
            self.sums[told] = (self.sums.get(told, 0) + summed(families, values)) % 2**64
        self.own += Cost.now() - began

    def add(self, rows: int, sums: Mapping[str, int]) -> None:
        """Adds what another process took."""
        self.rows += rows
        for told, value in sums.items():
            self.sums[told] = (self.sums.get(told, 0) + value) % 2**64


def summed(families: Any, values: Any) -> int:
    """A number of all pairs of family and value, whatever their order; all that is missing is one value."""
    total = 0
    for start in range(0, len(families), CHUNK):
        numbers = np.asarray(values[start : start + CHUNK]).astype(np.float64) + 0.0
        numbers[np.isnan(numbers)] = np.nan
        with np.errstate(over="ignore"):
            mixed = mix(numbers.view(np.uint64) ^ mix(families[start : start + CHUNK]))
            total += int(mixed.sum(dtype=np.uint64))
    return total % 2**64


def mix(values: Any) -> Any:
    """splitmix64's finish: every bit of the result hangs on every bit given."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def families_of(folder: Path) -> Any:
    """Of all families, in the order of their flat places, the first 16 digits as uint64."""
    return np.concatenate([np.load(path) for path in sorted((folder / "flat" / "families").glob("*.npy"))])


def run(prepare: Callable[[Path], Any], work: Callable[[Any], Iterable[Callable[[], Batch]]]) -> None:
    """A tool in this process: prepares, works, hands over, prints a line of JSON. The folder is the first argument."""
    folder = Path(sys.argv[1])
    began = Cost.now()
    prepared = prepare(folder)
    prepared_cost, sink = Cost.now() - began, Sink()
    began = Cost.now()
    for batch in work(prepared):
        sink.take(batch)
    cost = Cost.now() - began - sink.own
    tell(sink, cost, prepare=prepared_cost, peak=peak_kib())


def tell(sink: Sink, cost: Cost, *, prepare: Cost, peak: int, **more: Any) -> None:
    """Prints what a tool took as one line of JSON."""
    told = {"rows": sink.rows, "work": cost.plain(), "prepare": prepare.plain(), "peak_kib": peak, "sums": sink.sums}
    print(json.dumps(told | more), flush=True)


def peak_kib() -> int:
    """The most memory this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "linux" else peak // 1024
