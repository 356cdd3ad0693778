"""Published lists: which families are worth a look, in which order, and why, as of a date and by which release.

A list is written in pieces and shown only when whole; publishing the next one leaves it as it was.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from tayanch.declare.forms import canonical
from tayanch.errors import StateError
from tayanch.state.database import Database
from tayanch.state.events import Act, EventKind, append
from tayanch.state.families import handles_of
from tayanch.state.tables import lists, scores
from tayanch.vocabulary import Band

_PIECE = 5_000
_NEWEST = (
    select(lists)
    .where(lists.c.project == bindparam("of"), lists.c.published_at.is_not(None))
    .order_by(lists.c.published_at.desc(), lists.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class ListHeading:
    """What a list is made from. Digests are 64 hexadecimal characters; `project` is the project's name."""

    project: str
    as_of: date
    release_name: str
    release_version: str
    release_digest: str
    snapshot: str


@dataclass(frozen=True)
class ListedFamily:
    """One family on a list, as it is published.

    family: its pseudonym; score: calibrated probability, None where the data must be looked at first; rank: from 1,
    without gaps; area: its finest area, in a word people know, or ""; reasons: canonical JSON in the form of
    `kept.reasons_text`, given back as it is.
    """

    family: str
    score: float | None
    band: Band
    rank: int
    reasons: str
    area: str = ""

    def __post_init__(self) -> None:
        if self.score is not None and not 0 <= self.score <= 1:
            raise StateError(f"the score at rank {self.rank} is no probability", do="publish calibrated scores.")


@dataclass(frozen=True)
class PublishedList:
    """A whole list: its number, heading, when it was published and how many families stand in each band."""

    id: int
    heading: ListHeading
    published_at: datetime
    bands: tuple[tuple[Band, int], ...]

    @property
    def families(self) -> int:
        """How many families stand on it."""
        return sum(count for _, count in self.bands)


def publish(
    database: Database, heading: ListHeading, *, rows: Iterable[ListedFamily], actor: str, at: datetime
) -> PublishedList:
    """The list just published. It is the current one from now on.

    Raises:
        StateError: when there is no row, a family stands twice, or ranks are not 1, 2, 3 …
    """
    number = _begin(database, heading)
    written = _Written()
    for piece in _pieces(rows):
        written.add(piece)
        _write(database, piece, number=number, project=heading.project)
    if not written.families:
        raise StateError("a list without families can't be published", do="score a cohort that has families.")
    whole = PublishedList(number, heading, at, tuple((band, written.bands[band]) for band in Band))
    return _finish(database, whole, digest=written.digest.hexdigest(), actor=actor)


def current_list(database: Database, project: str) -> PublishedList | None:
    """The list published last, or None before the first."""
    with database.reading() as connection:
        row = connection.execute(_NEWEST, {"of": project}).first()
    return _published(row) if row else None


@dataclass
class _Written:
    """What was written of a list so far."""

    families: set[str] = field(default_factory=set[str])
    bands: Counter[Band] = field(default_factory=Counter[Band])
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, piece: Sequence[ListedFamily]) -> None:
        for row in piece:
            self._check(row)
            self.families.add(row.family)
            self.bands[row.band] += 1
            self.digest.update(canonical([row.rank, row.family, row.score, row.band, row.area, row.reasons]).encode())

    def _check(self, row: ListedFamily) -> None:
        due = len(self.families) + 1
        if row.rank != due:
            raise StateError(f"rank {row.rank} stands where {due} was due", do="publish rows in order of rank, from 1.")
        if row.family in self.families:
            raise StateError(f"the family at rank {row.rank} stands twice", do="publish each family once.")


def _begin(database: Database, heading: ListHeading) -> int:
    """The number of an empty list; what an interrupted publication of this project left behind is removed."""
    with database.writing() as connection:
        left = select(lists.c.id).where((lists.c.project == heading.project) & lists.c.published_at.is_(None))
        connection.execute(delete(scores).where(scores.c.list.in_(left)))
        connection.execute(delete(lists).where(lists.c.project == heading.project, lists.c.published_at.is_(None)))
        made = connection.execute(insert(lists).values(**vars(heading), bands="[]").returning(lists.c.id))
        return made.scalar_one()


def _pieces(rows: Iterable[ListedFamily]) -> Iterator[tuple[ListedFamily, ...]]:
    remaining = iter(rows)
    while piece := tuple(itertools.islice(remaining, _PIECE)):
        yield piece


def _write(database: Database, piece: Sequence[ListedFamily], *, number: int, project: str) -> None:
    with database.writing() as connection:
        handles = handles_of(connection, project, pseudonyms=[row.family for row in piece])
        connection.execute(insert(scores), [_values(row, number=number, handle=handles[row.family]) for row in piece])


def _values(row: ListedFamily, *, number: int, handle: str) -> dict[str, Any]:
    kept = {"rank": row.rank, "score": row.score, "band": row.band.value, "area": row.area, "reasons": row.reasons}
    return {"list": number, "handle": handle, **kept}


def _finish(database: Database, made: PublishedList, *, digest: str, actor: str) -> PublishedList:
    bands = [[band.value, count] for band, count in made.bands]
    told = {
        "list": made.id,
        "as_of": made.heading.as_of.isoformat(),
        "release": made.heading.release_digest,
        "snapshot": made.heading.snapshot,
        "bands": bands,
        "rows": digest,
    }
    with database.writing() as connection:
        shown = {"published_at": made.published_at, "bands": canonical(bands)}
        connection.execute(update(lists).where(lists.c.id == made.id).values(shown))
        append(connection, Act(EventKind.LIST_PUBLISHED, actor, payload=told), at=made.published_at)
    return made


def _published(row: Row[Any]) -> PublishedList:
    bands = tuple((Band(band), int(count)) for band, count in json.loads(row.bands))
    return PublishedList(row.id, heading_of(row), row.published_at, bands)


def heading_of(row: Row[Any]) -> ListHeading:
    """The heading in a row of the table of lists."""
    release = (row.release_name, row.release_version, row.release_digest)
    return ListHeading(row.project, row.as_of, *release, snapshot=row.snapshot)
