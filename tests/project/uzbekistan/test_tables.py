"""The country's tables hold together: places in places, spelling, figures with their sources, names."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

COUNTRY = Path(__file__).parents[3] / "features" / "country"
WRONG_APOSTROPHE = re.compile("['`´‘’]|(?<![oOgG])ʻ|(?<=[oOgG])ʼ")
UZBEK_CYRILLIC = re.compile("[А-Яа-яЁёЎўҚқҒғҲҳ -]+")
RUSSIAN = re.compile("[А-Яа-яЁё -]+")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def rows(name: str) -> list[dict[str, str]]:
    with (COUNTRY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_places_lie_in_places() -> None:
    regions = {row["code"] for row in rows("regions")}
    region_of = {row["code"]: row["region_code"] for row in rows("districts")}
    mahallas = rows("mahallas")
    assert (len(regions), len(region_of), len(mahallas)) == (14, 206, 9_441)
    assert set(region_of.values()) == regions
    assert {row["district_code"] for row in mahallas} == set(region_of)
    assert all(row["region_code"] == region_of[row["district_code"]] for row in mahallas)
    assert len({row["mahalla_code"] for row in mahallas}) == len(mahallas)


def test_town_and_village() -> None:
    """All of Tashkent city is urban; of all mahallas about as many as people live in towns (51 %)."""
    urban = Counter((row["region_code"] == "1726", row["urban"]) for row in rows("mahallas"))
    assert set(urban) == {(True, "1"), (False, "1"), (False, "0")}
    assert urban[True, "1"] + urban[False, "1"] == pytest.approx(0.5 * urban.total(), rel=0.03)


def test_regions_add_up() -> None:
    regions, figures = rows("regions"), rows("figures")
    nation = {(row["indicator"], row["date"]): float(row["value"]) for row in figures if row["geography"] == "UZ"}
    assert sum(int(row["families_2021"]) for row in regions) == nation["families", "2021-01-01"]
    assert sum(int(row["population_2026"]) for row in regions) == pytest.approx(
        nation["population", "2026-01-01"], rel=1e-4
    )
    assert sum(float(row["families_share"]) for row in regions) == pytest.approx(1, abs=1e-4)
    for row in regions:
        assert float(row["family_size"]) == pytest.approx(
            int(row["population_2026"]) / int(row["families_2021"]), abs=0.01
        )


def test_regions_say_what_the_figures_say() -> None:
    told = {(row["indicator"], row["geography"], row["date"]): float(row["value"]) for row in rows("figures")}
    columns = {
        "families_2021": ("families", "2021-01-01"),
        "population_2026": ("population", "2026-01-01"),
        "poverty_2022": ("poverty_rate", "2022"),
        "poverty_2023_h1": ("poverty_rate", "2023-06"),
        "poverty_2023": ("poverty_rate", "2023"),
        "poverty_2024": ("poverty_rate", "2024"),
        "wage_2019": ("wage", "2019"),
        "pension_2019": ("pension", "2019"),
        "employment_2019": ("employment_rate", "2019"),
        "disability_2022": ("disability_rate", "2022"),
    }
    for row in rows("regions"):
        for column, (indicator, date) in columns.items():
            figure = told.get((indicator, row["code"], date))
            assert (float(row[column]) if row[column] else None) == figure, (row["code"], column)


def test_every_figure_has_a_unit_a_date_and_a_source() -> None:
    figures = rows("figures")
    places = {"UZ", *(row["code"] for row in rows("regions"))}
    for row in figures:
        assert float(row["value"]) > 0
        assert row["unit"]
        assert row["geography"] in places
        assert DATE.fullmatch(row["date"])
        assert row["source"].startswith(("https://", "http://", "computed: "))
    keys = [(row["indicator"], row["geography"], row["date"], row["source"]) for row in figures]
    assert len(set(keys)) == len(keys)


def test_shares_add_up_to_a_whole() -> None:
    for prefix in ("household_size_share_", "income_share_"):
        sums: defaultdict[tuple[str, str], float] = defaultdict(float)
        for row in rows("figures"):
            if row["indicator"].startswith(prefix):
                sums[row["geography"], row["date"]] += float(row["value"])
        assert all(value == pytest.approx(100, abs=0.11) for value in sums.values())


@pytest.mark.parametrize(("table", "column"), [("regions", "name_uz"), ("districts", "name_uz"), ("mahallas", "name")])
def test_places_are_spelled_in_uzbek(table: str, column: str) -> None:
    names = [row[column] for row in rows(table)]
    assert not [name for name in names if WRONG_APOSTROPHE.search(name) or re.search("[А-яЁёЎўҚқҒғҲҳ]", name)]
    assert all(names)


def test_regions_in_other_languages() -> None:
    for row in rows("regions"):
        assert UZBEK_CYRILLIC.fullmatch(row["name_uz_cyrl"])
        assert RUSSIAN.fullmatch(row["name_ru"])
        assert row["name_en"].isascii()


def test_names_of_persons() -> None:
    names = rows("names")
    parts = Counter(row["part"] for row in names)
    assert parts["given_m"] >= 120
    assert parts["given_f"] >= 120
    assert parts["surname_root"] >= 150
    assert len({(row["part"], row["latin"]) for row in names}) == len(names)
    for row in names:
        assert re.fullmatch("[A-Za-zʻʼ]+", row["latin"])
        assert not WRONG_APOSTROPHE.search(row["latin"])
        assert UZBEK_CYRILLIC.fullmatch(row["cyrillic"])
        assert RUSSIAN.fullmatch(row["russian"])
        assert int(row["weight"]) > 0
        if row["part"] == "surname_root":
            assert row["latin"].endswith(("ov", "ev"))


def test_the_tables_are_small() -> None:
    assert sum(file.stat().st_size for file in COUNTRY.glob("*.csv")) < 700_000
