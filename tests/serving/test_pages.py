"""The pages as a social worker reads them."""

from __future__ import annotations

import gzip
import re

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from tayanch_serving import views
from tayanch_serving.rendering import CSS
from tayanch_serving.views import FactGroup, FactRow, Origin, title

from tayanch.vocabulary import Band
from tests.serving.office import Office

PAGE, STYLE = 11 * 1024, 6 * 1024


def page(visitor: httpx.Client, path: str) -> BeautifulSoup:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def in_band(visitor: httpx.Client, band: Band) -> str:
    """The address of the first family of a band."""
    return str(page(visitor, f"/families?band={band.value}").select(".list a")[0]["href"])


def texts(found: list[Tag]) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in found]


def test_the_list_has_25_families_a_page_in_order_of_rank(visitor: httpx.Client, office: Office) -> None:
    first = page(visitor, "/families")
    assert len(first.select(".list > li")) == 25
    assert "Families 1–25 of 60" in first.get_text()
    second = page(visitor, str(first.select_one("a[rel=next]")["href"]))
    third = page(visitor, str(second.select_one("a[rel=next]")["href"]))
    handles = [str(a["href"]) for found in (first, second, third) for a in found.select(".list a")]
    assert len(set(handles)) == office.published.families
    assert third.select_one("a[rel=next]") is None
    back = page(visitor, str(third.select_one("a[rel=prev]")["href"]))
    assert texts(back.select(".list h2")) == texts(second.select(".list h2"))


def test_a_part_of_the_list_can_be_chosen(visitor: httpx.Client, office: Office) -> None:
    counts = dict(office.published.bands)
    found = page(visitor, "/families?band=check_data")
    assert len(found.select(".list > li")) == counts[Band.CHECK_DATA]
    assert set(texts(found.select(".list .band"))) == {"Check the data first"}
    assert texts(found.select(".choices [aria-current]")) == [f"Check the data first {counts[Band.CHECK_DATA]}"]


def test_the_list_tells_band_and_one_reason_but_no_number_of_risk(visitor: httpx.Client) -> None:
    found = page(visitor, "/families")
    item = found.select(".list > li")[0]
    assert texts(item.select(".band")) == ["Look soon"]
    assert len(item.select("p")) == 1
    listed = found.select_one(".list")
    assert listed is not None
    assert "%" not in listed.get_text()
    assert not re.search(r"\b0[.,]\d", listed.get_text())


def test_a_family_is_told_in_order(visitor: httpx.Client) -> None:
    found = page(visitor, in_band(visitor, Band.SOON))
    assert texts(found.select("h1, h2")) == [
        texts(found.select("h1"))[0],
        "What the rule in force says",
        "What we know",
        "Why on the list",
        "What the system does not know",
    ]
    words = found.get_text()
    assert words.index("What we know") < words.index("Of 100 families with a similar estimate, about 34 (28–41)")


def test_what_the_rule_finds_stands_beside_the_estimate_and_only_there(visitor: httpx.Client) -> None:
    found = page(visitor, in_band(visitor, Band.SOON))
    ruled = texts(found.select(".rule .facts th"))
    assert ruled == ["Income per person to the minimum"]
    assert not set(ruled) & set(texts(found.select(".card:not(.rule) .facts th")))


def test_facts_have_their_source_and_date(visitor: httpx.Client) -> None:
    found = page(visitor, in_band(visitor, Band.SOON))
    for table in found.select(".facts"):
        told = texts(table.select("caption .src")) or texts(table.select("td .src"))
        assert len(told) in (1, len(table.select("tr")))
    sources = texts(found.select(".src"))
    assert "21 September 2026 · Tax committee" in sources
    assert "Civil registry" in sources
    days = [str(day["datetime"]) for day in found.select(".facts time")]
    assert days
    assert all(re.fullmatch(r"2026-\d\d-\d\d", day) for day in days)


