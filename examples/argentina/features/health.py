"""Health cover: what illness would cost."""

from tayanch import feature

from .needs import adult, head, people
from .registries import persons

uncovered = persons.cover == "none"


@feature(theme="health", unit="share", facts=lambda: {"uncovered": people.where(uncovered).count()})
def uncovered_to_members():
    """Members with public health care only, as a share of all members."""
    return people.where(uncovered).count() / people.count()


@feature(theme="health", unit="persons")
def uncovered_adults():
    """Adults with public health care only."""
    return people.where(uncovered & adult).count()


@feature(theme="health", unit="persons")
def covered_by_work():
    """Members with health insurance through work or a pension."""
    return people.where(persons.cover.isin(["work", "work_private", "work_plan", "all"])).count()


@feature(theme="health")
def head_uncovered():
    """Whether the head has public health care only."""
    return people.where(head & uncovered).exists()
