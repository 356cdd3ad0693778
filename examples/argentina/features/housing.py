"""Where and how the household lives."""

from tayanch import feature

from .needs import now
from .registries import households


@feature(theme="housing")
def city():
    """The city it lives in."""
    return now.latest(households.city)


@feature(theme="housing", unit="rooms")
def rooms_per_person():
    """Rooms for its own use per member."""
    return now.latest(households.rooms) / now.latest(households.members)


@feature(theme="housing", unit="rooms")
def bedrooms_per_person():
    """Rooms to sleep in per member."""
    return now.latest(households.bedrooms) / now.latest(households.members)


@feature(theme="housing")
def tenure():
    """On what terms it lives there."""
    return now.latest(households.tenure)


@feature(theme="housing")
def fuel():
    """What it cooks with."""
    return now.latest(households.fuel)


@feature(theme="housing")
def floor():
    """What the floor is made of."""
    return now.latest(households.floor)


@feature(theme="housing")
def roof():
    """What the roof is made of."""
    return now.latest(households.roof)


@feature(theme="housing")
def garage():
    """Whether there is a garage."""
    return now.latest(households.garage) == "yes"
