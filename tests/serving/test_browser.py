"""A day's start in a real browser, with JavaScript off and the content policy on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.serving.office import AUDITOR, NAME, PASSPHRASE, SCIENTIST

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium")

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
    .filter(e => !e.matches('.skip'))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && Math.round(box.height) < 44)
    .map(([e, box]) => `${e.outerHTML.slice(0, 60)}: ${box.height}`)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield browser
        browser.close()


def sign_in(page: sync_api.Page, address: str, *, name: str = NAME, finds: str = "Families to look at") -> None:
    page.goto(f"{address}/language/en?then=/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text(finds)


def test_from_sign_in_to_sign_out_without_javascript(browser: sync_api.Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, address)
    page.get_by_role("link", name="Look in turn").click()
    page.locator(".list a").first.click()
    sync_api.expect(page.get_by_role("heading", name="Why on the list")).to_be_visible()
    page.locator(".menu summary").click()
    page.get_by_role("link", name="Oʻzbekcha").click()
    sync_api.expect(page.get_by_role("heading", name="Nega roʻyxatda")).to_be_visible()
    page.get_by_role("button", name="Chiqish").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Kirish")
    page.goto(f"{address}/families")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Kirish")
    assert hosts == {address.removeprefix("http://")}
    assert not complaints
    context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_fingers_find_their_targets(
    browser: sync_api.Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, address)
    family = page.locator(".list a").first.get_attribute("href")
    for path in ("/families", family, "/nothing", "/sign-in"):
        page.goto(f"{address}{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
        assert page.evaluate(SMALL_TARGETS) == [], path
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_catalogue_fits_and_fingers_find_its_targets(
    browser: sync_api.Browser, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, address, name=AUDITOR, finds="Features")
    features = ("support.paid_in_year", "health.with_disability", "support.last_category")
    paths = ("", "/registries", "/registries/payments", "/policy", *(f"/features/{name}" for name in features))
    for path in paths:
        page.goto(f"{address}/catalogue{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
        assert page.evaluate(SMALL_TARGETS) == [], path
    context.close()


def test_a_feature_is_found_and_read_without_javascript(browser: sync_api.Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, address, name=SCIENTIST, finds="Features")
    page.get_by_label("Word").fill("nafaqalar")
    page.get_by_label("Theme").select_option("Support history")
    page.get_by_label("Word").press("Enter")
    page.get_by_role("link", name="benefits paid").click()
    sync_api.expect(page.get_by_role("img", name="Values of benefits paid over time")).to_be_visible()
    table = page.get_by_role("region", name="Values at each date")
    table.focus()
    sync_api.expect(table).to_be_focused()
    with page.expect_download() as download:
        page.get_by_role("link", name="Table (CSV)").first.click()
    assert download.value.suggested_filename == "support.paid_in_year.values.csv"
    page.get_by_role("link", name="payments").click()
    sync_api.expect(page.get_by_role("heading", name="Features made of it: 1")).to_be_visible()
    assert not complaints
    context.close()


def test_the_keyboard_reaches_the_main_part_first(browser: sync_api.Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/families")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    context.close()
