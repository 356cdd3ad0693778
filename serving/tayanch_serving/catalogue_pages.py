"""The pages of the catalogue: features and registers, for data scientists and auditors. No family is in any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from tayanch.errors import StoreError
from tayanch.state.events import Act, EventKind, log
from tayanch.store.catalogue import BuiltCatalogue, Entry, FeatureCatalogue
from tayanch_serving.access import Doing, Signed, Visitor
from tayanch_serving.catalogue import since
from tayanch_serving.catalogue_tables import areas_file, features_file, registers_file, values_file
from tayanch_serving.catalogue_views import Wanted, catalogue_view
from tayanch_serving.feature_views import feature_view, register_view
from tayanch_serving.policy_views import policy_view
from tayanch_serving.problems import NotFound
from tayanch_serving.rendering import frame_of, render, texts_of
from tayanch_serving.service import Service, service_of
from tayanch_serving.views import Words

Asked = Annotated[str, Query(max_length=100)]
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Reader:
    """Someone who may read the catalogue.

    found: the catalogue, None before it was first built, or why it can't be read.
    """

    request: Request
    service: Service
    visitor: Visitor
    found: BuiltCatalogue | StoreError | None

    @property
    def words(self) -> Words:
        """The interface's words and the project's, in the reader's language."""
        return Words(texts_of(self.request), self.service.wording)

    def opened(self, page: str, *, of: str = "") -> FeatureCatalogue | None:
        """The catalogue, for a page that shows it; logged before it is shown. None where there is none to show.

        Args:
            page: what is shown, for the log. What was searched for is not kept.
            of: the feature or register that is shown.
        """
        if not isinstance(self.found, BuiltCatalogue):
            return None
        told = {"catalogue": self.found.digest, "page": page, "of": of}
        act = Act(EventKind.CATALOGUE_READ, self.visitor.name, payload=told)
        log(self.service.database, act, at=self.service.clock.now())
        return self.found.catalogue

    def feature(self, id: str, *, page: str) -> tuple[Entry, FeatureCatalogue] | None:
        """A feature and its catalogue; logged. None where no catalogue can be shown.

        Raises:
            NotFound: when the catalogue has no such feature.
        """
        if isinstance(self.found, BuiltCatalogue) and self.found.catalogue.feature(id) is None:
            raise NotFound("the catalogue has no such feature", do="choose it from the list.")
        catalogue = self.opened(page, of=id)
        entry = catalogue.feature(id) if catalogue else None
        return (entry, catalogue) if entry and catalogue else None

    def rendered(self, template: str, **shown: object) -> HTMLResponse:
        """A page of the catalogue."""
        return HTMLResponse(render(template, frame_of(self.request, visitor=self.visitor), **shown))

    def nothing(self) -> HTMLResponse:
        """The page that says why there is no catalogue to show, and how to build it."""
        broken = isinstance(self.found, StoreError)
        frame = frame_of(self.request, visitor=self.visitor)
        return HTMLResponse(render("no_catalogue.html", frame, broken=broken), 503 if broken else 200)


def reader(request: Request, visitor: Signed) -> Reader:
    """Who reads the catalogue.

    Raises:
        NotAllowed: when the visitor's role does not include it.
    """
    visitor.need(Doing.READ_CATALOGUE)
    service = service_of(request)
    try:
        found = service.catalogues.current()
    except StoreError as error:
        found = error
    return Reader(request, service, visitor, found)


Reads = Annotated[Reader, Depends(reader)]
catalogue_pages = APIRouter(prefix="/catalogue", default_response_class=HTMLResponse, include_in_schema=False)


def wanted(
    *,
    word: Asked = "",
    theme: Asked = "",
    register: Asked = "",
    policy: Asked = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Wanted:
    """The part of the list that the address asks for."""
    return Wanted(word.strip(), theme, register, policy, page)


@catalogue_pages.get("")
def features_page(reads: Reads, asked: Annotated[Wanted, Depends(wanted)]) -> Response:
    """Features that fit a search, by theme."""
    catalogue = reads.opened("features")
    if catalogue is None:
        return reads.nothing()
    told = since(catalogue, reads.service.project)
    return reads.rendered("features.html", view=catalogue_view(catalogue, asked, words=reads.words, told=told))


@catalogue_pages.get("/features.csv")
def features_table(reads: Reads) -> Response:
    """All features as a table."""
    catalogue = reads.opened("features.csv")
    return _file(features_file(catalogue), "features.csv") if catalogue else reads.nothing()


@catalogue_pages.get("/features/{feature}")
def feature_page(reads: Reads, feature: str) -> Response:
    """One feature: what it means, where it comes from, how well it is known, what its values are."""
    found = reads.feature(feature, page="feature")
    if found is None:
        return reads.nothing()
    entry, catalogue = found
    changed = entry.id in since(catalogue, reads.service.project).changed
    view = feature_view(entry, catalogue, words=reads.words, changed=changed)
    return reads.rendered("feature.html", view=view, catalogue=catalogue)


@catalogue_pages.get("/features/{feature}/values.csv")
def values_table(reads: Reads, feature: str) -> Response:
    """A feature's values at each date as a table."""
    found = reads.feature(feature, page="values.csv")
    return _file(values_file(found[0]), f"{found[0].id}.values.csv") if found else reads.nothing()


@catalogue_pages.get("/features/{feature}/areas.csv")
def areas_table(reads: Reads, feature: str) -> Response:
    """A feature's coverage and freshness by area as a table."""
    found = reads.feature(feature, page="areas.csv")
    return _file(areas_file(found[0]), f"{found[0].id}.areas.csv") if found else reads.nothing()


@catalogue_pages.get("/registries")
def registers_page(reads: Reads) -> Response:
    """All registers: who delivers them, why they are read, how fresh they are."""
    catalogue = reads.opened("registries")
    if catalogue is None:
        return reads.nothing()
    views = [register_view(register, catalogue, words=reads.words) for register in catalogue.registers]
    return reads.rendered("registers.html", views=views, catalogue=catalogue)


@catalogue_pages.get("/registries.csv")
def registers_table(reads: Reads) -> Response:
    """All registers as a table."""
    catalogue = reads.opened("registries.csv")
    return _file(registers_file(catalogue), "registries.csv") if catalogue else reads.nothing()


@catalogue_pages.get("/registries/{register}")
def register_page(reads: Reads, register: str) -> Response:
    """One register: fresh where, and what is made of it."""
    known = isinstance(reads.found, BuiltCatalogue) and any(r.name == register for r in reads.found.catalogue.registers)
    if isinstance(reads.found, BuiltCatalogue) and not known:
        raise NotFound("the catalogue has no such register", do="choose it from the list.")
    catalogue = reads.opened("registry", of=register)
    if catalogue is None:
        return reads.nothing()
    told = next(r for r in catalogue.registers if r.name == register)
    view = register_view(told, catalogue, words=reads.words)
    return reads.rendered("register.html", view=view, catalogue=catalogue)


@catalogue_pages.get("/policy")
def policy_page(reads: Reads) -> Response:
    """What may be used for what, and what the features tell of protected attributes."""
    catalogue = reads.opened("policy")
    if catalogue is None:
        return reads.nothing()
    return reads.rendered("policy.html", view=policy_view(catalogue, reads.words), catalogue=catalogue)


def _file(text: str, name: str) -> Response:
    return Response(text, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})
