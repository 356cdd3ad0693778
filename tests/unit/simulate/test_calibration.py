"""How the country is compared with published figures: sums add up over blocks, each comparison in its own way."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tayanch.errors import SimulationError
from tayanch.simulate.calibration import Compared, Sums, compare
from tayanch.simulate.calibration_page import Page, page
from tayanch.simulate.country import Country

FIGURES = """indicator,geography,value,unit,date,source
families,UZ,1000,families,2023,s
rate,UZ,11,percent,2023,s
rate,17,20,percent,2023,s
pay,17,300,UZS,2019,s
pay,18,100,UZS,2019,s
births,UZ,100,births,2023,s
marriages,UZ,50,marriages,2023,s
population,UZ,5000,persons,2026,s
people,17,75,persons,2026,s
people,18,25,persons,2026,s
"""
HOW = """
compare:
  - {indicator: rate, how: level, scale: 100, tolerance: 2}
  - {indicator: pay, how: relative, year: "2023", scale: 100, tolerance: 5}
  - {indicator: births, how: family, tolerance: 1}
  - {indicator: marriages, how: person, tolerance: 1}
  - {indicator: people, how: share, year: "2023", tolerance: 3}
outside: []
unmatched: [{figures: other, why: "no"}]
"""


@pytest.fixture
def country(tmp_path: Path) -> Country:
    (tmp_path / "figures.csv").write_text(FIGURES, encoding="utf-8")
    (tmp_path / "calibration.yaml").write_text(HOW, encoding="utf-8")
    return Country.load(tmp_path)


def _sums(*rows: tuple[str, str, int, float, float]) -> Sums:
    names = ("indicator", "when", "region", "above", "below")
    return Sums.of(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))


SUMS = _sums(
    ("rate", "2023", 17, 10, 50),
    ("rate", "2023", 17, 8, 50),
    ("rate", "2023", 18, 8, 100),
    ("pay", "2023", 17, 600, 1),
    ("pay", "2023", 18, 600, 3),
    ("births", "2023", 17, 12, 100),
    ("marriages", "2023", 17, 12, 1000),
    ("people", "2023", 17, 80, 0),
    ("people", "2023", 18, 20, 0),
)


def test_each_comparison_is_made_in_its_own_way(country: Country) -> None:
    found = {(one.indicator, one.place): (one.published, one.simulated) for one in compare(country, SUMS)}
    assert found == {
        ("rate", "UZ"): (11, pytest.approx(13)),
        ("rate", "17"): (20, pytest.approx(18)),
        ("pay", "17"): (pytest.approx(200), pytest.approx(200)),  # of the mean, each region weighted by its earners
        ("pay", "18"): (pytest.approx(100 * 100 / 150), pytest.approx(100 * 200 / 300)),
        ("births", "UZ"): (10, 12),
        ("marriages", "UZ"): (10, 12),
        ("people", "17"): (75, 80),
        ("people", "18"): (25, 20),
    }
    agree = {(one.indicator, one.place): one.agrees for one in compare(country, SUMS)}
    assert [what for what, fits in agree.items() if not fits] == [
        ("births", "UZ"),
        ("marriages", "UZ"),
        ("people", "17"),
        ("people", "18"),
    ]


def test_what_was_not_measured_is_not_compared(country: Country) -> None:
    assert [one.indicator for one in compare(country, _sums(("rate", "2023", 17, 1, 2)))] == ["rate", "rate"]


def test_an_unknown_key_is_told(country: Country) -> None:
    (country.folder / "calibration.yaml").write_text(HOW.replace("tolerance: 2}", "tolerence: 2}"), encoding="utf-8")
    with pytest.raises(SimulationError, match=r"calibration.yaml: compare.0.tolerance"):
        compare(Country.load(country.folder), SUMS)


def test_the_page_tells_every_figure_and_is_the_same_each_time() -> None:
    rows = [
        Compared("rate", "UZ", "2023", "percent", 11, 13, 1, "https://a.b/<c>"),
        Compared("pay", "17", "2023", "UZS", 1, 1, 0, "s"),
    ]
    told = Page(rows, {("rate", "UZ"): "because"}, [("other", "no")], {"17": "Andijan"})
    text = page(told)
    assert text == page(told)
    assert "1 of 2 published figures agree" in text
    assert "https://a.b/&lt;c&gt;" in text
    assert all(word in text for word in ("Andijan", "the nation", "because", "other"))
