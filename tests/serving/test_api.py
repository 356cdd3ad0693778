"""The API's contracts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from tayanch_serving.answers import Caseload, FamilyAnswer, ScoreAnswer

from tayanch.state.events import events_of
from tayanch.state.lists import publish
from tayanch.vocabulary import Band
from tests.serving.office import PUBLISHED, READER, Office, app_of, listed_again, served, visiting


def first_of(visitor: httpx.Client, band: Band) -> str:
    return visitor.get("/v1/caseload", params={"band": band.value, "size": 1}).json()["families"][0]["family"]


def test_pages_follow_each_other_by_cursor(visitor: httpx.Client, office: Office) -> None:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        told = Caseload.model_validate(visitor.get("/v1/caseload", params={"size": 25, "after": after}).json())
        found += [line.family for line in told.families]
        after = told.next
    assert len(found) == len(set(found)) == office.published.families == told.total
    assert set(found) == set(office.handles().values())


@pytest.mark.parametrize("cursor", ["x", "!", "MS4x.", "MQ", "Ä"])
def test_a_cursor_that_is_none(visitor: httpx.Client, cursor: str) -> None:
    answer = visitor.get("/v1/caseload", params={"after": cursor})
    assert answer.status_code == 404
    assert answer.json() | {"status": 404, "where": "after", "met": "the cursor can't be read"} == answer.json()


def test_a_cursor_of_an_earlier_list(own_office: Office) -> None:
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        cursor = visitor.get("/v1/caseload").json()["next"]
        rows, heading = listed_again(own_office), own_office.published.heading
        publish(own_office.database, heading, rows=rows, actor="cli", at=PUBLISHED + timedelta(days=1))
        answer = visitor.get("/v1/caseload", params={"after": cursor})
        assert (answer.status_code, answer.json()["met"]) == (409, "a newer list has been published")
        assert visitor.get("/v1/caseload").status_code == 200


def test_what_has_not_changed_is_not_sent_again(visitor: httpx.Client) -> None:
    first = visitor.get("/v1/caseload")
    assert first.headers["cache-control"] == "private, no-cache"
    again = visitor.get("/v1/caseload", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = visitor.get("/v1/caseload?language=en", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_family_is_answered_with_facts_band_and_reasons(visitor: httpx.Client) -> None:
    handle = first_of(visitor, Band.SOON)
    told = FamilyAnswer.model_validate(visitor.get(f"/v1/families/{handle}?language=en").json())
    assert told.band is not None
    assert (told.band.band, told.band.words) == (Band.SOON, "Look soon")
    assert told.reasons
    assert all(reason.sentence for reason in told.reasons)
    assert told.frequency.startswith("Of 100 families with a similar estimate, about 34 (28–41)")
    assert {fact.feature for fact in told.facts} == {
        "family.children",
        "family.people",
        "income.income_to_minimum",
        "income.wages_3m",
        "support.benefit_income_12m",
        "support.child_benefits_12m",
        "work.days_since_wage",
    }
    assert all(fact.source for fact in told.facts)
    assert len(told.list.notices) == 3


def test_a_score_is_the_one_on_the_list_with_its_reasons(visitor: httpx.Client, office: Office) -> None:
    with office.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT handle, score, band FROM scores").all()
    for handle, score, band in rows[::7]:
        told = ScoreAnswer.model_validate(visitor.post("/v1/score", json={"family": handle}).json())
        assert (told.score, told.band.band.value) == (pytest.approx(score, abs=1e-12), band)
        listed = visitor.get(f"/v1/families/{handle}").json()["reasons"]
        assert [reason.model_dump() for reason in told.reasons] == listed


def test_where_little_is_known_there_is_no_score(visitor: httpx.Client) -> None:
    told = visitor.post("/v1/score", json={"family": first_of(visitor, Band.CHECK_DATA)}).json()
    assert (told["score"], told["band"]["band"], told["reasons"]) == (None, "check_data", [])


def test_a_score_is_logged(visitor: httpx.Client, office: Office) -> None:
    handle = first_of(visitor, Band.SOON)
    assert visitor.post("/v1/score", json={"family": handle, "language": "en"}).status_code == 200
    last = list(events_of(office.database, family=handle))[-1]
    assert (last.kind, last.actor) == ("family_scored", READER)
    assert office.release.digest in last.payload
    assert '"language":"en"' in last.payload


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.family"),
        ({"family": "x"}, "body.family"),
        ({"family": "0" * 26, "purpose": "sanction"}, "body.purpose"),
        ({"family": 7}, "body.family"),
        ([], "body"),
    ],
)
def test_what_can_not_be_read_is_told_by_field(visitor: httpx.Client, body: object, where: str) -> None:
    answer = visitor.post("/v1/score", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["where"] == where
    assert answer.json()["do"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/families/00000000000000000000000000", 404),
        ("GET", "/v1/families/31210632040244", 422),
        ("GET", "/v1/caseload?language=fr", 404),
        ("GET", "/v1/caseload?size=1000", 422),
        ("GET", "/v1/caseload?band=worst", 422),
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/score", 405),
    ],
)
def test_every_problem_says_what_was_met_and_what_to_do(
    visitor: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = visitor.request(method, path)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["met"]
    assert told["do"]
    assert "31210632040244" not in answer.text


def test_before_the_first_list_there_is_nothing_to_read(own_office: Office) -> None:
    empty = replace(own_office, home=own_office.home / "empty")
    patched = app_of(empty, state_url=f"sqlite:///{own_office.home}/other.db")
    account = patched.state.service.database
    with own_office.database.reading() as known, account.writing() as connection:
        told = "SELECT name, role, passphrase, changed_at FROM accounts WHERE name = 'dilnoza'"
        row = known.exec_driver_sql(told).one()
        connection.exec_driver_sql("INSERT INTO accounts VALUES (?, ?, ?, ?)", tuple(row))
    with served(patched) as address, visiting(address) as visitor:
        assert "tayanch score" in visitor.get("/families").text
        answer = visitor.get("/v1/caseload")
        assert (answer.status_code, answer.json()["met"]) == (404, "no list has been published yet")
        ready = visitor.get("/ready")
        assert ready.status_code == 503
        assert ready.json() == {"ready": False, "state": True, "list": False, "facts": False, "release": False}


def test_it_lives_and_is_ready(visitor: httpx.Client) -> None:
    assert visitor.get("/health").json() == {"alive": True}
    ready = visitor.get("/ready")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "state": True, "list": True, "facts": True, "release": True}


def test_the_description_tells_every_route(visitor: httpx.Client) -> None:
    described = visitor.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/v1/sessions",
        "/v1/sessions/current",
        "/v1/caseload",
        "/v1/families/{handle}",
        "/v1/score",
        "/health",
        "/ready",
    }
    problems = described["paths"]["/v1/score"]["post"]["responses"]["404"]["content"]
    assert "application/problem+json" in problems
