"""What several themes share: who is in the family, from when registers are complete, and money by the quarter.

A row tells what happened on a day, but the ministry sends it later. Windows therefore end some months before as_of:
`FILED` months for what employers file with the tax office, `SENT` months for what is sent every month. Declared income
is of whole quarters, filed after their end, and needs two months more than wages.
"""

from tayanch import when, years_since

from .registries import members, minimum, payments, retires_at
from .registries_money import declared_income, pensions, remittances, wages

FILED = 2
"""Months until nearly every region's wages are in: they are sent about 18 days after the month, in slow regions 36."""
SENT = 1
"""Months until nearly every region's bills, loans, pensions and remittances are in."""
QUARTER = 3
"""Months over which the law takes a family's income."""

people = members.current()
size = people.count()
age = years_since(members.born)
adult = age >= 18
pension_age = retires_at.lookup(members.sex).fill(60)
of_working_age = adult & (age < pension_age)
of_school_age = (age >= 7) & (age < 18)

children = people.where(~adult).count()
school_children = people.where(of_school_age).count()
workforce = people.where(of_working_age).count()
elders = people.where(age >= pension_age).count()

paid = wages.last(months=QUARTER, ending=FILED)
paid_before = wages.last(months=QUARTER, ending=FILED + QUARTER)
declared = declared_income.last(months=QUARTER, ending=FILED + 2)
pensioned = pensions.last(months=QUARTER, ending=FILED)
sent_home = remittances.last(months=QUARTER, ending=FILED)
helped = payments.last(months=QUARTER, ending=FILED)


def in_quarter(amount_of, quarter_of):
    """Income on the registers in one quarter: of each register the rows `quarter_of` gives, summed by `amount_of`."""
    return (
        quarter_of(wages, 0).sum(amount_of(wages))
        + quarter_of(declared_income, 2).sum(amount_of(declared_income))
        + quarter_of(pensions, 0).sum(amount_of(pensions))
        + quarter_of(payments, 0).sum(amount_of(payments))
        + quarter_of(remittances, 0).sum(amount_of(remittances))
    )


def in_som(registry):
    """The amount of a row."""
    return registry.amount


def in_minimums(registry):
    """The amount of a row in minimums of its own day: prices drop out."""
    return registry.amount / minimum.lookup()


def money(ending: int):
    """Income on the registers in the three months that end so many months before as_of, in soʻm."""
    return in_quarter(in_som, lambda registry, later: registry.last(months=QUARTER, ending=ending + later))


def minimums(ending: int):
    """The same in minimums."""
    return in_quarter(in_minimums, lambda registry, later: registry.last(months=QUARTER, ending=ending + later))


def minimums_ahead(starting: int):
    """Income in the three months that begin so many months after as_of, in minimums. For outcomes only."""
    return in_quarter(in_minimums, lambda registry, _: registry.next(months=QUARTER, starting=starting))


def missing_unless(condition, value):
    """The value where the condition is true, missing elsewhere: a division by zero is missing."""
    return value / when(condition, 1, 0)


def within_a_year(day):
    """Whether a day lies in the twelve months before as_of; a day that is not told does not."""
    return (years_since(day) == 0).fill(False)


def within_the_coming_year(day):
    """Whether a day lies in the twelve months after as_of; a day that is not told does not."""
    return (years_since(day) == -1).fill(False)


income_seen = paid.exists() | declared.exists() | pensioned.exists() | sent_home.exists() | helped.exists()
registered = missing_unless(income_seen, money(FILED))
registered_a_month = registered / QUARTER
per_person = registered_a_month / size
