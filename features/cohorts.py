"""Which families are looked at, where they live, and the groups that results are judged across."""

from tayanch import cohort, group, when

from .needs import (
    adult,
    age,
    children,
    declared,
    elders,
    paid,
    people,
    school_children,
    sent_home,
    size,
    workforce,
)
from .registries import addresses, members
from .registries_care import attendance, bills, disability, disconnections
from .rules import LINE, ratio

MONTHS_BEHIND = 3
"""Months of arrears from which on a utility debt is a hardship."""

head = people.where(members.relation == "head")
age_of_head = head.max(age)
earners = paid.persons() + declared.persons() + sent_home.persons()
away_now = attendance.last(months=12).where(attendance.status == "away").persons()


@cohort
def above_one_and_a_half():
    """Families whose income by the law's formula is above 1.5 × the minimum."""
    return ratio > LINE


@cohort
def families_with_school_children():
    """Families with a child who is 7 to 16 and has attended school in the last 12 months."""
    attended = attendance.last(months=12).where(attendance.status == "enrolled").exists()
    return people.where((age >= 7) & (age < 17)).exists() & attended


@cohort
def families_with_children_connected():
    """Families with a child, a utility account, no disconnection in force and less than 3 months of arrears."""
    late = bills.last(months=3, ending=1).max(bills.months_behind).fill(0)
    connected = bills.last(months=3, ending=1).exists() & ~disconnections.current().exists()
    return (children > 0) & connected & (late < MONTHS_BEHIND)


@cohort
def families_with_one_earner_or_carer():
    """Families where all depend on one person: one who earns, or one of working age, and others beside."""
    return (size > 1) & (workforce > 0) & ((earners == 1) | (workforce == 1))


@group
def region():
    """Region where the family lives."""
    return addresses.latest(addresses.region)


@group
def district():
    """District or city where the family lives."""
    return addresses.latest(addresses.district)


@group
def mahalla():
    """Mahalla where the family lives."""
    return addresses.latest(addresses.mahalla)


@group
def area_type():
    """Town or village."""
    return addresses.latest(addresses.area_type)


@group
def sex_of_head():
    """Sex of the head of the family."""
    return head.latest(members.sex)


@group
def age_of_head_band():
    """Age of the head: under 30, 30 to 44, 45 to 59, 60 or more."""
    older = when(age_of_head < 60, "45 to 59", "60 or more")
    return when(age_of_head < 30, "under 30", when(age_of_head < 45, "30 to 44", older))


@group
def has_disability():
    """Whether a member has a disability."""
    return disability.current().exists()


@group
def n_children():
    """Children under 18: none, one or two, three or more."""
    return when(children == 0, "none", when(children <= 2, "one or two", "three or more"))


@group
def single_adult_with_children():
    """Whether one adult lives with children."""
    return (people.where(adult).count() == 1) & (children > 0)


@group
def with_elders():
    """Whether a member has reached the pension age."""
    return elders > 0


@group
def with_school_children():
    """Whether a child of school age belongs to the family."""
    return school_children > 0
