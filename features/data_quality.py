"""What is not known: registers that are silent or late, and links that are missing. Silence is no sign of ease."""

from tayanch import feature, neighbours, when

from .cohorts import mahalla
from .income import one_if
from .needs import paid, school_children, size
from .registries import addresses, assessments, members, payments
from .registries_care import attendance, bills, livestock, visits
from .registries_money import declared_income, jobs, loan_states, pensions

YEAR = 12


@feature(theme="data_quality", unit="registers")
def registers_seen():
    """Registers of monthly or yearly reports that told of the family in the last 12 months, of nine."""
    return (
        one_if(paid.exists())
        + one_if(declared_income.last(months=YEAR).exists())
        + one_if(pensions.last(months=YEAR).exists())
        + one_if(payments.last(months=YEAR).exists())
        + one_if(bills.last(months=YEAR).exists())
        + one_if(loan_states.last(months=YEAR).exists())
        + one_if(attendance.last(months=YEAR).exists())
        + one_if(livestock.last(months=YEAR).exists())
        + one_if(visits.last(months=YEAR).exists())
    )


@feature(theme="data_quality", unit="days")
def since_bill():
    """Days since the month of the last bill for electricity or gas."""
    return bills.days_since()


@feature(theme="data_quality", unit="days")
def since_school_report():
    """Days since the beginning of the last term a school reported a child of the family for."""
    return attendance.days_since()


@feature(theme="data_quality", unit="days")
def since_change_of_members():
    """Days since somebody last joined the family."""
    return members.days_since()


@feature(theme="data_quality")
def no_account():
    """Whether no member holds an account for electricity or gas that sent a bill in six months."""
    return ~bills.last(months=6).exists()


@feature(theme="data_quality")
def no_address():
    """Whether the cadastre has no address of the family."""
    return ~addresses.exists()


@feature(theme="data_quality", unit="persons")
def jobs_without_wage():
    """Members who hold a registered job beyond those for whom a wage was filed."""
    rest = jobs.current().persons() - paid.persons()
    return when(rest > 0, rest, 0)


@feature(theme="data_quality", unit="persons")
def pupils_unseen():
    """Children of school age of whom no school reported in the last 12 months."""
    rest = school_children - attendance.last(months=YEAR).persons()
    return when(rest > 0, rest, 0)


@feature(theme="data_quality", unit="persons")
def counted_otherwise():
    """Members at the last application beyond those the civil register tells of now."""
    return assessments.latest(assessments.members_counted) - size


@feature(theme="data_quality")
def never_applied():
    """Whether no decision on an application of the family is known."""
    return ~assessments.exists()


@feature(theme="data_quality", unit="share")
def area_wages_seen():
    """Share of the other families of the mahalla for whom a wage was filed in three months."""
    return neighbours(paid.exists(), by=mahalla)
