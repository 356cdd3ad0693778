"""The figures of strain.yaml: what money is worth, how families get by, what want does to bills, school and loans."""

from __future__ import annotations

from tayanch.simulate.sections import Section, Steps


class Level(Section):
    """How much a family's money is worth to it: one scale for the country, one level for each region (SOATO code)."""

    scale: Steps
    regions: dict[int, float]


class Homes(Section):
    """What homes are like: shares with piped gas, and how much a poor family's home differs."""

    gas_urban: float
    gas_rural: float
    dwelling_noise: float


class Smoothing(Section):
    """How families get by when money fails: savings (months of income), share drawn a month, kin's help, noise."""

    memory: float
    saved: float
    first_savings: float
    most_savings: float
    drawn: float
    kin_share: float
    kin_tires: float
    illness_cost: float
    noise: float
    noise_memory: float


class Tariffs(Section):
    """Soʻm a kWh and a cubic metre."""

    electricity: Steps
    gas: Steps


class Utilities(Section):
    """Use of electricity and gas, and how they are paid."""

    tariffs: Tariffs
    kwh: float
    kwh_member: float
    electricity_season: list[float]
    gas_use: float
    gas_member: float
    gas_season: list[float]
    spread: float
    pays: float
    pays_need: float
    discipline: float
    places: float
    part: float
    cut_after: int
    cut_chance: Steps
    restored_chance: float


class School(Section):
    """School terms (month, day), days missed, and yearly odds of leaving."""

    terms: list[list[int]]
    first_age: int
    last_age: int
    listed: float
    absent: float
    absent_need: float
    absent_spread: float
    cotton: float
    cotton_age: int
    leaves: float
    leaves_need: float
    leaves_age: float
    leaves_girl: float
    leaves_boy: float
    leaves_spread: float
    places: float
    away_listed: float
    away_briefly: float


class Loans(Section):
    """Loans: chance a month, size in monthly incomes, yearly interest, and how instalments are paid."""

    chance: Steps
    wage: float
    need: float
    size: float
    size_spread: float
    interest: float
    lengths: list[int]
    banks: int
    pays: float
    pays_need: float
    discipline: float


class StrainRules(Section):
    """All of strain.yaml."""

    level: Level
    homes: Homes
    smoothing: Smoothing
    utilities: Utilities
    school: School
    loans: Loans
