"""What project.yaml may say: what is wrong is told with its key, before anything is computed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tayanch.errors import TayanchError
from tayanch.project import load_project

TOP = Path(__file__).parents[3]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    shutil.copytree(TOP / "tests" / "small", tmp_path / "small")
    return tmp_path / "small"


def _say(folder: Path, line: str) -> None:
    with (folder / "project.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"{line}\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("opens_with: hardshp", 'opens_with: there is no experiment "hardshp": did you mean "hardship"?'),
        ("simulated: {families: 0, months: 48, seed: 1}", "simulated.families: "),
        ("simulated: {famlies: 10, months: 48, seed: 1}", 'there is no key "famlies"'),
    ],
)
def test_a_mistake_is_told_with_its_key(small: Path, line: str, told: str) -> None:
    _say(small, line)
    with pytest.raises(TayanchError) as refused:
        load_project(small)
    assert told in str(refused.value)


def test_the_experiment_a_demo_opens_with_comes_first(small: Path) -> None:
    shutil.copy(small / "experiments" / "hardship.yaml", small / "experiments" / "aaa.yaml")
    assert load_project(small).experiments == ("aaa", "hardship")
    _say(small, "opens_with: hardship")
    assert load_project(small).experiments == ("hardship", "aaa")


def test_areas_have_the_names_that_people_call_them(small: Path) -> None:
    assert load_project(small).area_names == {}
    (small / "areas.csv").write_text("code,name\nM1,Guliston\n", encoding="utf-8")
    _say(small, "area_names: areas.csv")
    assert load_project(small).area_names == {"M1": "Guliston"}
    (small / "areas.csv").write_text("code,title\nM1,Guliston\n", encoding="utf-8")
    with pytest.raises(TayanchError, match=r"areas\.csv is no table with a column name"):
        _ = load_project(small).area_names
