"""A large country simulated by two processes and taken in: seconds, families a second, rows, bytes, memory.

Memory is what Linux tells of each process of a command in /proc: the most that one ever held (VmHWM), and the most that
all held together in one moment (RSS, four times a second; pages that two share count twice).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import simulated

DEFAULT, PROCESSES = 1_000_000, 2
SECONDS, GIB = 1800, 8.0
"""What the simulation of a million families may take on two cores."""
EVERY = 0.25
PROC = Path("/proc")


@dataclass(frozen=True)
class Measured:
    """A command that ended well. told: its line of JSON. peak: GiB of its largest process; together: of all at once."""

    told: dict[str, Any]
    seconds: float
    peak: float
    together: float

    def plain(self) -> dict[str, float]:
        """The figures for the line of JSON."""
        return {
            "seconds": round(self.seconds, 1),
            "peak_gib_of_a_process": round(self.peak, 2),
            "peak_gib_together": round(self.together, 2),
        }


def main(arguments: list[str]) -> int:
    """Simulates TAYANCH_FAMILIES families over 48 months and takes them in; 1 when a million takes too much."""
    if not (PROC / "self" / "status").is_file():
        print("this benchmark reads memory from /proc, which Linux has.", file=sys.stderr)
        return 2
    families = simulated.asked_families(DEFAULT)
    with tempfile.TemporaryDirectory(prefix="tayanch-country-") as folder:
        country, home = Path(folder) / "country", Path(folder) / "home"
        asked = ["--families", str(families), "--seed", str(simulated.SEED), "--processes", str(PROCESSES)]
        made = measured(["simulate", "--to", str(country), *asked], home)
        told: dict[str, Any] = {
            "families": families,
            "rows": made.told["rows"],
            "bytes": size(country / "registers"),
            "bytes_of_truth": size(country / "truth"),
            "families_per_second": round(families / made.seconds, 1),
            "simulate": made.plain(),
        }
        print(f"{families:,} families × 48 months by {PROCESSES} processes on {len(os.sched_getaffinity(0))} cores")
        show("simulated", made, rows=made.told["rows"], volume=told["bytes"])
        print(f"  {told['families_per_second']:,} families a second", flush=True)
        taken = measured(["intake", str(country / "registers")], home)
        told |= {
            "intake": taken.plain(),
            "quarantined": taken.told["quarantined"],
            "bytes_of_snapshot": size(home / "snapshots"),
        }
        show("taken in", taken, rows=taken.told["rows"], volume=told["bytes_of_snapshot"])
    print(json.dumps({"benchmark": "country", **told}))
    over = families >= DEFAULT and (made.seconds > SECONDS or max(made.together, taken.together) > GIB)
    return 1 if over else 0


def measured(command: Sequence[str], home: Path) -> Measured:
    """Runs a command of the Uzbekistan project and watches its processes.

    Raises:
        subprocess.CalledProcessError: when it fails.
    """
    whole = [sys.executable, "-m", "tayanch", "--project", str(simulated.TOP), *command, "--json"]
    with tempfile.TemporaryFile("w+") as out:
        began = time.monotonic()
        running = subprocess.Popen(whole, env={**os.environ, "TAYANCH_HOME": str(home)}, stdout=out, text=True)
        peak = together = 0
        while running.poll() is None:
            held = [_memory(process) for process in _family(running.pid)]
            peak = max(peak, *(most for _, most in held), 0)
            together = max(together, sum(now for now, _ in held))
            time.sleep(EVERY)
        seconds = time.monotonic() - began
        if running.returncode:
            raise subprocess.CalledProcessError(running.returncode, whole)
        out.seek(0)
        return Measured(json.loads(out.read().splitlines()[-1]), seconds, peak / 2**20, together / 2**20)


def _family(pid: int) -> list[int]:
    """The process and all that it started, and they."""
    parents: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
        parents.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for process in found:
        found.extend(parents.get(process, ()))
    return found


def _memory(process: int) -> tuple[int, int]:
    """KiB that a process holds, and the most that it held so far; 0 when it has ended."""
    try:
        lines = (PROC / str(process) / "status").read_text().splitlines()
    except OSError:
        return 0, 0
    told = {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if name[:2] == "Vm"
    }
    return told.get("VmRSS", 0), told.get("VmHWM", 0)


def size(folder: Path) -> int:
    """Bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def show(stage: str, done: Measured, *, rows: int, volume: int) -> None:
    """Prints a line for a stage."""
    memory = f"{done.peak:.2f} GiB the largest process, {done.together:.2f} GiB together"
    print(
        f"  {stage:<10} {done.seconds:8.1f} s  {rows:>13,} rows  {volume / 2**30:7.2f} GiB on disk  {memory}",
        flush=True,
    )
