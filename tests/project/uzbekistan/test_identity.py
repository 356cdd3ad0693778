"""Who people are in Uzbekistan: names of acts and numbers are sealed, found, and no feature's to read."""

from __future__ import annotations

import csv

import pyarrow.parquet as pq
import pytest

from benchmarks.simulated import Country
from tayanch.cli.keys import key_folder
from tayanch.declare.identity import PLAIN
from tayanch.errors import DeclarationError
from tayanch.intake.identity import Identity, open_identity
from tayanch.intake.tokens import find_name, find_number
from tests.project.uzbekistan.invented import uzbekistan


@pytest.fixture(scope="module")
def acts(country: Country) -> list[dict[str, str]]:
    """The acts as they were delivered, those with a number and a name."""
    with (country.registers / "fhdyo" / "dalolatnomalar.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return [row for row in rows if row["jshshir"] and row["familiya"] and row["yuklangan_sana"]]


def opened(country: Country) -> Identity:
    settings = country.work.project.settings
    return open_identity(country.work.home, settings.name, key_folder(country.work.project, country.work.home).door())


def test_names_of_acts_are_identity_and_no_column_that_a_feature_could_read() -> None:
    (acts,) = (registry for registry in uzbekistan().registries if registry.name == "acts")
    assert dict(acts.identity) == {"surname": "familiya", "given_name": "ism", "patronymic": "otasining_ismi"}
    for name in ("familiya", "ism", "otasining_ismi", "surname", "given_name", "patronymic"):
        with pytest.raises(DeclarationError, match=f"acts has no column {name}"):
            getattr(acts, name)


def test_a_family_is_found_by_a_member_s_number_and_tells_the_last_name_given(
    country: Country, acts: list[dict[str, str]]
) -> None:
    identity = opened(country)
    newest = {row["jshshir"]: row for row in sorted(acts, key=lambda row: row["yuklangan_sana"])}
    found = 0
    for number, row in list(newest.items())[:200]:
        for family in identity.families(find_number(identity, number)).values():
            (person,) = (one for one in family.persons if one.fields["number"].value == number)
            assert person.fields["surname"].value == row["familiya"]
            assert family.pseudonym in find_name(identity, row["familiya"], PLAIN)
            found += 1
    assert found > 20


def test_no_name_and_no_number_stands_in_any_file(country: Country, acts: list[dict[str, str]]) -> None:
    rare = [row for row in acts if len(row["familiya"]) > 6][:150]
    marks = {row[name].encode() for row in rare for name in ("jshshir", "familiya")}
    assert len(marks) > 20
    project = country.work.project.settings.name
    for kind in ("snapshots", "identity", "quarantine"):
        for path in (country.work.home / kind / project).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                told = pq.read_table(path).to_pandas().to_csv().encode() if content.startswith(b"PAR1") else b""
                assert not [mark for mark in marks if mark in content or mark in told], path.name
