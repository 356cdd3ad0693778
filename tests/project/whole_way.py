"""A project's demo in a work folder, and the digests of all that must be the same however often it is run."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
APART = ("tracked", "lock")
"""Files that may differ: MLflow's own id, and a lock."""


def start(home: Path, project: str, *more: str) -> subprocess.Popen[str]:
    """The demo, begun."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAYANCH_", "MLFLOW_"))}
    environment = {**kept, "TAYANCH_HOME": str(home), "PYTHONPATH": f"{TOP / 'src'}{os.pathsep}{TOP / 'serving'}"}
    command = [sys.executable, "-m", "tayanch", "--project", project, "demo", "--no-serve", "--json", *more]
    return subprocess.Popen(
        command,
        cwd=TOP,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """A shell's background job ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def demo(home: Path, project: str, *more: str) -> dict[str, Any]:
    """What the demo says at its end."""
    out, err = (running := start(home, project, *more)).communicate()
    assert running.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def stopped(running: subprocess.Popen[str], after: float, by: signal.Signals) -> bool:
    """Whether the demo was stopped so many seconds after it began; False when it had ended by then."""
    try:
        running.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        os.kill(running.pid, by)
        running.communicate()
        return True
    return False


def made(home: Path) -> dict[str, str]:
    """Digests of all that must be the same: parts and manifests, results, releases, scores; and of the list's rows."""
    tops = ("simulated", "snapshots", "runs", "releases", "scores")
    files = [file for top in tops for file in sorted((home / top).rglob("*")) if file.is_file()]
    digests = {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name not in APART
    }
    with sqlite3.connect(home / "state.db") as state:
        (payload,) = state.execute("SELECT payload FROM events WHERE kind = 'list_published'").fetchone()
    return digests | {"rows of the list": json.loads(payload)["rows"]}
