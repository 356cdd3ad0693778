"""The command line as a person meets it, in a new folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tayanch.cli import main

SMALL = Path(__file__).parents[2] / "small"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command in a new folder with a home of its own; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    for name in ("TAYANCH_PROJECT", "TAYANCH_DATA", "TAYANCH_STATE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TAYANCH_HOME", str(tmp_path / "home"))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tayanch", *words])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
