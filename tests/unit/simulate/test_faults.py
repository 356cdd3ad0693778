"""Faults: each kind is planted, each is told with its key, and what is impossible can be seen in the row."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tayanch.simulate.block_run import Made, make_block
from tayanch.simulate.country import Country
from tayanch.simulate.papers.extracts import CELLS, Desk, extract
from tayanch.simulate.papers.faults import IMPOSSIBLE, PLAUSIBLE
from tayanch.simulate.papers.numbers import valid
from tayanch.simulate.papers.registers import Faults, Registers, read_registers
from tayanch.simulate.papers.spelling import Names
from tests.unit.simulate.stand_in import COUNTRY, a_block, live

ALL = {
    "mistyped_number": 0.02,
    "swapped_number": 0.02,
    "missing_number": 0.02,
    "duplicate": 0.02,
    "short_row": 0.02,
    "future": 0.02,
    "negative": {"column": "amount", "share": 0.02},
    "correction": {"column": "amount", "share": 0.02, "median": 40.0, "spread": 0.5},
    "thousands": {"column": "amount", "region": 1718, "month": "2024-05"},
    "gaps": [{"region": 1718, "from": "2023-09", "to": "2023-10"}],
}


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.load(COUNTRY)


@pytest.fixture(scope="module")
def made(country) -> Made:
    return make_block(a_block(2_000), country, live=live)


def remittances(country: Country, faults: dict[str, object], *, families: int = 400):
    """The register of remittances, CSV and with amounts by month, with these faults alone."""
    told = read_registers(country)
    register = told.registers["remittances"].model_copy(update={"faults": Faults.model_validate(faults)})
    registers: Registers = told.model_copy(update={"registers": {"remittances": register}})
    block = a_block(families)
    lived = live(block, country)
    return extract(Desk(block, registers, lived.people, Names(country)), "remittances", lived.events["remittances"])


def rows_of(found, kind: str):
    """The extract's rows whose keys are told to have a fault of this kind."""
    keys = found.faults.filter(pc.equal(found.faults.column("kind"), kind)).column("key").to_pylist()
    told = zip(found.table.column("jshshir").to_pylist(), found.table.column("oy").to_pylist(), strict=True)
    wanted = set(keys)
    places = [place for place, (who, month) in enumerate(told) if f"{who or ''}|{month}" in wanted]
    return keys, found.table.take(pa.array(places, pa.int64()))


def months(table):
    return table.column("oy").to_numpy().astype("datetime64[M]").astype(str)


def test_without_faults_nothing_is_told(country):
    found = remittances(country, {})
    assert not found.faults.num_rows
    assert not found.wrong


def test_every_kind_is_planted_in_about_its_share_of_rows(country):
    found = remittances(country, ALL)
    kinds = Counter(found.faults.column("kind").to_pylist())
    assert kinds.keys() == (IMPOSSIBLE | PLAUSIBLE) - {"changed_code"}
    for kind in ("mistyped_number", "missing_number", "short_row", "future", "negative", "duplicate"):
        assert 0.014 < kinds[kind] / found.table.num_rows < 0.026, kind


def test_impossible_is_what_a_row_itself_gives_away(country):
    faults = remittances(country, ALL).faults
    told = set(zip(faults.column("kind").to_pylist(), faults.column("impossible").to_pylist(), strict=True))
    assert told == {(kind, kind in IMPOSSIBLE) for kind, _ in told}


def test_mistyped_numbers_fail_the_check_and_swapped_ones_pass_it(country):
    for kind, passes in (("mistyped_number", False), ("swapped_number", True)):
        keys, rows = rows_of(remittances(country, {kind: 0.05}), kind)
        numbers = np.array(rows.column("jshshir").to_pylist(), dtype=np.int64)
        assert rows.num_rows >= len(keys) > 0  # a swapped number may be somebody else's, who has rows as well
        assert (valid(numbers) == passes).all()


def test_whose_a_wrong_number_is_is_told(country):
    found = remittances(country, {"mistyped_number": 0.05, "swapped_number": 0.05})
    wrong = {str(number) for number, _ in found.wrong}
    keys = found.faults.column("key").to_pylist()
    assert wrong == {key.split("|")[0] for key in keys}
    true = np.array([number for _, number in found.wrong])
    assert valid(true).all()


def test_missing_numbers_are_empty(country):
    _, rows = rows_of(remittances(country, {"missing_number": 0.05}), "missing_number")
    assert rows.column("jshshir").null_count == rows.num_rows > 0


def test_short_rows_keep_their_key_and_lose_their_end(country):
    found = remittances(country, {"short_row": 0.05})
    _, rows = rows_of(found, "short_row")
    cells = found.table.column(CELLS).to_numpy()
    assert (cells > 0).sum() == rows.num_rows > 0
    assert set(cells[cells > 0]) <= {3}


def test_future_days_lie_after_the_row_was_known(country):
    found = remittances(country, {"future": 0.05})
    later = found.table.column("oy").to_numpy() > found.table.column("yuklangan_sana").to_numpy()
    assert later.sum() == found.faults.num_rows > 0