def test_the_facts_that_matter_most_are_in_sight_and_the_rest_a_touch_away(
    visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_band(visitor, Band.SOON)
    whole = texts(page(visitor, path).select(".card:not(.rule) .facts th"))
    monkeypatch.setattr(views, "FACTS_IN_SIGHT", 2)
    found = page(visitor, path)
    in_sight, more = (texts(found.select(f"{part}:not(.rule) .facts th")) for part in (".two .card", "details.more"))
    assert (in_sight[0], len(in_sight)) == (whole[0], 2)
    assert texts(found.select("details.more summary")) == ["More facts: 4"]
    assert sorted(in_sight + more) == sorted(whole)


def test_where_facts_of_a_theme_come_from_is_told_once() -> None:
    rows = [FactRow(f"fact {n}", "1", Origin("who", None, 0, silent=False)) for n in range(3)]
    assert FactGroup("Income", tuple(rows)).shared == rows[0].origin
    other = FactRow("other", "1", Origin("someone else", None, 0, silent=False))
    assert FactGroup("Income", (*rows, other)).shared is None


def test_old_facts_are_marked_in_words(visitor: httpx.Client, office: Office) -> None:
    marks = [texts(page(visitor, f"/families/{handle}").select(".stale")) for handle in office.handles().values()]
    assert any("old: 130 days ago" in told for told in marks)


def test_a_zero_that_nobody_entered_is_marked(visitor: httpx.Client) -> None:
    assert "no entry about this family" in texts(page(visitor, in_band(visitor, Band.CHECK_DATA)).select(".stale"))


def test_where_little_is_known_no_reason_is_given(visitor: httpx.Client) -> None:
    found = page(visitor, in_band(visitor, Band.CHECK_DATA))
    assert not found.select(".reasons li")
    assert not found.select(".freq")
    assert "Too little is known for an estimate" in found.get_text()
    assert texts(found.select(".unknown li")) == ["Time since the last registered wage"]


def test_a_reasons_bar_has_a_word_and_no_number(visitor: httpx.Client) -> None:
    found = page(visitor, in_band(visitor, Band.SOON))
    words = texts(found.select(".reasons small"))
    assert all(word.endswith(("strong", "medium", "weak")) for word in words)
    assert words


@pytest.mark.parametrize("path", ["/families", "a family"])
def test_the_three_notices_stand_wherever_a_band_does(visitor: httpx.Client, path: str) -> None:
    found = page(visitor, in_band(visitor, Band.SOON) if path == "a family" else path)
    assert texts(found.select(".note li")) == [
        "This list is for finding families who need help; it may not be used to refuse or stop help.",
        "The system can be wrong.",
        "This is advice only. You decide.",
    ]


@pytest.mark.parametrize("path", ["/families", "/sign-in", "/nothing"])
def test_practice_is_told_on_every_page(visitor: httpx.Client, path: str) -> None:
    found = BeautifulSoup(visitor.get(path).text, "html.parser")
    assert texts(found.select(".banner"))[0].startswith("Practice: for learning.")
    if path == "/families":
        assert "Trial: this release is being tried out." in texts(found.select(".banner"))[0]


def test_a_family_without_a_name_is_called_by_its_handle(visitor: httpx.Client, office: Office) -> None:
    handle = next(iter(office.handles().values()))
    assert texts(page(visitor, f"/families/{handle}").select("h1")) == [f"Family {title(handle)}"]
    assert title("abcd2345zzzz") == "ABCD-2345"


def test_the_language_is_switched_and_the_page_stays(visitor: httpx.Client, address: str) -> None:
    with httpx.Client(base_url=address, cookies=dict(visitor.cookies), follow_redirects=True) as reader:
        path = "/families?band=soon"
        link = page(reader, path).select_one(".menu a[hreflang=uz]")
        assert link is not None
        found = BeautifulSoup(reader.get(str(link["href"])).text, "html.parser")
        assert found.html is not None
        assert found.html["lang"] == "uz"
        assert texts(found.select("h1")) == ["Koʻrib chiqish uchun oilalar"]
        assert len(found.select(".list > li")) == 9


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "evil"])
def test_no_way_leads_to_another_site(visitor: httpx.Client, then: str) -> None:
    assert visitor.get("/language/en", params={"then": then}).headers["location"] == "/"


def test_pages_weigh_little(visitor: httpx.Client, office: Office) -> None:
    paths = ["/families", *(f"/families/{handle}" for handle in list(office.handles().values())[:10])]
    weights = [len(gzip.compress(visitor.get(path).content)) for path in paths]
    assert max(weights) <= PAGE
    assert len(gzip.compress(CSS)) <= STYLE


def test_pages_travel_compressed(visitor: httpx.Client) -> None:
    assert visitor.get("/families").headers["content-encoding"] == "gzip"


def test_pages_need_no_script_no_inline_style_and_no_one_else(visitor: httpx.Client) -> None:
    for path in ("/sign-in", "/families", in_band(visitor, Band.SOON), "/nothing"):
        found = BeautifulSoup(visitor.get(path).text, "html.parser")
        assert not found.select("script, style, [style], iframe, img")
        assert not [tag for tag in found.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        loaded = [str(tag.get("href") or tag.get("src")) for tag in found.select("link, [src]")]
        assert all(source.startswith("/static/") for source in loaded)


def test_the_style_sheet_may_be_kept(visitor: httpx.Client) -> None:
    link = page(visitor, "/families").select_one("link[rel=stylesheet]")
    assert link is not None
    answer = visitor.get(str(link["href"]))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")


def test_what_is_no_rank_or_band_is_refused_as_a_page(visitor: httpx.Client) -> None:
    for path in ("/families?after=x", "/families?band=worst", "/families?after=-1", "/families?after=99999999999"):
        answer = visitor.get(path)
        assert answer.status_code == 422
        assert "Something that was filled in can&#39;t be read" in answer.text
