"""The command line: what it says, where it says it, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tayanch import __version__
from tayanch.cli.desk import parse_size
from tayanch.cli.keys import linkage_key
from tayanch.errors import ProjectError
from tayanch.intake.keys import practice_key
from tayanch.project import load_project
from tests.unit.cli.conftest import SMALL, Command


def test_the_version_is_told(command: Command) -> None:
    assert command("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("told", "wanted"), [("8GiB", 2**33), ("500MiB", 500 * 2**20), ("1.5 GB", 1_500_000_000), (" 7MB ", 7_000_000)]
)
def test_sizes_of_memory(told: str, wanted: int) -> None:
    assert parse_size(told) == wanted


def test_wrong_usage_is_2_and_an_error_of_ours_is_1(command: Command) -> None:
    assert command("intake", "--delivred", "2026-01-01")[0] == 2
    code, out, err = command("--project", "nowhere", "features", "list")
    assert (code, out) == (1, "")
    assert "nowhere has no project.yaml" in err


def test_an_error_in_json_is_one_line_on_standard_error(command: Command) -> None:
    code, out, err = command("--project", str(SMALL), "features", "describe", "income.wages_3mm", "--json")
    assert (code, out) == (1, "")
    assert json.loads(err) == {
        "error": {
            "kind": "DeclarationError",
            "where": "",
            "met": 'there is no feature "income.wages_3mm"',
            "do": 'did you mean "income.wages_3m"?',
        }
    }


@pytest.mark.parametrize(
    ("words", "met", "do"),
    [
        (
            ("init", "here", "--from", "uzbekstan"),
            'there is no bundled project "uzbekstan"',
            'did you mean "uzbekistan"?',
        ),
        (("intake", "nowhere"), "nowhere is not a folder", "name the folder in which the extracts lie."),
        (("run", "hardship"), "there is no snapshot of small yet", "run `tayanch intake` first."),
        (("run", "hardshp"), 'there is no experiment "hardshp"', 'did you mean "hardship"?'),
        (("features", "matrix", "hardship", "--on", "2025"), '"2025" is not a date', "write it as 2026-01-31."),
        (("intake", "--memory", "8 gigs"), '"8 gigs" is not a size of memory', "write it as 8GiB or 500MiB."),
        (("intake", "--memory", "0GiB"), '"0GiB" is not a size of memory', "write it as 8GiB or 500MiB."),
        (("score", "hardship/1"), 'there is no release "hardship/1"', "none is declared."),
        (("release", "verify", "hardship/1"), 'there is no release "hardship/1"', "none is declared."),
    ],
)
def test_a_new_users_mistakes_are_told_with_what_to_do(
    command: Command, words: tuple[str, ...], met: str, do: str
) -> None:
    code, out, err = command("--project", str(SMALL), *words)
    assert (code, out) == (1, "")
    assert f"✗ {met}" in err
    assert f"→ {do}" in err


@pytest.mark.parametrize("name", ["uzbekistan", "argentina", "empty"])
def test_init_starts_from_a_bundled_project(command: Command, tmp_path: Path, name: str) -> None:
    assert command("init", "here", "--from", name)[0] == 0
    told = load_project(tmp_path / "here")
    assert told.registries
    assert told.settings.name == {"empty": "mine"}.get(name, name)


def test_init_does_not_write_over_anything(command: Command, tmp_path: Path) -> None:
    assert command("init", "here")[0] == 0
    assert (tmp_path / "here" / "features" / "registries.py").is_file()
    code, _, err = command("init", "here")
    assert code == 1
    assert "here is not an empty folder" in err


def test_intake_tells_scripts_what_became_of_every_file(command: Command) -> None:
    code, out, _ = command("--project", str(SMALL), "intake", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["rows"], told["kept"], told["quarantined"], told["new"]) == (345, 343, 2, True)
    assert all(file["rows"] == file["kept"] + file["quarantined"] for file in told["files"])
    again = json.loads(command("--project", str(SMALL), "intake", "--json")[1])
    assert (again["new"], again["snapshot"]) == (False, told["snapshot"])


def test_a_dry_run_tells_the_same_and_writes_nothing(command: Command, tmp_path: Path) -> None:
    code, out, _ = command("--project", str(SMALL), "intake", "--dry-run", "--json")
    assert (code, list(tmp_path.rglob("*"))) == (0, [])
    told = json.loads(out)
    assert told == json.loads(command("--project", str(SMALL), "intake", "--json")[1]) | {"dry_run": True}
    _copied(tmp_path / "other", name="other", practice="false")
    code, out, _ = command(
        "--project", str(tmp_path / "other"), "intake", str(SMALL / "features" / "example"), "--dry-run"
    )
    assert code == 0
    assert out.endswith("345 rows in = 343 kept + 2 quarantined. A dry run: nothing was written.\n")
    assert "They lie in" not in out
    assert not list((tmp_path / "home" / "keys").glob("linkage_*"))


def test_a_run_that_can_not_be_learned_from_says_why_and_fails(command: Command) -> None:
    command("--project", str(SMALL), "intake")
    code, out, err = command("--project", str(SMALL), "run", "hardship")
    assert (code, out) == (1, "")
    assert "✗" in err
    assert "Traceback" not in err


def _copied(folder: Path, **settings: str) -> Any:
    text = (SMALL / "project.yaml").read_text()
    for key, value in settings.items():
        text = "\n".join(f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.splitlines())
    folder.mkdir()
    (folder / "project.yaml").write_text(text)
    (folder / "features").symlink_to(SMALL / "features")
    (folder / "experiments").symlink_to(SMALL / "experiments")
    return load_project(folder)


def test_practice_projects_share_a_linkage_key_and_others_make_their_own(tmp_path: Path) -> None:
    assert linkage_key(_copied(tmp_path / "practice"), tmp_path) == practice_key("linkage").secret
    real = _copied(tmp_path / "real", practice="false")
    made = linkage_key(real, tmp_path)
    assert made != practice_key("linkage").secret
    assert linkage_key(real, tmp_path) == made
    file = tmp_path / "keys" / "linkage_small.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text(practice_key("linkage").secret.hex())
    with pytest.raises(ProjectError, match="the linkage key is a published practice key"):
        linkage_key(real, tmp_path)


def test_features_are_exported_for_feast(command: Command, tmp_path: Path) -> None:
    command("--project", str(SMALL), "intake")
    code, out, _ = command("--project", str(SMALL), "features", "export", "hardship", "--feast", "there", "--json")
    told = json.loads(out)
    assert (code, told["rows"], told["views"]) == (0, 37, ["family", "income", "support", "work"])
    assert {path.name for path in (tmp_path / "there").iterdir()} == {
        "README.md",
        "data",
        "definitions.py",
        "feature_store.yaml",
    }
    assert "'purpose': 'eligibility'" in (tmp_path / "there" / "definitions.py").read_text()
    code, _, err = command("--project", str(SMALL), "features", "export", "hardship", "--feast", "there")
    assert (code, "there is not an empty folder" in err) == (1, True)


def test_deliveries_are_told_and_every_byte_is_verified(command: Command, home: Path) -> None:
    told = json.loads(command("--project", str(SMALL), "intake", "--json")[1])
    code, out, _ = command("--project", str(SMALL), "deliveries", "--verify", "--json")
    listed = json.loads(out)
    (one,) = listed["deliveries"]
    assert (code, listed["snapshot"]) == (0, told["snapshot"])
    assert {name: one[name] for name in ("delivered", "rows", "kept", "quarantined", "findings")} == {
        name: told[name] for name in ("delivered", "rows", "kept", "quarantined", "findings")
    }
    parts = sorted((home / "snapshots").rglob("*.parquet"))
    assert listed["verified"] == len(parts)
    assert "parts are as they were written" in command("--project", str(SMALL), "deliveries", "--verify")[1]
    parts[0].write_bytes(parts[0].read_bytes()[:-1])
    code, _, err = command("--project", str(SMALL), "deliveries", "--verify", "--json")
    assert code == 1
    assert parts[0].name in json.loads(err)["error"]["where"]


def test_a_delivery_from_tomorrow_is_refused(command: Command) -> None:
    code, _, err = command("--project", str(SMALL), "intake", "--delivered", "2199-01-01", "--json")
    assert code == 1
    assert json.loads(err)["error"]["met"].startswith("the delivery is dated 2199-01-01, and today is ")
