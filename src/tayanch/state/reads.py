"""Reading lists and families. Each function logs in the same transaction that it was read: no event, no view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from tayanch.state.database import Database
from tayanch.state.events import Act, EventKind, append
from tayanch.state.lists import ListHeading, PublishedList, heading_of
from tayanch.state.tables import families, lists, scores
from tayanch.vocabulary import Band

_FAMILY = select(families.c.family).where(families.c.project == bindparam("of"), families.c.handle == bindparam("held"))
_PLACED = select(scores).where(scores.c.list == bindparam("of"), scores.c.handle == bindparam("held"))


@dataclass(frozen=True)
class Page:
    """Up to `size` families of a list in order of rank.

    after, before: a rank, or 0 for no bound; the page lies right behind `after` or right before `before`.
    band: only families of that band.
    """

    after: int = 0
    before: int = 0
    size: int = 25
    band: Band | None = None


@dataclass(frozen=True)
class Score:
    """A family's place on one list, by its handle.

    score: calibrated probability, None where the data must be looked at first; reasons: the text kept at publication.
    """

    handle: str
    score: float | None
    band: Band
    rank: int
    reasons: str
    area: str


@dataclass(frozen=True)
class PastScore:
    """A family's place on one list of the past or present, with that list's heading."""

    heading: ListHeading
    published_at: datetime
    score: Score


@dataclass(frozen=True)
class ListPage:
    """The families of a page, how many stand before it, and how many the list (in that band) has."""

    page: Page
    families: tuple[Score, ...]
    earlier: int
    total: int

    @property
    def more(self) -> bool:
        """Whether families stand behind it."""
        return self.earlier + len(self.families) < self.total


@dataclass(frozen=True)
class SeenFamily:
    """A family that was looked at.

    family: its pseudonym, for looking its facts up; it never leaves the service. score: its place on the list, None
    when it does not stand there.
    """

    handle: str
    family: str
    score: Score | None


def read_page(database: Database, published: PublishedList, *, page: Page, actor: str, at: datetime) -> ListPage:
    """A page of a list. That it was read is logged in the same transaction."""
    with database.writing() as connection:
        found = _page(connection, published, page=page)
        ranks = [score.rank for score in found.families]
        seen = {"list": published.id, "ranks": [ranks[0], ranks[-1]] if ranks else [], "band": page.band or ""}
        append(connection, Act(EventKind.LIST_READ, actor, payload=seen), at=at)
    return found


def read_family(
    database: Database, published: PublishedList, *, handle: str, actor: str, at: datetime
) -> SeenFamily | None:
    """A family and its place on the list, None when no family of the project has this handle.

    That it was read is logged in the same transaction.
    """
    with database.writing() as connection:
        family = connection.scalar(_FAMILY, {"of": published.heading.project, "held": handle})
        if family is None:
            return None
        row = connection.execute(_PLACED, {"of": published.id, "held": handle}).first()
        append(connection, Act(EventKind.FAMILY_READ, actor, handle, {"list": published.id}), at=at)
    return SeenFamily(handle, family, _score(row) if row else None)


def find_family(database: Database, project: str, *, handle: str) -> str | None:
    """The pseudonym behind a handle, None when there is none. Log before telling what it leads to."""
    with database.reading() as connection:
        return connection.scalar(_FAMILY, {"of": project, "held": handle})


def read_past(database: Database, handle: str, *, actor: str, at: datetime) -> tuple[PastScore, ...]:
    """A family's places on all published lists, oldest first. That they were read is logged in the same transaction."""
    asked = (scores.c.handle == handle) & lists.c.published_at.is_not(None)
    both = select(scores, lists).join(lists, scores.c.list == lists.c.id).where(asked)
    with database.writing() as connection:
        rows = connection.execute(both.order_by(lists.c.as_of, lists.c.id)).all()
        if rows:
            seen = {"lists": [row.id for row in rows]}
            append(connection, Act(EventKind.FAMILY_READ, actor, handle, seen), at=at)
    return tuple(PastScore(heading_of(row), row.published_at, _score(row)) for row in rows)


def _page(connection: Connection, published: PublishedList, *, page: Page) -> ListPage:
    on_list = scores.c.list == published.id
    chosen = on_list & (scores.c.band == page.band.value) if page.band else on_list
    found = tuple(_score(row) for row in connection.execute(_cut(chosen, page)))
    total = dict(published.bands).get(page.band, 0) if page.band else published.families
    if not found:
        return ListPage(page, (), 0, total)
    placed = found[::-1] if page.before else found
    ahead = select(func.count()).select_from(scores).where(chosen, scores.c.rank < placed[0].rank)
    return ListPage(page, placed, connection.execute(ahead).scalar_one(), total)


def _cut(chosen: ColumnElement[bool], page: Page) -> Select[Any]:
    if page.before:
        before = chosen & (scores.c.rank < page.before)
        return select(scores).where(before).order_by(scores.c.rank.desc()).limit(page.size)
    return select(scores).where(chosen & (scores.c.rank > page.after)).order_by(scores.c.rank).limit(page.size)


def _score(row: Row[Any]) -> Score:
    return Score(row.handle, row.score, Band(row.band), row.rank, row.reasons, row.area)
