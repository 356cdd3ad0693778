"""The whole way on the bundled sample, twice: the line of JSON that scripts read, and the same bytes both times."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[3]


def _demo(home: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAYANCH_", "MLFLOW_"))}
    environment = {**kept, "TAYANCH_HOME": str(home), "PYTHONPATH": f"{TOP / 'src'}{os.pathsep}{TOP / 'serving'}"}
    command = [sys.executable, "-m", "tayanch", "--project", "examples/argentina", "demo", "--no-serve", "--json"]
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _made(home: Path) -> dict[str, str]:
    """Digests of all that must be the same: parts and manifests, results, releases, scores; and of the list's rows."""
    tops = ("snapshots", "runs", "releases", "scores")
    files = [file for top in tops for file in sorted((home / top).rglob("*")) if file.is_file()]
    digests = {
        str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name not in ("tracked", "lock")  # the first holds MLflow's own id
    }
    with sqlite3.connect(home / "state.db") as state:
        (payload,) = state.execute("SELECT payload FROM events WHERE kind = 'list_published'").fetchone()
    return digests | {"rows of the list": json.loads(payload)["rows"]}


@pytest.mark.long
def test_the_whole_way_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    told, again = _demo(tmp_path / "one"), _demo(tmp_path / "two")
    first, second = _made(tmp_path / "one"), _made(tmp_path / "two")
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert first.keys() == second.keys()
    assert told["experiments"] == again["experiments"]
    assert set(told) >= {"families", "rows", "quarantined", "seconds", "experiments"}
    assert (told["families"], told["rows"], told["quarantined"]) == (26_673, 284_836, 0)
    below = told["experiments"]["below_line"]
    assert below["folds"] == 13
    assert set(below["metrics"]) == {"lightgbm", "logistic", "single_feature", "rule", "prior", "random"}
    for measures in below["metrics"].values():
        for span in (measures["auc"], measures["precision_at_capacity"]):
            assert span["low"] <= span["value"] <= span["high"]
    assert below["gain"]["low"] <= below["gain"]["value"] <= below["gain"]["high"]
    assert below["best_baseline"] in below["metrics"]
