"""The contracts of pyproject.toml hold here, and each of them can break."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.scan import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = SETTINGS["contracts"]
SKELETON = {
    "tayanch/__main__.py": "import tayanch.cli",
    "tayanch/cli.py": "import tayanch.learn, tayanch.simulate",
    "tayanch/notebook.py": "import pandas, tayanch.learn, tayanch.store",
    "tayanch/learn/train.py": "import lightgbm, sklearn, shap, tayanch.release",
    "tayanch/learn/track.py": "import mlflow",
    "tayanch/simulate/world.py": "",
    "tayanch/simulate/papers/sql.py": "import sqlalchemy, xlsxwriter, tayanch.declare",
    "tayanch/release/verify.py": "import mlflow, lightgbm, shap, tayanch.store",
    "tayanch/state/database.py": "import sqlalchemy, tayanch.store",
    "tayanch/store/engine.py": "import duckdb, tayanch.intake",
    "tayanch/store/kernels.py": "import tayanch.compiling",
    "tayanch/compiling.py": "import numba",
    "tayanch/intake/snapshot.py": "import duckdb, tayanch.project",
    "tayanch/intake/databases.py": "import sqlalchemy, python_calamine",
    "tayanch/project.py": "import tayanch.declare",
    "tayanch/declare.py": "import tayanch.vocabulary",
    "tayanch/vocabulary.py": "import tayanch.errors",
    "tayanch/processes.py": "",
    "tayanch/errors.py": "",
    "tayanch_serving/app.py": "import fastapi, starlette, uvicorn, tayanch.release",
}
OFFENCES = {
    "layers": {"tayanch/extra.py": ""},
    "acyclic": {
        "tayanch/state/a.py": "import tayanch.state.b",
        "tayanch/state/b.py": "import tayanch.state.a",
    },
    "engine-knows-no-service": {"tayanch/cli.py": "import tayanch_serving.app"},
    "service-trains-nothing": {"tayanch_serving/app.py": "import tayanch.learn.train"},
    "service-sees-the-front-rooms": {"tayanch_serving/app.py": "import tayanch.intake"},
    "declarations-hold-no-data": {"tayanch/declare.py": "import numpy"},
    "door-duckdb": {"tayanch/project.py": "import duckdb"},
    "door-numba": {"tayanch/store/engine.py": "import numba"},
    "door-lightgbm": {"tayanch/learn/track.py": "import lightgbm"},
    "door-shap": {"tayanch/store/engine.py": "import shap"},
    "door-mlflow": {"tayanch/learn/train.py": "import mlflow"},
    "door-sqlalchemy": {"tayanch/store/engine.py": "import sqlalchemy"},
    "door-scikit-learn": {"tayanch/release/verify.py": "import sklearn"},
    "door-excel": {"tayanch/store/engine.py": "import xlsxwriter"},
    "door-web": {"tayanch/cli.py": "import uvicorn"},
}


def broken_contracts(place: Path) -> tuple[set[str], str]:
    """The names of the contracts that are broken in the packages of this folder, and what was printed."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=place,
        env=os.environ | {"PYTHONPATH": f"{place}:{place / 'src'}:{place / 'serving'}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    verdicts = dict(re.findall(r"^(.*\S)\s+(KEPT|BROKEN)\b", printed, flags=re.MULTILINE))
    assert len(verdicts) == len(CONTRACTS), printed
    return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}, printed


def write(place: Path, files: Mapping[str, str]) -> None:
    for name, source in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    for package in {path.parent for path in place.rglob("*.py")}:
        (package / "__init__.py").touch()


def test_every_contract_is_kept() -> None:
    broken, printed = broken_contracts(ROOT)
    assert not broken, printed


def test_a_sound_skeleton_keeps_every_contract(tmp_path: Path) -> None:
    write(tmp_path, SKELETON)
    broken, printed = broken_contracts(tmp_path)
    assert not broken, printed


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_every_contract_can_break(contract: Mapping[str, str], tmp_path: Path) -> None:
    write(tmp_path, SKELETON | OFFENCES[contract["id"]])
    broken, printed = broken_contracts(tmp_path)
    assert contract["name"] in broken, printed
