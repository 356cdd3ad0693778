"""The registries that the specification tells about."""

from tayanch import Column, registry
from tayanch.declare.registries import Registry


@registry(key="id", purpose="specification", owner="nobody")
class payments:
    """One payment to a family."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    amount = Column("Amount paid.", unit="money")
    parcels = Column("Parcels handed out.", type="whole")
    benefit = Column("Which benefit.", values=["child", "aid", "old_age"])
    office = Column("Which office paid.", type="code")
    granted = Column("When it was granted.", type="date")


@registry(key="id", purpose="specification", owner="nobody", announced=True)
class visits:
    """One visit to a family, announced or made."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    minutes = Column("How long it is to last.", type="whole")


@registry(key="id", purpose="specification", owner="nobody", links="person")
class jobs:
    """What a person earned in a month."""

    happened_on, known_at, retracted = "happened_on", "known_at", "retracted"
    wage = Column("Wage.", unit="money")
    born = Column("Birth date.", type="date")


@registry(key="id", purpose="specification", owner="nobody", links="membership")
class members:
    """A person belongs to a family from a day to a day."""

    happened_on, known_at, retracted, left = "happened_on", "known_at", "retracted", "left"
    share = Column("Share of the household's room.")


REGISTRIES: tuple[Registry, ...] = (payments, visits, jobs, members)