def test_negative_amounts(country):
    found = remittances(country, {"negative": {"column": "amount", "share": 0.05}})
    keys, rows = rows_of(found, "negative")
    assert (rows.column("summa").to_numpy() < 0).all()
    assert len(keys) == (found.table.column("summa").to_numpy() < 0).sum()


def test_a_duplicate_is_the_same_row_twice(country):
    found = remittances(country, {"duplicate": 0.05})
    keys, rows = rows_of(found, "duplicate")
    assert rows.num_rows == 2 * len(keys) > 0
    assert len(set(map(str, rows.to_pylist()))) == len(keys)


def test_a_correction_comes_later_with_the_right_amount(country):
    sound = {key(row): row["summa"] for row in remittances(country, {}).table.to_pylist()}
    found = remittances(country, {"correction": ALL["correction"]})
    _, rows = rows_of(found, "correction")
    first, last = {}, {}
    for row in rows.sort_by("yuklangan_sana").to_pylist():
        first.setdefault(key(row), row["summa"])
        last[key(row)] = row["summa"]
    twice = {who for who, count in Counter(map(key, rows.to_pylist())).items() if count == 2}
    assert len(twice) > 0.7 * len(first)
    assert all(first[who] != sound[who] for who in first)
    assert all(last[who] == sound[who] for who in twice)


def key(row) -> tuple[str, str]:
    return row["jshshir"], str(row["oy"])


def test_one_month_of_one_region_in_thousands(country):
    sound = remittances(country, {}).table
    found = remittances(country, {"thousands": ALL["thousands"]}).table
    there = months(sound) == "2024-05"
    before, after = sound.column("summa").to_numpy(), found.column("summa").to_numpy()
    assert (after[~there] == before[~there]).all()
    assert (after[there] == np.where(before[there] >= 1000, before[there] // 1000, before[there])).all()


def test_thousands_from_a_month_on_in_every_region(country):
    told = {"column": "amount", "region": 0, "month": "2026-04", "to": "2026-10"}
    found = remittances(country, {"thousands": told})
    assert sorted(set(months(rows_of(found, "thousands")[1]))) == [
        "2026-04",
        "2026-05",
        "2026-06",
        "2026-07",
        "2026-08",
        "2026-09",
    ]


def test_a_gap_is_told_once_a_region_and_has_no_row(country):
    found = remittances(country, {"gaps": ALL["gaps"]})
    assert not set(months(found.table)) & {"2023-09", "2023-10"}
    assert found.faults.to_pylist() == [
        {
            "register": "remittances",
            "file": "migratsiya/otkazmalar.csv",
            "key": "2023-09..2023-10",
            "kind": "gap",
            "impossible": False,
        }
    ]


def test_another_regions_faults_are_not_planted(country):
    elsewhere = {"thousands": {**ALL["thousands"], "region": 1703}, "gaps": [{**ALL["gaps"][0], "region": 1703}]}  # type: ignore[index]
    assert not remittances(country, elsewhere).faults.num_rows


def test_a_code_that_nobody_declared(country):
    block = a_block(400, region=1726)
    lived = live(block, country)
    desk = Desk(block, read_registers(country), lived.people, Names(country))
    found = extract(desk, "jobs", lived.events["jobs"])
    told = found.faults.filter(pc.equal(found.faults.column("kind"), "changed_code"))
    rows = found.table.filter(pc.equal(found.table.column("tarmoq"), "сфера услуг"))
    assert told.num_rows == rows.num_rows > 0
    assert pc.min(rows.column("boshlangan")).as_py().isoformat() >= "2026-03-01"
    assert pc.all(told.column("impossible")).as_py()


def test_a_fault_of_one_kind_does_not_stir_the_others(country):
    one = remittances(country, {"mistyped_number": 0.02}).faults.column("key").to_pylist()
    other = remittances(country, {"mistyped_number": 0.02, "duplicate": 0.02}).faults
    assert other.filter(pc.equal(other.column("kind"), "mistyped_number")).column("key").to_pylist() == one


def test_every_fault_of_the_country_names_a_row_of_its_file(made):
    """Sums over all registers: each told key stands in the extract."""
    registers = read_registers(Country.load(COUNTRY)).registers
    for name, table in made.registers.items():
        parts = [table.column(column).cast(pa.string()).fill_null("").to_pylist() for column in registers[name].key]
        there = {"|".join(cells) for cells in zip(*parts, strict=True)}
        faults = made.truth["faults"].filter(pc.equal(made.truth["faults"].column("register"), name)).to_pylist()
        assert all(fault["key"] in there for fault in faults if fault["kind"] != "gap"), name


def test_the_country_has_every_kind_of_fault():
    planted = {
        kind
        for told in read_registers(Country.load(COUNTRY)).registers.values()
        for kind, value in told.faults
        if value
    }
    assert planted == {*IMPOSSIBLE, *PLAUSIBLE, "gaps"} - {"gap"}
