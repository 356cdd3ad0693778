"""A country's own figures: sections (YAML) and tables (CSV) of one folder, as a scenario changes them."""

from __future__ import annotations

import copy
import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml

from tayanch.errors import SimulationError, nearest
from tayanch.simulate.world import Array

PLAIN, SCENARIOS = "plain", "scenarios"
FIGURES = (".yaml", ".csv")


@dataclass(frozen=True)
class Country:
    """The figures, names and rules that a country is simulated from. Made by `Country.load`."""

    folder: Path
    scenario: str
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @staticmethod
    def load(folder: Path, *, scenario: str = PLAIN) -> Country:
        """The country told in a folder, as the scenario changes it.

        Raises:
            SimulationError: when there is no such folder or scenario, or the scenario changes what is not there.
        """
        known = scenarios(folder)
        if scenario not in known:
            raise SimulationError(f'there is no scenario "{scenario}"', do=nearest(scenario, known), where=SCENARIOS)
        country = Country(folder, scenario, cast("dict[str, Any]", known[scenario].get("changes") or {}))
        for section in {path.partition(".")[0] for path in country.changes}:
            country.told(section)
        return country

    def told(self, section: str) -> dict[str, Any]:
        """What a section says (`<section>.yaml`) with the scenario's changes; a copy of one's own.

        Raises:
            SimulationError: when there is no such section, or the scenario names a path that it does not have.
        """
        if section not in self._sections:
            told = _read_section(self.folder, section)
            for path, value in self.changes.items():
                name, _, rest = path.partition(".")
                if name == section:
                    _change(told, rest, value, where=f"{SCENARIOS}.yaml {self.scenario}: {path}")
            self._sections[section] = told
        return copy.deepcopy(self._sections[section])

    def table(self, name: str) -> Mapping[str, Array]:
        """The columns of `<name>.csv`, found from the folder.

        int64 where every cell is a whole number, else float64 (NaN where empty), else str.

        Raises:
            SimulationError: when there is no such table.
        """
        if name not in self._tables:
            self._tables[name] = _read_table(self.folder, name)
        return self._tables[name]

    @cached_property
    def digest(self) -> str:
        """SHA-256 (64 hexadecimal characters) of every file of figures and of the scenario's name.

        Also of the project's tables of facts in `reference/` beside the folder, which sections read as well.
        """
        told = hashlib.sha256(self.scenario.encode())
        files = [path for path in self.folder.iterdir() if path.suffix in FIGURES]
        for path in [*sorted(files), *sorted(self._references.glob("*.csv"))]:
            told.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
        return told.hexdigest()

    @property
    def _references(self) -> Path:
        return self.folder.parent / "reference"

    @cached_property
    def _sections(self) -> dict[str, dict[str, Any]]:
        return {}

    @cached_property
    def _tables(self) -> dict[str, Mapping[str, Array]]:
        return {}


def scenarios(folder: Path) -> dict[str, dict[str, Any]]:
    """The scenarios of a country by name: each tells what it is and its changes; without a file only "plain"."""
    if not folder.is_dir():
        raise SimulationError(f"there is no folder {folder}", do="name the folder of a country's figures.")
    if not (folder / f"{SCENARIOS}.yaml").exists():
        return {PLAIN: {}}
    return _read_section(folder, SCENARIOS)


def _read_section(folder: Path, section: str) -> dict[str, Any]:
    file = folder / f"{section}.yaml"
    if not file.is_file():
        raise SimulationError(
            f'the country has no section "{section}"', do=nearest(section, (p.stem for p in folder.glob("*.yaml")))
        )
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SimulationError(f"the section can't be read: {error}", do="mend the file.", where=file.name) from None
    if not isinstance(told, dict):
        raise SimulationError("the section is no mapping", do="write `key: value` lines.", where=file.name)
    return cast("dict[str, Any]", told)


def _change(told: dict[str, Any], path: str, value: Any, *, where: str) -> None:
    """Sets the value at a dotted path, which must be there already."""
    at: Any = told
    parts = path.split(".")
    for place, part in enumerate(parts):
        known: dict[str, Any] = {}
        if isinstance(at, dict):
            known = {str(key): key for key in cast("dict[Any, Any]", at)}
        elif isinstance(at, list):
            known = {str(number): number for number in range(len(cast("list[Any]", at)))}
        if part not in known:
            seen = ".".join(parts[:place]) or "the section"
            raise SimulationError(f'{seen} has no "{part}"', do=nearest(part, known), where=where)
        if place == len(parts) - 1:
            at[known[part]] = copy.deepcopy(value)
        else:
            at = at[known[part]]


def _read_table(folder: Path, name: str) -> Mapping[str, Array]:
    file = folder / f"{name}.csv"
    if not file.is_file():
        raise SimulationError(
            f'the country has no table "{name}"', do=nearest(name, (p.stem for p in folder.glob("*.csv")))
        )
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = list(csv.reader(lines))
    wrong = next((place for place, row in enumerate(rows, start=2) if len(row) != len(head)), 0)
    if wrong:
        raise SimulationError(
            f"line {wrong} has another number of cells than the first", do="mend the line.", where=file.name
        )
    return {column: _typed([row[place] for row in rows]) for place, column in enumerate(head)}


def _typed(cells: list[str]) -> Array:
    try:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    except ValueError:
        pass
    try:
        return np.array([float(cell or "nan") for cell in cells], dtype=np.float64)
    except ValueError:
        return np.array(cells, dtype=np.str_)
