"""Security headers stand on every answer, also on those that nobody wanted."""

from __future__ import annotations

import httpx
import pytest

from tests.serving.office import Office, app_of, served, visiting

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; worker-src 'self'; manifest-src 'self'; "
    "require-trusted-types-for 'script'"
)


def assert_safe(answer: httpx.Response) -> None:
    told = answer.headers
    assert told["content-security-policy"] == CONTENT
    assert told["x-content-type-options"] == "nosniff"
    assert told["x-frame-options"] == "DENY"
    assert told["referrer-policy"] == "same-origin"
    assert told["cross-origin-opener-policy"] == "same-origin"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in told["permissions-policy"]
    assert told["cache-control"]
    assert "server" not in told


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 303),
        ("GET", "/sign-in", 200),
        ("GET", "/families", 200),
        ("GET", "/families/nothing", 404),
        ("GET", "/families?after=x", 422),
        ("GET", "/catalogue", 403),
        ("GET", "/catalogue/policy", 403),
        ("GET", "/nothing", 404),
        ("GET", "/favicon.ico", 204),
        ("GET", "/language/xx", 303),
        ("DELETE", "/families", 405),
        ("GET", "/health", 200),
        ("GET", "/ready", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/v1/caseload", 200),
        ("GET", "/v1/families/nothing", 422),
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/score", 422),
        ("POST", "/sign-in", 422),
    ],
)
def test_headers_of_every_route(visitor: httpx.Client, method: str, path: str, status: int) -> None:
    answer = visitor.request(method, path)
    assert answer.status_code == status
    assert_safe(answer)


def test_families_are_never_kept_by_a_browser(visitor: httpx.Client, office: Office) -> None:
    handle = next(iter(office.handles().values()))
    for path in ("/families", f"/families/{handle}", f"/v1/families/{handle}"):
        assert visitor.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/catalogue", 200),
        ("/catalogue/features.csv", 200),
        ("/catalogue/features/support.paid_in_year", 200),
        ("/catalogue/features/support.nothing", 404),
        ("/catalogue/registries/nothing", 404),
        ("/catalogue?page=0", 422),
        (f"/catalogue?word={101 * 'x'}", 422),
    ],
)
def test_the_catalogue_is_as_safe_and_kept_by_no_browser(scientist: httpx.Client, path: str, status: int) -> None:
    answer = scientist.get(path)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert_safe(answer)


def test_large_bodies_are_refused(visitor: httpx.Client) -> None:
    answer = visitor.post("/sign-in", data={"name": "x" * 70_000, "passphrase": "y"})
    assert answer.status_code == 413
    assert_safe(answer)


def test_a_body_that_does_not_tell_its_length_is_counted(visitor: httpx.Client) -> None:
    def chunks():
        for _ in range(200):
            yield b"x" * 1024

    answer = visitor.post("/v1/sessions", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert_safe(answer)


def test_an_error_nobody_foresaw(office: Office) -> None:
    app = app_of(office)

    @app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("Karimova Dilnoza, 31210632040244")

    @app.get("/broken")
    def broken_page() -> None:
        raise RuntimeError("Karimova Dilnoza, 31210632040244")

    with served(app) as address, visiting(address, signed_in=False) as visitor:
        for path in ("/v1/broken", "/broken"):
            answer = visitor.get(path)
            assert answer.status_code == 500
            assert "Karimova" not in answer.text
            assert_safe(answer)
        assert visitor.get("/v1/broken").headers["content-type"] == "application/problem+json"
