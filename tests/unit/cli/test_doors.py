"""Keys, quarantine and erasure from the command line: what is said, and what is never said."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tayanch.cli import main

SMALL = Path(__file__).parents[2] / "small"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command of a project that is not for practice; `told` comes on standard input."""
    monkeypatch.chdir(tmp_path)
    for name in ("TAYANCH_PROJECT", "TAYANCH_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TAYANCH_HOME", str(tmp_path / "home"))
    project = tmp_path / "real"
    project.mkdir()
    settings = (SMALL / "project.yaml").read_text()
    settings = "\n".join("practice: false" if line.startswith("practice:") else line for line in settings.splitlines())
    (project / "project.yaml").write_text(settings)
    for name in ("features", "experiments"):
        (project / name).symlink_to(SMALL / name)

    def run(*words: str, told: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tayanch", "--project", str(project), *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(told))
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


CODE = "benefit is not one of its codes"


def test_quarantine_is_listed_shown_without_numbers_exported_and_released(command: Command, tmp_path: Path) -> None:
    command("intake")
    told = json.loads(command("quarantine", "list", "--json")[1])
    assert [(row["file"], row["reason"], row["rows"], row["until"]) for row in told] == [
        ("payments.csv", CODE, 1, "2026-12-29"),
        ("payments.csv", "known before it happened", 1, "2026-12-29"),
    ]
    code, out, _ = command("quarantine", "show", "2026-09-30", "payments.csv", "--reason", CODE)
    assert (code, "•••" in out, "payments: 1 of 1 rows" in out) == (0, True, True)
    shown = command("quarantine", "show", "2026-09-30", "payments.csv", "--show-ids")[1]
    assert "•••" not in shown
    export = tmp_path / "mend.csv"
    assert command("quarantine", "export", "2026-09-30", "payments.csv", "--to", str(export))[0] == 0
    header, *rows = export.read_text().splitlines()
    number = dict(zip(header.split(","), rows[0].split(","), strict=True))["payment_id"]
    assert number in shown
    assert number not in out
    bad = next(row for row in rows if CODE in row)
    words = dict(zip(header.split(","), bad.split(","), strict=True)) | {"benefit": "child"}
    export.write_text(f"{header}\n{','.join(words.values())}\n")
    released = json.loads(command("quarantine", "release", "--mended", str(export), "--json")[1])
    assert (released["rows"], released["kept"], released["known_from"]) == (1, 1, "2026-10-01")
    assert len(json.loads(command("quarantine", "list", "--json")[1])) == 1
    code, out, _ = command("quarantine", "release")
    assert "1 rows read again = 0 kept, known from 2026-10-01 on, + 1 still quarantined." in out
    assert command("quarantine", "clear")[1] == "Past their term and gone: none.\n"


def test_keys_are_listed_by_id_and_rotated(command: Command, tmp_path: Path) -> None:
    command("intake")
    before = {key["kind"]: key["id"] for key in json.loads(command("keys", "list", "--json")[1])}
    assert before["erasure"] == "none yet"
    for kind in ("lookup", "sealing"):
        code, out, _ = command("keys", "rotate", kind, "--json")
        told = json.loads(out)
        assert (code, told["older_dropped"], told["id"] != before[kind]) == (0, True, True)
    after = {key["kind"]: (key["id"], key["older"]) for key in json.loads(command("keys", "list", "--json")[1])}
    assert after["linkage"] == (before["linkage"], [])
    assert after["sealing"][1] == []
    assert json.loads(command("quarantine", "list", "--json")[1])
    kept = "".join(path.read_text() for path in (tmp_path / "home" / "keys").glob("*.key"))
    assert not any(line in command("keys", "list")[1] for line in kept.splitlines())


def test_a_family_is_erased_by_a_number_that_no_command_line_holds(command: Command, tmp_path: Path) -> None:
    command("intake")
    said = ("--reason", "asked for in writing", "--by", "the officer")
    dry = json.loads(command("erase", "family", *said, "--dry-run", "--json", told="F1\n")[1])
    assert (dry["snapshots"], dry["rows"] > 10) == (1, True)
    code, out, _ = command("erase", "family", *said, "--json", told="F1\n")
    entry = json.loads(out)
    assert (code, entry["rows"], entry["number"]) == (0, dry["rows"], 1)
    proven = json.loads(command("erase", "--verify", "--json")[1])
    assert [one["id"] for one in proven["entries"]] == [entry["id"]]
    assert command("erase", "--resume")[1] == "No erasure was stopped: there is nothing to end.\n"
    number = tmp_path / "number"
    number.write_text("F1")
    code, _, err = command("erase", "family", *said, "--file", str(number))
    assert (code, "nothing is kept of this number" in err) == (1, True)
    code, _, err = command("erase", "family", *said, told="F1\nF2\n")
    assert (code, "2 numbers were given" in err) == (1, True)


def test_what_was_computed_of_single_families_goes_with_an_erasure(command: Command, tmp_path: Path) -> None:
    command("intake")
    home = tmp_path / "home"
    gone = [
        "cache/x",
        "index/small/d/x",
        "scores/r/1/x",
        "runs/a/scores.parquet",
        "mlruns/1/b/artifacts/scores.parquet",
    ]
    stays = ["runs/a/result.json", "index/other/d/x", "releases/r/1/x"]
    for name in (*gone, *stays):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")
    assert command("erase", "family", "--reason", "asked", "--by", "us", told="F1")[0] == 0
    assert [name for name in (*gone, *stays) if (home / name).exists()] == stays
