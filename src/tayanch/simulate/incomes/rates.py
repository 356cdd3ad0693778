"""What the section `income` of a country says, checked."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pydantic

from tayanch.errors import SimulationError
from tayanch.simulate.sections import Figures, Section, Steps, over_months, read_section
from tayanch.simulate.world import Array, Span

Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Factor = Annotated[float, pydantic.Field(ge=0)]
Year = Annotated[list[Factor], pydantic.Field(min_length=12, max_length=12)]
"""A factor for each month of the year, January first."""


class Amount(Section):
    """An amount of soʻm a month, as it was in a month."""

    month: Annotated[str, pydantic.Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    amount: Factor


class Sectors(Section):
    """A figure for each sector of registered work."""

    budget: float
    industry: float
    trade: float
    construction: float
    services: float
    farming: float


class Wages(Section):
    """What registered work pays."""

    average: Amount
    growth: Steps
    nation_2019: Factor
    scale: Factor
    ability: float
    luck: Factor
    women: float
    december: Factor
    sectors: Sectors


class Loss(Section):
    """Rates of losing work by its sort."""

    formal: Share
    hired: Share
    own: Share


class WorkRates(Section):
    """Who works, and how work is lost and found."""

    level: float
    ability: float
    lasting: Factor
    women: float
    small_child: float
    own_share: Share
    informal_share: Steps
    job_loss: Steps
    loss: Loss
    finding: Steps
    moves: Share
    rising: Share
    need: Factor
    leave_months: Factor
    season_loss: Year
    season_find: Year
    region_shock: Factor


class EmployerRates(Section):
    """Employers and their troubles."""

    workers: Annotated[float, pydantic.Field(ge=1)]
    trouble: Share
    layoffs: Factor
    cut: Share
    unpaid: Share


class Earnings(Section):
    """What work that is not a registered job brings."""

    hired: Factor
    own: Factor
    spread: Factor
    hired_ability: float
    own_ability: float
    lasting: Factor
    registered: Share
    declared: Share
    filed: Share
    region_power: Factor


class Pensions(Section):
    """Pensions: amounts and who draws them."""

    average: Amount
    growth: Steps
    nation_2019: Factor
    least: Amount
    least_disability: Amount
    entitled: Share
    spread: Factor
    men_from: int
    women_from: int
    survivor: Factor
    wait: int


class Countries(Section):
    """Shares of the countries people go to for work."""

    RU: Share
    KZ: Share
    TR: Share
    KR: Share
    other: Share


class Migration(Section):
    """Who works abroad, and what comes home."""

    abroad: Share
    leaving: Steps
    returning: Steps
    season_leave: Year
    season_return: Year
    recorded: Share
    countries: Countries
    sent: Factor
    sending: Share
    registered: Share
    stop: Steps
    resume: Share


class FarmRates(Section):
    """Plots and animals."""

    plot_rural: Share
    plot_urban: Share
    income: Factor
    urban: Factor
    spread: Factor
    season: Year
    harvest_spread: Factor
    bad_year: Steps
    bad_harvest: Factor
    own_failure: Share
    cattle: Factor
    sheep: Factor


class AgeShares(Section):
    """Shares of people under 18, of 18–39, 40–59 and 60 years and more."""

    children: Share
    grown: Share
    older: Share
    old: Share


class HealthRates(Section):
    """Disability, long illness and care."""

    disability: AgeShares
    nation: Factor
    elsewhere: Factor
    turnover: Share
    grades: dict[int, Share]
    for_life: Share
    renewed: Share
    late: Share
    illness: Steps
    illness_months: Annotated[float, pydantic.Field(gt=1)]
    disabling: Share
    before_death: Share
    recorded: Share
    nursing: Share


class Holdings(Section):
    """What families own, and what it brings."""

    other: Factor
    other_share: Share
    floor: dict[int, Factor]
    flat: Share
    registered: Share
    car: Share
    land: Share
    car_sold: Share


class Rates(Section):
    """The whole section `income`."""

    wages: Wages
    work: WorkRates
    employers: EmployerRates
    earnings: Earnings
    gross_income: dict[int, Factor]
    pensions: Pensions
    migration: Migration
    farm: FarmRates
    health: HealthRates
    holdings: Holdings


class Region(Section):
    """What a region differs by.

    wage, pension, income, disabled: ÷ the nation's. employed: share of those of working age. floor: m² a person.
    """

    wage: float
    pension: float
    employed: float
    income: float
    disabled: float
    floor: float


def read_rates(country: Figures) -> Rates:
    """The section `income` of a country.

    Raises:
        SimulationError: telling the key that is unknown, missing or does not fit.
    """
    return read_section(country, "income", Rates)


def read_region(country: Figures, rates: Rates, code: int) -> Region:
    """What the region with a SOATO code differs by: from regions.csv and the section.

    Raises:
        SimulationError: when the table or the section does not tell the region.
    """
    table = country.table("regions")
    rows = np.flatnonzero(table["code"] == code)
    untold = [
        name
        for name, told in (("gross_income", rates.gross_income), ("floor", rates.holdings.floor))
        if code not in told
    ]
    if not len(rows) or untold:
        place = f"income.yaml {untold[0]}" if untold else "regions.csv"
        raise SimulationError(f"the region {code} is not told", do="add its figures.", where=place)
    row = int(rows[0])
    disabled = float(table["disability_2022"][row])
    incomes = rates.gross_income
    return Region(
        wage=float(table["wage_2019"][row]) / rates.wages.nation_2019,
        pension=float(table["pension_2019"][row]) / rates.pensions.nation_2019,
        employed=float(table["employment_2019"][row]) / 100,
        income=incomes[code] / (sum(incomes.values()) / len(incomes)),
        disabled=(rates.health.elsewhere if np.isnan(disabled) else disabled) / rates.health.nation,
        floor=rates.holdings.floor[code],
    )


def grown_level(amount: Amount, growth: Steps, span: Span, *, raised: int = 0) -> Array:
    """The amount in each month of the span, float64[months]: from its own month on (and back) it grows month by month.

    growth: a year, 0.1 for a tenth. raised: the month of the year (1–12) in which it is raised, staying the same
    between; 0 raises it every month.
    """
    calendar = span.first.astype("datetime64[M]").astype(np.int64) + np.arange(span.months)
    steps = np.log1p(over_months(growth, span)) / 12
    moments = np.append(calendar, np.datetime64(amount.month, "M").astype(np.int64))
    if raised:
        moments -= (moments % 12 + 1 - raised) % 12
    place = moments - calendar[0]
    # The log of the level; before the span it grows as in the span's first month, after it as in the last.
    inside = np.concatenate(([0.0], np.cumsum(steps)))
    level = inside[np.clip(place, 0, span.months)] + np.minimum(place, 0) * steps[0]
    level += np.maximum(place - span.months, 0) * steps[-1]
    return amount.amount * np.exp(level[:-1] - level[-1])
