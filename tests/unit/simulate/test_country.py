"""A country's figures: sections, tables, and scenarios that change only what is there."""

from pathlib import Path

import numpy as np
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.country import Country, scenarios
from tayanch.simulate.papers.registers import read_registers
from tests.unit.simulate.stand_in import COUNTRY

SCENARIOS = """
plain: {told: As it is.}
worse: {told: Worse., changes: {work.loss.rate: 0.5, work.months.1: 9}}
typing: {told: A slip., changes: {work.los.rate: 0.5}}
deep: {told: A slip further in., changes: {work.loss.rat: 0.5}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "country"
    folder.mkdir()
    (folder / "work.yaml").write_text("loss: {rate: 0.1}\nmonths: [1, 2, 3]\n")
    (folder / "scenarios.yaml").write_text(SCENARIOS)
    (folder / "places.csv").write_text("code,name,share,rate\n1,Oq,0.5,2\n2,Qora,1,\n")
    return folder


def test_a_section_is_what_its_file_says(folder):
    assert Country.load(folder).told("work") == {"loss": {"rate": 0.1}, "months": [1, 2, 3]}


def test_a_scenario_changes_values_by_their_path(folder):
    assert Country.load(folder, scenario="worse").told("work") == {"loss": {"rate": 0.5}, "months": [1, 9, 3]}


def test_what_is_told_is_ones_own(folder):
    country = Country.load(folder)
    country.told("work")["loss"]["rate"] = 7
    assert country.told("work")["loss"]["rate"] == 0.1


@pytest.mark.parametrize(
    ("scenario", "met"),
    [
        ("wors", 'scenarios: there is no scenario "wors": did you mean "worse"?'),
        ("typing", 'scenarios.yaml typing: work.los.rate: the section has no "los": did you mean "loss"?'),
        ("deep", 'scenarios.yaml deep: work.loss.rat: loss has no "rat": did you mean "rate"?'),
    ],
)
def test_what_a_scenario_can_not_change(folder, scenario, met):
    with pytest.raises(SimulationError) as found:
        Country.load(folder, scenario=scenario)
    assert str(found.value) == met


def test_a_section_or_table_that_is_not_there(folder):
    country = Country.load(folder)
    with pytest.raises(SimulationError, match=r'^the country has no section "wrk": did you mean "work"\?$'):
        country.told("wrk")
    with pytest.raises(SimulationError, match=r'^the country has no table "place": did you mean "places"\?$'):
        country.table("place")


def test_a_table_has_typed_columns(folder):
    table = Country.load(folder).table("places")
    assert table["code"].tolist() == [1, 2]
    assert table["name"].tolist() == ["Oq", "Qora"]
    assert table["share"].tolist() == [0.5, 1.0]
    assert np.isnan(table["rate"][1])


def test_the_digest_changes_with_any_figure_and_with_the_scenario(folder):
    seen = {Country.load(folder).digest, Country.load(folder, scenario="worse").digest}
    (folder / "places.csv").write_text("code,name,share,rate\n1,Oq,0.5,3\n")
    seen.add(Country.load(folder).digest)
    (folder.parent / "reference").mkdir()
    (folder.parent / "reference" / "line.csv").write_text("som\n1\n")
    seen.add(Country.load(folder).digest)
    assert len(seen) == 4
    (folder / "README.md").write_text("No figure.")
    assert Country.load(folder).digest in seen


@pytest.mark.parametrize("scenario", sorted(scenarios(COUNTRY)))
def test_every_scenario_of_the_country_can_stand(scenario):
    country = Country.load(COUNTRY, scenario=scenario)
    assert read_registers(country).registers
    for section in ("people", "income", "support", "strain"):
        country.told(section)


def test_all_scenarios_promised_are_there():
    promised = {"plain", "drift", "unit_change", "broken_source", "biased_labels", "programme", "flip"}
    assert promised <= set(scenarios(COUNTRY))
    assert all(told["told"] for told in scenarios(COUNTRY).values())
