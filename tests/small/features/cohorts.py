"""Which families are looked at, and the areas they live in."""

from tayanch import cohort, group

from .income import income_to_minimum
from .registries import assessments

LINE = 1.5  # of the minimum consumption expenditure: at or below it a family is at risk of poverty


@cohort
def families_above_line():
    """Families whose last assessed income per person was above 1.5 × the minimum."""
    return income_to_minimum.expression > LINE


@group
def region():
    """Region where the family lives."""
    return assessments.latest(assessments.region)


@group
def mahalla():
    """Mahalla where the family lives."""
    return assessments.latest(assessments.mahalla)
