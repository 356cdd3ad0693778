"""What a list is worked on with: its release, verified, and the book of facts. Made once for each current list."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from tayanch.errors import ReleaseError
from tayanch.project import Project
from tayanch.release.drift import check_usable
from tayanch.release.keys import trusted_keys
from tayanch.release.releases import Release
from tayanch.release.verify import verify
from tayanch.state.database import Database
from tayanch.state.events import Act, EventKind, log
from tayanch.state.lists import ListHeading, PublishedList, current_list
from tayanch.vocabulary import NO_TIME, ReleaseState
from tayanch_serving.facts import FactBook, FamilyRows

SERVICE = "service"


@dataclass(frozen=True)
class Withheld:
    """Why no band and no reason may be shown. `why` and `do` are for staff."""

    why: str
    do: str


@dataclass(frozen=True)
class Desk:
    """A published list with what is needed to work on it.

    found: the release it was made with, or why it can't be trusted.
    """

    published: PublishedList
    found: Release | Withheld
    project: Project
    open_rows: Callable[[str], FamilyRows]

    def release(self, today: date) -> Release | Withheld:
        """The release when it may be used today, else why not. Facts stay available either way."""
        if isinstance(self.found, Withheld):
            return self.found
        try:
            check_usable(self.found, self.project, today=today)
        except ReleaseError as error:
            return Withheld(error.met, error.do)
        return self.found

    @property
    def as_of(self) -> date:
        """The date as of which the list was made and facts are told."""
        return self.published.heading.as_of

    @property
    def trial(self) -> bool:
        """Whether the release is only being tried out."""
        return not isinstance(self.found, Withheld) and self.found.state is ReleaseState.TRIAL

    @cached_property
    def book(self) -> FactBook:
        """The facts of families as of the list's date: of the release's features, else of all that are declared.

        Raises:
            StoreError: when the list's snapshot can't be read.
        """
        rows = self.open_rows(self.published.heading.snapshot)
        if isinstance(self.found, Withheld):
            every = tuple(feature.id for feature in self.project.features)
            return FactBook(self.project.compiled(every), rows, lag=NO_TIME)
        return FactBook(self.found.compiled, rows, lag=self.found.origin.experiment.lag)


class Desks:
    """The desk of the current list."""

    def __init__(self, project: Project, home: Path, *, open_rows: Callable[[str], FamilyRows]) -> None:
        """`open_rows(snapshot digest)` gives what finds the rows of a family in that snapshot."""
        self._project, self._home, self._open_rows = project, home, open_rows
        self._turn, self._kept = threading.Lock(), None

    def current(self, database: Database, *, at: datetime) -> Desk | None:
        """The desk of the list published last, None before the first. That a release is withheld is logged once."""
        published = current_list(database, self._project.settings.name)
        if published is None:
            return None
        with self._turn:
            if self._kept is None or self._kept.published != published:
                self._kept = self._made(published)
                _log_withheld(database, self._kept, at=at)
            return self._kept

    def _made(self, published: PublishedList) -> Desk:
        return Desk(published, self._verified(published.heading), self._project, self._open_rows)

    def _verified(self, heading: ListHeading) -> Release | Withheld:
        try:
            keys = trusted_keys(practice=self._project.settings.practice, folder=self._home / "keys")
            release = verify(self._folder(heading), keys)
        except ReleaseError as error:
            return Withheld(error.met, error.do)
        if release.digest != heading.release_digest:
            return Withheld("the list was made with another release of this name and version", "publish a new list.")
        return release

    def _folder(self, heading: ListHeading) -> Path:
        """Where the release lies: among those made here, else among those committed with the project."""
        name = Path(heading.release_name, heading.release_version)
        made, committed = self._home / "releases" / name, self._project.folder / "models" / name
        return committed if committed.is_dir() and not made.is_dir() else made


def _log_withheld(database: Database, desk: Desk, *, at: datetime) -> None:
    if isinstance(desk.found, Withheld):
        told = {"list": desk.published.id, "release": desk.published.heading.release_digest}
        log(database, Act(EventKind.RELEASE_WITHHELD, SERVICE, payload=told), at=at)
