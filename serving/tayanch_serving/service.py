"""What every request needs, put together once at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from tayanch.project import Project, load_project
from tayanch.release.wording import Wording, read_wording
from tayanch.state.database import Database, open_database
from tayanch_serving.catalogue import Catalogues
from tayanch_serving.clock import Clock
from tayanch_serving.desk import Desk, Desks
from tayanch_serving.rows import open_rows
from tayanch_serving.settings import Settings
from tayanch_serving.texts import Texts, load_texts


@dataclass(frozen=True)
class Service:
    """The project, its state, the desk of its current list, the catalogue of its features, and its words.

    texts: of the interface, by language, the project's first language first. wording: the project's own, for words
    that are needed also while no release can be trusted.
    """

    settings: Settings
    project: Project
    database: Database
    clock: Clock
    desks: Desks
    catalogues: Catalogues
    texts: Mapping[str, Texts]
    wording: Wording

    @property
    def first_language(self) -> str:
        """The language of those who have not chosen one."""
        return next(iter(self.texts))

    def desk(self) -> Desk | None:
        """The desk of the current list, None before the first."""
        return self.desks.current(self.database, at=self.clock.now())


def open_service(settings: Settings) -> Service:
    """The service of a project.

    Raises:
        TayanchError: when the project, its state or its words can't be read.
    """
    project = load_project(settings.project)
    languages = project.settings.languages
    rows = open_rows(settings.home, project)
    return Service(
        settings=settings,
        project=project,
        database=open_database(settings.home, settings.state_url),
        clock=Clock(project.zone, project.settings.clock),
        desks=Desks(project, settings.home, open_rows=rows),
        catalogues=Catalogues(settings.home, project.settings.name),
        texts=load_texts(languages),
        wording=read_wording(project.wording_folder, languages),
    )


def service_of(request: Request) -> Service:
    """The service of the app that answers the request."""
    return cast("Service", request.app.state.service)
