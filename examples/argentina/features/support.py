"""What help the household has."""

from tayanch import feature

from .needs import baskets, cash_help, equivalents, family_money, now, people
from .registries import households, persons


@feature(theme="support", unit="share")
def cash_help_share():
    """Share of the household's income that is cash help from the state."""
    return people.sum(cash_help) / baskets


@feature(theme="support", unit="ratio")
def cash_help_to_line():
    """Cash help from the state as a ratio of the poverty line."""
    return people.sum(cash_help) / equivalents


@feature(theme="support", unit="ratio")
def family_money_to_line():
    """Money from people who do not live there as a ratio of the poverty line."""
    return people.sum(family_money) / equivalents


@feature(theme="support")
def has_cash_help():
    """Whether it had cash help from the state in the last three months."""
    return now.latest(households.cash_help) == "yes"


@feature(theme="support")
def has_goods_help():
    """Whether it had food or clothes from the state or a church in the last three months."""
    return now.latest(households.goods_help) == "yes"


@feature(theme="support")
def has_kin_help():
    """Whether it had food or clothes from relatives or neighbours in the last three months."""
    return now.latest(households.kin_help) == "yes"


@feature(theme="support", unit="persons")
def pensioners():
    """Members with a pension."""
    return people.where(persons.pension > 0).count()
