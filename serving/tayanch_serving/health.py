"""Whether the service lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from tayanch.errors import StateError, StoreError
from tayanch_serving.desk import Desk, Withheld
from tayanch_serving.service import service_of

health = APIRouter(tags=["health"])


class Alive(BaseModel):
    """That the process answers."""

    alive: bool = True


class Ready(BaseModel):
    """Whether every part can do its work. A withheld release leaves facts available: the service is ready then too."""

    ready: bool
    state: bool = Field(description="The database answers.")
    list: bool = Field(description="A list has been published.")
    facts: bool = Field(description="The snapshot of the list can be read.")
    release: bool = Field(
        description="The release is verified and may be used today; else band and reasons are withheld."
    )


@health.get("/health")
def alive() -> Alive:
    """That the process answers."""
    return Alive()


@health.get("/ready", responses={503: {"model": Ready}})
def ready(request: Request, response: Response) -> Ready:
    """Whether families can be looked at: 200 when they can, else 503."""
    service = service_of(request)
    try:
        desk, state = service.desk(), True
    except StateError:
        desk, state = None, False
    facts = _facts(desk)
    usable = desk is not None and not isinstance(desk.release(service.clock.today()), Withheld)
    found = Ready(ready=state and facts, state=state, list=desk is not None, facts=facts, release=usable)
    response.status_code = 200 if found.ready else 503
    return found


def _facts(desk: Desk | None) -> bool:
    try:
        return desk is not None and bool(desk.book.features)
    except StoreError:
        return False
