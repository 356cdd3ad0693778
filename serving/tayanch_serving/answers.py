"""What the API answers, as its description at /openapi.json tells it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tayanch.vocabulary import Band

Handle = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{26}$")]
"""What a family is called outside: random, lasting, and telling nothing."""
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(_[A-Z][a-z]{3})?$")]


class Asked(BaseModel):
    """Base of what is sent: an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Asked):
    """Who wants to sign in."""

    name: Annotated[str, Field(max_length=200)]
    passphrase: Annotated[str, Field(max_length=2000)]


class SessionAnswer(BaseModel):
    """A session. Send it with every call as `Authorization: Bearer …`; it ends 15 minutes after the last one."""

    session: str
    ends_at: datetime = Field(description="When it ends at the latest.")


class ScoreAsked(Asked):
    """Which family to score, and in which language to tell why."""

    family: Handle
    language: Language | None = None


class WithheldAnswer(BaseModel):
    """Why bands and reasons are withheld, and what to do."""

    why: str
    do: str


class ListAnswer(BaseModel):
    """The list something was read from."""

    as_of: date = Field(description="What was known before this day counts.")
    release: str = Field(description="name/version of the release it was made with.")
    release_digest: str
    published_at: datetime
    withheld: WithheldAnswer | None = Field(description="Set while bands and reasons are not shown.")
    notices: list[str] = Field(description="To be shown wherever a band is shown.")


class BandAnswer(BaseModel):
    """A band, as a word of the API and in the reader's words."""

    band: Band
    words: str


class ReasonAnswer(BaseModel):
    """One reason."""

    theme: str
    feature: str
    direction: Literal["raises", "lowers"]
    strength: str = Field(description="strong, medium or weak, in the reader's words.")
    sentence: str


class FamilyLine(BaseModel):
    """A family on the list."""

    family: Handle
    area: str
    band: BandAnswer | None
    reason: str = Field(description='The strongest raising reason; "" where there is none.')


class Caseload(BaseModel):
    """A page of the current list, most urgent first."""

    list: ListAnswer
    families: list[FamilyLine]
    total: int
    next: str | None = Field(description="Send it as `after` for the next page; null on the last.")


class FactAnswer(BaseModel):
    """A fact: value as told to people, who told it, and the day of the newest row behind it."""

    theme: str
    feature: str
    name: str
    value: str | None = Field(description="null where the registers don't tell it.")
    source: str
    day: date | None
    stale: bool = Field(description="Older than 90 days.")


class FamilyAnswer(BaseModel):
    """One family: facts, then why it stands on the list. band: null where it does not, or while bands are withheld."""

    list: ListAnswer
    family: Handle
    area: str
    facts: list[FactAnswer]
    band: BandAnswer | None
    reasons: list[ReasonAnswer]
    frequency: str = Field(description='How often similar families were later seen to need help; "" where not known.')


class ScoreAnswer(BaseModel):
    """A family scored anew from the facts of the current list's day."""

    list: ListAnswer
    family: Handle
    score: float | None = Field(
        description="Calibrated probability, for ranking and for programs; people are shown the band. null where too "
        "little is known of the family."
    )
    band: BandAnswer
    reasons: list[ReasonAnswer]
    note: str = Field(description='Set where no single reason is clear, else "".')
