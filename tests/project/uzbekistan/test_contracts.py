"""The registers' contracts: the plain country keeps them, and what a scenario breaks is found."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks import simulated
from benchmarks.simulated import Country
from tayanch.cli import stages
from tayanch.cli.desk import Bench, today
from tayanch.intake.findings import Finding
from tayanch.project import load_project
from tayanch.simulate.simulation import simulate
from tayanch.vocabulary import no_progress

PROJECT = load_project(simulated.TOP)
REGIONS = 14
FAMILIES, MONTHS = 1_000, 30


def found_in(scenario: str, folder: Path) -> tuple[Finding, ...]:
    """What intake finds in a small country that something happens to."""
    order = replace(simulated.order(PROJECT, FAMILIES), scenario=scenario, months=MONTHS)
    simulate(order, folder / "country")
    work = Bench(PROJECT, folder, today(PROJECT), no_progress)
    return stages.intake(work, folder / "country" / "registers", dry_run=True).delivery.findings


def test_every_register_expects_something_of_its_deliveries() -> None:
    assert [registry.name for registry in PROJECT.registries if not registry.silent_after] == []


def test_the_plain_country_keeps_every_contract(country: Country) -> None:
    assert country.taken.delivery.findings == ()


def test_every_area_is_a_region(country: Country) -> None:
    arrivals = stages.open_snapshot(country.work.home, PROJECT.settings.name).arrivals()
    areas = Counter(
        area for area, _ in set(zip(*(arrivals.column(n).to_pylist() for n in ("area", "registry")), strict=True))
    )
    assert len(areas) == REGIONS + 1
    assert all(re.fullmatch(r"17\d\d|", area) for area in areas)


def test_a_source_that_stops_and_one_that_comes_late_are_found(tmp_path: Path) -> None:
    found = found_in("broken_source", tmp_path)
    late = [finding for finding in found if finding.registry == "bills"]
    assert {(finding.breach, finding.month) for finding in late} == {("rows", date(2026, 8, 1))}
    assert len({finding.area for finding in late}) == len(late) >= REGIONS - 1
    assert all(finding.met <= 0.1 * finding.usual for finding in late)
    (stopped,) = (finding for finding in found if finding.registry != "bills")
    assert (stopped.registry, stopped.breach, stopped.met) == (
        "wages",
        "age",
        float((date(2026, 11, 1) - date(2026, 1, 1)).days),
    )


@pytest.mark.long
@pytest.mark.parametrize("scenario", ["drift", "unit_change", "biased_labels", "programme"])
def test_what_changes_the_world_and_not_the_deliveries_is_not_found(scenario: str, tmp_path: Path) -> None:
    assert found_in(scenario, tmp_path) == ()


@pytest.mark.long
def test_visits_that_pass_rural_families_by_are_the_only_ones_missed(tmp_path: Path) -> None:
    assert {finding.registry for finding in found_in("flip", tmp_path)} <= {"visits"}
