"""A release that can't be trusted: facts stay, band and reasons go, and staff are told why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from tayanch.release.releases import Limits
from tayanch.state.events import events_of
from tayanch.state.lists import publish
from tests.serving.office import PUBLISHED, Office, app_of, listed_again, make_office, served, visiting


@pytest.fixture
def visitor(own_office: Office) -> Iterator[httpx.Client]:
    """Someone at an office whose release was changed by a byte."""
    weights = own_office.home / "releases" / "hardship" / "2026-10" / "scorer.json"
    weights.write_bytes(weights.read_bytes().replace(b"-1.2", b"-1.3"))
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        visitor.get("/language/en")
        yield visitor


def test_the_list_tells_why_and_keeps_its_families(visitor: httpx.Client) -> None:
    shown = visitor.get("/families").text
    assert "Bands and reasons are not shown" in shown
    assert "scorer.json" not in shown
    assert "digest" in shown
    assert shown.count('<li class="card">') == 25
    assert 'class="band' not in shown
    assert "?band=" not in shown


def test_a_family_keeps_its_facts(visitor: httpx.Client, own_office: Office) -> None:
    shown = visitor.get(f"/families/{next(iter(own_office.handles().values()))}").text
    assert "Tax committee" in shown
    assert "Bands and reasons are not shown" in shown
    for hidden in ('class="band', "Why on the list", "Of 100 families", 'class="reasons"'):
        assert hidden not in shown


def test_the_api_withholds_too(visitor: httpx.Client, own_office: Office) -> None:
    handle = next(iter(own_office.handles().values()))
    told = visitor.get("/v1/caseload?band=soon").json()
    assert told["list"]["withheld"]["why"]
    assert told["total"] == own_office.published.families
    assert all(line["band"] is None and line["reason"] == "" for line in told["families"])
    family = visitor.get(f"/v1/families/{handle}").json()
    assert (family["band"], family["reasons"], family["frequency"]) == (None, [], "")
    assert family["facts"]
    scored = visitor.post("/v1/score", json={"family": handle})
    assert (scored.status_code, scored.json()["met"]) == (503, "scores are withheld: the release can't be trusted")


def test_it_is_logged_once_and_the_service_stays_ready(visitor: httpx.Client, own_office: Office) -> None:
    visitor.get("/families")
    assert [e.actor for e in events_of(own_office.database) if e.kind == "release_withheld"] == ["service"]
    assert visitor.get("/ready").json() | {"ready": True, "release": False} == visitor.get("/ready").json()


def test_a_list_of_another_release_of_that_name(own_office: Office) -> None:
    heading = replace(own_office.published.heading, release_digest="e" * 64)
    at = PUBLISHED + timedelta(days=1)
    publish(own_office.database, heading, rows=listed_again(own_office), actor="cli", at=at)
    with served(app_of(own_office)) as address, visiting(address) as visitor:
        why = visitor.get("/v1/caseload").json()["list"]["withheld"]["why"]
        assert why == "the list was made with another release of this name and version"


def test_a_release_that_has_run_out(tmp_path: Path) -> None:
    from_september = make_office(tmp_path, limits=Limits(date(2026, 9, 15)))
    with served(app_of(from_september)) as address, visiting(address) as visitor:
        why = visitor.get("/v1/caseload").json()["list"]["withheld"]["why"]
        assert why == "the release hardship/2026-10 was valid until 2026-09-15; today is 2026-10-01"
        assert visitor.get("/families").status_code == 200


def test_a_new_list_brings_bands_back(visitor: httpx.Client, own_office: Office, office: Office) -> None:
    weights = own_office.home / "releases" / "hardship" / "2026-10" / "scorer.json"
    assert visitor.get("/v1/caseload").json()["list"]["withheld"]
    weights.write_bytes((office.home / weights.relative_to(own_office.home)).read_bytes())
    heading, at = own_office.published.heading, PUBLISHED + timedelta(days=1)
    publish(own_office.database, heading, rows=listed_again(own_office), actor="cli", at=at)
    assert visitor.get("/v1/caseload").json()["list"]["withheld"] is None
