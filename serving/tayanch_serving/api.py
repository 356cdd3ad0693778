"""The JSON API under /v1: the same lists, facts and reasons as the pages, for programs."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from tayanch.errors import ReleaseError
from tayanch.state.events import Act, EventKind, log
from tayanch.state.reads import Page, find_family
from tayanch.state.sessions import ABSOLUTE, sign_in, sign_out
from tayanch.vocabulary import Band
from tayanch_serving.access import Doing, Signed, Visitor, address, signed_caller
from tayanch_serving.answering import caseload, family_answer, score_answer
from tayanch_serving.answers import (
    Caseload,
    FamilyAnswer,
    Handle,
    Language,
    ScoreAnswer,
    ScoreAsked,
    SessionAnswer,
    SignIn,
)
from tayanch_serving.cursors import rank_of
from tayanch_serving.problems import NotFound, Problem
from tayanch_serving.scoring import score_family
from tayanch_serving.service import service_of
from tayanch_serving.texts import Texts
from tayanch_serving.work import Work, begin

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}} for status in (401, 403, 404, 422, 503)
}
api = APIRouter(prefix="/v1", responses=PROBLEMS)
Caller = Annotated[Visitor, Depends(signed_caller)]


@api.post("/sessions", status_code=201, tags=["sign-in"], responses={429: PROBLEMS[401]})
def open_session(request: Request, asked: SignIn) -> SessionAnswer:
    """Signs a program in."""
    service = service_of(request)
    session = sign_in(
        service.database, asked.name, passphrase=asked.passphrase, address=address(request), at=service.clock.now()
    )
    return SessionAnswer(session=session.id, ends_at=session.started_at + ABSOLUTE)


@api.delete("/sessions/current", status_code=204, tags=["sign-in"])
def close_session(request: Request, visitor: Caller) -> Response:
    """Signs out."""
    service = service_of(request)
    sign_out(service.database, visitor.session, at=service.clock.now())
    return Response(status_code=204)


@api.get("/caseload", tags=["families"], response_model=Caseload, responses={304: {}, 409: PROBLEMS[401]})
def read_caseload(
    request: Request,
    visitor: Signed,
    *,
    after: str = "",
    size: Annotated[int, Query(ge=1, le=100)] = 25,
    band: Band | None = None,
    language: Language | None = None,
) -> Response:
    """A page of the current list. Send `next` as `after` to go on; after a new list has come out that answers 409."""
    work = _begin(request, visitor, language=language)
    start = rank_of(after, of_list=work.desk.published.id) if after else 0
    page = work.page(Page(after=start, size=size, band=band if work.release else None))
    found = caseload(page, work)
    body = found.model_dump_json()
    tag = f'W/"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@api.get("/families/{handle}", tags=["families"])
def read_one(request: Request, visitor: Signed, *, handle: Handle, language: Language | None = None) -> FamilyAnswer:
    """One family: facts with source and date, then why it stands on the list."""
    work = _begin(request, visitor, language=language)
    seen = work.family(handle)
    if seen is None:
        raise NotFound("no family has this handle", do="take a handle from /v1/caseload.")
    return family_answer(seen, work.facts(seen), work=work)


@api.post("/score", tags=["families"])
def score_one(request: Request, visitor: Caller, *, asked: ScoreAsked) -> ScoreAnswer:
    """Scores one family from the facts of the current list's day, with reasons. Logged before it is answered."""
    visitor.need(Doing.SCORE)
    work = _begin(request, visitor, language=asked.language)
    database, project = work.service.database, work.service.project.settings.name
    family = find_family(database, project, handle=asked.family)
    if family is None:
        raise NotFound("no family has this handle", do="take a handle from /v1/caseload.")
    if work.release is None or work.withheld is not None:
        raise ReleaseError("scores are withheld: the release can't be trusted", do="see /v1/caseload for the reason.")
    book = work.desk.book
    found = book.values(family, as_of=work.desk.as_of)
    scored = score_family(work.release, book, found=found, language=work.words.language)
    payload = scored.payload(work.release, as_of=work.desk.as_of.isoformat())
    log(database, Act(EventKind.FAMILY_SCORED, visitor.name, asked.family, payload), at=work.now)
    return score_answer(scored, handle=asked.family, work=work)


def _begin(request: Request, visitor: Visitor, *, language: str | None) -> Work:
    work = begin(service_of(request), visitor, texts=_texts(request, language))
    if work is None:
        raise NotFound("no list has been published yet", do="publish one with: tayanch score.")
    return work


def _texts(request: Request, language: str | None) -> Texts:
    service = service_of(request)
    if language is not None and language not in service.texts:
        known = ", ".join(service.texts)
        raise NotFound("the project is not worded in that language", do=f"use one of: {known}.", where="language")
    return service.texts[language or service.first_language]
