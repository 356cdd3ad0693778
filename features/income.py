"""What comes in, by the registers, and how surely."""

from tayanch import feature, neighbours, when

from .cohorts import mahalla
from .needs import (
    FILED,
    QUARTER,
    SENT,
    declared,
    helped,
    paid,
    paid_before,
    pensioned,
    per_person,
    registered,
    registered_a_month,
    sent_home,
    size,
)
from .registries import assessments, minimum, payments
from .registries_money import declared_income, pensions, remittances, wages
from .rules import assessed_per_person, income_of_law, lately, ratio, ratio_before, ratio_then, registered_ratio

quarters = [ratio_then(FILED + QUARTER * n) for n in range(4)]
year = wages.last(months=12, ending=FILED)
usual_nearby = neighbours(registered_ratio, by=mahalla)


def lowest(values):
    """The smallest of several values of the family."""
    first, *rest = values
    for value in rest:
        first = when(value < first, value, first)
    return first


def highest(values):
    """The largest of several values of the family."""
    first, *rest = values
    for value in rest:
        first = when(value > first, value, first)
    return first


def one_if(condition):
    """1 where the condition is true, 0 elsewhere."""
    return when(condition.fill(False), 1, 0)


@feature(
    theme="income",
    unit="ratio",
    facts=lambda: {"income": income_of_law, "minimum": minimum.lookup(), "people": size},
)
def ratio_to_minimum():
    """Income per person and month by the law's formula, as a ratio of the minimum consumption expenditure."""
    return ratio


@feature(theme="income", unit="ratio", facts=lambda: {"income": per_person, "minimum": minimum.lookup()})
def registered_to_minimum():
    """Income per person that registers tell of (wages, pensions, own work, help, money from abroad), to the minimum."""
    return registered_ratio


@feature(theme="income", unit="ratio", facts=lambda: {"now": registered_ratio, "before": ratio_before})
def change_in_quarter():
    """Change of the registered income per person in three months, in minimums."""
    return registered_ratio - ratio_before


@feature(theme="income", unit="ratio")
def change_in_year():
    """Change of the registered income per person in nine months, in minimums."""
    return registered_ratio - quarters[3]


@feature(theme="income", unit="ratio")
def lowest_in_year():
    """Registered income per person in the worst quarter of the last year, to the minimum."""
    return lowest(quarters)


@feature(theme="income", unit="ratio")
def spread_in_year():
    """Difference between the best and the worst quarter of the last year, to the mean of the four."""
    return (highest(quarters) - lowest(quarters)) / ((quarters[0] + quarters[1] + quarters[2] + quarters[3]) / 4)


@feature(theme="income", unit="ratio", facts=lambda: {"income": assessed_per_person, "minimum": minimum.lookup()})
def assessed_to_minimum():
    """Income per person at the last assessment within 12 months, to the minimum of today."""
    return lately.latest(assessments.per_person) / minimum.lookup()


@feature(theme="income", unit="UZS")
def assessed_beyond_registers():
    """Income per person at the last assessment within 12 months beyond what registers tell of now."""
    return lately.latest(assessments.per_person) - per_person


@feature(theme="income", unit="UZS")
def wages_of_quarter():
    """Registered wages of all members in three months."""
    return paid.sum(wages.amount)


@feature(theme="income", unit="UZS")
def wages_of_last_month():
    """Registered wages of all members in the last month that employers have filed."""
    return wages.last(months=1, ending=SENT).sum(wages.amount)


@feature(
    theme="income",
    unit="ratio",
    facts=lambda: {"now": paid.sum(wages.amount), "before": paid_before.sum(wages.amount)},
)
def wages_to_before():
    """Registered wages of three months as a ratio of those of the three months before."""
    return paid.sum(wages.amount) / paid_before.sum(wages.amount)


@feature(theme="income", unit="ratio")
def wage_spread():
    """Difference between the highest and the lowest monthly wage paid in the last year, to the mean of them."""
    return (year.max(wages.amount) - year.min(wages.amount)) / year.mean(wages.amount)


@feature(theme="income", unit="share")
def pensions_share():
    """Share of pensions in the income that registers tell of."""
    return pensioned.sum(pensions.amount) / registered


@feature(theme="income", unit="share")
def help_share():
    """Share of benefits in the income that registers tell of."""
    return helped.sum(payments.amount) / registered


@feature(theme="income", unit="share")
def share_of_highest_wage():
    """Share of the registered income that hangs on the best paid member's wage."""
    return paid.max(wages.amount) / registered_a_month


@feature(theme="income", unit="UZS")
def declared_of_year():
    """Income from own work that members declared in the last year."""
    return declared_income.last(months=12, ending=FILED + 2).sum(declared_income.amount)


@feature(theme="income", unit="UZS")
def remittances_of_quarter():
    """Money from abroad in three months."""
    return sent_home.sum(remittances.amount)


@feature(theme="income", unit="days", facts=lambda: {"last_year": remittances.last(months=12).sum(remittances.amount)})
def since_remittance():
    """Days since the month of the last money from abroad."""
    return remittances.days_since()


@feature(theme="income", unit="sources")
def sources():
    """How many sorts of income registers tell of: wages, own work, pensions, help, money from abroad."""
    return (
        one_if(paid.exists())
        + one_if(declared.exists())
        + one_if(pensioned.exists())
        + one_if(helped.exists())
        + one_if(sent_home.exists())
    )


@feature(theme="income", unit="ratio")
def without_help():
    """Registered income per person without benefits, to the minimum."""
    return (registered - helped.sum(payments.amount)) / QUARTER / size / minimum.lookup()


@feature(theme="income", unit="ratio")
def area_income():
    """Registered income per person of the other families of the mahalla, to the minimum, on average."""
    return usual_nearby


@feature(theme="income", unit="ratio")
def income_to_area():
    """Registered income per person as a ratio of that of the other families of the mahalla."""
    return registered_ratio / usual_nearby
