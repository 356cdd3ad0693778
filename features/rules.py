"""The law's formula: income of three months ÷ members ÷ 3, beside the minimum consumption expenditure of the day.

Decree PF-258 of 2025-12-26 and Cabinet Resolution 35 of 2026-01-29 put a family into one of three categories, or none:
*supported* below the minimum when no member can work, *poor* below it when somebody can, *near* up to 1.5 × the minimum
or within a year of having left the first two. What this says is the rule that models are measured against, and a fact
on the family's page; a decision is a person's.
"""

from tayanch import when

from .needs import FILED, QUARTER, elders, minimums, missing_unless, per_person, size, workforce
from .registries import assessments, minimum
from .registries_care import care, disability

LINE = 1.5
"""Times the minimum: at or below it a family is at the edge of poverty."""
VALID = 6
"""Months an assessment is relied on: a poor family's questionnaire is renewed that often."""

registered_ratio = per_person / minimum.lookup()
assessed = assessments.last(months=VALID)
assessed_per_person = assessed.latest(assessments.per_person)

income_of_law = when(assessed_per_person.missing(), per_person, assessed_per_person)
ratio = income_of_law / minimum.lookup()


def ratio_then(ending: int):
    """Registered income ÷ the minimum in the three months that end so many months before as_of, today's members."""
    return minimums(ending) / size / QUARTER


ratio_before = missing_unless(minimums(FILED + QUARTER) > 0, ratio_then(FILED + QUARTER))

cannot_work = disability.current().where(disability.grade.isin(["1", "2"])).persons()
carers = care.current().where(care.kind == "nursing").persons()
can_work = workforce - when(cannot_work > elders, cannot_work - elders, 0) - carers  # elders count as disabled first

lately = assessments.last(months=12)
was_in_need = lately.where(assessments.category.isin(["supported", "poor"])).exists()

category = when(
    ratio < 1,
    when(can_work > 0, "poor", "supported"),
    when((ratio <= LINE) | was_in_need, "near", "none"),
)
