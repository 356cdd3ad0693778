"""Which families are looked at, and where they live."""

from tayanch import cohort, group, years_since

from .registries import addresses, members


@cohort
def families_with_children():
    """Families with a child under 18."""
    return members.current().where(years_since(members.born) < 18).exists()


@group
def region():
    """Region where the family lives."""
    return addresses.latest(addresses.region)
