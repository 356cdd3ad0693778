"""Who comes in, and what they may do: cookies, sessions, forgery of requests, roles."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request, Response

from tayanch.errors import AccessError
from tayanch.state.sessions import ABSOLUTE, Session, session_of
from tayanch.vocabulary import Role
from tayanch_serving.service import Service, service_of

BEARER = "Bearer "


class NotSignedIn(AccessError):
    """Nobody is signed in, or the session has ended."""


class Forged(AccessError):
    """A request that changes something did not come from our own page."""


class NotAllowed(AccessError):
    """The role of the account does not include this."""


class Doing(StrEnum):
    """What can be done here. Every route needs one of these, or is open to all who signed in."""

    READ_LIST = "read_list"
    READ_FAMILY = "read_family"
    SCORE = "score"
    READ_CATALOGUE = "read_catalogue"


ROLES: Mapping[str, frozenset[Doing]] = {
    Role.WORKER: frozenset({Doing.READ_LIST, Doing.READ_FAMILY, Doing.SCORE}),
    Role.DATA_SCIENTIST: frozenset({Doing.READ_CATALOGUE}),
    Role.AUDITOR: frozenset({Doing.READ_CATALOGUE}),
}
"""What each role may do. An account with a role that does not stand here may do nothing."""

STARTS = {Doing.READ_LIST: "/families", Doing.READ_CATALOGUE: "/catalogue"}
"""Where people begin: the first of these that their role includes."""


@dataclass(frozen=True)
class Visitor:
    """Someone signed in. `by_cookie`: a browser sent the session along, as it does for any page that asks it to."""

    session: Session
    by_cookie: bool

    @property
    def name(self) -> str:
        """The account's name, as events tell it."""
        return self.session.account.name

    @property
    def form_key(self) -> str:
        """What our forms carry and another site can't know. It belongs to this session and tells nothing of it."""
        return hmac.new(self.session.id.encode(), b"form", hashlib.sha256).hexdigest()

    @property
    def start(self) -> str:
        """The page this visitor begins at; the list, which then says so, for a role that may do nothing."""
        return next((path for doing, path in STARTS.items() if self.may(doing)), "/families")

    def may(self, doing: Doing) -> bool:
        """Whether the role includes it."""
        return doing in ROLES.get(self.session.account.role, frozenset())

    def need(self, doing: Doing) -> None:
        """Refuses what the role does not include.

        Raises:
            NotAllowed: telling what to do.
        """
        if not self.may(doing):
            raise NotAllowed("your role does not include this", do="ask who keeps the accounts.")


def visitor(request: Request) -> Visitor:
    """Who is signed in.

    Raises:
        NotSignedIn: when nobody is.
    """
    service = service_of(request)
    told = request.headers.get("authorization", "")
    by_cookie = not told.startswith(BEARER)
    id = request.cookies.get(cookie_name(service, "session"), "") if by_cookie else told.removeprefix(BEARER)
    session = session_of(service.database, id, at=service.clock.now()) if id else None
    if session is None:
        raise NotSignedIn("nobody is signed in, or the session has ended", do="sign in.")
    return Visitor(session, by_cookie)


def own_page(request: Request) -> None:
    """Refuses a request that another site made a browser send.

    Raises:
        Forged: telling what to do.
    """
    site = request.headers.get("sec-fetch-site")
    own = site == "same-origin" if site else _own_origin(request)
    if not own:
        raise Forged("the request did not come from this site", do="open the page here and try again.")


Signed = Annotated[Visitor, Depends(visitor)]


def signed_form(request: Request, visitor: Signed, *, form_key: Annotated[str, Form()] = "") -> Visitor:
    """Who sends one of our forms.

    Raises:
        Forged: when the form is not ours, or of another session.
    """
    own_page(request)
    if not hmac.compare_digest(form_key, visitor.form_key):
        raise Forged("the form belongs to another session", do="open the page again and send it once more.")
    return visitor


def signed_caller(request: Request, visitor: Signed) -> Visitor:
    """Who calls a route of the API that changes something. A bearer's id is never sent by a browser on its own.

    Raises:
        Forged: when a browser was made to call by another site.
    """
    if visitor.by_cookie:
        own_page(request)
    return visitor


def cookie_name(service: Service, plain: str) -> str:
    """The cookie's name; with TLS browsers themselves keep `__Host-` cookies to this host."""
    return f"__Host-{plain}" if service.settings.tls else plain


def give_session(service: Service, response: Response, *, session: Session) -> None:
    """Sets the session's cookie. Strict: no other site's page or form can send it along."""
    response.set_cookie(
        cookie_name(service, "session"),
        session.id,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=service.settings.tls,
        httponly=True,
        samesite="strict",
    )


def take_session(service: Service, response: Response) -> None:
    """Removes the session's cookie."""
    name = cookie_name(service, "session")
    response.delete_cookie(name, path="/", secure=service.settings.tls, httponly=True, samesite="strict")


def address(request: Request) -> str:
    """Where the request comes from, as the server or a trusted proxy tells."""
    return request.client.host if request.client else ""


def safe_path(told: str) -> str:
    """A path of this site to go on to; the start when anything else was told."""
    parts = urlsplit(told)
    own = told.startswith("/") and not told.startswith(("//", "/\\")) and not parts.netloc and told.isprintable()
    return told if own and "\\" not in told else "/"


def _own_origin(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host", "")
