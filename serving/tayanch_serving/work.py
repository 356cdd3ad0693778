"""What a visitor works with in one request: the desk of the current list, a usable release or why not, words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tayanch.release.releases import Release
from tayanch.state.reads import ListPage, Page, SeenFamily, read_family, read_page
from tayanch_serving.access import Doing, Visitor
from tayanch_serving.desk import Desk, Withheld
from tayanch_serving.facts import Fact
from tayanch_serving.service import Service
from tayanch_serving.texts import Texts
from tayanch_serving.views import Reading, Words


@dataclass(frozen=True)
class Work:
    """One visitor at one desk. Every look at a list or a family goes through here: it is allowed and logged first.

    release: None while band and reasons are withheld; `withheld` then says why.
    """

    service: Service
    visitor: Visitor
    desk: Desk
    release: Release | None
    withheld: Withheld | None
    words: Words
    now: datetime
    today: date

    @property
    def reading(self) -> Reading:
        """With what families are read."""
        return Reading(self.words, self.release, self.today)

    def page(self, page: Page) -> ListPage:
        """A page of the list; read and logged.

        Raises:
            NotAllowed: when the visitor's role does not include it.
        """
        self.visitor.need(Doing.READ_LIST)
        return read_page(self.service.database, self.desk.published, page=page, actor=self.visitor.name, at=self.now)

    def family(self, handle: str) -> SeenFamily | None:
        """A family; read and logged. None when no family has this handle.

        Raises:
            NotAllowed: when the visitor's role does not include it.
        """
        self.visitor.need(Doing.READ_FAMILY)
        return read_family(
            self.service.database, self.desk.published, handle=handle, actor=self.visitor.name, at=self.now
        )

    def facts(self, seen: SeenFamily) -> tuple[Fact, ...]:
        """The facts of a family that was read.

        Raises:
            StoreError: when the snapshot can't be read or has no row of it.
        """
        return self.desk.book.facts(seen.family, as_of=self.desk.as_of)


def begin(service: Service, visitor: Visitor, *, texts: Texts) -> Work | None:
    """The visitor's work on the current list, None before the first is published."""
    desk = service.desk()
    if desk is None:
        return None
    today = service.clock.today()
    found = desk.release(today)
    release = None if isinstance(found, Withheld) else found
    return Work(
        service=service,
        visitor=visitor,
        desk=desk,
        release=release,
        withheld=found if isinstance(found, Withheld) else None,
        words=_words(service, texts, release=release),
        now=service.clock.now(),
        today=today,
    )


def _words(service: Service, texts: Texts, *, release: Release | None) -> Words:
    """The release's own words where it has them in this language: they were frozen with it."""
    frozen = release is not None and texts.language in release.wording.languages
    return Words(texts, release.wording if release is not None and frozen else service.wording)
