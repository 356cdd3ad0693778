"""The registers of your agency, as they are delivered."""

from tayanch import Column, registry


@registry(key="member_id", links="membership", purpose="to know who makes up a family", owner="Civil register")
class members:
    """One person's membership of one family, from a day to a day."""

    happened_on, known_at, left = "joined_on", "loaded_at", "left_on"

    born = Column("Date of birth.", type="date", required=True)


@registry(key="address_id", purpose="to know whose list a family stands on", owner="Cadastre")
class addresses:
    """The address of one family from a day on."""

    happened_on, known_at = "since", "loaded_at"

    region = Column("Region where the family lives.", type="code", required=True)
