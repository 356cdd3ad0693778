"""The pages: sign-in, the list, one family. Plain HTML and forms; everything works without JavaScript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tayanch.errors import AccessError
from tayanch.state.reads import Page
from tayanch.state.sessions import TooManyTries, sign_in, sign_out
from tayanch.vocabulary import Band
from tayanch_serving.access import (
    Doing,
    Signed,
    Visitor,
    address,
    cookie_name,
    give_session,
    own_page,
    safe_path,
    signed_form,
    take_session,
)
from tayanch_serving.problems import NotFound
from tayanch_serving.rendering import CSS, CSS_PATH, frame_of, render, texts_of
from tayanch_serving.service import service_of
from tayanch_serving.views import FamilyView, ListView, family_view, list_view
from tayanch_serving.work import Work, begin

YEAR = 31_536_000
pages = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
Rank = Annotated[int, Query(ge=0, le=2**31 - 1)]


@pages.get("/")
def start(visitor: Signed) -> Response:
    """Goes on to where the visitor's work begins."""
    return RedirectResponse(visitor.start, 303)


@pages.get("/sign-in")
def sign_in_page(request: Request, then: str = "") -> str:
    """The form to sign in with."""
    return render("sign_in.html", frame_of(request), then=safe_path(then), typed="", refused="")


@pages.post("/sign-in", dependencies=[Depends(own_page)])
def sign_in_now(
    request: Request,
    *,
    name: Annotated[str, Form(max_length=200)],
    passphrase: Annotated[str, Form(max_length=2000)],
    then: Annotated[str, Form()] = "",
) -> Response:
    """Signs in and goes on to where the visitor wanted to go."""
    service = service_of(request)
    try:
        session = sign_in(
            service.database, name, passphrase=passphrase, address=address(request), at=service.clock.now()
        )
    except AccessError as error:
        many = isinstance(error, TooManyTries)
        page = render(
            "sign_in.html", frame_of(request), then=safe_path(then), typed=name, refused="many" if many else "wrong"
        )
        return HTMLResponse(page, 429 if many else 401)
    answer = RedirectResponse(safe_path(then), 303)
    give_session(service, answer, session=session)
    return answer


@pages.post("/sign-out")
def sign_out_now(request: Request, visitor: Annotated[Visitor, Depends(signed_form)]) -> Response:
    """Ends the session."""
    service = service_of(request)
    sign_out(service.database, visitor.session, at=service.clock.now())
    answer = RedirectResponse("/sign-in", 303)
    take_session(service, answer)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@pages.get("/language/{language}")
def choose_language(request: Request, language: str, *, then: str = "") -> Response:
    """Remembers the language and goes back to the page."""
    service = service_of(request)
    answer = RedirectResponse(safe_path(then), 303)
    if language in service.texts:
        name = cookie_name(service, "language")
        answer.set_cookie(
            name, language, max_age=YEAR, path="/", secure=service.settings.tls, httponly=True, samesite="lax"
        )
    return answer


@pages.get("/families")
def families_page(
    request: Request, visitor: Signed, *, after: Rank = 0, before: Rank = 0, band: Band | None = None
) -> Response:
    """Families to look at, 25 a page."""
    visitor.need(Doing.READ_LIST)
    work = begin(service_of(request), visitor, texts=texts_of(request))
    if work is None:
        return HTMLResponse(render("no_list.html", frame_of(request, visitor=visitor)))
    found = work.page(Page(after=after, before=before, band=band if work.release else None))
    view = list_view(found, work.desk.published, words=work.words, withheld=work.release is None)
    return HTMLResponse(_rendered("list.html", request, work=work, view=view))


@pages.get("/families/{handle}")
def family_page(request: Request, visitor: Signed, *, handle: str) -> Response:
    """One family: who, facts, why on the list, what is not known."""
    work = begin(service_of(request), visitor, texts=texts_of(request))
    seen = work.family(handle) if work else None
    if work is None or seen is None:
        raise NotFound("no family has this address", do="open the family from the list.")
    view = family_view(seen, work.facts(seen), reading=work.reading)
    return HTMLResponse(_rendered("family.html", request, work=work, view=view))


@pages.get(CSS_PATH)
def style_sheet() -> Response:
    """The style sheet; its address changes with it, so that it may be kept for a year."""
    return Response(CSS, media_type="text/css", headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


@pages.get("/favicon.ico")
def no_icon() -> Response:
    """Nothing, so that browsers ask once a year."""
    return Response(status_code=204, headers={"Cache-Control": f"public, max-age={YEAR}"})


def _rendered(name: str, request: Request, *, work: Work, view: ListView | FamilyView) -> str:
    frame = frame_of(request, visitor=work.visitor, desk=work.desk)
    return render(name, frame, view=view, withheld=work.withheld, as_of=work.desk.as_of)
