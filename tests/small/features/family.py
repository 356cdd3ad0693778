"""Who belongs to the family."""

from tayanch import feature, years_since

from .registries import members


@feature(theme="family", unit="persons")
def people():
    """People in the family."""
    return members.current().count()


@feature(theme="family", unit="persons")
def children():
    """Children under 18 in the family."""
    return members.current().where(years_since(members.born) < 18).count()
