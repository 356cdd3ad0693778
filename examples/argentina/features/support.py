"""What help the household has."""

from tayanch import feature

from .needs import baskets, cash_help, equivalents, now, people
from .registries import households, persons


@feature(theme="support", unit="share")
def cash_help_share():
    """Share of the household's income that is cash help from the state."""
    return people.sum(cash_help) / baskets


@feature(theme="support", unit="ratio")
def cash_help_to_line():
    """Cash help from the state as a ratio of the poverty line."""
    return people.sum(cash_help) / equivalents


@feature(theme="support")
def has_cash_help():
    """Whether it had cash help from the state in the last three months."""
    return now.latest(households.cash_help) == "yes"


@feature(theme="support", unit="persons")
def pensioners():
    """Members with a pension."""
    return people.where(persons.pension > 0).count()
