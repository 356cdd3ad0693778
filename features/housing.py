"""Where the family lives, what it owns, and whether it keeps up with electricity and gas."""

from tayanch import feature, neighbours

from .cohorts import area_type as town_or_village
from .cohorts import mahalla
from .needs import FILED, QUARTER, SENT, registered_a_month, size, within_a_year
from .registries import addresses, property
from .registries_care import bills, disconnections, livestock, visits

owned = property.current()
homes_owned = owned.where(property.kind.isin(["house", "flat"]))
last_month = bills.last(months=1, ending=SENT)
quarter = bills.last(months=QUARTER, ending=SENT)
quarter_before = bills.last(months=QUARTER, ending=SENT + QUARTER)
a_year_before = bills.last(months=QUARTER, ending=SENT + 12)
year = bills.last(months=12, ending=SENT)
late = bills.months_behind > 0


@feature(theme="housing")
def area_type():
    """Whether the family lives in a town or in a village."""
    return town_or_village.expression


@feature(theme="housing", unit="days")
def since_move():
    """Days since the family came to its address."""
    return addresses.days_since()


@feature(theme="housing", unit="m2")
def space_per_person():
    """Floor space that members own, for each member."""
    return homes_owned.sum(property.size) / size


@feature(theme="housing", unit="cars")
def cars():
    """Cars that members own."""
    return owned.where(property.kind == "car").count()


@feature(theme="housing", unit="things")
def given_up():
    """Houses, cars and land that members sold or gave away in the last 12 months."""
    return property.where(within_a_year(property.given_up)).count()


@feature(theme="housing", unit="head")
def cattle():
    """Head of cattle at the last count."""
    return livestock.latest(livestock.cattle)


@feature(theme="housing", unit="head")
def fewer_cattle():
    """Head of cattle fewer than the most of the last three years."""
    return livestock.last(months=36).max(livestock.cattle) - livestock.latest(livestock.cattle)


@feature(theme="housing")
def dwelling():
    """State of the dwelling at the last visit."""
    return visits.latest(visits.dwelling)


@feature(theme="housing")
def no_gas():
    """Whether there was no gas at the last visit."""
    return visits.latest(visits.gas) == "no"


@feature(theme="housing", unit="UZS", facts=lambda: {"months": quarter.max(bills.months_behind)})
def arrears():
    """Debt for electricity and gas after the last bill."""
    return last_month.sum(bills.arrears)


@feature(theme="housing", unit="months", facts=lambda: {"arrears": last_month.sum(bills.arrears)})
def months_behind():
    """Months that the oldest debt for electricity or gas is old, at most in three months."""
    return quarter.max(bills.months_behind)


@feature(theme="housing", unit="months")
def more_months_behind():
    """Change in three months of the age of the oldest debt for electricity or gas."""
    return quarter.max(bills.months_behind) - quarter_before.max(bills.months_behind)


@feature(theme="housing", unit="months")
def months_in_arrears():
    """Months of the last year with a debt for electricity or gas."""
    return year.where(late).distinct(bills.month)


@feature(theme="housing", unit="share", facts=lambda: {"billed": quarter.sum(bills.billed)})
def paid_share():
    """Share of the bills of three months that was paid."""
    return quarter.sum(bills.paid) / quarter.sum(bills.billed)


@feature(theme="housing", unit="ratio")
def bills_to_last_year():
    """Bills of three months as a ratio of those of the same months a year earlier."""
    return quarter.sum(bills.billed) / a_year_before.sum(bills.billed)


@feature(theme="housing", unit="share")
def bills_to_income():
    """Bills for electricity and gas as a share of the income that registers tell of."""
    return bills.last(months=QUARTER, ending=FILED).sum(bills.billed) / QUARTER / registered_a_month


@feature(theme="housing", unit="times")
def cut_off():
    """How often electricity or gas was disconnected for debt in the last 12 months."""
    return disconnections.last(months=12).count()


@feature(theme="housing")
def cut_off_now():
    """Whether electricity or gas is disconnected."""
    return disconnections.current().exists()


@feature(theme="housing", unit="share")
def area_arrears():
    """Share of the other families of the mahalla with a debt for electricity or gas."""
    return neighbours(quarter.where(late).exists(), by=mahalla)


@feature(theme="housing", unit="share")
def area_cut_off():
    """Share of the other families of the mahalla that were disconnected in the last 12 months."""
    return neighbours(disconnections.last(months=12).exists(), by=mahalla)
