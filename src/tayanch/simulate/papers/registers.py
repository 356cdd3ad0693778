"""What registers.yaml says of each register's extract: its file, columns, codes, delays and faults."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import numpy as np
import pydantic

from tayanch.errors import SimulationError, nearest
from tayanch.simulate.sections import Figures, Section, read_section

Share = float
Month = str
REGION = "{region}"
EVERYWHERE = 0
"""Stands for all regions."""


class Column(Section):
    """A column of an extract. here: the simulation's column, "" when there is none. there: its name in the file."""

    there: str
    here: str = ""
    kind: Literal["", "date", "whole", "decimal", "text", "code", "truth", "number", "family"] = ""
    made: Literal["", "region", "district", "mahalla", "year", "surname", "given_name", "patronymic"] = ""
    codes: dict[str, str] = pydantic.Field(default_factory=dict[str, str])
    id: bool = False
    own: bool = False
    end: bool = False

    @pydantic.model_validator(mode="after")
    def _one_of_three(self) -> Column:
        if bool(self.kind) + bool(self.made) + self.id != 1:
            raise ValueError(f"{self.there} must say one of kind, made and id")
        return self


class Delay(Section):
    """How long after a thing happened (or the end of its period) the agency knew: lognormal days, at most `most`."""

    after: Literal["day", "month", "quarter", "term"]
    median: float = pydantic.Field(gt=0)
    spread: float = pydantic.Field(ge=0)
    most: float = pydantic.Field(gt=0)


class Some(Section):
    """A share of rows and the column in which they are wrong."""

    column: str
    share: Share


class Correction(Some):
    """Rows delivered with another value first; the right one comes lognormal days later."""

    median: float
    spread: float


class Thousands(Section):
    """Some months (`month` alone, or up to `to`) in thousands, of one region or (0) of all."""

    column: str
    region: int
    month: Month
    to: Month = ""


class ChangedCode(Section):
    """A code nobody declared, in one region from a month on."""

    column: str
    word: str
    code: str
    from_: Month = pydantic.Field(alias="from")
    region: int


class Gap(Section):
    """A region (0: all of them) that sent nothing about some months, both included."""

    region: int
    from_: Month = pydantic.Field(alias="from")
    to: Month


class Faults(Section):
    """What is wrong with an extract; shares are of its rows."""

    mistyped_number: Share = 0.0
    swapped_number: Share = 0.0
    missing_number: Share = 0.0
    duplicate: Share = 0.0
    short_row: Share = 0.0
    future: Share = 0.0
    negative: Some | None = None
    correction: Correction | None = None
    thousands: Thousands | None = None
    changed_code: ChangedCode | None = None
    gaps: list[Gap] = pydantic.Field(default_factory=list[Gap])


class Register(Section):
    """A register's extract. events: the simulation's table it tells of, "" when it is called like the register."""

    owner: str
    file: str
    format: Literal["csv", "parquet", "excel", "sql"]
    key: list[str]
    columns: list[Column]
    delay: Delay
    faults: Faults = Faults()
    events: str = ""
    table: str = ""
    delimiter: str = ","
    encoding: Literal["utf-8", "cp1251"] = "utf-8"

    @cached_property
    def end(self) -> str:
        """The column with the day a state ended, "" when rows are no states."""
        return next((column.here for column in self.columns if column.end), "")

    def there(self, here: str) -> Column:
        """The column of the extract that tells the simulation's column `here`."""
        found = next((column for column in self.columns if column.here == here), None)
        if found is None:
            known = [column.here for column in self.columns if column.here]
            raise SimulationError(
                f'{self.file} has no column "{here}"', do=nearest(here, known), where="registers.yaml"
            )
        return found

    def file_in(self, region: int) -> str:
        """The file with the rows of a region."""
        return self.file.replace(REGION, str(region))


class Slow(Section):
    """Regions whose agencies take so many times as long."""

    regions: list[int]
    times: float


class Delays(Section):
    """What all delays share. term_days: from a school term's first day to the day its figures are sent."""

    slow: Slow
    term_days: int


class Registers(Section):
    """All registers. known_at: the last column of every file. begun: when agencies began to keep them in computers."""

    known_at: str
    begun: str
    scripts: dict[Literal["latin", "cyrillic", "russian"], Share]
    delays: Delays
    registers: dict[str, Register]

    def by_events(self) -> Mapping[str, str]:
        """The register's name by the simulation's table it tells of."""
        return {register.events or name: name for name, register in self.registers.items()}

    @property
    def began(self) -> np.datetime64:
        """`begun` as datetime64[s]."""
        return np.datetime64(self.begun, "s")


def read_registers(country: Figures) -> Registers:
    """The section `registers` of a country, checked.

    Raises:
        DeclarationError: for what does not fit, with its place.
        SimulationError: when a fault or key names a column that the extract does not have.
    """
    told = read_section(country, "registers", Registers)
    for name, register in told.registers.items():
        there = [column.there for column in register.columns]
        for column in register.key:
            if column not in there:
                raise SimulationError(f'{name}: the key has no column "{column}"', do=nearest(column, there))
        faults = register.faults
        for fault in (faults.negative, faults.correction, faults.thousands, faults.changed_code):
            if fault:
                register.there(fault.column)
        if faults.short_row and register.format != "csv":
            raise SimulationError(f"{name}: only a row of CSV can be short", do="leave short_row out.")
    return told
