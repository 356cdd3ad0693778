"""`tayanch simulate`: the whole country in its smallest, with the models themselves."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tayanch.cli import main

ROOT = Path(__file__).parents[3]
ASKED = ("--families", "1000", "--months", "6", "--processes", "1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of our own, with the country's figures as they are now."""
    folder = tmp_path / "project"
    for part in ("features", "project.yaml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["tayanch", *map(str, words)])
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_a_country_is_made_and_then_left_alone(project, tmp_path, monkeypatch, capsys):
    to = tmp_path / "country"
    for fresh in (True, False):
        assert run(monkeypatch, "--project", project, "simulate", *ASKED, "--to", to, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["fresh"] is fresh
        assert told["folder"] == str(to)
        assert told["rows"] > 10_000
    assert run(monkeypatch, "--project", project, "simulate", *ASKED, "--to", to) == 0
    assert "was there already" in capsys.readouterr().out


def test_a_scenario_that_is_not_there(project, tmp_path, monkeypatch, capsys):
    asked = ("--to", tmp_path / "country", "--scenario", "drifts")
    assert run(monkeypatch, "--project", project, "simulate", *asked) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert 'there is no scenario "drifts" → did you mean "drift"?' in said
    assert not (tmp_path / "country").exists()


def test_a_project_without_a_country(project, tmp_path, monkeypatch, capsys):
    shutil.rmtree(project / "features" / "country")
    assert run(monkeypatch, "--project", project, "simulate", "--to", tmp_path / "country") == 1
    assert "has no country to simulate" in capsys.readouterr().err
