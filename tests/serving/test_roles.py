"""What each role may open: every route is in one table, and every role is tried on all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from starlette.routing import BaseRoute
from tayanch_serving.access import ROLES, Doing

from tayanch.state.accounts import Account, put_account
from tayanch.state.events import events_of
from tayanch.vocabulary import Role
from tests.serving.office import PASSPHRASE, PUBLISHED, Office, app_of, copied, served, visiting

LIST, FAMILY, SCORE, CATALOGUE = Doing.READ_LIST, Doing.READ_FAMILY, Doing.SCORE, Doing.READ_CATALOGUE
NEEDS = {
    "/families": LIST,
    "/families/{handle}": FAMILY,
    "/v1/caseload": LIST,
    "/v1/families/{handle}": FAMILY,
    "/v1/score": SCORE,
    "/catalogue": CATALOGUE,
    "/catalogue/features.csv": CATALOGUE,
    "/catalogue/features/{feature}": CATALOGUE,
    "/catalogue/features/{feature}/values.csv": CATALOGUE,
    "/catalogue/features/{feature}/areas.csv": CATALOGUE,
    "/catalogue/registries": CATALOGUE,
    "/catalogue/registries.csv": CATALOGUE,
    "/catalogue/registries/{register}": CATALOGUE,
    "/catalogue/policy": CATALOGUE,
}
OPEN = {"/", "/sign-in", "/sign-out", "/language/{language}", "/favicon.ico", "/health", "/ready", "/openapi.json"}
SESSIONS = {"/v1/sessions", "/v1/sessions/current"}
MAY = {
    Role.WORKER: {LIST, FAMILY, SCORE},
    Role.DATA_SCIENTIST: {CATALOGUE},
    Role.AUDITOR: {CATALOGUE},
    "guest": set[Doing](),
}
STARTS = {Role.WORKER: "/families", Role.DATA_SCIENTIST: "/catalogue", Role.AUDITOR: "/catalogue", "guest": "/families"}


@pytest.fixture(scope="module")
def peopled(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office of its own with an account for each role, named like it."""
    own = copied(office, tmp_path_factory.mktemp("peopled"))
    for role in MAY:
        put_account(own.database, Account(str(role), role), passphrase=PASSPHRASE, by="cli", at=PUBLISHED)
    return own


@pytest.fixture(scope="module")
def peopled_address(peopled: Office) -> Iterator[str]:
    with served(app_of(peopled)) as address:
        yield address


def paths(routes: Iterable[BaseRoute]) -> Iterator[str]:
    """The templates of all routes, those of included routers too."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from paths(included.routes) if included else [str(getattr(route, "path", ""))]


def test_every_route_is_in_the_table(office: Office) -> None:
    routes = set(paths(app_of(office).routes))
    assert {path for path in routes if not path.startswith("/static/")} == {*NEEDS, *OPEN, *SESSIONS}


def test_every_role_is_in_the_table() -> None:
    assert {role: set(may) for role, may in ROLES.items()} == {
        role: may for role, may in MAY.items() if role != "guest"
    }
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("role", MAY)
def test_a_role_opens_what_it_may_and_nothing_else(peopled: Office, peopled_address: str, role: str) -> None:
    handle = next(iter(peopled.handles().values()))
    with visiting(peopled_address, name=str(role)) as visitor:
        for template, doing in NEEDS.items():
            path = template.format(handle=handle, feature="support.paid_in_year", register="payments")
            answer = visitor.post(path, json={"family": handle}) if doing is SCORE else visitor.get(path)
            assert answer.status_code == (200 if doing in MAY[role] else 403), path
        assert visitor.get("/").headers["location"] == STARTS[role]
    may = {"list_read": LIST, "family_read": FAMILY, "family_scored": SCORE, "catalogue_read": CATALOGUE}
    seen = {event.kind for event in events_of(peopled.database) if event.actor == role}
    assert seen & set(may) == {kind for kind, doing in may.items() if doing in MAY[role]}


@pytest.mark.parametrize("path", [path for path, doing in NEEDS.items() if doing is CATALOGUE])
def test_strangers_sign_in_before_they_see_the_catalogue(address: str, path: str) -> None:
    with visiting(address, signed_in=False) as stranger:
        assert stranger.get(path).headers["location"].startswith("/sign-in?then=/catalogue")


def test_who_may_not_is_told_so_and_where_to_go(peopled_address: str) -> None:
    for role, path in ((Role.WORKER, "/catalogue"), (Role.DATA_SCIENTIST, "/families"), (Role.AUDITOR, "/families")):
        with visiting(peopled_address, name=str(role)) as visitor:
            visitor.get("/language/en")
            refused = visitor.get(path)
            assert refused.status_code == 403
            assert "Your account does not open this page" in refused.text
            assert '<a class="button" href="/">To the start</a>' in refused.text


def test_the_pages_of_a_role_stand_at_the_top_of_each(peopled_address: str) -> None:
    pages = {Role.WORKER: ["/families"], Role.AUDITOR: ["/catalogue", "/catalogue/registries", "/catalogue/policy"]}
    for role, links in pages.items():
        with visiting(peopled_address, name=str(role)) as visitor:
            nav = visitor.get(STARTS[role]).text.partition("<nav")[2].partition("</nav>")[0]
            assert [part.partition('"')[0] for part in nav.split('href="')[1:]] == links
            assert nav.count('aria-current="page"') == 1
