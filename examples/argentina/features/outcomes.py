"""What is foreseen."""

from tayanch import outcome

from .needs import basket, reported, weight
from .registries import households, persons

MONTHS = 3


def ratio_ahead(months: int):
    """Income ÷ line at the interview in the quarter that begins so many months after as_of."""
    income = households.next(months=MONTHS, starting=months).where(reported).latest(households.income / basket)
    return income / persons.next(months=MONTHS, starting=months).sum(weight)


a_year_on = ratio_ahead(9)


@outcome(observed=~a_year_on.missing())
def below_a_year_on():
    """Below the line at the interview four quarters on; not interviewed, income not told or no basket: unknown."""
    return a_year_on < 1


five_quarters_on = ratio_ahead(12)


@outcome(observed=~five_quarters_on.missing())
def below_five_quarters_on():
    """Below the line at the interview five quarters on; not interviewed, income not told or no basket: unknown."""
    return five_quarters_on < 1
