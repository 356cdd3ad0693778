"""What help the family has, had, asked for, and what the mahalla saw."""

from tayanch import feature, neighbours, years_since

from .cohorts import mahalla
from .needs import QUARTER, within_a_year
from .registries import assessments, benefit_ends, benefits, minimum, payments
from .registries_care import visits
from .rules import category, income_of_law, lately, ratio

past = (years_since(benefits.until) >= 0).fill(False)
running = benefits.current().where(~past)
refused = lately.where(assessments.granted == "no")


@feature(theme="support", facts=lambda: {"ratio": ratio, "income": income_of_law, "minimum": minimum.lookup()})
def register_category():
    """Category of the Social Register that the law's formula gives: supported, poor, near the line, or none."""
    return category


@feature(theme="support", unit="UZS")
def paid_in_year():
    """Benefits paid in the last 12 months."""
    return payments.last(months=12).sum(payments.amount)


@feature(theme="support", unit="benefits")
def benefits_now():
    """Benefits the family has."""
    return running.count()


@feature(theme="support", unit="days", facts=lambda: {"monthly": running.sum(benefits.monthly)})
def until_benefit_ends():
    """Days until the next announced end of a benefit."""
    return benefit_ends.days_until()


@feature(theme="support", unit="benefits")
def benefits_ended():
    """Benefits that ended in the last 12 months."""
    return benefits.where(within_a_year(benefits.last_day) | within_a_year(benefits.until)).count()


@feature(theme="support", unit="days")
def since_payment():
    """Days since the last payment of a benefit."""
    return payments.days_since()


@feature(theme="support")
def help_stopped():
    """Whether benefits were paid in the year before the last three months, and none since."""
    before = payments.last(months=12, ending=QUARTER)
    return before.exists() & ~payments.last(months=QUARTER).exists()


@feature(theme="support", unit="applications")
def applications():
    """Applications for help decided in the last 12 months."""
    return lately.count()


@feature(theme="support", unit="applications", facts=lambda: {"applications": lately.count()})
def refused_in_year():
    """Applications of the last 12 months to which no help was granted."""
    return refused.count()


@feature(theme="support", unit="days")
def since_application():
    """Days since the last decision on an application."""
    return assessments.days_since()


@feature(theme="support")
def last_category():
    """Category at the last decision on an application."""
    return assessments.latest(assessments.category)


@feature(theme="support")
def told_food_short():
    """Whether the family said at its last application that food does not reach."""
    return assessments.latest(assessments.food_short) == "yes"


@feature(theme="support", facts=lambda: {"ratio": ratio})
def below_minimum_without_help():
    """Whether the law's formula gives less than the minimum, and the family has no benefit."""
    return (ratio < 1) & ~running.exists()


@feature(theme="support", unit="visits")
def visits_in_year():
    """Visits in the last 12 months."""
    return visits.last(months=12).count()


@feature(theme="support", unit="days")
def since_visit():
    """Days since the last visit."""
    return visits.days_since()


@feature(theme="support")
def food_seen():
    """Whether food reached at the last visit."""
    return visits.latest(visits.food)


@feature(theme="support")
def advice():
    """Conclusion of the last visit."""
    return visits.latest(visits.advice)


@feature(theme="support", unit="share")
def area_helped():
    """Share of the other families of the mahalla that have a benefit."""
    return neighbours(running.exists(), by=mahalla)


@feature(theme="support", unit="visits")
def area_visits():
    """Visits in the last 12 months to the other families of the mahalla, on average."""
    return neighbours(visits.last(months=12).count(), by=mahalla)
