"""Sixty features by ours and by other tools in one go: seconds, CPU, memory, and that all values agree to the last bit.

`--large`: a million families. `--country`: ours alone, nine million families at one date.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import simulated
from benchmarks.features import country, data, repository
from benchmarks.features.environments import UnavailableError, python_of

DEFAULT, LARGE, FEW = 100_000, 1_000_000, 5_000
"""Families: of the race, of the large one, and for tools that can't bear that many."""
GROWTH = 10_000
"""Families of the smallest country that ours is measured on to see how it grows."""
TIMES = 2
"""How often each tool runs; the run with the least CPU counts, since other work on the machine only ever adds to it."""
WIDTH = 110
"""Of the tables, in characters."""
TOP = Path(__file__).parents[2]
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Tool:
    """A module here, run in a process of its own. peer: the environment it needs. few: it bears few families only."""

    title: str
    module: str
    key: str = ""
    peer: str = ""
    arguments: tuple[str, ...] = ()
    few: bool = False


OURS = Tool("ours", "ours", arguments=(str(CORES),))
FROM_PARTS = Tool("ours, from the snapshot's parts", "ours", "from_parts", arguments=(str(CORES), "parts"))
LIMIT = Tool("limit: these sixty by hand, from the parts", "limit", "limit", arguments=(str(CORES),))
TOOLS = (
    FROM_PARTS,
    LIMIT,
    Tool("DuckDB, its best form", "duckdb_best", "duckdb"),
    Tool("DuckDB in triage's shape", "duckdb_triage", "triage_shape"),
    Tool("polars, per date", "polars_dates", "polars", "polars"),
    Tool("pandas, per date", "pandas_dates", "pandas"),
    Tool("featuretools, 40 of them", "featuretools_windows", "featuretools", "featuretools", few=True),
    Tool("Feast, duckdb: the join alone", "feast_join", "feast_duckdb", "feast", ("duckdb",), few=True),
    Tool("Feast, dask: the join alone", "feast_join", "feast_dask", "feast", ("dask",), few=True),
)
Told = Mapping[str, Any]
"""What a tool said at its end."""


def main(arguments: list[str]) -> int:
    """Runs the race; 1 when a tool's values are not ours, 2 when an argument is not known."""
    unknown = sorted({*arguments} - {"--large", "--country"})
    if unknown:
        print(f"features: {unknown[0]} is not known: --large, --country.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tayanch-features-") as folder:
        if "--country" in arguments:
            return country.main(Path(folder))
        return _race(Path(folder), simulated.asked_families(LARGE if "--large" in arguments else DEFAULT))


def _race(folder: Path, families: int) -> int:
    console, few = Console(width=WIDTH), min(FEW, families)
    ours, others, differ = _round(folder / "all", families, [tool for tool in TOOLS if not tool.few])
    _show(console, families, ours, others)
    ours_few, others_few, differ_few = _round(folder / "few", few, [tool for tool in TOOLS if tool.few])
    _show(console, few, ours_few, others_few)
    growth = _growth(folder, families) | {families: ours}
    _show_growth(console, growth)
    told: dict[str, Any] = {"benchmark": "features", "families": families, "rows": ours["rows"]}
    told |= {f"vs_{tool.key}": _ratio(found, ours, "cpu") for tool, found in others.items()}
    told |= {f"vs_{tool.key}": _ratio(found, ours_few, "cpu") for tool, found in others_few.items()}
    told["vs_limit"] = _ratio(others[FROM_PARTS], others[LIMIT], "cpu")
    told["wall"] = {tool.key: _ratio(found, ours, "wall") for tool, found in others.items()}
    told |= {"peak_gib": _gib(ours), "cpu": ours["work"]["cpu"], "few": few}
    told["peaks_gib"] = {tool.key: _gib(found) for tool, found in others.items()}
    told["growth"] = {str(size): found["work"] for size, found in growth.items()}
    told["differ"] = differ + differ_few
    print(json.dumps(told))
    return 1 if told["differ"] else 0


