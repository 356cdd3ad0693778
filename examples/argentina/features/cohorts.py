"""Which households are looked at, where they live, and the groups that results are judged across."""

from tayanch import cohort, group, when

from .needs import head, now, people, ratio
from .registries import households, persons


@cohort
def above_the_line():
    """Households interviewed in the last quarter that reported their income, at or above the poverty line."""
    return ratio >= 1


@group
def region():
    """Statistical region of the household."""
    return now.latest(households.region)


@group
def city():
    """City of the household."""
    return now.latest(households.city)


@group
def sex_of_head():
    """Sex of the head of the household."""
    return people.where(head).latest(persons.sex)


@group
def has_disability():
    """Whether a member is out of work for disability."""
    return people.where(persons.inactivity == "disability").exists()


@group
def n_children():
    """Children under 18: none, one or two, three or more."""
    children = people.where(persons.age < 18).count()
    return when(children == 0, "none", when(children <= 2, "one or two", "three or more"))
