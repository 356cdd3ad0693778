"""`tayanch features`: listed, described, built and checked, on the small project."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tayanch.cli import stages
from tayanch.cli.desk import Bench
from tayanch.project import load_project
from tayanch.store.catalogue import BuiltCatalogue, read_catalogue
from tayanch.vocabulary import no_progress
from tests.unit.cli.conftest import SMALL, Command
from tests.unit.store.catalogued import SMALL as HAND_MADE


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small project, to change."""
    return Path(shutil.copytree(SMALL, tmp_path / "small", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder into which the small project's extracts were taken."""
    home = tmp_path_factory.mktemp("taken")
    project = load_project(SMALL)
    stages.intake(Bench(project, home, date(2026, 10, 1), no_progress), stages.extracts_folder(project, None))
    return home


@pytest.fixture
def taken(snapshot: Path, tmp_path: Path) -> None:
    """The command's work folder with the extracts taken in."""
    shutil.copytree(snapshot, tmp_path / "home")


def test_features_are_listed_by_theme(command: Command) -> None:
    code, out, _ = command("--project", str(SMALL), "features", "list", "--theme", "support", "--json")
    told = json.loads(out)
    assert code == 0
    assert [one["feature"] for one in told] == ["support.benefit_income_12m", "support.child_benefits_12m"]
    assert told[0]["policy"] == "allowed"
    assert "coverage" not in told[0]


def test_a_theme_that_is_none_is_told(command: Command) -> None:
    code, _, err = command("--project", str(SMALL), "features", "list", "--theme", "suport")
    assert code == 1
    assert '✗ there is no theme "suport"\n→ did you mean "support"?' in err


@pytest.mark.usefixtures("taken")
def test_the_whole_way(command: Command, tmp_path: Path) -> None:
    """Built, then described, listed and checked with what was found."""
    project = ("--project", str(SMALL))
    code, out, _ = command(*project, "features", "build", "--json")
    told = json.loads(out)
    assert (code, told["features"], told["cohorts"]) == (0, 7, ["families_above_line"])
    assert told["as_of"] == ["2025-07-01", "2025-10-01"]
    built = read_catalogue(tmp_path / "home", "small")
    assert built is not None
    assert (built.digest, built.catalogue.snapshot) == (told["digest"], told["snapshot"])
    assert {entry.place for entry in built.catalogue.features} >= {"features/family.py:8", "features/support.py:8"}
    assert all(entry.coverage[0].families is None for entry in built.catalogue.features)  # eight families: hidden
    (described,) = [json.loads(command(*project, "features", "describe", "family.people", "--json")[1])]
    assert (described["coverage"], described["releases"]) == ("fewer than 10", [])
    assert described["experiments"] == ["hardship"]
    assert command(*project, "features", "check")[0] == 0
    again = json.loads(command(*project, "features", "build", "--json")[1])
    assert again == told


@pytest.mark.usefixtures("taken")
def test_dates_and_cohorts_can_be_asked_for(command: Command) -> None:
    project = ("--project", str(SMALL))
    words = ("features", "build", "--on", "2026-01-01", "--on", "2025-01-01", "--cohort", "families_above_line")
    code, out, _ = command(*project, *words)
    assert code == 0
    assert out.startswith("7 features of the families in families_above_line\nas of 2025-01-01, 2026-01-01.\n")
    code, _, err = command(*project, "features", "build", "--cohort", "families")
    assert (code, '✗ "families" is not declared' in err) == (1, True)


def test_what_features_tell_of_a_protected_attribute_is_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sex,) = HAND_MADE.attributes
    made = replace(HAND_MADE, attributes=(sex, replace(sex, name="religion", foretold=())))
    monkeypatch.setattr(stages, "catalogue", lambda *_: BuiltCatalogue(made, "e" * 64))
    out = command("--project", str(SMALL), "features", "build")[1]
    assert "How well all features together tell sex_of_head" in " ".join(out.split())
    assert ["woman", "190", "812", "0.74", "0.70", "to", "0.78"] in [line.split() for line in out.splitlines()]
    assert "religion: too few families to test whether features tell it." in out


@pytest.mark.usefixtures("taken")
def test_what_was_changed_since_is_told_and_its_figures_are_not(command: Command, small: Path) -> None:
    project = ("--project", str(small))
    command(*project, "features", "build")
    file = small / "features" / "family.py"
    file.write_text(file.read_text().replace("< 18", "< 16"))
    code, out, _ = command(*project, "features", "check")
    assert code == 0
    assert "· declared anew since the catalogue was built: family.children → build the catalogue" in out
    told = json.loads(command(*project, "features", "describe", "family.children", "--json")[1])
    assert "coverage" not in told


def test_without_data_only_what_is_declared_is_looked_at(command: Command) -> None:
    assert command("--project", str(SMALL), "features", "check") == (0, "7 features: 0 to mend, 0 to look at.\n", "")


@pytest.mark.usefixtures("taken")
def test_before_a_build_the_data_are_not_looked_at(command: Command) -> None:
    code, out, _ = command("--project", str(SMALL), "features", "check")
    assert code == 0
    assert out.splitlines() == [
        "· the data have not been looked at → build the catalogue: tayanch features build.",
        "7 features: 0 to mend, 1 to look at.",
    ]


def test_what_must_be_mended_is_told_with_its_place_and_fails(command: Command, small: Path) -> None:
    experiment = small / "experiments" / "hardship.yaml"
    experiment.write_text(experiment.read_text().replace("worse: lower", "worse: lowest"))
    wording = small / "features" / "wording" / "uz.po"
    wording.write_text(wording.read_text().replace("family.people.name", "family.people.nam"))
    code, out, _ = command("--project", str(small), "features", "check")
    assert code == 1
    assert out.splitlines() == [
        '✗ experiments/hardship.yaml rule.worse: "lowest" is not declared → did you mean "lower"?',
        "✗ features/wording/uz.po: family.people.name is missing → word it; no release is frozen without.",
        *(line for line in out.splitlines() if line.startswith("·")),
        "7 features: 2 to mend, 7 to look at.",
    ]
    told = json.loads(command("--project", str(small), "features", "check", "--json")[1])
    assert told["mend"] == 2
    assert told["findings"][0] == {
        "must": True,
        "where": "experiments/hardship.yaml rule.worse",
        "met": '"lowest" is not declared',
        "do": 'did you mean "lower"?',
    }


@pytest.mark.parametrize("words", [("list",), ("check",), ("build",), ("matrix", "hardship", "--on", "2025-07-01")])
def test_no_command_goes_round_the_policy(command: Command, small: Path, words: tuple[str, ...]) -> None:
    (small / "features" / "policy.yaml").write_text("audit_only:\n  members.born: for audits\n")
    code, out, err = command("--project", str(small), "features", *words)
    assert (code, out) == (1, "")
    assert "✗ family.children reads members.born (audit_only: for audits)" in err


def test_a_run_does_not_go_round_the_need(command: Command, small: Path) -> None:
    (small / "features" / "policy.yaml").write_text("need_only:\n  family.children: care\n")
    for words in (("run", "hardship"), ("features", "matrix", "hardship", "--on", "2025-07-01"), ("features", "build")):
        code, out, err = command("--project", str(small), *words)
        assert (code, out) == (1, "")
        assert "✗ family.children may only raise a family on a list (need_only: care)" in err
