"""What is foreseen: four needs, each within twelve months, and unknown where no register could have seen it.

What happens in the twelfth month reaches the registers up to three months later. `filed` waits for that: it is always
true, and looks so far ahead that an outcome is not counted as known before.
"""

from tayanch import neighbours, outcome, when

from .cohorts import MONTHS_BEHIND, away_now, earners, region
from .needs import (
    QUARTER,
    elders,
    minimums_ahead,
    missing_unless,
    of_working_age,
    pensioned,
    people,
    size,
    within_the_coming_year,
    workforce,
)
from .registries import acts, assessments, benefits, members
from .registries_care import attendance, bills, disability, disconnections, leavings
from .registries_money import declared_income, pensions, remittances, wages
from .rules import LINE, registered_ratio

YEAR = 12
FILING = 3

filed = wages.next(months=FILING, starting=YEAR).count() >= 0


def wages_delivered(starting: int):
    """Whether wages of each month of a quarter ahead were delivered: another family of the region has all three."""
    whole = wages.next(months=QUARTER, starting=starting).distinct(wages.month) == QUARTER
    return (neighbours(whole, by=region) > 0).fill(True)


def below_ahead(starting: int):
    """Whether registered income is 1.5 × the minimum or less in a quarter ahead; missing where wages may be to come."""
    ratio = minimums_ahead(starting) / size / QUARTER
    return when(ratio > LINE, False, missing_unless(wages_delivered(starting), ratio) <= LINE)


# --- a family falls to the poverty line

above_on_registers = (registered_ratio > LINE).fill(False)
found_below = assessments.next(months=YEAR).where(assessments.ratio <= LINE).exists()
fell_on_registers = below_ahead(0) | below_ahead(3) | below_ahead(6) | below_ahead(9)
falls = found_below | (above_on_registers & fell_on_registers)


@outcome(observed=filed & (above_on_registers | assessments.next(months=YEAR).exists()))
def falls_to_poverty_line_12m():
    """Falls to 1.5 × the minimum or below: at an assessment, or by the income that registers tell of in a quarter."""
    return falls


@outcome(observed=filed)
def falls_to_poverty_line_12m_unseen_no():
    """The same, for reports only: a family that no register would have seen counts as not fallen."""
    return falls.fill(False)


# --- a child stops attending school

stopped = leavings.next(months=YEAR).where(leavings.reason.fill("unknown") != "moved").exists()
away_ahead = attendance.next(months=YEAR).where(attendance.status == "away").persons()


@outcome(observed=filed & (attendance.next(months=YEAR).exists() | stopped))
def child_stops_school_12m():
    """A child leaves school before its end, other than by moving, or more children than before do not attend."""
    return stopped | (away_ahead > away_now)


# --- electricity and gas: a family with children is cut off, or months behind

cut_off_ahead = disconnections.next(months=YEAR).exists()
far_behind_ahead = bills.next(months=YEAR).where(bills.months_behind >= MONTHS_BEHIND).exists()
billed_ahead = bills.next(months=YEAR).distinct(bills.month) >= YEAR / 2


@outcome(observed=filed & (billed_ahead | cut_off_ahead | far_behind_ahead))
def utility_hardship_12m():
    """Electricity or gas is disconnected for debt, or a debt is three months old or older."""
    return cut_off_ahead | far_behind_ahead


# --- the one on whom all depend is lost or disabled, and no help begins


def earns_ahead(starting: int):
    """Whether anybody earns in a quarter ahead (wage, own work, from abroad); missing where wages were not sent."""
    earned = (
        wages.next(months=QUARTER, starting=starting).count()
        + declared_income.next(months=QUARTER, starting=starting).count()
        + remittances.next(months=QUARTER, starting=starting).count()
    )
    return missing_unless(wages_delivered(starting) | (earned > 0), earned) > 0


second, third, fourth = (earns_ahead(starting) for starting in (3, 6, 9))
earning_ends = (earners == 1) & ~((second | third) & (third | fourth))  # nothing in half a year
adult_leaves = people.where(of_working_age & within_the_coming_year(members.gone)).exists()
death_ahead = acts.next(months=YEAR).where(acts.act == "death").exists()
lost = adult_leaves & (death_ahead | (workforce == 1))
grown = disability.grade != "child"
disabled_ahead = disability.next(months=YEAR).where(disability.grade.isin(["1", "2"])).exists()
newly_disabled = disabled_ahead & ~disability.where(grown).exists() & (elders == 0)
pensioned_ahead = pensions.next(months=QUARTER, starting=YEAR - QUARTER).persons()
helped_ahead = benefits.next(months=YEAR).exists() | (pensioned_ahead > pensioned.persons())
seen_ahead = bills.next(months=YEAR).exists() | (earners > 0) | pensions.next(months=YEAR).exists()


@outcome(observed=filed & (seen_ahead | lost | newly_disabled))
def care_crisis_12m():
    """The only earner or carer dies, leaves, earns nothing in half a year or is newly disabled, and no help begins."""
    return (earning_ends | lost | newly_disabled) & ~helped_ahead
