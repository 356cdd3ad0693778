"""The truth lies apart: no intake takes it in, and no declaration's files are found in it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.simulated import Country
from tayanch.errors import IntakeError
from tayanch.intake.delivery import Intake, take_in
from tayanch.intake.extracts import find_extracts
from tayanch.intake.sources import source_of


def _into(country: Country, home: Path) -> Intake:
    return Intake(home, "uzbekistan", country.work.project.zone, linkage_key=bytes(32))


@pytest.mark.parametrize("place", ["", "truth"])
def test_neither_the_truth_nor_the_folder_above_is_taken_in(country: Country, tmp_path: Path, place: str) -> None:
    registries, delivered = country.work.project.registries, country.taken.delivery.delivered
    with pytest.raises(IntakeError, match="has no CSV, Parquet or Excel file and no table of any registry"):
        take_in(registries, country.folder / place, into=_into(country, tmp_path), delivered=delivered)
    assert not list(tmp_path.rglob("*.parquet"))


def test_no_registry_claims_a_file_of_the_truth(country: Country) -> None:
    truth = {path for path in country.folder.rglob("*") if path.is_relative_to(country.truth)}
    assert len(truth) > 4
    for registry in country.work.project.registries:
        pattern = source_of(registry).pattern
        for folder in (country.folder, country.registers, country.truth):
            assert not truth & {path.resolve() for path in folder.glob(pattern)}, registry.name


def test_truth_laid_among_the_registers_is_claimed_by_nobody(country: Country, tmp_path: Path) -> None:
    mixed, copies = tmp_path / "mixed", tmp_path / "copies"
    shutil.copytree(country.registers, mixed)
    shutil.copytree(country.truth, mixed / "truth")
    copies.mkdir()
    found = find_extracts(country.work.project.registries, mixed, copies=copies)
    assert {f"truth/{path.name}" for path in country.truth.iterdir()} <= set(found.unclaimed)
    assert not [e.name for extracts in found.extracts.values() for e in extracts if e.name.startswith("truth")]


@pytest.mark.parametrize("way", ["../truth/hardship.parquet", "../truth/*", "../*/hardship.parquet"])
def test_no_way_leads_out_of_the_folder_of_extracts(country: Country, tmp_path: Path, way: str) -> None:
    sly = replace(country.work.project.registries[0], name="sly", files=way)
    with pytest.raises(IntakeError, match="has no CSV, Parquet or Excel file"):
        find_extracts([sly], country.registers, copies=tmp_path)


def test_an_absolute_way_is_refused(country: Country, tmp_path: Path) -> None:
    sly = replace(country.work.project.registries[0], files=str(country.truth / "hardship.parquet"))
    with pytest.raises(IntakeError, match="is no pattern of names in a folder"):
        find_extracts([sly], country.registers, copies=tmp_path)


def test_nothing_of_the_truth_was_read_or_seen_by_the_intake(country: Country) -> None:
    done = country.taken.delivery
    assert not [name for name in done.unclaimed if "truth" in name]
    assert {file.name.partition("#")[0] for file in done.files} | set(done.unclaimed) <= {
        path.relative_to(country.registers).as_posix() for path in country.registers.rglob("*")
    }


def test_no_table_of_the_truth_is_one_that_a_declaration_reads(country: Country) -> None:
    """References are read from CSV; the truth has none."""
    assert {path.suffix for path in country.truth.iterdir()} == {".parquet", ".txt"}
