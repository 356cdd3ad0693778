"""Environments for tools that the project does not depend on, made once by venv and pip under a cache folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

FOLDER = "TAYANCH_PEERS"
"""Names the cache folder; without it, ~/.cache/tayanch/peers."""
REQUIREMENTS = {
    "polars": ("polars==2.1.0", "numpy==2.4.6"),
    "featuretools": ("featuretools==1.31.0", "pandas==2.3.3", "pyarrow==25.0.1"),
    "feast": ("feast[duckdb]==0.67.0", "pandas==2.3.3", "pyarrow==25.0.1"),
}


class UnavailableError(Exception):
    """An environment can't be made; says why."""


def python_of(tool: str) -> Path:
    """The interpreter of a tool's environment, which is made when it is not there.

    Raises:
        UnavailableError: when pip can't get what the tool needs.
    """
    wanted = REQUIREMENTS[tool]
    told = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:8]
    top = Path(os.environ.get(FOLDER) or Path.home() / ".cache" / "tayanch" / "peers")
    folder, ready = top / f"{tool}-{told}", top / f"{tool}-{told}" / "ready"
    top.mkdir(parents=True, exist_ok=True)
    with (top / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.is_file():
            _install(folder, wanted)
            ready.touch()
    return folder / "bin" / "python"


def _install(folder: Path, wanted: tuple[str, ...]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--only-binary", ":all:", *wanted], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise UnavailableError(
            f"pip can't install {', '.join(wanted)}: {errors[-1] if errors else 'it does not say why'}"
        )
