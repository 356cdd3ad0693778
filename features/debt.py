"""Loans: how many, how heavy, how late."""

from tayanch import feature, neighbours

from .cohorts import mahalla
from .housing import last_month, late
from .needs import SENT, registered_a_month
from .registries_money import loan_states, loans

running = loans.current()
due = running.sum(loans.monthly)
states = loan_states.last(months=1, ending=SENT)
states_of_half_year = loan_states.last(months=6, ending=SENT)
states_of_year = loan_states.last(months=12, ending=SENT)
states_before = loan_states.last(months=1, ending=SENT + 6)
overdue = loan_states.overdue > 0
balance = states.sum(loan_states.balance)


@feature(theme="debt", unit="loans")
def loans_now():
    """Loans that members are paying back."""
    return running.count()


@feature(theme="debt", unit="UZS")
def owed():
    """What members still owe on loans."""
    return balance


@feature(theme="debt", unit="UZS")
def change_of_owed():
    """Change in six months of what members owe on loans."""
    return balance - states_before.sum(loan_states.balance)


@feature(theme="debt", unit="share", facts=lambda: {"due": due, "income": registered_a_month})
def due_to_income():
    """Payments due on loans as a share of the income that registers tell of."""
    return due / registered_a_month


@feature(theme="debt", unit="ratio", facts=lambda: {"owed": balance, "income": registered_a_month})
def owed_to_income():
    """What members owe on loans, in months of the income that registers tell of."""
    return balance / registered_a_month


@feature(theme="debt", unit="days")
def days_overdue():
    """Days the latest loan payment is late."""
    return states.max(loan_states.overdue)


@feature(theme="debt", unit="days")
def most_days_overdue():
    """Most days a loan payment was late in the last year."""
    return states_of_year.max(loan_states.overdue)


@feature(theme="debt", unit="persons")
def members_overdue():
    """Members with a late loan payment."""
    return states.where(overdue).persons()


@feature(theme="debt", unit="loans")
def new_loans():
    """Loans that members took in the last 12 months."""
    return loans.last(months=12).count()


@feature(theme="debt", unit="days")
def since_loan():
    """Days since a member last took a loan."""
    return loans.days_since()


@feature(theme="debt")
def late_on_both():
    """Whether members are late with a loan and with electricity or gas."""
    return states.where(overdue).exists() & last_month.where(late).exists()


@feature(theme="debt", unit="share")
def area_overdue():
    """Share of the other families of the mahalla with a late loan payment in half a year."""
    return neighbours(states_of_half_year.where(overdue).exists(), by=mahalla)
