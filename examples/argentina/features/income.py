"""What comes in, and how surely, measured by what the household needs (its poverty line)."""

from tayanch import feature, when

from .needs import (
    baskets,
    cash_help,
    equivalents,
    equivalents_before,
    family_money,
    head,
    income,
    line,
    now,
    on_own,
    other_income,
    partner,
    pay,
    pension,
    people,
    people_before,
    ratio,
    ratio_before,
    registered,
    reported,
    unregistered,
    usual,
    usual_at_work,
    usual_in_branch,
    working,
)
from .registries import households, persons

earned = people.sum(pay)
earned_registered = people.where(registered).sum(pay)
earned_unregistered = people.where(unregistered).sum(pay)
earned_on_own = people.where(on_own).sum(pay)
pensions = people.sum(pension)
helped = people.sum(cash_help) + people.sum(family_money)
earned_before = people_before.sum(pay) / equivalents_before  # without an interview then 0 / 0: missing
before_or_now = when(ratio_before.missing(), ratio, ratio_before)


@feature(
    theme="income",
    unit="ratio",
    facts=lambda: {"income": now.where(reported).latest(households.income), "line": line},
)
def ratio_to_line():
    """Income of the household as a ratio of its poverty line at the last interview."""
    return ratio


@feature(theme="income", unit="ratio")
def ratio_before_to_line():
    """Income as a ratio of the poverty line at the interview one quarter earlier, if there was one."""
    return ratio_before


@feature(theme="income", unit="ratio")
def mean_of_two_to_line():
    """Income as a ratio of the poverty line, mean of the last two interviews (of one, if there was one)."""
    return (ratio + before_or_now) / 2


@feature(theme="income", unit="ratio")
def lowest_of_two_to_line():
    """Income as a ratio of the poverty line, the lower of the last two interviews."""
    return when(before_or_now < ratio, before_or_now, ratio)


@feature(theme="income", unit="ratio")
def income_to_before():
    """Real income now as a ratio of that one quarter earlier, both measured by the poverty line."""
    return ratio / ratio_before


@feature(theme="income", unit="baskets")
def income_per_person():
    """Income per person, in baskets of one adult."""
    return baskets / now.latest(households.members)


@feature(theme="income", unit="ratio")
def steady_to_line():
    """Registered pay and pensions as a ratio of the poverty line."""
    return (earned_registered + pensions) / equivalents


@feature(theme="income", unit="ratio")
def without_help_to_line():
    """Income without cash help and money from relatives, as a ratio of the poverty line."""
    return (baskets - helped) / equivalents


@feature(theme="income", unit="ratio")
def without_largest_to_line():
    """Income without that of the member who brings most, as a ratio of the poverty line."""
    return (baskets - people.max(income)) / equivalents


@feature(theme="income", unit="ratio")
def earned_to_line():
    """Pay of all members as a ratio of the poverty line."""
    return earned / equivalents


@feature(theme="income", unit="ratio")
def registered_pay_to_line():
    """Pay from jobs with pension contributions as a ratio of the poverty line."""
    return earned_registered / equivalents


@feature(theme="income", unit="ratio")
def unregistered_pay_to_line():
    """Pay from jobs without pension contributions as a ratio of the poverty line."""
    return earned_unregistered / equivalents


@feature(theme="income", unit="ratio")
def public_pay_to_line():
    """Pay from public-sector jobs as a ratio of the poverty line."""
    return people.where(persons.sector == "public").sum(pay) / equivalents


@feature(theme="income", unit="ratio")
def pensions_to_line():
    """Pensions of all members as a ratio of the poverty line."""
    return pensions / equivalents


@feature(theme="income", unit="ratio")
def not_earned_to_line():
    """Income that is not from work as a ratio of the poverty line."""
    return people.sum(other_income) / equivalents


@feature(theme="income", unit="baskets")
def largest_income():
    """Income of the member who brings most, in baskets of one adult."""
    return people.max(income)


@feature(theme="income", unit="baskets")
def smallest_pay():
    """Pay of the member who works and earns least, in baskets of one adult."""
    return people.where(persons.pay > 0).min(pay)


@feature(theme="income", unit="baskets")
def pay_of_partner():
    """Pay of the head's partner, in baskets of one adult."""
    return people.where(partner).max(pay)


@feature(theme="income", unit="share")
def share_of_largest():
    """Share of the household's income that one member brings."""
    return people.max(income) / baskets


@feature(theme="income", unit="share")
def share_on_own():
    """Share of the household's income from work on one's own account."""
    return earned_on_own / baskets


@feature(theme="income", unit="share")
def share_with_income():
    """Share of the members who have an income of their own."""
    return people.where(persons.income > 0).count() / people.count()


@feature(theme="income", unit="ratio")
def pay_per_hour():
    """Pay of all members for an hour's work a week, in baskets of one adult."""
    return earned / people.where(persons.hours <= 168).sum(persons.hours)


@feature(theme="income", unit="ratio")
def earned_change():
    """Change in one quarter of the pay of all members, as a ratio of the poverty line."""
    return earned / equivalents - earned_before


@feature(theme="income", unit="ratio")
def pay_before_to_line():
    """Pay of all members one quarter earlier as a ratio of the poverty line then."""
    return earned_before


@feature(theme="income", unit="ratio")
def usual_income_to_line():
    """What adults of the same education and age usually have, as a ratio of the household's poverty line."""
    return people.sum(usual) / equivalents


@feature(theme="income", unit="ratio")
def usual_pay_to_line():
    """What is usually paid in the members' occupations, as a ratio of the household's poverty line."""
    return people.where(working).sum(usual_at_work) / equivalents


@feature(theme="income", unit="ratio")
def usual_pay_in_branch_to_line():
    """What is usually paid in the branches the members work in, as a ratio of the household's poverty line."""
    return people.where(working).sum(usual_in_branch) / equivalents


@feature(theme="income", unit="baskets")
def best_usual_pay():
    """What is usually paid in the best paid of the members' occupations, in baskets of one adult."""
    return people.where(working).max(usual_at_work)


@feature(theme="income", unit="baskets")
def usual_pay_of_head():
    """What is usually paid in the head's occupation, in baskets of one adult."""
    return people.where(head & working).max(usual_at_work)


@feature(theme="income", unit="ratio")
def pay_over_usual():
    """Pay of all members above (or below) what their occupations usually pay, as a ratio of the poverty line."""
    return (earned - people.where(working).sum(usual_at_work)) / equivalents
