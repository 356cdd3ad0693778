"""The registries that the specification tells about."""

from tayanch import Column, feature, group, registry
from tayanch.declare.expressions import Expression
from tayanch.declare.registries import Registry


@registry(key="id", purpose="specification", owner="nobody")
class payments:
    """One payment to a family."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    silent_after = 2
    amount = Column("Amount paid.", unit="money")
    parcels = Column("Parcels handed out.", type="whole")
    benefit = Column("Which benefit.", values=["child", "aid", "old_age"])
    office = Column("Which office paid.", type="code")
    granted = Column("When it was granted.", type="date")


@feature(theme="support", unit="money")
def paid() -> Expression:
    """All that was ever paid."""
    return payments.sum(payments.amount)


@registry(key="id", purpose="specification", owner="nobody", announced=True)
class visits:
    """One visit to a family, announced or made."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    minutes = Column("How long it is to last.", type="whole")


@registry(key="id", purpose="specification", owner="nobody", links="person")
class jobs:
    """What a person earned in a month."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    silent_after = 2
    wage = Column("Wage.", unit="money")
    born = Column("Birth date.", type="date")


@registry(key="id", purpose="specification", owner="nobody")
class benefits:
    """A benefit that a family gets from a day to a day."""

    happened_on, known_at, retracted, ended = "happened_on", "known_at", "retracted", "ended"
    monthly = Column("Amount a month.", unit="money")


@registry(key="id", purpose="specification", owner="nobody", links="person")
class contracts:
    """A person is employed from a day to a day."""

    happened_on, known_at, retracted, ended = "happened_on", "known_at", "retracted", "ended"
    sector = Column("Sector.", type="code")


@registry(key="id", purpose="specification", owner="nobody")
class homes:
    """A family lives in an area from a day on."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    area = Column("Area.", type="code")
    rooms = Column("Rooms.", type="whole")
    rent = Column("Rent.", unit="money")


@group
def area() -> Expression:
    """Where the family lives."""
    return homes.latest(homes.area)


@group
def anywhere() -> Expression:
    """One area for all: where no area is told, too."""
    return homes.latest(homes.area).fill("anywhere")


@registry(key="id", purpose="specification", owner="nobody", links="membership")
class members:
    """A person belongs to a family from a day to a day."""

    happened_on, known_at, retracted, left = "happened_on", "known_at", "retracted", "left"
    share = Column("Share of the household's room.")


REGISTRIES: tuple[Registry, ...] = (payments, visits, jobs, benefits, contracts, homes, members)
