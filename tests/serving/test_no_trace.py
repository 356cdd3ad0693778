"""No event, no view; and no id, name or hostile text where it does not belong."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tayanch.state.events import check_chain, events_of
from tayanch.state.kept import kept_reasons
from tayanch.state.lists import publish
from tests.serving.office import (
    PEOPLE,
    PUBLISHED,
    SCIENTIST,
    Office,
    app_of,
    listed_again,
    make_office,
    served,
    visiting,
)
from tests.unit.state.postgresql import empty_schema

HOSTILE = "<script>alert(1)</script>\"'>&{{7*7}}{% raw %}"


def test_reading_is_logged_by_who_and_which_family(own_office: Office) -> None:
    handle = next(iter(own_office.handles().values()))
    before = check_chain(own_office.database)
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        visitor.get("/families")
        visitor.get(f"/families/{handle}")
        visitor.get("/v1/caseload")
        visitor.get(f"/v1/families/{handle}")
    told = [(event.kind, event.actor, event.family) for event in events_of(own_office.database, after=before)]
    assert told == [
        ("signed_in", "dilnoza", ""),
        ("list_read", "dilnoza", ""),
        ("family_read", "dilnoza", handle),
        ("list_read", "dilnoza", ""),
        ("family_read", "dilnoza", handle),
    ]
    check_chain(own_office.database)


def test_on_postgresql_it_is_the_same(tmp_path: Path) -> None:
    with empty_schema() as url:
        office = make_office(tmp_path, url=url)
        handle = next(iter(office.handles().values()))
        with served(app_of(office, state_url=url)) as address, visiting(address) as visitor:
            assert visitor.get("/families").status_code == 200
            assert visitor.get(f"/families/{handle}").status_code == 200
            assert visitor.post("/v1/score", json={"family": handle}).status_code == 200
        kinds = [event.kind for event in events_of(office.database)]
        assert kinds == [
            "list_published",
            *len(PEOPLE) * ["account_made"],
            "signed_in",
            "list_read",
            "family_read",
            "family_scored",
        ]
        assert check_chain(office.database) == len(PEOPLE) + 5
        office.database.close()


def test_no_event_no_view(own_office: Office) -> None:
    handle = next(iter(own_office.handles().values()))
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        shown = visitor.get(f"/families/{handle}").text
        assert "Tax committee" in shown
        with own_office.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO gone")
        for path in ("/families", f"/families/{handle}", "/v1/caseload", f"/v1/families/{handle}"):
            answer = visitor.get(path)
            assert answer.status_code == 503, path
            assert "Tax committee" not in answer.text
            assert "family" not in answer.text.replace("problem+json", "").lower() or "/v1" not in path
        scored = visitor.post("/v1/score", json={"family": handle})
        assert scored.status_code == 503
        assert "band" not in scored.json()
        assert (
            visitor.post("/sign-in", data={"name": "dilnoza", "passphrase": "olma anor uzum behi"}).status_code == 503
        )


CATALOGUE = (
    "/catalogue",
    "/catalogue?word=nafaqa",
    "/catalogue/features.csv",
    "/catalogue/features/support.paid_in_year",
    "/catalogue/features/support.paid_in_year/values.csv",
    "/catalogue/features/support.paid_in_year/areas.csv",
    "/catalogue/registries",
    "/catalogue/registries.csv",
    "/catalogue/registries/payments",
    "/catalogue/policy",
)


def test_reading_the_catalogue_is_logged_but_not_what_was_searched(own_office: Office) -> None:
    before = check_chain(own_office.database)
    with served(app_of(own_office)) as address, visiting(address, name=SCIENTIST) as scientist:
        for path in (*CATALOGUE, "/catalogue/features/support.nothing", "/catalogue/registries/nothing"):
            scientist.get(path)
    events = list(events_of(own_office.database, after=before))[1:]
    told = [json.loads(event.payload) for event in events]
    assert {(event.kind, event.actor, event.family) for event in events} == {("catalogue_read", SCIENTIST, "")}
    assert len({payload["catalogue"] for payload in told}) == 1
    assert [(payload["page"], payload["of"]) for payload in told] == [
        ("features", ""),
        ("features", ""),
        ("features.csv", ""),
        ("feature", "support.paid_in_year"),
        ("values.csv", "support.paid_in_year"),
        ("areas.csv", "support.paid_in_year"),
        ("registries", ""),
        ("registries.csv", ""),
        ("registry", "payments"),
        ("policy", ""),
    ]
    assert not [event for event in events if "nafaqa" in event.payload]


def test_no_event_no_page_of_the_catalogue(own_office: Office) -> None:
    with served(app_of(own_office)) as address, visiting(address, name=SCIENTIST) as scientist:
        with own_office.database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO gone")
        for path in CATALOGUE:
            answer = scientist.get(path)
            assert answer.status_code == 503, path
            assert not [told for told in ("Benefits paid", "One payment", "Agency", "97%") if told in answer.text]


def test_no_page_of_the_catalogue_leads_to_a_family(scientist: httpx.Client, office: Office) -> None:
    for path in CATALOGUE:
        shown = scientist.get(path).text
        assert "/families" not in shown
        for family, handle in office.handles().items():
            assert family not in shown
            assert handle not in shown


def test_no_answer_holds_a_pseudonym(visitor: httpx.Client, office: Office) -> None:
    for family, handle in list(office.handles().items())[:20]:
        for path in ("/families", f"/families/{handle}", "/v1/caseload", f"/v1/families/{handle}"):
            assert family not in visitor.get(path).text


def test_the_log_of_the_server_holds_templates_not_paths(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    family, handle = next(iter(office.handles().items()))
    caplog.set_level(logging.INFO, "tayanch_serving")
    with served(app_of(office)) as address, visiting(address) as visitor:
        visitor.get(f"/families/{handle}?secret=31210632040244")
        visitor.get("/families/31210632040244")
        visitor.get("/31210632040244")
        visitor.post("/v1/score", json={"family": "31210632040244"})
    assert "GET /families/{handle} 200" in caplog.text
    assert "GET (no route) 404" in caplog.text
    for planted in (family, handle, "31210632040244", "dilnoza", "olma"):
        assert planted not in caplog.text


def test_hostile_words_are_only_words(own_office: Office) -> None:
    rows = listed_again(own_office)
    reasons = json.loads(rows[0].reasons)
    reasons["raising"][0]["sentences"] = [["uz", HOSTILE], ["en", HOSTILE]]
    hostile = replace(rows[0], area=HOSTILE, reasons=json.dumps(reasons))
    assert kept_reasons(hostile.reasons).raising[0].sentence("uz") == HOSTILE
    heading, at = own_office.published.heading, PUBLISHED + timedelta(days=1)
    publish(own_office.database, heading, rows=[hostile, *rows[1:]], actor="cli", at=at)
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        handle = own_office.handles()[hostile.family]
        for path in ("/families", f"/families/{handle}"):
            shown = visitor.get(path).text
            assert "<script>" not in shown
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
            assert "{{7*7}}{% raw %}" in shown


@pytest.mark.parametrize("path", ["/families/%3Cscript%3E", "/%3Cscript%3E", "/sign-in?then=%22%3E%3Cscript%3E"])
def test_what_was_sent_is_not_echoed(visitor: httpx.Client, path: str) -> None:
    assert "<script>" not in visitor.get(path).text


def test_a_typed_name_comes_back_escaped(own_office: Office) -> None:
    with served(app_of(own_office)) as address, visiting(address, signed_in=False) as stranger:
        shown = stranger.post("/sign-in", data={"name": HOSTILE, "passphrase": HOSTILE}).text
        assert "<script>" not in shown
        assert shown.count("&lt;script&gt;") == 1
