"""The faults planted in a simulated country against what intake put into quarantine, kind by kind.

Impossible faults can be seen in the row and must all be found. The plausible ones look like any other row: how many of
them were kept is told, and how much was set aside that nobody had planted.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import simulated
from tayanch.declare.registries import Registry
from tayanch.intake.quarantine import QuarantineFiles
from tayanch.simulate.country import Country
from tayanch.simulate.papers.registers import Register, read_registers

DEFAULT = 20_000
SEEN_AS = {
    "missing_number": "is missing",
    "mistyped_number": "is not a valid id",
    "short_row": "more or fewer fields",
    "future": "known before it happened",
    "negative": "is below 0",
    "changed_code": "is not one of its codes",
    "duplicate": "copy of another row",
}
"""What the reason in quarantine says of each kind. A row set aside for another reason does not count as found."""

Row = tuple[str, str, str]
"""A row of an extract: register, file, key as it stands in the file."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault: rows it was planted in, and how many of them were quarantined for it."""

    kind: str
    impossible: bool
    planted: int
    quarantined: int


@dataclass(frozen=True)
class Compared:
    """Faults against quarantine.

    missed: impossible rows that were kept, with their kind. beyond: rows quarantined that nobody planted, by register
    and reason.
    """

    kinds: tuple[Kind, ...]
    missed: tuple[tuple[Row, str], ...]
    beyond: Mapping[tuple[str, str], int]

    @property
    def impossible(self) -> int:
        """Impossible rows planted."""
        return sum(kind.planted for kind in self.kinds if kind.impossible)


def main(arguments: list[str]) -> int:
    """Simulates, takes in and compares; 1 when an impossible row was kept."""
    families = simulated.asked_families(DEFAULT)
    with tempfile.TemporaryDirectory(prefix="tayanch-faults-") as home:
        found = compared(simulated.made(families, Path(home)))
    show(found)
    print(json.dumps({"benchmark": "faults", "families": families, **told(found)}))
    return 1 if found.missed else 0


def compared(country: simulated.Country) -> Compared:
    """The faults of a country's truth against the quarantine of its intake."""
    registers = read_registers(Country.load(country.work.project.country_folder)).registers
    declared = [registry for registry in country.work.project.registries if registry.name in registers]
    quarantined = Counter(
        row for registry in declared for row in _quarantined(country.quarantine, registry, registers[registry.name])
    )
    planted = pq.read_table(country.truth / "faults.parquet")
    return matched(planted, quarantined, names={registry.name for registry in declared})


def matched(planted: Any, quarantined: Counter[tuple[Row, str]], *, names: set[str]) -> Compared:
    """Each fault takes one quarantined row of its register, file, key and reason; plausible ones after impossible."""
    counts: Counter[tuple[str, bool]] = Counter()
    found: Counter[tuple[str, bool]] = Counter()
    missed: list[tuple[Row, str]] = []
    left = Counter(quarantined)
    for told in sorted(planted.to_pylist(), key=lambda fault: not fault["impossible"]):
        assert told["register"] in names, f"{told['register']} is declared by no registry"
        kind, row = (told["kind"], told["impossible"]), (told["register"], told["file"], told["key"])
        counts[kind] += 1
        reason = SEEN_AS.get(told["kind"], "")
        if left[row, reason] > 0:
            left[row, reason] -= 1
            found[kind] += 1
        elif told["impossible"]:
            missed.append((row, told["kind"]))
    kinds = (Kind(*kind, planted=count, quarantined=found[kind]) for kind, count in counts.items())
    beyond: Counter[tuple[str, str]] = Counter()
    for (row, reason), count in left.items():
        beyond[row[0], reason] += count
    return Compared(
        tuple(sorted(kinds, key=lambda kind: (not kind.impossible, kind.kind))),
        tuple(missed),
        {what: count for what, count in sorted(beyond.items()) if count},
    )


def _quarantined(quarantine: QuarantineFiles, registry: Registry, register: Register) -> Iterator[tuple[Row, str]]:
    """The rows in a registry's quarantine, each with what was seen (as in SEEN_AS where it is one of these)."""
    for held in (held for held in quarantine.files() if held.registry == registry.name):
        file, table = held.name.partition("#")[0], quarantine.read(held)
        lines, reasons = table.column("_line").to_pylist(), table.column("_reason").to_pylist()
        for key, line, reason in zip(_keys(table, registry), lines, reasons, strict=True):
            told = key if line is None else _key_of(line, register)
            seen = next((word for word in SEEN_AS.values() if word in reason), reason)
            yield (registry.name, file, told), seen


def _keys(table: Any, registry: Registry) -> list[str]:
    cells = [pc.fill_null(pc.cast(table.column(name), pa.string()), "") for name in registry.key]
    return ["|".join(parts) for parts in zip(*(cell.to_pylist() for cell in cells), strict=True)]


def _key_of(line: str, register: Register) -> str:
    """The key in a line with too few cells."""
    cells = next(csv.reader([line], delimiter=register.delimiter))
    names = [column.there for column in register.columns]
    return "|".join(cells[names.index(name)] for name in register.key)


def show(found: Compared) -> None:
    """Prints a line for each kind."""
    print(f"{'planted fault':<18}{'rows':>9}{'quarantined':>13}{'kept':>9}")
    for kind in found.kinds:
        if kind.impossible:
            share = f"{100 * kind.quarantined / kind.planted:6.1f} % found, it must be 100"
        else:
            share = "        plausible: the row does not tell"
        kept = kind.planted - kind.quarantined
        print(f"{kind.kind:<18}{kind.planted:>9,}{kind.quarantined:>13,}{kept:>9,}   {share}")
    for (register, reason), count in found.beyond.items():
        print(f"not planted: {register}, {count:,} rows: {reason}")
    for (register, file, key), kind in found.missed[:10]:
        print(f"kept though impossible: {register} {file} {key}: {kind}", file=sys.stderr)


def told(found: Compared) -> dict[str, object]:
    """The figures for the line of JSON."""
    kinds = {
        kind.kind: {"impossible": kind.impossible, "planted": kind.planted, "quarantined": kind.quarantined}
        for kind in found.kinds
    }
    beyond = {f"{register}: {reason}": count for (register, reason), count in found.beyond.items()}
    return {"kinds": kinds, "missed": len(found.missed), "beyond": beyond}
