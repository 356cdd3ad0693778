"""What help the family has had."""

from tayanch import feature

from .registries import payments


@feature(unit="UZS", theme="support")
def benefit_income_12m():
    """Benefit income in the 12 months before the decision."""
    return payments.last(months=12).sum(payments.amount)


@feature(theme="support", unit="payments")
def child_benefits_12m():
    """Payments of child benefit in the last 12 months."""
    return payments.last(months=12).where(payments.benefit == "child").count()
