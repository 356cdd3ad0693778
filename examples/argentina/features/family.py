"""Who lives there."""

from tayanch import feature

from .needs import adult, age, equivalents, head, people
from .registries import persons


@feature(theme="family", unit="equivalents")
def adult_equivalents():
    """What the household needs, counted in baskets of one adult."""
    return equivalents


@feature(theme="family", unit="share")
def children_to_members():
    """Children under 18 as a share of all members."""
    return people.where(persons.age < 18).count() / people.count()


@feature(theme="family", unit="persons")
def children():
    """Children under 18."""
    return people.where(persons.age < 18).count()


@feature(theme="family", unit="persons")
def children_of_head():
    """Sons and daughters of the head, of any age."""
    return people.where(persons.relation == "child").count()


@feature(theme="family", unit="persons")
def of_working_age():
    """Members aged 18 to 64."""
    return people.where(adult & (persons.age < 65)).count()


@feature(theme="family", unit="persons")
def old():
    """Members aged 65 or more."""
    return people.where(persons.age >= 65).count()


@feature(theme="family", unit="years")
def mean_age():
    """Mean age of the members."""
    return people.mean(age)


@feature(theme="family", unit="years")
def youngest():
    """Age of the youngest member."""
    return people.min(age)


@feature(theme="family", unit="years")
def oldest():
    """Age of the oldest member."""
    return people.max(persons.age)


@feature(theme="family", unit="years")
def age_of_head():
    """Age of the head."""
    return people.where(head).max(persons.age)