def _round(folder: Path, families: int, tools: Sequence[Tool]) -> tuple[Told, dict[Tool, Told], list[str]]:
    """Makes so many families and runs ours and the tools on them; at last which tools' values differ, and where."""
    snapshot = data.make(data.Order(folder, families), processes=CORES)
    if any(tool.peer == "feast" for tool in tools):
        repository.write(snapshot, folder)
    ours = ran(OURS, folder)
    assert ours is not None
    others = {tool: found for tool in tools if (found := ran(tool, folder)) is not None}
    return ours, others, [f"{tool.title}: {told}" for tool in others if (told := disagreement(ours, others[tool]))]


def ran(tool: Tool, folder: Path) -> Told | None:
    """What a tool says of the run with the least CPU; None, with the reason printed, when it can't be had."""
    try:
        python = python_of(tool.peer) if tool.peer else Path(sys.executable)
    except UnavailableError as error:
        print(f"left out: {tool.title}: {error}", file=sys.stderr)
        return None
    return min((_once(tool, python, folder) for _ in range(TIMES)), key=lambda told: told["work"]["cpu"])


def _once(tool: Tool, python: Path, folder: Path) -> Told:
    told = [TOP] if tool.peer else [TOP, TOP / "src", TOP / "serving"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, told)), "FEAST_USAGE": "False"}
    command = [python, "-W", "ignore", "-m", f"benchmarks.features.{tool.module}", folder, *tool.arguments]
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def disagreement(ours: Told, other: Told) -> str:
    """The columns in which another tool's values are not ours; "" when there is none."""
    told, whole = other["sums"], ours["sums"]
    differ = sorted({name.split()[1] for name in told if told[name] != whole.get(name)})
    return ", ".join(differ)


def _ratio(other: Told, ours: Told, of: str) -> float:
    return round(other["work"][of] / max(ours["work"][of], 0.001), 2)


def _gib(told: Told) -> float:
    return round(told["peak_kib"] / 2**20, 2)


def _growth(folder: Path, families: int) -> dict[int, Told]:
    """Ours on smaller countries, ten times smaller each."""
    found: dict[int, Told] = {}
    size = GROWTH
    while size < families:
        place = folder / str(size)
        data.make(data.Order(place, size, flat=False), processes=CORES)
        told = ran(OURS, place)
        assert told is not None
        found[size], size = told, size * 10
    return found


def _show(console: Console, families: int, ours: Told, others: Mapping[Tool, Told]) -> None:
    table = Table(title=f"{families:,} families × 12 dates × 60 features on {CORES} cores", title_justify="left")
    for name in ("", "wall s", "CPU s", "prepared, CPU s", "peak GiB", "CPU ÷ ours", "values"):
        table.add_column(name, justify="left" if name in ("", "values") else "right")
    for tool, told in {OURS: ours, **others}.items():
        agrees = f"{len(told['sums']) // 12} equal" if not disagreement(ours, told) else "[red]differ[/red]"
        seconds = [f"{told['work'][of]:.2f}" for of in ("wall", "cpu")]
        prepared, ratio = f"{told['prepare']['cpu']:.2f}", f"{_ratio(told, ours, 'cpu'):.2f}"
        table.add_row(tool.title, *seconds, prepared, f"{_gib(told):.2f}", ratio, agrees)
        if "kernel_cpu" in told:
            table.add_row("  of it the kernel alone", "", f"{told['kernel_cpu']:.2f}")
    console.print(table)


def _show_growth(console: Console, growth: Mapping[int, Told]) -> None:
    table = Table(title="ours as the country grows", title_justify="left")
    for name in ("families", "wall s", "CPU s", "CPU µs a family and date", "peak GiB"):
        table.add_column(name, justify="right")
    for families, told in sorted(growth.items()):
        cpu = told["work"]["cpu"]
        each = f"{1e6 * cpu / told['rows']:.2f}"
        table.add_row(f"{families:,}", f"{told['work']['wall']:.2f}", f"{cpu:.2f}", each, f"{_gib(told):.2f}")
    console.print(table)
