"""project.yaml: what a project says of itself, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pydantic

from tayanch.declare.experiment_files import Day, checked, read_yaml
from tayanch.errors import DeclarationError, nearest


class _Simulated(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    families: int = pydantic.Field(gt=0)
    months: int = pydantic.Field(gt=0)
    seed: int = pydantic.Field(ge=0)


class _Settings(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    name: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    country: str
    currency: str
    time_zone: str
    area_levels: list[str] = pydantic.Field(min_length=1)
    languages: list[str] = pydantic.Field(min_length=1)
    practice: bool = False
    clock: Day | None = None
    extracts: str = ""
    delivered: Day | None = None
    simulated: _Simulated | None = None
    opens_with: str = ""
    area_names: str = ""
    quarantine_days: int = pydantic.Field(default=90, gt=0)
    source: str = ""


@dataclass(frozen=True)
class SimulatedCountry:
    """How large a country the demo simulates from the figures in features/country, how long, and with which seed."""

    families: int
    months: int
    seed: int


@dataclass(frozen=True)
class Settings:
    """What project.yaml says.

    area_levels: names of groups, widest first; the last is the finest and the default cluster of intervals.
    clock: a practice project's fixed date of today; None means the real one.
    extracts: folder of bundled extracts, relative to the project; "" when there is none.
    delivered: the date on which the bundled or simulated extracts count as delivered.
    simulated: the country whose extracts the demo simulates; None where extracts are real.
    area_names: table (CSV) of the finest areas: its first column is their code, `name` what people call them.
    opens_with: the experiment whose list the demo publishes; "" is the first by name.
    quarantine_days: how long quarantined rows are kept.
    """

    name: str
    title: str
    country: str
    currency: str
    time_zone: str
    area_levels: tuple[str, ...]
    languages: tuple[str, ...]
    practice: bool
    clock: date | None
    extracts: str
    delivered: date | None
    source: str
    simulated: SimulatedCountry | None = None
    opens_with: str = ""
    area_names: str = ""
    quarantine_days: int = 90


def read_settings(file: Path) -> Settings:
    """What a project.yaml says.

    Raises:
        DeclarationError: with the file and the key, when something in it can't stand.
    """
    try:
        told: dict[str, Any] = checked(read_yaml(file), _Settings).model_dump()
    except DeclarationError as error:
        raise DeclarationError(error.met, do=error.do, where=f"{file} {error.where}".strip()) from None
    if told["time_zone"] not in available_timezones():
        raise DeclarationError(
            f'"{told["time_zone"]}" is not a time zone',
            do=nearest(told["time_zone"], available_timezones()),
            where=f"{file} time_zone",
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    values["simulated"] = SimulatedCountry(**told["simulated"]) if told["simulated"] else None
    return Settings(**values)
