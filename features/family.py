"""Who belongs to the family, what changed, and how the children fare at school."""

from tayanch import feature, neighbours

from .cohorts import age_of_head as head_age
from .cohorts import away_now, mahalla
from .needs import adult, age, of_school_age, people, school_children, size, within_a_year, workforce
from .needs import children as under_18
from .needs import elders as past_pension_age
from .registries import acts, members
from .registries_care import attendance, leavings
from .registries_money import pensions

adults = people.where(adult).count()
terms = attendance.last(months=6, ending=3)
terms_before = attendance.last(months=6, ending=9)
school_left = leavings.last(months=24).where(leavings.reason.fill("unknown") != "moved")


@feature(theme="family", unit="persons")
def members_now():
    """Members of the family."""
    return size


@feature(theme="family", unit="persons")
def children():
    """Children under 18."""
    return under_18


@feature(theme="family", unit="persons")
def small_children():
    """Children under 3."""
    return people.where(age < 3).count()


@feature(theme="family", unit="persons")
def pupils():
    """Children of school age, 7 to 17."""
    return school_children


@feature(theme="family", unit="years")
def oldest_pupil():
    """Age of the oldest child of school age."""
    return people.where(of_school_age).max(age)


@feature(theme="family", unit="persons")
def nearly_grown():
    """Children of 17, for whom benefits end within a year."""
    return people.where(age == 17).count()


@feature(theme="family", unit="persons")
def elders():
    """Members who have reached the pension age."""
    return past_pension_age


@feature(theme="family", unit="years")
def age_of_head():
    """Age of the head of the family."""
    return head_age


@feature(theme="family", unit="ratio", facts=lambda: {"dependants": size - workforce, "adults": workforce})
def dependants_per_adult():
    """Children and elders for each member of working age."""
    return (size - workforce) / workforce


@feature(theme="family")
def one_adult_with_children():
    """Whether one adult lives with children."""
    return (adults == 1) & (under_18 > 0)


@feature(theme="family", unit="persons")
def joined():
    """Persons who joined the family in the last 12 months, by birth or otherwise."""
    return members.last(months=12).persons()


@feature(theme="family", unit="persons")
def left():
    """Persons who left the family in the last 12 months, by death or otherwise."""
    return members.where(within_a_year(members.gone)).persons()


@feature(theme="family")
def divorced_lately():
    """Whether a member was divorced in the last 24 months."""
    return acts.last(months=24).where(acts.act == "divorce").exists()


@feature(theme="family")
def lost_breadwinner():
    """Whether a member has a survivor's pension: a breadwinner died."""
    return pensions.last(months=6).where(pensions.kind == "survivor").exists()


@feature(theme="family", unit="days", facts=lambda: {"pupils": terms.persons()})
def days_missed():
    """School days the children missed in the terms of half a year."""
    return terms.sum(attendance.absent)


@feature(theme="family", unit="days", facts=lambda: {"now": terms.mean(attendance.absent)})
def change_in_days_missed():
    """Change against half a year earlier of the school days missed by a child in a term."""
    return terms.mean(attendance.absent) - terms_before.mean(attendance.absent)


@feature(theme="family", unit="persons")
def away_from_school():
    """Children the school reported as not attending in the last 12 months."""
    return away_now


@feature(theme="family", unit="persons")
def left_school():
    """Children who left school before its end in the last 24 months, other than by moving."""
    return school_left.persons()


@feature(theme="family", unit="days")
def area_days_missed():
    """School days missed by a child in a term in the other families of the mahalla, on average."""
    return neighbours(terms.mean(attendance.absent), by=mahalla)


@feature(theme="family", unit="share")
def area_left_school():
    """Share of the other families of the mahalla where a child left school in the last 24 months."""
    return neighbours(school_left.exists(), by=mahalla)
