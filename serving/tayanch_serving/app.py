"""The app: everything wired together, nothing decided here."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

import tayanch
from tayanch_serving.api import api
from tayanch_serving.catalogue_pages import catalogue_pages
from tayanch_serving.headers import ErrorsCaught, SecurityHeaders, SmallBodies
from tayanch_serving.health import health
from tayanch_serving.pages import pages
from tayanch_serving.problems import add_problems, too_large, unforeseen
from tayanch_serving.service import open_service
from tayanch_serving.settings import Settings, settings_from


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app of a project; without settings they are read from the environment, as an app server needs it.

    The current list's release is verified here, at start; when it can't be trusted the app serves facts alone.

    Raises:
        TayanchError: when the project or its state can't be read.
    """
    told = settings or settings_from()
    service = open_service(told)
    service.desk()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        service.database.close()

    app = FastAPI(
        title="Tayanch",
        version=tayanch.__version__,
        description="Lists of families worth a look, with facts and reasons. A flag is never a decision.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders, tls=told.tls),
            Middleware(ErrorsCaught, answer=unforeseen),
            Middleware(SmallBodies, answer=too_large),
            # Pages hold a form key beside what others may influence; that a strict cookie goes with no other site's
            # request is what makes compressing them safe.
            Middleware(GZipMiddleware, minimum_size=500),
        ],
    )
    app.state.service = service
    for routes in (pages, catalogue_pages, api, health):
        app.include_router(routes)
    add_problems(app)
    return app
