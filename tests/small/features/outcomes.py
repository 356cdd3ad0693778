"""What is foreseen."""

from tayanch import outcome

from .cohorts import LINE
from .registries import assessments, minimum

ahead = assessments.next(months=12)


@outcome(observed=ahead.exists())
def falls_below_line_12m():
    """A family above the line falls to 1.5 × the minimum or below within 12 months; not assessed again: unknown."""
    return ahead.where(assessments.income_per_person / minimum.lookup() <= LINE).exists()
