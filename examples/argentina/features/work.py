"""Who works, how much, and how firmly."""

from tayanch import feature

from .needs import (
    adult,
    of_working_age,
    people,
    registered,
    schooling,
    working,
)
from .registries import persons

jobs = people.where(working)
workers = jobs.count()
hours = jobs.where(persons.hours <= 168)


@feature(theme="work", unit="share", facts=lambda: {"workers": workers, "adults": people.where(of_working_age).count()})
def workers_to_adults():
    """Members who work, as a share of those aged 18 to 64."""
    return workers / people.where(of_working_age).count()


@feature(theme="work", unit="share")
def workers_to_members():
    """Members who work, as a share of all members."""
    return workers / people.count()


@feature(theme="work", unit="share", facts=lambda: {"registered": people.where(registered).count()})
def registered_to_members():
    """Members in a job with pension contributions, as a share of all members."""
    return people.where(registered).count() / people.count()


@feature(theme="work", unit="persons")
def unemployed():
    """Members who look for work and have none."""
    return people.where(persons.activity == "unemployed").count()


@feature(theme="work", unit="persons")
def wanting_more_hours():
    """Members who work and want to work more hours."""
    return people.where(persons.wants_more == "yes").count()


@feature(theme="work", unit="hours")
def hours_worked():
    """Hours that all members worked in the week, in their main jobs."""
    return hours.sum(persons.hours)


@feature(theme="work", unit="hours")
def longest_hours():
    """Hours of the member who worked most in the week."""
    return hours.max(persons.hours)


@feature(theme="work", unit="persons")
def short_in_job():
    """Members employed for a year or less in their job."""
    return people.where(persons.tenure <= 4).count()


@feature(theme="work", unit="persons")
def long_in_job():
    """Members employed for more than five years in their job."""
    return people.where(persons.tenure == 6).count()


@feature(theme="work", unit="persons")
def builders():
    """Members who work in construction."""
    return jobs.where((persons.industry >= 4000) & (persons.industry < 4100)).count()


@feature(theme="work", unit="level")
def mean_schooling():
    """Mean level of schooling of the adults, 0 (none) to 6 (higher, ended)."""
    return people.where(adult).mean(schooling)


@feature(theme="work", unit="level")
def best_schooling():
    """Highest level of schooling among the adults, 0 (none) to 6 (higher, ended)."""
    return people.where(adult).max(schooling)


@feature(theme="work", unit="share")
def graduates_to_members():
    """Members who ended higher education, as a share of all members."""
    return people.where(persons.education == 6).count() / people.count()


@feature(theme="work", unit="share")
def little_schooling_to_members():
    """Adults who did not begin or not end secondary school, as a share of all members."""
    return people.where(adult & persons.education.isin([1, 2, 3, 7])).count() / people.count()
