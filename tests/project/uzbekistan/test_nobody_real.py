"""Nobody of the country is real: numbers that no agency gave, names put together from parts."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from benchmarks.simulated import TOP, Country
from tayanch.simulate import country as figures
from tayanch.simulate.papers.registers import Register, read_registers
from tayanch.simulate.papers.spelling import SCRIPTS

NUMBERS = ("jshshir", "ikkinchi_jshshir")
DISTRICT = slice(7, 10)
NOT_ASSIGNED = "000"
"""District code of a number (digits 8 to 10): none has this one, so no living person's number can be among these."""
WEIGHTS = (7, 3, 1) * 4 + (7,)
PATRONYMICS = (
    *(" oʻgʻli", " qizi", " ўғли", " қизи", " угли", " кизи"),
    *("ович", "евич", "овна", "евна"),
)
FIGURES = TOP / "features" / "country"


@pytest.fixture(scope="module")
def numbers(country: Country) -> dict[str, set[str]]:
    """Every personal number in the extracts, by register."""
    registers = read_registers(figures.Country.load(FIGURES)).registers
    found = {name: set(_numbers(country.registers, register)) for name, register in registers.items()}
    return {name: told for name, told in found.items() if told}


@pytest.fixture(scope="module")
def people(country: Country) -> list[str]:
    """The numbers of everyone who ever lived there."""
    return pq.read_table(country.truth / "people.parquet", columns=["number"]).column("number").to_pylist()


def test_everyone_has_a_number_of_their_own(people: list[str]) -> None:
    assert len(set(people)) == len(people)
    assert [number for number in people if not _valid(number)] == []


def test_no_number_is_of_a_district_that_there_is(numbers: dict[str, set[str]], people: list[str]) -> None:
    assert len(numbers) >= 15
    assert {number[DISTRICT] for told in numbers.values() for number in told} == {NOT_ASSIGNED}
    assert {number[DISTRICT] for number in people} == {NOT_ASSIGNED}


def test_a_number_in_an_extract_is_somebodys_or_planted(
    country: Country, numbers: dict[str, set[str]], people: list[str]
) -> None:
    planted = pq.read_table(country.truth / "same_person.parquet").to_pylist()
    wrong = {name: {told["wrong"] for told in planted if told["register"] == name} for name in numbers}
    for name, told in numbers.items():
        assert told - wrong[name] <= set(people), name
        assert {number for number in told if not _valid(number)} <= wrong[name], name
    assert all(told["number"] != told["wrong"] for told in planted)


def test_names_are_put_together_from_parts(country: Country) -> None:
    spelt = [_Spelt(script) for script in SCRIPTS]
    with (country.registers / "fhdyo" / "dalolatnomalar.csv").open(encoding="utf-8", newline="") as lines:
        acts = [act for act in csv.DictReader(lines, delimiter=";") if act["otasining_ismi"]]
    assert len(acts) > 1_000
    assert [act for act in acts if not any(script.spells(act) for script in spelt)] == []


class _Spelt:
    """All that can be put together from the parts of names in one script."""

    def __init__(self, script: str) -> None:
        table = figures.Country.load(FIGURES).table("names")
        parts = {part: set(table[script][table["part"] == part].tolist()) for part in set(table["part"].tolist())}
        ending = "a" if script == "latin" else "а"
        self.given = parts["given_m"] | parts["given_f"]
        self.surnames = parts["surname_root"] | {root + ending for root in parts["surname_root"]}
        fathers = parts["given_m"] | {name[:-1] for name in parts["given_m"]}  # Игорь, Игоревич
        self.patronymics = {father + ending for father in fathers for ending in PATRONYMICS}

    def spells(self, act: dict[str, str]) -> bool:
        return (
            act["ism"] in self.given and act["familiya"] in self.surnames and act["otasining_ismi"] in self.patronymics
        )


def _valid(number: str) -> bool:
    """By the weights 7, 3, 1, the last digit checks the others."""
    told = [int(digit) for digit in number]
    return len(told) == 14 and sum(d * w for d, w in zip(told[:-1], WEIGHTS, strict=True)) % 10 == told[-1]


def _numbers(folder: Path, register: Register) -> Iterator[str]:
    """The cells of a register's files that tell a person's number."""
    there = [column.there for column in register.columns if column.there in NUMBERS]
    for file in sorted(folder.glob(register.file.replace("{region}", "*"))) if there else ():
        yield from (cell for cell in _cells(file, register, there) if cell)


def _cells(file: Path, register: Register, columns: list[str]) -> Iterator[str | None]:
    if register.format == "parquet":
        table = pq.read_table(file, columns=columns)
        for column in columns:
            yield from table.column(column).to_pylist()
    elif register.format == "sql":
        with sqlite3.connect(file) as database:
            for row in database.execute(f"SELECT {', '.join(columns)} FROM {register.table}"):
                yield from row
    else:
        for row in _rows(file, register):
            yield from (row.get(column) for column in columns)


def _rows(file: Path, register: Register) -> Iterator[dict[str, str | None]]:
    if register.format == "csv":
        with file.open(encoding=register.encoding, newline="") as lines:
            yield from csv.DictReader(lines, delimiter=register.delimiter)
        return
    head, *rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    for row in rows:
        yield {str(name): str(cell) for name, cell in zip(head, row, strict=True)}
