"""Disability and care: who needs help from the others. Flags and dates, never a diagnosis."""

from tayanch import feature, neighbours

from .cohorts import mahalla
from .needs import size, within_a_year, within_the_coming_year, workforce
from .registries import payments
from .registries_care import care, disability
from .registries_money import pensions

disabled = disability.current()
ill = care.current().where(care.kind == "long_illness")
disability_help = (
    pensions.last(months=6).where(pensions.kind == "disability").exists()
    | payments.last(months=6).where(payments.kind == "disability_care").exists()
)


@feature(theme="health", unit="persons", facts=lambda: {"people": size})
def with_disability():
    """Members with a disability."""
    return disabled.persons()


@feature(theme="health", unit="persons")
def heavy_disability():
    """Adults with a disability of the first or second group."""
    return disabled.where(disability.grade.isin(["1", "2"])).persons()


@feature(theme="health", unit="persons")
def children_with_disability():
    """Children with a disability."""
    return disabled.where(disability.grade == "child").persons()


@feature(theme="health", unit="persons")
def newly_disabled():
    """Members assessed for a disability in the last 12 months."""
    return disability.last(months=12).persons()


@feature(theme="health", unit="persons")
def reassessments_due():
    """Members whose disability is to be assessed again within 12 months."""
    return disabled.where(within_the_coming_year(disability.until)).persons()


@feature(theme="health", unit="persons")
def disability_ran_out():
    """Assessments of a disability that ran out in the last 12 months."""
    return disability.where(within_a_year(disability.until)).persons()


@feature(theme="health")
def disability_without_help():
    """Whether a member has a disability and no disability pension or care benefit was paid in six months."""
    return disabled.exists() & ~disability_help


@feature(theme="health", unit="persons")
def long_ill():
    """Members with a long illness."""
    return ill.persons()


@feature(theme="health", unit="persons")
def nursing():
    """Members who stay at home to nurse another."""
    return care.current().where(care.kind == "nursing").persons()


@feature(theme="health", unit="persons")
def expecting():
    """Members followed up in a pregnancy."""
    return care.current().where(care.kind == "pregnancy").persons()


@feature(theme="health", unit="ratio", facts=lambda: {"adults": workforce})
def care_per_adult():
    """Members with a disability or a long illness, for each member of working age."""
    return (disabled.persons() + ill.persons()) / workforce


@feature(theme="health", unit="share")
def area_disability():
    """Share of the other families of the mahalla with a member with a disability."""
    return neighbours(disabled.exists(), by=mahalla)
