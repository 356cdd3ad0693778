"""What comes in."""

from tayanch import feature

from .registries import assessments, minimum, wages


@feature(theme="income", unit="ratio", facts=lambda: {"income": assessments.latest(assessments.income_per_person)})
def income_to_minimum():
    """Income per person at the last assessment, as a ratio of the minimum consumption expenditure of today."""
    return assessments.latest(assessments.income_per_person) / minimum.lookup()


@feature(theme="income", unit="UZS")
def wages_3m():
    """Registered wages of all members in the last 3 months."""
    return wages.last(months=3).sum(wages.amount)
