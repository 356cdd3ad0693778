"""Errors as people and programs meet them: a page, or problem+json (RFC 9457) with what was met, where, and what to do.

Nothing that was sent is ever echoed: it may be about a person, or markup.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tayanch.errors import AccessError, ReleaseError, StateError, StoreError, TayanchError
from tayanch.state.sessions import TooManyTries
from tayanch_serving.access import Forged, NotAllowed, NotSignedIn
from tayanch_serving.rendering import render_problem

API = "/v1/"
STATUSES: tuple[tuple[type[TayanchError], int], ...] = (
    (NotSignedIn, 401),
    (TooManyTries, 429),
    (Forged, 403),
    (AccessError, 403),
    (StateError, 503),
    (StoreError, 503),
    (ReleaseError, 503),
)
"""The status of each error, the special ones first."""


class NotFound(TayanchError):
    """What was asked for is not here."""


class Outdated(TayanchError):
    """What was asked for stood on an earlier list."""


class Problem(BaseModel):
    """What the API answers when it can't do what was asked."""

    type: str = "about:blank"
    title: str = Field(description="The HTTP status in words.")
    status: int
    met: str = Field(description="What was met and why it can't stand.")
    where: str = Field(description='The field or place it was met at; "" when there is none.')
    do: str = Field(description="What to do about it.")


def add_problems(app: FastAPI) -> None:
    """Answers every foreseen error of the app as a problem."""
    app.add_exception_handler(TayanchError, _on_ours)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)


def answer(request: Request, error: TayanchError, *, status: int) -> Response:
    """The error as problem+json for the API, else as a page."""
    if request.url.path.startswith(API):
        told = Problem(title=HTTPStatus(status).phrase, status=status, met=error.met, where=error.where, do=error.do)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return JSONResponse(told.model_dump(), status, headers, media_type="application/problem+json")
    page = render_problem(request, status=status, allowed=not isinstance(error, NotAllowed))
    return HTMLResponse(page, status)


async def unforeseen(request: Request) -> Response:
    """The answer to an error nobody foresaw; what it was stands in the log alone."""
    error = TayanchError("something went wrong here", do="try again; if it stays so, tell who runs the service.")
    return answer(request, error, status=500)


async def too_large(request: Request) -> Response:
    """The answer to a body above the limit."""
    return answer(request, TayanchError("the body is larger than 64 KiB", do="send less."), status=413)


async def _on_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, TayanchError)
    if isinstance(error, NotSignedIn) and not request.url.path.startswith(API):
        then = f"?then={request.url.path}" if request.method == "GET" else ""
        return RedirectResponse(f"/sign-in{then}", 303)
    return answer(request, error, status=_status(error))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = {404: NotFound("there is nothing at this address", do="start from the list.")}
    plain = TayanchError(HTTPStatus(error.status_code).phrase.lower(), do="see the API's description at /openapi.json.")
    found = answer(request, told.get(error.status_code, plain), status=error.status_code)
    found.headers.update(error.headers or {})
    return found


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    met = TayanchError(f"the request can't be read: {first['msg']}", do="mend the field.", where=where)
    return answer(request, met, status=422)


def _status(error: TayanchError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Outdated):
        return 409
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
