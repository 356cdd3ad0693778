"""Templates, compiled at start, and what every page has around its own content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tayanch_serving.access import Doing, Visitor, cookie_name
from tayanch_serving.desk import Desk
from tayanch_serving.service import Service, service_of
from tayanch_serving.texts import N_, NAMES, Texts, tag_of

HERE = Path(__file__).parent
CSS = (HERE / "static" / "tayanch.css").read_bytes()
CSS_PATH = f"/static/tayanch-{hashlib.sha256(CSS).hexdigest()[:12]}.css"
IN_PARTS = ("/families", "/catalogue")
"""Pages of which the address tells the part that is shown."""
NOTICES = ("notice.purpose", "notice.error", "notice.advice")

PROBLEMS: dict[int, tuple[str, str]] = {
    401: (N_("You are not signed in"), N_("Sign in and try again.")),
    403: (N_("This request can't be trusted"), N_("Open the page here and send it once more.")),
    404: (N_("There is nothing at this address"), N_("What stood here may have gone: go back to the start.")),
    405: (N_("This address can't be used in this way"), N_("Go back to the start.")),
    409: (N_("A newer list has been published"), N_("Go back to the start.")),
    413: (N_("Too much was sent"), N_("Send less at once.")),
    422: (N_("Something that was filled in can't be read"), N_("Go back, look at it and send it again.")),
    429: (N_("Too many tries"), N_("Wait 15 minutes and try again.")),
    500: (N_("Something went wrong here"), N_("Try again. If it stays so, tell who runs the service.")),
    503: (
        N_("The service can't work right now"),
        N_("What can't be written down is not shown. Try again in a few minutes; nothing was lost."),
    ),
}

MAIN = (
    (Doing.READ_LIST, "/families", N_("List")),
    (Doing.READ_CATALOGUE, "/catalogue", N_("Features")),
    (Doing.READ_CATALOGUE, "/catalogue/registries", N_("Registers")),
    (Doing.READ_CATALOGUE, "/catalogue/policy", N_("Policy")),
)
NOT_ALLOWED = N_("Your account does not open this page"), N_("If your work needs it, ask who keeps the accounts.")


@dataclass(frozen=True)
class Frame:
    """What stands around every page.

    banners: sentences above every page of a practice project or a trial. notices: what the system may be used for,
    that it can be wrong, that people decide; on every page with a flag. unsigned: that no native reader has signed
    the words yet; "" once they have.
    """

    texts: Texts
    languages: tuple[tuple[str, str], ...]
    path: str
    visitor: Visitor | None
    banners: tuple[str, ...]
    notices: tuple[str, ...]
    footer: str
    unsigned: str

    @property
    def language_name(self) -> str:
        """What the page's language calls itself."""
        return NAMES[self.texts.language]

    @property
    def css(self) -> str:
        """Where the style sheet lies; its name changes with its content."""
        return CSS_PATH

    @property
    def page(self) -> str:
        """The page's address without its parts."""
        return self.path.partition("?")[0]

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The pages that the visitor's role opens: address and words."""
        visitor = self.visitor
        return tuple((path, self.texts.say(words)) for doing, path, words in MAIN if visitor and visitor.may(doing))


def texts_of(request: Request) -> Texts:
    """The interface in the reader's language: the cookie's, else the project's first."""
    service = service_of(request)
    asked = request.cookies.get(cookie_name(service, "language"), "")
    return service.texts.get(asked) or service.texts[service.first_language]


def frame_of(request: Request, *, visitor: Visitor | None = None, desk: Desk | None = None) -> Frame:
    """The frame of a page."""
    service, texts = service_of(request), texts_of(request)
    return Frame(
        texts=texts,
        languages=tuple((language, NAMES[language]) for language in service.texts),
        path=_path(request),
        visitor=visitor,
        banners=_banners(service, texts, desk=desk),
        notices=tuple(service.wording.say(texts.language, notice) for notice in NOTICES),
        footer=_footer(desk, texts),
        unsigned=_unsigned(service, texts),
    )


def render(template: str, frame: Frame, **shown: object) -> str:
    """A page from its template."""
    return _environment().get_template(template).render(frame=frame, t=frame.texts.say, day=frame.texts.day, **shown)


def render_problem(request: Request, *, status: int, allowed: bool = True) -> str:
    """The page of an error, in the reader's language. It asks no database: that may be what failed.

    allowed: False where the visitor's role is what stands in the way.
    """
    met, do = PROBLEMS.get(status, PROBLEMS[500]) if allowed else NOT_ALLOWED
    return render("problem.html", frame_of(request), met=met, do=do)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tag"] = tag_of
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


def _path(request: Request) -> str:
    """Where a choice of language leads back to: this page, and the part of the list or catalogue it shows."""
    in_parts = request.url.path in IN_PARTS and request.url.query
    return f"{request.url.path}?{request.url.query}" if in_parts else request.url.path


def _banners(service: Service, texts: Texts, *, desk: Desk | None) -> tuple[str, ...]:
    practice = texts.say(N_("Practice: for learning. Nothing here is about a family in your care."))
    trial = texts.say(N_("Trial: this release is being tried out."))
    return (*((practice,) if service.project.settings.practice else ()), *((trial,) if desk and desk.trial else ()))


def _unsigned(service: Service, texts: Texts) -> str:
    signed = texts.reviewed and service.wording.catalogue(texts.language).reviewed
    return "" if signed else texts.say(N_("No native reader has signed these words yet."))


def _footer(desk: Desk | None, texts: Texts) -> str:
    if desk is None:
        return ""
    heading = desk.published.heading
    release = f"{heading.release_name} {heading.release_version}"
    return texts.say(
        N_("Release {release} · what was known before {day}"), release=release, day=texts.day(heading.as_of)
    )
