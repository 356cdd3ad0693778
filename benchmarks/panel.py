"""The Argentine panel from files to a saved run: seconds by stage, peak memory, the ratio to the leading peer's time.

The peer is triage 6.0.0 on the same protocol (5 models × 13 test quarters, full panel). Its figures below were measured
once, on another machine of this kind: the ratio is a guide, not a race run side by side, and the output says so.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

PEER_SECONDS = 204.0
"""triage 6.0.0 without saved predictions; 377 s with them. PostgreSQL's memory with it: 1.7 GB."""
EXPERIMENT = Path("examples/argentina/experiments/below_line.yaml")


def main(arguments: list[str]) -> int:
    """Runs the demo's stages on the data in TAYANCH_DATA (else the bundled sample) in a fresh work folder."""
    told = _demo()
    told["peak_gib"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20, 2)
    _show(told)
    print(json.dumps({"benchmark": "panel", **told}))
    return 0


def _demo() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TAYANCH_HOME": home}
        command = [sys.executable, "-m", "tayanch", "--project", "examples/argentina", "demo", "--no-serve", "--json"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _show(told: dict[str, object]) -> None:
    seconds = told["seconds"]
    assert isinstance(seconds, dict)
    lines = len(EXPERIMENT.read_text(encoding="utf-8").splitlines())
    print(f"data: {'full panel' if os.environ.get('TAYANCH_DATA') else 'bundled sample'}; families {told['families']}")
    for stage, taken in seconds.items():
        print(f"  {stage:<24} {taken:8.1f} s")
    same = seconds["intake"] + seconds[f"run {EXPERIMENT.stem}"]
    print(f"from files to the saved run of {EXPERIMENT.stem}: {same:.1f} s", end="; ")
    print(f"triage's recorded {PEER_SECONDS:.0f} s is {PEER_SECONDS / same:.1f} × that")
    print(f"peak memory {told['peak_gib']} GiB; the experiment file has {lines} lines")
