"""Who works."""

from tayanch import feature

from .registries import wages


@feature(theme="work", unit="days")
def days_since_wage():
    """Days since the last registered wage of any member."""
    return wages.days_since()
