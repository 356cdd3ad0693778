"""Who comes in, and who does not."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tayanch_serving.access import safe_path

from tayanch.state.accounts import Account, put_account
from tayanch.state.events import events_of
from tests.serving.office import NAME, PASSPHRASE, PUBLISHED, Office, app_of, served, visiting

WORDS = {"name": NAME, "passphrase": PASSPHRASE}


@pytest.fixture
def own_address(own_office: Office) -> Iterator[str]:
    with served(app_of(own_office)) as address:
        yield address


def form_key(visitor: httpx.Client) -> str:
    return visitor.get("/families").text.partition('name="form_key" value="')[2].partition('"')[0]


def test_strangers_are_sent_to_sign_in_and_then_back(address: str, office: Office) -> None:
    handle = next(iter(office.handles().values()))
    with visiting(address, signed_in=False) as stranger:
        sent = stranger.get(f"/families/{handle}")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?then=/families/{handle}")
        assert f'name="then" value="/families/{handle}"' in stranger.get(sent.headers["location"]).text
        back = stranger.post("/sign-in", data={**WORDS, "then": f"/families/{handle}"})
        assert (back.status_code, back.headers["location"]) == (303, f"/families/{handle}")
        assert stranger.get(f"/families/{handle}").status_code == 200


@pytest.mark.parametrize("path", ["/v1/caseload", "/v1/families/00000000000000000000000000"])
def test_programs_are_told_to_sign_in(address: str, path: str) -> None:
    with visiting(address, signed_in=False) as stranger:
        answer = stranger.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["do"] == "sign in."


def test_a_wrong_passphrase_is_refused_without_saying_which_was_wrong(own_address: str) -> None:
    with visiting(own_address, signed_in=False) as stranger:
        known = stranger.post("/sign-in", data={**WORDS, "passphrase": "not this one"})
        unknown = stranger.post("/sign-in", data={"name": "nobody", "passphrase": "not this one"})
        assert known.status_code == unknown.status_code == 401
        assert known.text.replace(NAME, "nobody") == unknown.text
        assert "not this one" not in known.text


def test_guessing_is_slowed_down(own_address: str) -> None:
    with visiting(own_address, signed_in=False) as stranger:
        tries = [stranger.post("/sign-in", data={**WORDS, "passphrase": f"guess {n}"}).status_code for n in range(12)]
        assert tries == [401] * 10 + [429] * 2
        assert stranger.post("/sign-in", data=WORDS).status_code == 429
        assert stranger.post("/v1/sessions", json=WORDS).status_code == 429


def test_signing_out_ends_the_session_on_the_server(address: str) -> None:
    with visiting(address) as visitor:
        kept = dict(visitor.cookies)
        out = visitor.post("/sign-out", data={"form_key": form_key(visitor)})
        assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
        assert out.headers["clear-site-data"] == '"cache", "storage"'
        assert visitor.get("/families").status_code == 303
        visitor.cookies.update(kept)
        assert visitor.get("/families").status_code == 303


def test_a_session_id_from_before_is_not_taken_over(address: str) -> None:
    with visiting(address, signed_in=False) as visitor:
        visitor.cookies.set("session", "chosen-by-someone-else")
        answer = visitor.post("/sign-in", data=WORDS)
        assert "chosen-by-someone-else" not in answer.headers["set-cookie"]


def test_cookies_are_kept_from_scripts_and_other_sites(address: str) -> None:
    with visiting(address, signed_in=False) as visitor:
        told = visitor.post("/sign-in", data=WORDS).headers["set-cookie"].lower()
        assert told.startswith("session=")
        assert "httponly" in told
        assert "samesite=strict" in told


def test_with_tls_cookies_belong_to_this_host_alone(office: Office) -> None:
    with served(app_of(office, tls=True)) as address, visiting(address, signed_in=False) as visitor:
        answer = visitor.post("/sign-in", data=WORDS)
        told = answer.headers["set-cookie"]
        assert told.startswith("__Host-session=")
        assert "Secure" in told
        assert "Path=/" in told
        assert "Domain" not in told
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_forms_of_other_sites_are_refused(address: str, headers: dict[str, str]) -> None:
    with visiting(address) as visitor:
        key = form_key(visitor)
        del visitor.headers["Sec-Fetch-Site"]
        for path, fields in (("/sign-in", WORDS), ("/sign-out", {"form_key": key})):
            assert visitor.post(path, data=fields, headers=headers).status_code == 403
        assert visitor.post("/v1/score", json={"family": "0" * 26}, headers=headers).status_code == 403
        assert visitor.get("/families").status_code == 200


def test_an_old_browser_is_known_by_its_origin(address: str) -> None:
    with visiting(address) as visitor:
        key = form_key(visitor)
        del visitor.headers["Sec-Fetch-Site"]
        assert visitor.post("/sign-out", data={"form_key": key}, headers={"Origin": address}).status_code == 303


@pytest.mark.parametrize("key", ["", "x", "0" * 64])
def test_a_form_of_another_session_is_refused(address: str, key: str) -> None:
    with visiting(address) as visitor, visiting(address) as other:
        assert visitor.post("/sign-out", data={"form_key": key}).status_code == 403
        assert visitor.post("/sign-out", data={"form_key": form_key(other)}).status_code == 403
        assert visitor.get("/families").status_code == 200


def test_a_program_signs_in_with_a_bearer(address: str) -> None:
    with httpx.Client(base_url=address) as program:
        session = program.post("/v1/sessions", json=WORDS)
        assert session.status_code == 201
        program.headers["Authorization"] = f"Bearer {session.json()['session']}"
        assert program.get("/v1/caseload").status_code == 200
        assert program.delete("/v1/sessions/current").status_code == 204
        assert program.get("/v1/caseload").status_code == 401


def test_a_role_that_stands_in_no_policy_may_do_nothing(own_office: Office, own_address: str) -> None:
    put_account(own_office.database, Account("gast", "guest"), passphrase=PASSPHRASE, by="cli", at=PUBLISHED)
    handle = next(iter(own_office.handles().values()))
    with visiting(own_address, signed_in=False) as visitor:
        visitor.post("/sign-in", data={"name": "gast", "passphrase": PASSPHRASE})
        assert visitor.get("/families").status_code == 403
        assert visitor.get(f"/families/{handle}").status_code == 403
        assert visitor.get("/v1/caseload").json()["met"] == "your role does not include this"
        assert visitor.post("/v1/score", json={"family": handle}).status_code == 403
    assert not [event for event in events_of(own_office.database) if event.actor == "gast" and "read" in event.kind]


@pytest.mark.parametrize(
    ("told", "path"),
    [("/families?after=25", "/families?after=25"), ("", "/"), ("//x.example/families", "/")],
)
def test_where_to_go_on_to(told: str, path: str) -> None:
    assert safe_path(told) == path
