"""The registers a family's picture comes from."""

from tayanch import Column, Reference, registry

minimum = Reference("reference/minimum_consumption.csv", key=(), value="som", valid_from="valid_from")


@registry(key="member_id", links="membership", purpose="eligibility", owner="Civil registry")
class members:
    """One person's membership of one family. Source: civil register, nightly extract."""

    happened_on, known_at, left = "joined_on", "loaded_at", "left_on"
    born = Column("Date of birth.", type="date", required=True)


@registry(key="assessment_id", purpose="eligibility", owner="Agency for Social Protection")
class assessments:
    """One assessment of a family's income. Source: social register, nightly extract."""

    happened_on, known_at = "assessed_on", "loaded_at"
    income_per_person = Column("Income per person and month over the past three months.", unit="UZS", low=0)
    region = Column("Region where the family lives.", type="code", required=True)
    mahalla = Column("Mahalla where the family lives.", type="code", required=True)


@registry(key="payment_id", purpose="eligibility", owner="Agency for Social Protection")
class payments:
    """One benefit payment to one family. Source: social register, nightly extract."""

    happened_on, known_at, retracted = "paid_on", "loaded_at", "is_deleted"
    benefit = Column("Benefit code.", values=["child", "material_aid", "disability"])
    amount = Column("Amount paid.", unit="UZS", low=0, required=True)


@registry(key=("person_id", "month"), links="person", purpose="eligibility", owner="Tax committee")
class wages:
    """One person's registered wage for one month. Source: tax register, monthly extract."""

    happened_on, known_at = "month", "filed_on"
    amount = Column("Wage of the month.", unit="UZS", low=0, required=True)
